import pytest

from unvanish.data import read_sentences
from unvanish.experiments.corpora import find_corpus, prepare_corpus

SPLITS = ("train", "dev", "test")


def published(lines):
    """The files of a split: so many negative and positive lines."""
    return {
        f"sentiment.{split}.{label}": b"".join(
            b"%s %s  number %d \n" % (split.encode(), b"bad" if label == 0 else b"fine", k)
            for k in range(count)
        )
        for split, counts in zip(SPLITS, lines, strict=True)
        for label, count in enumerate(counts)
    }


def tenth(lines):
    """What is wanted of them, written down by other means."""
    return {
        f"yelp/{split}.tsv": "".join(
            f"{label}\t{split} {word} number {k}\n"
            for label, (word, count) in enumerate(zip(("bad", "fine"), counts, strict=True))
            for k in range(int(count * 0.1 + 1e-9))
        ).encode()
        for split, counts in zip(SPLITS, lines, strict=True)
    }


def test_the_first_tenth_is_taken_and_labelled(small, put, tmp_path):
    lines = [(57, 39), (10, 29), (19, 20)]
    corpus = small(find_corpus("yelp"), tenth(lines))
    prepared = prepare_corpus(corpus, [put("yelp", published(lines))], tmp_path)
    assert [file.lines for file in prepared] == [5 + 3, 1 + 2, 1 + 2]
    sentences = list(read_sentences(tmp_path / "yelp/train.tsv"))
    assert [each.label for each in sentences] == ["0"] * 5 + ["1"] * 3
    assert sentences[5].text == "train fine number 0"


def test_a_last_line_without_an_end_counts_and_blank_ones_too(small, put, tmp_path):
    files = published([(10, 10)] * 3)
    files["sentiment.dev.0"] = b"\n" * 9 + b"the tenth"
    wanted = tenth([(10, 10)] * 3)
    wanted["yelp/dev.tsv"] = b"0\t\n1\tdev fine number 0\n"
    prepare_corpus(small(find_corpus("yelp"), wanted), [put("yelp", files)], tmp_path / "data")
    assert (tmp_path / "data/yelp/dev.tsv").read_bytes() == wanted["yelp/dev.tsv"]


@pytest.mark.parametrize("lost", ["sentiment.train.1", "sentiment.dev.0", "sentiment.test.0"])
def test_both_labels_are_needed(lost, small, put, tmp_path, told):
    lines = [(10, 10)] * 3
    files = {name: text for name, text in published(lines).items() if name != lost}
    corpus = small(find_corpus("yelp"), tenth(lines))
    error = told(corpus, [put("copy", files)], tmp_path / "data")
    first, *origin = error.listed
    assert lost in first
    assert "shentianxiao/language-style-transfer" in origin[0]
    assert "unvanish prepare yelp" in origin[1]
    assert not (tmp_path / "data").exists()
