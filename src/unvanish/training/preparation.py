"""What is settled before a run's folder is touched: whatever is not possible leaves no trace."""

from dataclasses import dataclass, replace

from ..config import Config, UsageError, bound_beta, override
from ..data import Corpora, LengthBucketedBatches
from ..data.lost_text import lost_text_problems
from ..data.shared_sentences import sharing_problems
from ..data.unknown_words import unknown_problems
from ..models import TextVAE
from ..objectives.free_bits import OVER_BATCH
from ..schedules import Schedule
from .beginning import build_model
from .course import Course
from .early_stopping import patience_problem
from .place import Place
from .processes import own_device
from .reporter import Plan

__all__ = ["Preparation", "prepare", "require_possible"]


@dataclass(frozen=True)
class Preparation:
    """What is trained, on what and where.

    Args:
        config: Every setting.
        corpora: The splits.
        batches: The training split, epoch after epoch.
        model: The model, as the seed makes it, on its device.
        course: How the run goes; a round is an epoch.
    """

    config: Config
    corpora: Corpora
    batches: LengthBucketedBatches
    model: TextVAE
    course: Course

    def plan(self) -> Plan:
        """Say what is about to be trained."""
        reading = [f"{name}: {each.report}" for name, each in self.corpora.splits.items()]
        return self.course.plan([self.model], len(self.corpora.train), reading)


def prepare(config: Config, corpora: Corpora, device: str, processes: int = 1) -> Preparation:
    """Settle everything about a run but its folder; torch's global generator is seeded.

    Args:
        config: Every setting; ``data.tokens`` becomes that of the corpora.
        corpora: The splits.
        device: ``"auto"``, ``"cpu"``, ``"cuda"``, ...
        processes: How many share the batches.

    Raises:
        UsageError: If a setting is not possible.
    """
    config = override(config, {"data.tokens": corpora.tokens.spec})
    training = config.training
    place = Place.settled(own_device(device), training.precision, processes)
    batches = _possible_batches(config, corpora, processes)
    course = _course(config, len(batches), place, processes)
    odd = (
        *sharing_problems(corpora),
        *unknown_problems(corpora),
        *lost_text_problems(corpora),
    )
    course = replace(course, problems=(*course.problems, *odd))
    model = build_model(config, len(corpora.vocabulary), place.device)
    return Preparation(config, corpora, batches, model, course)


def require_possible(config: Config, corpora: Corpora) -> Schedule:
    """Check the settings of a run on one process, but for where it is computed; nothing is built.

    Args:
        config: Every setting.
        corpora: The splits.

    Returns:
        Its beta, bound to the length of the run.

    Raises:
        UsageError: If a setting is not possible.
    """
    steps = len(_possible_batches(config, corpora, processes=1))
    total = steps * config.training.epochs
    beta, _ = bound_beta(config.objective.beta, total_steps=total, steps_per_epoch=steps)
    return beta


def _possible_batches(config: Config, corpora: Corpora, processes: int) -> LengthBucketedBatches:
    """Give the batches of a run of which everything but its course and its place is possible.

    Raises:
        UsageError: If something is not.
    """
    training = config.training
    _require_whole_batches(config, processes)
    _require_encoder(config)
    _require_rate(config)
    if training.paths and len(corpora.valid) < 2:
        raise UsageError("--paths needs two validation sentences: give more, or leave it out")
    return LengthBucketedBatches(corpora.train, batch_size=training.batch_size, seed=config.seed)


def _course(config: Config, steps: int, place: Place, processes: int) -> Course:
    """Settle how the run goes, and say what is hardly meant of patience and processes.

    Raises:
        UsageError: If the schedule is not possible.
    """
    training = config.training
    course = Course.bound(
        config,
        place,
        unit="epoch",
        rounds=training.epochs,
        steps_per_round=steps,
        steps_per_epoch=steps,
        keeps_cycles=True,
    )
    problems = [*course.problems]
    if (inert := patience_problem(config, course.beta, steps)) is not None:
        problems.append(inert)
    if processes > training.batch_size:
        problems.append(
            f"batches of {training.batch_size} sentences are too small for {processes} "
            "processes: some have nothing to do"
        )
    return replace(course, problems=tuple(problems))


def _require_rate(config: Config) -> None:
    """Refuse free bits where there is no KL of which some could be free.

    Raises:
        UsageError: If there are any.
    """
    if config.objective.free_bits > 0 and config.model.is_autoencoder:
        raise UsageError(
            f"--free-bits {config.objective.free_bits:g} is of no use to an autoencoder, which has "
            "no KL: leave it out, or give another model.posterior.kind"
        )


def _require_whole_batches(config: Config, processes: int) -> None:
    """Refuse to cut a batch into parts where something is counted over all of it.

    Raises:
        UsageError: If that is asked for.
    """
    objective, parts = config.objective, config.training.accumulate
    if objective.free_bits > 0 and objective.free_bits_form in OVER_BATCH and parts > 1:
        raise UsageError(
            f"--free-bits-form {objective.free_bits_form} counts over a whole batch, which "
            f"--accumulate {parts} works through in parts: give --free-bits-form dimension or "
            "sentence, or leave out --accumulate"
        )
    if config.inference.needs_whole_batch and (parts > 1 or processes > 1):
        raise UsageError(
            f"{config.inference.kind} inference clips norms of a whole batch, which "
            f"{f'--accumulate {parts}' if parts > 1 else 'several processes'} would cut into "
            "parts: leave that out, or give --set inference.clip=none "
            "--set inference.second_order_clip=none"
        )


def _require_encoder(config: Config) -> None:
    """Refuse to refine a q(z|x) that is the prior whatever the sentence, or a point.

    Raises:
        UsageError: If that is asked for.
    """
    posterior = config.model.posterior
    if config.inference.needs_encoder and (posterior.is_prior or posterior.is_point):
        raise UsageError(
            f"{config.inference.kind} inference needs a q(z|x) to refine, and the posterior "
            f"{posterior.kind!r} has none: give --set inference.kind=amortized"
        )
