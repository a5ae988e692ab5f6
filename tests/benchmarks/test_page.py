"""The page of benchmarks says what the results say."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def page():
    spec = importlib.util.spec_from_file_location("page", ROOT / "benchmarks" / "page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_its_results_make_it(page):
    assert page.main(["--check"]) == 0, "run python benchmarks/page.py"


def test_every_table_has_a_place(page):
    text = page.PAGE.read_text()
    assert {name for _, name, _ in page.BLOCK.findall(text)} == page.TABLES.keys()


def test_another_number_in_a_result_is_another_page(page, tmp_path):
    name = "importance-ptb-40-sentences.json"
    results = json.loads((ROOT / "results" / name).read_text())
    before = page.PAGE.read_text()
    results["compared"]["usual_over_bf16"]["seconds"] = 123.456
    (tmp_path / name).write_text(json.dumps(results))
    after = page.render(before, tmp_path)
    assert "| 123.46 |" in after
    assert "| 123.46 |" not in before
    assert page.ABSENT in after  # the other results are not there
    assert page.render(after, tmp_path) == after
