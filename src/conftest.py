"""An adapter whose framework is absent is skipped, and said to be, when doctests are collected."""

from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ADAPTERS = Path(__file__).parent / "unvanish" / "integrations"

FRAMEWORKS = {"lightning": ("lightning", "pytorch_lightning")}
"""Modules of which an adapter needs one; that of its own name where nothing is said here."""

WITHOUT_FRAMEWORK = ("__init__", "attribute")


class AbsentFramework(pytest.File):
    """An adapter that cannot be imported here."""

    def collect(self) -> list[Any]:
        """Say so instead of giving doctests."""
        pytest.skip(f"needs {adapter(self.path)}, which is not installed")


def adapter(path: Path) -> str:
    """Name the module or folder among the adapters that a file is or belongs to."""
    return path.relative_to(ADAPTERS).with_suffix("").parts[0]


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect an adapter whose framework is absent as a skip."""
    collected = yield
    if not collected or not file_path.is_relative_to(ADAPTERS):
        return collected
    name = adapter(file_path)
    if name in WITHOUT_FRAMEWORK:
        return collected
    if any(find_spec(module) is not None for module in FRAMEWORKS.get(name, (name,))):
        return collected
    return [AbsentFramework.from_parent(parent, path=file_path)]
