"""Options that change settings of a run, for every command that trains."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from cyclopts import Group, Parameter

from ..config import UsageError

__all__ = ["DATA", "MODEL", "TRAINING", "Baseline", "SettingOptions", "TextOptions"]

DATA = Group("Data", sort_key=1)
MODEL = Group("Model", sort_key=2)
TRAINING = Group("Training", sort_key=3)

Baseline: TypeAlias = Literal["lm"]
"""What a VAE has to be better than, by name."""

Place: TypeAlias = Literal["initial-state", "inputs", "output"]


@Parameter(name="*")
@dataclass(frozen=True)
class TextOptions:
    """Text beside the corpus."""

    valid: Annotated[Path | None, Parameter(group=DATA)] = None
    """Validation text, for choosing the best epoch."""

    test: Annotated[Path | None, Parameter(group=DATA)] = None
    """Test text."""

    def files(self, corpus: Path | None) -> dict[str, str]:
        """Give the paths by split; none means the synthetic corpus.

        Args:
            corpus: The training text.

        Raises:
            UsageError: If there are files for validation or test alone.
        """
        named = {"train": corpus, "valid": self.valid, "test": self.test}
        files = {name: str(path.absolute()) for name, path in named.items() if path is not None}
        if files and corpus is None:
            raise UsageError("--valid and --test need a training text: give it as CORPUS")
        return files


@Parameter(name="*")
@dataclass(frozen=True)
class SettingOptions:
    """Settings by the names that a command line has for them; ``None`` where not given."""

    tokens: Annotated[str | None, Parameter(group=DATA)] = None
    """What a sentence is cut into, the "words" of the other options: whitespace, characters,
    regex:PATTERN (every match is one) or a saved tokenizers file (default whitespace)."""

    max_vocabulary: Annotated[int | None, Parameter(group=DATA)] = None
    """Keep this many of the most frequent words."""

    min_count: Annotated[int | None, Parameter(group=DATA)] = None
    """Keep words seen at least this often."""

    max_words: Annotated[int | None, Parameter(group=DATA)] = None
    """Words a sentence may have (default 200)."""

    too_long: Annotated[Literal["drop", "truncate"] | None, Parameter(group=DATA)] = None
    """Whether longer sentences are left out or cut to that many words (default drop)."""

    cell: Annotated[Literal["lstm", "gru"] | None, Parameter(group=MODEL)] = None
    """Recurrent cell of encoder and decoder (default lstm)."""

    layers: Annotated[int | None, Parameter(group=MODEL)] = None
    """Recurrent layers of each (default 1)."""

    hidden_size: Annotated[int | None, Parameter(group=MODEL)] = None
    """Size of their states (default 256)."""

    embedding_size: Annotated[int | None, Parameter(group=MODEL)] = None
    """Size of their word vectors (default 256)."""

    latent_size: Annotated[int | None, Parameter(group=MODEL)] = None
    """Dimensions of z (default 32)."""

    latent_enters: Annotated[
        tuple[Place, ...] | None, Parameter(group=MODEL, consume_multiple=True, negative="")
    ] = None
    """Where the decoder reads z: one or more of initial-state, inputs, output (default
    initial-state inputs)."""

    dropout: Annotated[float | None, Parameter(group=MODEL)] = None
    """Dropout around the decoder (default 0.5)."""

    inference: Annotated[
        Literal["amortized", "semi-amortized"] | None, Parameter(group=TRAINING)
    ] = None
    """How q(z|x) is found: by the encoder alone, or from there by 10 steps of gradient descent
    for every batch; on a processor a step takes about 17 times as long then in fp32, and 26 times
    in bf16 (default amortized)."""

    free_bits: Annotated[float | None, Parameter(group=TRAINING)] = None
    """Nats of the KL that cost nothing in each unit that --free-bits-form names (default 0)."""

    free_bits_form: Annotated[
        Literal["dimension-batch", "dimension", "sentence", "batch"] | None,
        Parameter(group=TRAINING),
    ] = None
    """What they are counted for: a dimension's mean over the batch, each dimension of each
    sentence, each sentence, or the batch's mean (default dimension-batch)."""

    epochs: Annotated[int | None, Parameter(group=TRAINING)] = None
    """Passes over the training text (default 40)."""

    batch_size: Annotated[int | None, Parameter(group=TRAINING)] = None
    """Sentences in an optimizer step (default 32)."""

    optimizer: Annotated[Literal["adam", "adamw", "radam"] | None, Parameter(group=TRAINING)] = None
    """What moves the parameters (default adam)."""

    learning_rate: Annotated[float | None, Parameter(group=TRAINING)] = None
    """Its step size (default 0.001)."""

    learning_rate_schedule: Annotated[
        Literal["constant", "cosine-restarts"] | None, Parameter(group=TRAINING)
    ] = None
    """Whether the learning rate falls within each beta cycle (default constant)."""

    precision: Annotated[Literal["auto", "bf16", "fp32"] | None, Parameter(group=TRAINING)] = None
    """bf16 where the processor has it, or fp32 (default auto)."""

    log_every: Annotated[int | None, Parameter(group=TRAINING)] = None
    """Optimizer steps between two lines of metrics.jsonl (default 100)."""

    checkpoint_every: Annotated[int | None, Parameter(group=TRAINING)] = None
    """Optimizer steps between two checkpoints, besides one an epoch (default 1000)."""

    accumulate: Annotated[int | None, Parameter(group=TRAINING)] = None
    """Work through a batch in so many parts, to save memory (default 1); not with free bits that
    are counted over a batch, nor with semi-amortized inference while it clips (inference.clip,
    inference.second_order_clip)."""

    patience: Annotated[int | None, Parameter(group=TRAINING)] = None
    """End after so many epochs without a better validation elbo, counted once beta has
    reached its final value for good, after the last ramp (default: train every epoch)."""

    paths: Annotated[int | None, Parameter(group=TRAINING)] = None
    """Validation sentences on which to measure after every epoch what z and what the previous
    words are worth to the decoder, for the report (default 0: none)."""

    set_: Annotated[
        tuple[str, ...], Parameter(name="--set", group=TRAINING, negative="", show_default=False)
    ] = ()
    """Any other setting by its name in config.json, as optimizer.eps=1e-6; may be repeated."""

    def given(self) -> dict[str, Any]:
        """Give the options that were given, by name."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        del values["set_"]
        return {name: value for name, value in values.items() if value is not None}
