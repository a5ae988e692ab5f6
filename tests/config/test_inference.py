import pytest

from unvanish.config import Config, SemiAmortizedConfig, UsageError, as_baseline, override

SEMI = {"inference.kind": "semi-amortized"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", -1),
        ("momentum", 1.0),
        ("momentum", -0.1),
        ("step_size", 0.0),
        ("clip", 0.0),
        ("second_order_clip", -5.0),
        ("difference", 0.0),
    ],
)
def test_values_outside_their_range_are_refused(name, value):
    with pytest.raises(UsageError, match=f"{name}={value}"):
        SemiAmortizedConfig(**{name: value})


def test_a_batch_is_needed_whole_while_something_is_clipped():
    free = {"clip": None, "second_order_clip": None}
    assert not SemiAmortizedConfig(**free).needs_whole_batch
    for name in free:
        assert SemiAmortizedConfig(**{**free, name: 1.0}).needs_whole_batch
    assert not Config().inference.needs_whole_batch


@pytest.mark.parametrize("changes", [SEMI | {"inference.steps": 3}, {"inference.steps": 3} | SEMI])
def test_a_kind_may_be_named_before_or_after_what_it_has(changes):
    assert override(Config(), changes).inference == SemiAmortizedConfig(steps=3)


def test_a_setting_of_another_kind_is_told():
    with pytest.raises(UsageError, match="'amortized' has none, 'semi-amortized' has"):
        override(Config(), {"inference.steps": 3})


def test_a_language_model_has_nothing_to_refine():
    semi = override(Config(), SEMI)
    assert semi.inference.needs_encoder
    assert as_baseline(semi, "lm") == as_baseline(Config(), "lm")
