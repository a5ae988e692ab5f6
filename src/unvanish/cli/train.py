"""``unvanish train``: a text VAE from a file of sentences."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

from ..config import Config
from .configuring import as_named_baseline, configure, default_name, starting_point
from .options import CommonOptions
from .setting_options import DATA, MODEL, TRAINING, Baseline, SettingOptions, TextOptions
from .several import command_to_go_on, one_speaks
from .starting import Assignment, find_start
from .stopping import told_how_to_go_on

if TYPE_CHECKING:
    from ..data import Corpora
    from ..training import Processes

__all__ = ["train"]

GOING_ON = Group("Stopping, going on, watching", sort_key=4)


def train(
    corpus: Annotated[Path | None, Parameter(group=DATA, show_default=False)] = None,
    /,
    *,
    text: TextOptions = TextOptions(),  # noqa: B008 - frozen
    recipe: Annotated[str | None, Parameter(group=TRAINING)] = None,
    schedule: Annotated[str | None, Parameter(group=TRAINING)] = None,
    baseline: Annotated[Baseline | None, Parameter(group=MODEL)] = None,
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

    Text of 32 MB and more is encoded once and kept in `~/.cache/unvanish`, or in the folder that
    the variable UNVANISH_CACHE names; empty, it keeps all text in memory.

    The folder `--out` (default `runs/TEXT-SCHEDULE-seedN`, with a recipe `runs/TEXT-RECIPE-seedN`)
    then holds the parameters, the settings, `metrics.jsonl` and `results.json`: rec and kl in nats
    per sentence, the elbo and the perplexity at beta = 1.

    A run may be stopped at any moment, by Ctrl-C or by force: `unvanish train --resume --out
    runs/mine` goes on, and the numbers are those of a run that was never stopped.

    Several processes train one model together under torchrun, each with a share of every batch:
    `torchrun --nproc-per-node 2 -m unvanish train my.txt --out runs/mine`.

    For example: `unvanish train my.txt --schedule cyclical:n_cycles=4,ratio=0.5 --out runs/mine`

    Args:
        corpus: The training text (default: a synthetic corpus; with --from, the text of that run).
        recipe: A whole setting by name: fu2019-ptb, fu2019-ptb-code, fu2019-yelp,
            fu2019-yelp-code, synthetic, or a TOML file. The other options change it.
        schedule: Beta over training: a preset (fu2019, bowman2016, ...) or a schedule like
            monotonic:0.25 (default cyclical:n_cycles=4,ratio=0.5). `unvanish schedule` shows it.
        baseline: Train what a VAE has to beat instead: lm, the same decoder without z and encoder,
            a language model. Its -elbo is exactly -log p(x).
        resume: Go on with the run at --out where it was stopped; needs no other option. Where no
            run has begun yet and CORPUS or --recipe is given, begin one.
        from_: Start from the parameters, vocabulary and settings of this run, changed by the other
            options.
        tensorboard: Write the metrics for TensorBoard too, into the folder tensorboard of the run.
    """
    others = {"corpus": corpus, "recipe": recipe, "schedule": schedule, "baseline": baseline}
    given = [*settings.given(), *(name for name, value in others.items() if value)]

    def assign() -> Assignment:
        """Settle what is trained; one process alone does, for it may have the only disk."""
        start = find_start(resume, common.out, from_, given)
        config = configure(
            recipe,
            settings.given() | ({"schedule": schedule} if schedule else {}),
            settings.set_,
            common.seed,
            base=start.config or starting_point(corpus),
            same_run=start.resumed is not None,
        )
        if baseline is not None:
            config = as_named_baseline(config, baseline, settings.given())
        files = start.files(text.files(corpus))
        out = common.out or _default_folder(files, config)
        if not resume:
            require_free(out)
        return start.assign(config, files, out)

    from ..runs import require_free
    from ..training import process_group

    with process_group(common.device) as processes, one_speaks(processes):
        assignment = processes.on_rank_zero(assign)
        out = assignment.out
        with told_how_to_go_on(command_to_go_on(out), out / "config.json"):
            _carry_out(
                assignment, processes, common, recipe, resume=resume, tensorboard=tensorboard
            )


def _default_folder(files: Mapping[str, str], config: Config) -> Path:
    return Path("runs") / default_name(Path(files["train"]) if files else None, config)


def _carry_out(
    assignment: Assignment,
    processes: "Processes",
    common: CommonOptions,
    recipe: str | None,
    *,
    resume: bool,
    tensorboard: bool,
) -> None:
    """Read the text, train and show what was measured."""
    from .. import training
    from ..runs import load
    from .progress import TerminalReporter, say_synthetic, show_results
    from .storing import storing_shown

    def read() -> "Corpora":
        training.resolve_device(common.device)
        with storing_shown(quiet=common.quiet or not processes.first) as progress:
            return assignment.read(progress)

    corpora = processes.agree(read)
    without_text = not assignment.files and assignment.vocabulary is None
    if without_text and processes.first and not common.quiet:
        say_synthetic(recipe)
    out, source = assignment.out, assignment.source
    run = training.train(
        assignment.config,
        corpora,
        out,
        device=common.device,
        reporter=TerminalReporter(quiet=common.quiet),
        resume=resume,
        start_from=load(source) if source and processes.first else None,
        files=assignment.files,
        loggers=[training.TensorBoardLogger(out / "tensorboard")] if tensorboard else [],
    )
    if processes.first:
        show_results(run, as_json=common.json)
