"""Going on with a run from the state that was saved last."""

from ..config import UsageError
from .reporter import Reporter
from .run_state import RunState

__all__ = ["go_back"]


def go_back(state: RunState, reporter: Reporter) -> None:
    """Go back to the last checkpoint, or to the beginning where there is none.

    Args:
        state: That of the run.
        reporter: Who is told.

    Raises:
        UsageError: If the checkpoint does not fit.
    """
    checkpoint = state.processes.on_rank_zero(state.checkpoints.latest)
    if checkpoint is None:
        state.processes.on_rank_zero(lambda: state.run.cut_metrics(0))
        return
    try:
        state.restore(checkpoint)
    except UsageError:
        raise
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"the checkpoint of step {checkpoint.step:,} does not fit this run: remove it to go "
            "on from the one before"
        ) from error
    reporter.resumed(checkpoint.step)
    there = checkpoint.facts["environment"]
    changed = [
        f"{name} {there.get(name)}, now {value}"
        for name, value in state.place.environment.items()
        if there.get(name) != value
    ]
    if changed:
        reporter.warned(
            f"the run was begun with {'; '.join(changed)}: its numbers may differ in the last "
            "digits from those of an uninterrupted one"
        )
