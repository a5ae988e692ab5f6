"""Positions against the loop of the source, written out, and against windows made by hand."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data.dialogs import (
    DialogBatches,
    Window,
    collate_windows,
    load_dialogs,
    positions,
    true_responses,
)

from .conftest import dialog, numbered


def corpus(*lengths, **settings):
    dialogs = [numbered(n, **settings) for n in lengths]
    return load_dialogs(dialogs, dialogs, dialogs).train


def grid(shortest, longest, backward):
    """The positions of a group in NeuralDialog-CVAE, for a step of 1."""
    segments = longest - backward
    if segments > 0:
        starts = [0] * (backward - 2) + list(range(segments))
        ends = list(range(2, backward)) + list(range(backward, segments + backward))
    else:
        starts, ends = [0] * (longest - 2), list(range(2, longest))
    return [(s, e) for s, e in zip(starts, ends, strict=True) if s < shortest - 1]


@given(st.integers(3, 30), st.integers(0, 30), st.integers(3, 12))
def test_positions_are_those_of_the_source(shortest, more, backward):
    longest = shortest + more
    found = [tuple(each) for each in positions(shortest, longest, backward - 1)]
    assert found == grid(shortest, longest, backward)


def test_the_last_utterance_is_no_response_of_a_dialog_alone():
    batches = DialogBatches(corpus(4, 2), batch_size=1, context=2)
    assert len(batches) == (4 - 1 + 1) + (2 - 1 + 1) - 2  # utterances - 1 of each
    assert batches.windows() == [
        (1, Window(0, 2)),
        (0, Window(0, 2)),
        (0, Window(0, 3)),
        (0, Window(1, 4)),
    ]


def test_windows_end_with_their_dialogs():
    """Dialogs of 3 and 5 utterances with the begin one, read side by side."""
    there = corpus(2, 4)
    batches = DialogBatches(there, batch_size=2)
    windows = batches.windows()
    assert windows == [(0, (0, 2)), (1, (0, 2)), (0, (0, 3)), (1, (0, 3)), (0, (0, 3)), (1, (0, 4))]
    followed = [words for (words,) in true_responses(there, windows)]
    decode = there.vocabulary.decode
    read = [decode(row.tolist()) for batch in batches.in_order() for row in batch.responses]
    assert [list(words) for words in followed] == read


def test_a_batch_by_hand():
    """Dialogs of 3 and 5 utterances with the begin one; at (2, 5) the shorter one is over."""
    there = corpus(2, 4)
    batch = collate_windows(there, [(0, 1, 4), (1, 1, 4)])
    word = {w: 4 + k for k, w in enumerate(there.vocabulary.words)}
    assert batch.context.tolist() == [
        [[2, word["word1"], 3], [0, 0, 0]],
        [[2, word["word1"], 3], [2, word["word2"], 3]],
    ]
    assert batch.context_lengths.tolist() == [[3, 0], [3, 3]]
    assert batch.responses.tolist() == [[2, word["word2"], 3], [2, word["word3"], 3]]
    assert batch.lengths.tolist() == [3, 3]
    assert batch.same_floor.tolist() == [[False, False], [True, False]]
    assert batch.targets.tolist() == [[word["word2"], 3], [word["word3"], 3]]
    assert batch.mask.all()
    assert batch.n_tokens == 4
    assert batch.profiles[0].tolist() == pytest.approx([0.5, 3, 1, 0, 0.3, 2 / 3, 0, 1])
    assert batch.profiles[1].tolist() == pytest.approx([0.3, 2 / 3, 0, 1, 0.5, 3, 1, 0])
    assert len(set(batch.indices.tolist())) == 2
    with pytest.raises(ValueError, match="dialog 0 has no context"):
        collate_windows(there, [(0, 2, 4)])


def test_padding_is_masked():
    dialogs = [dialog("a b c", "a", "a b"), dialog("a", "a b c d", "b")]
    batch = collate_windows(load_dialogs(dialogs, dialogs, dialogs).train, [(0, 0, 3), (1, 0, 3)])
    assert batch.lengths.tolist() == [3, 6]
    assert batch.mask.tolist() == [[True, True, False, False, False], [True] * 5]
    assert batch.context.shape == (2, 2, 5)


def shown(batches):
    return [batch.indices.tolist() for batch in batches]


def test_an_epoch_has_every_position_once_and_groups_stay_together():
    batches = DialogBatches(corpus(4, 9, 5, 3, 8, 20, 7), batch_size=2, context=3, seed=5)
    assert batches.dropped == 1
    assert len(batches) == len(list(batches.in_order())) == len(list(batches.epoch(0)))
    epoch, ordered = shown(batches.epoch(0)), shown(batches.in_order())
    assert sorted(epoch) == sorted(ordered)
    assert epoch != ordered
    groups = [indices[0] >> 40 for indices in epoch]
    assert sum(a != b for a, b in itertools.pairwise(groups)) == 2  # three groups
    assert 5 not in {index >> 40 for indices in epoch for index in indices}  # the longest


def test_order_depends_on_seed_and_epoch_alone():
    there = corpus(6, 7, 8, 9)
    batches = DialogBatches(there, batch_size=2, seed=5)
    first, second = shown(batches.epoch(0)), shown(batches.epoch(1))
    assert first != second
    again = DialogBatches(there, batch_size=2, seed=5)
    assert shown(again.epoch(1)) == second
    assert shown(again.epoch(1, start=3)) == second[3:]
    assert shown(DialogBatches(there, batch_size=2, seed=6).epoch(0)) != first


def test_what_is_not_possible():
    there = corpus(3, 4)
    with pytest.raises(UsageError, match="2 dialogs make no batch of 3"):
        DialogBatches(there, batch_size=3)
    with pytest.raises(UsageError, match="context=0"):
        DialogBatches(there, context=0)
    with pytest.raises(ValueError, match="start=-1"):
        DialogBatches(there, batch_size=2).epoch(0, start=-1)
