import errno
import json
import logging
import os
from pathlib import Path

import numpy as np
import pytest

from unvanish.config import UsageError
from unvanish.data.store.folder import DamagedStoreError, open_store

from .conftest import assert_same, written


@pytest.fixture
def labelled(tmp_path):
    sentences = [(f"a cat {k}", "good" if k % 3 else None) for k in range(100)]
    return written(tmp_path / "text.tsv", sentences)


def shortened(path):
    path.write_bytes(path.read_bytes()[:-4])


def removed(path):
    path.unlink()


def lengthened(path):
    with path.open("ab") as file:
        file.write(b"\0" * 8)


@pytest.mark.parametrize("damage", [shortened, removed, lengthened])
@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "vocabulary.json",
        "labels.json",
        "train.tokens",
        "valid.offsets",
        "test.labels",
    ],
)
def test_a_damaged_store_is_noticed_and_built_again(labelled, load, stores, caplog, name, damage):
    whole = load(labelled, cache=None)
    load(labelled)
    (store,) = stores()
    damage(store / name)
    with pytest.raises(DamagedStoreError):
        open_store(store)
    with caplog.at_level(logging.WARNING, "unvanish"):
        assert_same(load(labelled), whole)
    assert [record.getMessage().count("is damaged") for record in caplog.records] == [1]
    assert len(list(stores())) == 1
    assert_same(load(labelled), whole)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOMEM, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("name", ["manifest.json", "vocabulary.json", "train.tokens", "words-"])
def test_what_the_system_refuses_is_no_damage(labelled, load, stores, monkeypatch, number, name):
    whole = load(labelled, cache=None)
    load(labelled)
    (store,) = stores()

    def refusing(inner):
        def read(path, *arguments, **options):
            if path.name.startswith(name):
                raise OSError(number, os.strerror(number))
            return inner(path, *arguments, **options)

        return read

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", refusing(Path.read_text))
        patch.setattr(np, "memmap", refusing(np.memmap))
        with pytest.raises(UsageError, match=rf"cannot be read \({os.strerror(number)}\)") as told:
            load(labelled)
    assert "\n" not in str(told.value)
    assert store.exists()
    assert_same(load(labelled), whole)


def test_other_words_are_noticed(labelled, load, stores):
    load(labelled)
    path = stores()[0] / "vocabulary.json"
    path.write_text(path.read_text().replace('"cat"', '"dog"'))
    with pytest.raises(DamagedStoreError, match="other words"):
        open_store(stores()[0])


@pytest.mark.parametrize("wrong", ["[]", "{}", '{"bytes": {}, "splits": {}}', "no JSON"])
def test_a_manifest_that_says_something_else_is_damage(labelled, load, stores, wrong):
    load(labelled)
    (stores()[0] / "manifest.json").write_text(wrong)
    with pytest.raises(DamagedStoreError):
        open_store(stores()[0])


def test_an_absent_store_is_no_damage(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_store(tmp_path / "absent")


def test_the_manifest_lists_every_other_file(labelled, load, stores):
    corpora = load(labelled)
    (store,) = stores()
    manifest = json.loads((store / "manifest.json").read_text())
    files = {path.name: path.stat().st_size for path in store.iterdir()}
    del files["manifest.json"]
    assert manifest["bytes"] == files
    assert files["train.tokens"] == 4 * len(corpora.train.tokens)
    assert files["train.offsets"] == 8 * (len(corpora.train) + 1)
    assert files["train.labels"] == 4 * len(corpora.train)
