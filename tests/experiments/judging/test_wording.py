"""A claim is told the same way wherever it is told."""

from dataclasses import asdict

import pytest

from unvanish.experiments.judging import HEADINGS, Claim, claim_line, claim_row


@pytest.mark.parametrize("verdict", ["holds", "does not hold", "not established"])
def test_a_line_says_what_a_row_says_its_verdict_first_and_apart(verdict):
    told = asdict(Claim("it is more", "Table 9", verdict, "kl +1.000"))
    row = dict(zip(HEADINGS, claim_row(told), strict=True))
    assert list(row.values()) == ["it is more", "Table 9", verdict, "kl +1.000"]
    line = claim_line(told)
    assert line[:16].rstrip() == row["verdict"]
    assert line[15] == " "
    assert line[16:] == "it is more (Table 9): kl +1.000"
