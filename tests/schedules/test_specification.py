import copy
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import unvanish
from unvanish import Constant, Cyclical, Join, Monotonic, Schedule, Wave
from unvanish.schedules import Clamped, Scaled, Shifted, schedule_names

NAMES = {**vars(unvanish), "Clamped": Clamped, "Scaled": Scaled, "Shifted": Shifted}


@given(st.from_type(Schedule))
def test_round_trips(schedule):
    config = schedule.to_dict()
    again = [
        eval(repr(schedule), NAMES),
        pickle.loads(pickle.dumps(schedule)),
        copy.deepcopy(schedule),
        Schedule.from_dict(config),
        Schedule.from_config(schedule.get_config()),
        Schedule.from_dict(json.loads(json.dumps(config))),
        Schedule.parse(json.dumps(config)),
        type(schedule).parse(json.dumps(config)),
    ]
    for other in again:
        assert other == schedule
        assert hash(other) == hash(schedule)
        assert repr(other) == repr(schedule)
        assert other.to_dict() == config
        assert other.values(50) == schedule.values(50)


@given(st.from_type(Cyclical) | st.from_type(Monotonic) | st.from_type(Wave))
def test_round_trip_of_text(schedule):
    config = schedule.to_dict()
    name = config.pop("name")
    text = f"{name}:" + ",".join(f"{key}={value}" for key, value in config.items())
    assert Schedule.parse(text) == schedule


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("constant", Constant()),
        ("constant:", Constant()),
        ("constant:0.5", Constant(0.5)),
        ("constant:value=-1e-3", Constant(-0.001)),
        ("monotonic:0.25", Monotonic(0.25)),
        ("monotonic:1", Monotonic(1)),
        ("monotonic:1.0", Monotonic(1.0)),
        ("monotonic:100,shape=cosine,start=0.1", Monotonic(100, shape="cosine", start=0.1)),
        ("cyclical", Cyclical()),
        ("cyclical:n_cycles=4,ratio=0.5", Cyclical(n_cycles=4, ratio=0.5)),
        (" cyclical : 40_000, 8 , ratio = 0.25 ", Cyclical(40_000, 8, 0.25)),
        ("cyclical:none,none,cycle_steps=10", Cyclical(None, None, cycle_steps=10)),
        ("wave:0,1,5,cosine", Wave(0, 1, 5, "cosine")),
        ('{"name": "constant", "value": 2}', Constant(2)),
    ],
)
def test_parse(text, schedule):
    assert Schedule.parse(text) == schedule


def test_dictionaries_are_plain():
    joined = Join([Constant(np.float32(0.5)), Monotonic(np.int64(3)) * 2], [np.int32(4)])
    config = joined.to_dict()
    assert config == {
        "name": "join",
        "schedules": [
            {"name": "constant", "value": 0.5},
            {
                "name": "scaled",
                "schedule": {
                    "name": "monotonic",
                    "warmup": 3,
                    "total_steps": None,
                    "shape": "linear",
                    "start": 0.0,
                    "stop": 1.0,
                },
                "factor": 2.0,
            },
        ],
        "milestones": [4],
    }
    assert type(config["milestones"][0]) is int
    assert type(config["schedules"][0]["value"]) is float


def test_what_is_left_out_has_its_default():
    assert Schedule.from_dict({"name": "cyclical", "ratio": 0.3}) == Cyclical(ratio=0.3)


def test_a_class_reads_only_its_own():
    assert Cyclical.parse("cyclical") == Cyclical()
    with pytest.raises(ValueError, match="this is a Monotonic, not a Cyclical"):
        Cyclical.parse("monotonic:10")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cyclcal", "unknown schedule 'cyclcal': did you mean 'cyclical'"),
        ("", "unknown schedule '': choose from"),
        ("he2019", r"unvanish\.presets\.schedule_from reads presets too"),
        ("Constant:1", "did you mean 'constant'"),
        ("cyclical:ratoi=1", "'cyclical' has no 'ratoi': did you mean 'ratio'"),
        ("cyclical:ratio=0.2,8", "cannot place '8': values without a name come first"),
        ("constant:1,2", "cannot place '2': values without a name come first and mean value"),
        ("constant:1,value=2", "is given 'value' twice"),
        ("constant:,", "cannot place ''"),
        ("constant:value=", "value must be a finite number, got ''"),
        ("monotonic", "schedule 'monotonic' needs 'warmup'"),
        ("cyclical:ratio=much", r"ratio must be in \[0, 1\], got 'much'"),
        ("cyclical:ratio=nan", r"ratio must be in \[0, 1\], got nan"),
        ("monotonic:1e4", "write 10000 for steps"),
        ("cyclical:total_steps=1e4", "total_steps must be a whole number >= 1, got 10000.0"),
        ('{"name": "constant"', "a schedule in JSON cannot be read"),
        ('{"value": 1}', "needs a dictionary with a 'name'"),
        ('{"name": ["constant"]}', "unknown schedule"),
        ('{"name": "scaled", "schedule": {"value": 1}, "factor": 1}', "with a 'name'"),
        ('{"name": "scaled", "schedule": 1, "factor": 1}', "schedule must be a Schedule, got 1"),
        (5, "text must be a string, got 5"),
    ],
)
def test_bad_texts(text, message):
    with pytest.raises(ValueError, match=message):
        Schedule.parse(text)


@pytest.mark.parametrize("data", [None, "constant", [], {}, {"value": 1}])
def test_bad_dictionaries(data):
    with pytest.raises(ValueError, match="needs a dictionary with a 'name'"):
        Schedule.from_dict(data)


def test_names():
    ours = {"clamped", "constant", "cyclical", "join", "monotonic", "scaled", "shifted", "wave"}
    assert ours <= set(schedule_names())
