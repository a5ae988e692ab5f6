"""What to install where an optional part of the package lacks a library."""

from importlib.util import find_spec

__all__ = ["how_to_install", "require_extra"]


def how_to_install(extra: str) -> str:
    """Say how to install what an extra of this package brings.

    Args:
        extra: Its name.

    Example:
        >>> how_to_install("eval")
        "install unvanish with its extra 'eval', in a copy of its repository: pip install '.[eval]'"
    """
    return (
        f"install unvanish with its extra {extra!r}, in a copy of its repository: "
        f"pip install '.[{extra}]'"
    )


def require_extra(part: str, extra: str, *libraries: str) -> None:
    """Check that libraries are installed before a part of the package imports them.

    Args:
        part: The module that needs them.
        extra: The extra of this package that brings them.
        libraries: Their import names.

    Raises:
        ModuleNotFoundError: If one is missing; it names the command that installs it.

    Example:
        >>> require_extra("unvanish.here", "torch", "no_such_library")
        Traceback (most recent call last):
        ModuleNotFoundError: unvanish.here needs no_such_library: install unvanish with ...
    """
    for library in libraries:
        if find_spec(library) is None:
            raise ModuleNotFoundError(
                f"{part} needs {library}: {how_to_install(extra)}", name=library
            )
