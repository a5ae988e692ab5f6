import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import (
    BOS,
    EOS,
    PAD,
    Batch,
    Corpus,
    LengthBucketedBatches,
    ReadingReport,
    Vocabulary,
    collate,
    load_corpus,
)

LENGTHS = st.lists(st.integers(1, 12), min_size=1, max_size=60)
SIZES = st.integers(1, 20)
VOCABULARY = Vocabulary(tuple(f"word{number}" for number in range(20)))


def corpus_of(lengths: list[int]) -> Corpus:
    """Sentence i has lengths[i] words, all different among its neighbours."""
    numbers = itertools.count()
    words = [[f"word{next(numbers) % 20}" for _ in range(length)] for length in lengths]
    return load_corpus([" ".join(sentence) for sentence in words], VOCABULARY)


def same(a: Batch, b: Batch) -> bool:
    return torch.equal(a.tokens, b.tokens) and torch.equal(a.indices, b.indices)


def test_a_batch_by_hand() -> None:
    corpus = load_corpus(["word0 word1", "word2"], VOCABULARY)
    batch = collate(corpus, np.array([1, 0]))
    assert batch.tokens.tolist() == [[BOS, 6, EOS, PAD], [BOS, 4, 5, EOS]]
    assert batch.inputs.tolist() == [[BOS, 6, EOS], [BOS, 4, 5]]
    assert batch.targets.tolist() == [[6, EOS, PAD], [4, 5, EOS]]
    assert batch.mask.tolist() == [[True, True, False], [True, True, True]]
    assert (batch.lengths.tolist(), batch.indices.tolist()) == ([3, 4], [1, 0])
    assert (len(batch), batch.n_tokens) == (2, 5)
    for tensor in (batch.tokens, batch.lengths, batch.indices):
        assert tensor.dtype == torch.int64


def test_moving_leaves_bookkeeping_in_main_memory() -> None:
    batch = next(LengthBucketedBatches(corpus_of([2, 3])).in_order()).to("meta")
    assert batch.tokens.device.type == batch.mask.device.type == "meta"
    assert batch.lengths.device.type == batch.indices.device.type == "cpu"
    assert batch.n_tokens == 7


@given(LENGTHS, SIZES, st.integers(0, 2**64), st.integers(0, 100))
def test_every_sentence_once(lengths: list[int], size: int, seed: int, epoch: int) -> None:
    corpus = corpus_of(lengths)
    batches = LengthBucketedBatches(corpus, size, seed)
    for order in (list(batches.epoch(epoch)), list(batches.in_order())):
        assert len(order) == len(batches) == -(-len(lengths) // size)
        indices = [i for batch in order for i in batch.indices.tolist()]
        assert sorted(indices) == list(range(len(lengths)))
        assert sum(batch.n_tokens for batch in order) == corpus.n_tokens
        for batch in order:
            assert batch.n_tokens == batch.mask.sum()
            for row, index in zip(batch.tokens, batch.indices, strict=True):
                length = len(corpus[index])
                assert row[:length].tolist() == corpus[index].tolist()
                assert (row[length:] == PAD).all()


@given(LENGTHS, SIZES, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_order_depends_on_seed_and_epoch_alone(
    lengths: list[int], size: int, seed: int, epoch: int, start: int
) -> None:
    corpus = corpus_of(lengths)
    used = LengthBucketedBatches(corpus, size, seed)
    list(used.epoch(epoch + 1))
    np.random.default_rng().random()
    torch.rand(1)
    fresh = LengthBucketedBatches(corpus_of(lengths), size, seed)
    resumed, expected = list(used.epoch(epoch, start)), list(fresh.epoch(epoch))[start:]
    assert len(resumed) == len(expected)
    assert all(map(same, resumed, expected))


@given(LENGTHS, SIZES, st.integers(0, 2**64), st.integers(0, 9))
def test_the_order_is_that_of_one_permutation_of_all(
    lengths: list[int], size: int, seed: int, epoch: int
) -> None:
    """Runs go on with it after an update of unvanish or numpy; here it is written out simply."""
    corpus = corpus_of(lengths)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(epoch,)))
    order = rng.permutation(len(lengths))
    order = order[np.argsort(np.array(lengths)[order], kind="stable")]
    cut = [order[first : first + size].tolist() for first in range(0, len(order), size)]
    expected = [cut[place] for place in rng.permutation(len(cut))]
    batches = LengthBucketedBatches(corpus, size, seed).epoch(epoch)
    assert [batch.indices.tolist() for batch in batches] == expected


def test_the_order_of_sentences_of_any_length_is_the_same() -> None:
    lengths = np.random.default_rng(0).integers(1, 70_000, size=40)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    report = ReadingReport(40, 40, 0, 0, int(lengths.sum()), 0)
    corpus = Corpus(np.full(offsets[-1], 4, dtype=np.int32), offsets, VOCABULARY, report)
    batches = LengthBucketedBatches(corpus, 7).in_order()
    found = [place for batch in batches for place in batch.indices.tolist()]
    assert found == np.argsort(lengths, kind="stable").tolist()


def test_epochs_and_seeds_differ() -> None:
    corpus = corpus_of([1 + i % 7 for i in range(200)])

    def order(seed: int, epoch: int) -> tuple[int, ...]:
        batches = LengthBucketedBatches(corpus, 8, seed).epoch(epoch)
        return tuple(i for batch in batches for i in batch.indices.tolist())

    orders = {order(seed, epoch) for seed in range(4) for epoch in range(4)}
    assert len(orders) == 16
    mates = {frozenset(order(0, epoch)[:8]) for epoch in range(9)}
    assert len(mates) > 1


def test_long_and_short_batches_are_mixed() -> None:
    corpus = corpus_of([1 + i % 40 for i in range(2000)])
    times = [batch.tokens.shape[1] for batch in LengthBucketedBatches(corpus, 8).epoch(0)]
    assert times != sorted(times)
    assert abs(np.corrcoef(np.arange(len(times)), times)[0, 1]) < 0.3


def test_little_padding() -> None:
    lengths = np.random.default_rng(0).geometric(0.05, size=4000).clip(max=200)
    batches = list(LengthBucketedBatches(corpus_of(lengths.tolist())).epoch(0))
    cells = sum(batch.targets.numel() for batch in batches)
    assert sum(batch.n_tokens for batch in batches) > 0.95 * cells


@given(LENGTHS, st.integers(1, 9))
def test_every_sentence_is_in_one_share(lengths: list[int], among: int) -> None:
    batch = collate(corpus_of(lengths), np.arange(len(lengths)))
    shares = [batch.share(number, among) for number in range(among)]
    assert torch.equal(torch.cat([share.indices for share in shares]), batch.indices)
    assert torch.equal(torch.cat([share.tokens for share in shares]), batch.tokens)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
    assert sum(share.n_tokens for share in shares) == batch.n_tokens


def test_evaluation_takes_any_batch_size() -> None:
    batches = LengthBucketedBatches(corpus_of([3, 1, 2, 1]), batch_size=2)
    sizes = [len(batch) for batch in batches.in_order(3)]
    assert sizes == [3, 1]
    assert [b.indices.tolist() for b in batches.in_order()] == [[1, 3], [2, 0]]


@pytest.mark.parametrize("options", [{"batch_size": 0}, {"seed": -1}])
def test_impossible_settings_are_told(options: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="is not possible"):
        LengthBucketedBatches(corpus_of([1]), **options)


def test_impossible_positions_are_told_at_once() -> None:
    batches = LengthBucketedBatches(corpus_of([1]))
    for wrong in ({"n": -1}, {"n": 0, "start": -1}):
        with pytest.raises(ValueError, match="are not possible"):
            batches.epoch(**wrong)
    with pytest.raises(UsageError, match="batch_size=0"):
        batches.in_order(0)
    assert list(batches.epoch(0, start=5)) == []


@pytest.mark.parametrize("wrong", [-1, 7, 2**31 - 1])
def test_ids_that_are_no_words_are_told(wrong):
    corpus = load_corpus(["a cat", "a dog"], Vocabulary(("a", "cat", "dog")))
    tokens = corpus.tokens.copy()
    tokens[5] = wrong
    damaged = LengthBucketedBatches(replace(corpus, tokens=tokens), batch_size=1)
    assert len(next(damaged.in_order())) == 1
    with pytest.raises(UsageError, match="outside its vocabulary of 7 words"):
        list(damaged.in_order())
