import json

from unvanish.data.dialogs import DialogBatches
from unvanish.evaluation.dialog import evaluate_dialogs
from unvanish.training.dialog import DialogValidation, GrowingPatience


def build(run, corpora):
    batches = DialogBatches(corpora.valid, batch_size=2, context=3)
    return DialogValidation(run.config, run.model(), batches), batches


def test_the_figures_are_those_of_an_evaluation(run, corpora):
    made, batches = build(run, corpora)
    calls = []
    found = made.validate(1, beta=0.0, between=lambda: calls.append(1))
    assert found.figures == evaluate_dialogs(run.model(), batches, seed=1).summary()
    assert (found.beside, found.warning, found.keep) == ({}, None, None)
    assert len(calls) == len(batches)
    assert made.watch(0.0, beta=1.0) is None


def test_patience_decides_and_is_remembered(run, corpora):
    made, other = build(run, corpora)[0], build(run, corpora)[0]
    training = run.config.training
    patience = GrowingPatience(training.patience, training.improvement)
    losses = [100 * 0.97**n if n < 8 else 80.0 for n in range(1, 40)]
    ended = []
    for n, loss in enumerate(losses, 1):
        ended.append(made.ends(n, {"elbo": -loss}, better=True))
        assert ended[-1] == patience.observe(n, loss)
        other.restore({**json.loads(json.dumps(made.state())), "round": n})
        assert other.state() == made.state()
    assert any(ended)
    assert not ended[0]
