"""Lines that can be told apart, and what a legend calls them."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, get_font

from ..config import UsageError

__all__ = ["COLOURS", "MOST_STYLES", "Style", "legend_texts", "styles"]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Colours after Okabe and Ito that people with any colour vision tell apart."""

_LINES = ("-", "--", ":")

MOST_STYLES = len(COLOURS) * len(_LINES)
"""Lines that can be told apart."""

_LONGEST = 60
"""Characters that a legend has room for."""


class Style(NamedTuple):
    """How a line is drawn.

    Args:
        colour: One of the colours.
        line: Solid, dashed or dotted, as matplotlib writes it.
    """

    colour: str
    line: str


def styles(number: int) -> list[Style]:
    """Give lines that can be told apart: every colour solid, then dashed, then dotted.

    Args:
        number: How many.

    Raises:
        UsageError: If there are not as many.

    Example:
        >>> styles(8)[0], styles(8)[6]
        (Style(colour='#0072b2', line='-'), Style(colour='#0072b2', line='--'))
    """
    if number > MOST_STYLES:
        raise UsageError(
            f"{number} lines cannot be told apart in one picture: draw {MOST_STYLES} at most"
        )
    return [Style(colour, line) for line in _LINES for colour in COLOURS][:number]


def legend_texts(names: Sequence[str]) -> list[str]:
    """Make names fit for a legend: short, no formula, no glyph the font lacks, not left out.

    Different names stay different: what they have in common once they are short is numbered.

    Args:
        names: The names, each once.
    """
    texts = [_short(name) for name in names]
    often, told, found = Counter(texts), Counter[str](), []
    for text in texts:
        told[text] += 1
        numbered = f"{text} [{told[text]}]" if often[text] > 1 else text
        found.append(_plain(numbered))
    return found


def _short(name: str) -> str:
    """Cut a name in its middle, as names often differ at their ends, and replace lacking glyphs."""
    font = get_font(findfont(FontProperties(family=mpl.rcParams["font.family"])))
    known = "".join(c if font.get_char_index(ord(c)) else "?" for c in name)
    half = _LONGEST // 2
    return known if len(known) <= _LONGEST else f"{known[: half - 1]}…{known[-half:]}"


def _plain(text: str) -> str:
    """Keep text as it is from matplotlib.

    It reads what is between dollars as a formula and leaves names that begin with an underscore
    out of a legend.
    """
    return ("\u200a" if text.startswith("_") else "") + text.replace("$", r"\$")
