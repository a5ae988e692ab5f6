"""A conditional variational autoencoder of responses in a dialog."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..config import DialogModelConfig, UsageError
from ..data import PAD, Vocabulary, WordVectors
from ..data.dialogs import DialogBatch
from ..nn import Distribution
from ..objectives import ConditionalForwardPass, token_losses

__all__ = ["DialogCVAE"]

_PROFILES = 8
"""Numbers that say who responds and who else there is."""


class DialogCVAE(nn.Module):
    r"""p(x|c) = ∫ p(x|z,c) p(z|c) dz for a response x and what came before it, c.

    With the default settings it is the CVAE of Zhao et al. (2017) as Fu et al. (2019) train it on
    Switchboard, without dialog acts. The condition is the topic's vector, the profiles of both
    speakers, and the state of a GRU of 600 over the utterances before, each read by a GRU of 300
    from either end beside a bit that says whose it is. The recognition network q(z|c,x) is linear
    in the condition and the response's features, the prior p(z|c) has a hidden layer, and
    condition and z start the decoder, a GRU of 400. Context, response and decoder share one table
    of word vectors, which the decoder holds.

    torch's GRU applies the reset gate after the recurrent product, TensorFlow's of the time before
    it. As there, gates start open (bias 1), recurrent weights uniform in [-0.08, 0.08] and all
    other layers as Glorot and Bengio (2010) say.

    Args:
        config: The parts and their sizes.
        vocabulary_size: Number of entries of the vocabulary.
        n_topics: Number of topics, one for those that are unknown included.

    References:
        Zhao et al., Learning Discourse-level Diversity for Neural Dialog Models using Conditional
        Variational Autoencoders, ACL 2017, https://arxiv.org/abs/1703.10960;
        https://github.com/haofuml/cyclical_annealing, dialog/models/cvae_cyc.py.

    Example:
        >>> model = DialogCVAE(DialogModelConfig(), vocabulary_size=10_002, n_topics=56)
        >>> model.condition_size, model.told_size
        (638, 838)
    """

    def __init__(self, config: DialogModelConfig, *, vocabulary_size: int, n_topics: int) -> None:
        super().__init__()
        self.config = config
        self.topics = nn.Embedding(n_topics, config.topic_size)
        self.encoder = config.encoder.build(input_size=config.decoder.embedding_size)
        self.context = config.context.build(input_size=self.encoder.features_size)
        self.condition_size = config.topic_size + _PROFILES + self.context.features_size
        self.told_size = self.condition_size + config.latent_size
        self.posterior = config.posterior.build(
            features_size=self.condition_size + self.encoder.features_size,
            latent_size=config.latent_size,
        )
        self.prior = config.prior.build(
            condition_size=self.condition_size, latent_size=config.latent_size
        )
        self.decoder = config.decoder.build(
            vocabulary_size=vocabulary_size, latent_size=self.told_size
        )
        _initialise(self, config.initial_range)

    def encode(self, batch: DialogBatch) -> tuple[Distribution, Float[Tensor, "batch condition"]]:
        """Give q(z|c,x) and the condition c, in 32 bits even where autocast made them in 16.

        Args:
            batch: Responses and what came before them.
        """
        context, response = self._utterances(batch)
        counts = (batch.context_lengths > 0).sum(1)
        state = self.context(context, batch.same_floor, counts)
        topics = self.topics(batch.topics)
        with torch.autocast(state.device.type, enabled=False):
            wide = torch.promote_types(state.dtype, torch.float32)
            condition = torch.cat([topics, batch.profiles, state.to(wide)], dim=-1)
            posterior: Distribution = self.posterior(
                torch.cat([condition, response.to(wide)], dim=-1)
            )
        return posterior, condition

    def _utterances(
        self, batch: DialogBatch
    ) -> tuple[Float[Tensor, "batch utterances features"], Float[Tensor, "batch features"]]:
        """Give the features of all utterances of the context, 0 where there is none, and responses.

        All are read at once, and no row is read that holds no utterance.
        """
        there = batch.context_lengths > 0
        spoken = batch.context[there.to(batch.context.device)]
        longest = max(spoken.shape[1], batch.responses.shape[1])
        tokens = torch.cat([_widened(spoken, longest), _widened(batch.responses, longest)])
        lengths = torch.cat([batch.context_lengths[there], batch.lengths])
        features = self.encoder(self.decoder.embedding(tokens), lengths)
        context = features.new_zeros(*there.shape, features.shape[-1])
        context[there.to(features.device)] = features[: len(spoken)]
        return context, features[len(spoken) :]

    def told(
        self, z: Float[Tensor, "batch latent"], condition: Float[Tensor, "batch condition"]
    ) -> Float[Tensor, "batch told"]:
        """Give what the decoder is told: the condition and z.

        Args:
            z: A latent vector for each response.
            condition: What is known before it.
        """
        return torch.cat([condition, z], dim=-1)

    def decode(
        self, told: Float[Tensor, "batch told"], batch: DialogBatch
    ) -> Float[Tensor, "batch predicted"]:
        """Give -log p(x_t | x_<t, z, c) in nats for every token after the first; 0 at padding.

        Args:
            told: What the decoder is told, from :meth:`told`.
            batch: The responses.
        """
        states = self.decoder(told, batch.responses[:, :-1])
        return token_losses(states, batch.targets, batch.mask, self.decoder.output)

    def forward(
        self,
        batch: DialogBatch,
        noise: Float[Tensor, "batch latent"] | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> ConditionalForwardPass:
        """Encode, sample z from q(z|c,x) once and decode.

        Args:
            batch: Responses and what came before them.
            noise: Standard normal numbers ``(batch, latent)``; drawn when absent.
            generator: Source of the noise; torch's own when absent.
        """
        posterior, condition = self.encode(batch)
        z = posterior.rsample(noise, generator=generator)
        told = self.told(z, condition)
        return ConditionalForwardPass(
            posterior=posterior,
            prior=self.prior(condition),
            z=z,
            token_losses=self.decode(told, batch),
            told=told,
            targets=batch.targets,
            mask=batch.mask,
        )

    def begin_with(self, vocabulary: Vocabulary, vectors: WordVectors) -> int:
        """Give words the vectors that are known of them; all of them are trained further.

        Args:
            vocabulary: The words.
            vectors: What is known of some.

        Returns:
            How many words had a vector.

        Raises:
            UsageError: If the vectors have another size.
        """
        table = self.decoder.embedding.weight
        size = table.shape[1]
        if vectors.size != size:
            raise UsageError(
                f"the word vectors have {vectors.size} numbers and the model's words {size}: give "
                f"a file of that size, or model.decoder.embedding_size={vectors.size}"
            )
        known = [word for word in vocabulary.words if word in vectors.vectors]
        ids = vocabulary.encode(known)[1:-1]
        with torch.no_grad():
            table[ids] = torch.from_numpy(vectors.of(known)).to(table)
        return len(known)


def _widened(tokens: Tensor, width: int) -> Tensor:
    return nn.functional.pad(tokens, (0, width - tokens.shape[1]), value=PAD)


def _initialise(model: DialogCVAE, bound: float) -> None:
    """Draw every parameter as the paper's code does."""
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.RNNBase):
            for name, parameter in module.named_parameters():
                if name.startswith("weight"):
                    nn.init.uniform_(parameter, -bound, bound)
                else:
                    _open_gates(parameter, name, gru=isinstance(module, nn.GRU))
    nn.init.uniform_(model.topics.weight, -bound, bound)
    nn.init.normal_(model.decoder.embedding.weight, std=0.1)


def _open_gates(bias: Tensor, name: str, *, gru: bool) -> None:
    """Set a bias of recurrent layers to 0, and to 1 at the gates of a GRU.

    torch adds two biases up; the first has the 1, in the order reset, update, candidate.
    """
    nn.init.zeros_(bias)
    if gru and name.startswith("bias_ih"):
        nn.init.ones_(bias[: 2 * len(bias) // 3])
