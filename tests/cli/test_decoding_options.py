import pytest

from unvanish.cli.decoding_options import DecodingOptions
from unvanish.config import Decoding, UsageError


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Decoding("sampling", max_words=9)),
        ({"greedy": True}, Decoding("greedy", max_words=9)),
        ({"temperature": 0.0}, Decoding("sampling", temperature=0, max_words=9)),
        ({"top_k": 3, "top_p": 0.5}, Decoding("sampling", top_k=3, top_p=0.5, max_words=9)),
        ({"beam": 1}, Decoding("beam", beam_size=1, max_words=9)),
        (
            {"beam": 4, "length_penalty": 0.6},
            Decoding("beam", beam_size=4, length_penalty=0.6, max_words=9),
        ),
        ({"max_words": 3}, Decoding("sampling", max_words=3)),
    ],
)
def test_the_strategy_follows_from_what_is_given(given, expected):
    assert DecodingOptions(**given).decoding("sampling", 9) == expected


def test_where_nothing_is_given_the_command_decides():
    assert DecodingOptions().decoding("greedy", 9) == Decoding("greedy", max_words=9)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"greedy": True, "temperature": 1.0}, "--greedy and --temperature exclude"),
        ({"greedy": True, "beam": 2}, "--greedy and --beam exclude"),
        ({"beam": 2, "top_k": 2}, "--beam and --top-k exclude"),
        ({"top_p": 0.5, "length_penalty": 1.0}, "--length-penalty and --top-p exclude"),
        ({"length_penalty": 0.0}, "--length-penalty needs --beam"),
    ],
)
def test_options_that_exclude_each_other_are_named(given, message):
    with pytest.raises(UsageError, match=message):
        DecodingOptions(**given).decoding("sampling", 9)
