import pytest

from unvanish.config import Config, UsageError, as_baseline, from_dict, override, to_dict


def test_a_language_model_keeps_everything_but_z():
    config = override(Config(), {"model.decoder.hidden_size": 7, "training.epochs": 3})
    baseline = as_baseline(config, "lm")
    assert baseline.model.is_language_model
    assert not config.model.is_language_model
    back = {
        "model.encoder.kind": "recurrent",
        "model.posterior.kind": "gaussian",
        "model.decoder.latent_enters": ["initial-state", "inputs"],
    }
    assert override(baseline, back) == config
    assert as_baseline(baseline, "lm") == baseline
    assert from_dict(Config, to_dict(baseline)) == baseline


@pytest.mark.parametrize(
    "change", [{"model.decoder.latent_enters": []}, {"model.posterior.kind": "prior"}]
)
def test_both_sides_of_z_have_to_be_gone(change):
    assert not override(Config(), change).model.is_language_model


def test_an_unknown_baseline_is_told():
    with pytest.raises(UsageError, match="lm"):
        as_baseline(Config(), "ln")
