"""Every example runs, and shows what it is there to show."""

import ast
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import unvanish

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
RESULT = re.compile(r"^(\S+) +kl (\d+\.\d+) nats\b", re.MULTILINE)


def frameworks(path):
    """Names of the packages that an example imports at its top."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.partition(".")[0]


def skip_without(*names):
    absent = sorted({name for name in names if find_spec(name) is None})
    if absent:
        pytest.skip(f"needs {', '.join(absent)}, which is not installed")


def run(path, folder, **environment):
    source = Path(unvanish.__file__).parents[1]
    own = {"PYTHONPATH": str(source), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(path)],
        cwd=folder,
        env=os.environ | own | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check(printed):
    kl = {name: float(value) for name, value in RESULT.findall(printed)}
    constant = kl.pop("constant")
    assert kl
    assert all(value > constant for value in kl.values())


def test_there_are_examples():
    assert EXAMPLES


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_an_example_runs_and_annealing_keeps_its_latent_variable_alive(path, tmp_path):
    skip_without(*frameworks(path))
    printed = run(path, tmp_path)
    if path.stem.endswith("_vae"):  # recipes and losses that are no VAE check themselves
        check(printed)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_the_example_of_keras_runs_on_every_backend(backend, tmp_path):
    skip_without("keras", backend)
    (path,) = (path for path in EXAMPLES if path.stem == "keras_vae")
    check(run(path, tmp_path, KERAS_BACKEND=backend))
