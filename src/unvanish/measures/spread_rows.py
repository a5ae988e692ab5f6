"""Some of many sentences."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["spread_rows"]


def spread_rows(n: int, most: int) -> NDArray[np.int64]:
    """Take at most so many of n rows, evenly spread and in order.

    Args:
        n: Rows that there are.
        most: Rows to take.

    Example:
        >>> spread_rows(10, 4).tolist()
        [0, 3, 6, 9]
    """
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.int64))
