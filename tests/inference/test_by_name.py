"""How gradients are made is a setting, and a new way is a file and a line."""

import sys
import types
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest

from unvanish.comparison.groups import pays_side_by_side
from unvanish.config import (
    AmortizedConfig,
    Config,
    InferenceConfig,
    UsageError,
    from_dict,
    override,
    to_dict,
)
from unvanish.data import load_corpora
from unvanish.inference import AmortizedInference
from unvanish.training import train


@pytest.fixture
def counting(monkeypatch):
    """Amortized inference by another name, which counts its calls."""
    module, calls = types.ModuleType("tests_inference"), []

    class Counting(AmortizedInference):
        def gradients(self, *arguments, **named):
            calls.append(self.config.weight)
            return super().gradients(*arguments, **named)

    module.Counting = Counting
    monkeypatch.setitem(sys.modules, "tests_inference", module)
    monkeypatch.setattr(InferenceConfig, "kinds", dict(InferenceConfig.kinds))

    @dataclass(frozen=True)
    class CountingConfig(InferenceConfig):
        kind: ClassVar[str] = "counting"
        target: ClassVar[str] = "tests_inference:Counting"
        weight: float = 1.0

    return calls


def test_amortized_inference_is_what_is_taken():
    config = Config()
    assert config.inference == AmortizedConfig()
    assert isinstance(config.inference.build(), AmortizedInference)


def test_settings_of_a_time_without_it_are_amortized():
    plain = to_dict(Config())
    del plain["inference"]
    assert from_dict(Config, plain) == Config()


def test_an_unknown_one_is_told():
    with pytest.raises(UsageError, match="did you mean 'amortized'"):
        override(Config(), {"inference.kind": "amortised"})


def test_the_loop_trains_by_the_one_that_is_set(counting, corpus, small, tmp_path):
    config = override(small, {"inference.kind": "counting", "inference.weight": 2.5})
    config = replace(config, training=replace(config.training, epochs=1))
    run = train(config, load_corpora(corpus), tmp_path / "run", device="cpu")
    assert counting == [2.5] * run.results()["training"]["steps"]
    assert run.results()["config"]["inference"] == {"kind": "counting", "weight": 2.5}


def test_another_one_is_not_trained_side_by_side(counting, small):
    assert pays_side_by_side(small, 60)
    assert not pays_side_by_side(override(small, {"inference.kind": "counting"}), 60)
