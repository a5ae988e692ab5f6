import pytest

from unvanish.data import load_corpora
from unvanish.data.shared_sentences import share_in_common, sharing_problems


def sentences(numbers):
    return [f"the cat {number // 20} sees {number % 20} of the birds" for number in numbers]


@pytest.mark.parametrize(
    ("valid", "share"),
    [(range(100), 1.0), (range(200, 230), 0.0), (range(90, 110), 0.5), ([3, 3, 3, 200], 0.5)],
)
def test_the_share_is_of_the_different_sentences_of_the_smaller_split(valid, share):
    texts = [sentences(range(100)), sentences(valid), sentences(range(390, 400))]
    words = load_corpora([line for text in texts for line in text], ["cat"], ["cat"]).vocabulary
    corpora = load_corpora(*texts, vocabulary=words)
    for pair in ((corpora.train, corpora.valid), (corpora.valid, corpora.train)):
        assert share_in_common(*pair) == share


@pytest.mark.parametrize("cache", [None, "cache"])
def test_text_that_was_trained_on_is_told(tmp_path, cache):
    text = tmp_path / "mine.txt"
    text.write_text("\n".join(sentences(range(400))))
    folder = cache and tmp_path / cache
    assert sharing_problems(load_corpora(text, cache=folder)) == []
    found = sharing_problems(load_corpora(text, text, cache=folder))
    assert [problem.partition(":")[0] for problem in found] == [
        "100% of the train sentences are in valid too",
        "100% of the test sentences are in valid too",
    ]
    assert "chosen by text that was trained on" in found[0]
    assert len(sharing_problems(load_corpora(text, text, text, cache=folder))) == 3


def test_sentences_that_are_unknown_to_the_vocabulary_are_not_the_same():
    train, valid = sentences(range(50)), [f"the fox hears {k} the" for k in range(50, 90)]
    words = load_corpora(["the cat sees"], ["cat"], ["cat"]).vocabulary
    corpora = load_corpora(train, valid, ["cat"], vocabulary=words)
    assert share_in_common(corpora.train, corpora.valid) == 0.0


def test_half_is_not_yet_many():
    text = sentences(range(110))
    corpora = load_corpora(text, [*text[:5], *(f"the {line}" for line in text[5:10])], ["birds"])
    assert share_in_common(corpora.train, corpora.valid) == 0.5
    assert sharing_problems(corpora) == []
