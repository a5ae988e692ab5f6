"""Table 4 and Figure 10: beta and the learning rate, each cyclical or not.

The paper's cyclical runs on Penn Treebank also let the learning rate fall and restart with every
cycle; its monotonic runs do not. Here is the grid of both (section 6.4), as its scripts do it.
"""

from . import published
from .corpora import PTB
from .judging import BySeed, Claim, Contrast, claim_of_margin
from .measurements.likelihood import Likelihood
from .pictures.training_curves import curves_by_epoch
from .problems.penn_treebank import COLUMNS, TreebankRuns, as_the_code, text_files
from .reproducing import (
    Cell,
    Experiment,
    Extent,
    Findings,
    Request,
    ResultTable,
    Watcher,
    train_cells,
)

__all__ = ["CONTRASTS", "LearningRateAblation", "claims_of"]

_MONOTONIC = {"objective.beta": "fu2019-ptb-code-monotonic"}
_CONSTANT = {"optimizer.schedule": "constant"}
_CYCLE = {"optimizer.cycle_epochs": 10}

_LABELS = {
    "cyclical-constant": "cyclical beta, constant learning rate",
    "monotonic-constant": "monotonic beta, constant learning rate",
    "cyclical-cyclical": "cyclical beta, cyclical learning rate",
    "monotonic-cyclical": "monotonic beta, cyclical learning rate",
}


class LearningRateAblation(Experiment):
    """How much of Table 1 is the learning rate."""

    name = "lr-ablation"
    title = "Penn Treebank: cycles of beta, cycles of the learning rate"
    source = "Section 6.4, Table 4, Figure 10"
    files = PTB
    whole = Extent(5, "4 runs a seed, more than an hour each")
    quick = Extent(1, "7 minutes")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        cells = [
            Cell("cyclical-constant", as_the_code(request, _CONSTANT)),
            Cell("monotonic-constant", as_the_code(request, {**_MONOTONIC, **_CONSTANT})),
            Cell("cyclical-cyclical", as_the_code(request)),
            Cell("monotonic-cyclical", as_the_code(request, {**_MONOTONIC, **_CYCLE})),
        ]
        seeds = self.seeds_of(request)
        likelihood, files = Likelihood.of(request), text_files(request)
        found = train_cells(cells, seeds, files, request, watcher, [likelihood])
        runs = TreebankRuns(found, found.measured(likelihood))
        columns = {name: digits for name, digits in COLUMNS.items() if name != "time"}
        table = ResultTable(
            "Penn Treebank, test split, last epoch (nats per sentence)",
            columns,
            {cell.name: runs.spreads(cell.name, tuple(columns)) for cell in cells},
            published.LR_ABLATION,
            _LABELS,
        )
        return Findings(
            claims_of(runs),
            (table,),
            curves_by_epoch(found, "lr-ablation", _LABELS),
            found.results(),
            (
                "How the learning rate is cycled where beta is not, the paper does not say: here "
                "with the same cosine of 10 epochs.",
                "Monotonic beta at a constant rate and cyclical beta at a cyclical one are rows "
                "of Table 1 too (experiment language-model, as its code does): with the same seeds "
                "they are no second confirmation.",
            ),
        )


_OF_BETA = {
    "cyclical-constant": 0.5,
    "cyclical-cyclical": 0.5,
    "monotonic-constant": -0.5,
    "monotonic-cyclical": -0.5,
}
_OF_RATE = {
    "cyclical-cyclical": 0.5,
    "monotonic-cyclical": 0.5,
    "cyclical-constant": -0.5,
    "monotonic-constant": -0.5,
}
"""Each gives what cycles of the one do, in the mean over both kinds of the other."""

_WHERE = "Table 4, its numbers"

CONTRASTS = (
    Contrast(
        "Cyclical beta raises the KL, in the mean over both learning rates",
        _WHERE,
        _OF_BETA,
        "kl",
        "higher",
        "kl",
        f"; the paper: {published.LR_ABLATION.contrast(_OF_BETA, 'kl'):+.2f}",
    ),
    Contrast(
        "A cyclical learning rate gives a better elbo, in the mean over both betas",
        _WHERE,
        _OF_RATE,
        "elbo",
        "higher",
        "elbo",
        f"; the paper: {published.LR_ABLATION.contrast(_OF_RATE, 'elbo'):+.2f}",
    ),
)
"""What the numbers of Table 4 say of each schedule while the other is held."""


def claims_of(runs: BySeed) -> list[Claim]:
    """Judge what Table 4 says: what beta does, what the learning rate does.

    Args:
        runs: By the names of the cells.
    """
    apart = {
        f"cyclical less monotonic beta, {rate} learning rate": {
            f"cyclical-{rate}": 1.0,
            f"monotonic-{rate}": -1.0,
        }
        for rate in ("constant", "cyclical")
    }
    theirs = [published.LR_ABLATION.contrast(each, "elbo") for each in apart.values()]
    little = claim_of_margin(
        f"Cyclical beta changes the elbo by less than {published.EQUAL_SETTINGS} nats, at either "
        "learning rate",
        f"{_WHERE} (by {' and '.join(f'{each:+.2f}' for each in theirs)})",
        {what: runs.contrast(each, "elbo") for what, each in apart.items()},
        published.EQUAL_SETTINGS,
        "elbo",
    )
    return [*(each.judge(runs) for each in CONTRASTS), little]
