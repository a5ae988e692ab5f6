"""Disks that are full, that cannot be written, and what is kept of a run then."""

import contextlib
import gc
import json
import os
import shutil
import subprocess
import sys

import pytest

from unvanish.config import UsageError, override
from unvanish.data import load_corpora
from unvanish.runs import load
from unvanish.training import Reporter, train

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="mounts a small disk, as Linux does"
)


@contextlib.contextmanager
def disk(folder, *options):
    """Mount a small disk in memory; only an administrator may."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no permission to mount a disk")
    try:
        yield folder
    finally:
        gc.collect()  # what an error still holds open keeps the disk busy
        subprocess.run(["umount", str(folder)], check=True)


class Filler(Reporter):
    """Fills the disk of the run after an epoch, as somebody else might."""

    def __init__(self, folder):
        self.folder = folder

    def evaluated(self, epoch, split, numbers):
        free = shutil.disk_usage(self.folder).free
        (self.folder / "somebody-elses").write_bytes(b"x" * max(0, free - 4096))


def test_a_disk_that_fills_up_stops_the_run_which_then_goes_on(corpus, small, tmp_path):
    config = override(small, {"training.checkpoint_every": 2, "training.epochs": 3})
    corpora = load_corpora(corpus)
    whole = train(config, corpora, tmp_path / "whole", device="cpu")
    with disk(tmp_path / "disk", "size=2m") as place:
        with pytest.raises((UsageError, OSError)) as told:
            train(config, corpora, place / "run", device="cpu", reporter=Filler(place))
        assert "No space left" in str(told.value)
        assert not list(place.rglob("*.partial"))
        load(place / "run")
        (place / "somebody-elses").unlink()
        run = train(config, corpora, place / "run", device="cpu", resume=True)
        assert run.results()["splits"] == whole.results()["splits"]


def test_the_command_tells_of_a_full_disk_in_one_line(refused, corpus, tmp_path):
    with disk(tmp_path / "disk", "size=64k") as place:
        said = refused("train", corpus, "--schedule=constant:1", "--out", place / "run", "--quiet")
        assert "No space left" in said
        assert not [path for path in place.iterdir() if path.name.startswith(".")]


def test_a_folder_that_cannot_be_written_is_told(refused, corpus, tmp_path):
    with disk(tmp_path / "disk", "size=64k", "ro") as place:
        said = refused("train", corpus, "--out", place / "run", "--quiet")
        assert "Read-only file system" in said
        assert str(place / "run") in said


def test_a_run_that_can_only_be_read_is_still_of_use(unvanish, trained, tmp_path):
    copy = shutil.copytree(trained.path, tmp_path / "copy")
    with disk(tmp_path / "disk", "size=2m") as place:
        shutil.copytree(copy, place / "run")
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        ended = unvanish("reconstruct", place / "run", "the cat sees the dog", "--json")
        assert ended.status == 0, ended.err
        assert json.loads(ended.out)
