import json
import os
import pickle
import shutil

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from unvanish.config import UsageError, override
from unvanish.data import load_corpora
from unvanish.runs import load
from unvanish.training import Reporter, TrainingStopped, train
from unvanish.training.checkpoints import Checkpoint, Checkpoints


@pytest.fixture
def store(tmp_path):
    return Checkpoints(tmp_path, "one")


def make(step=7):
    tensors = {"model.weight": torch.arange(6.0).view(2, 3), "random.global": torch.ByteTensor([3])}
    return Checkpoint(step, tensors, {"epoch": 1, "best": {"elbo": -1.5, "kl_per_dimension": [1]}})


def test_a_checkpoint_comes_back_as_it_was(store):
    store.save(make())
    again = store.latest()
    assert (again.step, again.facts) == (7, make().facts)
    assert again.tensors.keys() == make().tensors.keys()
    for name, value in make().tensors.items():
        assert torch.equal(again.tensors[name], value)
        assert again.tensors[name].dtype == value.dtype


def test_the_last_two_are_kept(store):
    for step in (3, 5, 20, 100):
        store.save(make(step))
    assert list(store.files) == [20, 100]
    assert store.latest().step == 100


def test_where_there_is_none_there_is_none(store):
    assert store.latest() is None


def damage(file, how):
    whole = file.read_bytes()
    if how == "empty":
        file.write_bytes(b"")
    elif how == "truncated":
        file.write_bytes(whole[:-5])
    elif how == "one bit":
        file.write_bytes(whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:])
    elif how == "text":
        file.write_text("PK and then nothing")
    elif how == "pickle":
        file.write_bytes(pickle.dumps(Hostile()))
    elif how == "torch file":
        torch.save({"model": Hostile()}, file)
    elif how == "other tensors":
        save_file({"a": torch.zeros(2)}, file)


class Hostile:
    """Leaves a trace where it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("hostile",)


@pytest.mark.parametrize(
    "how", ["empty", "truncated", "one bit", "text", "pickle", "torch file", "other tensors"]
)
def test_a_damaged_checkpoint_is_refused_and_the_one_before_named(store, how, monkeypatch):
    monkeypatch.chdir(store.folder)
    store.save(make(5))
    store.save(make(7))
    damage(store.files[7], how)
    with pytest.raises(UsageError, match="step 5") as told:
        store.latest()
    assert str(store.files[7]) in str(told.value)
    assert "\n" not in str(told.value)
    assert not (store.folder / "hostile").exists()
    store.files[7].unlink()
    assert store.latest().step == 5


def edited(file, **changes):
    """Change what the header of a checkpoint says, as nobody should."""
    with safe_open(file, framework="pt") as opened:
        header = {**opened.metadata(), **changes}
        tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    save_file(tensors, file, metadata=header)


@pytest.mark.parametrize("changes", [{"facts": "null"}, {"facts": "{}"}, {"step": "9"}])
def test_a_header_that_was_changed_is_told(store, changes):
    store.save(make())
    edited(store.files[7], **changes)
    with pytest.raises(UsageError, match="damaged"):
        store.latest()


def test_files_of_somebody_else_are_left_alone(store):
    (store.folder / "step-backup.safetensors").write_text("mine")
    (store.folder / "step-7.safetensors").write_text("mine")
    for step in (1, 2, 3):
        store.save(make(step))
    assert list(store.files) == [2, 3]
    assert (store.folder / "step-backup.safetensors").read_text() == "mine"


def test_a_checkpoint_renamed_is_told(store):
    store.save(make(5))
    store.files[5].rename(store.folder / "step-000000009.safetensors")
    with pytest.raises(UsageError, match="damaged"):
        store.latest()


@pytest.mark.parametrize("left", [0, 100, None])
def test_metrics_that_got_lost_are_told_and_never_made_up(corpus, small, tmp_path, left):
    corpora = load_corpora(corpus)
    with pytest.raises(TrainingStopped):
        train(small, corpora, tmp_path / "run", device="cpu", reporter=stop_after(6))
    file = tmp_path / "run" / "metrics.jsonl"
    if left is None:
        file.unlink()
    else:
        os.truncate(file, left)
    with pytest.raises(UsageError, match="has lost"):
        train(small, corpora, tmp_path / "run", device="cpu", resume=True)
    assert not file.exists() or file.stat().st_size == left


def test_a_model_that_diverged_is_not_kept_as_a_cycle(corpus, small, tmp_path):
    changes = {
        "objective.beta": "cyclical:n_cycles=7",
        "optimizer.learning_rate": 1e30,
        "training.log_every": 1000,
    }
    with pytest.raises(UsageError, match="diverged"):
        train(override(small, changes), load_corpora(corpus), tmp_path / "run", device="cpu")
    for file in (tmp_path / "run").rglob("*.safetensors"):
        assert all(value.isfinite().all() for value in load_file(file).values())


@pytest.mark.parametrize(
    ("beta", "patience", "told"),
    [("monotonic:1.0", 1, True), ("constant", 1, False), ("constant", 2, True)],
)
def test_a_patience_that_can_never_act_is_told(corpus, small, tmp_path, beta, patience, told):
    config = override(small, {"objective.beta": beta, "training.patience": patience})
    heard = []
    listener = Reporter()
    listener.warned = heard.append
    train(config, load_corpora(corpus), tmp_path / "run", device="cpu", reporter=listener)
    assert any("can never end" in message for message in heard) == told


def test_the_only_checkpoint_damaged_leads_to_the_beginning(store):
    store.save(make())
    damage(store.files[7], "truncated")
    with pytest.raises(UsageError, match="the beginning"):
        store.latest()


def test_a_checkpoint_of_another_run_is_refused(store):
    Checkpoints(store.folder, "another").save(make())
    with pytest.raises(UsageError, match="belongs to another run"):
        store.latest()


def stop_after(steps):
    """Make a reporter that asks the run to end, as a signal would, after so many steps."""

    class Stopper(Reporter):
        def stepped(self, step, figures):
            if step >= steps:
                os.kill(os.getpid(), 15)

    return Stopper()


def figures(run):
    clock = "train/tokens_per_second"
    return [{k: v for k, v in line.items() if k != clock} for line in run.metrics()]


VARIANTS = {
    "plain": {},
    "radam, gru, restarts": {
        "optimizer.name": "radam",
        "optimizer.schedule": "cosine-restarts",
        "model.encoder.cell": "gru",
        "model.decoder.cell": "gru",
    },
    "adamw, bf16, parts": {
        "optimizer.name": "adamw",
        "training.precision": "bf16",
        "training.accumulate": 3,
    },
    "odd windows": {"training.log_every": 5, "training.checkpoint_every": 2},
}


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS.keys())
@pytest.mark.parametrize("steps", [3, 6, 9])
def test_stopped_and_resumed_is_as_if_never_stopped(corpus, small, tmp_path, changes, steps):
    config = override(small, {"objective.beta": "cyclical:n_cycles=3", **changes})
    corpora = load_corpora(corpus)
    whole = train(config, corpora, tmp_path / "whole", device="cpu")
    with pytest.raises(TrainingStopped):
        train(config, corpora, tmp_path / "cut", device="cpu", reporter=stop_after(steps))
    torch.rand(7)  # whatever else drew meanwhile
    cut = train(config, corpora, tmp_path / "cut", device="cpu", resume=True)
    assert figures(cut) == figures(whole)
    assert cut.results()["splits"] == whole.results()["splits"]
    one, two = (load_file(run.parameters_file()) for run in (cut, whole))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_a_forgotten_optimizer_would_be_noticed(corpus, small, tmp_path, monkeypatch):
    """The negative control of the test above."""
    corpora = load_corpora(corpus)
    whole = train(small, corpora, tmp_path / "whole", device="cpu")
    with pytest.raises(TrainingStopped):
        train(small, corpora, tmp_path / "cut", device="cpu", reporter=stop_after(6))
    monkeypatch.setattr("unvanish.training.run_state.restore_optimizer", lambda *states: None)
    cut = train(small, corpora, tmp_path / "cut", device="cpu", resume=True)
    assert figures(cut) != figures(whole)


def test_other_settings_and_other_text_are_refused(corpus, small, tmp_path):
    corpora = load_corpora(corpus)
    with pytest.raises(TrainingStopped):
        train(small, corpora, tmp_path / "run", device="cpu", reporter=stop_after(3))
    before = sorted(tmp_path.rglob("*"))
    changed = override(small, {"optimizer.learning_rate": 0.5})
    with pytest.raises(UsageError, match=r"optimizer\.learning_rate: 0\.001, now 0\.5.*--from"):
        train(changed, corpora, tmp_path / "run", device="cpu", resume=True)
    others = load_corpora([line[::-1] for line in corpus.read_text().splitlines()])
    with pytest.raises(UsageError, match="the text is not what"):
        train(small, others, tmp_path / "run", device="cpu", resume=True)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_finished_run_is_left_as_it_is(trained, tmp_path):
    copy = shutil.copytree(trained.path, tmp_path / "copy")
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file()}
    corpora = load_corpora(trained.path.parent / "corpus.txt")
    train(trained.config, corpora, copy, device="cpu", resume=True)
    after = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file()}
    assert {k: v for k, v in after.items() if k.name != ".lock"} == {
        k: v for k, v in before.items() if k.name != ".lock"
    }


def test_resume_begins_where_nothing_has_begun(corpus, small, tmp_path):
    run = train(small, load_corpora(corpus), tmp_path / "run", device="cpu", resume=True)
    assert run.results()["training"]["epochs"] == 2


def test_every_kind_of_parameters_is_kept(corpus, small, tmp_path):
    config = override(small, {"objective.beta": "cyclical:n_cycles=3"})
    run = train(config, load_corpora(corpus), tmp_path / "run", device="cpu")
    names = {path.stem for path in (run.path / "checkpoints").glob("*.safetensors")}
    steps = run.results()["training"]["steps"]
    assert names >= {"best", "cycle-1", "cycle-2", "cycle-3", f"step-{steps:09d}"}
    assert sum(name.startswith("step-") for name in names) == 2
    last = dict(run.model("last").named_parameters())
    for name, value in run.model("cycle-3").named_parameters():
        assert torch.equal(value, last[name])


def test_a_run_starts_from_another(corpus, small, tmp_path):
    corpora = load_corpora(corpus)
    source = train(small, corpora, tmp_path / "source", device="cpu")
    config = override(small, {"objective.beta": "constant:0.5", "optimizer.learning_rate": 1e-12})
    run = train(config, corpora, tmp_path / "run", device="cpu", start_from=source)
    assert run.results()["from"] == str(source.path)
    for one, two in zip(run.model().parameters(), source.model().parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=1e-8)


def test_what_started_from_another_run_resumes_without_it(corpus, small, tmp_path):
    corpora = load_corpora(corpus)
    source = train(small, corpora, tmp_path / "source", device="cpu")
    whole = train(small, corpora, tmp_path / "whole", device="cpu", start_from=source)
    with pytest.raises(TrainingStopped):
        train(
            small,
            corpora,
            tmp_path / "cut",
            device="cpu",
            start_from=source,
            reporter=stop_after(1),
        )
    shutil.rmtree(source.path)
    for file in (tmp_path / "cut" / "checkpoints").glob("step-*"):
        file.unlink()  # as if it had been killed before the first checkpoint
    cut = train(small, corpora, tmp_path / "cut", device="cpu", resume=True)
    assert figures(cut) == figures(whole)


def test_parameters_that_do_not_fit_are_refused(corpus, small, tmp_path):
    corpora = load_corpora(corpus)
    source = train(small, corpora, tmp_path / "source", device="cpu")
    other = override(small, {"model.latent_size": 5})
    with pytest.raises(UsageError, match="do not fit"):
        train(other, corpora, tmp_path / "run", device="cpu", start_from=source)
    words = load_corpora([f"{line} indeed" for line in corpus.read_text().splitlines()])
    with pytest.raises(UsageError, match="another vocabulary"):
        train(small, words, tmp_path / "run", device="cpu", start_from=source)
    assert not (tmp_path / "run").exists()


def test_divergence_keeps_the_last_good_state(corpus, small, tmp_path):
    config = override(
        small, {"training.checkpoint_every": 1, "training.log_every": 100, "training.epochs": 4}
    )
    corpora = load_corpora(corpus)

    class Breaker(Reporter):
        def evaluated(self, epoch, split, numbers):
            if epoch == 2:
                raise RuntimeError("enough")

    with pytest.raises(RuntimeError):
        train(config, corpora, tmp_path / "run", device="cpu", reporter=Breaker())
    good = Checkpoints(tmp_path / "run" / "checkpoints", "any").last_step

    def poison(optimizer, tensors):
        for parameter in optimizer.param_groups[0]["params"]:
            parameter.data.fill_(float("nan"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("unvanish.training.run_state.restore_optimizer", poison)
        with pytest.raises(UsageError, match=f"step {good} is kept.*--learning-rate"):
            train(config, corpora, tmp_path / "run", device="cpu", resume=True)
    run = train(config, corpora, tmp_path / "run", device="cpu", resume=True)
    assert np.isfinite(run.results()["splits"]["test"]["last"]["elbo"])


def test_a_run_on_another_machine_is_told(corpus, small, tmp_path, monkeypatch):
    corpora = load_corpora(corpus)
    with pytest.raises(TrainingStopped):
        train(small, corpora, tmp_path / "run", device="cpu", reporter=stop_after(3))
    heard = []
    monkeypatch.setattr("torch.get_num_threads", lambda: 99)
    listener = Reporter()
    listener.warned = heard.append
    listener.resumed = lambda step: heard.append(step)
    train(small, corpora, tmp_path / "run", device="cpu", resume=True, reporter=listener)
    assert heard[0] >= 3
    assert "now 99" in heard[1]


def test_loggers_get_every_line_of_the_metrics(corpus, small, tmp_path):
    class Listener:
        def __init__(self):
            self.lines = []

        def log(self, values, *, step):
            self.lines.append({"step": step, **values})

    listener = Listener()
    run = train(small, load_corpora(corpus), tmp_path / "run", device="cpu", loggers=[listener])
    expected = [
        {k: v for k, v in line.items() if k != "epoch" and not isinstance(v, list)}
        for line in run.metrics()
        if "warning" not in line
    ]
    assert json.loads(json.dumps(listener.lines)) == expected


def test_parts_of_a_batch_make_the_update_of_the_whole(corpus, small, tmp_path):
    """Noise and dropout belong to sentences, so they too are those of the whole."""
    plain = {"model.decoder.input_dropout": 0.5, "training.log_every": 1}
    corpora = load_corpora(corpus)
    whole = train(override(small, plain), corpora, tmp_path / "whole", device="cpu")
    parts = override(small, {**plain, "training.accumulate": 5})
    cut = train(parts, corpora, tmp_path / "parts", device="cpu")
    for one, two in zip(figures(cut), figures(whole), strict=True):
        for name, value in two.items():
            assert one[name] == pytest.approx(value, rel=1e-3, abs=1e-5), name


@pytest.mark.parametrize("form", ["dimension-batch", "batch", "dimension", "sentence"])
def test_parts_and_free_bits_of_a_whole_batch_exclude_each_other(corpus, small, tmp_path, form):
    free = {"objective.free_bits": 0.1, "objective.free_bits_form": form, "training.epochs": 1}
    config = override(small, {**free, "training.accumulate": 2})
    if form in ("dimension", "sentence"):
        train(config, load_corpora(corpus), tmp_path / "run", device="cpu")
        return
    with pytest.raises(UsageError, match=f"form {form} .*give --free-bits-form dimension or"):
        train(config, load_corpora(corpus), tmp_path / "run", device="cpu")
    assert not (tmp_path / "run").exists()


def test_a_run_ends_when_nothing_is_gained_but_not_inside_the_ramp(corpus, small, tmp_path):
    steps = 6
    stuck = {"optimizer.learning_rate": 1e-15, "training.epochs": 12, "training.patience": 2}
    config = override(small, {**stuck, "objective.beta": f"monotonic:{5 * steps}"})
    run = train(config, load_corpora(corpus), tmp_path / "run", device="cpu")
    training = run.results()["training"]
    per_epoch = training["steps"] // training["epochs"]
    assert training["stopped_early"]
    assert training["epochs"] == -(-5 * steps // per_epoch) + 2


def test_a_run_in_use_by_another_process_is_refused(corpus, small, tmp_path):
    corpora = load_corpora(corpus)
    with pytest.raises(TrainingStopped):
        train(small, corpora, tmp_path / "run", device="cpu", reporter=stop_after(3))
    with (
        load(tmp_path / "run").locked(),
        pytest.raises(UsageError, match="another process"),
    ):
        train(small, corpora, tmp_path / "run", device="cpu", resume=True)
    train(small, corpora, tmp_path / "run", device="cpu", resume=True)


def test_a_clock_that_goes_backwards_harms_nothing(corpus, small, tmp_path, monkeypatch):
    corpora = load_corpora(corpus)
    usual = train(small, corpora, tmp_path / "usual", device="cpu")
    now = iter(range(10**9, 0, -1))
    monkeypatch.setattr("time.perf_counter", lambda: float(next(now)))
    monkeypatch.setattr("time.time", lambda: float(next(now)))
    odd = train(small, corpora, tmp_path / "odd", device="cpu")
    assert figures(odd) == figures(usual)
    assert odd.results()["training"]["seconds"] >= 0


def test_an_unknown_line_end_in_the_metrics_is_left_out(trained, tmp_path):
    run = load(shutil.copytree(trained.path, tmp_path / "copy"))
    lines = run.metrics()
    with (run.path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 3, "train/lo')
    assert run.metrics() == lines


def test_what_is_saved_keeps_its_names(trained):
    """Runs that were begun with an earlier version are to be gone on with."""
    file = max((trained.path / "checkpoints").glob("step-*"))
    with safe_open(file, framework="pt") as opened:
        facts, names = json.loads(opened.metadata()["facts"]), set(opened.keys())
    assert facts.keys() == {
        *("epoch", "best", "stopped_early", "waited", "seconds", "tokens", "warning"),
        *("window", "metrics_size", "environment"),
    }
    assert (facts["epoch"], facts["best"].keys() > {"epoch", "elbo"}) == (2, True)
    parameters = [name for name, _ in trained.model().named_parameters()]
    assert names == {
        *(f"model.{name}" for name in parameters),
        *(
            f"optimizer.{number}.{name}"
            for number in range(len(parameters))
            for name in ("step", "exp_avg", "exp_avg_sq")
        ),
        "random.global",
    }
