"""What was measured is taken again only if it was made as it is asked for now."""

import json

import pytest

from unvanish.config import UsageError
from unvanish.experiments.reproducing import Watcher
from unvanish.experiments.reproducing.kept import Kept, measure_once


class Hearing(Watcher):
    def __init__(self):
        self.heard = []

    def tell(self, line):
        self.heard.append(line)


class Measuring:
    """Gives another number each time."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return {"figure": self.times}


@pytest.fixture
def measure():
    return Measuring()


def test_it_is_measured_once_and_kept_beside_how_it_was_made(tmp_path, measure):
    measurement = Kept(tmp_path / "new/figures.json", {"samples": 5, "counts": (1, 2)})
    hearing = Hearing()
    assert not measurement.is_there
    assert measure_once(measurement, measure, hearing) == measure_once(
        measurement, measure, hearing
    )
    assert (measure.times, hearing.heard) == (1, [])
    assert json.loads(measurement.file.read_text()) == {
        "settings": {"samples": 5, "counts": [1, 2]},
        "values": {"figure": 1},
    }
    assert [file.name for file in measurement.file.parent.iterdir()] == ["figures.json"]


@pytest.mark.parametrize("measurable", [True, False])
def test_of_other_settings_it_is_measured_again_or_refused(tmp_path, measure, measurable):
    file, hearing = tmp_path / "figures.json", Hearing()
    measure_once(Kept(file, {"samples": 20, "seed": 1}), measure, hearing)
    now = Kept(file, {"samples": 500, "seed": 1})
    assert not now.is_there
    if measurable:
        assert measure_once(now, measure, hearing) == {"figure": 2}
        (line,) = hearing.heard
        assert str(file) in line
        assert "samples: 20, now 500" in line
        assert "seed" not in line
        assert "measured again" in line
    else:
        before = file.read_bytes()
        with pytest.raises(UsageError, match=r"\(samples: 20, now 500\): leave out --no-train"):
            measure_once(now, None, hearing)
        assert file.read_bytes() == before


@pytest.mark.parametrize("old", [{"figure": 7}, {"settings": 3, "values": {}}, {"values": {}}])
def test_what_does_not_say_how_it_was_made_is_measured_again(tmp_path, measure, old):
    measurement, hearing = Kept(tmp_path / "figures.json", {}), Hearing()
    measurement.file.write_text(json.dumps(old))
    with pytest.raises(UsageError, match="does not say how it was made: leave out --no-train"):
        measure_once(measurement, None, hearing)
    assert measure_once(measurement, measure, hearing) == {"figure": 1}
    assert "does not say how it was made" in hearing.heard[0]


def test_what_is_absent_and_not_to_be_measured_is_left_out(tmp_path):
    assert measure_once(Kept(tmp_path / "figures.json", {}), None, Watcher()) is None
    assert list(tmp_path.iterdir()) == []


def test_a_measurement_that_fails_leaves_what_was_there(tmp_path, measure):
    measure_once(Kept(tmp_path / "figures.json", {"n": 1}), measure, Watcher())
    before = (tmp_path / "figures.json").read_bytes()

    def fail():
        raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="no luck"):
        measure_once(Kept(tmp_path / "figures.json", {"n": 2}), fail, Watcher())
    assert (tmp_path / "figures.json").read_bytes() == before
