import pytest

from unvanish.evaluation.dialog import distinct, self_bleu


def test_distinct_counts_n_grams_of_all_sentences_together():
    sentences = [["i", "do", "not", "know"], ["i", "do"], ["no"]]
    assert distinct(sentences, 1) == pytest.approx(5 / 7)
    assert distinct(sentences, 2) == pytest.approx(3 / 4)
    assert distinct([["no"]], 2) == distinct([], 1) == 0.0


def test_self_bleu_is_1_for_equal_samples_and_falls_with_difference():
    long = ["i", "do", "not", "know", "what", "that", "is"]
    assert self_bleu([long] * 5) == pytest.approx(1.0)
    assert self_bleu([["yeah"]] * 5) == pytest.approx(1.0)
    assert self_bleu([["yeah"], ["no"]]) == 0.0
    other = ["i", "do", "not", "know", "who", "you", "are"]
    assert 0 < self_bleu([long, other]) < self_bleu([long, long, other]) < 1
    assert self_bleu([long]) == self_bleu([long, []]) == 0.0
