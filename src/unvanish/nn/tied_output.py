"""An output layer whose weight is a table of word vectors."""

from typing import Any

from torch import Tensor, nn

__all__ = ["TiedOutput"]


class TiedOutput(nn.Linear):
    r"""Logits over the vocabulary by likeness to its words' vectors.

    .. math:: a_v = e_v \cdot x + b_v

    The weight is the embedding's own parameter, so an optimizer moves it once, by both gradients.
    Among the states of a module it stands there alone: files that may not name the same numbers
    twice can hold them, and whoever loads the embedding has loaded this layer.

    Args:
        embedding: The table, ``(vocabulary, features)``.

    References:
        Press and Wolf, Using the Output Embedding to Improve Language Models, EACL 2017,
        https://aclanthology.org/E17-2025; Inan et al., Tying Word Vectors and Word Classifiers,
        ICLR 2017, https://arxiv.org/abs/1611.01462.

    Example:
        >>> embedding = nn.Embedding(7, 4)
        >>> output = TiedOutput(embedding)
        >>> output.weight is embedding.weight, list(output.state_dict())
        (True, ['bias'])
    """

    def __init__(self, embedding: nn.Embedding) -> None:
        super().__init__(embedding.embedding_dim, embedding.num_embeddings)
        self.weight = embedding.weight

    def _save_to_state_dict(
        self, destination: dict[str, Any], prefix: str, keep_vars: bool
    ) -> None:
        super()._save_to_state_dict(destination, prefix, keep_vars)
        del destination[f"{prefix}weight"]

    def _load_from_state_dict(self, state_dict: dict[str, Tensor], prefix: str, *rest: Any) -> None:
        own = {f"{prefix}weight": self.weight.detach()}  # as the embedding's state has made it
        super()._load_from_state_dict({**state_dict, **own}, prefix, *rest)
