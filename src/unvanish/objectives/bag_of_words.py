r"""The words of a sentence from its latent vector at once, without their order.

.. math:: -\sum_t \log p(x_t | z, c), \qquad
          p(\cdot | z, c) = \mathrm{softmax}(W_2 \tanh(W_1 [c; z]))
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .forward_pass import ConditionalForwardPass, ForwardPass
from .term import Term

__all__ = ["BagOfWords"]


class BagOfWords(Term):
    """What it costs to tell every target word, the end symbol included, from what is told.

    One distribution serves all words of a sentence, so logits are made once a sentence.

    Args:
        features_size: Size of what the decoder is told: condition and z.
        hidden_size: Size of the hidden layer.
        vocabulary_size: Number of entries of the vocabulary.

    References:
        Zhao et al., Learning Discourse-level Diversity for Neural Dialog Models using Conditional
        Variational Autoencoders, ACL 2017, https://arxiv.org/abs/1703.10960, section 3.3.
    """

    name = "bow"

    def __init__(self, *, features_size: int, hidden_size: int, vocabulary_size: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(features_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        for layer in (self.hidden, self.output):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, forward_pass: ForwardPass) -> Float[Tensor, " batch"]:
        """Give the sum over target words for each sentence in nats.

        Raises:
            TypeError: If the pass does not say what the decoder was told.
        """
        if not isinstance(forward_pass, ConditionalForwardPass):
            raise TypeError(f"a bag of words needs a ConditionalForwardPass, not {forward_pass!r}")
        logits = self.output(self.hidden(forward_pass.told).tanh()).float()
        of_words = torch.log_softmax(logits, dim=-1).gather(1, forward_pass.targets)
        return -of_words.masked_fill(~forward_pass.mask, 0.0).sum(-1)
