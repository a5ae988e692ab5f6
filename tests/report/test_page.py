"""The page itself."""

from unvanish.report.figures import Picture
from unvanish.report.page import Page, Section, Table

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
    assert "<table>" in html
    assert "<thead>" not in html


def test_saved_pages_are_utf_8(tmp_path):
    Page("π", (), ()).save(tmp_path / "page.html")
    assert "π" in (tmp_path / "page.html").read_text(encoding="utf-8")
