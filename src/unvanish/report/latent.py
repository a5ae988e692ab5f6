"""The map of the latent space: a still picture, and with a script a slider and sentences."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from jaxtyping import Float
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator
from numpy import ndarray

from .colouring import Colouring
from .projection import Projection

__all__ = ["SCRIPT", "STYLE", "LatentMap"]

_TEMPLATES = files("unvanish.report") / "templates"

SCRIPT = Markup((_TEMPLATES / "latent.js").read_text(encoding="utf-8"))
"""What moves every map of a page."""

STYLE = Markup((_TEMPLATES / "latent.css").read_text(encoding="utf-8"))
"""How maps look."""

_LEFT, _TOP, _SIDE = 70, 14, 600
"""Where the frame is inside the picture, and its side, in units of the picture."""


@dataclass(frozen=True)
class LatentMap:
    """Sentences in the latent space after every epoch.

    Args:
        name: Prefix of the identifiers, once in a page.
        projection: Where the sentences are.
        colouring: Their colours.
        texts: The sentences; empty where they are not known.
        labels: Their labels; empty where there are none.
        notes: By epoch, what to say of it.
    """

    name: str
    projection: Projection
    colouring: Colouring
    texts: Sequence[str]
    labels: Sequence[str | None]
    notes: Mapping[int, str]

    def html(self) -> Markup:
        """Draw the last epoch, with everything that the script needs beside it."""
        environment = Environment(
            loader=PackageLoader("unvanish.report"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        last = max(self.projection.points)
        limit = self.projection.limit
        radius = self.projection.prior_radius
        return Markup(
            environment.get_template("latent.html").render(
                map=self,
                dots=zip(self._pixels(last), self.colouring.group.tolist(), strict=True),
                note=self.notes[last],
                ticks=_ticks(limit),
                left=_LEFT,
                top=_TOP,
                side=_SIDE,
                middle=(_LEFT + _SIDE / 2, _TOP + _SIDE / 2),
                radius=None if radius is None else round(radius / limit * _SIDE / 2, 1),
                data=_as_script(self._data()),
            )
        )

    def _pixels(self, epoch: int) -> list[tuple[int, int]]:
        """Give the places of an epoch in units of the picture."""
        return _places(self.projection.points[epoch], self.projection.limit)

    def _data(self) -> dict[str, object]:
        """Give what the script reads."""
        return {
            "frames": [
                {"note": self.notes[epoch], "xy": [n for pair in self._pixels(epoch) for n in pair]}
                for epoch in sorted(self.projection.points)
            ],
            "indices": self.projection.indices.tolist(),
            "texts": list(self.texts),
            "labels": list(self.labels),
        }


def _places(points: Float[ndarray, "sentences 2"], limit: float) -> list[tuple[int, int]]:
    half = _SIDE / 2
    return [
        (round(_LEFT + half + x / limit * half), round(_TOP + half - y / limit * half))
        for x, y in points.tolist()
    ]


def _ticks(limit: float) -> list[tuple[str, float, float]]:
    """Give round numbers inside the frame, each with its place from the left and from the top."""
    half = _SIDE / 2
    numbers = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(-limit, limit)
    return [
        (f"{number:g}", _LEFT + half + number / limit * half, _TOP + half - number / limit * half)
        for number in map(float, numbers)
        if abs(number) <= limit
    ]


def _as_script(data: Mapping[str, object]) -> Markup:
    """Write JSON that may stand in a script element: no text in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
