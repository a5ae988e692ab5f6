"""Where a run begins: anew, from another run's parameters, or where it was left."""

from collections.abc import Mapping
from pathlib import Path

import torch

from ..config import Config, UsageError
from ..data import Corpora
from ..models import TextVAE
from ..runs import Run, load
from .identity import require_same_settings

__all__ = ["begin", "build_model", "reopen"]


def build_model(config: Config, vocabulary_size: int, device: torch.device) -> TextVAE:
    """Make the model as the seed says; torch's global generator is seeded.

    Raises:
        UsageError: If it does not fit into memory.
    """
    torch.manual_seed(config.seed)
    try:
        return TextVAE(config.model, vocabulary_size=vocabulary_size).to(device)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise UsageError(
            "a model of this size does not fit into memory: give a smaller --hidden-size, "
            "--embedding-size or --max-vocabulary"
        ) from error


def begin(
    path: str | Path,
    config: Config,
    corpora: Corpora,
    model: TextVAE,
    *,
    start_from: Run | None,
    files: Mapping[str, str],
) -> Run:
    """Begin a new run.

    Args:
        path: Its folder.
        config: Every setting.
        corpora: The splits.
        model: The model; it gets the parameters of ``start_from``.
        start_from: A run to start from.
        files: Where the splits were read from.

    Raises:
        UsageError: If the folder is in use, or the parameters do not fit.
    """
    corpus = {"name": corpora.name, "sha256": corpora.sha256, "files": dict(files)}
    if start_from is None:
        return Run.create(
            path, config, corpora.vocabulary, corpora.tokens, origin={"corpus": corpus}
        )
    _start(model, start_from, corpora)
    origin = {"corpus": corpus, "from": str(start_from.path)}
    return Run.create(
        path, config, corpora.vocabulary, corpora.tokens, origin=origin, initial=model
    )


def reopen(path: Path, config: Config, corpora: Corpora) -> Run:
    """Open a run to go on with, and check that it is the one that is meant.

    Raises:
        UsageError: If its settings or its corpus are others.
    """
    run = load(path)
    require_same_settings(
        path, run.config, config, f"--from {path} with a new --out to go on with others"
    )
    if run.origin.get("corpus", {}).get("sha256") != corpora.sha256:
        raise UsageError(
            f"the text is not what {path} was begun with: give the same files, or --from {path} "
            "with a new --out to go on with others"
        )
    run.tokens = corpora.tokens
    return run


def _start(model: TextVAE, source: Run, corpora: Corpora) -> None:
    """Give a model the parameters that another run was opened with.

    Raises:
        UsageError: If they do not fit.
    """
    if source.vocabulary != corpora.vocabulary:
        raise UsageError(
            f"the corpus was read with another vocabulary than that of {source.path}: "
            "give load_corpora(vocabulary=run.vocabulary)"
        )
    try:
        model.load_state_dict(source.model().state_dict())
    except RuntimeError as error:
        raise UsageError(
            f"the parameters of {source.path} do not fit this model: leave the sizes of the model "
            "as they are there"
        ) from error
