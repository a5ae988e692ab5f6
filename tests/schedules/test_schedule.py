import copy
import dataclasses
import functools
import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Constant, Cyclical, Monotonic, Schedule
from unvanish.schedules import registry


@dataclass(frozen=True)
class Decay(Schedule):
    rate: float = 0.5
    name = "test-decay"

    def formula(self, step, xp):
        return self.rate**step


def test_a_new_schedule_needs_a_name_and_a_formula():
    decay = Decay(0.5)
    assert decay.values(3) == [1.0, 0.5, 0.25]
    assert (decay * 2).shift(1).values(3) == [2.0, 2.0, 1.0]
    np.testing.assert_array_equal(decay(np.arange(3)), [1.0, 0.5, 0.25])
    assert Schedule.parse("test-decay:0.25") == Decay(0.25)
    assert Schedule.from_dict(decay.to_dict()) == decay
    assert decay.bind(10) is decay
    assert decay.describe() == repr(decay)
    assert len(decay.sparkline()) == 40


def test_no_dataclass_is_told_so(monkeypatch):
    monkeypatch.setattr(registry, "_SCHEDULES", dict(registry._SCHEDULES))

    class Plain(Schedule):
        name = "test-plain"

        def formula(self, step, xp):
            return 0.0 * step

    assert "Plain object" in repr(Plain())
    assert Plain().values(2) == [0.0, 0.0]
    for ask in (Plain().to_dict, lambda: Schedule.parse("test-plain")):
        with pytest.raises(
            TypeError, match=r"Plain must be a dataclass.*@dataclass\(frozen=True\)"
        ):
            ask()


def test_attributes_are_shown_as_a_copy():
    scaled = Monotonic(4) * 0.5
    vars(scaled)["factor"] = 9.0
    vars(scaled).clear()
    assert scaled == Monotonic(4) * 0.5
    assert vars(scaled) == {"schedule": Monotonic(4).to_dict(), "factor": 0.5}


def test_a_users_class_is_copied_and_pickled_whole():
    @dataclass(frozen=True)
    class Cached(Decay):
        def __post_init__(self):
            object.__setattr__(self, "doubled", 2 * self.rate)

        @functools.cached_property
        def tripled(self):
            return 3 * self.rate

    for other in (copy.copy(Cached(0.5)), copy.deepcopy(Cached(0.5))):
        assert (other, other.doubled, other.tripled) == (Cached(0.5), 1.0, 1.5)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(Decay(0.3), protocol)) == Decay(0.3)


def test_a_name_is_taken_once(monkeypatch):
    monkeypatch.setattr(registry, "_SCHEDULES", dict(registry._SCHEDULES))
    with pytest.raises(ValueError, match=r"name 'test-decay' is taken by .*Decay"):

        class Other(Schedule):
            name = "test-decay"

    again = type(Schedule)("Decay", (Schedule,), {"__module__": __name__, "name": "test-decay"})
    assert registry.lookup("test-decay") is again


def test_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Schedule()


@given(st.from_type(Schedule))
def test_frozen(schedule):
    field = dataclasses.fields(schedule)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(schedule, field, getattr(schedule, field))


def test_repr_shows_what_matters():
    assert repr(Constant(2)) == "Constant(value=2.0)"
    assert repr(Cyclical(8, start=0.1)) == (
        "Cyclical(total_steps=8, n_cycles=4, ratio=0.5, shape='linear', start=0.1)"
    )


def test_different_schedules_differ():
    assert Cyclical(8) != Cyclical(9)
    assert Constant(1) != Monotonic(0)
    assert len({Cyclical(8), Cyclical(8), Cyclical(8, stop=0.5)}) == 2


def test_values():
    assert Monotonic(2, 3).values() == [0.0, 0.5, 1.0]
    assert Monotonic(2).values() == [0.0, 0.5, 1.0, 1.0]
    assert Monotonic(2).values(0) == []
    with pytest.raises(ValueError, match="n must be a whole number >= 0, got -1"):
        Monotonic(2).values(-1)
    with pytest.raises(ValueError, match=r"has no length: call bind\(total_steps\)"):
        Cyclical().values()


@given(st.from_type(Schedule), st.integers(1, 300))
def test_values_are_calls(schedule, n):
    values = schedule.values(n)
    assert values == [schedule(step) for step in range(n)]
    assert all(type(value) is float for value in values)


@pytest.mark.parametrize("total_steps", [0, -1, 2.0, "10", None])
def test_bind_checks_its_argument(total_steps):
    with pytest.raises(ValueError, match="total_steps must be a whole number >= 1"):
        Constant().bind(total_steps)
