"""Semi-amortized inference: q(z|x) of the encoder, refined by gradient descent.

Kim et al., Semi-Amortized Variational Autoencoders, ICML 2018, https://arxiv.org/abs/1802.02550.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import torch
from torch import Tensor, nn

from ..config import SemiAmortizedConfig, UsageError
from ..data import Batch
from ..models import TextVAE
from ..nn import DiagonalGaussian, Distribution, KeyedNoise, drawing_from
from ..objectives import Loss, Objective, elbo_objective
from .batch_loss import BatchLoss
from .step import BatchPart
from .variational_steps import (
    Descent,
    GaussianParameters,
    Gradients,
    back_through,
    descend,
    gradients_at,
)

__all__ = ["SemiAmortizedInference"]


class SemiAmortizedInference:
    r"""A few steps from the encoder's q(z|x) to a better one, and gradients back through them.

    The loss is that of a fresh draw from the refined q(z|x). Its gradient reaches the decoder
    directly and through the steps, and the encoder through the steps alone
    (:mod:`unvanish.inference.variational_steps`). All of it but the encoding and the last loss is
    in 32 bits, whatever the precision of the run: differences of gradients in 16 bits say nothing.

    A step follows the gradient of the mean loss of the batch, with the beta of the moment. So for a
    sentence alone a step is as much smaller as there are sentences, and clipping looks at all of
    them. Parts of a batch (``--accumulate``, several processes) count by their share: without
    clipping their gradients are those of the whole batch, and with it they are refused.

    What differs from the published code: the noise of a step is drawn by sentence and step, not
    from one of 3,435 streams; dropout is that of the whole optimizer step; evaluation is at
    beta = 1; clipping is differentiated too, where there the difference is of gradients clipped
    unlike one another; what the steps add to the gradient of the parameters is clipped once
    altogether, not at each step; the distance of a difference is set by ``difference`` alone, where
    there it is 1e-5 times a gradient. Numbers of 32 bits hardly tell points so near each other
    apart: in a model of the paper's size at its start, what 10 steps add to the decoder's gradient
    was off by 1.9 times its own norm, and by 0.001 times with ``difference``.

    With K steps, the output layer takes 2 K + 1 times as many products as in amortized inference.
    What could be left out without changing a number is: words are embedded once, and the gradients
    for the parameters at the points of the steps are made on the way and only added up.

    Args:
        config: How many steps, and how long.
    """

    def __init__(self, config: SemiAmortizedConfig = SemiAmortizedConfig()) -> None:  # noqa: B008 - frozen
        self.config = config

    def gradients(
        self,
        model: TextVAE,
        objective: Objective,
        part: BatchPart,
        autocast: AbstractContextManager[None],
    ) -> Loss:
        """See :meth:`InferenceStep.gradients`.

        Raises:
            UsageError: If q(z|x) is no Gaussian, the decoder embeds no words, or the batch is only
                a part of the step's sentences and norms of a whole one are clipped.
        """
        self._require_whole(part.share)
        batch = part.batch
        device = batch.tokens.device.type
        with drawing_from(model, part.noise):
            with autocast:
                posterior = _require_gaussian(model.encode(batch.tokens, batch.lengths))
                begin = GaussianParameters(posterior.mean, posterior.logvar)
                losses = BatchLoss(model, objective, part)
                others = _others(losses)
                with torch.autocast(device, enabled=False):
                    descent = descend(losses.of_step, begin, self.config, others)
                end = GaussianParameters(*(each.requires_grad_() for each in descent.end))
                loss = losses.at("z", end)
            with torch.autocast(device, enabled=False):
                own, first = gradients_at(part.share * loss.total, end, others)
                at_begin, second = back_through(descent, losses.of_step, own, self.config, others)
        _hand_on(losses, others, first, second)
        _backward(begin, at_begin)
        return loss

    def refine(
        self,
        model: TextVAE,
        batch: Batch,
        posterior: Distribution,
        *,
        sentences: int,
        noise: KeyedNoise,
    ) -> DiagonalGaussian:
        """Refine q(z|x) at beta = 1, as an evaluation does: nothing else gets gradients.

        Args:
            model: The model, in either mode. In evaluation mode on a GPU the recurrent layers do
                without cuDNN, which has no backward pass there.
            batch: Sentences, on the device of the model.
            posterior: What the encoder made of them.
            sentences: How many a batch has in training. A step of a sentence is as long as in one
                of those, however many are in ``batch``.
            noise: The batch's random numbers.

        Raises:
            UsageError: If q(z|x) is no Gaussian, or the decoder embeds no words.
        """
        gaussian = _require_gaussian(posterior)
        begin = GaussianParameters(gaussian.mean, gaussian.logvar)
        part = BatchPart(batch, 0, noise, len(batch) / sentences)
        with _without_parameters(model), _recurrent_backward(model):
            losses = BatchLoss(model, elbo_objective(), part)
            with torch.autocast(batch.tokens.device.type, enabled=False):
                descent: Descent = descend(losses.of_step, begin, self.config)
        return DiagonalGaussian(*descent.end)

    def _require_whole(self, share: float) -> None:
        if share != 1.0 and self.config.needs_whole_batch:
            raise UsageError(
                "semi-amortized inference clips norms of a whole batch, of which this is a part: "
                "leave out --accumulate and torchrun, or set inference.clip=none and "
                "inference.second_order_clip=none"
            )


def _require_gaussian(posterior: Distribution) -> DiagonalGaussian:
    if not isinstance(posterior, DiagonalGaussian):
        raise UsageError(
            f"semi-amortized inference refines mean and log variance of a Gaussian q(z|x), not a "
            f"{type(posterior).__name__}: set inference.kind=amortized"
        )
    return posterior


def _others(losses: BatchLoss) -> list[Tensor]:
    """Give what a loss depends on beside q(z|x): embedded words and parameters."""
    modules: list[nn.Module] = [losses.model.decoder, losses.model.prior, losses.objective]
    parameters = [each for module in modules for each in module.parameters()]
    return [each for each in (losses.words, *parameters) if each.requires_grad]


def _hand_on(losses: BatchLoss, others: list[Tensor], first: Gradients, second: Gradients) -> None:
    """Add gradients to those of the parameters, what is for words by way of their embedding."""
    for tensor, gradient, through_steps in zip(others, first, second, strict=True):
        if gradient is None or through_steps is None:
            gradient = through_steps if gradient is None else gradient
        else:
            gradient = gradient + through_steps
        if gradient is not None and tensor is losses.words:
            torch.autograd.backward(losses.embedded, gradient)
        elif gradient is not None:
            tensor.grad = gradient if tensor.grad is None else tensor.grad.add_(gradient)


def _backward(begin: GaussianParameters, gradients: GaussianParameters) -> None:
    """Go back to the parameters of the encoder, as far as there are any to be trained."""
    if begin.mean.requires_grad or begin.logvar.requires_grad:
        pairs = zip(begin, gradients, strict=True)
        trained, own = zip(*((p, g) for p, g in pairs if p.requires_grad), strict=True)
        torch.autograd.backward(trained, own)


@contextmanager
def _without_parameters(model: nn.Module) -> Iterator[None]:
    """Let no parameter ask for a gradient for a while: none is made then."""
    asking = [each for each in model.parameters() if each.requires_grad]
    for each in asking:
        each.requires_grad_(False)
    try:
        yield
    finally:
        for each in asking:
            each.requires_grad_(True)


def _recurrent_backward(model: nn.Module) -> AbstractContextManager[None]:
    """Allow backward passes through recurrent layers in evaluation mode, which cuDNN refuses."""
    allowed = model.training and torch.backends.cudnn.enabled
    context: AbstractContextManager[None] = torch.backends.cudnn.flags(enabled=allowed)
    return context
