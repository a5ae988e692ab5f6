"""Whole runs on other tokens than words: trained, stored, opened, and text again."""

import json
import sys

import numpy as np
import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from unvanish.config import override
from unvanish.data import SyntheticText, collate, load_corpora
from unvanish.generation import SentenceWriter, sentences
from unvanish.recipes import load_recipe
from unvanish.runs import load
from unvanish.training import train

SMILES = r"regex:\[[^\]]+]|Br?|Cl?|[NOSPFIbcnosp]|[-()=#+\\/:~@?>*$.]|%\d\d|\d"
MOLECULES = ["CC(=O)O", "ClCCBr", "c1ccccc1", "C[C@H](N)C(=O)O", "[Na+].[Cl-]", "CC#N"]
SMALL = [
    "--epochs=2",
    "--schedule=cyclical:n_cycles=1",
    "--precision=fp32",
    "--device=cpu",
    "--hidden-size=12",
    "--embedding-size=12",
    "--latent-size=4",
    "--quiet",
]


@pytest.fixture
def faithful(monkeypatch):
    """A model that writes exactly what it read, so that text is all that can get lost."""
    read = {}

    encode_as_it_is = sentences.encode_corpus

    def encode(model, corpus, **options):
        read["ids"] = collate(corpus, np.arange(len(corpus))).tokens
        return encode_as_it_is(model, corpus, **options)

    def write(model, z, decoding, **options):
        read["max_words"] = decoding.max_words
        return read["ids"][:, 1:]

    monkeypatch.setattr(sentences, "encode_corpus", encode)
    monkeypatch.setattr(sentences, "generate_tokens", write)
    return read


@pytest.fixture
def tokenizer(tmp_path):
    """Subwords of bytes, trained on a few lines."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=290,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<s>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(["the cats and the dogs", "the dog"] * 9, trainer)
    tokenizer.save(str(tmp_path / "subwords.json"))
    return tmp_path / "subwords.json"


def train_on(unvanish, folder, lines, *words):
    """Train on a few lines, which are all three splits."""
    text = folder / "lines.txt"
    text.write_text("\n".join(lines) + "\n", encoding="utf-8")
    given = ["train", text, "--valid", text, "--test", text, *SMALL, *words]
    ended = unvanish(*given, "--out", folder / "run")
    assert ended.status == 0, ended.err
    return folder / "run"


def reconstructed(unvanish, run, lines):
    ended = unvanish("reconstruct", run, *lines, "--json", "--device=cpu")
    assert ended.status == 0, ended.err
    return [pair["reconstruction"] for pair in json.loads(ended.out)], ended.err


@pytest.mark.parametrize(
    ("tokens", "lines"),
    [
        (SMILES, MOLECULES),
        ("characters", ["a cat", "<s> ☃", "two  spaces", "a <unk> b"]),
        ("FILE", ["the cats", "the <s> dogs", "an unseen ☃", "the dog and the dogs"]),
        ("whitespace", ["the cats", "the <s> </s> dogs", "<pad>"]),
    ],
    ids=["smiles", "characters", "subwords", "words"],
)
def test_what_a_run_reads_and_writes_is_text_again(
    unvanish, tokenizer, tmp_path, faithful, tokens, lines
):
    spec = str(tokenizer) if tokens == "FILE" else tokens
    run = train_on(unvanish, tmp_path, lines, "--tokens", spec)
    tokenizer.unlink()
    again, warnings = reconstructed(unvanish, run, lines)
    assert again == lines
    assert "unknown" not in warnings
    assert max(faithful["ids"].unique()) < len(load(run).vocabulary)
    in_words = SentenceWriter(load(run).model(), load(run).vocabulary).reconstruct(lines)
    assert (in_words == lines) == (tokens == "whitespace"), "the tokens of the run made it so"
    assert load(run).config.data.tokens == ("file" if tokens == "FILE" else tokens)
    assert (run / "tokenizer.json").exists() == (tokens == "FILE")


def test_unknown_pieces_are_told(unvanish, tmp_path):
    run = train_on(unvanish, tmp_path, MOLECULES, "--tokens", SMILES)
    _, warnings = reconstructed(unvanish, run, ["CC(=O)F"])
    assert "1 of 7 words are unknown" in warnings
    _, warnings = reconstructed(unvanish, run, ["CxC"])
    assert "1 of 3 words are unknown" in warnings


def test_what_was_cut_and_left_out_is_in_the_results(unvanish, tmp_path):
    words = ["--tokens", SMILES, "--max-words=9", "--too-long=truncate"]
    run = train_on(unvanish, tmp_path, [*MOLECULES, "CxxC"], *words)
    reading = load(run).results()["corpus"]["splits"]["train"]["reading"]
    assert reading["truncated"] == 1
    assert reading["uncovered"] == 2
    assert reading["unknown_words"] == 1
    assert (reading["read"], reading["kept"], reading["too_long"]) == (7, 7, 0)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ("words", "give whitespace, characters, regex:PATTERN or the path"),
        ("", "give whitespace"),
        ("regex:(", "pattern is not valid"),
        ("regex:a*", "empty text"),
        ("regex:(?=t)", "empty text"),
        ("regex:Q", "every word is '<unk>'"),
        ("absent.json", "a file that exists"),
        ("CORPUS", "is no saved tokenizer"),
        ("FOLDER", "cannot be read"),
        ("file", "tokenizer.json"),
    ],
)
def test_wrong_tokens_are_told_in_one_line(refused, corpus, tmp_path, tokens, message):
    given = {"CORPUS": corpus, "FOLDER": tmp_path}.get(tokens, tokens)
    told = refused("train", corpus, "--tokens", given, "--out", tmp_path / "run")
    assert message in told
    assert not (tmp_path / "run").exists()


def test_a_missing_library_is_told_in_one_line(refused, corpus, tokenizer, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    told = refused("train", corpus, "--tokens", tokenizer, "--out", tmp_path / "run")
    assert "pip install '.[tokenizers]'" in told


@pytest.mark.parametrize("content", [None, "{}"])
def test_a_lost_or_damaged_tokenizer_of_a_run_is_told(
    unvanish, refused, tokenizer, tmp_path, content
):
    run = train_on(unvanish, tmp_path, ["the dog"], "--tokens", tokenizer)
    (run / "tokenizer.json").unlink()
    if content is not None:
        (run / "tokenizer.json").write_text(content)
    for words in (["sample", run], ["reconstruct", run, "the dog"]):
        assert "tokenizer.json" in refused(*words)


def test_a_function_is_given_again_when_a_run_is_opened(refused, corpus, small, tmp_path):
    def pairs(text):
        return [text[i : i + 2] for i in range(0, len(text), 2)]

    corpora = load_corpora(corpus, tokens=pairs)
    run = train(small, corpora, tmp_path / "run", device="cpu")
    assert run.config.data.tokens == "callable"
    assert run.tokens.cut("abc") == ["ab", "c"]
    assert "tokens=function" in refused("sample", run.path)
    opened = load(run.path, tokens=pairs)
    again = SentenceWriter(opened.model(), opened.vocabulary, opened.tokens)
    writer = SentenceWriter(run.model(), opened.vocabulary, run.tokens)
    assert again.reconstruct(["the cat"]) == writer.reconstruct(["the cat"])
    assert len(again.sample(2)) == 2


def test_the_tokens_of_the_corpus_are_recorded_whatever_the_settings_say(corpus, small, tmp_path):
    config = override(small, {"data.tokens": "characters"})
    run = train(config, load_corpora(corpus), tmp_path / "run", device="cpu")
    assert load(run.path).config.data.tokens == "whitespace"
    assert run.results()["config"]["data"]["tokens"] == "whitespace"


def test_a_run_of_an_earlier_version_is_cut_at_white_space(trained, tmp_path):
    plain = json.loads((trained.path / "config.json").read_text())
    del plain["data"]["tokens"], plain["data"]["too_long"]
    (tmp_path / "config.json").write_text(json.dumps(plain))
    assert load(tmp_path).tokens.spec == "whitespace"


@pytest.mark.parametrize(("given", "expected"), [([], 200), (["--max-words=7"], 7)])
def test_sentences_may_be_as_long_as_those_of_training(
    unvanish, tmp_path, faithful, given, expected
):
    line = "ab" * 75
    run = train_on(unvanish, tmp_path, [line], "--tokens=characters")
    unvanish("reconstruct", run, line, *given)
    assert faithful["max_words"] == expected


def test_samples_are_joined_as_the_run_cuts(unvanish, tmp_path):
    run = train_on(unvanish, tmp_path, MOLECULES, "--tokens", SMILES)
    ended = unvanish("sample", run, "-n30", "--json", "--device=cpu")
    written = [record["text"] for record in json.loads(ended.out)]
    tokens, vocabulary = load(run).tokens, load(run).vocabulary
    assert any(len(tokens.cut(text)) > 3 for text in written)
    for text in written:
        assert " " not in text
        assert set(text.replace("<unk>", "")) <= set("".join(vocabulary.words))


def test_without_a_corpus_the_synthetic_one_is_taken(unvanish, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(SyntheticText.__init__, "__defaults__", (300, 2, 2, 0))
    words = [word for word in SMALL if word != "--quiet"]
    ended = unvanish("train", *words)
    assert ended.status == 0, ended.err
    told = [line for line in ended.err.splitlines() if "no CORPUS" in line]
    assert len(told) == 1
    assert "300 sentences" in told[0]
    assert told[0].endswith("recipe synthetic")
    run = load("runs/synthetic-cyclical-n-cycles-1-seed1")
    assert run.config.optimizer == load_recipe("synthetic").config.optimizer
    results = run.results()
    assert results["name"] == "cyclical:n_cycles=1"
    assert results["corpus"]["name"] == "synthetic"
    sizes = [split["sentences"] for split in results["corpus"]["splits"].values()]
    assert sum(sizes) == 300
    quiet = unvanish("train", *SMALL, "--json", "--out", "quiet")
    assert quiet.err == ""
    assert json.loads(quiet.out)["corpus"] == results["corpus"]


def test_a_recipe_that_is_given_is_taken_without_a_corpus_too(unvanish, tmp_path, monkeypatch):
    monkeypatch.setattr(SyntheticText.__init__, "__defaults__", (300, 2, 2, 0))
    words = [word for word in SMALL if word != "--quiet"]
    ended = unvanish("train", "--recipe=fu2019-ptb", *words, "--out", tmp_path / "run")
    assert "recipe fu2019-ptb" in ended.err
    assert load(tmp_path / "run").config.optimizer == load_recipe("fu2019-ptb").config.optimizer


@pytest.mark.parametrize("option", ["--valid", "--test"])
def test_other_splits_need_a_corpus(refused, corpus, tmp_path, option):
    assert "CORPUS" in refused("train", option, corpus, "--out", tmp_path / "run")
