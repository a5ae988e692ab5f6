import pytest

from unvanish.config import Decoding, UsageError, from_dict, to_dict


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"strategy": "best"}, "'greedy', 'sampling', 'beam'"),
        ({"strategy": "sampling", "temperature": -1.0}, "from 0 on"),
        ({"strategy": "sampling", "temperature": float("nan")}, "finite"),
        ({"strategy": "sampling", "temperature": float("inf")}, "finite"),
        ({"strategy": "sampling", "top_k": 0}, "at least 1"),
        ({"strategy": "sampling", "top_p": 0.0}, "above 0 to 1"),
        ({"strategy": "sampling", "top_p": 1.1}, "above 0 to 1"),
        ({"strategy": "beam", "beam_size": 0}, "at least 1"),
        ({"strategy": "beam", "length_penalty": -0.1}, "from 0 on"),
        ({"max_words": 0}, "at least 1"),
        ({"temperature": 0.5}, "belongs to 'sampling', the strategy is 'greedy'"),
        ({"strategy": "beam", "top_p": 0.5}, "belongs to 'sampling', the strategy is 'beam'"),
        ({"strategy": "sampling", "beam_size": 2}, "belongs to 'beam'"),
    ],
)
def test_impossible_settings_are_named_with_the_remedy(settings, message):
    with pytest.raises(UsageError, match="is not possible") as caught:
        Decoding(**settings)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_settings_of_every_strategy_are_possible():
    made = [
        Decoding(),
        Decoding("sampling", temperature=0, top_k=3, top_p=1.0),
        Decoding("beam", beam_size=1, length_penalty=0.6, max_words=1),
    ]
    for decoding in made:
        assert from_dict(Decoding, to_dict(decoding)) == decoding
    assert len(set(made)) == 3
