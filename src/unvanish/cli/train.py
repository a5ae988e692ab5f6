"""``unvanish train``: a text VAE from a file of sentences."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter

from ..config import Config, DataConfig, UsageError, override
from ..recipes import load_recipe
from .options import CommonOptions

if TYPE_CHECKING:
    from ..data import Corpora

__all__ = ["train"]

DATA = Group("Data", sort_key=1)
MODEL = Group("Model", sort_key=2)
TRAINING = Group("Training", sort_key=3)

Place = Literal["initial-state", "inputs", "output"]

SETTINGS = {
    "schedule": ["objective.beta"],
    "epochs": ["training.epochs"],
    "batch_size": ["training.batch_size"],
    "precision": ["training.precision"],
    "log_every": ["training.log_every"],
    "optimizer": ["optimizer.name"],
    "learning_rate": ["optimizer.learning_rate"],
    "learning_rate_schedule": ["optimizer.schedule"],
    "latent_size": ["model.latent_size"],
    "cell": ["model.encoder.cell", "model.decoder.cell"],
    "embedding_size": ["model.encoder.embedding_size", "model.decoder.embedding_size"],
    "hidden_size": ["model.encoder.hidden_size", "model.decoder.hidden_size"],
    "layers": ["model.encoder.layers", "model.decoder.layers"],
    "latent_enters": ["model.decoder.latent_enters"],
    "dropout": ["model.decoder.input_dropout", "model.decoder.output_dropout"],
    "tokens": ["data.tokens"],
    "max_vocabulary": ["data.max_vocabulary"],
    "min_count": ["data.min_count"],
    "max_words": ["data.max_words"],
    "too_long": ["data.too_long"],
}
"""Which settings an option changes."""


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
    set_: Annotated[
        tuple[str, ...], Parameter(name="--set", group=TRAINING, negative="", show_default=False)
    ] = (),
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Train a text VAE on a file of sentences.

    CORPUS is a text file with a sentence a line, or `.jsonl` with a field `text`, or `.tsv` with
    a label and the text; each may be gzipped (`.gz`). Without `--valid` and `--test`, a tenth of
    the sentences each is set aside, always the same ones. Without CORPUS, the text is synthetic:
    10,000 English sentences of known entropy, written from a topic, mood, tense and number.

    The folder `--out` then holds the parameters, the settings, `metrics.jsonl` and
    `results.json`: rec and kl in nats per sentence, the elbo and the perplexity at beta = 1.

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
        set_: Any other setting by its name in config.json, as optimizer.eps=1e-6; may be repeated.
    """
    given = {name: value for name, value in locals().items() if name in SETTINGS}
    config = configure(recipe, given, set_, common)
    out = common.out or Path("runs") / default_name(corpus, config)
    if corpus is None and (valid or test):
        raise UsageError("--valid and --test need a training text: give it as CORPUS")

    from .. import training
    from ..data import SyntheticText
    from ..runs import require_free
    from .progress import TerminalReporter, show_results

    require_free(out)
    training.resolve_device(common.device)
    corpora = read_corpora(config.data, corpus, valid, test)
    if corpus is None and not common.quiet:
        print(f"no CORPUS: training on synthetic text, {SyntheticText()}", file=sys.stderr)
    reporter = TerminalReporter(quiet=common.quiet)
    try:
        run = training.train(config, corpora, out, device=common.device, reporter=reporter)
    except KeyboardInterrupt:
        kept = "the last finished epoch" if (out / "model.safetensors").exists() else "no epoch"
        raise KeyboardInterrupt(f"{out} holds the parameters of {kept}") from None
    show_results(run, as_json=common.json)


def read_corpora(
    settings: DataConfig, corpus: Path | None, valid: Path | None, test: Path | None
) -> "Corpora":
    """Read and encode the splits; the synthetic corpus where none is given.

    Raises:
        UsageError: If something cannot be read, or the tokens are not possible.
    """
    from ..data import SyntheticText, load_corpora

    return load_corpora(
        SyntheticText().sentences() if corpus is None else corpus,
        valid,
        test,
        tokens=settings.tokens,
        max_vocabulary=settings.max_vocabulary,
        min_count=settings.min_count,
        max_words=settings.max_words,
        too_long=settings.too_long,
        name="synthetic" if corpus is None else None,
    )


def configure(
    recipe: str | None, given: dict[str, Any], extra: tuple[str, ...], common: CommonOptions
) -> Config:
    """Put the recipe, the options that were given and ``--set`` together, the later the stronger.

    Raises:
        UsageError: If a name or value is not possible.
    """
    config = load_recipe(recipe).config if recipe else Config()
    changes: dict[str, Any] = {}
    for option, value in given.items():
        if value == ():
            raise UsageError(f"--{option.replace('_', '-')} needs at least one value")
        if value is not None:
            changes |= dict.fromkeys(SETTINGS[option], value)
    for assignment in extra:
        name, separator, text = assignment.partition("=")
        if not separator:
            raise UsageError(f"--set {assignment!r} is not possible: give NAME=VALUE")
        changes[name.strip()] = read_value(text.strip())
    if common.seed is not None:
        changes["seed"] = common.seed
    if recipe:
        changes["name"] = changed_name(config.name or recipe, given, extra)
    return override(config, changes)


def changed_name(recipe: str, given: dict[str, Any], extra: tuple[str, ...]) -> str:
    """Name a run after its recipe and what was changed of it, so that no table mistakes it.

    Example:
        >>> changed_name("fu2019-ptb", {"epochs": 4, "cell": None}, ("optimizer.eps=1e-6",))
        'fu2019-ptb epochs=4 optimizer.eps=1e-6'
    """
    same = {"precision", "log_every"}
    changes = [f"{k}={v}" for k, v in given.items() if v is not None and k not in same]
    return " ".join([recipe, *changes, *extra])


def read_value(text: str) -> Any:
    """Read a value as TOML would, and anything else as text.

    Example:
        >>> read_value("1e-6"), read_value("gru"), read_value("none")
        (1e-06, 'gru', None)
    """
    import tomllib

    if text.lower() == "none":
        return None
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def default_name(corpus: Path | None, config: Config) -> str:
    """Name a run's folder after its corpus and schedule.

    Example:
        >>> default_name(Path("my.txt.gz"), Config(name="fu2019-ptb", seed=3))
        'my-fu2019-ptb-seed3'
    """
    label = config.name or config.objective.beta
    tidy = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in label)
    stem = "synthetic" if corpus is None else corpus.name.partition(".")[0]
    return f"{stem}-{tidy[:60]}-seed{config.seed}"
