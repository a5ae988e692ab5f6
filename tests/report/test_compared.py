"""What a comparison found, on the page of its runs."""

import re

from unvanish.comparison.found import Found, TextTable
from unvanish.report.compared import compared_section
from unvanish.report.page import Page
from unvanish.report.run_page import report

SCHEDULES = TextTable("schedules", ("", "schedule"), (("A", "<b>constant"), ("B", "cyclical")))
DIFFERENCES = TextTable(
    "differences with 95 % intervals",
    ("", "of", "difference", "over seeds", "verdict"),
    (("B - A", "kl", "+0.500", "-0.125 to +1.125", "not established"),),
)
FOUND = Found(SCHEDULES, TextTable("means", ("",), (("A",),)), DIFFERENCES, ("nats; each",))


def test_the_differences_stand_on_top(seeds, unrendered):
    plain = report(seeds)
    page = report(seeds, found={"runs/comparison": FOUND})
    assert page.sections[0].title == "What the comparison found"
    assert [section.title for section in page.sections[1:]] == [s.title for s in plain.sections]
    html = page.html()
    for row in (*DIFFERENCES.rows, *SCHEDULES.rows[1:]):
        cells = [f"<td>{cell}</td>" for cell in row[1:]]
        assert "".join(cells) in html
    assert "&lt;b&gt;constant" in html
    assert "<b>constant" not in html
    assert html.index("not established") < html.index(">Results<")
    assert "not established" not in plain.html()


def test_so_they_do_where_one_run_alone_has_ended(seeds, unrendered):
    assert report(seeds[:1], found={"a": FOUND}).sections[0] == compared_section(FOUND)


def test_two_comparisons_are_told_apart(seeds, unrendered):
    page = report(seeds, found={"one": FOUND, "two": FOUND})
    titles = [section.title for section in page.sections[:2]]
    assert titles == ["What the comparison found (one)", "What the comparison found (two)"]


def test_a_schedule_alone_has_no_differences():
    section = compared_section(Found(SCHEDULES, SCHEDULES, None, ("nats; each",)))
    html = Page("t", (), (section,)).html()
    assert section.text == ["Nats; each."]
    assert len(re.findall("<table", html)) == 1
