r"""Rate: kl = KL(q(z|x) || p(z)), in nats per sentence, of which some may be free."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor

from ..nn import FactorizedDistribution
from .forward_pass import ForwardPass
from .free_bits import OVER_BATCH, FreeBitsForm, free_bits
from .term import Term

__all__ = ["Rate"]


class Rate(Term):
    """The KL divergence of the posterior from the prior, summed over dimensions.

    What is logged is the KL itself, also where part of it is free.

    Args:
        free: Nats that cost nothing; 0 (default) charges all.
        form: What they are counted for (:func:`unvanish.objectives.free_bits`), ``"soft"``
            excepted.
        all_reduce: Adds a tensor up over the processes that share a batch, for the forms over the
            batch; without it, every batch is a whole one.

    Raises:
        ValueError: If ``free`` is below 0 or ``form`` is none of them.
    """

    name = "kl"

    def __init__(
        self,
        free: float = 0.0,
        form: FreeBitsForm = "dimension-batch",
        all_reduce: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        super().__init__()
        if not free >= 0:
            raise ValueError(f"free={free!r}: give nats, 0 or more")
        if form == "soft":
            raise ValueError("form='soft' is steered: it needs a SoftFreeBits in one's own loop")
        self.free, self.form, self._all_reduce = free, form, all_reduce

    def forward(self, forward_pass: ForwardPass) -> Float[Tensor, " batch"]:
        """Give kl for each sentence in nats."""
        return forward_pass.posterior.kl(forward_pass.prior)

    def charge(
        self, part: Float[Tensor, " batch"], forward_pass: ForwardPass, share: float = 1.0
    ) -> Float[Tensor, " batch"]:
        """Give what is left after the free nats.

        Raises:
            TypeError: If they are counted by dimension and the posterior does not factorise.
        """
        if self.free == 0:
            return part
        if self.form in ("sentence", "batch"):
            return self._charge(part.unsqueeze(-1), share)
        posterior = forward_pass.posterior
        if not isinstance(posterior, FactorizedDistribution):
            raise TypeError(
                f"the KL of a {type(posterior).__name__} is no sum over dimensions: count the free "
                "bits with form='sentence' or 'batch'"
            )
        return self._charge(posterior.kl_per_dimension(forward_pass.prior), share)

    def _charge(self, kl: Float[Tensor, "batch counted"], share: float) -> Float[Tensor, " batch"]:
        whole = None
        if self._all_reduce is not None and self.form in OVER_BATCH:
            whole = self._all_reduce(share * kl.detach().mean(0))
        return free_bits(kl, self.free, self.form, whole=whole)
