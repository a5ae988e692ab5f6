"""Shared rows hold every sentence, and each beginning only once."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from unvanish.nn.prefix_rows import PrefixRows, Rows


@st.composite
def sentences(draw):
    batch, time = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    word = st.integers(0, draw(st.integers(0, 3)))
    return torch.tensor(
        draw(st.lists(st.lists(word, min_size=time, max_size=time), min_size=batch, max_size=batch))
    )


@given(sentences())
def test_every_time_step_has_one_row_for_each_distinct_beginning(tokens):
    shared = PrefixRows.of(tokens)
    for time, count in enumerate(shared.rows.counts):
        beginnings = {tuple(sentence[: time + 1]) for sentence in tokens.tolist()}
        assert count == len(beginnings)


@given(sentences())
def test_going_back_from_row_to_row_spells_the_sentence(tokens):
    shared = PrefixRows.of(tokens)
    begins = shared.rows.begins
    for sentence, places in zip(tokens.tolist(), shared.places.tolist(), strict=True):
        row = places[-1] - begins[-2]
        for time in reversed(range(len(sentence))):
            assert places[time] == begins[time] + row
            assert shared.words[places[time]] == sentence[time]
            row = dict(shared.rows.born(time)).get(row, row)


@given(sentences())
def test_parents_are_rows_of_the_time_step_before(tokens):
    rows = PrefixRows.of(tokens).rows
    for time in range(1, len(rows.counts)):
        assert rows.counts[time] >= rows.counts[time - 1]
        for row, parent in rows.born(time):
            assert parent < rows.counts[time - 1] <= row < rows.counts[time]


def test_separate_rows_are_as_many_as_sentences():
    assert Rows.separate(time=3, batch=2) == Rows((2, 2, 2))
    assert not list(Rows.separate(3, 2).born(0))
