import pytest
import torch

from unvanish.config import override
from unvanish.nn import KeyedNoise
from unvanish.training.dialog import DialogUpdates
from unvanish.training.dialog.preparation import prepare_dialogs
from unvanish.training.running_means import RunningMeans


def prepared(config, corpora, **changes):
    changes = {"objective.bag_of_words": True, **changes}
    made = prepare_dialogs(override(config, changes), corpora, None, "cpu")
    updates = DialogUpdates(
        made.config, made.model, made.objective, made.course, steps_per_epoch=len(made.batches)
    )
    return made, updates


def test_an_update_is_a_step_of_adam_along_the_gradient_of_the_objective(config, corpora):
    """Against a loop of plain torch, whose first steps are -lr * sign of the gradient."""
    changes = {"optimizer.gradient_clip": None, "optimizer.schedule": "constant"}
    made, updates = prepared(config, corpora, **changes)
    batch, window = next(made.batches.epoch(0)), RunningMeans()
    made.model.train()
    noise = KeyedNoise.of(1, 0, batch.indices, torch.device("cpu")).normal("z", 3)
    loss = made.objective(made.model(batch, noise), 0)
    parameters = [*made.model.parameters(), *made.objective.parameters()]
    gradients = torch.autograd.grad(loss.total, parameters, allow_unused=True)
    before = [each.detach().clone() for each in parameters]
    assert updates.update(batch, 0, window, stop=True)
    for was, now, gradient in zip(before, parameters, gradients, strict=True):
        step = torch.zeros_like(was) if gradient is None else gradient / (gradient.abs() + 1e-8)
        torch.testing.assert_close(now.detach(), was - 0.01 * step, rtol=1e-4, atol=1e-6)
    means = window.means()
    assert means["train/loss"] == pytest.approx(loss.total.item(), rel=1e-5)
    norm = torch.nn.utils.get_total_norm([each for each in gradients if each is not None])
    assert means["train/grad_norm"] == pytest.approx(float(norm), rel=1e-4)
    assert not updates.update(batch, 1, window, stop=False)


@pytest.mark.parametrize("interval", ["step", "epoch"])
def test_the_learning_rate_is_read_as_often_as_the_settings_say(config, corpora, interval):
    made, updates = prepared(config, corpora, **{"optimizer.interval": interval})
    steps = len(made.batches)
    period = made.course.beta.cycle_ends(2 * steps)[0]
    rates = []
    for step in range(2 * steps):
        updates.update(next(made.batches.epoch(0)), step, RunningMeans(), stop=False)
        rates.append(updates.learning_rate)
    assert period % steps
    if interval == "step":
        assert len(set(rates[:period])) == period
    else:
        assert rates == [rates[0]] * steps + [rates[steps]] * steps
        assert rates[0] != rates[steps]
