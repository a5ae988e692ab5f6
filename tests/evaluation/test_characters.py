import pytest

from unvanish.data import WHITESPACE, CharacterTokens, RegexTokens, Vocabulary, load_corpus
from unvanish.evaluation import sentence_characters

TEXTS = ["the cat", " a <unk>  cat", "the"]


def test_words_count_with_single_spaces_and_the_end_of_the_line():
    words = Vocabulary(("the", "a", "cat"))
    found = sentence_characters(load_corpus(TEXTS, words), WHITESPACE)
    assert found.tolist() == [len(text) for text in ("the cat\n", "a <unk> cat\n", "the\n")]


@pytest.mark.parametrize("tokens", [CharacterTokens(), RegexTokens("the|[a-z ]")])
def test_other_tokens_count_as_what_they_stand_for(tokens):
    texts = ["the cat", "a hat the"]
    pieces = sorted({piece for text in texts for piece in tokens.cut(text)})
    corpus = load_corpus(texts, Vocabulary(tuple(pieces)), tokens=tokens)
    assert sentence_characters(corpus, tokens).tolist() == [8, 10]


@pytest.mark.parametrize("texts", [["the dog"], ["the cat", "<unk> dog"]])
def test_there_is_no_number_where_words_are_unknown(texts):
    words = Vocabulary(("the", "cat"))
    assert sentence_characters(load_corpus(texts, words), WHITESPACE) is None
