"""Sentences to feature vectors."""
