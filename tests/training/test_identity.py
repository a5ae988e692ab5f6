import hashlib
from pathlib import Path

import pytest

from unvanish.config import Config, UsageError, departures, override
from unvanish.training.identity import differences, identity, require_same_settings


def test_a_run_is_told_by_what_was_set(small):
    """Its name does not count; a setting that nobody sets can come into being."""
    own = identity(small, "text")
    assert identity(override(small, {"name": "another"}), "text") == own
    for changes in ({"seed": 2}, {"training.epochs": 9}, {"model.posterior.kind": "prior"}):
        assert identity(override(small, changes), "text") != own
    assert identity(small, "other text") != own
    assert not any("patience" in name for name in departures(small))


@pytest.mark.parametrize("read", [("ab",), ("ab", None), ("ab", {"size": 3, "sha256": "cd"})])
def test_checkpoints_of_earlier_versions_have_the_same(read):
    words = {1: "ab", 2: f"ab {read[-1]}"}[len(read)]
    config = override(Config(), {"seed": 7})
    expected = hashlib.sha256(f'{{"name": null, "seed": 7}} {words}'.encode()).hexdigest()
    assert identity(config, *read) == expected


def test_differences_are_named_with_both_values():
    before = {"seed": 1, "name": "a", "model": {"size": 3, "cell": "lstm", "kept": 1}}
    now = {"seed": 1, "name": "b", "model": {"size": 4, "cell": None, "kept": 1}}
    assert differences(before, now) == ["model.cell: 'lstm', now None", "model.size: 3, now 4"]
    assert differences({"model": {"name": 1}}, {"model": {"name": 2}}) == ["model.name: 1, now 2"]


def test_other_settings_are_refused_with_advice(small):
    require_same_settings(Path("run"), small, override(small, {"name": "b"}), "leave it")
    with pytest.raises(UsageError, match=r"run was begun .*\(seed: 1, now 2\).*, or leave it$"):
        require_same_settings(Path("run"), small, override(small, {"seed": 2}), "leave it")
