"""Every batch in Lightning's own trainer has the value of its step, evaluations their own."""

import pytest

from unvanish import Monotonic

lightning = pytest.importorskip("lightning.pytorch")

from unvanish.integrations.lightning import KLAnnealing  # noqa: E402

from .models import (  # noqa: E402
    AS_LIGHTNING_IS,
    SCHEDULE,
    Batches,
    Evaluated,
    Model,
    Parts,
    TwoOptimizers,
    fit,
    held_out,
    make_trainer,
)

pytestmark = AS_LIGHTNING_IS


def test_every_step_has_the_value_of_the_schedule():
    assert fit(KLAnnealing(SCHEDULE)).seen == SCHEDULE.bind(12).values(12)


def test_a_length_of_its_own_stays():
    assert fit(KLAnnealing(Monotonic(0.5, 8))).seen == Monotonic(0.5, 8).values(12)


@pytest.mark.parametrize("interval", ["step", "epoch", "batch"])
def test_accumulated_gradients(interval):
    model = fit(
        KLAnnealing(Monotonic(0.5), interval=interval),
        loader=Batches(5),
        accumulate_grad_batches=2,
        max_epochs=4,
    )
    updates = Monotonic(0.5, 12).values(12)  # of 2, 2 and 1 batches in every epoch
    expected = {
        "step": [updates[3 * epoch + k // 2] for epoch in range(4) for k in range(5)],
        "epoch": [value for value in Monotonic(0.5, 4).values(4) for _ in range(5)],
        "batch": Monotonic(0.5, 20).values(20),
    }
    assert model.seen == expected[interval]


@pytest.mark.parametrize(("interval", "length"), [("step", 7), ("epoch", 3), ("batch", 12)])
@pytest.mark.parametrize("max_epochs", [-1, 100])
def test_a_limit_of_steps_is_the_length(interval, length, max_epochs):
    callback = KLAnnealing(Monotonic(0.5), interval=interval)
    limits = {"max_steps": 7, "max_epochs": max_epochs, "accumulate_grad_batches": 2}
    model = fit(callback, loader=Batches(5), **limits)
    per_step = {"step": 2, "epoch": 5, "batch": 1}[interval]
    steps = [(k // 5) * 3 + k % 5 // 2 if interval == "step" else k // per_step for k in range(12)]
    assert model.seen == [Monotonic(0.5, length)(step) for step in steps]


@pytest.mark.parametrize("interval", ["step", "batch"])
def test_two_optimizers_do_not_double_the_speed(interval):
    model = fit(KLAnnealing(SCHEDULE, interval=interval), model=TwoOptimizers())
    assert model.trainer.global_step == 24
    assert model.seen == SCHEDULE.bind(12).values(12)


def test_several_attributes():
    model = Model()
    model.gamma = 0.0
    gammas = []
    model.on_train_batch_end = lambda *_: gammas.append(model.gamma)
    fit(KLAnnealing(SCHEDULE), KLAnnealing(Monotonic(6), "gamma", "batch"), model=model)
    assert model.seen == SCHEDULE.bind(12).values(12)
    assert gammas == Monotonic(6).values(12)


def test_the_other_package_of_lightning():
    package = pytest.importorskip("pytorch_lightning")
    assert package.Callback is not lightning.Callback

    class Module(Parts, package.LightningModule):
        pass

    model = fit(KLAnnealing(SCHEDULE), model=Module(), package=package)
    assert model.seen == SCHEDULE.bind(12).values(12)


def test_evaluation_has_its_own_value():
    callback, model = KLAnnealing(SCHEDULE, evaluate_at=1.0), Evaluated()
    after_the_sanity_check = []
    model.on_train_start = lambda: after_the_sanity_check.append(model.beta)
    trainer = make_trainer(callback, val_check_interval=3)
    trainer.fit(model, Batches(), held_out(2))
    assert after_the_sanity_check == [0.25]
    assert model.seen == SCHEDULE.bind(12).values(12)
    assert model.seen_in_evaluation == [1.0] * (2 + 4 * 2)
    model.beta = 0.5
    make_trainer(callback).test(model, held_out(2), verbose=False)
    assert model.seen_in_evaluation[-2:] == [1.0, 1.0]
    assert model.beta == 0.5


def test_without_it_evaluation_has_the_value_of_training():
    model = fit(KLAnnealing(SCHEDULE), model=Evaluated(), validation=held_out(1))
    assert model.seen_in_evaluation == [0.25, *SCHEDULE.bind(12).values(12)[5::6]]


def test_the_value_is_put_back_after_an_exception():
    class Failing(Evaluated):
        def validation_step(self, batch, batch_idx):
            assert self.beta == 1.0
            raise RuntimeError("no more memory")

    model = Failing()
    with pytest.raises(RuntimeError, match="no more memory"):
        fit(KLAnnealing(SCHEDULE, evaluate_at=1.0), model=model, validation=held_out(1))
    assert model.beta == 0.25
