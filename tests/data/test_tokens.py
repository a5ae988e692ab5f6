from hypothesis import given
from hypothesis import strategies as st

from unvanish.data import join_words, split_words


@given(st.text())
def test_words_hold_no_white_space_and_join_is_the_inverse(text: str) -> None:
    words = split_words(text)
    assert all(word and not any(map(str.isspace, word)) for word in words)
    assert split_words(join_words(words)) == words
