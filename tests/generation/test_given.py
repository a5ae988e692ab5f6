import numpy as np
import pytest
import torch

from unvanish.config import UsageError
from unvanish.data import Sentence, Vocabulary
from unvanish.generation import given_sentences

WORDS = Vocabulary(("a", "cat", "dog"))
TEXTS = ["a cat", "a dog " * 300, "cat"]


@pytest.mark.parametrize(
    "given",
    [
        TEXTS,
        tuple(TEXTS),
        iter(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object),
        [Sentence(text, "b") for text in TEXTS],
        [{"text": text} for text in TEXTS],
    ],
)
def test_every_sentence_is_kept_in_its_place(given):
    corpus = given_sentences(given, WORDS)
    assert [corpus[place].tolist() for place in range(3)] == [
        WORDS.encode(text.split()) for text in TEXTS
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("a cat", "one string is no list of sentences"),
        (b"a cat", "bytes is no list of sentences"),
        (3, "int is no list of sentences"),
        (None, "NoneType is no list of sentences"),
        ({"text": "a cat"}, "dict is no list of sentences"),
        (Sentence("a cat"), "Sentence is no list of sentences"),
        (np.array([["a"], ["cat"]]), r"shape \(2, 1\) are not possible: give a column"),
        (np.array("a cat"), r"shape \(\) are not possible"),
        (torch.zeros(2, 3), r"shape \(2, 3\) are not possible"),
        (["a cat", float("nan")], "sentence 2 is nan: give strings"),
        (np.array(["a cat", None], dtype=object), "sentence 2 is None: give strings"),
        (["a cat", 3], "sentence 2 is 3: give strings"),
        ([b"a cat"], "sentence 1 is b'a cat': give strings"),
        ([b"a cat" * 1_000], "sentence 1 is b'a cat.*: give strings"),
        ([["a", "cat"]], r"sentence 1 is \['a', 'cat'\]: give strings"),
        ([np.zeros((9, 9))], "sentence 1 is array.*: give strings"),
        ([Sentence("a"), Sentence(float("nan"))], "sentence 2 has a text of type float"),
        ([{"words": "a cat"}], "sentence 1 has no field 'text'"),
        (["a", "cat \ud800"], "sentence 2 holds half of a surrogate pair"),
        (["a", " \t"], "sentence 2 has no words"),
        ([""], "sentence 1 has no words"),
        ([], "there are no sentences"),
        (np.array([]), "there are no sentences"),
    ],
)
def test_what_is_no_sentence_is_told_in_a_line(given, message):
    with pytest.raises(UsageError, match=message) as caught:
        given_sentences(given, WORDS)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 120
