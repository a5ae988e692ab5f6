"""What experiments train, and on what: one file or folder a problem."""
