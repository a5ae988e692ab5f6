import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import (
    BOS,
    EOS,
    UNK,
    WHITESPACE,
    CharacterTokens,
    Corpus,
    FunctionTokens,
    ReadingReport,
    RegexTokens,
    Sentence,
    Tokens,
    Vocabulary,
)

VOCABULARY = Vocabulary(("the", "cat", "sat"))


def corpus_of(*texts: str, **options) -> Corpus:
    return Corpus.from_sentences([Sentence(text) for text in texts], VOCABULARY, **options)


def test_sentences_lie_side_by_side() -> None:
    corpus = corpus_of("the cat sat", "a cat")
    assert corpus.tokens.tolist() == [BOS, 4, 5, 6, EOS, BOS, UNK, 5, EOS]
    assert corpus.offsets.tolist() == [0, 5, 9]
    assert corpus.lengths.tolist() == [5, 4]
    assert (corpus.tokens.dtype, corpus.offsets.dtype) == (np.int32, np.int64)
    assert corpus[1].tolist() == corpus[-1].tolist() == [BOS, UNK, 5, EOS]
    assert len(corpus) == corpus.n_sentences == 2
    assert corpus.n_tokens == (3 + 1) + (2 + 1)
    assert corpus.labels is None


def test_outside_and_writing_are_refused() -> None:
    corpus = corpus_of("the cat")
    for index in (1, -2):
        with pytest.raises(IndexError, match="corpus of 1"):
            corpus[index]
    with pytest.raises(ValueError, match="read-only"):
        corpus[0][0] = 7


def test_what_is_left_out_is_counted() -> None:
    texts = ["the cat sat", "", "the the the the", "a <unk> cat", "  "]
    corpus = corpus_of(*texts, max_words=3)
    expected = ReadingReport(
        read=5, kept=2, blank=2, too_long=1, words=6, unknown_words=2, unknown_written=1
    )
    assert corpus.report == expected
    told = "2 of 5 sentences kept (2 blank, 1 too long); 2 of 6 words unknown"
    assert str(corpus.report) == told


@pytest.mark.parametrize(
    ("texts", "tokens", "lossless"),
    [
        (["the cat sat"], WHITESPACE, True),
        (["the <unk> sat", "<unk> <unk>"], WHITESPACE, True),
        (["the <unk> ran"], WHITESPACE, False),
        (["the dog"], WHITESPACE, False),
        (["thecat"], RegexTokens("the|cat"), True),
        (["the cat!"], RegexTokens("the|cat"), False),
        (["a cat"], FunctionTokens(lambda text: ["<unk>", text.split()[1]]), False),
    ],
)
def test_whether_the_tokens_tell_the_text(texts, tokens, lossless) -> None:
    sentences = [Sentence(text) for text in texts]
    report = Corpus.from_sentences(sentences, VOCABULARY, tokens=tokens).report
    assert report.is_lossless == lossless


def test_limit_of_words() -> None:
    long = "cat " * 201
    assert corpus_of(long, "cat " * 200).report.too_long == 1
    assert corpus_of(long, max_words=None).n_tokens == 202
    with pytest.raises(
        UsageError, match=r"no sentence of the corpus .*1 blank, 1 with more than max_words"
    ):
        corpus_of(long, "")
    with pytest.raises(UsageError, match="more than max_words=0"):
        corpus_of("cat", max_words=0)


def test_labels_follow_their_sentences() -> None:
    sentences = [Sentence("the cat", "x"), Sentence("", "y"), Sentence("cat")]
    assert Corpus.from_sentences(sentences, VOCABULARY).labels == ("x", None)


def test_other_tokens() -> None:
    letters = Vocabulary(tuple("act"))
    corpus = Corpus.from_sentences([Sentence("cat")], letters, tokens=FunctionTokens(list))
    assert letters.decode(corpus[0]) == ["c", "a", "t"]


def test_fingerprint() -> None:
    corpus = corpus_of("the cat sat", "a cat")
    known = "2289316e0d84e1f263eff3062b9ca1529f2ba62043f1e8168ee1d1c57cc1e8ef"
    assert corpus.sha256 == corpus_of("the cat sat", "a cat").sha256 == known
    others = [
        corpus_of("a cat", "the cat sat"),
        corpus_of("the cat", "sat a cat"),
        Corpus.from_sentences([Sentence("the cat sat"), Sentence("a cat")], Vocabulary(("the",))),
    ]
    assert len({known, *[other.sha256 for other in others]}) == 4


@given(st.lists(st.text(st.sampled_from("ab <>s/\u2028"), max_size=12), min_size=1))
def test_every_sentence_comes_back(texts: list[str]) -> None:
    tokens = [WHITESPACE.cut(text) for text in ["a", *texts]]
    vocabulary = Vocabulary.build(tokens)
    sentences = [Sentence(text) for text in ["a", *texts]]
    corpus = Corpus.from_sentences(sentences, vocabulary)
    assert [vocabulary.decode(corpus[i]) for i in range(len(corpus))] == [t for t in tokens if t]
    assert corpus.n_tokens == corpus.report.words + len(corpus) == (corpus.lengths - 1).sum()


def test_long_sentences_can_be_cut_instead() -> None:
    texts = ["the cat sat", "", "the cat the dog the", "a cat sat on"]
    corpus = corpus_of(*texts, max_words=3, too_long="truncate")
    expected = ReadingReport(
        read=4, kept=3, blank=1, too_long=0, words=9, unknown_words=1, truncated=2
    )
    assert corpus.report == expected
    assert str(corpus.report) == (
        "3 of 4 sentences kept (1 blank, 0 too long, 2 cut to the limit); 1 of 9 words unknown"
    )
    for index, text in enumerate(filter(None, texts)):
        assert corpus[index].tolist() == VOCABULARY.encode(text.split()[:3])
    assert corpus.report.unknown_share == 1 / 9
    for limit in (0, -1):
        with pytest.raises(UsageError, match="raise max_words"):
            corpus_of(*texts, max_words=limit, too_long="truncate")
    with pytest.raises(UsageError, match="give 'drop' or 'truncate'"):
        corpus_of(*texts, too_long="cut")


def test_what_tokens_do_not_cover_is_told() -> None:
    corpus = corpus_of("the?? cat", "!", "the cat", tokens=RegexTokens("[a-z]+"))
    assert corpus.tokens.tolist() == [BOS, 4, UNK, 5, EOS, BOS, UNK, EOS, BOS, 4, 5, EOS]
    assert (corpus.report.uncovered, corpus.report.unknown_words) == (3, 2)
    assert str(corpus.report).endswith("2 of 6 words unknown; no token for 3 characters")
    assert "no token" not in str(corpus_of("the cat", tokens=RegexTokens("[a-z]+")).report)


@pytest.mark.parametrize("tokens", [WHITESPACE, CharacterTokens(), RegexTokens(r"\s|cat")])
def test_white_space_alone_is_blank_whatever_the_tokens(tokens: Tokens) -> None:
    vocabulary = Vocabulary((" ", "cat", *"act"))
    corpus = corpus_of("cat", "", " ", "\t\n", tokens=tokens)
    assert (corpus.report.blank, corpus.report.kept) == (3, 1)
    sentences = [Sentence("cat"), Sentence("cat cat")]
    kept = Corpus.from_sentences(sentences, vocabulary, tokens=tokens)
    assert tokens.join(vocabulary.decode(kept[1])) == "cat cat"
