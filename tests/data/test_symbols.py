"""Text that looks like a symbol is text: it reaches a model as words and comes back as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.data import (
    BOS,
    EOS,
    PAD,
    SYMBOLS,
    UNK,
    WHITESPACE,
    CharacterTokens,
    LengthBucketedBatches,
    RegexTokens,
    load_corpora,
)

LINE = "<s> he wrote <pad> twice </s> and <s> again <pad>"
WORDS = st.sampled_from(["<s>", "</s>", "<pad>", "[PAD]", "word", "other"])


@given(st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=8))
@pytest.mark.parametrize(
    "tokens", [WHITESPACE, CharacterTokens(), RegexTokens(r"</?\w+>|\w+|\s|.")], ids=str
)
def test_text_of_symbols_comes_back_from_batches(tokens, lines):
    corpora = load_corpora([*lines, LINE], lines, lines, tokens=tokens)
    for batch in LengthBucketedBatches(corpora.test, batch_size=3).epoch(0):
        for row, length, index in zip(batch.tokens, batch.lengths, batch.indices, strict=True):
            assert tokens.join(corpora.vocabulary.decode(row)) == lines[index]
            inner = set(row[1 : length - 1].tolist())
            assert not inner & {PAD, UNK, BOS, EOS}
        assert batch.mask.sum() == batch.n_tokens


def test_they_are_words_of_the_vocabulary_beside_the_symbols():
    corpora = load_corpora([LINE], [LINE], [LINE])
    for symbol in (BOS, EOS, PAD):
        word = SYMBOLS[symbol]
        assert word in corpora.vocabulary.words
        assert corpora.vocabulary.encode([word])[1] != symbol
    assert corpora.train.report.unknown_words == 0
    assert corpora.train.n_tokens == len(LINE.split()) + 1


def test_unk_as_a_word_is_the_symbol_and_as_characters_is_text():
    lines = ["a <unk> b"]
    words = load_corpora(lines, lines, lines)
    assert words.test.tokens.tolist() == [BOS, 4, UNK, 5, EOS]
    assert words.test.report.unknown_words == 1
    characters = load_corpora(lines, lines, lines, tokens="characters")
    assert characters.test.report.unknown_words == 0
    assert "".join(characters.vocabulary.decode(characters.test[0])) == lines[0]
