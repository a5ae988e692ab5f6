"""``unvanish report``: one page about one run or many."""

import json
import sys
from pathlib import Path

from ..config import UsageError
from .options import ReplacingOptions

__all__ = ["report"]


def report(
    *runs: Path,
    common: ReplacingOptions = ReplacingOptions(),  # noqa: B008 - frozen
) -> None:
    """Write a page about one run, or about several side by side.

    It opens from disk in any browser and needs no network: schedule, ELBO, rec and KL, gradient
    norm, KL of every latent dimension, the latent space epoch by epoch with the sentences,
    samples, reconstructions, interpolations, figures, settings and versions. Runs that differ in
    their seeds alone are shown as their mean. Of a comparison it first has every difference with
    its intervals and verdict. An earlier report is replaced.

    For example: `unvanish report runs/mine` or `unvanish report runs/* --out report.html`

    Args:
        runs: Folders that `unvanish train`, `compare` or `tune` wrote, finished or not. The page
            goes to report.html in the folder if one is given, of several here, or where --out
            says.
    """
    if not runs:
        raise UsageError("no run is given: give the folder of at least one")
    out = common.out or (runs[0] / "report.html" if len(runs) == 1 else Path("report.html"))
    seed = 1 if common.seed is None else common.seed
    write_report(*runs, out=out, device=common.device, seed=seed, quiet=common.quiet)
    print(json.dumps({"report": str(out)}) if common.json else f"report: {out}")


def write_report(
    *folders: Path, out: Path | None = None, device: str, seed: int, quiet: bool
) -> None:
    """Write the page about the runs in some folders.

    Args:
        folders: Of runs, comparisons or searches.
        out: The page; report.html in the first folder when absent.
        device: Where sentences are written.
        seed: What they depend on.
        quiet: Show no progress.
    """
    from ..comparison import runs_in
    from ..comparison.found import read_found
    from ..report.keeping import keep, require_own
    from ..report.run_page import report as make_report
    from ..runs import load
    from ..training import resolve_device

    out = out or folders[0] / "report.html"
    opened = [load(run) for folder in folders for run in runs_in(folder)]
    found = {str(folder): read_found(folder) for folder in folders}
    require_own(out)
    page = make_report(
        opened,
        found={name: each for name, each in found.items() if each is not None},
        device=resolve_device(device),
        seed=seed,
        progress=lambda message: _tell(message, quiet=quiet),
    )
    keep(page, out)


def _tell(message: str, *, quiet: bool) -> None:
    if not quiet:
        print(message, file=sys.stderr)
