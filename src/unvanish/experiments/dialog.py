"""Tables 2 and 3: responses on Switchboard under monotonic and cyclical beta, and a bag of words.

Settings are those of the published scripts, which cycle the learning rate with beta. Of Zhao's
2,316 training dialogs those are used that are there; a pass over them takes the place of a pass.
"""

from dataclasses import replace
from typing import Any

from ..config import DialogConfig, override
from . import published
from .corpora import SWDA
from .judging import Comparison, Expected, judge_comparisons
from .problems.switchboard.runs import DialogRuns, train_dialog_cells
from .problems.switchboard.scoring import PAPERS_VECTORS, told_vectors
from .reproducing import Experiment, Extent, Findings, Request, ResultTable, Watcher

__all__ = ["CLAIMS", "SwitchboardDialog"]

_QUICK: dict[str, Any] = {
    "data.max_vocabulary": 1_500,
    "model.encoder.hidden_size": 32,
    "model.context.hidden_size": 64,
    "model.prior.hidden_size": 32,
    "model.decoder.embedding_size": 32,
    "model.decoder.hidden_size": 64,
    "model.latent_size": 16,
    "objective.bag_of_words_size": 64,
    "training.rounds": 6,
    "training.evaluation_batch_size": 20,
}

_BETAS: dict[str, dict[str, Any]] = {
    "monotonic": {
        "objective.beta": "fu2019-dialog-code-monotonic",
        "optimizer.schedule": "constant",
    },
    "cyclical": {
        "objective.beta": "fu2019-dialog-code",
        "optimizer.schedule": "cosine-restarts",
    },
}

_LOSSES = {"rec_ppl": 2, "kl": 3, "rec_ppl_corpus": 2, "elbo": 2}
_SCORES = {
    "bleu4_precision": 3,
    "bleu4_recall": 3,
    "a_bow_precision": 3,
    "a_bow_recall": 3,
    "e_bow_precision": 3,
    "e_bow_recall": 3,
}
_DIVERSITY = {"distinct_1": 3, "distinct_2": 3, "self_bleu": 3, "words_per_sample": 1}
_LABELS = {
    "cvae-monotonic": "CVAE, monotonic",
    "cvae-cyclical": "CVAE, cyclical",
    "cvae-bow-monotonic": "CVAE + bag of words, monotonic",
    "cvae-bow-cyclical": "CVAE + bag of words, cyclical",
}

_REMARKS = (
    "Cyclical means here, as in the published scripts, that the learning rate is cycled together "
    "with beta; under monotonic beta it is constant. What is beta's and what the learning rate's, "
    "these runs cannot tell.",
    "Rec-P (rec ppl) is the mean over batches of 60 responses of the perplexity of reconstruction, "
    "rec ppl corpus that of all words together.",
    "Precision and recall are of 5 samples, BLEU by the rule of NLTK up to 3.4.5. With a single "
    "reference, recall (the score of the best sample) cannot be below precision (the mean over "
    "samples); the paper's is, so it must have used several. The claims about BLEU are judged "
    "against the response that followed, since every context has one.",
    "A-bow and E-bow (a bow, e bow) are (1 + cosine) / 2 of the mean, or of the extremes in every "
    "dimension, of the word vectors.",
    "Distinct n-grams and BLEU of samples with each other are not in the paper: Table 2 shows "
    "diversity by example. Ours are in samples.txt, written to each run's folder.",
)


class SwitchboardDialog(Experiment):
    """CVAE and CVAE + bag of words, monotonic and cyclical."""

    name = "dialog"
    title = "Switchboard: responses under monotonic and cyclical beta"
    source = "Section 6.2, Tables 2 and 3"
    files = SWDA
    whole = Extent(1, "4 runs a seed, a few hours each")
    quick = Extent(1, "5 minutes")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        found = train_dialog_cells(_settings(request), self.seeds_of(request), request, watcher)
        return Findings(
            judge_comparisons(CLAIMS, found),
            _tables(found),
            (),
            found.results(),
            (*_REMARKS, *_of_vectors(found)),
        )


def _settings(request: Request) -> dict[str, DialogConfig]:
    """Give every setting by the name of its row in the paper's table."""
    quick = _QUICK if request.quick else {}
    return {
        f"{model}-{beta}": override(
            DialogConfig(), {**quick, "objective.bag_of_words": model == "cvae-bow", **changes}
        )
        for model in ("cvae", "cvae-bow")
        for beta, changes in _BETAS.items()
    }


def _tables(found: DialogRuns) -> list[ResultTable]:
    """Give losses and scores, those that the paper has beside its own."""
    several = replace(found, against="several")
    contexts = _contexts(several)
    losses = "Switchboard, test split, best parameters (kl and elbo in nats per response)"
    fitting = f"Samples against several responses that fit, {contexts:,} contexts of the test split"
    followed = "Samples against the response that followed, every context of the test split"
    theirs = _beside(found, _scored(found, contexts))
    return [
        _table(losses, found, _LOSSES, _beside(found)),
        *([_table(fitting, several, _SCORES, theirs)] if contexts else []),
        _table(followed, found, _SCORES),
        _table("How different the samples of a context are", found, _DIVERSITY),
    ]


def _table(
    title: str,
    found: DialogRuns,
    columns: dict[str, int],
    theirs: published.PublishedTable | None = None,
) -> ResultTable:
    rows = {name: found.spreads(name, tuple(columns)) for name in found.runs}
    return ResultTable(title, columns, rows, theirs, _LABELS)


def _contexts(found: DialogRuns) -> int:
    """Count the contexts that were scored, the same of all runs; 0 if there are none."""
    counts = (count for name in found.runs for count in found.values(name, "contexts").values())
    return int(next(counts, 0))


def _beside(found: DialogRuns, *why: str) -> published.PublishedTable:
    """Give the paper's figures, whose rows also say why they cannot be compared with ours."""
    caveat = "; ".join((*_trained_on_others(found), *why))
    rows = {name: replace(row, caveat=caveat) for name, row in published.DIALOG.rows.items()}
    return replace(published.DIALOG, rows=rows)


def _trained_on_others(found: DialogRuns) -> tuple[str, ...]:
    """Say on how many dialogs ours were trained; nothing if those are all."""
    counts = sorted({run["corpus"]["splits"]["train"]["dialogs"] for run in found.results()})
    if counts in ([], [published.DIALOGS]):
        return ()
    ours = " or ".join(f"{count:,}" for count in counts)
    return (f"trained on all {published.DIALOGS:,} dialogs, ours on {ours}",)


def _scored(found: DialogRuns, contexts: int) -> str:
    """Say in what contexts and by which word vectors both are scored."""
    vectors = None if found.scored_with is None else found.scored_with["word_vectors"]
    ours = "no word vectors" if vectors is None else vectors["name"]
    return (
        f"scored in all contexts, ours in {contexts:,}, with embeddings of GloVe Twitter 27B, ours "
        f"with {ours}"
    )


def _of_vectors(found: DialogRuns) -> tuple[str, ...]:
    """Say which word vectors the scores are of."""
    if found.scored_with is None:
        return ()
    return (
        f"Scores by word vectors (a bow, e bow) are with {told_vectors(found.scored_with)}; those "
        f"of the paper with GloVe Twitter 27B, 200 numbers a word ({PAPERS_VECTORS}).",
    )


_SAID: tuple[tuple[str, Expected, str], ...] = (
    ("rec_ppl", "lower", "a lower reconstruction perplexity"),
    ("kl", "higher", "a higher KL"),
    ("bleu4_precision", "higher", "a higher BLEU-4 precision"),
    ("bleu4_recall", "higher", "a higher BLEU-4 recall"),
    ("distinct_1", "higher", "more different words in its samples"),
)
"""What cyclical beta is said to have, against monotonic."""

_OF_BLEU = "Section 6.2, Table 3 (there against several responses to a context)"
_WHERE = {
    "rec_ppl": "Section 6.2, Table 3",
    "kl": "Section 6.2, Table 3",
    "bleu4_precision": _OF_BLEU,
    "bleu4_recall": _OF_BLEU,
    "distinct_1": "Section 6.2, Table 2",
}


def _claim(model: str, name: str, figure: str, expected: Expected, what: str) -> Comparison:
    pair = f"{model}-cyclical", f"{model}-monotonic"
    claim = f"{name}: cyclical has {what} than monotonic"
    compared = None if figure.startswith("bleu") else published.DIALOG.difference(*pair, figure)
    return Comparison(claim, _WHERE[figure], *pair, figure, expected, compared)


CLAIMS = tuple(
    _claim(model, name, *said)
    for model, name in (("cvae", "CVAE"), ("cvae-bow", "CVAE + bag of words"))
    for said in _SAID
)
"""What section 6.2 says of Table 3, and what Table 2 shows."""
