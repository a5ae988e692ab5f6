import gzip

import pytest

from unvanish.config import UsageError
from unvanish.data.dialogs import Dialog, Utterance, read_dialogs, read_references

from .conftest import ANN, BOB, record


def test_reads_the_form_of_the_files(write):
    path = write(record())
    expected = Dialog((ANN, BOB), "PETS", (Utterance("A", "Hi there"), Utterance("B", "hello")))
    assert read_dialogs(path) == [expected]
    assert BOB.profile == (0.5, 3.0, 1.0, 0.0)
    assert ANN.profile == pytest.approx((0.3, 2 / 3, 0.0, 1.0))
    packed = path.with_name("dialogs.jsonl.gz")
    packed.write_bytes(gzip.compress(b"\n" + path.read_bytes()))
    assert read_dialogs(packed) == [expected]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"topic": ...}, "line 2 has no field 'topic'"),
        ({"A": {"age": 1, "education": 1}}, "line 2 has no field 'sex'"),
        ({"A": {"age": 1, "education": 1, "sex": "?"}}, "sex is '\\?'"),
        ({"A": {"age": "old", "education": 1, "sex": "MALE"}}, "'old'"),
        ({"A": {"age": "nan", "education": 1, "sex": "MALE"}}, "no finite number"),
        ({"A": {"age": 10**400, "education": 1, "sex": "MALE"}}, "another form .*too large"),
        ({"A": 3}, "another form"),
        ({"utts": [["C", "hi"], ["A", "hi"]]}, "a speaker is 'C'"),
        ({"utts": [["A", 3], ["A", "hi"]]}, "a text is of type int"),
        ({"utts": [["A"], ["A", "hi"]]}, "another form"),
        ({"utts": [["A", "hi"]]}, "fewer than two utterances"),
    ],
)
def test_names_the_line_that_is_wrong(write, changes, said):
    wrong = {name: value for name, value in record(**changes).items() if value is not ...}
    with pytest.raises(
        UsageError, match=rf"dialogs\.jsonl, line 2 .*{said.removeprefix('line 2 ')}"
    ):
        read_dialogs(write(record(), wrong))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no dialogs"),
        ("[1]\n", "line 1 .*list, not an object"),
        ("{\n", "not valid JSON"),
    ],
)
def test_refuses_files_that_are_no_dialogs(tmp_path, text, said):
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_dialogs(path)
    with pytest.raises(UsageError, match="does not exist"):
        read_dialogs(tmp_path / "absent.jsonl")


def test_reads_contexts_with_several_responses(write):
    wanted = {"speaker": "B", "responses": [["yes_answers", "yes"], ["other", "uh-huh"]]}
    (read,) = read_references(write(record(**wanted)))
    assert read.context == ("Hi there", "hello")
    assert (read.floor, read.responses) == ("B", ("yes", "uh-huh"))
    with pytest.raises(UsageError, match=r"line 1 is of another form.*no responses"):
        read_references(write(record(**wanted | {"responses": []})))
