"""Where sentences are in the latent space: a map by t-SNE, kept with every run."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ...measures import spread_rows
from ...models import encode_corpus
from ...report.neighbourhoods import neighbourhoods
from ...runs import Run
from ..reproducing import Measurement

__all__ = ["CodeMap", "Codes"]


@dataclass(frozen=True)
class CodeMap:
    """Places of sentences that lie near each other where their latent vectors do.

    Args:
        places: Theirs.
        labels: Those of the sentences.
    """

    places: Float[ndarray, "sentences 2"]
    labels: list[str]


@dataclass(frozen=True)
class Codes(Measurement[Run, CodeMap]):
    """Lays out the means of q(z|x) of test sentences, of the best parameters.

    Args:
        sentences: How many, spread evenly; all of a smaller split.
        perplexity: Of t-SNE.
    """

    parameters = "best"
    file = "codes.json"

    sentences: int
    perplexity: float = 30.0

    def settings(self, run: Run) -> dict[str, Any]:
        """See :meth:`Measurement.settings`."""
        return {**asdict(self), "parameters": self.parameters}

    def measure(self, run: Run, progress: Callable[[int], None]) -> dict[str, Any]:
        """See :meth:`Measurement.measure`."""
        corpus = run.corpora.test
        rows = spread_rows(len(corpus), self.sentences)
        means = encode_corpus(run.model("best"), corpus).mean.numpy()[rows]
        places = neighbourhoods(means, perplexity=self.perplexity)
        labels = [str((corpus.labels or ())[row]) for row in rows]
        return {"places": np.round(places.astype(float), 3).tolist(), "labels": labels}

    def read(self, values: Mapping[str, Any]) -> CodeMap:
        """See :meth:`Measurement.read`."""
        return CodeMap(np.array(values["places"]), list(values["labels"]))
