"""A figure of a table, as text."""

__all__ = ["figure_text"]

_LARGE = 1e6


def figure_text(value: float, digits: int) -> str:
    """Write a number with some decimals; one above a million with three digits in all.

    The perplexity of a model that predicts badly has hundreds of digits, of which none counts.

    Args:
        value: The number.
        digits: Decimals.

    Example:
        >>> figure_text(27.8104, 3), figure_text(5.4321e108, 3)
        ('27.810', '5.43e+108')
    """
    return f"{value:.3g}" if abs(value) > _LARGE else f"{value:.{digits}f}"
