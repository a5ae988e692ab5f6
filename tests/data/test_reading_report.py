from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from unvanish.data import ReadingReport

REPORTS = st.builds(
    ReadingReport, **{field.name: st.integers(0, 9) for field in fields(ReadingReport)}
)


@given(st.lists(REPORTS))
def test_a_total_adds_every_count(reports):
    total = ReadingReport.total(reports)
    for field in fields(ReadingReport):
        assert getattr(total, field.name) == sum(getattr(r, field.name) for r in reports)
