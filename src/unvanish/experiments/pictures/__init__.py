"""The figures of the paper, drawn from finished runs."""
