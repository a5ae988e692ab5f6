"""The summary against numbers computed otherwise, on runs made up for the purpose."""

import statistics

import numpy as np
import pytest

from unvanish.comparison import summarize_runs
from unvanish.config import UsageError
from unvanish.measures import crossed_mean, holm
from unvanish.runs import Run

N = 400


@pytest.fixture
def make(tmp_path):
    """Write what a summary reads of a run."""

    def make(name, seed, rec, kl, corpus="one"):
        folder = tmp_path / f"{name}-{seed}"
        folder.mkdir()
        run = Run(folder)
        figures = {
            "rec": float(rec.mean()),
            "kl": float(kl.mean()),
            "elbo": -float((rec + kl).mean()),
            "ppl": 9.0 + seed,
            "active_units": seed,
        }
        splits = {"test": {"last": figures, "best": figures}}
        judged = {"verdict": "collapsed" if kl.mean() < 0.1 else "alive"}
        results = {"corpus": {"sha256": corpus}, "splits": splits, "diagnosis": judged}
        run.write_json("results.json", results)
        np.savez(folder / "sentences-test.npz", rec=rec, kl=kl)
        return run

    return make


def made_up(make, shift, seeds=(1, 2, 3), noise=0.0):
    """Two schedules; the second has ``shift`` nats more rec in every sentence."""
    hard = np.random.default_rng(0).normal(50, 20, N)
    runs = {"first": {}, "second": {}}
    for seed in seeds:
        source = np.random.default_rng(seed)
        kl = source.gamma(2.0, size=N)
        of_seed = source.normal(0, noise)
        runs["first"][seed] = make("first", seed, hard + source.normal(0, 0.1, N), kl)
        runs["second"][seed] = make(
            "second", seed, hard + shift + of_seed + source.normal(0, 0.1, N), kl
        )
    return runs


def of(summary, figure):
    return next(d for d in summary.differences if d.figure == figure)


def test_rows_are_means_and_deviations_over_seeds(make):
    runs = made_up(make, 1.0)
    row = summarize_runs(runs).rows[1]
    recs = [run.results()["splits"]["test"]["last"]["rec"] for run in runs["second"].values()]
    assert row.schedule == "second"
    assert row.seeds == (1, 2, 3)
    assert row.figures["rec"].mean == pytest.approx(statistics.mean(recs))
    assert row.figures["rec"].standard_deviation == pytest.approx(statistics.stdev(recs))
    assert row.figures["ppl"].mean == pytest.approx(11.0)


def test_verdicts_are_counted_and_may_be_absent(make):
    loss, alive = np.full(N, 9.0), np.full(N, 2.0)
    runs = {
        seed: make("one", seed, loss, kl) for seed, kl in ((1, alive), (2, alive), (3, 0 * alive))
    }
    assert summarize_runs({"one": runs}).rows[0].verdicts == {"alive": 2, "collapsed": 1}
    for run in runs.values():  # a language model, or a run of an earlier version
        run.write_json("results.json", run.results() | {"diagnosis": None})
    assert summarize_runs({"one": runs}).rows[0].verdicts == {}


def test_a_real_difference_is_established_though_sentences_differ_far_more(make):
    difference = of(summarize_runs(made_up(make, 0.5)), "rec")
    assert (difference.first, difference.second) == ("second", "first")
    assert difference.mean == pytest.approx(0.5, abs=0.02)
    assert difference.verdict == "higher"
    assert difference.sentences[0] <= difference.mean <= difference.sentences[1]
    assert difference.sentences[1] - difference.sentences[0] < 0.05
    assert of(summarize_runs(made_up_again(make)), "rec").verdict == "lower"


def made_up_again(make):
    hard = np.linspace(10, 90, N)
    kl = np.ones(N)
    return {
        name: {
            seed: make(f"again-{name}", seed, hard + shift + 1e-3 * seed * (shift + 1), kl)
            for seed in (1, 2, 3)
        }
        for name, shift in (("a", 0.0), ("b", -2.0))
    }


def test_no_difference_is_called_noise(make):
    summary = summarize_runs(made_up(make, 0.0))
    assert of(summary, "rec").verdict == "not established"
    assert of(summary, "kl").mean == 0


def test_seeds_that_disagree_make_it_noise_however_sure_the_sentences_are(make):
    difference = of(summarize_runs(made_up(make, 0.3, noise=2.0)), "rec")
    assert not (difference.sentences[0] <= 0 <= difference.sentences[1])
    assert difference.verdict == "not established"


def test_one_seed_establishes_nothing(make):
    difference = of(summarize_runs(made_up(make, 5.0, seeds=(1,))), "rec")
    assert difference.seeds is None
    assert not difference.is_established
    assert "one seed" in difference.verdict


def test_elbo_is_minus_the_sum(make):
    summary = summarize_runs(made_up(make, 0.7))
    assert of(summary, "elbo").mean == pytest.approx(
        -of(summary, "rec").mean - of(summary, "kl").mean
    )


def test_the_interval_of_both_is_that_of_new_seeds_and_new_sentences(make):
    runs = made_up(make, 0.5, noise=0.2)
    rec = {
        name: np.array([np.load(run.path / "sentences-test.npz")["rec"] for run in seeds.values()])
        for name, seeds in runs.items()
    }
    difference = of(summarize_runs(runs), "rec")
    assert difference.both == crossed_mean(rec["second"] - rec["first"]).interval
    assert difference.both[0] < difference.seeds[0] < difference.seeds[1] < difference.both[1]


def of_many(make, schedules, shift=0.0, seeds=(1, 2, 3)):
    """Schedules whose sentences and seeds differ by chance, the last one also by a shift."""
    source = np.random.default_rng(5)
    shifts = dict.fromkeys(schedules, 0.0) | {schedules[-1]: shift}
    return {
        name: {
            seed: make(
                name, seed, shift + source.normal(50, 0.2, N) + source.normal(0, 0.03), np.ones(N)
            )
            for seed in seeds
        }
        for name, shift in shifts.items()
    }


def test_verdicts_are_adjusted_for_all_differences_and_intervals_are_not(make):
    runs = of_many(make, "abcdef", shift=0.4)
    many = summarize_runs(runs).differences
    alone = [d for d in many if d.both[0] > 0 or d.both[1] < 0]
    assert [d.adjusted_p_value for d in many] == holm([d.p_value for d in many])
    assert {d.verdict for d in many if d.adjusted_p_value > 0.05} == {"not established"}
    taken_back = next(d for d in alone if d.first == "f" and d.figure == "rec")
    assert taken_back.p_value < 0.05 < taken_back.adjusted_p_value
    pair = {name: runs[name] for name in (taken_back.second, "f")}
    same = of(summarize_runs(pair), "rec")
    assert (same.both, same.p_value, same.verdict) == (
        taken_back.both,
        taken_back.p_value,
        "higher",
    )


def test_one_seed_has_no_p_value_and_is_not_counted(make):
    differences = summarize_runs(of_many(make, "abc", seeds=(1,))).differences
    assert {(d.p_value, d.adjusted_p_value, d.both) for d in differences} == {(None, None, None)}


def test_both_p_values_are_written(make):
    summary = summarize_runs(made_up(make, 0.5))
    written = next(d for d in summary.to_dict()["differences"] if d["figure"] == "rec")
    assert 0 < written["p_value"] < written["adjusted_p_value"] <= 0.05
    assert written["verdict"] == "higher"


def test_seeds_that_only_one_has_are_left_out_of_the_difference(make):
    runs = made_up(make, 0.5)
    whole = of(summarize_runs(made_up_partly(runs)), "rec")
    both = {name: {s: runs[name][s] for s in (1, 3)} for name in runs}
    assert whole == of(summarize_runs(both), "rec")


def made_up_partly(runs):
    return {"first": runs["first"], "second": {s: runs["second"][s] for s in (1, 3)}}


def test_runs_of_different_text_are_refused(make):
    some = np.ones(5)
    runs = {
        "a": {1: make("a", 1, some, some)},
        "b": {1: make("b", 1, some, some, corpus="another")},
    }
    with pytest.raises(UsageError, match="different text"):
        summarize_runs(runs)
