"""The ``unvanish`` command: one file a command, imported when it is run."""

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from .. import __version__
from ..config import UsageError
from ..config.errors import told_in_a_line
from ..extras import how_to_install
from .in_options import in_options
from .several import (
    is_one_of_several,
    is_silent,
    leave_at_once,
    leave_to_the_first,
    require_alone,
)
from .stopping import last_words, leave_unanswered, termination_as_interrupt

if TYPE_CHECKING:
    from cyclopts import App

__all__ = ["main"]

GROUPS = {
    "Begin": {
        "demo": "See KL vanishing and its cure, without any data.",
        "train": "Train a text VAE on a file of sentences.",
        "compare": "Train under several schedules and say what differs.",
        "tune": "Search for the schedule that your text wants.",
        "schedule": "Show what a schedule does over a run.",
    },
    "Use a run": {
        "sample": "Write sentences from the prior of a trained run.",
        "reconstruct": "Write sentences again from their latent vectors.",
        "interpolate": "Write sentences on the way from one to another.",
        "neighbours": "Find sentences that are near in the latent space.",
        "analogy": "Write what is to C as B is to A.",
        "edit": "Move sentences to a label, such as a sentiment.",
        "encode": "Write the latent vectors of a file of sentences.",
    },
    "Measure": {
        "evaluate": "Measure a trained run on a text.",
        "diagnose": "Say whether the latent variable is alive, and why.",
        "report": "Write a page about one run or many.",
    },
    "The paper": {
        "prepare": "Convert downloaded copies of the paper's corpora.",
        "reproduce": "Repeat an experiment of the paper and say what holds.",
    },
}
"""What every command does, as the help groups and orders them."""

COMMANDS = {name: summary for group in GROUPS.values() for name, summary in group.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line.

    Exit status: 0 done; 2 something given cannot be used, told in one line on standard error;
    130 interrupted (143 by SIGTERM).

    Args:
        arguments: Words of the command line; those of the process when absent.
    """
    with termination_as_interrupt():
        try:
            obey(application(), sys.argv[1:] if arguments is None else list(arguments))
        except KeyboardInterrupt as interrupt:
            leave_unanswered()
            if not is_silent():
                print(": ".join(["unvanish: stopped", *last_words(interrupt)]), file=sys.stderr)
            sys.exit(128 + getattr(interrupt, "signal_number", signal.SIGINT))


def application() -> "App":
    """Give the command line, without its commands."""
    try:
        from cyclopts import App
    except ModuleNotFoundError as error:
        fail(f"the command line needs {error.name}: {how_to_install('all')}")
    return App(
        name="unvanish",
        version=__version__,
        help="Keep the latent variable of a variational autoencoder alive.\n\n"
        "For example: `unvanish train my.txt --out runs/mine`, then `unvanish report runs/mine`",
        help_format="markdown",
        suppress_keyboard_interrupt=False,
        result_action="return_value",
    )


def obey(app: "App", words: Sequence[str]) -> None:
    """Run a command line; whatever prevents it is told in one line."""
    from cyclopts import CycloptsError

    try:
        require_alone(words)
        register(app, words)
        app(words, exit_on_error=False, print_error=False)
        sys.stdout.flush()
        if is_one_of_several():
            leave_at_once()
    except CycloptsError as error:
        if is_silent():
            leave_to_the_first()
        fail(f"{one_line(str(error))} Try 'unvanish {' '.join(command(words))}--help'.")
    except UsageError as error:
        fail(in_options(error.message, words, options_of(app, words)), error.listed)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "unvanish":
            raise
        fail(f"this command needs {error.name}: {how_to_install('all')}")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        fail(told_in_a_line(error))


def register(app: "App", words: Sequence[str]) -> None:
    """Make the commands known: the one that is called with its own help, the others by a line.

    Only the called command's file is imported.
    """
    from cyclopts import Group

    app["--help"].group = app["--version"].group = Group("About", sort_key=len(GROUPS))
    for place, (title, commands) in enumerate(GROUPS.items()):
        group = Group(title, sort_key=place)
        for rank, (name, summary) in enumerate(commands.items()):
            target = f"unvanish.cli.{name}"
            where: dict[str, Any] = {"name": name, "group": group, "sort_key": rank}
            if words[:1] == [name]:
                app.command(getattr(importlib.import_module(target), name), **where)
            else:
                app.command(f"{target}:{name}", help=summary, **where)


def options_of(app: "App", words: Sequence[str]) -> list[tuple[str, ...]]:
    """Give the names of every option of the command in a command line, if it is known yet."""
    if not command(words) or words[0] not in app:
        return []
    arguments = app[words[0]].assemble_argument_collection()
    return [argument.names for argument in arguments if argument.name.startswith("--")]


def fail(message: str, listed: Sequence[str] = ()) -> NoReturn:
    """Say in one line what cannot be used, list what belongs to it, and leave with status 2."""
    lines = (f"unvanish: {one_line(message)}", *(f"  {one_line(line)}" for line in listed))
    print("\n".join(lines), file=sys.stderr)
    sys.exit(2)


def one_line(text: str) -> str:
    """Fold a message into one line."""
    return " ".join(text.split())


def command(words: Sequence[str]) -> list[str]:
    """Give the name of the command in a command line with a space behind it, if there is one."""
    return [f"{word} " for word in words[:1] if word in COMMANDS]
