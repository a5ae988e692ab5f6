"""What is said of splits that the vocabulary does not know."""

from unvanish.data import load_corpora
from unvanish.data.unknown_words import unknown_problems

KNOWN = ["a cat sees a dog", "a dog sees a cat"]


def test_a_split_of_unknown_words_is_named():
    (said,) = unknown_problems(load_corpora(KNOWN, KNOWN, ["no hen hears one fox"]))
    assert said.startswith("100% of the words in test are unknown")


def test_some_unknown_words_are_usual():
    assert unknown_problems(load_corpora(KNOWN, ["a cat sees a hen"], KNOWN)) == []


def test_words_that_the_text_writes_as_unknown_are_no_problem():
    assert unknown_problems(load_corpora(KNOWN, ["<unk> <unk> cat"], KNOWN)) == []
