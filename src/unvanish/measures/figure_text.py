"""Figures of a table, as text."""

__all__ = ["DECIMALS", "figure_text", "spread_text"]

DECIMALS = {"rec": 2, "kl": 3, "elbo": 2, "ppl": 2, "active_units": 1}
"""How exactly means over seeds are told, by figure."""

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


def spread_text(mean: float, deviation: float | None, digits: int) -> str:
    """Write a mean with its standard deviation or error; a mean that is 0 has no sign.

    Args:
        mean: The mean.
        deviation: What stands behind the ±; ``None`` where there is none, as of a single value.
        digits: Decimals of both.

    Example:
        >>> spread_text(1.234, 0.5, 2), spread_text(-0.001, None, 2)
        ('1.23 ± 0.50', '0.00')
    """
    text = figure_text(mean, digits)
    text = text.removeprefix("-") if float(text) == 0 else text
    return text if deviation is None else f"{text} ± {figure_text(deviation, digits)}"
