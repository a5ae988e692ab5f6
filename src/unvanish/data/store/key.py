"""What tells stores apart: everything that their numbers depend on."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from importlib.metadata import version

from ..plan import CorpusPlan
from ..splits import SplitName
from ..tokens import CharacterTokens, FileTokens, RegexTokens, Tokens, WhitespaceTokens
from ..vocabulary import Vocabulary
from .files import TextFile

__all__ = ["FORMAT", "can_be_stored", "text_key", "vocabulary_key"]

FORMAT = 1
"""Version of what stands in a store and of how text becomes it."""


def can_be_stored(tokens: Tokens) -> bool:
    """Tell whether tokens can be told apart by what they are; a function cannot.

    Args:
        tokens: How text is cut.
    """
    return type(tokens) in (WhitespaceTokens, CharacterTokens, RegexTokens, FileTokens)


def text_key(files: Mapping[SplitName, TextFile], plan: CorpusPlan) -> str:
    """Name text, cut in one way and parted into splits; its vocabulary is not settled by that.

    Args:
        files: The file of each split that has one.
        plan: How the text is cut and parted.
    """
    settings = {
        "format": FORMAT,
        "unicode": unicodedata.unidata_version,  # says what white space is
        "files": {split: [file.sha256, *file.form] for split, file in files.items()},
        "shares": plan.shares,
        "tokens": _described(plan.cutting.tokens),
        "max_words": plan.cutting.max_words,
        "too_long": plan.cutting.too_long,
    }
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


def vocabulary_key(vocabulary: Vocabulary) -> str:
    """Name a vocabulary.

    Args:
        vocabulary: The words.
    """
    text = json.dumps(vocabulary.to_dict())
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


def _described(tokens: Tokens) -> str:
    if isinstance(tokens, FileTokens):
        digest = hashlib.sha256(tokens.content.encode("utf-8")).hexdigest()
        return f"file:{digest}, tokenizers {version('tokenizers')}"
    return tokens.spec
