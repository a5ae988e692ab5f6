"""``unvanish train``: a text VAE from a file of sentences."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

from ..config import Config, UsageError
from .configuring import configure, default_name, starting_point
from .options import CommonOptions
from .setting_options import DATA, TRAINING, SettingOptions, TextOptions

if TYPE_CHECKING:
    from ..data import Corpora
    from ..runs import Run

__all__ = ["train"]

GOING_ON = Group("Stopping, going on, watching", sort_key=4)


def train(
    corpus: Annotated[Path | None, Parameter(group=DATA, show_default=False)] = None,
    /,
    *,
    text: TextOptions = TextOptions(),  # noqa: B008 - frozen
    recipe: Annotated[str | None, Parameter(group=TRAINING)] = None,
    schedule: Annotated[str | None, Parameter(group=TRAINING)] = None,
    settings: SettingOptions = SettingOptions(),  # noqa: B008 - frozen
    resume: Annotated[bool, Parameter(group=GOING_ON, negative="")] = False,
    from_: Annotated[Path | None, Parameter(name="--from", group=GOING_ON)] = None,
    tensorboard: Annotated[bool, Parameter(group=GOING_ON, negative="")] = False,
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Train a text VAE on a file of sentences.

    CORPUS is a text file with a sentence a line, or `.jsonl` with a field `text`, or `.tsv` with
    a label and the text; each may be gzipped (`.gz`). Without `--valid` and `--test`, a tenth of
    the sentences each is set aside, always the same ones. Without CORPUS, the text is synthetic:
    10,000 English sentences of known entropy, written from a topic, mood, tense and number; and
    where no recipe is given, it is `synthetic`: a small model, trained within a minute or so,
    with other defaults than those below.

    The folder `--out` then holds the parameters, the settings, `metrics.jsonl` and
    `results.json`: rec and kl in nats per sentence, the elbo and the perplexity at beta = 1.

    A run may be stopped at any moment, by Ctrl-C or by force: `unvanish train --resume --out
    runs/mine` goes on, and the numbers are those of a run that was never stopped.

    For example: `unvanish train my.txt --schedule cyclical:n_cycles=4,ratio=0.5 --out runs/mine`

    Args:
        corpus: The training text (default: a synthetic corpus; with --from, the text of that run).
        recipe: A whole setting by name: fu2019-ptb, fu2019-ptb-code, synthetic, or a TOML file. The
            other options change it.
        schedule: Beta over training: a preset (fu2019, bowman2016, ...) or a schedule like
            monotonic:0.25 (default cyclical:n_cycles=4,ratio=0.5). `unvanish schedule` shows it.
        resume: Go on with the run at --out where it was stopped; needs no other option. Where no
            run has begun yet, begin one.
        from_: Start from the parameters, vocabulary and settings of this run, changed by the other
            options.
        tensorboard: Write the metrics for TensorBoard too, into the folder tensorboard of the run.
    """
    if resume and from_:
        raise UsageError("--resume goes on with a run, --from begins another: give one of the two")
    from .. import training
    from ..runs import load, require_free
    from .progress import TerminalReporter, say_synthetic, show_results

    out = common.out
    begun = load(out) if resume and out and (out / "config.json").is_file() else None
    if resume and begun is None and not (corpus or settings.given() or recipe or schedule):
        where = f"{out} holds no run" if out else "--out is missing"
        raise UsageError(f"{where}: give the folder of the run to go on with as --out")
    base = begun or (load(from_) if from_ else None)
    if from_ and {"tokens", "max_vocabulary", "min_count"} & settings.given().keys():
        raise UsageError("--from takes tokens and vocabulary of that run: leave those options out")
    config = configure(
        recipe,
        settings.given() | ({"schedule": schedule} if schedule else {}),
        settings.set_,
        common.seed,
        base=base.config if base else starting_point(corpus),
        same_run=begun is not None,
    )
    files = text.files(corpus)
    if not files and base is not None:
        files = base.corpus_files
    source = Path(files["train"]) if files else None
    out = out or Path("runs") / default_name(source, config)
    if not resume:
        require_free(out)
    training.resolve_device(common.device)
    corpora = _read(files, config, base)
    if not files and base is None and not common.quiet:
        say_synthetic(recipe)
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
    except KeyboardInterrupt as stopped:
        if (out / "config.json").is_file():
            stopped.args = (f"go on with: unvanish train --resume --out {out}",)
        raise
    show_results(run, as_json=common.json)


def _read(files: dict[str, str], config: Config, base: "Run | None") -> "Corpora":
    """Read the splits as the settings say; words are numbered as in the run they start from."""
    from ..data import read_corpora

    if base is None:
        return read_corpora(config.data, files)
    same = config.data.tokens == base.config.data.tokens
    tokens = base.tokens if same else config.data.tokens
    return read_corpora(config.data, files, tokens=tokens, vocabulary=base.vocabulary)
