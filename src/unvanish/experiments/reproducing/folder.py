"""The folder of an experiment, and how one is carried out.

::

    reproduction.json   what is repeated, so that the same command goes on
    runs/               what was trained
    results.json        every run's results, the tables, the verdicts
    report.md           tables and verdicts to read or to copy
    report.html         the same with the pictures
    *.svg, *.png        the pictures
"""

from typing import Any

import torch

from ...config import UsageError
from ...locks import alone
from ...runs import FORMAT, begin_folder, read_json, require_free, write_json
from ...training import environment, resolve_device
from ...whole_files import whole_file
from ..corpora import require_files
from .experiment import Experiment, Request, Watcher
from .findings import Findings
from .markdown import as_markdown
from .page import make_page

__all__ = ["KIND", "carry_out"]

KIND = "unvanish reproduce"


def carry_out(
    experiment: Experiment, request: Request, watcher: Watcher | None = None
) -> dict[str, Any]:
    """Repeat an experiment, or go on with it, and write what was found.

    Args:
        experiment: Which.
        request: How; a folder that holds the same experiment is gone on with.
        watcher: Who is shown how it gets on.

    Returns:
        What ``results.json`` holds.

    Raises:
        UsageError: If data is missing, there is nothing to repeat with other seeds, the folder is
            in use, or runs failed.
    """
    if request.seeds is not None and not experiment.whole.seeds:
        raise UsageError(
            f"{experiment.name} trains nothing that seeds could repeat: leave out --seeds"
        )
    if request.train:
        require_files(experiment.files, request.data)
        if request.data is not None:
            require_files(experiment.more_files, request.data)
    device = resolve_device(request.device)
    _open(experiment, request)
    with alone(request.out):
        findings = experiment.carry_out(request, watcher or Watcher())
        if not findings.runs and not request.train:
            raise _nothing_trained(request)
        results = _results(experiment, request, findings, device)
        _write(results, findings, request)
    return read_json(request.out / "results.json", "no results")


def _nothing_trained(request: Request) -> UsageError:
    return UsageError(f"nothing in {request.out} has been trained to its end: leave out --no-train")


def _results(
    experiment: Experiment, request: Request, findings: Findings, device: torch.device
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": KIND,
        "name": experiment.name,
        "title": experiment.title,
        "source": experiment.source,
        "quick": request.quick,
        "seeds": sorted({run["seed"] for run in findings.runs}),
        "runs": list(findings.runs),
        "summary": findings.summary(quick=request.quick),
        "environments": _environments(findings, device),
    }


def _environments(findings: Findings, device: torch.device) -> list[dict[str, Any] | None]:
    """Give what the runs were trained with, each kind once; without runs, what is here.

    ``None`` stands for runs that did not record it.
    """
    every = [
        None if (facts := run["environment"]) is None else dict(facts) for run in findings.runs
    ]
    every = every or [environment(device, "none")]
    return [each for k, each in enumerate(every) if each not in every[:k]]


def _open(experiment: Experiment, request: Request) -> None:
    """Begin the folder, or see that it holds this very experiment."""
    marker = request.out / "reproduction.json"
    plain = {"format": FORMAT, "name": experiment.name, "quick": request.quick}
    if not marker.is_file():
        require_free(request.out)
        if not request.train:
            raise _nothing_trained(request)
        begin_folder(request.out, "runs", marker.name, plain)
        return
    there = read_json(marker, "no experiment: give another --out")
    same = there.get("name") == experiment.name and there.get("quick") == request.quick
    if not same:
        quick = " --quick" if there.get("quick") else ""
        raise UsageError(
            f"{request.out} holds {there.get('name')}{quick}: give another --out, or repeat that"
        )


def _write(results: dict[str, Any], findings: Findings, request: Request) -> None:
    for picture, _ in findings.pictures:
        picture.save(request.out)
    with whole_file(request.out / "report.html") as partial:
        make_page(results, findings).save(partial)
    with whole_file(request.out / "report.md") as partial:
        partial.write_text(as_markdown(results), encoding="utf-8")
    write_json(request.out / "results.json", results)
