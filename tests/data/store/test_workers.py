import os
import signal
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from unvanish.config import UsageError
from unvanish.data.encoding import Cutting
from unvanish.data.reading import FileForm
from unvanish.data.store import workers as module
from unvanish.data.store.blocks import blocks
from unvanish.data.store.chunks import Task
from unvanish.data.store.worker import BEGIN, Order
from unvanish.data.store.workers import encode_blocks
from unvanish.data.tokens import RegexTokens


@pytest.fixture
def started(monkeypatch):
    """The processes that are started."""
    processes = []
    inner = module.subprocess.Popen

    def start(*words, **options):
        processes.append(inner(*words, **options))
        return processes[-1]

    monkeypatch.setattr(module.subprocess, "Popen", start)
    return processes


def tasks(path, size=300):
    form = FileForm.of(path)
    for number, block in enumerate(blocks(path, form, size)):
        yield Task(number, block, "train", None, 0.5)


def is_alive(process):
    return process.poll() is None


def test_chunks_come_in_order_and_processes_end(text, tmp_path, started):
    order = Order(Cutting(), tmp_path)
    chunks = list(encode_blocks(tasks(text), order, 3))
    assert [int(chunk.path.name) for chunk in chunks] == list(range(len(chunks)))
    assert len(chunks) > 10
    assert len(started) == 3
    assert not any(map(is_alive, started))


def test_the_main_module_of_a_user_runs_once(text, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "from unvanish.data import load_corpora\n"
        "print('once')\n"
        "load_corpora(sys.argv[1], cache=sys.argv[2], processes=2)\n"
    )
    words = [sys.executable, str(script), str(text), str(tmp_path / "cache")]
    ended = subprocess.run(words, capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("once\n", "")


def test_an_end_before_the_last_chunk_ends_the_processes(text, tmp_path, started):
    with closing(encode_blocks(tasks(text), Order(Cutting(), tmp_path), 2)) as chunks:
        next(chunks)
        assert all(map(is_alive, started))
    assert not any(map(is_alive, started))


def test_a_process_that_is_killed_is_told(text, tmp_path, started):
    with closing(encode_blocks(tasks(text, 20), Order(Cutting(), tmp_path), 2)) as chunks:
        next(chunks)
        started[0].kill()
        with pytest.raises(UsageError, match="was killed by signal 9; free some memory"):
            list(chunks)
    assert not any(map(is_alive, started))


def test_an_interrupt_ends_the_processes(text, tmp_path, started):
    def many():
        for _ in range(1_000):
            yield from tasks(text)

    def encode():
        for number, _ in enumerate(encode_blocks(many(), Order(Cutting(), tmp_path), 2)):
            if number == 0:
                timer.start()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    try:
        with pytest.raises(KeyboardInterrupt):
            encode()
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    assert not any(map(is_alive, started))


@pytest.mark.parametrize("processes", [1, 2])
def test_what_tokens_cannot_cut_and_disks_cannot_hold_is_told(text, tmp_path, processes):
    cannot = Cutting(RegexTokens(r"(?<=c)|t"))
    with pytest.raises(UsageError, match="matches the empty text"):
        list(encode_blocks(tasks(text), Order(cannot, tmp_path), processes))
    with pytest.raises(FileNotFoundError):
        list(encode_blocks(tasks(text), Order(Cutting(), tmp_path / "absent"), processes))


@pytest.mark.parametrize("processes", [1, 2])
def test_a_defect_is_shown_whole(tmp_path, processes):
    with pytest.raises(RuntimeError, match="Traceback"):
        list(encode_blocks([None], Order(Cutting(), tmp_path), processes))


@pytest.mark.parametrize(
    "lines",
    [
        "print('hello')",
        "print('x' * 200_000, flush=True)",
        "import os; os.write(1, bytes(range(256)))",
        "import atexit, sys; out = sys.stdout; atexit.register(lambda: print('bye', file=out))",
    ],
)
def test_what_is_printed_while_python_starts_does_no_harm(text, tmp_path, monkeypatch, lines):
    (tmp_path / "sitecustomize.py").write_text(f"{lines}\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    given = list(tasks(text))
    assert len(list(encode_blocks(given, Order(Cutting(), tmp_path), 2))) == len(given)


def test_an_answer_that_is_none_ends_the_process(text, tmp_path, monkeypatch, started):
    start = f"import sys, time; sys.stdout.buffer.write({BEGIN + bytes([255])!r}); "
    monkeypatch.setattr(module, "_START", f"{start}sys.stdout.flush(); time.sleep(600)")
    with pytest.raises(UsageError, match="was killed by signal 9"):
        list(encode_blocks(tasks(text), Order(Cutting(), tmp_path), 2))
    assert not any(map(is_alive, started))


def test_paths_of_modules_may_be_objects(text, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path, tmp_path, None])
    assert list(encode_blocks(tasks(text), Order(Cutting(), tmp_path), 2))
