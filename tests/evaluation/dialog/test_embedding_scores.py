import numpy as np
import pytest

from unvanish.data import WordVectors
from unvanish.evaluation.dialog import embedding_scores, extrema

VECTORS = WordVectors(
    2,
    {
        "east": np.array([1, 0], np.float32),
        "north": np.array([0, 1], np.float32),
        "west": np.array([-2, 0], np.float32),
        "nowhere": np.array([0, 0], np.float32),
    },
)


def test_by_hand():
    """Means: (1, 0), (1/2, 1/2) and (-1/2, 0); ends: (1, 0), (1, 1) and (-2, 0)."""
    samples = [["east"], ["north", "east", "dog"]]
    a_bow, e_bow = embedding_scores(samples, [["east", "west"], ["north"]], VECTORS)
    half = (1 + np.sqrt(0.5)) / 2
    np.testing.assert_allclose(a_bow, [[0, 0.5], [1 - half, half]], atol=1e-7)
    np.testing.assert_allclose(e_bow, [[0, 0.5], [1 - half, half]], atol=1e-7)
    a_bow, e_bow = embedding_scores([["east"] * 3 + ["west"]], [["east"]], VECTORS)
    assert (a_bow.item(), e_bow.item()) == (1.0, 0.0)


def test_sentences_without_known_words_are_skipped():
    a_bow, e_bow = embedding_scores([["dog"], ["east"], []], [["north"], ["cat"]], VECTORS)
    assert a_bow.shape == e_bow.shape == (1, 1)
    assert embedding_scores([["dog"]], [["north"]], VECTORS)[0].shape == (0, 1)
    assert embedding_scores([["nowhere"]], [["north"]], VECTORS)[0].item() == pytest.approx(0.5)


def test_the_positive_one_of_two_ends_is_taken():
    assert extrema(np.array([[2.0, -3.0], [-2.0, 1.0]])).tolist() == [2.0, -3.0]
