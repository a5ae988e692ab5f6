"""What a demonstration says of its runs."""

from ..judging import Claim, adjusted, left_open
from .claims import claims_of
from .endings import endings
from .every_run import bounded, diagnosed, near_the_least, sum_of_parts
from .sequence_runs import SequenceRuns

__all__ = ["verdicts"]


def verdicts(runs: SequenceRuns) -> list[Claim]:
    """Judge the runs of all three schedules.

    What the paper shows is judged over seeds, as ``unvanish reproduce illustrative`` does; what
    has to be so of every run is looked up in every run, as one that misses settles it, which is no
    matter of a mean. Comparisons of runs that were too short stay open.

    Args:
        runs: The runs.
    """
    ends = endings(runs)
    compared = [*adjusted(claims_of(runs)), diagnosed(runs)]
    if falling := sum(end.falling for end in ends):
        when = f"while the loss of {falling} of {len(ends)} runs still falls"
        compared = [left_open(claim, when) for claim in compared]
    return [*compared, near_the_least(ends), sum_of_parts(runs), bounded(runs)]
