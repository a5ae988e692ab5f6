"""What a person sees while many runs train."""

from unvanish.cli.comparing import TerminalListener


def test_a_warning_that_is_true_of_every_run_is_told_once(capsys):
    with TerminalListener(["one", "two"], quiet=True) as listener:
        for folder in ("one", "two"):
            listener.warned(folder, "the test text was trained on")
            listener.warned(folder, f"{folder} is collapsing")
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "one: warning: the test text was trained on",
        "one: warning: one is collapsing",
        "two: warning: two is collapsing",
    ]
