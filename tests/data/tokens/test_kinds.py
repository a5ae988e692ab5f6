import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import WHITESPACE, CharacterTokens, FunctionTokens, RegexTokens

SMILES = (
    r"(\[[^\]]+]|Br?|Cl?|N|O|S|P|F|I|b|c|n|o|s|p|\(|\)|\.|=|#|-|\+|\\|\/|:|~|@|\?|>|\*|\$"
    r"|\%[0-9]{2}|[0-9])"
)
MOLECULES = {
    "CC(=O)Oc1ccccc1C(=O)O": 21,
    "C[C@H](N)C(=O)O": 11,
    "ClCCBr": 4,
    "[Na+].[Cl-]": 3,
    "F/C=C/F": 7,
    "C%12CCCCC%12": 8,
}


@given(st.text())
def test_words_hold_no_white_space_and_join_is_the_inverse(text):
    words = WHITESPACE.cut(text)
    assert all(word and not any(map(str.isspace, word)) for word in words)
    assert WHITESPACE.cut(WHITESPACE.join(words)) == words
    assert "".join(words) == "".join(text.split())


@given(st.text())
def test_characters_lose_nothing(text):
    characters = CharacterTokens().cut(text)
    assert all(len(character) == 1 for character in characters)
    assert CharacterTokens().join(characters) == text


@pytest.mark.parametrize(("molecule", "n"), MOLECULES.items())
def test_molecules_are_cut_into_atoms_and_bonds(molecule, n):
    tokens = RegexTokens(SMILES)
    pieces = tokens.cut(molecule)
    assert pieces == [match[0] for match in re.finditer(SMILES, molecule)]
    assert len(pieces) == n
    assert tokens.join(pieces) == molecule
    assert tokens.uncovered(molecule) == 0


@given(st.text(st.sampled_from("abc \n?é"), max_size=30))
def test_a_pattern_accounts_for_every_character(text):
    """Against what the pattern's own substitution leaves over."""
    tokens = RegexTokens("a|bc?")
    rest = re.sub("a|bc?", "\0", text)
    stretches = [stretch for stretch in rest.split("\0") if stretch.strip()]
    pieces = tokens.cut(text)
    assert pieces.count("<unk>") == len(stretches)
    assert [piece for piece in pieces if piece != "<unk>"] == re.findall("a|bc?", text)
    assert tokens.uncovered(text) == len("".join("".join(stretches).split()))
    if not stretches:
        assert tokens.join(pieces) == "".join(re.findall("a|bc?", text))


@given(st.text(st.characters(codec="utf-8")))
def test_a_pattern_of_everything_loses_nothing(text):
    tokens = RegexTokens(r"(?s)\w+|.")
    assert tokens.join(tokens.cut(text)) == text
    assert tokens.uncovered(text) == 0


def test_what_a_pattern_does_not_cover_shows_in_the_text():
    tokens = RegexTokens("C|O")
    assert tokens.join(tokens.cut("CXXO")) == "C<unk>O"
    assert tokens.uncovered("CXXO X") == 3


@pytest.mark.parametrize("pattern", ["(", "[", "*", "(?P<a>b)(?P<a>c)", "a{9999999999}"])
def test_a_wrong_pattern_is_told(pattern):
    with pytest.raises(UsageError, match="pattern is not valid") as caught:
        RegexTokens(pattern)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pattern", ["", "a*", "a|", "x?"])
def test_a_pattern_of_nothing_is_told(pattern):
    with pytest.raises(UsageError, match="empty text"):
        RegexTokens(pattern)


def test_a_pattern_of_nothing_in_some_texts_only_is_told_there():
    tokens = RegexTokens("(?=C)|O")
    assert tokens.cut("O") == ["O"]
    with pytest.raises(UsageError, match="empty text"):
        tokens.cut("OC")


def test_a_function_cuts_and_another_joins():
    pairs = FunctionTokens(lambda text: (text[i : i + 2] for i in range(0, len(text), 2)), "".join)
    assert pairs.cut("abcde") == ["ab", "cd", "e"]
    assert pairs.join(pairs.cut("abcde")) == "abcde"
    assert FunctionTokens(str.split).join(iter(["a", "b"])) == "a b"


@pytest.mark.parametrize("function", [str.lower, len, lambda text: [1], lambda text: None])
def test_a_function_that_gives_no_strings_is_told(function):
    with pytest.raises(UsageError, match="list of strings"):
        FunctionTokens(function).cut("a cat")


def test_only_a_pattern_can_leave_something_uncovered():
    for tokens in (WHITESPACE, CharacterTokens(), FunctionTokens(str.split)):
        assert tokens.uncovered("any text ☃") == 0
