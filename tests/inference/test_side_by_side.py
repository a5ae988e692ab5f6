"""Runs trained side by side against the same runs trained alone, by the same loop."""

import signal
import threading
from functools import partial

import pytest
import torch

from unvanish.config import UsageError, override
from unvanish.data import load_corpora
from unvanish.inference import AmortizedInference, SideBySide
from unvanish.runs import load
from unvanish.training import Interruption, Reporter, SharedInterruption, TrainingStopped, train

BETAS = ("constant", "constant:0.2", "monotonic:0.5")


@pytest.fixture
def corpora(corpus):
    return load_corpora(corpus)


def configs(small, **changes):
    plain = {"training.log_every": 1, "training.epochs": 1, "training.batch_size": 19}
    base = override(small, plain | {f"model.decoder.{k}_dropout": 0.2 for k in ("input", "output")})
    return [override(base, {"objective.beta": beta, **changes}) for beta in BETAS]


def train_together(configs, corpora, folder, reporters=None, noted=None, **options):
    """Train all; give what each raised, or None."""
    together, raised = SideBySide(len(configs)), [None] * len(configs)

    def body(k):
        try:
            train(
                configs[k],
                corpora,
                folder / str(k),
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
    """Asks to end when a run has done some steps."""

    def __init__(self, step):
        self.step = step

    def stepped(self, step, figures):
        if step == self.step:
            signal.raise_signal(signal.SIGTERM)
            threading.Event().wait(0.5)  # until the main thread has noted it


def test_a_signal_saves_every_run_and_all_go_on_as_if_nothing_had_happened(
    small, corpora, tmp_path
):
    chosen = configs(small, **{"training.epochs": 2})
    assert train_together(chosen, corpora, tmp_path / "whole") == [None] * 3
    reporters = [Asking(4), Reporter(), Reporter()]
    with Interruption() as noted:
        raised = train_together(chosen, corpora, tmp_path / "cut", reporters, noted)
    assert [type(error) for error in raised] == [TrainingStopped] * 3
    assert {error.step for error in raised} <= {3, 4, 5}
    again = train_together(chosen, corpora, tmp_path / "cut", resume=True)
    assert again == [None] * 3
    for k in range(3):
        whole, cut = (load(tmp_path / name / str(k)) for name in ("whole", "cut"))
        assert metrics_of(whole) == metrics_of(cut)


def test_a_run_that_is_behind_catches_up(small, corpora, tmp_path):
    chosen = configs(small)
    with Interruption() as noted:
        train_together(chosen[:1], corpora, tmp_path, [Asking(3)], noted)
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
