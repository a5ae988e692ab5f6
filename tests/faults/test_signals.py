"""A training that is asked to end, really and at any moment, says how to go on and then does."""

import json
import signal
from pathlib import Path

import pytest
from copied_program import run_copied

SIGNALLED = Path(__file__).with_name("signalled.py")
TINY = [
    "--epochs=2",
    "--batch-size=16",
    "--log-every=2",
    "--checkpoint-every=3",
    "--precision=fp32",
    "--latent-size=2",
    "--hidden-size=8",
    "--embedding-size=8",
]
LOGGING = "os.truncate:metrics.jsonl:0,open:metrics.jsonl"
"""The moment at which the first line is written."""

INT, TERM = int(signal.SIGINT), int(signal.SIGTERM)


def train(orders, *words):
    """Run ``unvanish train`` with signals at the moments given; see ``signalled.py``."""
    first = [SIGNALLED, orders] if orders else ["-m", "unvanish"]
    return run_copied(*first, "train", "--device=cpu", "--quiet", *words, timeout=120)


def goes_on(run):
    ended = train("", "--resume", "--out", run)
    assert ended.returncode == 0, ended.stderr
    assert json.loads((run / "results.json").read_text())["training"]["epochs"] == 2
    assert sorted(path.name for path in run.parent.glob(".*")) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [INT, TERM])
@pytest.mark.parametrize(
    "moment",
    [
        "open:vocabulary.json",
        "os.rename:runs/.run-",
        "open:.lock",
        "os.truncate:metrics.jsonl",
    ],
)
def test_between_the_folder_and_the_first_step(corpus, tmp_path, moment, number):
    run = tmp_path / "runs" / "run"
    ended = train(f"{moment}:{number}", corpus, *TINY, "--out", run)
    assert ended.returncode == 128 + number, ended.stderr
    assert ended.stderr == (
        f"unvanish: stopped: saved at step 0; go on with: unvanish train --resume --out {run}\n"
    )
    goes_on(run)


@pytest.mark.slow
@pytest.mark.parametrize("number", [INT, TERM])
def test_while_a_resumed_run_is_read(corpus, tmp_path, number):
    run = tmp_path / "runs" / "run"
    train(f"os.rename:runs/.run-:{TERM}", corpus, *TINY, "--out", run)
    for moment in (f"open:{corpus.name}", "open:.lock", "os.truncate:metrics.jsonl"):
        ended = train(f"{moment}:{number}", "--resume", "--out", run)
        assert ended.returncode == 128 + number, ended.stderr
        assert ended.stderr.endswith(f"go on with: unvanish train --resume --out {run}\n")
        assert ended.stderr.count("\n") == 1
    goes_on(run)


@pytest.mark.slow
@pytest.mark.parametrize("again", [INT, TERM])
def test_a_second_signal_does_not_break_off_the_saving(corpus, tmp_path, again):
    run = tmp_path / "runs" / "run"
    saving = f"os.chmod:.partial:{again},os.rename:.partial:{again}"
    ended = train(f"{LOGGING}:{INT},{saving}", corpus, *TINY, "--out", run)
    assert ended.returncode == 128 + INT, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert f"saved at step 2; go on with: unvanish train --resume --out {run}" in ended.stderr
    assert list((run / "checkpoints").glob("step-*.safetensors"))
    assert not list(run.rglob("*.partial"))
    goes_on(run)


@pytest.mark.slow
def test_a_second_ctrl_c_in_a_long_step_is_obeyed_and_told(corpus, tmp_path):
    """Two while a line of the metrics is written: there is no moment between to save in."""
    run = tmp_path / "runs" / "run"
    ended = train(f"{LOGGING}:{INT},open:metrics.jsonl:{INT}", corpus, *TINY, "--out", run)
    assert ended.returncode == 130, ended.stderr
    assert ended.stderr == (
        "unvanish: stopped: broken off, only the last checkpoint is kept; go on with: "
        f"unvanish train --resume --out {run}\n"
    )
    goes_on(run)


@pytest.mark.slow
@pytest.mark.parametrize("number", [INT, TERM])
def test_when_all_is_done_but_the_telling(corpus, tmp_path, number):
    run = tmp_path / "runs" / "run"
    ended = train(f"open:results.json:{number}", corpus, *TINY, "--out", run)
    assert ended.returncode == 128 + number, ended.stderr
    assert ended.stderr.startswith("unvanish: stopped: go on with: unvanish train --resume")
    goes_on(run)
