"""Distributions that q(z|x) is compared with."""
