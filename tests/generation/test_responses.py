import pytest
import torch

from unvanish.config import Decoding, DialogModelConfig, UsageError, override
from unvanish.data import EOS
from unvanish.data.dialogs import (
    Dialog,
    DialogBatches,
    Speaker,
    Utterance,
    Window,
    collate_windows,
    load_dialogs,
)
from unvanish.generation import respond, scored_windows
from unvanish.models import DialogCVAE

SMALL = {
    "encoder.hidden_size": 6,
    "context.hidden_size": 7,
    "prior.hidden_size": 5,
    "decoder.embedding_size": 8,
    "decoder.hidden_size": 9,
    "latent_size": 3,
    "topic_size": 2,
}


@pytest.fixture
def corpus():
    speakers = Speaker(30, 2, True), Speaker(50, 1, False)
    texts = ["hi", "hi how are you", "fine", "that is good to hear", "yes", "bye then"]
    dialogs = [
        Dialog(speakers, topic, tuple(Utterance("AB"[k % 2], t) for k, t in enumerate(said)))
        for topic, said in (("PETS", texts), ("CARS", texts[::-1]))
    ]
    return load_dialogs(dialogs, dialogs, dialogs[:1]).train


@pytest.fixture
def model(corpus):
    """Parameters as large as those of a model that has learned something, so that z counts."""
    torch.manual_seed(2)
    config = override(DialogModelConfig(), SMALL)
    model = DialogCVAE(config, vocabulary_size=len(corpus.vocabulary), n_topics=3)
    with torch.no_grad():
        for parameter in model.decoder.parameters():
            parameter.mul_(8)
    return model


def windows_of(corpus):
    return DialogBatches(corpus, batch_size=1).windows()


def test_contexts_of_the_begin_utterance_alone_are_left_out(corpus):
    windows = windows_of(corpus)
    assert len(windows) == 10
    scored = scored_windows(windows)
    assert len(scored) == 8
    assert all(window.end > 2 for _, window in scored)
    assert scored_windows([(0, Window(1, 3))]) == [(0, Window(1, 3))]


def test_every_word_is_the_most_probable_one(corpus, model):
    """A sample against a loop that reads everything written so far anew for every word."""
    (window,) = windows_of(corpus)[3:4]
    (found,) = respond(model, corpus, [window], samples=2, decoding=Decoding(max_words=6))
    batch = collate_windows(corpus, [(window[0], *window[1])])
    from unvanish.nn import KeyedNoise

    for number, sample in enumerate(found.samples):
        with torch.no_grad():
            _, condition = model.encode(batch)
            noise = KeyedNoise.of(1, number, batch.indices).normal("z", 3)
            told = model.told(model.prior(condition).rsample(noise), condition)
            words = [2]
            while len(words) <= 6:
                features = model.decoder(told, torch.tensor([words]))
                logits = model.decoder.output(features[0, -1])
                logits[[0, 2]] = -torch.inf
                words.append(int(logits.argmax()))
                if words[-1] == EOS:
                    break
        assert corpus.vocabulary.decode(words) == list(sample)


def test_samples_depend_on_seed_and_context_alone(corpus, model):
    windows = windows_of(corpus)
    model.train()
    together = respond(model, corpus, windows, samples=4, batch_size=3)
    assert model.training
    alone = [respond(model, corpus, [window], samples=4)[0] for window in windows]
    assert together == alone
    assert together == respond(model, corpus, windows, samples=4)
    assert together != respond(model, corpus, windows, samples=4, seed=2)
    assert any(len(set(each.samples)) > 1 for each in together)
    fewer = respond(model, corpus, windows, samples=2)
    assert [each.samples for each in fewer] == [each.samples[:2] for each in together]


def test_what_is_said_beside_the_samples(corpus, model):
    (found,) = respond(model, corpus, [(0, Window(1, 4))], samples=1)
    assert found.topic == "PETS"
    assert found.context == (("A", ("hi",)), ("B", ("hi", "how", "are", "you")))
    assert (found.floor, found.truth) == ("A", ("fine",))
    text = found.as_text(utterances=1)
    assert text.startswith("topic: PETS\nB: hi how are you\nA, in truth: fine\nA, sample 1: ")


def test_what_is_not_possible(corpus, model):
    with pytest.raises(UsageError, match="samples=0"):
        respond(model, corpus, windows_of(corpus), samples=0)
