"""Tables of what was measured, and of how a run was made."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..config import to_dict
from ..measures import summarize
from ..measures.figure_text import DECIMALS, figure_text, spread_text
from .material import Material
from .page import Table

__all__ = [
    "FIGURES",
    "differences",
    "making",
    "means_table",
    "measured",
    "results_table",
    "runs_table",
]

FIGURES = ("rec", "kl", "elbo", "ppl", "active units")
"""Headings of the figures of a model."""

_KEYS = ("rec", "kl", "elbo", "ppl", "active_units")


def measured(material: Material, split: str) -> dict[str, Mapping[str, Any]]:
    """Give the figures of a split by choice of parameters, "last" and "best".

    Of a run that has not finished, those of the validation split as far as it got.
    """
    if material.results is not None:
        found: dict[str, Mapping[str, Any]] = material.results["splits"][split]
        return found
    history = material.history
    if split != "valid" or not history.validations:
        return {}
    return {"last": history.validations[-1], "best": history.best}


def results_table(material: Material) -> Table:
    """Lay out the figures of one run, a row a split and choice of parameters."""
    rows = [
        [f"{split}, {_choice(which, figures)}", *_cells(figures, material)]
        for split in ("valid", "test")
        for which, figures in measured(material, split).items()
    ]
    return Table(
        "rec, kl and elbo = −(rec + kl) in nats per sentence, ppl per token, all at beta = 1.",
        ("split, parameters", *FIGURES),
        rows,
    )


def runs_table(names: Sequence[str], materials: Sequence[Material]) -> Table:
    """Lay out the figures of several runs, two rows each.

    Args:
        names: What the table calls the runs.
        materials: The runs.
    """
    rows = []
    for name, material in zip(names, materials, strict=True):
        split = "valid" if material.results is None else "test"
        mark = " (validation: not finished)" if material.results is None else ""
        rows += [
            [name, str(material.seed), _choice(which, figures) + mark, *_cells(figures, material)]
            for which, figures in measured(material, split).items()
        ]
    return Table(
        "Test split: rec, kl and elbo = −(rec + kl) in nats per sentence, ppl per token, all at "
        "beta = 1; parameters of the last epoch and of the one with the best validation elbo.",
        ("name", "seed", "parameters", *FIGURES),
        rows,
    )


def means_table(groups: Mapping[str, Sequence[Material]]) -> Table | None:
    """Lay out means over seeds; nothing where no name has several finished ones.

    Args:
        groups: Repetitions by name.
    """
    rows = []
    for name, members in groups.items():
        finished = [m.results["splits"]["test"] for m in members if m.results is not None]
        if len(finished) < 2:
            continue
        for which in ("last", "best"):
            cells = [_spread([float(test[which][key]) for test in finished], key) for key in _KEYS]
            rows.append([name, f"{which}, {len(finished)} seeds", *cells])
    if not rows:
        return None
    return Table(
        "Mean ± standard deviation over the seeds of a name, test split at beta = 1.",
        ("name", "parameters", *FIGURES),
        rows,
    )


def differences(groups: Mapping[str, Sequence[Material]]) -> Table | None:
    """Lay out the settings in which names differ; nothing where they differ in none.

    Args:
        groups: Repetitions by name.
    """
    settings = [dict(_flat(members[0].setting)) for members in groups.values()]
    names = list(dict.fromkeys(name for setting in settings for name in setting))
    rows = []
    for name in names:
        values = [_plain(setting[name]) if name in setting else "–" for setting in settings]
        if len(set(values)) > 1:
            rows.append([name, *values])
    if not rows:
        return None
    return Table("Settings that differ", ("", *groups), rows, numeric=False)


def making(material: Material) -> tuple[Table, ...]:
    """Lay out the configuration, the data and the versions of a run."""
    settings = [[name, _plain(value)] for name, value in _flat(to_dict(material.run.config))]
    return (
        Table("Configuration", (), settings, numeric=False),
        Table("Data", (), _data(material), numeric=False),
        Table("Versions, device and time", (), _circumstances(material), numeric=False),
    )


def _data(material: Material) -> list[list[str]]:
    corpus = material.run.origin.get("corpus", {})
    rows = [
        ["corpus", str(corpus.get("name", "unknown"))],
        ["sha256 of vocabulary and splits", str(corpus.get("sha256", "unknown"))],
        *([f"file of {split}", Path(file).name] for split, file in corpus.get("files", {}).items()),
        ["vocabulary", f"{len(material.run.vocabulary):,} with symbols"],
    ]
    if material.results is not None:
        for name, split in material.results["corpus"]["splits"].items():
            counts = f"{split['sentences']:,} sentences, {split['tokens']:,} tokens"
            unknown = split.get("reading", {}).get("unknown_words", 0)
            rows.append([name, counts + (f", {unknown:,} of them unknown" if unknown else "")])
    return rows


def _circumstances(material: Material) -> list[list[str]]:
    if material.results is None:
        return [["not written yet", "they are when the run has finished"]]
    facts = {**material.results["training"], **material.results["environment"]}
    return [[name.replace("_", " "), _plain(value)] for name, value in facts.items()]


def _flat(settings: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """Give every setting with its whole name."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{within}{name}.")
        else:
            yield within + name, value


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, int | float):
        return f"{value:,}"
    return "none" if value is None else str(value)


def _choice(which: str, figures: Mapping[str, Any]) -> str:
    return f"best (epoch {figures['epoch']})" if which == "best" else which


def _cells(figures: Mapping[str, Any], material: Material) -> list[str]:
    values = [float(figures[key]) for key in _KEYS[:-1]]
    texts = [figure_text(value, 3) if math.isfinite(value) else "–" for value in values]
    return [*texts, f"{figures['active_units']} of {material.run.config.model.latent_size}"]


def _spread(values: Sequence[float], key: str) -> str:
    if not all(map(math.isfinite, values)):
        return "–"
    spread = summarize(values)
    return spread_text(spread.mean, spread.standard_deviation, DECIMALS[key])
