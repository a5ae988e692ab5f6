import importlib
import math

import pytest
import torch

from unvanish.config import UsageError
from unvanish.generation import neighbours


def by_hand(queries, corpus, k, metric):
    """Every pair in plain Python, sorted by distance and then by index."""

    def euclidean(a, b):
        return math.dist(a, b)

    def cosine(a, b):
        product = sum(x * y for x, y in zip(a, b, strict=True))
        return 1 - product / (math.hypot(*a) * math.hypot(*b))

    distance = {"euclidean": euclidean, "cosine": cosine}[metric]
    rows = [
        sorted((distance(q, v), place) for place, v in enumerate(corpus.tolist()))[:k]
        for q in queries.tolist()
    ]
    return [[place for _, place in row] for row in rows], [[d for d, _ in row] for row in rows]


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize(("k", "portions"), [(1, (256, 8192)), (5, (3, 4)), (23, (1, 1))])
def test_they_are_those_of_a_loop_over_pairs(monkeypatch, metric, k, portions):
    module = importlib.import_module("unvanish.generation.neighbours")
    monkeypatch.setattr(module, "_QUERIES", portions[0])
    monkeypatch.setattr(module, "_CORPUS", portions[1])
    queries, corpus = torch.randn(7, 3).double(), torch.randn(23, 3).double()
    found = neighbours(queries, corpus, k, metric)
    indices, distances = by_hand(queries, corpus, k, metric)
    assert found.indices.tolist() == indices
    torch.testing.assert_close(found.distances, torch.tensor(distances).double())


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("portion", [3, 7, 8192])
def test_of_equal_vectors_the_first_is_nearer(monkeypatch, metric, portion):
    module = importlib.import_module("unvanish.generation.neighbours")
    monkeypatch.setattr(module, "_CORPUS", portion)
    distinct = torch.randn(3, 33)
    which = torch.randint(3, (40,))
    found = neighbours(torch.randn(5, 33), distinct[which], 40, metric)
    for row in found.indices:
        kinds = which[row].tolist()
        assert [kinds.index(kind) for kind in kinds] == sorted(kinds.index(kind) for kind in kinds)
        for kind in range(3):
            places = row[which[row] == kind]
            assert (places.diff() > 0).all()


def test_a_vector_is_its_own_nearest_at_no_distance():
    corpus = 1e3 + torch.randn(50, 8)
    found = neighbours(corpus, corpus, 1)
    assert found.indices[:, 0].tolist() == list(range(50))
    assert (found.distances == 0).all()


def test_cosine_does_not_see_lengths_but_euclidean_does():
    corpus = torch.tensor([[1.0, 0.0], [0.0, 0.1]])
    query = torch.tensor([[100.0, 101.0]])
    assert neighbours(query, corpus, 1, "cosine").indices.tolist() == [[1]]
    assert neighbours(query, corpus, 1, "euclidean").indices.tolist() == [[0]]


def test_what_cannot_be_compared_is_refused():
    a, b = torch.ones(2, 3), torch.ones(4, 3)
    for k in (0, 5):
        with pytest.raises(UsageError, match="from 1 to 4"):
            neighbours(a, b, k)
    with pytest.raises(UsageError, match="'euclidean' or 'cosine'"):
        neighbours(a, b, 1, "manhattan")
    with pytest.raises(UsageError, match="no direction; use metric='euclidean'"):
        neighbours(a, torch.zeros(4, 3), 1, "cosine")
    with pytest.raises(ValueError, match="size 3, the others 2"):
        neighbours(a, b[:, :2], 1)


@pytest.mark.parametrize("queries", [0, 3])
def test_no_queries_have_no_neighbours(queries):
    found = neighbours(torch.randn(queries, 3), torch.randn(4, 3), 2)
    assert found.indices.shape == found.distances.shape == (queries, 2)
