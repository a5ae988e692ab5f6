"""How a sentence is cut into tokens and put together again: one file a kind."""

from .base import Tokens
from .characters import CharacterTokens
from .file import FileTokens
from .function import FunctionTokens
from .regex import RegexTokens
from .specification import TokensLike, tokens_from
from .stored import restore_tokens, store_tokens
from .whitespace import WHITESPACE, WhitespaceTokens

__all__ = [
    "WHITESPACE",
    "CharacterTokens",
    "FileTokens",
    "FunctionTokens",
    "RegexTokens",
    "Tokens",
    "TokensLike",
    "WhitespaceTokens",
    "restore_tokens",
    "store_tokens",
    "tokens_from",
]
