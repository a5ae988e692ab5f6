import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import Sentence, read_sentences
from unvanish.data.store.spooled import as_files

TEXT = st.text(st.characters(codec="utf-8"))


@given(st.lists(st.builds(Sentence, TEXT, st.none() | TEXT)))
def test_every_sentence_comes_back(tmp_path_factory, sentences):
    cache = tmp_path_factory.mktemp("cache")
    with as_files({"train": iter([*sentences, Sentence("last")])}, cache) as files:
        found = list(read_sentences(files["train"]))
    assert found == [*(each for each in sentences if each.text.strip()), Sentence("last")]
    assert not list(cache.iterdir())


def test_files_stay_what_they_are(text, tmp_path):
    cache = tmp_path / "cache"
    with as_files({"train": text, "valid": str(text)}, cache) as files:
        assert files == {"train": text, "valid": text}
        assert not cache.exists()
    with as_files({"train": text, "valid": ["a cat"]}, cache) as files:
        assert files["train"] == text
        assert files["valid"].is_file()
    assert text.is_file()
    assert not list(cache.iterdir())


def test_what_is_no_sentence_is_told_and_nothing_is_left(tmp_path):
    with pytest.raises(UsageError, match="sentence 2"), as_files({"train": ["a", 3]}, tmp_path):
        pass
    assert not list(tmp_path.iterdir())
