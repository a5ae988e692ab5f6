"""``unvanish schedule``: what a schedule does over a run."""

import sys
from pathlib import Path

from ..config import UsageError, bound_schedule
from ..schedules import Schedule
from .options import OutputOptions
from .output import write_text

__all__ = ["schedule"]

LONGEST = 5_000_000
"""Steps of which all values are listed without keeping anybody waiting."""


def schedule(
    spec: str,
    /,
    *,
    total_steps: int,
    steps_per_epoch: int | None = None,
    png: Path | None = None,
    common: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> None:
    """Show what a schedule does over a run: in words, as a curve, and its extreme values.

    SPEC is a schedule with its settings: `constant:0.5`, `monotonic:0.25`,
    `monotonic:warmup=5000,shape=sigmoid`, `cyclical:n_cycles=4,ratio=0.5`,
    `wave:low=0,high=1,step_size=2000`. Or it is the name of a preset: bowman2016, constant, fu2019,
    fu2019-dialog-code, fu2019-dialog-code-monotonic, fu2019-ptb-code, fu2019-ptb-code-monotonic,
    fu2019-yelp-code, fu2019-yelp-code-monotonic, he2019, optimus, optimus-code.

    `--out` keeps what is printed; with `--json` that has the value at every step.

    For example: `unvanish schedule cyclical:n_cycles=4,ratio=0.5 --total-steps 40000`

    Args:
        spec: The schedule.
        total_steps: Optimizer steps of the run.
        steps_per_epoch: Optimizer steps of an epoch; presets that speak of epochs need it.
        png: Draw the curve into this file.
    """
    if total_steps > LONGEST:
        raise UsageError(f"total_steps={total_steps} is not possible: give at most {LONGEST:,}")
    bound, problems = bound_schedule(spec, total_steps=total_steps, steps_per_epoch=steps_per_epoch)
    for problem in problems:
        print(f"warning: {problem}", file=sys.stderr)
    values = bound.values(total_steps)
    if png is not None:
        draw(bound, total_steps, png)
        if not common.quiet:
            print(f"drawn to {png}", file=sys.stderr)
    lines = [
        bound.describe(steps=total_steps),
        bound.sparkline(width=60, steps=total_steps),
        f"first {values[0]:.4g}, last {values[-1]:.4g}, least {min(values):.4g}, "
        f"most {max(values):.4g}, mean {sum(values) / len(values):.4g}",
        repr(bound),
    ]
    facts = {
        "schedule": bound.to_dict(),
        "plan": bound.describe(steps=total_steps),
        "values": values,
    }
    write_text("\n".join(lines), facts, common)


def draw(bound: Schedule, total_steps: int, png: Path) -> None:
    """Draw the curve of so many steps into a new PNG file.

    Raises:
        UsageError: If the file exists or cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 2.6), layout="constrained")
    bound.plot(ax=figure.add_subplot(), steps=total_steps)
    try:
        with png.open("xb") as file:
            figure.savefig(file, format="png", dpi=150)
    except FileExistsError as error:
        raise UsageError(f"{png} exists: give another --png, or remove it") from error
    except OSError as error:
        raise UsageError(f"cannot write to {png}: {error.strerror}") from error
