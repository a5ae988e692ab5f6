"""A run: the folder on disk that training writes and everything afterwards opens.

::

    config.json           every setting, with the format's version
    origin.json           the corpus, and the run it started from
    vocabulary.json       the words
    tokenizer.json        how text is cut into them, where a tokenizers file was given
    metrics.jsonl         one line every few steps and one an epoch
    model.safetensors     parameters after the last finished epoch
    checkpoints/          best.safetensors: parameters with the best validation elbo;
                          cycle-N.safetensors: those at the end of every cycle of beta;
                          step-N.safetensors: the whole state, to go on from
    results.json          what was measured
    sentences-SPLIT.npz   rec and kl of every sentence, for paired comparisons
    latent/               posterior means of some validation sentences after every epoch
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from filelock import FileLock, Timeout
from numpy import ndarray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from .config import Config, UsageError, from_dict, to_dict
from .data import (
    WHITESPACE,
    Tokens,
    TokensLike,
    Vocabulary,
    restore_tokens,
    store_tokens,
    tokens_from,
)
from .evaluation import Evaluation
from .models import TextVAE

__all__ = ["FORMAT", "Run", "load", "read_json", "require_free", "write_json", "write_tensors"]

FORMAT = 1
"""Version of the folder's files; a reader refuses a later one."""

_WATCHED = 1_000
"""Most sentences whose place in the latent space is kept after every epoch."""


class Run:
    """A run's folder.

    Args:
        path: The folder. Use :meth:`create` for a new one and :func:`load` for one that exists.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    @classmethod
    def create(
        cls,
        path: str | Path,
        config: Config,
        vocabulary: Vocabulary,
        tokens: Tokens = WHITESPACE,
        *,
        origin: Mapping[str, Any] | None = None,
        initial: TextVAE | None = None,
    ) -> "Run":
        """Begin a folder; it is whole from the moment at which it is there.

        Args:
            path: The folder.
            config: Every setting.
            vocabulary: The words.
            tokens: How text is cut into them.
            origin: What is known of the corpus and of the run it starts from.
            initial: A model whose parameters it starts from, if they are not drawn anew.

        Raises:
            UsageError: If there is something at ``path`` already, or it cannot be written.
        """
        path = require_free(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            begun = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
            try:
                cls(begun)._fill(config, vocabulary, tokens, origin or {}, initial)
                begun.chmod(0o777 & ~_umask())
                begun.rename(path)
            finally:
                shutil.rmtree(begun, ignore_errors=True)
        except OSError as error:
            raise UsageError(
                f"cannot write to {path}: {error.strerror}; give another --out"
            ) from error
        run = cls(path)
        run.tokens = tokens
        return run

    def _fill(
        self,
        config: Config,
        vocabulary: Vocabulary,
        tokens: Tokens,
        origin: Mapping[str, Any],
        initial: TextVAE | None,
    ) -> None:
        """Write what a run has before its first step."""
        (self.path / "checkpoints").mkdir()
        self.write_json("origin.json", {"format": FORMAT, **origin})
        vocabulary.save(self.path / "vocabulary.json")
        store_tokens(tokens, self.path)
        (self.path / "metrics.jsonl").touch()
        if initial is not None:
            self.save_model(initial, "initial")
        self.write_json("config.json", {"format": FORMAT, **to_dict(config)})

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing to this run; the system lifts it when a process ends.

        Raises:
            UsageError: If another process writes to it now, or it cannot be written.
        """
        lock = FileLock(self.path / "checkpoints" / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise UsageError(
                f"{self.path} is being trained by another process: wait for it, or stop it"
            ) from error
        except OSError as error:
            raise UsageError(f"cannot write to {self.path}: {error.strerror}") from error
        try:
            yield
        finally:
            lock.release()

    @cached_property
    def origin(self) -> dict[str, Any]:
        """What is known of the corpus and of the run it started from."""
        return self.read_json("origin.json")

    @cached_property
    def config(self) -> Config:
        """The settings."""
        plain = self.read_json("config.json")
        version = plain.pop("format", None)
        if version != FORMAT:
            raise UsageError(
                f"{self.path} has format {version!r}, this unvanish reads format {FORMAT}: "
                "install the version that wrote it"
            )
        return from_dict(Config, plain)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words."""
        return Vocabulary.load(self.path / "vocabulary.json")

    @cached_property
    def tokens(self) -> Tokens:
        """How text is cut into the words and put together again.

        Raises:
            UsageError: If it was a Python function and :func:`load` was not given it.
        """
        return restore_tokens(self.config.data.tokens, self.path)

    def model(self, which: str = "last", *, device: str | torch.device = "cpu") -> TextVAE:
        """Build the model and load its parameters, ready for use (dropout off).

        Args:
            which: ``"last"`` (after the last finished epoch), ``"best"`` (best validation elbo),
                ``"cycle-N"`` (end of the Nth cycle of beta), or ``"initial"`` (what a run that
                started from another began with).
            device: Where to put it.

        Raises:
            UsageError: If the parameters are absent, damaged or of another model.
        """
        file = self.parameters_file(which)
        with torch.random.fork_rng(devices=[]):  # nobody else's draws change
            model = TextVAE(self.config.model, vocabulary_size=len(self.vocabulary))
        try:
            model.load_state_dict(load_file(file))
        except FileNotFoundError as error:
            raise UsageError(f"{file} does not exist: {self._there()}") from error
        except (SafetensorError, RuntimeError, OSError) as error:
            raise UsageError(
                f"{file} cannot be read as the parameters of this run's model: it is damaged or "
                "belongs to another run; copy it anew or train again"
            ) from error
        return model.to(device).eval()

    def parameters_file(self, which: str = "last") -> Path:
        """Where parameters stand, by the names that :meth:`model` knows.

        Raises:
            UsageError: If there are no parameters of that name.
        """
        if which == "last":
            return self.path / "model.safetensors"
        if which in ("best", "initial") or re.fullmatch(r"cycle-\d+", which):
            return self.path / "checkpoints" / f"{which}.safetensors"
        raise UsageError(f"unknown parameters {which!r}: give 'last', 'best' or 'cycle-N'")

    def _there(self) -> str:
        """Say which parameters a run has."""
        names = ["last"] if self.parameters_file("last").exists() else []
        found = (self.path / "checkpoints").glob("*.safetensors")
        names += sorted(file.stem for file in found if not file.stem.startswith("step-"))
        return f"give {' or '.join(names)}" if names else "the run has finished no epoch"

    def save_model(self, model: TextVAE, which: str = "last") -> None:
        """Write the parameters so that the file is whole at every moment."""
        file = self.parameters_file(which)
        state = {name: value.contiguous().cpu() for name, value in model.state_dict().items()}
        write_tensors(file, state, {"format": str(FORMAT)})

    def append_metrics(self, line: Mapping[str, Any]) -> None:
        """Add one line to ``metrics.jsonl``."""
        with (self.path / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, allow_nan=False) + "\n")

    def metrics(self) -> list[dict[str, Any]]:
        """Read every whole line of ``metrics.jsonl``; one cut short by a sudden end is left out."""
        text = (self.path / "metrics.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line[-1] == "\n"]

    @property
    def metrics_size(self) -> int:
        """Bytes of ``metrics.jsonl``."""
        return (self.path / "metrics.jsonl").stat().st_size

    def cut_metrics(self, size: int) -> None:
        """Keep only the first ``size`` bytes of ``metrics.jsonl``."""
        os.truncate(self.path / "metrics.jsonl", size)

    def save_sentences(self, split: str, evaluation: Evaluation) -> None:
        """Write rec and kl of every sentence of a split."""
        partial = self.path / f"sentences-{split}.partial.npz"
        np.savez_compressed(partial, rec=evaluation.rec, kl=evaluation.kl)
        partial.replace(self.path / f"sentences-{split}.npz")

    def save_latent(self, epoch: int, evaluation: Evaluation) -> None:
        """Write where some validation sentences are after an epoch: the mean of q(z|x) of each.

        They are the same sentences every time, evenly spread over the split.
        """
        folder = self.path / "latent"
        folder.mkdir(exist_ok=True)
        n = len(evaluation.mean)
        indices = np.unique(np.linspace(0, n - 1, min(n, _WATCHED)).round().astype(np.int64))
        partial = folder / "partial.npz"
        np.savez(partial, indices=indices, mean=evaluation.mean[indices].astype(np.float32))
        partial.replace(folder / f"epoch-{epoch:04d}.npz")

    def latent(self) -> dict[int, tuple[ndarray, ndarray]]:
        """Read what :meth:`save_latent` wrote: by epoch, indices of sentences and their means."""
        found = {}
        for file in sorted((self.path / "latent").glob("epoch-*.npz")):
            with np.load(file) as stored:
                found[int(file.stem.removeprefix("epoch-"))] = stored["indices"], stored["mean"]
        return found

    def results(self) -> dict[str, Any]:
        """Read ``results.json``."""
        return self.read_json("results.json")

    def read_json(self, name: str) -> dict[str, Any]:
        """Read one of the run's JSON files.

        Raises:
            UsageError: If it is absent or no JSON object.
        """
        return read_json(self.path / name, f"no {name}: it is not a finished run")

    def write_json(self, name: str, plain: Mapping[str, Any]) -> None:
        """Write one of the run's JSON files so that it is whole at every moment."""
        write_json(self.path / name, plain)


def read_json(path: Path, absent: str) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Args:
        path: The file.
        absent: What its folder holds where it is missing, and what to do.

    Raises:
        UsageError: If it is absent or no JSON object.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"{path.parent} holds {absent}") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: it is damaged") from error
    if not isinstance(plain, dict):
        raise UsageError(f"{path} cannot be read: it is damaged")
    return plain


def write_json(path: Path, plain: Mapping[str, Any]) -> None:
    """Write a JSON file so that it is whole at every moment.

    Args:
        path: The file; it is replaced if it is there.
        plain: What it is to hold.
    """
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(plain, file, indent=1, allow_nan=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def write_tensors(
    path: Path, tensors: Mapping[str, torch.Tensor], header: Mapping[str, str]
) -> None:
    """Write a safetensors file so that it is whole at every moment, also if the power fails.

    Args:
        path: The file; it is replaced if it is there.
        tensors: Contiguous tensors in main memory.
        header: Text that goes with them.

    Raises:
        UsageError: If it cannot be written; what was there stays.
    """
    partial = path.with_suffix(".partial")
    try:
        save_file(dict(tensors), partial, metadata=dict(header))
        partial.chmod(0o666 & ~_umask())  # the library lets nobody else read it
        _write_through(partial)
        partial.replace(path)
        _write_through(path.parent)
    except (OSError, SafetensorError) as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"cannot write {path}: {error}; make room, then --resume") from error


def _write_through(path: Path) -> None:
    """Have the system put a file, or the names in a folder, on the disk itself."""
    if path.is_dir() and os.name == "nt":
        return  # folders cannot be opened there
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """Read which permissions new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def require_free(path: str | Path) -> Path:
    """Check that a run may begin at ``path``: nothing is there, or an empty folder.

    Raises:
        UsageError: If something is there.
    """
    path = Path(path)
    if path.is_dir() and any(path.iterdir()):
        hint = ", or --resume to go on" if (path / "config.json").is_file() else ""
        raise UsageError(f"{path} is in use: give another --out{hint}, or remove it first")
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file: give a folder as --out")
    return path


def load(path: str | Path, *, tokens: TokensLike | None = None) -> Run:
    """Open a run's folder.

    Args:
        path: The folder that was given as ``--out``.
        tokens: How text is cut, for a run that was trained with a Python function.

    Raises:
        UsageError: If it is no run, or of a format this version does not read.
    """
    path = Path(path)
    if not (path / "config.json").is_file():
        raise UsageError(f"{path} is not a run: it holds no config.json; give the --out of a run")
    run = Run(path)
    _ = run.config
    if tokens is not None:
        run.tokens = tokens_from(tokens)
    return run
