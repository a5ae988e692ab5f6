"""The one order: a file imports only from lines above its own, and nothing goes in circles."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import unvanish

SOURCE = Path(unvanish.__file__).parent
ORDER = [
    ["extras", "processes", "whole_files", "schedules", "controllers", "presets", "compat"],
    ["config"],
    ["locks"],
    ["measures"],
    ["integrations"],
    ["nn"],
    ["objectives"],
    ["data"],
    ["models"],
    ["inference"],
    ["evaluation"],
    ["generation"],
    ["runs"],
    ["training"],
    ["recipes"],
    ["comparison"],
    ["report"],
    ["experiments"],
    ["cli"],
    ["__main__"],
]
LEVEL = {name: level for level, names in enumerate(ORDER) for name in names}
ADAPTERS_OF_RUNS = {("integrations", "sklearn")}
"""Adapters that train or open runs; the others know schedules and measures alone."""


def level(module):
    return LEVEL["recipes" if module in ADAPTERS_OF_RUNS else module[0]]


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        yield path, tuple(part for part in parts if part != "__init__"), path.name == "__init__.py"


def imports(path, module, is_package):
    """Dotted names inside unvanish that a file imports, those for annotations alone left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = module if is_package else module[:-1]
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            skipped |= {id(child) for body in node.body for child in ast.walk(body)}
    for node in ast.walk(tree):
        if id(node) in skipped or not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.Import):
            found = [alias.name.split(".") for alias in node.names]
            yield from (tuple(name[1:]) for name in found if name[0] == "unvanish")
        elif node.level:
            base = package[: len(package) - node.level + 1]
            stem = (*base, *(node.module or "").split(".")) if node.module else base
            yield from (((*stem, alias.name) if not node.module else stem) for alias in node.names)
        elif (node.module or "").split(".")[0] == "unvanish":
            yield tuple(node.module.split(".")[1:])


FILES = list(modules())


@pytest.mark.parametrize(
    ("path", "module", "is_package"), FILES, ids=[".".join(module) or "." for _, module, _ in FILES]
)
def test_imports_go_upward_only(path, module, is_package):
    if not module:
        return
    for name in imports(path, module, is_package):
        if name and name[0] in LEVEL and name[0] != module[0]:
            assert level(name) <= level(module), f"{path} imports {'.'.join(name)}"


def test_adapters_need_nothing_but_schedules_and_measures():
    for path, module, is_package in FILES:
        if module[:1] == ("integrations",) and module not in ADAPTERS_OF_RUNS:
            for name in imports(path, module, is_package):
                assert name[0] in ("integrations", "measures", *ORDER[0]), f"{path} imports {name}"


def test_every_folder_has_its_place_in_the_order():
    assert {module[0] for _, module, _ in FILES if module} <= LEVEL.keys()


def test_no_circles():
    known = {module for _, module, _ in FILES}
    graph = {}
    for path, module, is_package in FILES:
        if is_package:
            continue
        found = set(imports(path, module, is_package))
        graph[module] = {name for name in found if name in known and name != module}
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("name", ["schedules", "presets", "compat"])
def test_the_schedule_library_uses_the_standard_library_alone(name):
    import sys

    allowed = sys.stdlib_module_names | {"unvanish"}
    for path, module, _ in FILES:
        if module[:1] != (name,):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import):
                assert all(alias.name.split(".")[0] in allowed for alias in node.names), path
            elif isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module.split(".")[0] in allowed, path
