"""Which sentences are the same, against comparing each with each."""

from hypothesis import given
from hypothesis import strategies as st

from unvanish.data import Corpus, Sentence, Vocabulary
from unvanish.data.repeats import sentence_groups

WORDS = ("a", "b")


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), min_size=1, max_size=12))
def test_the_same_words_have_the_same_number(texts):
    corpus = Corpus.from_sentences([Sentence(" ".join(text)) for text in texts], Vocabulary(WORDS))
    groups = sentence_groups(corpus).tolist()
    for one, first in zip(texts, groups, strict=True):
        for other, second in zip(texts, groups, strict=True):
            assert (one == other) == (first == second)
    assert sorted(set(groups)) == list(range(max(groups) + 1))
