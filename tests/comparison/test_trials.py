"""Trials that several processes work on, really at once, some of them killed."""

import itertools
import signal
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

optuna = pytest.importorskip("optuna")

from copied_program import CopiedProgram  # noqa: E402

from unvanish.comparison import Search, begin_search, carry_out_search  # noqa: E402
from unvanish.comparison.trials import Trials, is_over, trial_folder  # noqa: E402
from unvanish.config import UsageError, override  # noqa: E402
from unvanish.runs import load  # noqa: E402

PROGRAM = Path(__file__).with_name("waiting_search.py")
COMPLETE, FAIL, RUNNING = (
    optuna.trial.TrialState[name] for name in ("COMPLETE", "FAIL", "RUNNING")
)


@pytest.fixture
def begun(corpus, small, tmp_path):
    """A search that has begun, and a folder for what its programs tell each other."""
    search = Search(override(small, {"training.epochs": 1}), {"train": str(corpus)}, most_cycles=3)
    begin_search(search, tmp_path / "out")
    return SimpleNamespace(search=search, folder=tmp_path / "out", signs=tmp_path)


def trials_of(begun):
    return Trials(begun.search, begun.folder, None)


def start(begun, *names, trials):
    """Begin programs that search, and wait until they have chosen what to try."""
    programs = {
        name: CopiedProgram(PROGRAM, begun.folder, begun.signs, name, trials) for name in names
    }
    for name, program in programs.items():
        while not (begun.signs / f"{name}.chose").exists():
            assert program.poll() is None, program.told()
            time.sleep(0.01)
    return programs.values()


def let_go(begun, name, program):
    """Let a program train, and wait for its end."""
    (begun.signs / f"{name}.go").touch()
    _, told = program.communicate(timeout=300)
    assert program.returncode == 0, told


def while_waiting(monkeypatch, do):
    """Have something done when this process first waits for the last trials of others."""
    left = [do]

    def sleep(seconds):
        if left:
            left.pop()()

    monkeypatch.setattr("unvanish.comparison.searching.time", SimpleNamespace(sleep=sleep))


def choices(trials):
    return [trial.user_attrs.get("choice") for trial in trials]


def test_another_that_begins_leaves_a_trial_alone_that_is_being_prepared(begun, monkeypatch):
    (slow,) = start(begun, "slow", trials=2)
    while_waiting(monkeypatch, lambda: let_go(begun, "slow", slow))
    carry_out_search(begun.search, begun.folder, trials=2, device="cpu")
    found = trials_of(begun).all()
    assert [trial.state for trial in found] == [COMPLETE, COMPLETE]
    assert len(set(choices(found))) == 2


def test_programs_begun_together_try_different_things_and_lose_nothing(begun):
    one, two = start(begun, "one", "two", trials=4)
    first, second = trials_of(begun).all()
    assert first.params != second.params
    (begun.signs / "two.go").touch()
    let_go(begun, "one", one)
    let_go(begun, "two", two)
    found = trials_of(begun).all()
    assert len(found) == 4
    assert {trial.state for trial in found} == {COMPLETE}
    for trial in found:
        run = load(trial_folder(begun.folder, trial.user_attrs["choice"]))
        assert run.results()["splits"]["valid"]["last"]["elbo"] == trial.value


def test_the_last_trial_is_waited_for_and_no_other_is_begun(begun, monkeypatch):
    def let_the_other_go():
        assert choices(trials_of(begun).all()) == [slow_choice]
        let_go(begun, "slow", slow)

    (slow,) = start(begun, "slow", trials=1)
    (slow_choice,) = choices(trials_of(begun).all())
    while_waiting(monkeypatch, let_the_other_go)
    said = []
    results = carry_out_search(
        begun.search, begun.folder, trials=1, device="cpu", waiting=lambda: said.append("waits")
    )
    assert said == ["waits"]
    assert [trial.state for trial in trials_of(begun).all()] == [COMPLETE]
    assert results["summary"]["best"] == slow_choice


def test_the_last_trial_of_a_program_that_is_killed_is_tried_by_the_one_that_waits(
    begun, monkeypatch
):
    (killed,) = start(begun, "killed", trials=1)

    def kill():
        killed.send_signal(signal.SIGKILL)
        killed.communicate(timeout=300)

    while_waiting(monkeypatch, kill)
    carry_out_search(begun.search, begun.folder, trials=1, device="cpu")
    found = trials_of(begun).all()
    assert [trial.state for trial in found] == [FAIL, COMPLETE]
    assert len(set(choices(found))) == 1


def test_what_a_killed_program_had_chosen_is_tried_by_one_that_goes_on(begun):
    (killed,) = start(begun, "killed", trials=2)
    (other,) = start(begun, "other", trials=2)
    lost, kept = choices(trials_of(begun).all())
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=300)
    let_go(begun, "other", other)
    found = trials_of(begun).all()
    over = [trial for trial in found if is_over(trial)]
    assert choices(over) == [kept, lost]
    assert [trial.state for trial in found] == [FAIL, COMPLETE, COMPLETE]


def test_one_process_that_is_stopped_takes_its_own_trial_up(begun):
    with pytest.raises(KeyboardInterrupt), trials_of(begun).begun() as (trial, choice):
        raise KeyboardInterrupt
    again = trials_of(begun)
    assert again.all()[trial.number].state == RUNNING
    with again.begun() as (taken_up, same):
        assert taken_up.number == trial.number + 1
        assert same == choice
        with again.begun() as (_, another):
            assert another != choice


def test_what_another_process_tries_is_no_failure(begun, monkeypatch):
    """Of two that choose alike, one chooses again."""
    seeds = itertools.chain([5, 5], itertools.count(6))
    monkeypatch.setattr(
        "unvanish.comparison.trials._sampler",
        lambda seed, number: optuna.samplers.RandomSampler(seed=next(seeds)),
    )
    one, two = trials_of(begun), trials_of(begun)
    with one.begun() as (first, choice), two.begun() as (second, other):
        assert choice != other
        assert (first.number, second.number) == (0, 2)
    given_up = one.all()[1]
    assert given_up.state == FAIL
    assert not is_over(given_up)


def test_one_process_searches_the_same_way_every_time(begun, corpus, tmp_path):
    def first_choices(folder, seed):
        search = Search(override(begun.search.base, {"seed": seed}), begun.search.files)
        begin_search(search, folder)
        trials, found = Trials(search, folder, None), []
        for number in range(12):  # Optuna learns from the first ten
            with trials.begun() as (trial, choice):
                trials.complete(trial, float(-abs(number - 6)))
                found.append(str(choice))
        return found

    one, same, other = (
        first_choices(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert one == same
    assert one != other
    assert len(set(one)) > 9


def test_a_folder_that_cannot_be_written_is_told(begun):
    (begun.folder / ".locks").touch()
    with pytest.raises(UsageError, match="cannot write to"):
        trials_of(begun)


def test_one_that_ends_while_another_looks_for_abandoned_trials_is_left_alone(begun, monkeypatch):
    """Another process lists running trials, and this one ends its own before its lock is tried."""
    one, other = trials_of(begun), trials_of(begun)
    trial_there = one.begun()
    trial, _ = trial_there.__enter__()
    ending = threading.Thread(
        target=lambda: (one.complete(trial, -1.0), trial_there.__exit__(*[None] * 3))
    )
    usual = other._lock_of

    def late(choice):
        monkeypatch.setattr(other, "_lock_of", usual)
        ending.start()
        ending.join(0.5)  # it waits as long as abandoned trials are looked for
        return usual(choice)

    monkeypatch.setattr(other, "_lock_of", late)
    with other.begun() as (second, _):
        ending.join(120)
        assert second.number == trial.number + 1
        assert [each.state.name for each in other.all()] == ["COMPLETE", "RUNNING"]
        other.complete(second, -2.0)
