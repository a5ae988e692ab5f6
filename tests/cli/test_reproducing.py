"""Tables of experiments on narrow and wide terminals."""

import io

import pytest
from rich.console import Console

from unvanish.cli.reproducing import TerminalWatcher, caveats, tables


def results(columns, *, seeds=2, caveat=""):
    def spread(value):
        values = [value] * seeds
        return {"mean": value, "standard_deviation": 0.25 if seeds > 1 else None, "values": values}

    row = {
        "row": "a",
        "label": "a setting with a long name",
        "ours": {name: spread(k + 0.5) for k, name in enumerate(columns)},
        "paper": dict.fromkeys(columns, 7.0) if caveat else None,
        "caveat": caveat,
    }
    table = {
        "title": "Figures",
        "aside": False,
        "columns": dict.fromkeys(columns, 3),
        "source": None,
        "noise": None,
        "rows": [row],
    }
    return {"summary": {"tables": [table]}}


def printed(found, width):
    console = Console(width=width, file=io.StringIO())
    laid_out = tables(found, console)
    for table in laid_out:
        console.print(table)
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= width
    return len(laid_out), text


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_every_figure_is_told_whole_whatever_the_width(width):
    columns = [f"precision_{k}" for k in range(9)]
    _, text = printed(results(columns), width)
    for k in range(9):
        assert f"{k + 0.5:.3f}" in text
    assert text.count("precision") == 9
    assert "…" not in text


def test_deviations_go_first_and_then_columns_go_below_each_other():
    columns = [f"precision_{k}" for k in range(6)]
    assert printed(results(columns), 200)[0] == 1
    assert "± 0.250" in printed(results(columns), 200)[1]
    parts, text = printed(results(columns), 100)
    assert parts == 1
    assert "± 0.250" not in text
    assert "standard deviations are in report.md" in text
    assert printed(results(columns), 60)[0] > 1


def test_one_seed_and_what_cannot_be_compared_are_told():
    found = results(["kl"], seeds=1, caveat="of another split")
    _, text = printed(found, 80)
    assert "one seed" in text
    assert "the paper †" in text
    assert caveats(found) == ["† not comparable: of another split"]
    assert caveats(results(["kl"])) == []


@pytest.mark.parametrize("quiet", [True, False])
def test_that_something_is_measured_again_is_told_also_where_it_is_quiet(quiet, capsys):
    watcher = TerminalWatcher(quiet=quiet)
    with watcher.bar("figures", 2) as progress:
        watcher.tell("figures.json was made with other settings: it is measured again")
        progress(2)
    told = capsys.readouterr()
    assert "warning: figures.json was made with other settings: it is measured again" in told.err
    assert told.out == ""
