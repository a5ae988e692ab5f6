"""What tests of the loss share."""

import jaxtyping
import pytest


@pytest.fixture
def without_shape_checks():
    """See what users see: only these tests check the annotations while they run."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)
