"""The built wheel, installed into an empty environment and used."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LOOP = """
import sys
from unvanish import Cyclical, Scheduler

beta = Scheduler(Cyclical(total_steps=8, n_cycles=2))
values = []
for _ in range(9):
    values.append(beta.value)
    beta.step()
assert values == [0.0, 0.5, 1.0, 1.0, 0.0, 0.5, 1.0, 1.0, 1.0], values
assert not {"torch", "numpy"} & set(sys.modules)
from unvanish.compat import frange_cycle_linear
from unvanish.presets import preset
assert frange_cycle_linear(8, n_cycle=2) == values[:8]
assert preset("fu2019", total_steps=8)(7) == 1.0
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", folder, ROOT], check=True, text=True
    )
    return next(folder.glob("unvanish-*.whl"))


def test_the_wheel_holds_what_the_package_reads(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    source = ROOT / "src"
    expected = {
        path.relative_to(source).as_posix()
        for path in (source / "unvanish").rglob("*")
        if path.suffix in {".py", ".toml", ".html", ".css", ".js", ".typed"}
    }
    assert {"unvanish/py.typed", "unvanish/recipes/fu2019-ptb.toml"} <= expected <= names
    assert not any("test" in name for name in names)


@pytest.mark.slow
def test_schedules_work_where_nothing_else_is_installed(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "empty"], check=True)
    python = tmp_path / "empty" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*install, wheel], check=True)
    run = {"check": False, "capture_output": True, "text": True, "cwd": tmp_path}
    used = subprocess.run([python, "-I", "-W", "error", "-c", LOOP], **run)
    assert used.returncode == 0, used.stderr
    command = subprocess.run([tmp_path / "empty" / "bin" / "unvanish", "demo"], **run)
    assert command.returncode == 2
    assert command.stderr.startswith("unvanish: the command line needs cyclopts: install unvanish ")
    assert command.stderr.endswith(" pip install '.[all]'\n")


@pytest.mark.slow
def test_losses_name_the_extra_that_they_lack(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel, tmp_path], check=True)
    code = "import sys; sys.path.insert(0, '.'); import unvanish.objectives"
    used = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    last = used.stderr.splitlines()[-1]
    assert "unvanish.objectives needs torch: install unvanish with its extra 'torch'" in last
    assert last.endswith("pip install '.[torch]'")


@pytest.mark.slow
@pytest.mark.parametrize("framework", ["lightning", "transformers", "keras", "optax", "ignite"])
def test_an_example_runs_with_the_wheel_alone_beside_its_framework(wheel, tmp_path, framework):
    pytest.importorskip(framework, exc_type=ImportError)
    subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel, tmp_path / "wheel"], check=True)
    script = ROOT / "examples" / f"{framework}_vae.py"
    used = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "wheel"), "OMP_NUM_THREADS": "1"},
    )
    assert used.returncode == 0, used.stderr
    assert "cyclical" in used.stdout
