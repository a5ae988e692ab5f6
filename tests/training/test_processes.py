"""Two real processes that share unequal batches train what one process trains."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

import unvanish
from unvanish.config import UsageError
from unvanish.runs import load
from unvanish.training import Processes, require_alone, train

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="torchrun and gloo as they are on Unix"),
]

SCRIPT = Path(__file__).with_name("in_processes.py")
specification = importlib.util.spec_from_file_location("in_processes", SCRIPT)
together = importlib.util.module_from_spec(specification)
specification.loader.exec_module(together)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The runs of two processes, and what each of them saw."""
    folder = tmp_path_factory.mktemp("shared")
    source = Path(unvanish.__file__).parents[1]
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [sys.executable, *launcher, str(SCRIPT), str(folder)],
        env=os.environ | {"PYTHONPATH": str(source), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, [json.loads((folder / f"rank{rank}.json").read_text()) for rank in range(2)]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The same runs in one process, each made when it is asked for."""
    folder, made = tmp_path_factory.mktemp("alone"), {}

    def run(case):
        if case not in made:
            config, corpora = together.config(case), together.corpora()
            made[case] = train(config, corpora, folder / case, device="cpu")
        return made[case]

    return run


def distance(one, two):
    """Give the largest difference of a parameter, and of a number of the metrics."""
    first, second = (load_file(run.parameters_file()) for run in (one, two))
    assert first.keys() == second.keys()
    parameters = max(float((first[name] - second[name]).abs().max()) for name in first)
    lines = [numbers(run) for run in (one, two)]
    assert [line.keys() for line in lines[0]] == [line.keys() for line in lines[1]]
    pairs = zip(
        *(np.concatenate([list(line.values()) for line in each]) for each in lines), strict=True
    )
    return parameters, max(abs(a - b) / (1 + abs(b)) for a, b in pairs)


def numbers(run):
    """Give the lines of the metrics without what depends on the clock; lists summed."""
    clock = "train/tokens_per_second"
    lines = [{k: v for k, v in line.items() if k != clock} for line in run.metrics()]
    return [{k: np.sum(v) for k, v in line.items() if k != "warning"} for line in lines]


@pytest.mark.parametrize("case", together.CASES)
def test_two_processes_train_what_one_trains(shared, alone, case):
    run = load(shared[0] / case)
    parameters, metrics = distance(run, alone(case))
    assert parameters < 2e-6
    assert metrics < 2e-5
    for split, kinds in alone(case).results()["splits"].items():
        for kind, figures in kinds.items():
            found = run.results()["splits"][split][kind]
            assert found["elbo"] == pytest.approx(figures["elbo"], rel=1e-5)
            assert found["epoch" if kind == "best" else "kl"] == pytest.approx(
                figures["epoch" if kind == "best" else "kl"], rel=1e-4
            )


WRONG = {
    "unweighted": "plain",
    "free by dimension, own": "free by dimension",
    "free by batch, own": "free by batch",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_shares_not_weighed_or_judged_by_themselves_would_be_noticed(shared, alone, wrong):
    """The negative control of the test above."""
    assert distance(load(shared[0] / wrong), alone(WRONG[wrong]))[0] > 1e-4


def test_the_gradient_was_clipped(alone):
    norms = [line["train/grad_norm"] for line in alone("plain").metrics() if "train/lr" in line]
    assert min(norms) > together.SETTINGS["optimizer.gradient_clip"]


def test_only_the_first_process_tells(shared):
    _, (first, second) = shared
    for case in together.CASES:
        assert first[case] == sorted(set(first[case]))
        assert len(first[case]) >= 6
        assert second[case] == []


def test_all_end_where_one_stops_early(shared, alone):
    epochs = load(shared[0] / "stopped early").results()["training"]["epochs"]
    assert epochs == alone("stopped early").results()["training"]["epochs"] < 4


def test_the_run_says_how_many_there_were(shared, alone):
    assert load(shared[0] / "plain").results()["environment"]["processes"] == 2
    assert alone("plain").results()["environment"]["processes"] == 1


def test_a_group_is_left_as_it_was_found(shared):
    for seen in shared[1]:
        assert (seen["left"], seen["kept"]) == (False, True)


def test_one_asked_to_end_ends_all_with_one_state(shared, alone):
    folder, seen = shared
    stopped = [each["stopped, in two"] for each in seen]
    assert stopped[0] == stopped[1] < alone("plain").results()["training"]["steps"]
    assert max(distance(load(folder / "in two"), alone("plain"))) < 2e-5


def test_a_run_goes_on_in_another_number_of_processes(shared, alone):
    listener = together.Heard()
    told = []
    listener.warned = told.append
    run = train(
        together.config("plain"),
        together.corpora(),
        shared[0] / "in one",
        device="cpu",
        resume=True,
        reporter=listener,
    )
    assert max(distance(run, alone("plain"))) < 2e-5
    assert any("processes 2, now 1" in message for message in told)


def test_what_one_process_cannot_do_none_does(shared):
    for seen in shared[1]:
        assert "is in use" in seen["in use"]
        assert "different text" in seen["other text"]
        assert "different settings" in seen["other settings"]
        assert "different parameters" in seen["drifted"]
        assert "division" in seen["agreed"]
    assert not (shared[0] / "other text").exists()


def test_a_flag_of_any_process_is_known_to_all(shared):
    assert [seen["flags"] for seen in shared[1]] == [[False, True, True]] * 2


def test_alone_nothing_is_sent():
    processes = Processes()
    assert processes.all_reduce([], raised=True)
    assert processes.gather(3) == [3]
    assert processes.on_rank_zero(lambda: 4) == processes.agree(lambda: 4) == 4


def test_the_commands_that_cannot_be_shared_are_refused(monkeypatch):
    monkeypatch.setenv("RANK", "0")
    require_alone("one process")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UsageError, match="leave out torchrun"):
        require_alone("a comparison")
