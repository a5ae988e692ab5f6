import numpy as np
import pytest

from unvanish.data import WordVectors
from unvanish.evaluation.dialog import installed_nltk, score_responses, smoothed_bleu

VECTORS = WordVectors(2, {"yes": np.array([1, 0], "f"), "no": np.array([0, 1], "f")})


def test_means_over_contexts():
    first, second = ["oh", "yes", "we", "do"], ["no", "we", "do", "not"]
    found = score_responses(
        [[first, second], [second, second]], [[first], [second]], vectors=VECTORS
    )
    same, other = smoothed_bleu(first, first)[3], smoothed_bleu(second, first)[3]
    assert smoothed_bleu(second, second)[3] == same
    assert found["bleu4_precision"] == pytest.approx(((same + other) / 2 + same) / 2)
    assert found["bleu4_recall"] == pytest.approx(same)
    assert found["a_bow_precision"] == pytest.approx((0.75 + 1) / 2)
    assert found["a_bow_recall"] == found["e_bow_recall"] == pytest.approx(1.0)
    assert found["distinct_1"] == pytest.approx((6 / 8 + 4 / 8) / 2)
    assert found["distinct_1_corpus"] == pytest.approx(6 / 16)
    assert found["self_bleu"] > 0.5
    assert (found["contexts"], found["contexts_with_vectors"]) == (2, 2)
    assert (found["words_per_sample"], found["bleu_rule"]) == (4.0, "nltk-3.4")


def test_contexts_without_known_words_do_not_count_for_vectors():
    found = score_responses([[["yes"]], [["dog"]]], [[["yes"]], [["yes"]]], vectors=VECTORS)
    assert (found["contexts_with_vectors"], found["a_bow_precision"]) == (1, 1.0)
    assert "a_bow_precision" not in score_responses([[["yes"]]], [[["yes"]]])


def test_the_rule_is_recorded():
    found = score_responses([[["yeah"]]], [[["yeah"]]], rule="installed")
    assert found["bleu_rule"] == f"nltk {installed_nltk()}"
    assert found["bleu4_precision"] > score_responses([[["yeah"]]], [[["yeah"]]])["bleu4_recall"]


@pytest.mark.parametrize("samples", [[], [[]], [[["a"]], [["b"]]]])
def test_refuses_what_cannot_be_scored(samples):
    with pytest.raises(ValueError, match="context"):
        score_responses(samples, [[["a"]]])
