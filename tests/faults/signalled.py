"""Runs a command line of unvanish that sends itself signals, really, at things it does to files.

    python signalled.py EVENT:NAME:SIGNAL[,EVENT:NAME:SIGNAL...] COMMAND...

Each signal comes once, after those before it, when an audit event (``open``, ``os.rename``, ...)
is about a path of which ``NAME`` is a part; signal 0 is none, and only lets those behind it wait.
"""

import os
import sys

from unvanish.cli import main


def send(orders: list[list[str]]) -> None:
    """Carry out the orders, one after the other."""

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        paths = [os.fspath(each) for each in arguments if isinstance(each, str | os.PathLike)]
        while orders and event == orders[0][0] and any(orders[0][1] in path for path in paths):
            os.kill(os.getpid(), int(orders.pop(0)[2]))

    sys.addaudithook(watch)


if __name__ == "__main__":
    send([order.split(":") for order in sys.argv[1].split(",")])
    main(sys.argv[2:])
