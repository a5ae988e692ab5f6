import numpy as np
import pytest

from unvanish.evaluation.dialog import precision_recall


def test_by_loops():
    scores = np.random.default_rng(1).random((5, 3))
    precision = sum(max(row) for row in scores.tolist()) / 5
    recall = sum(max(column) for column in scores.T.tolist()) / 3
    assert precision_recall(scores) == pytest.approx((precision, recall))


def test_samples_that_are_all_one_reference_are_precise_and_cover_little():
    assert precision_recall(np.array([[1.0, 0.0], [1.0, 0.0]])) == (1.0, 0.5)
    assert precision_recall(np.array([[1.0, 0.0], [0.0, 1.0]])) == (1.0, 1.0)
    assert precision_recall(np.array([[1.0], [0.0]])) == (0.5, 1.0)
