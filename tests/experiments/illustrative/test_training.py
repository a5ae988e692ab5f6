"""Groups of runs, in one process and in several."""

import dataclasses
import multiprocessing
import os
import signal
import subprocess

import numpy as np
import pytest
import torch
from typed_program import typed

from unvanish.config.errors import UnfinishedError
from unvanish.experiments.illustrative import workers
from unvanish.experiments.illustrative.problem import Settings, make_model, schedules, sequences
from unvanish.experiments.illustrative.training import Job, train

SETTINGS = Settings(steps=40, hold=4, seeds=2)
CPU = torch.device("cpu")


def same(one, other):
    assert one.job == other.job
    for name in ("rec", "kl", "beta"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert [dataclasses.asdict(f)["rec"] for f in one.frames] == [f.rec for f in other.frames]


def test_schedules_share_their_start_and_differ_later():
    jobs = [Job(name, 3) for name in ("constant", "monotonic", "cyclical")]
    constant, monotonic, cyclical = train(jobs, SETTINGS, CPU)
    assert constant.rec[0] == pytest.approx(monotonic.rec[0], rel=1e-6)
    assert constant.kl[0] == pytest.approx(cyclical.kl[0], rel=1e-6)
    assert constant.rec[20] != monotonic.rec[20] != cyclical.rec[20]
    assert [frame.step for frame in cyclical.frames] == list(SETTINGS.marks)


def test_the_group_trains_what_a_plain_loop_trains():
    trajectory = train([Job("cyclical", 5)], SETTINGS, CPU)[0]
    model, (tokens, lengths) = make_model(5), sequences()
    optimizer = torch.optim.Adam(model.parameters(), lr=SETTINGS.learning_rate)
    source, beta = np.random.default_rng((5, 1)), schedules(40)["cyclical"]
    noise = source.standard_normal((44, 10, 2), dtype=np.float32)
    for step in range(10):
        forward_pass = model(tokens, lengths, torch.from_numpy(noise[step]))
        rec = forward_pass.token_losses.sum(-1).mean()
        kl = forward_pass.posterior.kl(forward_pass.prior).mean()
        assert trajectory.rec[step] == pytest.approx(rec.item(), rel=2e-3)
        assert trajectory.kl[step] == pytest.approx(kl.item(), rel=2e-3)
        assert trajectory.beta[step] == beta(step)
        optimizer.zero_grad()
        (rec + beta(step) * kl).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), SETTINGS.gradient_clip)
        optimizer.step()


def test_losses_are_told_apart():
    run = train([Job("monotonic", 1)], SETTINGS, CPU)[0]
    np.testing.assert_allclose(run.loss, run.rec + run.kl)
    np.testing.assert_allclose(run.weighted_loss[0], run.rec[0])
    np.testing.assert_allclose(run.weighted_loss[-4:], run.loss[-4:])


def test_beta_stays_at_one_during_the_hold():
    run = train([Job("cyclical", 1)], SETTINGS, CPU)[0]
    assert len(run.beta) == 44
    assert run.beta[-4:].tolist() == [1.0] * 4


@pytest.mark.slow
def test_two_processes_repeat_their_numbers_and_tell_their_progress():
    seen = []
    first = workers.train_all(SETTINGS, device=CPU, workers=2, progress=seen.append)
    second = workers.train_all(SETTINGS, device=CPU, workers=2)
    assert [trajectory.job for trajectory in first] == workers.make_jobs(SETTINGS)
    for one, other in zip(first, second, strict=True):
        same(one, other)
    assert seen == sorted(seen)
    assert seen[-1] == SETTINGS.updates


@pytest.mark.slow
def test_one_worker_stays_in_this_process_and_restores_the_threads():
    before = torch.get_num_threads()
    runs = workers.train_all(dataclasses.replace(SETTINGS, seeds=1), device=CPU, workers=1)
    assert len(runs) == 3
    assert torch.get_num_threads() == before


def test_a_failing_worker_is_told_and_leaves_none_behind():
    with pytest.raises(RuntimeError, match=r"constant-seed[12]: Traceback"):
        workers.train_all(SETTINGS, device=torch.device("meta"), workers=2)
    assert not multiprocessing.active_children()


def test_a_killed_worker_is_told_and_leaves_none_behind():
    settings = dataclasses.replace(SETTINGS, steps=100_000)
    killed = []

    def kill_one(done):
        if not killed:
            killed.append(multiprocessing.active_children()[0])
            os.kill(killed[0].pid, signal.SIGKILL)

    with pytest.raises(UnfinishedError, match=r"was killed by signal 9; .*: give fewer --workers"):
        workers.train_all(settings, device=CPU, workers=2, progress=kill_one)
    assert not multiprocessing.active_children()


def test_an_interrupt_ends_the_workers():
    def interrupt(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workers.train_all(SETTINGS, device=CPU, workers=2, progress=interrupt)
    assert not multiprocessing.active_children()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.slow
def test_what_happened_is_told_as_soon_as_a_group_is_over():
    groups = [[Job("constant", 1)], [Job("cyclical", 1), Job("monotonic", 1)], [Job("cyclical", 2)]]
    alone, shared = [], []
    for at_once, found in ((1, alone), (2, shared)):
        workers.train_groups(
            groups, SETTINGS, device=CPU, workers=at_once, progress=print, found=found.append
        )
    assert [each.job for each in alone] == [job for group in groups for job in group]
    by_job = {each.job: each for each in shared}
    for one in alone:
        same(one, by_job[one.job])


@pytest.mark.parametrize("at_once", [1, 2])
def test_what_is_known_before_a_group_fails_is_not_lost(at_once):
    groups, found = [[Job("constant", 1)], [Job("no-such-schedule", 1)]], []
    with pytest.raises((RuntimeError, ValueError), match="no-such-schedule"):
        workers.train_groups(
            groups, SETTINGS, device=CPU, workers=at_once, progress=print, found=found.append
        )
    assert [each.job for each in found] == groups[0]


PARENT = """
import multiprocessing, sys, threading, time, torch
from unvanish.experiments.illustrative import Settings, workers

def tell(done=0):
    print("now", flush=True)

def tell_when_started():
    while len(multiprocessing.active_children()) < 2:
        time.sleep(0.001)
    tell()

if sys.argv[1] == "starting":
    threading.Thread(target=tell_when_started, daemon=True).start()
workers.train_all(
    Settings(steps=2_000_000, seeds=1), device=torch.device("cpu"), workers=2, progress=tell
)
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["starting", "training"])
def test_workers_end_when_their_parent_is_killed(moment):
    """They hold its standard output open for as long as they live."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with typed("-c", PARENT, moment, **pipes) as parent:
        assert parent.stdout.readline() == "now\n"
        parent.kill()
        parent.communicate(timeout=300)  # they would train for much longer
