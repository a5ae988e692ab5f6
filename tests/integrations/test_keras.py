"""Schedules in Keras: with torch in this process, with backends that compile in one each."""

import itertools
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from unvanish import Constant, Cyclical, Monotonic, ScheduleWarning

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")

from unvanish.integrations.keras import KLAnnealing  # noqa: E402

SCHEDULE = Cyclical(n_cycles=3)
VALUES = Cyclical(12, n_cycles=3).values()
BACKEND = keras.backend.backend()
if BACKEND == "tensorflow":
    import tensorflow

    cpus = tensorflow.config.list_physical_devices("CPU")
    twice = [tensorflow.config.LogicalDeviceConfiguration() for _ in range(2)]
    tensorflow.config.set_logical_device_configuration(cpus[0], twice)

pytestmark = pytest.mark.filterwarnings(
    # Keras 3.15 hands its variables to numpy 2 the old way.
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


@keras.saving.register_keras_serializable()
class Diary(keras.Model):
    """With one row of the unit matrix a batch, SGD leaves minus beta in that row's weight."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.weight = self.add_weight(shape=(12,), initializer="zeros")
        self.beta = keras.Variable(0.0, trainable=False)

    def call(self, x):
        return x * self.weight

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return self.beta * keras.ops.sum(y_pred)

    @property
    def seen(self):
        return (-keras.ops.convert_to_numpy(self.weight.value)).tolist()


class Part(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.kl_weight = keras.Variable(0.0, trainable=False)

    def call(self, x):
        return x * self.kl_weight


class WithPart(Diary):
    def __init__(self):
        super().__init__()
        self.part = Part()

    def call(self, x):
        return self.part(super().call(x))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.sum(y_pred)


def compiled(optimizer=None, model=None, **kwargs):
    model = model or Diary()
    model.compile(optimizer or keras.optimizers.SGD(1.0), **kwargs)
    return model


def fit(model, *callbacks, epochs=2, **kwargs):
    options = {"batch_size": 1, "steps_per_epoch": 6, "shuffle": False, "verbose": 0, **kwargs}
    rows = np.eye(12, dtype="float32")
    return model.fit(rows, rows, epochs=epochs, callbacks=list(callbacks), **options)


class Betas(keras.callbacks.Callback):
    """What every batch logs."""

    def __init__(self):
        super().__init__()
        self.values = []

    def on_train_batch_end(self, batch, logs=None):
        self.values.append(logs["beta"])


class Stop(keras.callbacks.Callback):
    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_every_update_has_the_value_of_its_step():
    model = compiled()
    fit(model, KLAnnealing(SCHEDULE))
    assert model.seen == VALUES


def test_assigned_behind_the_trainers_back_it_does_not_reach_a_compiled_step():
    model, values = compiled(), iter(VALUES)

    class Naive(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            model.beta.assign(next(values))

    fit(model, Naive())
    assert model.seen == ([VALUES[0]] * 6 + [VALUES[6]] * 6 if BACKEND == "jax" else VALUES)


def test_validation_between_epochs_changes_nothing():
    model = compiled()
    rows = np.eye(12, dtype="float32")
    fit(model, KLAnnealing(SCHEDULE), validation_data=(rows, rows))
    assert model.seen == VALUES


@pytest.mark.parametrize("scaled", [False, True])
def test_accumulated_batches_count_once(scaled):
    optimizer = keras.optimizers.SGD(1.0, gradient_accumulation_steps=2)
    if scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=2.0)
    model = compiled(optimizer)
    fit(model, KLAnnealing(SCHEDULE))
    values = Cyclical(6, n_cycles=3).values()
    assert model.seen == [value / 2 for value in values for _ in range(2)]


def test_epochs_can_be_counted():
    model = compiled()
    history = fit(model, KLAnnealing(Monotonic(2), interval="epoch"), epochs=4, steps_per_epoch=3)
    assert model.seen == [value for value in [0.0, 0.5, 1.0, 1.0] for _ in range(3)]
    assert history.history["beta"] == [0.0, 0.5, 1.0, 1.0]


def test_beta_is_in_the_history_and_on_the_screen(capsys):
    history, betas = fit(compiled(), KLAnnealing(SCHEDULE), Betas(), verbose=2), None
    assert history.history["beta"] == [VALUES[5], VALUES[11]]
    assert "beta: 0.5" in capsys.readouterr().out
    fit(compiled(), KLAnnealing(SCHEDULE), betas := Betas())
    assert betas.values == VALUES
    assert "beta" not in fit(compiled(), KLAnnealing(SCHEDULE, log=False)).history


def test_a_part_of_the_model_or_the_variable_itself():
    model = WithPart()
    history = fit(compiled(model=model), KLAnnealing(SCHEDULE, "part.kl_weight"))
    assert history.history["kl_weight"] == [VALUES[5], VALUES[11]]
    assert model.seen == VALUES
    model = Diary()
    history = fit(compiled(model=model), KLAnnealing(SCHEDULE, model.beta))
    assert model.seen == VALUES
    assert model.beta.name in history.history


def momentum():
    return compiled(keras.optimizers.Adam(0.1))


def resumed(tmp_path, load):
    """Fit 4 epochs of 3; fit 2, begin anew in a new model and fit the others: weights, betas."""
    ends = []
    for interrupted in (False, True):
        keras.utils.set_random_seed(0)
        betas, model = Betas(), momentum()
        options = {"epochs": 4, "steps_per_epoch": None, "batch_size": 4}
        if not interrupted:
            fit(model, KLAnnealing(SCHEDULE), betas, **options)
        else:
            model = load(model, betas, options)
        ends.append((model.seen, betas.values))
    return ends


def test_resumed_from_a_saved_model_it_is_as_if_nothing_had_been(tmp_path):
    def load(model, betas, options):
        with pytest.raises(KeyboardInterrupt):
            fit(model, KLAnnealing(SCHEDULE), betas, Stop(2), **options)
        model.save(tmp_path / "model.keras")
        model = keras.saving.load_model(tmp_path / "model.keras")
        fit(model, KLAnnealing(SCHEDULE), betas, initial_epoch=2, **options)
        return model

    whole, again = resumed(tmp_path, load)
    assert again == whole
    assert whole[1] == VALUES


def test_resumed_from_a_backup_it_is_as_if_nothing_had_been(tmp_path):
    def load(model, betas, options):
        def backup():
            return keras.callbacks.BackupAndRestore(tmp_path / "backup")

        model.build((None, 12))
        with pytest.raises(KeyboardInterrupt):
            fit(model, KLAnnealing(SCHEDULE), betas, backup(), Stop(2), **options)
        model = momentum()
        model.build((None, 12))
        fit(model, KLAnnealing(SCHEDULE), betas, backup(), **options)
        return model

    whole, again = resumed(tmp_path, load)
    assert again == whole


def test_weights_without_the_optimizer_show(tmp_path):
    def load(model, betas, options):
        with pytest.raises(KeyboardInterrupt):
            fit(model, KLAnnealing(SCHEDULE), betas, Stop(2), **options)
        fresh = momentum()
        fresh.set_weights(model.get_weights())
        with pytest.warns(ScheduleWarning, match="made no update"):
            fit(fresh, KLAnnealing(SCHEDULE), betas, initial_epoch=2, **options)
        return fresh

    whole, again = resumed(tmp_path, load)
    assert again != whole


def test_a_second_fit_goes_on_and_says_so():
    model = compiled()
    fit(model, KLAnnealing(SCHEDULE))
    with pytest.warns(ScheduleWarning, match=r"made 12 updates.*initial_epoch"):
        fit(model, KLAnnealing(SCHEDULE))
    long = Cyclical(48, n_cycles=3)
    fit(model, KLAnnealing(long))
    assert model.beta.value == long(35)


@pytest.mark.skipif(BACKEND == "torch", reason="torch takes one batch at a time")
def test_several_batches_in_one_call():
    model = compiled(steps_per_execution=2)
    with pytest.warns(ScheduleWarning, match="every 2 batches"):
        fit(model, KLAnnealing(SCHEDULE))
    assert model.seen == [value for value in VALUES[::2] for _ in range(2)]


@pytest.mark.skipif(BACKEND != "tensorflow", reason="a strategy is TensorFlow's")
def test_copies_of_the_model_on_two_devices_have_the_same_value():
    with tensorflow.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        model = compiled()
    rows = np.repeat(np.eye(12, dtype="float32"), 2, axis=0)  # one row of each batch a device
    annealing = KLAnnealing(SCHEDULE)
    model.fit(rows, rows, 2, epochs=2, steps_per_epoch=6, shuffle=False, callbacks=[annealing])
    assert model.seen == [2 * value for value in VALUES]


def endless():
    while True:
        yield np.eye(12, dtype="float32")[:1], np.zeros((1, 12), "float32")


def test_a_run_of_unknown_length_needs_a_schedule_that_knows_its_own():
    options = {"verbose": 0, "shuffle": False}
    with pytest.raises(ValueError, match=r"total_steps.*steps_per_epoch"):
        compiled().fit(endless(), **options, callbacks=[KLAnnealing(SCHEDULE)])
    few = (batch for batch in itertools.islice(endless(), 3))
    with pytest.warns(UserWarning, match="ran out of data"):
        history = compiled().fit(few, **options, callbacks=[KLAnnealing(Monotonic(4))])
    assert history.history["beta"] == [0.5]


@pytest.mark.parametrize(
    "beta", [0.0, lambda: keras.Variable(0.0), lambda: keras.Variable(0, trainable=False)]
)
def test_what_would_not_follow_is_refused(beta):
    model = Diary()
    model.weight_of_kl = beta() if callable(beta) else beta
    with pytest.raises(TypeError, match=r"self\.weight_of_kl = keras\.Variable\(0\.0, trainable"):
        fit(compiled(model=model), KLAnnealing(SCHEDULE, "weight_of_kl"))


def test_a_variable_of_nobody_is_refused():
    stray = keras.Variable(0.0, trainable=False, name="stray")
    with pytest.raises(TypeError, match="stray is not among the model's variables"):
        fit(compiled(), KLAnnealing(SCHEDULE, stray))


def test_other_mistakes():
    with pytest.raises(AttributeError, match=r"no attribute 'gamma': write self\.gamma = keras"):
        fit(compiled(), KLAnnealing(SCHEDULE, "gamma"))
    with pytest.raises(ValueError, match="interval must be"):
        KLAnnealing(SCHEDULE, interval="batch")
    with pytest.warns(ScheduleWarning, match="warmup=100 is too long"):
        fit(compiled(), KLAnnealing(Monotonic(100)))
    fit(compiled(), KLAnnealing(Constant(0.5)))


@pytest.mark.skipif(BACKEND != "torch", reason="this is the other process")
@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_all_of_this_with_another_backend(backend):
    if find_spec(backend) is None:
        pytest.skip(f"needs {backend}, which is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
