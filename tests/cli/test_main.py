import os
import signal
import subprocess
import sys
import time

import pytest
from copied_program import CopiedProgram

import unvanish as package
from unvanish.cli import COMMANDS, GROUPS
from unvanish.presets import preset_names
from unvanish.runs import load


def python(*words, **options):
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, **options
    )


@pytest.mark.slow
def test_help_is_quick_and_loads_no_torch(tmp_path):
    """Processor time, which a busy machine does not stretch as it does the clock.

    On a slow machine less than two and a half times what the libraries of the command line take.
    """
    program = (
        "import sys, time\nfrom unvanish.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "assert not {'torch', 'numpy', 'matplotlib'} & set(sys.modules), 'heavy import'\n"
        "print(time.process_time())"
    )
    libraries = "import time, cyclopts, rich.console, rich.table\nprint(time.process_time())"
    # by turns: what slows one down slows the other down too
    pairs = [(timed(tmp_path, program, "--help"), timed(tmp_path, libraries)) for _ in range(5)]
    assert all(name in pairs[0][0][0] for name in COMMANDS)
    ours, theirs = ([seconds for _, seconds in each] for each in zip(*pairs, strict=True))
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    assert min(ours) < 0.3 or min(ratios) < 2.5


def timed(cache, program, *words):
    """Give what a program says, and the time that it tells last.

    Byte code is kept as in an installed package, wherever the tests run.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(cache)
    run = python("-c", program, *words, env=environment)
    assert run.returncode == 0, run.stderr
    return run.stdout, float(run.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_without_torch(name):
    program = (
        "import sys\nfrom unvanish.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "assert 'torch' not in sys.modules"
    )
    ended = python("-c", program, name, "--help")
    assert ended.returncode == 0, ended.stderr
    assert "Usage" in ended.stdout
    for option in ("--json", "--quiet"):
        assert option in ended.stdout


def test_version_and_module(unvanish):
    assert unvanish("--version").out.strip() == package.__version__
    assert python("-m", "unvanish", "--version").stdout.strip() == package.__version__


def test_an_unknown_command_is_told_in_one_line(refused):
    assert "train" in refused("trian", "x.txt")


def test_a_missing_extra_is_named(refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in [name for name in sys.modules if name.startswith("unvanish.runs")]:
        monkeypatch.delitem(sys.modules, name)
    assert "pip install '.[all]'" in refused("sample", "run")


@pytest.mark.slow
def test_a_closed_pipe_is_no_error(trained):
    command = f"{sys.executable} -m unvanish sample {trained.path} -n 300 | head -1"
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert ended.stderr == ""
    assert len(ended.stdout.splitlines()) == 1


def test_an_interrupted_training_says_so_without_a_traceback(corpus, tmp_path):
    run = tmp_path / "run"
    words = ["train", corpus, "--epochs=100000", "--device=cpu", "--out", run]
    process = CopiedProgram("-m", "unvanish", *words)
    while not (run / "model.safetensors").exists():
        assert process.poll() is None, process.told()
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, printed = process.communicate(timeout=300)
    assert process.returncode == 130, printed
    assert "unvanish: stopped" in printed.splitlines()[-1]
    assert "Traceback" not in printed
    assert load(run).model() is not None


def test_options_without_effect_are_not_there(unvanish, refused):
    told = unvanish("schedule", "--help").out
    assert "--out" in told
    assert not {"--seed", "--device"} & set(told.split())
    assert "--seed" in refused("schedule", "fu2019", "--total-steps=8", "--seed=1")
    for name in ("encode", "neighbours"):
        assert "--seed" not in unvanish(name, "--help").out.split()


@pytest.mark.parametrize("name", ["report", "demo"])
def test_what_is_replaced_is_not_said_to_be_kept(unvanish, name):
    told = " ".join(unvanish(name, "--help").out.split())
    assert "replaced" in told.partition("Common options")[2]
    assert "never written over" not in told


def test_the_help_groups_commands_in_the_order_in_which_they_are_wanted(unvanish):
    told = unvanish("--help").out
    places = [told.index(f"─ {title} ─") for title in GROUPS]
    assert places == sorted(places)
    named = [line.split()[1] for line in told.splitlines() if line.startswith("│ ")]
    assert [name for name in named if name in COMMANDS] == list(COMMANDS)


def test_the_help_of_schedule_names_every_preset(unvanish):
    told = unvanish("schedule", "--help").out
    assert ", ".join(preset_names()) in " ".join(told.split())


def test_the_help_of_train_names_the_folder_that_it_takes(unvanish):
    assert "runs/TEXT-SCHEDULE-seedN" in unvanish("train", "--help").out
