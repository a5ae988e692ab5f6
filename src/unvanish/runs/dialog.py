"""A run on dialogs: the folder on disk, and its model.

::

    config.json           every setting, with the format's version
    origin.json           fingerprint of the corpus and of the word vectors, and the topics
    vocabulary.json       the words
    metrics.jsonl         one line every few steps and one a round
    model.safetensors     parameters after the last finished round
    checkpoints/          best.safetensors: parameters with the best validation elbo;
                          step-N.safetensors: the whole state, to go on from
    results.json          what was measured
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from ..config import DialogConfig, UsageError, from_dict, to_dict
from ..data import Vocabulary
from ..data.dialogs import DialogCorpora
from ..models import DialogCVAE
from .files import whole_folder
from .record import FORMAT, RecordFolder

__all__ = ["DialogRun", "Parameters"]

Parameters: TypeAlias = Literal["last", "best"]
"""Parameters after the last finished round, or those with the best validation elbo."""


class DialogRun(RecordFolder):
    """What training on dialogs writes, as it stands on disk.

    Args:
        path: The folder.
    """

    @classmethod
    def create(
        cls,
        path: str | Path,
        config: DialogConfig,
        corpora: DialogCorpora,
        *,
        origin: Mapping[str, Any] | None = None,
    ) -> Self:
        """Begin a folder; it is whole from the moment at which it is there.

        Args:
            path: The folder.
            config: Every setting.
            corpora: What is trained on.
            origin: What else is known of where the run comes from.

        Raises:
            UsageError: If there is something at ``path`` already, or it cannot be written.
        """
        topics = list(corpora.train.topics)
        known = {"corpus": {"sha256": corpora.sha256}, "topics": topics, **(origin or {})}

        def fill(begun: Path) -> None:
            (begun / "checkpoints").mkdir()
            folder = cls(begun)
            folder.write_json("origin.json", {"format": FORMAT, **known})
            corpora.vocabulary.save(begun / "vocabulary.json")
            (begun / "metrics.jsonl").touch()
            folder.write_json("config.json", {"format": FORMAT, "dialog": to_dict(config)})

        return cls(whole_folder(path, fill))

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a folder.

        Args:
            path: The folder.

        Raises:
            UsageError: If it is no run on dialogs, or of a format this version does not read.
        """
        run = cls(Path(path))
        if not (run.path / "config.json").is_file():
            raise UsageError(f"{path} is not a run: it holds no config.json; give one's folder")
        _ = run.config
        return run

    @cached_property
    def config(self) -> DialogConfig:
        """The settings."""
        plain = self.read_json("config.json")
        if plain.get("format") != FORMAT:
            raise UsageError(
                f"{self.path} has format {plain.get('format')!r}, this unvanish reads format "
                f"{FORMAT}: install the version that wrote it"
            )
        if "dialog" not in plain:
            raise UsageError(f"{self.path} is no run on dialogs: open it with unvanish.load")
        return from_dict(DialogConfig, plain["dialog"])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words."""
        return Vocabulary.load(self.path / "vocabulary.json")

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics by number from 1."""
        return tuple(self.origin["topics"])

    def build_model(self) -> DialogCVAE:
        """Make a model of this run's sizes, with parameters drawn anew."""
        return DialogCVAE(
            self.config.model,
            vocabulary_size=len(self.vocabulary),
            n_topics=len(self.topics) + 1,
        )

    def model(
        self, which: Parameters = "last", *, device: str | torch.device = "cpu"
    ) -> DialogCVAE:
        """Build the model anew and load its parameters, ready for use.

        Args:
            which: Which parameters.
            device: Where to put it.

        Raises:
            UsageError: If they are absent, damaged or of another model.
        """
        file = self.parameters_file(which)
        with torch.random.fork_rng(devices=[]):  # nobody else's draws change
            model = self.build_model()
        try:
            model.load_state_dict(load_file(file))
        except FileNotFoundError as error:
            raise UsageError(f"{file} does not exist: the run has finished no round") from error
        except (SafetensorError, RuntimeError, OSError) as error:
            raise UsageError(
                f"{file} cannot be read as the parameters of this run's model: it is damaged or "
                "belongs to another run; copy it anew or train again"
            ) from error
        return model.to(device).eval()
