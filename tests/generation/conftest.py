import pytest

from unvanish.config import override
from unvanish.models import TextVAE


@pytest.fixture
def make_model(small):
    """Make a small model without training, in 64 bits so that rounding decides nothing."""

    def make(vocabulary_size=12, **changes):
        config = override(small.model, {"initial_range": 1.0} | changes)
        return TextVAE(config, vocabulary_size=vocabulary_size).double().eval()

    return make


@pytest.fixture
def model(make_model):
    return make_model()
