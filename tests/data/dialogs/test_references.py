import pytest

from unvanish.config import UsageError
from unvanish.data.dialogs import (
    DialogBatches,
    References,
    fitting_responses,
    load_dialogs,
    true_responses,
)

from .conftest import dialog


@pytest.fixture
def split():
    dialogs = [dialog("Hi", "hi", "Hi", "what's up", "bye"), dialog("Hi", "no", "hi", "yes")]
    return load_dialogs(dialogs, dialogs, dialogs).test


def test_the_true_response_is_what_was_said(split):
    windows = DialogBatches(split, batch_size=1).windows()
    said = [response[0] for response in true_responses(split, windows)]
    assert said == [("hi",), ("no",), ("hi",), ("hi",), ("hi",), ("hi",), ("what", "'", "s", "up")]


def test_contexts_are_found_by_their_words_and_speaker(split):
    windows = DialogBatches(split, batch_size=1).windows()
    references = [
        References(("<d>", "Hi"), "B", ("What's up", "no")),
        References(("<d>", "hi"), "B", ("second dialog",)),
        References(("<d>", "HI", "hi", "hi"), "B", ("ok",)),
    ]
    found = fitting_responses(split, windows, references)
    assert found == {
        1: [("what", "'", "s", "up"), ("no",)],
        4: [("second", "dialog")],
        6: [("ok",)],
    }


def test_a_context_of_another_split_is_refused(split):
    windows = DialogBatches(split, batch_size=1).windows()
    wrong = [References(("<d>", "Hi"), "A", ("no",))]  # B responds there
    with pytest.raises(UsageError, match="context 1 of the references"):
        fitting_responses(split, windows, wrong)
