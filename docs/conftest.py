"""Every code block of the documentation runs as a test."""

from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from importlib.util import find_spec
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.myst import DocTestDirectiveParser, PythonCodeBlockParser, SkipParser


def has(framework):
    """Tell whether a framework is installed, for the conditions of the pages."""
    return find_spec(framework) is not None


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=ELLIPSIS | NORMALIZE_WHITESPACE),
        DocTestDirectiveParser(optionflags=ELLIPSIS | NORMALIZE_WHITESPACE),
        SkipParser(),
    ],
    patterns=["*.md"],
    setup=lambda namespace: namespace.update(has=has),
).pytest()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let frameworks deprecate what they like: in the pages only what they do is tested."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            for category in ("DeprecationWarning", "FutureWarning", "UserWarning"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{category}"))
            item.add_marker(pytest.mark.filterwarnings("error::unvanish.ScheduleWarning"))
