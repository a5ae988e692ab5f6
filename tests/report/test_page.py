"""The page itself."""

import re

from unvanish.report.page import Page, Section, Table
from unvanish.report.picture import Picture

PICTURE = Picture("p", 'a "<picture>"', '<svg viewBox="0 0 1 1" role="img"></svg>', b"")


def make(**changes):
    table = Table("Numbers", ("name", "kl"), [["a & b", "1.0"]])
    section = Section("Part", ("text",), [(PICTURE, "caption")], [table], [table])
    return Page("Title <1>", ("lead",), (section,), ("closing",)).html()


def test_text_is_escaped_and_pictures_are_not():
    html = make()
    assert "Title &lt;1&gt;" in html
    assert "a &amp; b" in html
    assert '<svg viewBox="0 0 1 1" role="img" aria-label="a &#34;&lt;picture&gt;&#34;">' in html


def test_everything_given_is_shown():
    html = make()
    for text in ("lead", "Part", "text", "caption", "Numbers", "closing", "<details>"):
        assert text in html


def test_the_page_fits_phones_and_dark_rooms():
    html = make()
    assert 'name="viewport"' in html
    assert "prefers-color-scheme: dark" in html


def test_a_table_of_words_is_not_set_as_numbers():
    words = Table("Words", (), [["a", "b"]], numeric=False)
    html = Page("t", (), (Section("s", tables=(words,)),)).html()
    assert 'class="numeric"' not in html
    assert 'class="numeric"' in make()
    assert "<thead>" not in html


def test_what_scrolls_is_a_region_with_a_name():
    html = make()
    boxes = re.findall(r"<div [^>]*tabindex[^>]*>", html)
    assert len(boxes) == 3
    assert all('role="region"' in box for box in boxes)
    assert 'aria-label="Part: figure"' in boxes[0]
    names = [re.search(r'aria-labelledby="([^"]*)"', box)[1] for box in boxes[1:]]
    assert len(set(names)) == 2
    for name in names:
        assert re.search(rf'id="{name}">Numbers<', html), "the caption names the box and its table"
        assert f'aria-labelledby="{name}">\n<thead>' in html


def test_a_caption_does_not_scroll_with_its_table():
    html = make()
    assert html.index('class="caption"') < html.index("Numbers") < html.index("<table")
    assert "<caption" not in html


def test_saved_pages_are_utf_8(tmp_path):
    Page("π", (), ()).save(tmp_path / "page.html")
    assert "π" in (tmp_path / "page.html").read_text(encoding="utf-8")
