"""Runs trained side by side against the same runs trained alone, by the same loop."""

import signal
import threading
from functools import partial
from types import SimpleNamespace

import pytest
import torch

from unvanish.config import Config, UsageError, override
from unvanish.data import load_corpora
from unvanish.inference import AmortizedInference, SideBySide
from unvanish.runs import load
from unvanish.training import Interruption, Reporter, SharedInterruption, TrainingStopped, train

from ..conftest import SMALL, write_corpus

BETAS = ("constant", "constant:0.2", "monotonic:0.5")


@pytest.fixture
def corpora(corpus):
    return load_corpora(corpus)


def configs(small, **changes):
    plain = {"training.log_every": 1, "training.epochs": 1, "training.batch_size": 19}
    base = override(small, plain | {f"model.decoder.{k}_dropout": 0.2 for k in ("input", "output")})
    return [override(base, {"objective.beta": beta, **changes}) for beta in BETAS]


def train_together(configs, corpora, folder, reporters=None, noted=None, numbers=None, **options):
    """Train all, in folders of their numbers; give what each raised, or None."""
    together, raised = SideBySide(len(configs)), [None] * len(configs)
    numbers = numbers or range(len(configs))

    def body(k):
        try:
            train(
                configs[k],
                corpora,
                folder / str(numbers[k]),
                device="cpu",
                inference=together.inferences[k],
                interruption=SharedInterruption(noted or Interruption()),
                reporter=None if reporters is None else reporters[k],
                **options,
            )
        except BaseException as error:
            raised[k] = error

    together.carry_out([partial(body, k) for k in range(len(configs))])
    return raised


def metrics_of(run):
    names = ("train/loss", "train/rec", "train/kl", "train/grad_norm", "train/beta")
    return [[line[name] for name in names] for line in run.metrics() if "train/loss" in line]


def assert_alike(run, alone, within=1e-3):
    ours, theirs = (torch.tensor(metrics_of(each)) for each in (run, alone))
    torch.testing.assert_close(ours, theirs, rtol=within, atol=1e-4)
    expected = alone.model("last").state_dict()
    for name, value in run.model("last").state_dict().items():
        torch.testing.assert_close(value, expected[name], rtol=within, atol=1e-3)


def test_metrics_and_parameters_are_those_of_runs_alone(small, corpora, tmp_path):
    chosen = configs(small)
    assert len(corpora.train) % 19, "the last batch is to be a short one"
    assert train_together(chosen, corpora, tmp_path) == [None] * 3
    for k, config in enumerate(chosen):
        alone = train(config, corpora, tmp_path / f"alone{k}", device="cpu")
        assert_alike(load(tmp_path / str(k)), alone)
    first, second = (torch.tensor(metrics_of(load(tmp_path / str(k)))) for k in (0, 1))
    assert not torch.allclose(first, second)


def test_a_run_that_ends_early_leaves_the_others_to_themselves(small, corpora, tmp_path):
    short, *long = configs(small, **{"training.epochs": 2})
    short = override(short, {"training.epochs": 1})
    assert train_together([short, *long], corpora, tmp_path) == [None] * 3
    for k, config in enumerate(long, 1):
        alone = train(config, corpora, tmp_path / f"alone{k}", device="cpu")
        assert_alike(load(tmp_path / str(k)), alone)


def test_a_run_that_fails_does_not_stop_the_others(small, corpora, tmp_path):
    chosen = [override(configs(small)[0], {"objective.beta": "constant:1e30"}), configs(small)[1]]
    failed, well = train_together(chosen, corpora, tmp_path)
    assert isinstance(failed, UsageError)
    assert "diverged" in str(failed)
    assert well is None
    assert (tmp_path / "1" / "results.json").is_file()


def test_a_failure_of_all_is_told_to_each(small, corpora, tmp_path, monkeypatch):
    def broken(self, requests):
        raise RuntimeError("no gradients today")

    monkeypatch.setattr(SideBySide, "_gradients", broken)
    raised = train_together(configs(small), corpora, tmp_path)
    assert [str(error) for error in raised] == ["no gradients today"] * 3


class Asking(Reporter):
    """Asks to end when a run has done some steps, and waits until the main thread has noted it."""

    def __init__(self, step, noted):
        self.step, self.noted = step, noted

    def stepped(self, step, figures):
        if step == self.step:
            signal.raise_signal(signal.SIGTERM)
            while not self.noted.signal_number:
                threading.Event().wait(0.01)


def stop_together(configs, corpora, folder, step, asking=0, **options):
    """Train until one of the runs asks to end after a step; give where each was stopped."""
    with Interruption() as noted:
        reporters = [Reporter() for _ in configs]
        reporters[asking] = Asking(step, noted)
        raised = train_together(configs, corpora, folder, reporters, noted, **options)
    assert {type(error) for error in raised} <= {TrainingStopped, type(None)}
    assert isinstance(raised[asking], TrainingStopped)
    return [error and error.step for error in raised]


def everything(folder):
    """All metrics but the time that things took, and all parameters."""
    run = load(folder)
    lines = [{k: v for k, v in line.items() if "second" not in k} for line in run.metrics()]
    parameters = {which: run.model(which).state_dict() for which in ("last", "best")}
    return lines, {
        (which, name): value.tolist()
        for which, state in parameters.items()
        for name, value in state.items()
    }


def assert_same(one, other, runs=3):
    for k in range(runs):
        assert everything(one / str(k)) == everything(other / str(k))


EPOCHS, STEPS = (2, 1, 2), 6
"""Epochs of each run, and the steps of one; a batch has 4 sentences instead of 18."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Three runs that were never stopped, one shorter than the others."""
    folder = tmp_path_factory.mktemp("whole")
    corpora = load_corpora(write_corpus(folder / "corpus.txt"))
    assert divmod(len(corpora.train), 18) == (STEPS - 1, 4)
    base = override(Config(), SMALL)
    chosen = [
        override(config, {"training.batch_size": 18, "training.epochs": epochs})
        for config, epochs in zip(configs(base), EPOCHS, strict=True)
    ]
    assert train_together(chosen, corpora, folder) == [None] * 3
    return SimpleNamespace(folder=folder, corpora=corpora, configs=chosen)


@pytest.mark.parametrize("step", range(1, 2 * STEPS + 1))
def test_a_signal_saves_every_run_and_all_go_on_as_if_nothing_had_happened(whole, tmp_path, step):
    stopped = stop_together(whole.configs, whole.corpora, tmp_path, step)
    assert {at for at in stopped if at is not None} <= {step - 1, step, step + 1}
    assert train_together(whole.configs, whole.corpora, tmp_path, resume=True) == [None] * 3
    assert_same(whole.folder, tmp_path)


def test_a_run_may_go_on_beside_others(whole, tmp_path):
    """As where the number of processes changes; some of the time it is alone."""
    given = (whole.configs, whole.corpora, tmp_path)
    assert stop_together(whole.configs[:1], *given[1:], STEPS - 2) == [STEPS - 2]
    stop_together(*given, STEPS + 2, asking=2, resume=True)
    for numbers in ([2, 0], [1]):
        chosen = [whole.configs[k] for k in numbers]
        assert not any(train_together(chosen, *given[1:], numbers=numbers, resume=True))
    assert_same(whole.folder, tmp_path)


def test_a_run_that_is_behind_catches_up(small, corpora, tmp_path):
    chosen = configs(small)
    with Interruption() as noted:
        train_together(chosen[:1], corpora, tmp_path, [Asking(3, noted)], noted)
    assert train_together(chosen, corpora, tmp_path, resume=True) == [None] * 3
    for k, config in enumerate(chosen):
        alone = train(config, corpora, tmp_path / f"alone{k}", device="cpu")
        assert_alike(load(tmp_path / str(k)), alone)


def test_only_one_thread_moves_at_a_time():
    moving, most = [], []

    def body(run):
        moving.append(run)
        most.append(len(moving))
        threading.Event().wait(0.01)
        moving.remove(run)

    SideBySide(4).carry_out([partial(body, run) for run in range(4)])
    assert most == [1, 1, 1, 1]


def test_what_a_body_raises_comes_out_after_the_others_have_ended():
    ended = []

    def body(run):
        if run == 0:
            raise OSError("the disk is full")
        ended.append(run)

    with pytest.raises(OSError, match="disk"):
        SideBySide(3).carry_out([partial(body, run) for run in range(3)])
    assert ended == [1, 2]


def test_runs_of_different_seeds_are_refused(small, corpora, tmp_path):
    chosen = [configs(small)[0], configs(small, seed=2)[0]]
    raised = train_together(chosen, corpora, tmp_path)
    assert all("same sentences" in str(error) for error in raised)


def test_batches_in_parts_are_refused(small, corpora, tmp_path):
    (raised,) = train_together(configs(small, **{"training.accumulate": 2})[:1], corpora, tmp_path)
    assert "accumulate" in str(raised)
    whole = train(
        configs(small)[0], corpora, tmp_path / "a", device="cpu", inference=AmortizedInference()
    )
    assert whole.results()
