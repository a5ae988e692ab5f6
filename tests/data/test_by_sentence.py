import pytest
import torch

from unvanish.config import UsageError
from unvanish.data import Vocabulary, load_corpus
from unvanish.data.by_sentence import by_sentence


@pytest.fixture
def sentences():
    """Seven sentences of different lengths, the longest in the middle."""
    lines = [" ".join("a" * length) for length in (2, 5, 1, 9, 4, 4, 3)]
    return load_corpus(lines, Vocabulary(("a",)))


@pytest.mark.parametrize("batch_size", [1, 3, 7, 50])
def test_what_is_measured_comes_in_the_order_of_the_corpus(sentences, batch_size):
    told, sizes = [], []

    def measure(batch):
        sizes.append(len(batch))
        pairs = torch.stack([batch.indices, batch.lengths], dim=1)
        return {"pairs": pairs, "half": batch.lengths.double() / 2}

    found = by_sentence(sentences, measure, batch_size=batch_size, progress=told.append)
    lengths = torch.tensor([4, 7, 3, 11, 6, 6, 5])
    assert torch.equal(found["pairs"], torch.stack([torch.arange(7), lengths], dim=1))
    assert torch.equal(found["half"], lengths.double() / 2)
    assert max(sizes) == min(batch_size, 7)
    assert told == [sum(sizes[: k + 1]) for k in range(len(sizes))]
    assert told[-1] == 7


def test_what_is_kept_can_be_learnt_from(sentences):
    """Tensors of inference mode could not."""

    def measure(batch):
        with torch.inference_mode():
            return {"length": batch.lengths.float()}

    assert not by_sentence(sentences, measure, batch_size=3)["length"].is_inference()


def test_a_batch_of_none_is_refused(sentences):
    with pytest.raises(UsageError, match="batch_size=0"):
        by_sentence(sentences, lambda batch: {}, batch_size=0)
