import pytest

from unvanish.config import UsageError
from unvanish.report.keeping import keep
from unvanish.report.page import Page
from unvanish.report.run_page import KIND

OWN = Page("mine", (), (), kind=KIND)


def test_an_earlier_report_is_replaced(tmp_path):
    file = tmp_path / "new" / "report.html"
    keep(OWN, file)
    keep(Page("another", (), (), kind=KIND), file)
    assert "another" in file.read_text(encoding="utf-8")
    assert [path.name for path in file.parent.iterdir()] == ["report.html"]


def test_anything_else_is_not(tmp_path):
    file = tmp_path / "report.html"
    for page in (Page("a demo", (), ()).html(), "", "notes"):
        file.write_text(page, encoding="utf-8")
        with pytest.raises(UsageError, match="something else"):
            keep(OWN, file)
        assert file.read_text(encoding="utf-8") == page
    with pytest.raises(UsageError, match="is a folder"):
        keep(OWN, tmp_path)
    with pytest.raises(UsageError, match="cannot write"):
        keep(OWN, file / "below" / "report.html")
