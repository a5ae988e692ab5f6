"""The experiments by name; each is imported when it is asked for."""

import importlib
from typing import TYPE_CHECKING

from ..config import UsageError
from ..schedules.validation import did_you_mean

if TYPE_CHECKING:
    from .reproducing import Experiment

__all__ = ["EXPERIMENTS", "find_experiment"]

EXPERIMENTS = {
    "schedules": "schedule_figures:ScheduleFigures",
    "illustrative": "illustrative_problem:IllustrativeProblem",
    "equal-time": "equal_time:EqualTime",
    "step-size": "step_size:StepSize",
    "constant-beta": "constant_beta:ConstantBeta",
    "cycles": "cycles:Cycles",
    "shapes": "shapes:Shapes",
    "language-model": "language_model:LanguageModel",
    "lr-ablation": "lr_ablation:LearningRateAblation",
    "dialog": "dialog:SwitchboardDialog",
    "pretraining": "pretraining:Pretraining",
}
"""Modules of this folder and their classes, in the order of the paper."""


def find_experiment(name: str) -> "Experiment":
    """Make the experiment of a name.

    Raises:
        UsageError: If there is none.
    """
    if name not in EXPERIMENTS:
        hint = did_you_mean(name, tuple(EXPERIMENTS))
        raise UsageError(f"unknown experiment {name!r}: {hint}; unvanish reproduce list tells all")
    module, _, cls = EXPERIMENTS[name].partition(":")
    found: Experiment = getattr(importlib.import_module(f"{__package__}.{module}"), cls)()
    return found
