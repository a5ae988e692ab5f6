"""Where the trials of a search are kept: the URL of a database, and what may be told of it."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..config import UsageError

__all__ = ["NOT_KEPT", "chosen_storage", "kept_storage"]

NOT_KEPT = "not kept: it holds a password"
"""Stands in a plan for a URL that no file should hold."""

_SECRET = re.compile(r"pass|pwd|secret|token|key|credential|auth", re.IGNORECASE)


def kept_storage(url: str) -> str:
    """Give what a plan may hold of a URL: all of it where it has no password, or else nothing.

    Args:
        url: Of an Optuna database; a file is named from the root then, so that the plan holds
            wherever the command is called.

    Example:
        >>> kept_storage("postgresql://me@host/trials")
        'postgresql://me@host/trials'
        >>> kept_storage("postgresql://me:1234@host/trials")
        'not kept: it holds a password'
    """
    try:
        parts = urlsplit(url)
        secret = parts.password is not None or _SECRET.search(unquote(parts.query))
    except ValueError:  # whatever it is, it may hold one
        return NOT_KEPT
    if secret:
        return NOT_KEPT
    scheme, _, file = url.partition(":///")
    if scheme.partition("+")[0] == "sqlite" and file and not file.startswith((":", "file:")):
        return f"{scheme}:///{Path(file).absolute()}"
    return url


def chosen_storage(kept: str | None, given: str | None) -> str | None:
    """Choose the database to open.

    Args:
        kept: What the plan holds; ``None`` means a journal in the folder.
        given: A URL that was given now.

    Raises:
        UsageError: If it has to be given.
    """
    if given is None and kept == NOT_KEPT:
        raise UsageError(
            "the URL of the search's database holds a password and was not kept: give it again "
            "as --storage"
        )
    return given or kept
