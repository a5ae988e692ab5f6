import os
import statistics
import subprocess
import sys

import unvanish

NAMES = "Schedule, Constant, Monotonic, Cyclical, Wave, Join, Scheduler"
TIMED = f"""
import time
start = time.process_time()
from unvanish import {NAMES}
print(time.process_time() - start)
"""


def run(code, cache):
    # Byte code is kept as in an installed package, wherever the tests run.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(cache)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_import_takes_less_than_30_ms(tmp_path):
    run(TIMED, tmp_path)
    # Processor time: what other processes do meanwhile is no cost of the import.
    assert statistics.median(float(run(TIMED, tmp_path)) for _ in range(5)) < 0.03


def test_import_loads_the_standard_library_only(tmp_path):
    code = f"""
import sys
before = set(sys.modules)
from unvanish import {NAMES}
import unvanish.presets, unvanish.compat
Cyclical(8).values(), Cyclical(8).describe(), Cyclical(8).sparkline(), Cyclical(8)._repr_svg_()
Schedule.parse("cyclical:8") == Schedule.from_dict(Cyclical(8).to_dict())
names = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(sorted(names - sys.stdlib_module_names - {{"unvanish"}}))
"""
    assert run(code, tmp_path).strip() == "[]"


def test_everything_promised_is_there():
    for name in unvanish.__all__:
        assert getattr(unvanish, name).__module__.startswith("unvanish.schedules")
