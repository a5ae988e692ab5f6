"""What is stored and mapped is, down to the last id, what is read into memory."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import (
    FileTokens,
    LengthBucketedBatches,
    Sentence,
    Vocabulary,
    load_corpora,
)
from unvanish.data import store as package

from .conftest import assert_same, written

WORDS = st.sampled_from(["cat", "sat", "dög", "🙂", "<unk>", "<s>", "a", "\u2028", "x\u00a0y", ""])
LINES = st.lists(
    st.tuples(
        st.lists(WORDS, max_size=6).map(" ".join), st.none() | st.sampled_from(["good", "bad", "0"])
    ),
    min_size=1,
    max_size=40,
)
TOKENS = ["whitespace", "characters", r"regex:[a-z]+|\s"]
ENDINGS = [".txt", ".tsv", ".jsonl"]


def outcome(load, *sources, **options):
    """Load, or give what is told instead."""
    try:
        return load(*sources, **options)
    except UsageError as error:
        return str(error)


def compare(folder, given_files, options, block, processes=1):
    """Load through a cache and into memory; errors must be the same too."""
    expected = outcome(load_corpora, *given_files, **options, cache=None)
    with pytest.MonkeyPatch.context() as patch:
        inner = package.stored_text
        patch.setattr(package, "stored_text", lambda *a, **k: inner(*a, **k, block=block))
        for _ in range(2):  # built, then found
            found = outcome(
                load_corpora, *given_files, **options, cache=folder, processes=processes
            )
            if isinstance(expected, str):
                assert found == expected
            else:
                assert_same(found, expected)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=100)
@given(
    train=LINES,
    others=st.tuples(st.none() | LINES, st.none() | LINES),
    ending=st.sampled_from(ENDINGS),
    compressed=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    block=st.integers(1, 60) | st.just(10**6),
    options=st.fixed_dictionaries(
        {},
        optional={
            "tokens": st.sampled_from(TOKENS),
            "max_words": st.none() | st.integers(0, 8),
            "too_long": st.sampled_from(["drop", "truncate"]),
            "max_vocabulary": st.integers(1, 4),
            "min_count": st.integers(1, 3),
        },
    ),
)
def test_any_text_is_stored_as_it_is_read(
    tmp_path_factory, train, others, ending, compressed, line_end, last, block, options
):
    folder = tmp_path_factory.mktemp("any")
    ending += ".gz" * compressed
    files = [
        sentences and written(folder / f"{name}{ending}", sentences, line_end=line_end, last=last)
        for name, sentences in zip(["train", "valid", "test"], [train, *others], strict=True)
    ]
    compare(folder / "cache", files, options, block)


@pytest.mark.parametrize("ending", [".txt", ".tsv", ".jsonl.gz"])
@pytest.mark.parametrize("processes", [1, 3])
def test_processes_change_nothing(tmp_path, ending, processes):
    sentences = [(f"a cat {k % 61} ä" * (k % 7 > 0), "good" * (k % 2) or None) for k in range(400)]
    file = written(tmp_path / f"text{ending}", sentences)
    compare(tmp_path / "cache", [file], {"min_count": 2, "max_words": 6}, 700, processes)


@pytest.mark.parametrize("processes", [1, 2])
def test_tokens_of_a_file(tmp_path, text, processes):
    tokenizers = pytest.importorskip("tokenizers")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.train([str(text)], tokenizers.trainers.BpeTrainer(vocab_size=40))
    tokenizer.save(str(tmp_path / "saved.json"))
    options = {"tokens": FileTokens.load(tmp_path / "saved.json")}
    compare(tmp_path / "cache", [text], options, 500, processes)


def test_a_byte_order_mark_and_lines_longer_than_blocks(tmp_path):
    path = tmp_path / "text.txt"
    long = "word " * 60
    path.write_bytes(f"\ufeffcat\r\n{long}\n\n\n{long}ö\r\ncat sat\r".encode())
    compare(tmp_path / "cache", [path, path, path], {}, 7)


def test_a_vocabulary_that_exists(tmp_path, text):
    compare(tmp_path / "cache", [text], {"vocabulary": Vocabulary(("cat", "7"))}, 100)


def test_batches_are_the_same(text, load):
    stored, read = load(text).train, load(text, cache=None).train
    for ours, expected in zip(
        *(LengthBucketedBatches(corpus, 8, seed=3).epoch(2) for corpus in (stored, read)),
        strict=True,
    ):
        assert torch.equal(ours.tokens, expected.tokens)
        assert torch.equal(ours.indices, expected.indices)


def test_sentences_from_python_are_read_once_and_stored(load, stores):
    items = ["a  cat", {"text": " b\0 ", "label": 1}, Sentence("c\nd", "x"), "", "\x85", "e f g"]
    stored, read = load(iter(items)), load_corpora(items)
    assert_same(stored, read)
    assert_same(load(iter(items)), read)
    assert len(stores()) == 1
    assert not list(stores()[0].parents[1].glob(".sentences-*"))


def test_limits_that_give_the_same_words_share_a_store(text, load, stores):
    collected = load(text, min_count=2)
    assert_same(load(text, vocabulary=collected.vocabulary), collected)
    assert_same(load(text, max_vocabulary=10**6, min_count=2), collected)
    assert len(stores()) == 1
    load(text, max_vocabulary=3)
    load(text, max_words=6)
    assert len(stores()) == 3


def test_only_large_files_are_stored_by_themselves(text, tmp_path, monkeypatch):
    monkeypatch.setenv("UNVANISH_CACHE", str(tmp_path / "home"))
    load_corpora(text)
    assert not (tmp_path / "home").exists()
    monkeypatch.setattr("unvanish.data.store.location.LARGE", 1000)
    load_corpora(text, tokens=str.split)
    load_corpora(text, ["a cat"])
    assert not (tmp_path / "home").exists()
    load_corpora(text, cache=None)
    monkeypatch.setenv("UNVANISH_CACHE", "")
    load_corpora(text)
    assert not (tmp_path / "home").exists()
    monkeypatch.setenv("UNVANISH_CACHE", str(tmp_path / "home"))
    load_corpora(text)
    assert list((tmp_path / "home" / "corpora").rglob("manifest.json"))


def test_what_cannot_be_stored_is_told(text, load, tmp_path):
    with pytest.raises(UsageError, match="Python function cannot be cached"):
        load(text, tokens=str.split)
    with pytest.raises(UsageError, match="processes=0"):
        load(text, processes=0)
    with pytest.raises(UsageError, match=r"absent\.txt does not exist"):
        load(tmp_path / "absent.txt")
    with pytest.raises(UsageError, match="sentence 2 is of type int"):
        load(["a", 3])


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("c.txt", b"a cat\n" * 50 + b"\xff\n" + b"a dog\n" * 50, "is not UTF-8 (line 51, byte 1)"),
        ("c.txt", b"a cat\n" * 50 + b"a\0\n", "NUL byte in line 51"),
        ("c.tsv", b"1\ta cat\n" * 50 + b"no tab\n", "line 51 has no TAB"),
        ("c.jsonl", b'{"text": "a"}\n' * 50 + b"{}\n", "line 51 has no field 'text'"),
        ("c.txt.gz", b"no gzip", "not an intact gzip file"),
        ("c.txt", b"", "holds no sentences"),
    ],
)
@pytest.mark.parametrize("processes", [1, 2])
def test_bad_text_is_told_with_its_place(tmp_path, load, name, content, expected, processes):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load(path, processes=processes)
    assert expected in str(caught.value)
    assert not list((tmp_path / "cache").rglob(".unfinished-*"))


def test_progress_rises_to_one(text, load, in_blocks):
    in_blocks(300)
    shares = []
    load(text, progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 20
    assert shares[-1] == 1
    again = []
    load(text, progress=again.append)
    assert again == []


def test_a_second_start_reads_no_text(text, load, monkeypatch):
    expected = load(text)
    load(text)

    def never(*arguments, **options):
        raise AssertionError("read again")

    monkeypatch.setattr("unvanish.data.store.blocks.Block.sentences", never)
    assert_same(load(text), expected)


def test_building_loads_no_torch(text, tmp_path):
    code = (
        "import sys; from unvanish.data import load_corpora; "
        "load_corpora(sys.argv[1], cache=sys.argv[2], processes=2); "
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(text), str(tmp_path / "c")], check=True)


def test_arrays_are_mapped_from_disk(text, load):
    corpus = load(text).train
    assert isinstance(corpus.tokens.base, np.memmap)
    assert isinstance(corpus.offsets.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        corpus.tokens[0] = 1
