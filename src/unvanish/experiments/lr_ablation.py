"""Table 4 and Figure 10: beta and the learning rate, each cyclical or not.

The paper's cyclical runs on Penn Treebank also let the learning rate fall and restart with every
cycle; its monotonic runs do not. Here is the grid of both (section 6.4), as its scripts do it.
"""

from . import published
from .penn_treebank import COLUMNS, as_the_code, figures_of, text_files
from .reproducing import (
    PTB,
    Cell,
    Claim,
    Experiment,
    Extent,
    Findings,
    Request,
    ResultTable,
    TextRuns,
    Watcher,
    claim_of_difference,
    train_cells,
)
from .run_likelihoods import likelihoods
from .training_curves import curves_by_epoch

__all__ = ["LearningRateAblation"]

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
    whole = Extent(3, "4 runs a seed, more than an hour each")
    quick = Extent(1, "4 minutes")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        cells = [
            Cell("cyclical-constant", as_the_code(request, _CONSTANT)),
            Cell("monotonic-constant", as_the_code(request, {**_MONOTONIC, **_CONSTANT})),
            Cell("cyclical-cyclical", as_the_code(request)),
            Cell("monotonic-cyclical", as_the_code(request, {**_MONOTONIC, **_CYCLE})),
        ]
        seeds = self.seeds_of(request)
        found = train_cells(cells, seeds, text_files(request), request, watcher)
        nll = likelihoods(found, request, watcher)
        table = ResultTable(
            "Penn Treebank, test split, last epoch (nats per sentence)",
            {name: digits for name, digits in COLUMNS.items() if name != "time"},
            {cell.name: figures_of(found, cell.name, nll) for cell in cells},
            published.LR_ABLATION,
            _LABELS,
        )
        return Findings(
            _claims(found),
            (table,),
            curves_by_epoch(found, "lr-ablation", _LABELS),
            found.results(),
            (
                "How the learning rate is cycled where beta is not, the paper does not say: here "
                "with the same cosine of 10 epochs.",
            ),
        )


def _claims(found: TextRuns) -> list[Claim]:
    of_beta = [
        _claim(
            found,
            (f"cyclical-{rate}", f"monotonic-{rate}"),
            figure,
            f"With a {rate} learning rate, cyclical beta {does}",
            higher=figure != "rec",
        )
        for rate in ("constant", "cyclical")
        for figure, does in (
            ("kl", "raises the KL"),
            ("rec", "lowers rec"),
            ("elbo", "gives a better elbo"),
        )
    ]
    of_rate = [
        _claim(
            found,
            (f"{beta}-cyclical", f"{beta}-constant"),
            "elbo",
            f"Under {beta} beta, a cyclical learning rate gives a better elbo",
            higher=True,
        )
        for beta in ("monotonic", "cyclical")
    ]
    return [*of_beta, *of_rate]


def _claim(
    found: TextRuns, pair: tuple[str, str], figure: str, claim: str, *, higher: bool
) -> Claim:
    first, second = (published.LR_ABLATION.rows[name].figures[figure] for name in pair)
    return claim_of_difference(
        claim,
        "Table 4, its numbers",
        found,
        pair,
        figure,
        expected="higher" if higher else "lower",
        paper=first - second,
    )
