"""What an experiment found: tables beside the paper's numbers, verdicts on its claims, pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, TypeAlias

from ...measures import Spread, summarize
from ...report.figures import Picture
from ..published import PublishedTable

__all__ = ["Claim", "Findings", "ResultTable", "Verdict", "claim_of_spread", "judge", "paired"]

Verdict: TypeAlias = Literal["holds", "does not hold", "not established"]


@dataclass(frozen=True)
class Claim:
    """A statement of the paper, and what the runs say to it.

    Args:
        claim: The statement, in our words.
        where: Where the paper makes it.
        verdict: Whether it holds.
        evidence: The numbers behind the verdict.
        exact: Whether no run is behind it, so that it holds whatever was trained.
    """

    claim: str
    where: str
    verdict: Verdict
    evidence: str
    exact: bool = False


@dataclass(frozen=True)
class ResultTable:
    """Measured figures beside those of the paper.

    Args:
        title: What it shows, with units.
        figures: Names of the columns, with the digits that are shown.
        rows: Mean and spread over seeds, by row and column; a figure that was not measured is
            absent.
        published: The paper's table, if it has one.
        labels: What rows are called, where that is not their name.
        aside: Whether it is for those who look closer.
    """

    title: str
    figures: Mapping[str, int]
    rows: Mapping[str, Mapping[str, Spread]]
    published: PublishedTable | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    aside: bool = False


@dataclass(frozen=True)
class Findings:
    """All that an experiment gives.

    Args:
        claims: Verdicts.
        tables: Figures.
        pictures: Figures drawn, each with its caption.
        runs: What the ``results.json`` of every run holds.
        remarks: What a reader has to know beside.
    """

    claims: Sequence[Claim]
    tables: Sequence[ResultTable] = ()
    pictures: Sequence[tuple[Picture, str]] = ()
    runs: Sequence[Mapping[str, Any]] = ()
    remarks: Sequence[str] = ()

    def summary(self, *, quick: bool = False) -> dict[str, Any]:
        """Write tables, claims and remarks as plain values for JSON.

        Args:
            quick: Whether the sizes were not the paper's; then runs establish nothing.
        """
        claims = [_in_short(claim) if quick else claim for claim in self.claims]
        return {
            "claims": [asdict(claim) for claim in claims],
            "tables": [_plain(table) for table in self.tables],
            "remarks": list(self.remarks),
        }


def _in_short(claim: Claim) -> Claim:
    """Take back a verdict that runs of other sizes than the paper's cannot give."""
    if claim.exact or claim.verdict == "not established":
        return claim
    return replace(
        claim,
        verdict="not established",
        evidence=f"{claim.evidence}; in these sizes it {claim.verdict}",
    )


def judge(
    difference: Sequence[float] | tuple[float, float] | None, *, above: float = 0.0
) -> Verdict:
    """Say whether a difference is above a number.

    Args:
        difference: Its 95 % interval, or ``None`` where there is none, as with a single seed.
        above: What it should be above.

    Example:
        >>> judge((0.2, 0.9)), judge((-0.1, 0.9)), judge((-0.4, -0.1)), judge(None)
        ('holds', 'not established', 'does not hold', 'not established')
    """
    if difference is None:
        return "not established"
    low, high = difference
    if low > above:
        return "holds"
    return "does not hold" if high < above else "not established"


def claim_of_spread(
    claim: str, where: str, spread: Spread, figure: str, *, above: float = 0.0, theirs: str = ""
) -> Claim:
    """Judge the claim that something is above a number in the mean over seeds.

    Args:
        claim: What is claimed.
        where: Where the paper claims it.
        spread: What was measured, seed by seed.
        figure: What it is called.
        above: The number.
        theirs: What to add of the paper's own measurement.
    """
    text = f"{figure} {spread.mean:+.3f}"
    if spread.interval is None:
        return Claim(claim, where, "not established", f"{text} with one seed{theirs}")
    low, high = spread.interval
    evidence = f"{text} (95 % interval {low:+.3f} to {high:+.3f}){theirs}"
    return Claim(claim, where, judge(spread.interval, above=above), evidence)


def paired(first: Sequence[float], second: Sequence[float]) -> Spread:
    """Summarise the differences first - second of the same seeds."""
    return summarize([one - two for one, two in zip(first, second, strict=True)])


def _plain(table: ResultTable) -> dict[str, Any]:
    rows = [
        {
            "row": name,
            "label": table.labels.get(name, name),
            "ours": {column: asdict(spread) for column, spread in figures.items()},
            **_published(table.published, name),
        }
        for name, figures in table.rows.items()
    ]
    source = None if table.published is None else table.published.source
    return {
        "title": table.title,
        "aside": table.aside,
        "columns": dict(table.figures),
        "source": source,
        "noise": None if table.published is None else table.published.noise,
        "rows": rows,
    }


def _published(table: PublishedTable | None, row: str) -> dict[str, Any]:
    if table is None or row not in table.rows:
        return {"paper": None, "caveat": ""}
    return {"paper": dict(table.rows[row].figures), "caveat": table.rows[row].caveat}
