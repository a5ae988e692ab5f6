"""Each preset against a literal transcription of its source: loops that increment, as there."""

import math

import pytest

from unvanish import Constant, Cyclical, Monotonic, ScheduleWarning
from unvanish.presets import preset, preset_names, schedule_from

ALL = {
    "bowman2016",
    "constant",
    "fu2019",
    "fu2019-dialog-code",
    "fu2019-dialog-code-monotonic",
    "fu2019-ptb-code",
    "fu2019-ptb-code-monotonic",
    "fu2019-yelp-code",
    "fu2019-yelp-code-monotonic",
    "he2019",
    "optimus",
    "optimus-code",
}


def ptb_script(epochs, n_batches, warmup=5, cycle=10):
    """cyclical_annealing: beta is reset, then raised before each batch."""
    used, beta = [], 0.1
    for epoch in range(1, epochs + 1):
        for batch in range(n_batches):
            if batch == 0 and (epoch - 1) % cycle == 0:
                beta = 0.1
            beta = min(1, beta + 1 / (warmup * n_batches))
            used.append(beta)
    return used


def dialog_script(steps):
    """cyclical_annealing: global_t begins with 1."""
    used, global_t = [], 1
    cycle, full_kl_step = 6864 * 3 // 4, 3432
    for _ in range(steps):
        position = (global_t - 1) % cycle
        used.append(min((position + 1) / full_kl_step, 1.0))
        global_t += 1
    return used


def yelp_script(steps, n_batches):
    """cyclical_annealing: the position runs through cycles of ten epochs."""
    used, position = [], 0
    cycle = 10 * n_batches
    for _ in range(steps):
        used.append(min((position + 1) / (cycle // 2), 1.0))
        position = 0 if position + 1 == cycle else position + 1
    return used


def he_script(epochs, n_batches, warm_up=10, kl_start=0.1):
    """vae-lagging-encoder: kl_weight is raised before each batch."""
    used, kl_weight = [], kl_start
    anneal_rate = (1.0 - kl_start) / (warm_up * n_batches)
    for _ in range(epochs * n_batches):
        kl_weight = min(1.0, kl_weight + anneal_rate)
        used.append(kl_weight)
    return used


def optimus_script(n_iter, ratio_zero, ratio_increase=0.25):
    """Optimus: zero, then adding until 1; one cycle."""
    used = [1.0] * n_iter
    value, i = 0.0, 0
    while value <= 1.0 and i < n_iter:
        if i < n_iter * ratio_zero:
            used[i] = 0.0
        else:
            used[i] = value
            value += 1.0 / (n_iter * ratio_increase)
        i += 1
    return used


def paper(t, total, cycles=4, ratio=0.5):
    """Eq. (6)-(7), t = 1, ..., T."""
    tau = ((t - 1) % math.ceil(total / cycles)) / (total / cycles)
    return tau / ratio if tau <= ratio else 1.0


def test_every_preset_is_tested_here():
    assert set(preset_names()) == ALL


@pytest.mark.parametrize("n_batches", [1, 7, 40])
def test_fu2019_ptb_code(n_batches):
    schedule = preset("fu2019-ptb-code", steps_per_epoch=n_batches)
    expected = ptb_script(25, n_batches)
    assert schedule.values(25 * n_batches) == pytest.approx(expected, abs=1e-9)


def test_fu2019_ptb_code_by_the_epoch():
    schedule = preset("fu2019-ptb-code", steps_per_epoch=1351)
    ends = [schedule(epoch * 1351 - 1) for epoch in range(1, 12)]
    assert ends == pytest.approx([0.3, 0.5, 0.7, 0.9, 1, 1, 1, 1, 1, 1, 0.3])


def test_fu2019_ptb_code_keeps_its_cycles_and_warns():
    with pytest.warns(
        ScheduleWarning,
        match=r"stops inside a ramp, at 0\.9.*1 cycle x 1,000 steps, cut to 400.*run of 450 steps",
    ):
        short = preset("fu2019-ptb-code", total_steps=400, steps_per_epoch=100)
    assert short.period == 1000
    long = preset("fu2019-ptb-code", total_steps=4000, steps_per_epoch=100)
    assert long.values() == pytest.approx(ptb_script(40, 100), abs=1e-9)


@pytest.mark.parametrize("n_batches", [1, 7, 40])
def test_fu2019_ptb_code_monotonic(n_batches):
    """Against the script's loop: beta is moved before it is used and never reset."""
    schedule = preset("fu2019-ptb-code-monotonic", steps_per_epoch=n_batches)
    beta, expected = 0.1, []
    for _ in range(25 * n_batches):
        beta = min(1.0, beta + 1 / (10 * n_batches))
        expected.append(beta)
    assert schedule.values(25 * n_batches) == pytest.approx(expected, abs=1e-9)
    assert schedule(9 * n_batches - 1) == pytest.approx(1.0)


def test_fu2019_dialog_code():
    schedule = preset("fu2019-dialog-code")
    assert schedule.values(12_000) == pytest.approx(dialog_script(12_000), abs=1e-12)
    assert preset("fu2019-dialog-code", steps_per_epoch=6864) == schedule
    assert preset("fu2019-dialog-code", steps_per_epoch=8) == Cyclical.every(6, 4, offset=1)


def test_fu2019_dialog_code_monotonic():
    """Against the script: global_t begins at 1."""
    schedule = preset("fu2019-dialog-code-monotonic")
    expected = [min(global_t / 10_000, 1.0) for global_t in range(1, 12_001)]
    assert schedule.values(12_000) == pytest.approx(expected, abs=1e-12)
    short = preset("fu2019-dialog-code-monotonic", steps_per_epoch=686)
    assert short.values(1_001)[998:] == pytest.approx([999 / 999, 1.0, 1.0])
    assert preset("fu2019-dialog-code-monotonic", steps_per_epoch=1)(0) == 1.0


@pytest.mark.parametrize("n_batches", [1, 13, 50])
def test_fu2019_yelp_code(n_batches):
    schedule = preset("fu2019-yelp-code", steps_per_epoch=n_batches)
    expected = yelp_script(25 * n_batches, n_batches)
    assert schedule.values(25 * n_batches) == pytest.approx(expected, abs=1e-12)
    assert preset("fu2019-yelp-code", steps_per_epoch=1387)(0) == pytest.approx(1 / 6935)


@pytest.mark.parametrize("n_batches", [1, 13, 50])
def test_fu2019_yelp_code_monotonic(n_batches):
    """Against the script, which counts a batch before it reads the weight."""
    schedule = preset("fu2019-yelp-code-monotonic", steps_per_epoch=n_batches)
    counted = range(1, 12 * n_batches + 1)
    expected = [min(count / (10 * n_batches), 1) for count in counted]
    assert schedule.values(12 * n_batches) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n_batches", [1, 13, 50])
def test_he2019(n_batches):
    schedule = preset("he2019", steps_per_epoch=n_batches)
    assert schedule.values(12 * n_batches) == pytest.approx(he_script(12, n_batches), abs=1e-9)
    assert preset("he2019", 10 * n_batches, n_batches)(10 * n_batches - 1) == 1.0


@pytest.mark.parametrize("total", [8, 400, 1000])
def test_optimus(total):
    for name, zero in (("optimus", 0.5), ("optimus-code", 0.25)):
        expected = optimus_script(total, ratio_zero=zero)
        assert preset(name, total).values() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("total", [400, 40_000, 1003])
def test_fu2019(total):
    schedule = preset("fu2019", total)
    assert schedule.values() == pytest.approx([paper(t, total) for t in range(1, total + 1)])


def test_bowman2016_is_within_its_documented_distance():
    schedule = preset("bowman2016")
    distance = [abs(schedule(t) - 1 / (1 + math.exp(-0.0025 * (t - 2500)))) for t in range(9000)]
    assert max(distance) < 0.0025
    assert schedule(2500) == pytest.approx(0.5)
    assert schedule(100) == 0.0
    assert schedule(4900) == 1.0


def test_constant():
    assert preset("constant", total_steps=5) == Constant(1.0)


def test_without_a_length_the_trainer_binds():
    assert preset("fu2019") == Cyclical()
    assert preset("fu2019").bind(40) == preset("fu2019", 40)


@pytest.mark.parametrize(
    "name",
    [
        "fu2019-ptb-code",
        "fu2019-ptb-code-monotonic",
        "fu2019-yelp-code",
        "fu2019-yelp-code-monotonic",
        "he2019",
    ],
)
def test_epochs_must_be_known(name):
    with pytest.raises(ValueError, match=f"steps_per_epoch must be given for preset '{name}'"):
        preset(name, total_steps=100)
    with pytest.raises(ValueError, match="steps_per_epoch must be a whole number >= 1, got 0"):
        preset(name, steps_per_epoch=0)


def test_bad_names():
    with pytest.raises(ValueError, match="unknown preset 'fu2018': did you mean 'fu2019'"):
        preset("fu2018")
    with pytest.raises(ValueError, match="unknown preset"):
        preset(["fu2019"])
    with pytest.raises(ValueError, match="total_steps must be a whole number >= 1, got 0"):
        preset("fu2019", total_steps=0)


def test_schedule_from():
    assert schedule_from("fu2019", 40) == preset("fu2019", 40)
    assert schedule_from("he2019", steps_per_epoch=3) == preset("he2019", steps_per_epoch=3)
    assert schedule_from("monotonic:0.5", 8) == Monotonic(0.5, 8)
    assert schedule_from(' {"name": "constant"}') == Constant()
    with pytest.raises(ValueError, match="unknown schedule or preset 'optimos': did you mean"):
        schedule_from("optimos")
    with pytest.raises(ValueError, match="has no 'rate'"):
        schedule_from("cyclical:rate=1")
    with pytest.raises(ValueError, match="text must be a string, got 3"):
        schedule_from(3)


def test_spaces_around_a_name_are_nothing():
    assert schedule_from(" fu2019 ") == preset("fu2019")
    assert schedule_from(" constant:0.5 ") == Constant(0.5)


def test_presets_take_no_settings():
    message = "preset 'fu2019' takes no settings: write 'fu2019' alone"
    with pytest.raises(ValueError, match=message):
        schedule_from("fu2019:n_cycles=8")


def test_choices_name_everything_once():
    with pytest.raises(ValueError, match="choose from") as caught:
        schedule_from("")
    assert str(caught.value).count("constant") == 1


@pytest.mark.parametrize("spec", ["fu2019", "cyclical"])
def test_a_length_given_is_bound_once(spec):
    with pytest.warns(ScheduleWarning) as caught:
        schedule = schedule_from(spec, total_steps=10)
    assert len(caught) == 1
    assert schedule == Cyclical(10)


@pytest.mark.parametrize(
    ("name", "total", "steps_per_epoch", "facts"),
    [
        ("bowman2016", 1000, None, ["the run of 1,000 steps, after its first 100,", "warmup=899"]),
        ("he2019", 500, 100, ["the run of 500 steps, begun at step 1 of", "warmup=500"]),
    ],
)
def test_warnings_speak_of_the_whole_run(name, total, steps_per_epoch, facts):
    with pytest.warns(ScheduleWarning) as caught:
        preset(name, total, steps_per_epoch)
    message = str(caught[0].message)
    assert all(fact in message for fact in facts), message


def test_the_warning_points_at_the_caller():
    for ask in (preset, schedule_from):
        with pytest.warns(ScheduleWarning) as caught:
            ask("fu2019", 10)
        assert caught[0].filename == __file__
