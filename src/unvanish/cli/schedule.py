"""``unvanish schedule``: what a schedule does over a run."""

import json
import sys
import warnings
from pathlib import Path

from ..config import UsageError
from ..presets import preset_names, schedule_from
from ..schedules import Schedule, ScheduleWarning
from .options import Output

__all__ = ["schedule"]


def schedule(
    spec: str,
    /,
    *,
    total_steps: int,
    steps_per_epoch: int | None = None,
    png: Path | None = None,
    output: Output = Output(),  # noqa: B008 - frozen
) -> None:
    """Show what a schedule does over a run: in words, as a curve, at its turning points.

    SPEC is a preset's name (constant, fu2019, he2019, ...) or a schedule with its settings:
    `constant:0.5`, `monotonic:0.25`, `monotonic:warmup=5000,shape=sigmoid`,
    `cyclical:n_cycles=4,ratio=0.5`, `wave:low=0,high=1,step_size=2000`.

    For example: `unvanish schedule cyclical:n_cycles=4,ratio=0.5 --total-steps 40000`

    Args:
        spec: The schedule.
        total_steps: Optimizer steps of the run.
        steps_per_epoch: Optimizer steps of an epoch; presets that speak of epochs need it.
        png: Draw the curve into this file.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ScheduleWarning)
        try:
            bound = schedule_from(
                spec, total_steps=total_steps, steps_per_epoch=steps_per_epoch
            ).bind(total_steps)
        except ValueError as error:
            raise UsageError(f"{error} (presets: {', '.join(preset_names())})") from error
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        print(f"warning: {message}", file=sys.stderr)
    values = bound.values(total_steps)
    if png is not None:
        draw(bound, total_steps, png)
    if output.json:
        facts = {"schedule": bound.to_dict(), "plan": bound.describe(), "values": values}
        json.dump(facts, sys.stdout)
        sys.stdout.write("\n")
        return
    print(bound.describe())
    print(bound.sparkline(width=60))
    if not output.quiet:
        print(f"first {values[0]:.4g}, last {values[-1]:.4g}, least {min(values):.4g}, ", end="")
        print(f"most {max(values):.4g}, mean {sum(values) / len(values):.4g}")
        print(repr(bound))


def draw(bound: Schedule, total_steps: int, png: Path) -> None:
    """Draw the curve into a new PNG file.

    Raises:
        UsageError: If the file exists or cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 2.6), layout="constrained")
    bound.plot(ax=figure.add_subplot())
    try:
        with png.open("xb") as file:
            figure.savefig(file, format="png", dpi=150)
    except FileExistsError as error:
        raise UsageError(f"{png} exists: give another --png, or remove it") from error
    except OSError as error:
        raise UsageError(f"cannot write to {png}: {error.strerror}") from error
    print(f"drawn to {png}", file=sys.stderr)
