"""How claims and their verdicts are told, made from what results.json holds of them."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["HEADINGS", "MEANING", "claim_line", "claim_row", "how_judged"]

HEADINGS = ("claim", "where in the paper", "verdict", "what was found")
"""Columns of a table of claims."""

MEANING = (
    "Holds: the mean over seeds lies beyond their noise, adjusted for the number of claims, on the "
    "side that the paper says, or within the margin that is claimed. Does not hold: on the other "
    "side, or beyond the margin. Not established: neither can be said, or there is one seed."
)
"""What the verdicts on a mean over seeds say."""


def claim_row(claim: Mapping[str, Any]) -> list[str]:
    """Write a claim as a row of a table, below :data:`HEADINGS`.

    Args:
        claim: As ``results.json`` holds it.
    """
    return [claim["claim"], claim["where"], claim["verdict"], claim["evidence"]]


def claim_line(claim: Mapping[str, Any]) -> str:
    """Write a claim as a line, its verdict first.

    Args:
        claim: As ``results.json`` holds it.

    Example:
        >>> told = {"claim": "more KL", "where": "Table 1", "verdict": "holds", "evidence": "+1.0"}
        >>> claim_line(told)
        'holds           more KL (Table 1): +1.0'
    """
    return f"{claim['verdict']:16}{claim['claim']} ({claim['where']}): {claim['evidence']}"


def how_judged(claims: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say in a sentence how many claims were judged together; nothing where none was.

    Args:
        claims: As ``results.json`` holds them; without adjusted p-values, as there were none once,
            each was judged for itself.
    """
    judged = any(claim.get("adjusted_p_value") is not None for claim in claims)
    together = sum(
        claim.get("tested", claim.get("adjusted_p_value") is not None) for claim in claims
    )
    alone = sum(not claim["exact"] for claim in claims)
    if judged:
        return [
            "Each interval is that of its claim for itself; verdicts are adjusted for the "
            f"{together} claims that are judged together, measured or not (Holm 1979, "
            "https://www.jstor.org/stable/4615733): holds and does not hold are said where the "
            "adjusted p-value is at most 0.05."
        ]
    if alone and not all("adjusted_p_value" in claim for claim in claims):
        return [
            f"Each verdict is for itself, not adjusted for the number of claims ({alone}): of "
            "many, some come out by chance."
        ]
    return []
