"""Feature vectors to distributions q(z|x)."""
