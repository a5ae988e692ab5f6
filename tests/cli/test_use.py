import io
import json
import subprocess
import sys

import pytest


def test_samples_are_written_one_a_line(unvanish, trained):
    ended = unvanish("sample", trained.path, "-n", "4", "--device=cpu")
    assert ended.status == 0
    assert len(ended.out.splitlines()) == 4
    again = unvanish("sample", trained.path, "-n", "4", "--device=cpu")
    assert ended.out == again.out
    other = unvanish("sample", trained.path, "-n", "4", "--device=cpu", "--seed=9")
    assert ended.out != other.out


def test_samples_go_to_a_file_once(unvanish, refused, trained, tmp_path):
    out = tmp_path / "samples.txt"
    assert unvanish("sample", trained.path, "--out", out).out == ""
    assert len(out.read_text().splitlines()) == 10
    before = out.read_text()
    assert "exists" in refused("sample", trained.path, "--out", out)
    assert out.read_text() == before


def test_reconstructions_stand_below_their_originals(unvanish, trained):
    ended = unvanish("reconstruct", trained.path, "the cat sees", "the dog", "--device=cpu")
    lines = ended.out.splitlines()
    assert lines[0] == "  the cat sees"
    assert lines[2] == "  the dog"
    assert lines[1].startswith("> ")


def test_sentences_come_from_a_pipe_or_a_file(unvanish, trained, tmp_path, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(b"the cat\n\nthe dog sees\n"))
    monkeypatch.setattr("sys.stdin", stdin)
    piped = unvanish("reconstruct", trained.path, "--json", "--device=cpu")
    file = tmp_path / "sentences.txt"
    file.write_text("the cat\nthe dog sees\n")
    read = unvanish("reconstruct", trained.path, "--file", file, "--json", "--device=cpu")
    assert json.loads(piped.out) == json.loads(read.out)
    assert [pair["text"] for pair in json.loads(read.out)] == ["the cat", "the dog sees"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sample", "nowhere"], "not a run"),
        (["sample", "RUN", "-n", "0"], "at least 1"),
        (["sample", "RUN", "--temperature=-1"], "temperature"),
        (["sample", "RUN", "--temperature=inf"], "temperature"),
        (["sample", "RUN", "--seed=-5"], "--seed"),
        (["sample", "RUN", "--seed=99999999999999999999999"], "--seed"),
        (["sample", "RUN", "--device=meta"], "device"),
        (["sample", "RUN", "--max-words=0"], "--max-words 0"),
        (["sample", "RUN", "--parameters=first"], "last"),
        (["reconstruct", "RUN", "a", "--file=b"], "not both"),
        (["reconstruct", "RUN", " "], "no words"),
        (["reconstruct", "RUN", "--file=missing.txt"], "does not exist"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(refused, trained, words, message):
    assert message in refused(*[trained.path if word == "RUN" else word for word in words])


def test_input_that_is_not_utf8_is_told(refused, trained, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9\n")))
    assert "UTF-8" in refused("reconstruct", trained.path)


def test_unknown_words_are_told(unvanish, trained):
    ended = unvanish("reconstruct", trained.path, "the unheard-of cat", "--device=cpu")
    assert "1 of 3 words are unknown" in ended.err
    assert "unknown" not in unvanish("reconstruct", trained.path, "the cat").err


def test_a_sentence_has_as_many_words_as_asked_for(unvanish, trained):
    ended = unvanish("sample", trained.path, "--max-words=2", "-n", "50", "--json")
    counts = {len(record["text"].split()) for record in json.loads(ended.out)}
    assert max(counts) == 2


def test_a_full_disk_is_told_in_one_line(trained):
    command = f"{sys.executable} -m unvanish sample {trained.path} -n 2 > /dev/full"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "No space left" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_schedule_is_shown(unvanish, refused, tmp_path):
    png = tmp_path / "beta.png"
    ended = unvanish("schedule", "fu2019", "--total-steps=40000", "--png", png)
    assert "4 cycles x 10,000 steps" in ended.out
    assert "drawn to" in ended.err
    assert png.read_bytes().startswith(b"\x89PNG")
    other = unvanish(
        "schedule", "fu2019", "--total-steps=8", "--quiet", "--png", tmp_path / "b.png"
    )
    assert other.err == ""
    assert "exists" in refused("schedule", "fu2019", "--total-steps=40000", "--png", png)


def test_a_schedule_as_json_is_read_back(unvanish):
    from unvanish import Cyclical, Schedule

    ended = unvanish("schedule", "cyclical:n_cycles=2", "--total-steps=8", "--json")
    facts = json.loads(ended.out)
    assert Schedule.from_dict(facts["schedule"]) == Cyclical(8, n_cycles=2)
    assert facts["values"] == Cyclical(8, n_cycles=2).values(8)


def test_a_schedule_goes_to_a_file_and_shows_the_run_asked_for(unvanish, tmp_path):
    out = tmp_path / "plan.txt"
    unvanish("schedule", "wave:low=0,high=1,step_size=100", "--total-steps=50", "--out", out)
    line = out.read_text().splitlines()[1]
    assert list(line) == sorted(line), "half a rise, without the fall"


def test_a_schedule_that_ends_badly_is_warned_of(unvanish):
    ended = unvanish("schedule", "cyclical:n_cycles=4", "--total-steps=10")
    assert ended.status == 0
    assert "warning" in ended.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nope", "--total-steps=3"], "presets: bowman2016"),
        (["he2019", "--total-steps=3"], "--steps-per-epoch"),
        (["fu2019", "--total-steps=0"], "--total-steps"),
        (["fu2019"], "--total-steps"),
        (["fu2019", "--total-steps=99999999999"], "at most"),
    ],
)
def test_a_wrong_schedule_is_told(refused, words, message):
    assert message in refused("schedule", *words)
