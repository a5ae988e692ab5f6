import pytest

from unvanish.data import LengthBucketedBatches, load_corpora
from unvanish.training.parts import stretch

from .conftest import Numbers


@pytest.mark.parametrize(
    ("first", "end"), [(0, 4), (0, 9), (3, 5), (4, 8), (5, 6), (7, 7), (1, 17)]
)
def test_a_stretch_is_cut_out_of_all_epochs_in_a_row(first, end):
    row = [batch for epoch in range(6) for batch in Numbers().epoch(epoch)]
    assert list(stretch(Numbers(), first, end)) == row[first:end]


def test_sentences_come_as_their_epochs_have_them(corpus):
    batches = LengthBucketedBatches(load_corpora(corpus).train, batch_size=16, seed=2)
    n = len(batches)
    row = [batch.indices.tolist() for epoch in (0, 1) for batch in batches.epoch(epoch)]
    found = [batch.indices.tolist() for batch in stretch(batches, 2, n + 3)]
    assert found == row[2 : n + 3]
