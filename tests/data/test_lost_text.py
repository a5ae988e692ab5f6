"""What is said of splits of which much does not reach the model."""

import pytest

from unvanish.data import load_corpora
from unvanish.data.lost_text import lost_text_problems

SHORT, LONG = ["a cat", "a dog"] * 10, ["a cat that barks"] * 10


def problems(train, valid=SHORT, **settings):
    return lost_text_problems(load_corpora(train, valid, SHORT, **settings))


def test_sentences_that_are_left_out_are_told_with_the_way_to_keep_them():
    (said,) = problems([*SHORT, *LONG], max_words=3)
    assert said.startswith("33% of the sentences in train are too long and left out: raise --max")
    assert said.endswith("--too-long truncate")


def test_all_splits_that_lose_many_are_in_one_line():
    (said,) = problems([*SHORT, *LONG], ["a cat", *LONG], max_words=3)
    assert said.startswith("up to 91% of the sentences in train and valid are too long")


def test_a_few_that_are_left_out_are_let_pass():
    assert problems([*SHORT * 10, *LONG], max_words=3) == []


def test_sentences_that_are_cut_are_as_asked_for():
    assert problems([*SHORT, *LONG], max_words=3, too_long="truncate") == []


@pytest.mark.parametrize(("pattern", "told"), [("[A-Z]", 1), (r"\w+", 0)])
def test_characters_without_a_token_are_told_where_they_are_many(pattern, told):
    molecules = ["Cc1ccccc1", "CC(=O)Oc1ccccc1", "OCC"] if told else ["A cat, a dog.", "So it is!"]
    found = lost_text_problems(
        load_corpora(molecules, molecules, molecules, tokens=f"regex:{pattern}")
    )
    assert len(found) == told
    assert all("tokens that cover them" in each and "of train" in each for each in found)
