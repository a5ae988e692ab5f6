"""What the README shows is what happens."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from unvanish import __version__
from unvanish.cli import COMMANDS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


def test_the_loop_runs_as_it_stands():
    seen = []
    loop = next(block for block in blocks("python") if ">>>" not in block)
    names = {
        "batches": range(40_000),
        "reconstruction": float,
        "kl": lambda batch: seen.append(batch) or 1.0,
    }
    exec(loop, names)
    assert len(seen) == 40_000
    assert names["loss"] == 39_999 + 1.0


@pytest.fixture
def _a_run_of_ones_own(tmp_path, monkeypatch, unvanish):
    """The run that the examples open."""
    monkeypatch.chdir(tmp_path)
    text = "".join(f"the film was awful {n}\nour soup is lovely {n}\n" for n in range(20))
    (tmp_path / "my-sentences.txt").write_text(text)
    sizes = [f"--{name}=8" for name in ("hidden-size", "embedding-size")]
    words = ["train", "my-sentences.txt", "--out", "runs/mine", "--epochs=1", "--device=cpu"]
    assert unvanish(*words, *sizes, "--quiet").status == 0


@pytest.mark.usefixtures("_a_run_of_ones_own")
def test_examples_print_what_they_say():
    examples = "\n".join(block for block in blocks("python") if ">>>" in block)
    parser = doctest.DocTestParser()
    test = parser.get_doctest(examples, {}, "README", None, None)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def test_commands_exist():
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    words = [shlex.split(line, comments=True) for line in lines]
    commands = [line for line in words if line[0] == "unvanish"]
    assert commands
    assert {line[1] for line in commands} <= COMMANDS.keys()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in words:
        if line[0] == "make":
            assert f"\n{line[1]}:" in makefile


def test_what_is_cited_is_this_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)$", citation, flags=re.MULTILINE) == [__version__]
    paper = re.search(r"doi = \{(.*)\}", TEXT)
    assert paper is not None
    assert f"doi: {paper[1]}" in citation


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)]+)\)", TEXT))
def test_links_inside_the_project_lead_somewhere(target):
    assert target.startswith("https://") or (ROOT / target).exists()
