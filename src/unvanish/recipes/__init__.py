"""Whole settings by name, in TOML beside this file, each with its source.

A new recipe is a new file; its name is the file's.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config import Config, UsageError, from_dict
from ..schedules.validation import did_you_mean

__all__ = ["Recipe", "load_recipe", "recipe_names"]

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Recipe:
    """A whole setting by name.

    Args:
        name: The name.
        title: A few words for a list.
        source: Where it comes from.
        config: The settings.
    """

    name: str
    title: str
    source: str
    config: Config


def recipe_names() -> list[str]:
    """List the recipes that come with unvanish.

    Example:
        >>> recipe_names()
        ['fu2019-ptb', 'fu2019-ptb-code', 'fu2019-yelp', 'fu2019-yelp-code', 'synthetic']
    """
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load_recipe(name: str) -> Recipe:
    """Read a recipe. TOML has no word for ``None``: a recipe says ``"none"``.

    Args:
        name: The name of one that comes with unvanish, or the path of a TOML file of one's own.

    Raises:
        UsageError: If there is no such recipe, or it is no valid one.

    Example:
        >>> load_recipe("fu2019-ptb-code").config.optimizer.schedule
        'cosine-restarts'
    """
    path = FOLDER / f"{name}.toml" if name in recipe_names() else Path(name)
    if path.suffix == ".toml" and not path.is_file():
        raise UsageError(f"recipe {path} does not exist or is no file; check the path")
    if path.suffix != ".toml":
        hint = did_you_mean(name, tuple(recipe_names()))
        raise UsageError(f"unknown recipe {name!r} ({hint}); a file of your own ends in .toml")
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"recipe {path} cannot be read: {error}") from error
    unknown = sorted(plain.keys() - {"title", "source", "config"})
    if unknown:
        raise UsageError(
            f"recipe {path} has an unknown entry {unknown[0]!r}; known: title, source, config"
        )
    settings = {"name": path.stem, **_with_none(plain.get("config", {}))}
    return Recipe(
        name=path.stem,
        title=str(plain.get("title", path.stem)),
        source=str(plain.get("source", "")),
        config=from_dict(Config, settings),
    )


def _with_none(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Put ``None`` where a recipe says "none"; as the kind of a part that is a name."""
    made: dict[str, Any] = {}
    for name, value in plain.items():
        if isinstance(value, dict):
            made[name] = _with_none(value)
        else:
            made[name] = None if value == "none" and name != "kind" else value
    return made
