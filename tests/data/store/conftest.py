import gzip
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from unvanish.data import Corpora, load_corpora
from unvanish.data import store as package
from unvanish.data.splits import SPLITS
from unvanish.data.store.building import stored_text


def written(path: Path, sentences: list[tuple[str, str | None]], *, line_end="\n", last=True):
    """Write sentences with labels to a file of the form that its ending says."""
    lines = {
        ".txt": lambda text, label: text,
        ".tsv": lambda text, label: f"{label or ''}\t{text}",
        ".jsonl": lambda text, label: json.dumps({"text": text, "label": label}),
    }[path.name.removesuffix(".gz")[path.name.index(".") :]]
    content = line_end.join(lines(*sentence) for sentence in sentences) + line_end * last
    raw = content.encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def assert_same(stored: Corpora, loaded: Corpora) -> None:
    """All that there is to know of two corpora is the same."""
    assert stored.vocabulary == loaded.vocabulary
    assert (stored.name, stored.sha256) == (loaded.name, loaded.sha256)
    for split in SPLITS:
        ours, expected = getattr(stored, split), getattr(loaded, split)
        assert ours.report == expected.report
        assert np.array_equal(ours.tokens, expected.tokens)
        assert np.array_equal(ours.offsets, expected.offsets)
        assert (ours.tokens.dtype, ours.offsets.dtype) == (np.int32, np.int64)
        assert not ours.tokens.flags.writeable
        assert (ours.labels is None) == (expected.labels is None)
        assert tuple(ours.labels or ()) == (expected.labels or ())
        assert replace(ours, known_sha256=None).sha256 == ours.sha256 == expected.sha256


@pytest.fixture
def in_blocks(monkeypatch):
    """Have text encoded in blocks of some bytes."""

    def cut(size: int) -> None:
        monkeypatch.setattr(package, "stored_text", partial(stored_text, block=size))

    return cut


@pytest.fixture
def text(tmp_path):
    """A file of 300 lines, some of them blank."""
    lines = [f"the cat number {k % 97} sees ä {'<unk>' * (k % 5 == 0)} " for k in range(290)]
    return written(tmp_path / "text.txt", [(line, None) for line in [*lines, *[""] * 10]])


@pytest.fixture
def load(tmp_path):
    """Load a corpus through a cache."""
    return partial(load_corpora, cache=tmp_path / "cache")


@pytest.fixture
def stores(tmp_path):
    """List the stores of the cache that ``load`` uses."""
    return lambda: sorted(path.parent for path in (tmp_path / "cache").rglob("manifest.json"))
