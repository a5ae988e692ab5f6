"""Labels of sentences, read linearly out of the mean of q(z|x)."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int64
from numpy import ndarray
from torch import Tensor, nn

from ..data import Corpus, collate
from ..models import TextVAE
from ..nn import evaluating

__all__ = ["SentenceClassifier"]

_AT_ONCE = 256
"""Sentences in a forward pass that teaches nothing."""


class SentenceClassifier(nn.Module):
    """The encoder of a text VAE and a linear layer on the mean of q(z|x), which begins at 0.

    Args:
        model: The model, of which what leads to the mean is copied.
        labels: What a sentence may be.
    """

    def __init__(self, model: TextVAE, labels: Sequence[str]) -> None:
        super().__init__()
        self.labels = tuple(labels)
        self.encoder = copy.deepcopy(model.encoder)
        self.posterior = copy.deepcopy(model.posterior)
        self.head = nn.Linear(model.config.latent_size, len(self.labels))
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.to(next(model.parameters()).device)

    def forward(
        self, tokens: Int64[Tensor, "batch time"], lengths: Int64[Tensor, " batch"]
    ) -> Float[Tensor, "batch labels"]:
        """Give a logit for each label.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
        """
        features = self.encoder(tokens, lengths.to(tokens.device))
        logits: Tensor = self.head(self.posterior(features).mean)
        return logits

    def of_rows(
        self, corpus: Corpus, rows: Int64[ndarray, " rows"]
    ) -> Float[Tensor, "rows labels"]:
        """Give the logits of some sentences of a corpus.

        Args:
            corpus: The sentences.
            rows: Which of them.
        """
        batch = collate(corpus, rows).to(self.head.weight.device)
        logits: Tensor = self(batch.tokens, batch.lengths)
        return logits

    def log_probabilities(
        self, corpus: Corpus, rows: Int64[ndarray, " rows"] | None = None
    ) -> Float[Tensor, "rows labels"]:
        """Give the log probability of each label, without gradients and in main memory.

        Args:
            corpus: The sentences.
            rows: Which of them; ``None`` takes all.
        """
        rows = np.arange(len(corpus)) if rows is None else rows
        places = np.argsort(corpus.lengths[rows], kind="stable")
        found = torch.empty(len(rows), len(self.labels))
        with evaluating(self):
            for first in range(0, len(rows), _AT_ONCE):
                part = places[first : first + _AT_ONCE]
                logits = self.of_rows(corpus, rows[part])
                found[torch.from_numpy(part)] = logits.float().log_softmax(-1).cpu()
        return found

    def predict(self, corpus: Corpus, rows: Int64[ndarray, " rows"] | None = None) -> list[str]:
        """Guess the label of sentences.

        Args:
            corpus: The sentences.
            rows: Which of them; ``None`` takes all.
        """
        best = self.log_probabilities(corpus, rows).argmax(-1)
        return [self.labels[number] for number in best.tolist()]
