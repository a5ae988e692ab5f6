"""Both paths to the next word over training: what z and what the previous words are worth."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .curves import Group, Traced, average, below_ribbons, shade_of
from .figures import Panel, draw_panels
from .page import Section
from .picture import Picture

__all__ = ["draw_paths", "draw_run_paths", "paths_of_all", "paths_of_run"]

_STEP = "training step"
_COST = "cost, nats per sentence"
_WORDS = "valid/gap_words"

_SOURCES = (
    ("other", "z of another sentence"),
    ("any", "z of one of any length"),
    ("prior", "z from the prior"),
    ("zero", "z = 0"),
)
_ALT = "What z and what the previous words are worth to the decoder, over training."
_READING = (
    "What each path to the next word is worth to the decoder, on the same validation sentences "
    "after every epoch: how many nats a sentence costs more when the path is cut (after Fu et al., "
    "2019, figure 1).",
    "Path A goes from the sentence through z. It is cut by a z from another sentence of the same "
    "length, or from the prior, in the place of one from the sentence's own q(z|x). At 0 the "
    "decoder makes nothing of z; below 0, z misleads it.",
    "Path B goes over the previous words. It is cut by the unknown word in the place of each. A "
    "decoder never learns to read so, and does worse than one that would: the height says how much "
    "this one leans on the words, not how much they could tell.",
)
_VANISHING = (
    "Where the KL vanishes because the decoder has learnt to do without z, path A falls to 0 while "
    "path B stays high; a high path B alone says nothing, for path A may live beside it."
)


def draw_paths(name: str, groups: Sequence[Group]) -> Picture:
    """Draw both paths of several runs.

    Args:
        name: Name of the picture.
        groups: Runs that measured them.
    """
    panels = [
        Panel(title, _STEP, _COST, [group.curve(figure) for group in groups])
        for figure, title in (
            ("valid/gap_other", "Path A cut: z of another sentence"),
            ("valid/gap_prior", "Path A cut: z from the prior"),
            ("valid/gap_other_masked", "Path A cut where B is cut already"),
            (_WORDS, "Path B cut: previous words masked"),
        )
    ]
    panels = [below_ribbons(panel, groups, floor=0.0) for panel in panels]
    return draw_panels(name, _ALT, panels, legend_columns=2, png=False)


def draw_run_paths(name: str, run: Traced) -> Picture:
    """Draw both paths of one run; a z that its version did not try is left out.

    Args:
        name: Name of the picture.
        run: A run that measured them.
    """
    series, shades = run.history.series, [shade_of(run.plan)]
    sources = [(source, label) for source, label in _SOURCES if len(series(f"valid/gap_{source}"))]
    panels = [
        Panel(
            title,
            _STEP,
            _COST,
            [average(label, [series(f"valid/gap_{source}{tail}")]) for source, label in sources],
            shades=shades,
        )
        for title, tail in (("Path A cut", ""), ("Path A cut, B cut too", "_masked"))
    ]
    words = average("previous words masked", [series(_WORDS)])
    panels.append(Panel("Path B cut", _STEP, _COST, [words], shades=shades))
    panels = [_from_zero(panel) for panel in panels]
    return draw_panels(name, _ALT, panels, columns=3, legend_columns=3, png=False)


def _from_zero(panel: Panel) -> Panel:
    """Let 0 be visible: a cost is to be judged by its size."""
    values = np.concatenate([curve.y for curve in panel.curves])
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    margin = 0.05 * ((high - low) or 1.0)
    return replace(panel, y_limits=(low - margin, high + margin))


def paths_of_all(groups: Sequence[Group]) -> list[Section]:
    """Give the part about both paths side by side; none where nobody measured them.

    Args:
        groups: All runs of a page.
    """
    measured = [
        replace(group, runs=kept)
        for group in groups
        if (kept := [run for run in group.runs if len(run.history.series(_WORDS))])
    ]
    if not measured:
        return []
    caption = (
        "On the lower left, path A is cut by the z of another sentence where B is cut already: "
        "what z tells where nothing else does. Lines, bands and beta as above."
    )
    return [_section(draw_paths("all-paths", measured), caption)]


def paths_of_run(run: Traced, name: str) -> list[Section]:
    """Give the part about both paths of a run; none where they were not measured.

    Args:
        run: The run.
        name: Prefix of its pictures.
    """
    if not len(run.history.series(_WORDS)):
        return []
    caption = (
        "In the middle, path A is cut where path B is cut already: what z tells where nothing else "
        "does. The area behind is beta."
    )
    if len(run.history.series("valid/gap_any")):
        caption += (
            " What the z of a sentence of any length costs more than that of one of the same "
            "length is what z is worth by knowing the length."
        )
    return [_section(draw_run_paths(f"{name}-paths", run), caption)]


def _section(picture: Picture, caption: str) -> Section:
    return Section("Two paths", text=_READING, pictures=[(picture, f"{_VANISHING} {caption}")])
