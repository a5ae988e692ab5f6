"""Schedules in an engine of PyTorch-Ignite."""

import pytest
import torch

from unvanish import Constant, Cyclical, Monotonic, ScheduleWarning

pytest.importorskip("ignite")

from ignite.engine import Engine, Events, create_supervised_trainer
from ignite.handlers import Checkpoint, DiskSaver, LambdaStateScheduler, ProgressBar

from unvanish.integrations.ignite import KLAnnealing

SCHEDULE = Cyclical(n_cycles=3)
VALUES = Cyclical(12, n_cycles=3).values()
DATA = list(torch.randn(4, 3, generator=torch.Generator().manual_seed(1)))


class Training:
    """A model, its optimizer and trainer, and the beta of every iteration."""

    def __init__(self, *annealing):
        torch.manual_seed(0)
        self.model = torch.nn.Linear(3, 3)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.1)
        self.trainer = Engine(self.update)
        self.parts = {"model": self.model, "optimizer": self.optimizer, "trainer": self.trainer}
        self.betas = []
        for each in annealing:
            each.attach(self.trainer)

    def update(self, engine, x):
        beta = engine.state.beta
        self.betas.append(beta)
        self.optimizer.zero_grad()
        loss = self.model(x).square().sum() + beta * self.model.weight.square().sum()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @property
    def result(self):
        return torch.cat([p.detach().flatten() for p in self.model.parameters()]).tolist()


def stop_at(trainer, iteration):
    trainer.add_event_handler(Events.ITERATION_COMPLETED(once=iteration), trainer.terminate)


def test_every_iteration_has_the_value_of_its_step():
    training = Training(KLAnnealing(SCHEDULE))
    training.trainer.run(DATA, max_epochs=3)
    assert training.betas == VALUES


def test_a_run_may_be_given_in_iterations_or_by_an_epoch_length():
    training = Training(KLAnnealing(SCHEDULE))
    training.trainer.run(DATA, max_iters=12)
    assert training.betas == VALUES
    training = Training(KLAnnealing(SCHEDULE))
    training.trainer.run(iter(DATA * 3), max_epochs=3, epoch_length=4)
    assert training.betas == VALUES


def test_a_run_repeated_begins_anew_and_one_made_longer_goes_on():
    training = Training(KLAnnealing(SCHEDULE))
    training.trainer.run(DATA, max_epochs=3)
    training.trainer.run(DATA, max_epochs=3)
    training.trainer.run(DATA, max_epochs=6)
    assert training.betas == VALUES * 2 + Cyclical(24, n_cycles=3).values()[12:]


def test_accumulated_iterations_count_once():
    model = torch.nn.Linear(3, 3)
    updates = []

    class Sgd(torch.optim.SGD):
        def step(self):
            updates.append(trainer.state.beta)
            super().step()

    optimizer = Sgd(model.parameters(), lr=0.1)
    batches = [(x, x) for x in DATA]
    trainer = create_supervised_trainer(
        model, optimizer, torch.nn.MSELoss(), gradient_accumulation_steps=2
    )
    KLAnnealing(SCHEDULE, gradient_accumulation_steps=2).attach(trainer)
    seen = []
    trainer.add_event_handler(Events.ITERATION_STARTED, lambda e: seen.append(e.state.beta))
    trainer.run(batches, max_epochs=6)
    assert updates == VALUES
    assert seen == [value for value in VALUES for _ in range(2)]


@pytest.mark.parametrize("annealing", ["adapter", "recipe"])
def test_resumed_from_a_checkpoint_it_is_as_if_nothing_had_been(tmp_path, annealing):
    def make():
        if annealing == "adapter":
            return Training(KLAnnealing(SCHEDULE))
        return with_recipe(Cyclical(12, n_cycles=3).shift(1))

    whole, first, second = make(), make(), make()
    whole.trainer.run(DATA, max_epochs=3)
    saver = Checkpoint(first.parts, DiskSaver(tmp_path), filename_pattern="state.pt")
    first.trainer.add_event_handler(Events.ITERATION_COMPLETED(once=6), saver)
    stop_at(first.trainer, 6)
    first.trainer.run(DATA, max_epochs=3)
    state = torch.load(tmp_path / "state.pt", weights_only=annealing == "adapter")
    Checkpoint.load_objects(second.parts, state)
    # ignite goes on in the middle of an epoch, but with the data from its beginning.
    second.trainer.run(DATA[2:] + DATA[:2], max_epochs=3)
    assert first.betas + second.betas == whole.betas == VALUES
    assert second.result == whole.result


def test_forgetting_the_engine_shows():
    whole, first, second = (Training(KLAnnealing(Cyclical(12, n_cycles=3))) for _ in range(3))
    whole.trainer.run(DATA, max_epochs=3)
    stop_at(first.trainer, 6)
    first.trainer.run(DATA, max_epochs=3)
    second.model.load_state_dict(first.model.state_dict())
    second.optimizer.load_state_dict(first.optimizer.state_dict())
    with pytest.warns(ScheduleWarning, match="stops inside"):
        second.trainer.run(DATA[2:] + DATA[:2], max_iters=6)
    assert second.betas != whole.betas[6:]
    assert second.result != whole.result


def with_recipe(function):
    training = Training()
    recipe = LambdaStateScheduler(function, "beta", create_new=True)
    recipe.attach(training.trainer, Events.ITERATION_STARTED)
    training.parts["beta"] = recipe
    return training


def test_ignites_own_scheduler_counts_from_one():
    schedule = Cyclical(12, n_cycles=3)
    training = with_recipe(lambda i: schedule(i - 1))
    training.trainer.run(DATA, max_epochs=3)
    assert training.betas == VALUES


@pytest.mark.filterwarnings("ignore:.*clamping frac to range:Warning")  # tqdm, at an epoch's end
def test_the_progress_bar_shows_it(capsys):
    training = Training(KLAnnealing(SCHEDULE))
    ProgressBar(persist=True, ncols=120).attach(training.trainer, state_attributes=["beta"])
    training.trainer.run(DATA, max_epochs=3)
    assert "beta=0.5" in capsys.readouterr().err


def test_the_logger_writes_it(tmp_path):
    loggers = pytest.importorskip("ignite.handlers.tensorboard_logger")
    training, scalars = Training(KLAnnealing(SCHEDULE)), []
    with loggers.TensorboardLogger(log_dir=str(tmp_path)) as logger:
        logger.writer.add_scalar = lambda key, value, step: scalars.append((key, value, step))
        logger.attach_output_handler(
            training.trainer, Events.ITERATION_COMPLETED, tag="train", state_attributes=["beta"]
        )
        training.trainer.run(DATA, max_epochs=3)
    assert scalars == [("train/beta", value, step + 1) for step, value in enumerate(VALUES)]


def test_a_run_of_unknown_length_needs_a_schedule_that_knows_its_own():
    with pytest.raises(ValueError, match=r"total_steps, or run\(\) its epoch_length"):
        Training(KLAnnealing(SCHEDULE)).trainer.run(iter(DATA))
    training = Training(KLAnnealing(Monotonic(2)))
    training.trainer.run(iter(DATA))
    assert training.betas == [0.0, 0.5, 1.0, 1.0]


def test_the_value_is_there_when_the_run_starts():
    training = Training(KLAnnealing(Constant(0.5)))
    seen = []
    training.trainer.add_event_handler(Events.STARTED, lambda e: seen.append(e.state.beta))
    training.trainer.run(DATA)
    assert seen == [0.5]


def test_mistakes():
    with pytest.raises(ValueError, match="'epoch', which is ignite's own"):
        KLAnnealing(SCHEDULE, "epoch")
    with pytest.raises(ValueError, match=r"gradient_accumulation_steps must be .* 0"):
        KLAnnealing(SCHEDULE, gradient_accumulation_steps=0)
    with pytest.warns(ScheduleWarning, match="warmup=100 is too long"):
        Training(KLAnnealing(Monotonic(100))).trainer.run(DATA, max_epochs=3)
