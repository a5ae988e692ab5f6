import gzip
import json
import pickle

import pytest

from unvanish.data.dialogs import read_dialogs
from unvanish.experiments.corpora import find_corpus, prepare_corpus

PICKLE = "full_swda_clean_42da_sentiment_dialog_corpus.p"


SPEAKER = {"dialect": ' "WESTERN"', "age": 40, "education": " 2", "sex": ' "FEMALE"'}


def dialog(topic, *texts):
    return {
        "A": SPEAKER,
        "topic": f'"{topic}"',
        "B": {**SPEAKER, "sex": ' "MALE"'},
        "prompt": " SPEAK",
        "utts": [("AB"[k % 2], text, ["other", [0.0, 1.0]]) for k, text in enumerate(texts)],
    }


DIALOGS = {
    "train": [dialog("CATS", "a cat", "no a dog", "oh"), dialog("MICE", "a mouse", "été")],
    "valid": [dialog("HENS", "a hen", "yes")],
    "test": [dialog("FOXES", "a fox", "no")],
}
WANTED = {
    f"swda/{split}.jsonl{'.gz' * (split == 'train')}": "".join(
        json.dumps(each) + "\n" for each in dialogs
    ).encode()
    for split, dialogs in DIALOGS.items()
}
LINES = {place.removeprefix("swda/").removesuffix(".gz"): text for place, text in WANTED.items()}


@pytest.fixture
def corpus(small):
    return small(find_corpus("swda"), WANTED)


@pytest.fixture
def pickled(put):
    return put("data", {PICKLE: pickle.dumps(DIALOGS, 2)})


@pytest.fixture
def lines(put):
    """Files of the other splits that say the same in other bytes."""
    return put("json_data", {name: LINES[name] for name in ("valid.jsonl", "test.jsonl")})


def read(folder):
    return [read_dialogs(folder / place) for place in WANTED]


def test_dialogs_of_the_pickle_are_those_that_are_read(corpus, pickled, lines, tmp_path, put):
    files = prepare_corpus(corpus, [pickled, lines], tmp_path / "made")
    expected = read_dialogs(put("again", LINES) / "train.jsonl")
    train, valid, test = read(tmp_path / "made")
    assert train == expected
    assert [each.text for each in train[1].utterances] == ["a mouse", "été"]
    assert (valid[0].topic, test[0].topic) == ("HENS", "FOXES")
    assert [(file.lines, file.verified) for file in files] == [(2, False), (1, True), (1, True)]


def test_the_pickle_alone_will_do_if_it_gives_the_same_bytes(corpus, pickled, tmp_path):
    prepare_corpus(corpus, [pickled], tmp_path / "made")
    for place in ("swda/valid.jsonl", "swda/test.jsonl"):
        assert (tmp_path / "made" / place).read_bytes() == WANTED[place]


def test_other_bytes_of_the_pickle_are_refused_and_those_that_are_there_taken(
    small, pickled, put, tmp_path, told
):
    other = {place: text.replace(b", ", b",") for place, text in WANTED.items()}
    corpus = small(find_corpus("swda"), other)
    error = told(corpus, [pickled], tmp_path / "made")
    assert "swda/valid.jsonl" in error.message
    assert "NeuralDialog-CVAE/data/json_data" in error.listed[1]
    assert not (tmp_path / "made").exists()
    files = {f"{split}.jsonl": other[f"swda/{split}.jsonl"] for split in ("valid", "test")}
    prepare_corpus(corpus, [pickled, put("json", files)], tmp_path / "made")
    assert (tmp_path / "made/swda/test.jsonl").read_bytes() == other["swda/test.jsonl"]


@pytest.mark.parametrize("end", [b"\n", b""], ids=["ended", "without an end"])
def test_training_dialogs_may_be_lines_too(end, corpus, put, tmp_path):
    train = LINES["train.jsonl"].removesuffix(b"\n") + end
    parts = put("json", {**LINES, "train.jsonl": train})
    files = prepare_corpus(corpus, [parts], tmp_path / "made")
    packed = (tmp_path / "made/swda/train.jsonl.gz").read_bytes()
    assert gzip.decompress(packed) == train
    assert [file.lines for file in files] == [2, 1, 1]


def test_dialogs_of_one_s_own_stay(corpus, lines, pickled, put, told):
    own = gzip.compress(json.dumps(dialog("OWLS", "an owl", "yes")).encode() + b"\n")
    made = put("made/swda", {"train.jsonl.gz": own}).parent
    for downloaded in ([pickled, lines], [lines]):
        files = prepare_corpus(corpus, downloaded, made)
        assert [file.written for file in files] == [False, True, True]
        assert [file.verified for file in files] == [False, True, True]
        assert (made / "swda/train.jsonl.gz").read_bytes() == own
        (made / "swda/valid.jsonl").unlink()
        (made / "swda/test.jsonl").write_bytes(b"another")
        assert "test.jsonl is another file" in told(corpus, downloaded, made).message
        assert not (made / "swda/valid.jsonl").exists()
        (made / "swda/test.jsonl").unlink()


@pytest.mark.parametrize(
    ("plain", "why"),
    [
        ([], "no list 'train'"),
        ({"valid": []}, "no list 'train'"),
        ({"train": []}, "no list 'train'"),
        ({"train": [{"topic": "x"}]}, "dialog 1 of 'train' has no field"),
        ({"train": [dialog("CATS", "alone")]}, "fewer than two"),
        ({"train": [{**dialog("CATS", "a", "b"), "prompt": b"\xff"}]}, "not JSON|as JSON"),
        ({"train": [{**dialog("CATS", "a", "b"), "prompt": float("nan")}]}, "as JSON"),
        ({"train": [{**dialog("CATS", "a", "b"), "A": {**SPEAKER, "age": 10**400}}]}, "too large"),
    ],
)
def test_another_pickle_is_told(plain, why, corpus, put, lines, tmp_path, told):
    folder = put("data", {PICKLE: pickle.dumps(plain, 4)})
    error = told(corpus, [folder, lines], tmp_path / "made")
    assert any(each in error.message for each in why.split("|"))
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(("field", "why"), [("topic", "of another form"), ("prompt", "as JSON")])
def test_lists_that_are_nested_too_deeply_are_told(field, why, corpus, put, lines, tmp_path, told):
    """In the pickle itself, since none is made of a list that is nested so."""
    raw = pickle.dumps({"train": [{**dialog("CATS", "a", "b"), field: "HERE"}]}, 2)
    deep = 100_000
    text, lists = b"X\x04\x00\x00\x00HERE", b"]" * deep + b"a" * (deep - 1)
    assert text in raw
    folder = put("data", {PICKLE: raw.replace(text, lists)})
    error = told(corpus, [folder, lines], tmp_path / "made")
    assert "dialog 1 of 'train'" in error.message
    assert why in error.message
    assert not (tmp_path / "made").exists()
