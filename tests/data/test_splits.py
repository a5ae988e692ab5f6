import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import Sentence, carve

TEXTS = st.lists(st.text("abc ", max_size=4), max_size=30)
SHARES = st.sampled_from([0.0, 1e-9, 0.1, 0.3, 0.45])


def sentences(texts: list[str]) -> list[Sentence]:
    return [Sentence(text, str(number)) for number, text in enumerate(texts)]


def words(split: list[Sentence]) -> set[tuple[str, ...]]:
    return {tuple(sentence.text.split()) for sentence in split}


@given(TEXTS, SHARES, SHARES, st.randoms())
def test_no_sentence_is_in_two_splits(
    texts: list[str], valid_share: float, test_share: float, random: random.Random
) -> None:
    corpus = sentences(texts)
    distinct = words(corpus) - {()}
    wanted = 1 + (valid_share > 0) + (test_share > 0)
    if len(distinct) < wanted:
        with pytest.raises(UsageError, match="too few different sentences"):
            carve(corpus, valid_share, test_share)
        return
    splits = carve(corpus, valid_share, test_share)
    assert sorted(itertools.chain(*splits), key=lambda s: int(s.label)) == corpus
    assert sum(len(words(split) - {()}) for split in splits) == len(distinct)
    assert words(splits.train) - {()}
    assert bool(splits.valid) == (valid_share > 0)
    assert bool(splits.test) == (test_share > 0)
    shuffled = carve(random.sample(corpus, len(corpus)), valid_share, test_share)
    assert [words(split) for split in shuffled] == [words(split) for split in splits]


def test_shares_are_near_what_was_asked() -> None:
    splits = carve(sentences([f"sentence {number}" for number in range(5000)]), 0.1, 0.2)
    assert [len(split) for split in splits] == pytest.approx([3500, 500, 1000], rel=0.1)


def test_order_is_kept_inside_a_split() -> None:
    for split in carve(sentences([f"sentence {number}" for number in range(100)])):
        numbers = [int(sentence.label) for sentence in split]
        assert numbers == sorted(numbers)


def test_a_sentence_stays_in_its_split_when_the_corpus_grows() -> None:
    texts = [f"sentence {number}" for number in range(400)]
    small, large = carve(sentences(texts[:200])), carve(sentences(texts))
    assert all(words(a) <= words(b) for a, b in zip(small, large, strict=True))


def test_splits_are_the_same_on_every_machine() -> None:
    splits = carve(sentences([f"sentence {number}" for number in range(20)]))
    assert [[int(s.label) for s in split] for split in splits[1:]] == [[1, 11, 19], [6]]


@pytest.mark.parametrize("shares", [(-0.1, 0.1), (0.5, 0.5), (1.5, 0), (float("nan"), 0.1)])
def test_impossible_shares_are_told(shares: tuple[float, float]) -> None:
    with pytest.raises(UsageError, match="are not possible"):
        carve(sentences(["a", "b", "c"]), *shares)
