"""The recipes for scvi-tools and pythae, where these are installed."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from unvanish import Cyclical, Monotonic

EXAMPLES = Path(__file__).parents[2] / "examples"

pytestmark = pytest.mark.filterwarnings("ignore")  # these two warn of much, and so do their parts


def test_scvi_tools_takes_a_schedule():
    pytest.importorskip("scvi")
    recipe = runpy.run_path(str(EXAMPLES / "scvi_recipe.py"))
    updates = recipe["EPOCHS"] * recipe["CELLS"] // recipe["BATCH"]
    for schedule in (Cyclical(updates), Monotonic(0.5, updates)):
        np.testing.assert_allclose(recipe["train"](schedule), schedule.values(), atol=1e-6)


def test_pythae_takes_a_schedule():
    pytest.importorskip("pythae")
    recipe = runpy.run_path(str(EXAMPLES / "pythae_recipe.py"))
    updates = recipe["EPOCHS"] * recipe["EXAMPLES"] // recipe["BATCH"]
    for schedule in (Cyclical(updates), Monotonic(0.5, updates)):
        model = recipe["train"](schedule)
        assert model.trained == schedule.values(updates)
        assert set(model.validated) == {1.0}
