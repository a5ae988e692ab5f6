"""An array namespace for plain Python numbers: what the formulas need of one, nothing more.

A formula is written once against a namespace ``xp``. For arrays ``xp`` is the array's own
(``numpy``, ``jax.numpy``); for a Python number it is this module.
"""

from math import cos, expm1, pi, tanh

__all__ = ["clip", "cos", "expm1", "maximum", "minimum", "pi", "tanh", "where"]

maximum = max
minimum = min


def where(condition: bool, if_true: float, if_false: float) -> float:
    """Return one of two numbers."""
    return if_true if condition else if_false


def clip(x: float, low: float, high: float) -> float:
    """Return the number in [low, high] nearest to ``x``."""
    return low if x < low else high if x > high else x
