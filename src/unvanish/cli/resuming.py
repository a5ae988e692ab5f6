"""``--resume`` where a folder says all that is to be done."""

from pathlib import Path

from ..config import UsageError
from .options import CommonOptions
from .setting_options import SettingOptions, TextOptions

__all__ = ["require_nothing_else"]


def require_nothing_else(
    corpus: Path | None,
    text: TextOptions,
    recipe: str | None,
    settings: SettingOptions,
    common: CommonOptions,
    *more: object,
    allowed: str,
) -> None:
    """Require that nothing was given beside ``--resume`` that the folder says.

    Args:
        corpus: The training text.
        text: The other splits.
        recipe: A setting by name.
        settings: Changes of it.
        common: Of these the seed; where and how to compute may be given.
        more: What else the command takes: nothing, or what is empty, where it was not given.
        allowed: What may be given, in words.

    Raises:
        UsageError: If something was.
    """
    given = (corpus, text.valid, text.test, recipe, settings.given(), settings.set_, *more)
    if any(given) or common.seed is not None:
        raise UsageError(f"--resume takes text and settings from --out: leave them out ({allowed})")
