"""Schedules in two processes that train one model: every process is at the same place."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import unvanish
from unvanish import Cyclical

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="torchrun and gloo as they are on Unix"),
]

TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


def needs(framework):
    return pytest.mark.skipif(find_spec(framework) is None, reason=f"{framework} is not installed")


def in_two_processes(script, folder, launcher=()):
    """Run a script of this folder; give what each process has left."""
    source = Path(unvanish.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(source), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *launcher, str(Path(__file__).with_name(script)), str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads((folder / f"rank{rank}.json").read_text()) for rank in range(2)]


def test_plain_torch_in_wrappers_of_several_processes(tmp_path):
    for seen in in_two_processes("plain_torch.py", tmp_path, TORCHRUN):
        assert list(seen) == ["DistributedDataParallel", "FullyShardedDataParallel", "fully_shard"]
        assert all(betas == Cyclical(8, n_cycles=2).values() for betas in seen.values())


@needs("lightning")
def test_lightning(tmp_path):
    ranks = in_two_processes("in_lightning.py", tmp_path)
    for kind in ("plain", "accumulating", "two optimizers"):
        check_lightning([runs[kind] for runs in ranks], accumulated=1 + (kind == "accumulating"))


def check_lightning(ranks, accumulated):
    values = Cyclical(12 // accumulated, n_cycles=3).values()
    for runs in ranks:
        whole, resumed = runs["whole"], runs["resumed"]
        assert whole["beta"] == [value for value in values for _ in range(accumulated)]
        assert resumed["beta"] == whole["beta"][6:]
        assert whole["validation"] == [1.0]
        assert resumed["weights"] == whole["weights"] == ranks[0]["whole"]["weights"]
    for run in ("whole", "resumed"):
        kl = [runs[run]["kl"] for runs in ranks]
        assert abs(kl[0] - kl[1]) > 0.01  # each saw other sentences
        for runs in ranks:
            assert runs[run]["logged"]["collapse/kl"] == pytest.approx(sum(kl) / 2)
            assert runs[run]["watched"] == pytest.approx(sum(kl) / 2)
    first, second = (runs["whole"]["warnings"] for runs in ranks)
    assert len(first) == 1
    assert second == []


@needs("transformers")
@needs("accelerate")
def test_transformers(tmp_path):
    ranks = in_two_processes("in_transformers.py", tmp_path, TORCHRUN)
    values = Cyclical(12, n_cycles=3).values()
    for runs in ranks:
        whole, resumed = runs["whole"], runs["resumed"]
        assert whole["beta"] == [value for value in values for _ in range(2)]
        assert resumed["beta"] == whole["beta"][8:]
        assert resumed["logged"] == whole["logged"] == values
        assert resumed["weights"] == whole["weights"] == ranks[0]["whole"]["weights"]
