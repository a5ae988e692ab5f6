"""The report of one run or of several, as a page."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import torch

from .. import __version__
from ..comparison.found import Found
from ..config import UsageError
from ..data import Corpora
from ..runs import Run
from .compared import compared_section
from .curves import Group, draw_curves, draw_schedules
from .facts import differences, means_table, runs_table
from .latent import SCRIPT, STYLE
from .material import Material, gather
from .page import Fold, Page, Section
from .paths import paths_of_all
from .sections import run_sections, state_of
from .styles import MOST_STYLES

__all__ = ["KIND", "report"]

KIND = "unvanish report"
"""What a page of this kind says of itself."""

_LEAD = (
    "elbo, rec, kl and ppl of validation and test are those at beta = 1, whatever weight the KL "
    "term had in training."
)


def report(
    runs: Sequence[Run],
    *,
    found: Mapping[str, Found] | None = None,
    device: torch.device | str = "cpu",
    seed: int = 1,
    progress: Callable[[str], None] = lambda message: None,
) -> Page:
    """Put the report of runs together, finished or not.

    Args:
        runs: At least one; one given twice counts once.
        found: What comparisons found, by the names of their folders; it comes first.
        device: Where sentences are written.
        seed: Source of the sentences from the prior.
        progress: Told what is being done.

    Raises:
        UsageError: If there are none, or one is damaged, has diverged or has not begun.
    """
    different = list({run.path.resolve(): run for run in runs}.values())
    if not different:
        raise UsageError("there are no runs: give the folder of at least one")
    known: dict[str, Corpora] = {}
    materials = [
        gather(run, known, device=device, seed=seed, progress=progress) for run in different
    ]
    progress("drawing")
    page = _one(materials[0]) if len(materials) == 1 else _many(materials)
    return replace(page, sections=(*_compared(found or {}), *page.sections))


def _compared(found: Mapping[str, Found]) -> list[Section]:
    names = list(found) if len(found) > 1 else [""] * len(found)
    return [compared_section(each, name) for each, name in zip(found.values(), names, strict=True)]


def _one(material: Material) -> Page:
    return _page(f"{material.name}, seed {material.seed}", [_LEAD], run_sections(material, "run"))


def _many(materials: Sequence[Material]) -> Page:
    names = _names(materials)
    folds = [
        Fold(
            f"{name}, seed {material.seed} ({material.run.path.name})",
            run_sections(material, f"run{k}"),
        )
        for k, (name, material) in enumerate(zip(names, materials, strict=True), 1)
    ]
    lead = [_LEAD, *_cautions(materials)]
    return _page(f"{len(materials)} runs", lead, _shared(names, materials), folds)


def _shared(names: Sequence[str], materials: Sequence[Material]) -> tuple[Section, ...]:
    """Give the parts that show all runs side by side."""
    groups: dict[str, list[Material]] = {}
    for name, material in zip(names, materials, strict=True):
        groups.setdefault(name, []).append(material)
    every = [Group(name, [m.traced for m in members]) for name, members in groups.items()]
    drawn = every[:MOST_STYLES]
    means = means_table(groups)
    caption = (
        "Validation after every epoch, without dropout, at beta = 1; the gradient norm is of "
        "training. On top, beta from 0 to its greatest value, in the colours of the lines."
    )
    if any(len(group.runs) > 1 for group in drawn):
        caption += (
            " Lines: means over the seeds of a name, as far as all of them got. Bands: from the "
            "least to the greatest."
        )
    if len(drawn) < len(every):
        caption += (
            f" Only the first {len(drawn)} of {len(every)} names are drawn, as no more lines can "
            "be told apart; give fewer runs to see the others."
        )
    differing = differences(groups)
    results = Section(
        "Results",
        tables=[*([means] if means else []), runs_table(names, materials)],
        folded=[differing] if differing else [],
    )
    schedules = draw_schedules("all-schedules", drawn)
    return (
        results,
        Section("The schedules", pictures=[(schedules, "Beta, the weight of the KL term.")]),
        Section("During training", pictures=[(draw_curves("all-curves", drawn), caption)]),
        *paths_of_all(drawn),
    )


def _names(materials: Sequence[Material]) -> list[str]:
    """Name runs so that those of one name differ in their seeds alone."""
    settings: dict[str, list[str]] = {}
    numbers = []
    for material in materials:
        known = settings.setdefault(material.name, [])
        setting = json.dumps(material.setting, sort_keys=True)
        if setting not in known:
            known.append(setting)
        numbers.append(known.index(setting) + 1)
    return [
        f"{material.name} ({number})" if len(settings[material.name]) > 1 else material.name
        for material, number in zip(materials, numbers, strict=True)
    ]


def _cautions(materials: Sequence[Material]) -> list[str]:
    """Say what stands between the reader and a comparison."""
    cautions = []
    corpora = {material.run.origin.get("corpus", {}).get("sha256") for material in materials}
    if len(corpora) > 1:
        cautions.append(
            "These runs were trained on different texts, or with different vocabularies: their "
            "figures cannot be compared."
        )
    cautions += [
        f"{material.name}, seed {material.seed}: {state_of(material)}"
        for material in materials
        if material.results is None
    ]
    return cautions


def _page(
    title: str, lead: Sequence[str], sections: Sequence[Section], folds: Sequence[Fold] = ()
) -> Page:
    return Page(
        title=title,
        lead=lead,
        sections=sections,
        closing=(f"Made by unvanish {__version__} report.",),
        folds=folds,
        kind=KIND,
        style=STYLE,
        script=SCRIPT,
    )
