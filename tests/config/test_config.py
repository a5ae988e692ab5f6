import json
import math
from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import (
    Config,
    DecoderConfig,
    EncoderConfig,
    ModelConfig,
    OptimizerConfig,
    RecurrentDecoderConfig,
    RecurrentEncoderConfig,
    TrainingConfig,
    UsageError,
    departures,
    from_dict,
    override,
    to_dict,
)


def test_settings_survive_json():
    config = override(
        Config(name="x"),
        {"model.encoder.cell": "gru", "optimizer.betas": [0.5, 0.9], "data.max_words": None},
    )
    assert from_dict(Config, json.loads(json.dumps(to_dict(config)))) == config
    assert config.optimizer.betas == (0.5, 0.9)


@given(st.integers(1, 512), st.floats(1e-6, 1), st.sampled_from(["lstm", "gru"]))
def test_overridden_values_are_read_back(size, rate, cell):
    changes = {
        "model.decoder.hidden_size": size,
        "optimizer.learning_rate": rate,
        "model.decoder.cell": cell,
    }
    config = override(Config(), changes)
    assert isinstance(config.model.decoder, RecurrentDecoderConfig)
    assert (config.model.decoder.hidden_size, config.model.decoder.cell) == (size, cell)
    assert config.optimizer.learning_rate == rate
    assert config.data == Config().data


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("training.epoch", 3, "did you mean 'training.epochs'"),
        ("trainin.epochs", 3, "unknown setting 'trainin'"),
        ("training.epochs.more", 3, "unknown setting 'training.epochs'"),
        ("training.epochs", "3", "type int"),
        ("training.epochs", True, "type int"),
        ("training.epochs", 2.5, "type int"),
        ("training.epochs", 0, "at least 1"),
        ("optimizer.learning_rate", 0, "above 0"),
        ("optimizer.learning_rate", math.nan, "finite"),
        ("optimizer.betas", [0.9], "2 values"),
        ("optimizer.betas", [0.9, 1.0], "below 1"),
        ("optimizer.betas", 0.9, "a list"),
        ("optimizer.name", "sgd", "'adam', 'adamw', 'radam'"),
        ("optimizer", 3, "a table"),
        ("model.encoder.kind", "recurent", "did you mean 'recurrent'"),
        ("model.decoder.latent_enters", ["inputs", "inputs"], "once"),
        ("model.decoder.input_dropout", 1.0, "below 1"),
        ("model.encoder.layers", 0, "at least 1"),
        ("seed", -1, "from 0"),
        ("data.too_long", "cut", "'drop', 'truncate'"),
        ("data.tokens", 3, "type str"),
    ],
)
def test_impossible_settings_are_named_with_the_remedy(name, value, message):
    with pytest.raises(UsageError) as caught:
        override(Config(), {name: value})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_new_kind_is_known_by_declaring_it():
    @dataclass(frozen=True)
    class BagOfWords(EncoderConfig):
        kind: ClassVar[str] = "bag-of-words"
        target: ClassVar[str] = "collections:OrderedDict"
        size: int = 4

    try:
        config = override(Config(), {"model.encoder.kind": "bag-of-words"})
        assert config.model.encoder == BagOfWords()
        assert from_dict(Config, to_dict(config)) == config
    finally:
        del EncoderConfig.kinds["bag-of-words"]


def test_families_do_not_share_kinds():
    assert EncoderConfig.of_kind("recurrent") is RecurrentEncoderConfig
    assert DecoderConfig.of_kind("recurrent") is RecurrentDecoderConfig
    assert hash(ModelConfig()) == hash(ModelConfig())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TrainingConfig(precision="fp16"), "'auto', 'bf16', 'fp32'"),
        (lambda: OptimizerConfig(name="sgd"), "'adam'"),
        (lambda: TrainingConfig(epochs="3"), "type int"),
        (lambda: ModelConfig(encoder=RecurrentDecoderConfig()), "type EncoderConfig"),
        (lambda: Config(name=3), "type str"),
    ],
)
def test_settings_made_in_python_are_checked_too(make, message):
    with pytest.raises(UsageError) as caught:
        make()
    assert message in str(caught.value)


def test_lists_and_whole_numbers_become_what_the_field_holds():
    assert OptimizerConfig(betas=[0, 0.5]).betas == (0.0, 0.5)
    assert isinstance(OptimizerConfig(weight_decay=1).weight_decay, float)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"seed": 3, "objective.beta": "fu2019", "optimizer.betas": [0.5, 0.6]},
        {"model.encoder.kind": "none", "model.posterior.kind": "prior"},
        {"model.decoder.latent_enters": ["inputs"], "training.patience": 3},
    ],
)
def test_departures_are_what_was_overridden(changes):
    config = override(Config(), changes)
    assert departures(config) == changes
    assert override(Config(), departures(config)) == config
