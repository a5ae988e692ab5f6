"""What stands beside --resume, which takes all from the folder."""

from pathlib import Path

import pytest

from unvanish.cli.options import CommonOptions
from unvanish.cli.resuming import require_nothing_else
from unvanish.cli.setting_options import SettingOptions, TextOptions
from unvanish.config import UsageError

NOTHING = {
    "corpus": None,
    "text": TextOptions(),
    "recipe": None,
    "settings": SettingOptions(),
    "common": CommonOptions(),
}


def test_where_and_how_to_compute_may_be_given():
    require_nothing_else(*NOTHING.values(), None, (), None, allowed="nothing else")
    require_nothing_else(
        *{**NOTHING, "common": CommonOptions(out=Path("a"), device="cpu", quiet=True)}.values(),
        allowed="nothing else",
    )


@pytest.mark.parametrize(
    "given",
    [
        {"corpus": Path("text.txt")},
        {"text": TextOptions(test=Path("text.txt"))},
        {"recipe": "fu2019-ptb"},
        {"settings": SettingOptions(epochs=3)},
        {"common": CommonOptions(seed=0)},
    ],
    ids=lambda given: next(iter(given)),
)
def test_what_the_folder_says_may_not(given):
    with pytest.raises(UsageError, match=r"leave them out \(--a may be given\)"):
        require_nothing_else(*{**NOTHING, **given}.values(), allowed="--a may be given")


@pytest.mark.parametrize("more", [("constant",), 3, "lm"])
def test_nor_what_a_command_takes_beside(more):
    with pytest.raises(UsageError, match="leave them out"):
        require_nothing_else(*NOTHING.values(), None, more, allowed="--a may be given")
