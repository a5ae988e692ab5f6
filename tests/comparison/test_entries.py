"""Grids of real runs in real processes, some of which are killed."""

import json
import os
import signal
import sys
import time

import pytest
from copied_program import CopiedProgram
from filelock import FileLock
from seen_processes import children, gone, is_stopped, is_worker, open_files

from unvanish.comparison import (
    ComparisonPlan,
    Listener,
    begin,
    carry_out,
    reopen,
    train_entries,
)
from unvanish.config import UsageError, override
from unvanish.data import read_corpora
from unvanish.runs import load
from unvanish.training import train

SCHEDULES = ("constant", "cyclical:n_cycles=2")

pytestmark = pytest.mark.usefixtures("copies")


@pytest.fixture
def plan(corpus, small):
    return ComparisonPlan(SCHEDULES, (1, 2), small, {"train": str(corpus)})


class Ear(Listener):
    def __init__(self):
        self.heard = []

    def ended(self, ended):
        self.heard.append((ended.folder, ended.problem))


def test_without_runs_nothing_is_trained(tmp_path):
    assert train_entries([], {}, tmp_path, workers=2, device="cpu") == []
    assert list(tmp_path.iterdir()) == []


def test_runs_at_once_share_the_cores(plan, tmp_path, monkeypatch):
    given = []
    entries = "unvanish.comparison.entries"
    monkeypatch.setattr(f"{entries}.threads_each", lambda at_once: 100 + at_once)
    monkeypatch.setattr(f"{entries}.share_out", lambda *all, **_: given.append(all[2].threads))
    for workers in (1, 2):
        train_entries(plan.entries(), plan.files, tmp_path, workers=workers, device="cpu")
    assert given == [101, 102]


@pytest.mark.slow
def test_runs_are_those_that_train_alone_makes(plan, tmp_path):
    begin(plan, tmp_path / "out")
    ear = Ear()
    results = carry_out(plan, tmp_path / "out", workers=2, device="cpu", listener=ear)
    assert len(results["runs"]) == 4
    assert sorted(ear.heard) == sorted((entry.folder, None) for entry in plan.entries())
    assert json.loads((tmp_path / "out" / "results.json").read_text()) == results
    entry = plan.entries()[3]
    alone = train(
        entry.config, read_corpora(entry.config.data, plan.files), tmp_path / "alone", device="cpu"
    )
    grown = load(tmp_path / "out" / "runs" / entry.folder)
    figures, expected = (run.results()["splits"]["test"]["last"] for run in (grown, alone))
    for name in ("rec", "kl", "elbo"):
        assert figures[name] == pytest.approx(expected[name], rel=1e-3, abs=1e-5)
    again = carry_out(reopen(tmp_path / "out"), tmp_path / "out", workers=1, device="cpu")
    assert again == results


@pytest.mark.slow
def test_a_run_that_fails_does_not_stop_the_others(corpus, small, tmp_path):
    hopeless = "constant:1e30"
    plan = ComparisonPlan(("constant", hopeless), (1,), small, {"train": str(corpus)})
    begin(plan, tmp_path / "out")
    results = carry_out(plan, tmp_path / "out", workers=1, device="cpu")
    assert [row["schedule"] for row in results["summary"]["rows"]] == ["constant"]
    (problem,) = results["summary"]["failed"].values()
    assert "diverged" in problem
    assert results["summary"]["differences"] == []


COMMAND = [
    "--epochs=40",
    "--hidden-size=12",
    "--embedding-size=12",
    "--latent-size=4",
    "--precision=fp32",
    "--device=cpu",
    "--log-every=2",
    "--schedule=constant",
    "--schedule=cyclical",
    "--seeds=1",
    "--workers=2",
    "--quiet",
]
ENDLESS = ["--set=training.epochs=100000"]


def compare(*words, **options):
    return CopiedProgram("-m", "unvanish", "compare", *words, **options)


def resumed(unvanish, out):
    """Go on with a comparison in this process, and give what it prints."""
    ended = unvanish("compare", "--resume", "--out", out, "--quiet", "--device=cpu")
    assert ended.status == 0, ended.err
    return ended.out


def wait_until_runs_move(folder, process):
    while len(sizes := sizes_of_metrics(folder)) < 2 or not all(sizes):
        assert process.poll() is None, process.told()
        time.sleep(0.01)


def sizes_of_metrics(folder):
    """Look at the runs that have their names: one that is being made is renamed any moment."""
    return [file.stat().st_size for file in folder.glob("runs/[!.]*/metrics.jsonl")]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopped_or_killed_it_goes_on_where_it_was(unvanish, corpus, tmp_path, how):
    out = tmp_path / "out"
    process = compare(corpus, *COMMAND, "--out", out)
    wait_until_runs_move(out, process)
    workers = children(process.pid)
    process.send_signal(how)
    _, told = process.communicate(timeout=300)
    if how == signal.SIGINT:
        assert process.returncode == 130, told
        assert f"unvanish compare --resume --out {out}" in told
        assert told.splitlines()[-1].startswith("unvanish: stopped: ")
        assert "Traceback" not in told
    deadline = time.monotonic() + 300
    while not all(gone(worker) for worker in workers):
        assert time.monotonic() < deadline, "workers outlived their parent"
        time.sleep(0.05)
    assert not (out / "results.json").exists()
    assert "over sentences" in resumed(unvanish, out)
    for run in json.loads((out / "results.json").read_text())["runs"]:
        assert run["training"]["epochs"] == 40


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_killed_worker_ends_it_in_one_line_and_nothing_is_lost(unvanish, corpus, tmp_path):
    out = tmp_path / "out"
    process = compare(corpus, *COMMAND, "--out", out)
    wait_until_runs_move(out, process)
    kill_one_worker(process, out)
    assert "over seeds" in resumed(unvanish, out)
    assert len(json.loads((out / "results.json").read_text())["runs"]) == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_killed_in_the_middle_of_a_message_blocks_nobody(corpus, tmp_path):
    out = tmp_path / "out"
    process = compare(corpus, *COMMAND, *ENDLESS, "--set=training.log_every=1", "--out", out)
    wait_until_runs_move(out, process)
    process.send_signal(signal.SIGSTOP)  # nobody reads: the pipes fill up
    wait_until_nothing_is_written(out)
    kill_one_worker(process, out)


ONE_WORKER = ["--workers=1" if word == "--workers=2" else word for word in COMMAND]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("whom", ["the command", "its worker"])
def test_runs_side_by_side_in_one_process_go_on_where_they_were(unvanish, corpus, tmp_path, whom):
    out = tmp_path / "out"
    process = compare(corpus, *ONE_WORKER, "--out", out)
    wait_until_runs_move(out, process)
    (worker,) = filter(is_worker, children(process.pid))
    if whom == "the command":
        process.send_signal(signal.SIGINT)
    else:
        os.kill(worker, signal.SIGKILL)
    _, told = process.communicate(timeout=300)
    (line,) = without_warnings(told)
    if whom == "the command":
        assert process.returncode == 130, told
        assert len(list(out.glob("runs/*/checkpoints/step-*.safetensors"))) >= 2
    else:
        assert process.returncode == 2, told
        assert all(f"{name}-seed1" in line for name in ("constant", "cyclical"))
    assert gone(worker)
    first = next(out.glob("runs/constant-seed1"))
    run = load(first)
    text = read_corpora(run.config.data, {"train": str(corpus)})
    train(run.config, text, first, device="cpu", resume=True)  # apart, the other by compare
    resumed(unvanish, out)
    for run in json.loads((out / "results.json").read_text())["runs"]:
        assert run["training"]["epochs"] == 40


@pytest.mark.slow
def test_side_by_side_and_apart_give_the_same_but_for_rounding(corpus, small, tmp_path):
    one_epoch = override(small, {"training.epochs": 1, "training.log_every": 1})
    plan = ComparisonPlan(SCHEDULES, (1, 2), one_epoch, {"train": str(corpus)}, ("lm",))
    for together in (True, False):
        begin(plan, tmp_path / str(together))
        carry_out(plan, tmp_path / str(together), workers=1, device="cpu", side_by_side=together)
    for entry in plan.entries():
        one, other = (load(tmp_path / str(each) / "runs" / entry.folder) for each in (True, False))
        for ours, theirs in zip(one.metrics(), other.metrics(), strict=True):
            for name in ("train/loss", "train/grad_norm", "valid/rec", "valid/kl"):
                near = pytest.approx(theirs.get(name, 0.0), rel=1e-3, abs=1e-4)
                assert ours.get(name, 0.0) == near


def kill_one_worker(process, out):
    """Kill a worker and check that all is over at once, told in a line, the other run saved."""
    workers = list(filter(is_worker, children(process.pid)))
    victim, its_run = stop_at_work(workers)
    os.kill(victim, signal.SIGKILL)
    process.send_signal(signal.SIGCONT)
    begun = time.monotonic()
    printed, told = process.communicate(timeout=300)
    assert time.monotonic() - begun < 50  # one that is not heard has 60 seconds to save its run
    assert (process.returncode, printed) == (2, ""), told
    (line,) = without_warnings(told)
    assert "was killed by signal 9; the others are saved as far as they can be" in line
    assert "; go on with: unvanish " in line
    assert f"--out {out}" in line
    assert all(map(gone, workers))
    (other,) = (run for run in out.glob("runs/[!.]*") if run != its_run)
    assert list(other.glob("checkpoints/step-*.safetensors"))


def stop_at_work(workers):
    """Stop a worker and give the folder of its run; one that has no run left dies unnoticed."""
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
        while not is_stopped(worker):
            assert not gone(worker)
            time.sleep(0.01)
        locks = [file for file in open_files(worker) if file.match("checkpoints/.lock")]
        if locks:
            return worker, locks[0].parents[1]
        os.kill(worker, signal.SIGCONT)
    raise AssertionError("no worker is at a run")


def without_warnings(told):
    return [line for line in told.splitlines() if ": warning: " not in line]


def wait_until_nothing_is_written(folder):
    deadline, before = time.monotonic() + 600, None
    while (now := sizes_of_metrics(folder)) != before:
        assert time.monotonic() < deadline, "the workers never waited for their parent"
        before = now
        time.sleep(1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_all_processes_at_once_saves_every_run(corpus, tmp_path, how):
    """Ctrl-C in a terminal and the end of a scheduler's job come to the workers too."""
    out = tmp_path / "out"
    process = compare(corpus, *COMMAND, *ENDLESS, "--out", out, start_new_session=True)
    wait_until_runs_move(out, process)
    os.killpg(process.pid, how)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 128 + how, told
    (line,) = without_warnings(told)
    assert f"unvanish compare --resume --out {out}" in line
    assert len(list(out.glob("runs/*/checkpoints/step-*.safetensors"))) >= 2


def test_a_second_process_is_refused(plan, tmp_path):
    begin(plan, tmp_path / "out")
    with (
        FileLock(tmp_path / "out" / ".lock"),
        pytest.raises(UsageError, match="another process"),
    ):
        carry_out(plan, tmp_path / "out", workers=1, device="cpu")


@pytest.mark.parametrize(
    "names", [("constant", "cyclical", "fu2019"), (" cyclical", "cyclical:n_cycles=4,ratio=0.5")]
)
def test_one_schedule_in_two_spellings_leaves_no_folder(corpus, small, tmp_path, names):
    plan = ComparisonPlan(names, (1,), small, {"train": str(corpus)})
    with pytest.raises(UsageError, match=r"and  ?cyclical are the same schedule: give one of them"):
        begin(plan, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_impossible_schedules_leave_no_folder(corpus, small, tmp_path):
    plan = ComparisonPlan(("constant", "cyclicl"), (1,), small, {"train": str(corpus)})
    with pytest.raises(UsageError, match="cyclicl"):
        begin(plan, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {
                "objective.free_bits": 0.5,
                "objective.free_bits_form": "batch",
                "training.accumulate": 2,
            },
            "counts over a whole batch",
        ),
        ({"inference.kind": "semi-amortized", "model.posterior.kind": "point"}, "needs a q"),
    ],
)
def test_impossible_settings_leave_no_folder(corpus, small, tmp_path, change, message):
    plan = ComparisonPlan(SCHEDULES, (1,), override(small, change), {"train": str(corpus)})
    with pytest.raises(UsageError, match=message):
        begin(plan, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"format": 7}'])
def test_what_is_no_comparison_is_told(tmp_path, text):
    if text is not None:
        (tmp_path / "comparison.json").write_text(text)
    with pytest.raises(UsageError):
        reopen(tmp_path)


def test_a_folder_in_use_is_left_alone(plan, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="in use"):
        begin(plan, tmp_path)
