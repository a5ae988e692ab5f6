"""Runs that have a latent variable, and runs that have none."""

from ..config import UsageError
from .folder import RunFolder

__all__ = ["require_latent"]


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
