import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.data.store import labels as module
from unvanish.data.store.labels import CodedLabels

NAMES = ["bad", "good", "0"]


@given(st.lists(st.none() | st.sampled_from(NAMES)), st.integers(1, 5))
def test_they_read_like_a_tuple(expected, at_once):
    codes = [-1 if label is None else NAMES.index(label) for label in expected]
    labels = CodedLabels(np.array(codes, dtype=np.int32), NAMES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_AT_ONCE", at_once)
        assert list(labels) == expected
    assert len(labels) == len(expected)
    assert [labels[place] for place in range(len(expected))] == expected
    assert [labels[place] for place in np.arange(len(expected))] == expected
    assert labels[1:] == tuple(expected[1:])
    with pytest.raises(IndexError):
        labels[len(expected)]
