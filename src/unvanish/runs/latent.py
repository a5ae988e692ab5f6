"""Runs that have a latent variable and runs that have none, and latent vectors given to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from ..config import UsageError
from .folder import RunFolder

if TYPE_CHECKING:
    from .opened import OpenedRun

__all__ = ["latent_vectors", "require_latent"]


def require_latent(run: RunFolder) -> None:
    """Refuse what needs z where it plays no part.

    Raises:
        UsageError: If the run is a language model.
    """
    if run.config.model.is_language_model:
        raise UsageError(
            f"{run.path} is a language model, it has no latent variable: sample, evaluate and "
            "report it, or give the run of a VAE"
        )


def latent_vectors(
    run: OpenedRun, z: Float[ndarray | Tensor, "sentences latent"]
) -> Float[Tensor, "sentences latent"]:
    """Take latent vectors in the type of the parameters.

    Args:
        run: Whose latent space.
        z: What was given for vectors.

    Raises:
        UsageError: If they are no finite vectors of the model's size, or the run is a language
            model.
    """
    require_latent(run)
    shape = f"(n, {run.config.model.latent_size})"
    try:
        given = torch.as_tensor(z)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"{type(z).__name__} is no array of latent vectors: give one of shape {shape}, or how "
            "many sentences"
        ) from error
    if given.ndim != 2 or given.shape[1] != run.config.model.latent_size:
        found = tuple(given.shape)
        raise UsageError(f"latent vectors of shape {found} are not possible: give {shape}")
    given = given.to(next(run.in_use.parameters()).dtype)
    broken = (~given.isfinite().all(1)).nonzero()
    if len(broken):
        raise UsageError(f"latent vector {int(broken[0]) + 1} is not finite: give finite numbers")
    return given
