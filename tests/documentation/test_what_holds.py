"""The page says what the results say."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from unvanish.experiments.catalogue import EXPERIMENTS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def page():
    spec = importlib.util.spec_from_file_location("page", ROOT / "docs" / "make_what_holds.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_its_results_make_it(page):
    assert page.main(["--check"]) == 0, "run python docs/make_what_holds.py"


def test_every_experiment_has_a_place(page):
    names = [name for _, name, _ in page.BLOCK.findall(page.PAGE.read_text())]
    assert names == list(EXPERIMENTS)


def test_another_verdict_is_another_page(page, tmp_path):
    name = "reproduce-schedules.json"
    shutil.copy(ROOT / "results" / name, tmp_path)
    results = json.loads((tmp_path / name).read_text())
    before = page.PAGE.read_text()
    claim = results["summary"]["claims"][0]
    claim["verdict"] = "does not hold"
    (tmp_path / name).write_text(json.dumps(results))
    after = page.render(before, tmp_path)
    assert f"| {claim['claim']} | {claim['where']} | **does not hold** |" in after
    assert after.count(page.ABSENT) == len(EXPERIMENTS) - 1
    assert page.render(after, tmp_path) == after
