"""Schedules and the collapse monitor in Lightning's own trainer."""

import csv
import warnings

import pytest
import torch

from unvanish import Cyclical, Monotonic
from unvanish.measures import CollapseWatch, active_units, rate
from unvanish.schedules import ScheduleWarning

lightning = pytest.importorskip("lightning.pytorch")

from unvanish.integrations.lightning import CollapseMonitor, KLAnnealing  # noqa: E402

pytestmark = [
    # Lightning's advice to have worker processes: these batches are made already.
    pytest.mark.filterwarnings("ignore:The '.*_dataloader' does not have many workers"),
    # Lightning's advice to save the weights from before the optimizer's step as well.
    pytest.mark.filterwarnings("ignore:Using ModelCheckpoint with manual optimization"),
    # A resumed run writes beside the checkpoint it began with.
    pytest.mark.filterwarnings("ignore:Checkpoint directory .* exists and is not empty"),
    # Lightning 2.6 makes a class that torch 2.13 has deprecated.
    pytest.mark.filterwarnings("ignore:`isinstance.treespec, LeafSpec.` is deprecated"),
]

SCHEDULE = Cyclical(n_cycles=3)


class Parts:
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(3, 4)
        self.beta = 0.25
        self.seen, self.seen_in_evaluation = [], []

    def posterior(self, x):
        return self.layer(x).chunk(2, dim=1)

    def loss(self, x):
        mean, logvar = self.posterior(x)
        kl = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(dim=1).mean()
        return (mean.sum(dim=1) - x[:, 0]).square().mean() + self.beta * kl

    def training_step(self, batch, batch_idx):
        self.seen.append(self.beta)
        return self.loss(batch)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.1)


class Model(Parts, lightning.LightningModule):
    pass


class Evaluated(Model):
    def validation_step(self, batch, batch_idx):
        self.seen_in_evaluation.append(self.beta)
        mean, logvar = self.posterior(batch)
        return {"mean": mean, "logvar": logvar}

    test_step = validation_step


class TwoOptimizers(Model):
    """As a VAE-GAN has: Lightning's global_step counts the steps of both."""

    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
        self.other = torch.nn.Parameter(torch.zeros(1))

    def training_step(self, batch, batch_idx):
        self.seen.append(self.beta)
        for optimizer in self.optimizers():
            optimizer.zero_grad()
            self.manual_backward(self.loss(batch) + self.other.square().sum())
            optimizer.step()

    def configure_optimizers(self):
        groups = self.layer.parameters(), [self.other]
        return [torch.optim.Adam(group, lr=0.1) for group in groups]


def batches(count=6):
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(4, 3, generator=generator) for _ in range(count)]


def held_out(count=6):
    return torch.utils.data.DataLoader(torch.cat(batches(count)), batch_size=4)


class Batches:
    """A loader that goes on where it was when a checkpoint was saved."""

    def __init__(self, count=6):
        self.batches, self.place = batches(count), 0

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        self.place %= len(self.batches)
        while self.place < len(self.batches):
            self.place += 1
            yield self.batches[self.place - 1]

    def state_dict(self):
        return {"place": self.place}

    def load_state_dict(self, state):
        self.place = state["place"]


class EndlessBatches(torch.utils.data.IterableDataset):
    def __iter__(self):
        while True:
            yield torch.zeros(3)


def make_trainer(*callbacks, package=lightning, **settings):
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False}
    quiet |= {"enable_checkpointing": False, "accelerator": "cpu", "max_epochs": 2}
    return package.Trainer(**(quiet | settings), callbacks=list(callbacks))


def fit(*callbacks, model=None, loader=None, validation=None, ckpt_path=None, **settings):
    """Train 2 epochs of 6 batches, unless told otherwise; give the model."""
    model = model or Model()
    trainer = make_trainer(*callbacks, **settings)
    loader = Batches() if loader is None else loader
    trainer.fit(model, loader, validation, ckpt_path=ckpt_path)
    return model


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


# Checkpoints


def saving(folder, every):
    """Save every so many steps; resuming, Lightning wants the same callback again."""
    return lightning.callbacks.ModelCheckpoint(
        folder, "{step}", save_top_k=-1, every_n_train_steps=every
    )


RESUMED = [
    (Model, "step", 1, 4),  # in the middle of an epoch
    (Model, "step", 1, 6),
    (Model, "step", 2, 2),
    (Model, "batch", 2, 2),
    (Model, "epoch", 1, 8),
    (TwoOptimizers, "step", 1, 8),
]


@pytest.mark.parametrize(("make", "interval", "accumulate", "at"), RESUMED)
def test_resumed_it_is_as_if_nothing_had_been(tmp_path, make, interval, accumulate, at):
    def run(**settings):
        callbacks = KLAnnealing(Monotonic(0.5), interval=interval), saving(tmp_path, at)
        settings |= {"accumulate_grad_batches": accumulate, "enable_checkpointing": True}
        return fit(*callbacks, model=make(), **settings)

    whole = run()
    resumed = run(ckpt_path=tmp_path / f"step={at}.ckpt")
    assert 0 < len(resumed.seen) < len(whole.seen)
    assert resumed.seen == whole.seen[-len(resumed.seen) :]
    for one, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)


def without_state(path):
    checkpoint = torch.load(path, weights_only=True)
    checkpoint["callbacks"] = {}
    torch.save(checkpoint, path)


def test_without_its_state_it_begins_anew_and_says_so(tmp_path):
    def run(**settings):
        callbacks = KLAnnealing(Monotonic(0.5)), saving(tmp_path, 8)
        return fit(*callbacks, model=TwoOptimizers(), enable_checkpointing=True, **settings)

    whole = run()
    without_state(tmp_path / "step=8.ckpt")
    with pytest.warns(ScheduleWarning, match="no state of KLAnnealing{'attr': 'beta'}"):
        resumed = run(ckpt_path=tmp_path / "step=8.ckpt")
    assert resumed.seen == Monotonic(0.5, 12).values(8)
    assert not torch.equal(resumed.layer.weight, whole.layer.weight)


def test_without_the_callback_the_weights_differ():
    with_it, without = fit(KLAnnealing(SCHEDULE)), fit()
    assert without.seen == [0.25] * 12
    assert not torch.equal(with_it.layer.weight, without.layer.weight)


def test_another_schedule_on_resume_is_told(tmp_path):
    def run(schedule, **settings):
        fit(KLAnnealing(schedule), saving(tmp_path, 6), enable_checkpointing=True, **settings)

    run(SCHEDULE)
    with pytest.warns(ScheduleWarning, match="the saved schedule differs"):
        run(Monotonic(0.5), ckpt_path=tmp_path / "step=6.ckpt")


def test_one_callback_in_a_second_run_begins_anew():
    callback = KLAnnealing(SCHEDULE, interval="batch")
    assert fit(callback).seen == fit(callback).seen == SCHEDULE.bind(12).values(12)


def test_a_trainer_that_goes_on_goes_on():
    callback = KLAnnealing(Monotonic(10), interval="batch")
    trainer, model = make_trainer(callback, max_epochs=2), Model()
    trainer.fit(model, Batches())
    trainer.fit_loop.max_epochs = 3
    trainer.fit(model, Batches())
    assert model.seen == Monotonic(10).values(18)


# What is told


def test_the_value_is_in_the_log_and_the_progress_bar(tmp_path):
    logger = lightning.loggers.CSVLogger(tmp_path)
    model = fit(KLAnnealing(SCHEDULE), logger=logger, log_every_n_steps=1)
    with (tmp_path / "lightning_logs" / "version_0" / "metrics.csv").open() as file:
        logged = [(int(row["step"]), float(row["beta"])) for row in csv.DictReader(file)]
    assert logged == list(enumerate(SCHEDULE.bind(12).values(12)))
    assert model.trainer.progress_bar_metrics == {"beta": 1.0}


def test_the_log_can_be_left_out():
    assert fit(KLAnnealing(SCHEDULE, log=False)).trainer.logged_metrics == {}


def test_a_run_that_ends_badly_is_told_once():
    with pytest.warns(ScheduleWarning) as told:
        fit(KLAnnealing(Monotonic(40)))
    messages = [str(one.message) for one in told if one.category is ScheduleWarning]
    assert len(messages) == 1
    assert "12 steps" in messages[0]


def test_a_missing_attribute_is_told_before_anything_happens():
    model = Model()
    with pytest.raises(AttributeError, match=r"Model has no attribute 'gamma': begin with self\."):
        fit(KLAnnealing(SCHEDULE, "gamma"), model=model)
    assert model.seen == []


@pytest.mark.parametrize(
    ("interval", "unit", "model", "limits"),
    [
        ("step", "optimizer updates", Model, {"max_epochs": -1}),
        ("epoch", "epochs", Model, {"max_epochs": -1}),
        ("batch", "training batches", TwoOptimizers, {"max_epochs": -1, "max_steps": 9}),
        ("step", "training batches", TwoOptimizers, {"max_epochs": 5, "max_steps": 9}),
    ],
)
def test_an_unknown_length_is_told(interval, unit, model, limits):
    message = rf"how many {unit} it will make .*: give total_steps to Cyclical"
    with pytest.raises(ValueError, match=message):
        fit(KLAnnealing(SCHEDULE, interval=interval), model=model(), **limits)


def test_a_loader_of_unknown_length_is_told():
    loader = torch.utils.data.DataLoader(EndlessBatches(), batch_size=4)
    with pytest.raises(ValueError, match=r"max_steps=-1, inf batches an epoch.*give total_steps"):
        fit(KLAnnealing(SCHEDULE), loader=loader)
    assert len(fit(KLAnnealing(SCHEDULE), loader=loader, max_steps=6).seen) == 6


def test_batches_an_update_that_change_are_told():
    accumulating = lightning.callbacks.GradientAccumulationScheduler({0: 1, 1: 2})
    with pytest.raises(ValueError, match="give total_steps"):
        fit(KLAnnealing(SCHEDULE), accumulating)
    assert fit(KLAnnealing(Monotonic(9)), accumulating).seen[6:] == [
        Monotonic(9)(step) for step in (6, 6, 7, 7, 8, 8)
    ]


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="interval must be one of"):
        KLAnnealing(SCHEDULE, interval="steps")
    with pytest.raises(ValueError, match="must be a Schedule"):
        KLAnnealing(0.5)


# Evaluation


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


# The monitor of collapse


def of_all_batches(model):
    with torch.no_grad():
        mean, logvar = model.posterior(torch.cat(batches()))
    return mean, logvar


@pytest.mark.parametrize("posterior", [None, lambda module, batch: module.posterior(batch)])
def test_the_monitor_measures_the_posteriors(posterior):
    monitor = CollapseMonitor(posterior, threshold=0.05)
    model = fit(KLAnnealing(SCHEDULE), monitor, model=Evaluated(), validation=held_out())
    mean, logvar = of_all_batches(model)
    per_dimension = rate(mean, logvar).mean(axis=0)
    assert monitor.kl_per_dimension == pytest.approx(per_dimension, rel=1e-5)
    logged = model.trainer.logged_metrics
    assert float(logged["collapse/kl"]) == pytest.approx(per_dimension.sum(), rel=1e-5)
    assert float(logged["collapse/active_units"]) == active_units(mean, 0.05)


def test_several_monitors():
    monitors = CollapseMonitor(), CollapseMonitor(threshold=1e-9, prefix="any/")
    logged = fit(*monitors, model=Evaluated(), validation=held_out()).trainer.logged_metrics
    names = {
        f"{prefix}/{name}" for prefix in ("any", "collapse") for name in ("kl", "active_units")
    }
    assert set(logged) == names


class Dead(Evaluated):
    def posterior(self, x):
        return 0.0 * self.layer(x)[:, :2], 0.0 * self.layer(x)[:, 2:]


def test_the_monitor_warns_once_when_the_latent_variable_is_dying():
    monitor = CollapseMonitor(watch=CollapseWatch(patience=2, grace=1))
    settings = {"validation": held_out(), "max_epochs": 6, "model": Dead()}
    with pytest.warns(UserWarning, match=r"collapsing: kl = 0.000 .* at beta = 1\.00") as told:
        fit(monitor, KLAnnealing(Monotonic(0.2), evaluate_at=0.5), **settings)
    assert sum("collapsing" in str(one.message) for one in told) == 1
    assert monitor.state_dict() == {"grace": 0, "below": 5, "spoken": True}


def test_the_monitor_remembers_its_warning(tmp_path):
    settings = {"validation": held_out(), "enable_checkpointing": True}
    settings["num_sanity_val_steps"] = 0

    def monitors():
        return CollapseMonitor(watch=CollapseWatch(patience=1, grace=0)), saving(tmp_path, 6)

    with pytest.warns(UserWarning, match=r"collapsing: kl = 0.000 .* at beta = 0\.25"):
        fit(*monitors(), model=Dead(), **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.filterwarnings("ignore", "The '.*_dataloader' does not")
        warnings.filterwarnings("ignore", "Checkpoint directory")
        checkpoint = tmp_path / "step=12.ckpt"
        fit(*monitors(), model=Dead(), ckpt_path=checkpoint, max_epochs=4, **settings)


def test_the_monitor_says_when_it_finds_no_posteriors():
    class Silent(Evaluated):
        def validation_step(self, batch, batch_idx):
            return self.loss(batch)

    with pytest.raises(
        ValueError, match=r"finds no posteriors: return .* from validation_step, or"
    ):
        fit(CollapseMonitor(), model=Silent(), validation=held_out(1))
