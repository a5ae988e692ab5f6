"""A watch on the posteriors of a module at every validation of Lightning's Trainer."""

import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

from .annealing import KLAnnealing
from .callback import Callback

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...measures import CollapseWatch

__all__ = ["CollapseMonitor"]


class CollapseMonitor(Callback):
    """Logs whether the latent variable is alive, and warns when it is dying.

    After every validation it logs ``collapse/kl``, the KL of the posteriors from N(0, I) in nats
    (closed form, mean over sentences), ``collapse/information``, what z tells about a sentence in
    nats (:func:`~unvanish.measures.mutual_information`, from at most 1,000 sentences, which cannot
    show more than 6.9), and ``collapse/active_units``, the number of dimensions whose posterior
    mean varies over sentences. It warns by the line of the diagnosis: less than 0.1 nats of either
    KL or information, and where they are not finite, so that nothing can be measured. Beside the
    KL it names its weight: the value of the :class:`KLAnnealing` of an attribute named beta, or of
    the only one there is, or the module's ``beta``; where these leave it open, none. It finds the
    posteriors in what ``validation_step`` returns, ``{"mean": ..., "logvar": ...}``, each of shape
    ``(batch, d)``; or asks ``posterior``.
    Its memory does not grow with the number of batches. It needs the extra ``torch``, which
    :class:`KLAnnealing` does not. Of several processes each sees its share of the sentences:
    the means over processes are logged and watched.

    Args:
        posterior: ``posterior(pl_module, batch) -> (mean, logvar)``.
        threshold: Variance of the posterior mean above which a dimension is active.
        prefix: What the logged names begin with.
        watch: What decides when to warn; by default when in two validations in a row, the first
            three aside, z tells less than 0.1 nats.
    """

    def __init__(
        self,
        posterior: Callable[[Any, Any], tuple[Any, Any]] | None = None,
        threshold: float = 0.01,
        *,
        prefix: str = "collapse/",
        watch: "CollapseWatch | None" = None,
    ) -> None:
        from ...measures import CollapseWatch  # not above: its imports are no part of Lightning

        self.posterior, self.threshold, self.prefix = posterior, threshold, prefix
        self.watch = watch or CollapseWatch(patience=2, grace=3)
        self.kl_per_dimension: NDArray[np.float64] | None = None
        """KL of every latent dimension in nats at the latest validation, in this process."""
        self._told_of_infinite = False

    @property
    def state_key(self) -> str:
        """Where a checkpoint keeps the state: every prefix has its own."""
        key: str = self._generate_state_key(prefix=self.prefix)
        return key

    def state_dict(self) -> dict[str, Any]:
        """Return what the watch remembers."""
        return dict(self.watch.state())

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Remember what a checkpoint holds."""
        self.watch.restore(state_dict)

    def on_validation_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin anew."""
        from ...measures import RunningPosteriors

        self._seen = RunningPosteriors()

    def on_validation_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Take in the posteriors of a batch."""
        if self.posterior is not None:
            mean, logvar = self.posterior(pl_module, batch)
        elif isinstance(outputs, dict) and {"mean", "logvar"} <= outputs.keys():
            mean, logvar = outputs["mean"], outputs["logvar"]
        else:
            raise ValueError(
                "CollapseMonitor finds no posteriors: return {'mean': mean, 'logvar': logvar} from "
                "validation_step, or give CollapseMonitor(posterior=...) a function of the module "
                "and the batch"
            )
        self._seen.add(_numbers(mean), _numbers(logvar))

    def on_validation_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Log the measures, and warn when it is time."""
        if trainer.sanity_checking:
            return
        seen = self._seen
        self.kl_per_dimension = seen.kl_per_dimension
        active = float(seen.active_units(self.threshold))
        pl_module.log(f"{self.prefix}kl", seen.kl, sync_dist=True)
        pl_module.log(f"{self.prefix}active_units", active, sync_dist=True)
        told = seen.information()
        low, high = (math.nan, math.nan) if told is None else (told.low.value, told.interval[1])
        pl_module.log(f"{self.prefix}information", low, sync_dist=True)
        # Same numbers for all, or a process with unlucky sentences would speak for the others.
        own = torch.tensor([seen.kl, high], device=pl_module.device)
        kl, information = trainer.strategy.reduce(own, reduce_op="mean").tolist()
        if trainer.state.fn == "fit":
            weight = _weight_in_training(trainer, pl_module)
            warning = self._observe(kl, weight, information)
            if warning and trainer.is_global_zero:
                warnings.warn(warning, stacklevel=1)

    def _observe(self, kl: float, weight: float | None, information: float) -> str | None:
        """Give the warning that is due; once of numbers that are not finite, until they are."""
        told, self._told_of_infinite = self._told_of_infinite, not math.isfinite(kl)
        if math.isfinite(kl):
            known = information if math.isfinite(information) else None
            return self.watch.observe(kl, beta=weight, information=known)
        if told:
            return None
        return (
            f"the posteriors are not all finite: kl = {kl} nats per sentence, so that it cannot be "
            "measured whether the latent variable is alive; lower the learning rate, clip the "
            "gradients, or look for what makes them infinite, such as an unbounded logvar"
        )


def _numbers(tensor: Any) -> Any:
    return tensor.detach().cpu().double().numpy()


def _weight_in_training(trainer: Any, pl_module: Any) -> float | None:
    """Give the weight of the KL term, which ``evaluate_at`` may have replaced for the while."""
    annealed = [callback for callback in trainer.callbacks if isinstance(callback, KLAnnealing)]
    named = [callback for callback in annealed if callback.attr.split(".")[-1] == "beta"]
    if named:
        return named[0].value
    beta = getattr(pl_module, "beta", None)
    if beta is None:
        return annealed[0].value if len(annealed) == 1 else None
    if annealed:
        return None  # either may be the weight
    try:
        return float(beta)
    except (RuntimeError, TypeError, ValueError):
        return None
