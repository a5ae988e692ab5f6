"""A process of several that is killed, really, and the requests to end that all get."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from copied_program import CopiedProgram

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes as Linux has them"),
]

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--redirects=3"]
TINY = [
    "--epochs=8",
    "--batch-size=5",
    "--log-every=2",
    "--checkpoint-every=3",
    "--precision=fp32",
    "--latent-size=2",
    "--hidden-size=8",
    "--embedding-size=8",
    "--set=optimizer.eps=1e-3",
]
STOPPED = "unvanish: stopped: saved at step "


@contextlib.contextmanager
def started(logs, processes, *words):
    """Begin ``torchrun ... unvanish``, and leave nothing of it behind."""
    launcher = [*TORCHRUN, f"--nproc-per-node={processes}", f"--log-dir={logs}", "-m", "unvanish"]
    command = [str(word) for word in (*launcher, *words)]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as launched:
        try:
            yield launched
        finally:
            if launched.poll() is None:
                launched.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    launched.wait(40)
            launched.kill()


def workers(launched):
    """Give the process ids of the workers by rank."""
    found = {}
    children = Path(f"/proc/{launched.pid}/task/{launched.pid}/children").read_text().split()
    for child in children:
        variables = Path(f"/proc/{child}/environ").read_bytes().split(b"\0")
        ranks = [int(each[5:]) for each in variables if each.startswith(b"RANK=")]
        found |= {rank: int(child) for rank in ranks}
    return found


def wait_for_steps(launched, run):
    """Wait until a state inside an epoch is there."""
    while not list(run.glob("checkpoints/step-*.safetensors")):
        assert launched.poll() is None
        time.sleep(0.01)


def said(logs):
    """Give what all workers have written to standard error, but what is told of the model."""
    lines = [
        line
        for file in sorted(logs.rglob("stderr.log"))
        for line in file.read_text().splitlines(keepends=True)
    ]
    return "".join(line for line in lines if not line.startswith("warning: step"))


def results(run):
    return json.loads((run / "results.json").read_text())["splits"]


def assert_close(found, expected):
    for split, kinds in expected.items():
        for name in ("rec", "kl", "elbo"):
            value = kinds["last"][name]
            assert found[split]["last"][name] == pytest.approx(value, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("lost", [0, 1])
def test_a_killed_process_ends_the_others_and_the_run_goes_on(unvanish, corpus, tmp_path, lost):
    run, logs = tmp_path / "run", tmp_path / "logs"
    words = ["train", corpus, *TINY, "--device=cpu", "--quiet"]
    with started(logs, 2, *words, "--out", run) as launched:
        wait_for_steps(launched, run)
        ids = workers(launched)
        assert sorted(ids) == [0, 1]
        os.kill(ids[lost], signal.SIGKILL)
        assert launched.wait(120) != 0
    told = said(logs)
    if lost == 1 and told.startswith(STOPPED):  # torchrun ended the first while it alone validated
        assert told.count("\n") == 1
    else:
        assert told == "unvanish: a process of this run has ended; go on with --resume\n"
    assert not (run / "results.json").exists()
    if lost == 0:
        ended = unvanish("train", "--resume", "--out", run, "--quiet", "--device=cpu")
        assert ended.status == 0, ended.err
    else:
        again = ["train", "--resume", "--out", run, "--quiet", "--device=cpu"]
        with started(tmp_path / "again", 2, *again) as launched:
            assert launched.wait(600) == 0, said(tmp_path / "again")
        assert said(tmp_path / "again") == "", "the environment is as it was"
    assert unvanish(*words, "--out", tmp_path / "whole").status == 0
    assert_close(results(run), results(tmp_path / "whole"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_is_answered_once(unvanish, corpus, tmp_path, number):
    run, logs = tmp_path / "run", tmp_path / "logs"
    words = ["train", corpus, *TINY, "--device=cpu", "--quiet", "--out", run]
    with started(logs, 2, *words) as launched:
        wait_for_steps(launched, run)
        launched.send_signal(number)
        launched.wait(300)
    told = said(logs)
    assert told.startswith(STOPPED)
    command = f"torchrun --nproc-per-node 2 -m unvanish train --resume --out {run}"
    assert told.endswith(f"; go on with: {command}\n")
    assert told.count("\n") == 1
    ended = unvanish("train", "--resume", "--out", run, "--quiet", "--device=cpu")
    assert ended.status == 0, ended.err
    assert "processes 2, now 1" in ended.err


IMPOSSIBLE = {
    "a comparison": (["compare", "TEXT"], "only train can be shared by several processes"),
    "an option": (["train", "TEXT", "--nonsense"], "--nonsense"),
    "no text": (["train", "MISSING", "--out", "RUN"], "does not exist"),
    "a folder in use": (["train", "TEXT", "--out", "HOME"], "is in use"),
}


@pytest.fixture
def impossible(corpus, tmp_path):
    """What cannot be, and what is told of it."""
    places = {"TEXT": corpus, "MISSING": tmp_path / "missing.txt"}
    places |= {"RUN": tmp_path / "run", "HOME": tmp_path}

    def of(case):
        words, message = IMPOSSIBLE[case]
        return [places.get(word, word) for word in words], message

    yield of
    assert not (tmp_path / "run").exists()


def test_torchrun_is_told_once_what_cannot_be(impossible, tmp_path):
    words, message = impossible("no text")
    with started(tmp_path / "logs", 2, *words) as launched:
        assert launched.wait(300) != 0
    assert message in said(tmp_path / "logs")
    assert said(tmp_path / "logs").count("\n") == 1


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_what_cannot_be_is_told_once(impossible, case):
    words, message = impossible(case)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    group = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    programs = [
        CopiedProgram(
            *("-m", "unvanish", *words),
            environment={**group, "RANK": str(rank), "LOCAL_RANK": str(rank)},
        )
        for rank in range(2)
    ]
    told = "".join("".join(program.communicate(300)) for program in programs)
    assert all(program.returncode for program in programs)
    assert message in told
    assert told.count("\n") == 1
