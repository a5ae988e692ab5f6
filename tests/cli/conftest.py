from types import SimpleNamespace

import pytest

from unvanish.cli import main


@pytest.fixture
def unvanish(capsys, monkeypatch):
    """Run a command line in this process and give its status and what it printed."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words):
        status = 0
        try:
            main([str(word) for word in words])
        except SystemExit as end:
            status = end.code or 0
        printed = capsys.readouterr()
        return SimpleNamespace(status=status, out=printed.out, err=printed.err)

    return run


@pytest.fixture
def refused(unvanish):
    """Run a command line that must be refused: status 2, one line on stderr, nothing else."""

    def run(*words):
        ended = unvanish(*words)
        assert ended.status == 2, ended
        assert ended.out == ""
        assert ended.err.startswith("unvanish: ")
        assert ended.err.count("\n") == 1
        assert "Traceback" not in ended.err
        return ended.err

    return run
