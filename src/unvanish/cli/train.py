"""``unvanish train``: a text VAE from a file of sentences."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from ..config import Config, UsageError
from .configuring import SETTINGS, configure, default_name
from .options import CommonOptions

if TYPE_CHECKING:
    from ..data import Corpora
    from ..runs import Run

__all__ = ["train"]

DATA = Group("Data", sort_key=1)
MODEL = Group("Model", sort_key=2)
TRAINING = Group("Training", sort_key=3)
GOING_ON = Group("Stopping, going on, watching", sort_key=4)

Place = Literal["initial-state", "inputs", "output"]


def train(
    corpus: Annotated[Path | None, Parameter(group=DATA, show_default=False)] = None,
    /,
    *,
    valid: Annotated[Path | None, Parameter(group=DATA)] = None,
    test: Annotated[Path | None, Parameter(group=DATA)] = None,
    tokens: Annotated[str | None, Parameter(group=DATA)] = None,
    max_vocabulary: Annotated[int | None, Parameter(group=DATA)] = None,
    min_count: Annotated[int | None, Parameter(group=DATA)] = None,
    max_words: Annotated[int | None, Parameter(group=DATA)] = None,
    too_long: Annotated[Literal["drop", "truncate"] | None, Parameter(group=DATA)] = None,
    cell: Annotated[Literal["lstm", "gru"] | None, Parameter(group=MODEL)] = None,
    layers: Annotated[int | None, Parameter(group=MODEL)] = None,
    hidden_size: Annotated[int | None, Parameter(group=MODEL)] = None,
    embedding_size: Annotated[int | None, Parameter(group=MODEL)] = None,
    latent_size: Annotated[int | None, Parameter(group=MODEL)] = None,
    latent_enters: Annotated[
        tuple[Place, ...] | None, Parameter(group=MODEL, consume_multiple=True, negative="")
    ] = None,
    dropout: Annotated[float | None, Parameter(group=MODEL)] = None,
    recipe: Annotated[str | None, Parameter(group=TRAINING)] = None,
    schedule: Annotated[str | None, Parameter(group=TRAINING)] = None,
    epochs: Annotated[int | None, Parameter(group=TRAINING)] = None,
    batch_size: Annotated[int | None, Parameter(group=TRAINING)] = None,
    optimizer: Annotated[
        Literal["adam", "adamw", "radam"] | None, Parameter(group=TRAINING)
    ] = None,
    learning_rate: Annotated[float | None, Parameter(group=TRAINING)] = None,
    learning_rate_schedule: Annotated[
        Literal["constant", "cosine-restarts"] | None, Parameter(group=TRAINING)
    ] = None,
    precision: Annotated[Literal["auto", "bf16", "fp32"] | None, Parameter(group=TRAINING)] = None,
    log_every: Annotated[int | None, Parameter(group=TRAINING)] = None,
    accumulate: Annotated[int | None, Parameter(group=TRAINING)] = None,
    patience: Annotated[int | None, Parameter(group=TRAINING)] = None,
    set_: Annotated[
        tuple[str, ...], Parameter(name="--set", group=TRAINING, negative="", show_default=False)
    ] = (),
    resume: Annotated[bool, Parameter(group=GOING_ON, negative="")] = False,
    from_: Annotated[Path | None, Parameter(name="--from", group=GOING_ON)] = None,
    checkpoint_every: Annotated[int | None, Parameter(group=GOING_ON)] = None,
    tensorboard: Annotated[bool, Parameter(group=GOING_ON, negative="")] = False,
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Train a text VAE on a file of sentences.

    CORPUS is a text file with a sentence a line, or `.jsonl` with a field `text`, or `.tsv` with
    a label and the text; each may be gzipped (`.gz`). Without `--valid` and `--test`, a tenth of
    the sentences each is set aside, always the same ones. Without CORPUS, the text is synthetic:
    10,000 English sentences of known entropy, written from a topic, mood, tense and number.

    The folder `--out` then holds the parameters, the settings, `metrics.jsonl` and
    `results.json`: rec and kl in nats per sentence, the elbo and the perplexity at beta = 1.

    A run may be stopped at any moment, by Ctrl-C or by force: `unvanish train --resume --out
    runs/mine` goes on, and the numbers are those of a run that was never stopped.

    For example: `unvanish train my.txt --schedule cyclical:n_cycles=4,ratio=0.5 --out runs/mine`

    Args:
        corpus: The training text (default: a synthetic corpus).
        valid: Validation text, for choosing the best epoch.
        test: Test text.
        tokens: What a sentence is cut into, the "words" of the other options: whitespace,
            characters, regex:PATTERN (every match is one) or a saved tokenizers file (default
            whitespace).
        max_vocabulary: Keep this many of the most frequent words.
        min_count: Keep words seen at least this often.
        max_words: Words a sentence may have (default 200).
        too_long: Whether longer sentences are left out or cut to that many words (default drop).
        cell: Recurrent cell of encoder and decoder (default lstm).
        layers: Recurrent layers of each (default 1).
        hidden_size: Size of their states (default 256).
        embedding_size: Size of their word vectors (default 256).
        latent_size: Dimensions of z (default 32).
        latent_enters: Where the decoder reads z: one or more of initial-state, inputs, output
            (default initial-state inputs).
        dropout: Dropout around the decoder (default 0.5).
        recipe: A whole setting by name: fu2019-ptb, fu2019-ptb-code, or a TOML file. The other
            options change it.
        schedule: Beta over training: a preset (fu2019, bowman2016, ...) or a schedule like
            monotonic:0.25 (default cyclical:n_cycles=4,ratio=0.5). `unvanish schedule` shows it.
        epochs: Passes over the training text (default 40).
        batch_size: Sentences in an optimizer step (default 32).
        optimizer: What moves the parameters (default adam).
        learning_rate: Its step size (default 0.001).
        learning_rate_schedule: Whether the learning rate falls within each beta cycle (default
            constant).
        precision: bf16 where the processor has it, or fp32 (default auto).
        log_every: Optimizer steps between two lines of metrics.jsonl (default 100).
        accumulate: Work through a batch in so many parts, to save memory (default 1).
        patience: End after so many epochs without a better validation elbo, once beta has come to
            rest (default: train every epoch).
        set_: Any other setting by its name in config.json, as optimizer.eps=1e-6; may be repeated.
        resume: Go on with the run at --out where it was stopped; needs no other option. Where no
            run has begun yet, begin one.
        from_: Start from the parameters, vocabulary and settings of this run, changed by the other
            options.
        checkpoint_every: Optimizer steps between two checkpoints, besides one an epoch (default
            1000).
        tensorboard: Write the metrics for TensorBoard too, into the folder tensorboard of the run.
    """
    given = {name: value for name, value in locals().items() if name in SETTINGS}
    if resume and from_:
        raise UsageError("--resume goes on with a run, --from begins another: give one of the two")
    from .. import training
    from ..data import SyntheticText
    from ..runs import load, require_free
    from .progress import TerminalReporter, show_results

    out = common.out
    begun = load(out) if resume and out and (out / "config.json").is_file() else None
    base = begun or (load(from_) if from_ else None)
    config = configure(
        recipe,
        given,
        set_,
        common.seed,
        base=base.config if base else None,
        same_run=begun is not None,
    )
    files = _files(begun, corpus=corpus, valid=valid, test=test)
    source = Path(files["train"]) if files else None
    out = out or Path("runs") / default_name(source, config)
    if not resume:
        require_free(out)
    training.resolve_device(common.device)
    corpora = _read(files, config, base)
    if not files and not common.quiet:
        print(f"no CORPUS: training on synthetic text, {SyntheticText()}", file=sys.stderr)
    reporter = TerminalReporter(quiet=common.quiet)
    try:
        run = training.train(
            config,
            corpora,
            out,
            device=common.device,
            reporter=reporter,
            resume=resume,
            start_from=base if from_ else None,
            files=files,
            loggers=[training.TensorBoardLogger(out / "tensorboard")] if tensorboard else [],
        )
    except training.TrainingStopped as stopped:
        stopped.args = (f"{stopped}; go on with: unvanish train --resume --out {out}",)
        raise
    show_results(run, as_json=common.json)


def _files(begun: "Run | None", **given: Path | None) -> dict[str, str]:
    """Give where the splits are: as given, or as the run that goes on remembers them.

    Nothing means the synthetic corpus.

    Raises:
        UsageError: If there are files for validation or test alone.
    """
    named = {"train": given.pop("corpus"), **given}
    files = {name: str(path.absolute()) for name, path in named.items() if path is not None}
    if files and "train" not in files:
        raise UsageError("--valid and --test need a training text: give it as CORPUS")
    if not files and begun is not None:
        files = begun.origin["corpus"]["files"]
    return files


def _read(files: dict[str, str], config: Config, base: "Run | None") -> "Corpora":
    """Read the splits as the settings say; words are numbered as in the run they start from."""
    from ..data import read_corpora

    if base is None:
        return read_corpora(config.data, files)
    same = config.data.tokens == base.config.data.tokens
    tokens = base.tokens if same else config.data.tokens
    return read_corpora(config.data, files, tokens=tokens, vocabulary=base.vocabulary)
