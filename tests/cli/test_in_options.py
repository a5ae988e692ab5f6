import pytest

from unvanish.cli.in_options import in_options

OPTIONS = [("--min-count",), ("--dropout",), ("--beam",), ("--k", "-k"), ("--steps-per-epoch",)]


@pytest.mark.parametrize(
    ("message", "words", "expected"),
    [
        ("min_count=0 is not possible", ["--min-count=0"], "--min-count 0 is not possible"),
        ("min_count=0 is not possible", ["--min-count", "0"], "--min-count 0 is not possible"),
        ("min_count=0 is not possible", ["--set", "data.min_count=0"], None),
        ("input_dropout=2.0 is", ["--dropout=2"], "--dropout 2.0 is"),
        ("output_dropout=2.0 is", ["--set=model.decoder.output_dropout=2"], None),
        ("beam_size=0 is", ["--beam=0"], "--beam 0 is"),
        ("k=0 is", ["-k", "0"], "-k 0 is"),
        ("steps_per_epoch must be given", [], "--steps-per-epoch must be given"),
        ("lower min_count or give more", [], "lower --min-count or give more"),
        ("schedule 'a:min_count=3,k=2' is", ["--min-count", "-k"], None),
        ("runs/min_count/k=0 is absent", ["--min-count", "-k"], None),
        ("give --set data.min_count=1", ["--min-count=2"], None),
        ("max_words=3 is", ["--max-words=3"], None),
    ],
)
def test_what_was_typed_is_named(message, words, expected):
    assert in_options(message, words, OPTIONS) == (expected or message)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["schedule", "he2019", "--total-steps=100"], "--steps-per-epoch must be given"),
        (["schedule", "fu2019", "--total-steps=0"], "--total-steps must be"),
        (["train", "CORPUS", "--min-count=9999"], "lower --min-count or give more text"),
        (["train", "CORPUS", "--min-count=0"], "--min-count 0 is not possible"),
        (
            ["train", "CORPUS", "--max-words=2"],
            "more than --max-words 2; raise --max-words, set --too-long to truncate",
        ),
        (["train", "CORPUS", "--dropout=2"], "--dropout 2.0 is not possible"),
        (["train", "CORPUS", "--set=data.min_count=0"], "min_count=0 is not possible"),
        (["compare", "CORPUS", "--hidden-size=0"], "--hidden-size 0 is not possible"),
        (["demo", "--steps=39"], "--steps 39 is not possible"),
    ],
)
def test_commands_speak_of_options(refused, corpus, words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert said in refused(*[corpus if word == "CORPUS" else word for word in words])


def test_names_that_are_offered_for_something_else_stay():
    message = "unknown argument 'bla': choose from n_cycles, total_steps"
    words = ["schedule", "cyclical:bla=3", "--total-steps=10"]
    assert in_options(message, words, [("--total-steps",)]) == message


def test_a_setting_that_was_set_by_its_name_keeps_it():
    message = "hidden_size=0 is not possible"
    words = ["train", "--hidden-size=8", "--set", "model.decoder.hidden_size=0"]
    assert in_options(message, words, [("--hidden-size",)]) == message
