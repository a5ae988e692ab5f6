"""Latent vectors to sentences."""
