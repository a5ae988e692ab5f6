"""What is searched for: cycles of beta, proportion and shape of their ramps, free bits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..config import Config, override, to_dict
from ..data import read_corpora
from ..runs import begin_folder, read_json, require_free, write_json
from .storage import kept_storage
from .stored_plan import PLAN_FORMAT, read_plan

if TYPE_CHECKING:
    import optuna

__all__ = ["Choice", "Search", "begin_search", "reopen_search"]

SHAPES = ("linear", "cosine", "sigmoid")
FREE_BITS = (0.0, 0.1, 0.25, 0.5)
_PLAN = "search.json"


@dataclass(frozen=True)
class Choice:
    """What a trial tries; as text it can follow ``--schedule``.

    Args:
        schedule: Beta, in its text form.
        free_bits: Nats of the rate that are free.

    Example:
        >>> str(Choice("cyclical:n_cycles=4,ratio=0.5", 0.25))
        'cyclical:n_cycles=4,ratio=0.5 --free-bits 0.25'
    """

    schedule: str
    free_bits: float = 0.0

    def __str__(self) -> str:
        free = f" --free-bits {self.free_bits:g}" if self.free_bits else ""
        return self.schedule + free


@dataclass(frozen=True)
class Search:
    """What is searched for, and in what setting.

    The objective is the validation elbo at beta = 1 of the last parameters. An elbo alone does
    not say that the latent variable is alive: every trial keeps its kl and active units beside.

    Args:
        base: Every setting but beta and free bits.
        files: Paths of the corpus by split; none means the synthetic corpus.
        most_cycles: Cycles (M) are searched from 1 to this.
        shapes: Shapes of the ramp that are tried.
        free_bits: Free nats that are tried, each as ``base.objective.free_bits_form`` counts them.
        storage: URL of the Optuna database that keeps the trials, which the plan takes over as
            :func:`kept_storage` gives it; a journal in the folder when absent.
    """

    base: Config
    files: Mapping[str, str]
    most_cycles: int = 8
    shapes: tuple[str, ...] = SHAPES
    free_bits: tuple[float, ...] = FREE_BITS
    storage: str | None = None

    def suggest(self, trial: "optuna.Trial") -> Choice:
        """Choose a schedule and free bits.

        Args:
            trial: Optuna's.
        """
        n_cycles = trial.suggest_int("n_cycles", 1, self.most_cycles)
        ratio = trial.suggest_float("ratio", 0.05, 0.95, step=0.05)
        shape = trial.suggest_categorical("shape", self.shapes)
        free_bits = trial.suggest_categorical("free_bits", self.free_bits)
        return Choice(f"cyclical:n_cycles={n_cycles},ratio={ratio:.2f},shape={shape}", free_bits)

    def config(self, choice: Choice) -> Config:
        """Give the settings of a trial."""
        name = f"{choice} ({self.base.name})" if self.base.name else str(choice)
        changes = {"objective.beta": choice.schedule, "objective.free_bits": choice.free_bits}
        return override(self.base, changes | {"name": name})

    def to_dict(self) -> dict[str, Any]:
        """Write the search as plain values for JSON."""
        plain = {"base": to_dict(self.base), "files": dict(self.files)}
        return {"format": PLAN_FORMAT, **plain} | {
            "most_cycles": self.most_cycles,
            "shapes": list(self.shapes),
            "free_bits": list(self.free_bits),
            "storage": self.storage and kept_storage(self.storage),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Read a search from what :meth:`to_dict` gave.

        Raises:
            UsageError: If it is none, or of a format not known here.
        """
        return read_plan(
            "search",
            plain,
            lambda base: cls(
                base,
                plain["files"],
                int(plain["most_cycles"]),
                tuple(plain["shapes"]),
                tuple(plain["free_bits"]),
                plain.get("storage"),
            ),
        )


def begin_search(
    search: Search, folder: Path, progress: Callable[[float], None] | None = None
) -> None:
    """Begin a search.

    Args:
        search: What is searched for.
        folder: Where; nothing may be there yet.
        progress: Told how far storing large text is.

    Raises:
        UsageError: If the folder is in use or cannot be written, or the text cannot be read.
    """
    require_free(folder)
    read_corpora(search.base.data, search.files, progress=progress)
    begin_folder(folder, "trials", _PLAN, search.to_dict())


def reopen_search(folder: Path, storage: str | None = None) -> Search:
    """Read what a folder searches for.

    Args:
        folder: Where :func:`begin_search` began it.
        storage: URL of the database that keeps the trials from now on, if it is another.

    Raises:
        UsageError: If it holds no search, or a damaged one.
    """
    search = Search.from_dict(read_json(folder / _PLAN, "no search: give the --out of one"))
    if storage is None or kept_storage(storage) == search.storage:
        return search
    search = replace(search, storage=kept_storage(storage))
    write_json(folder / _PLAN, search.to_dict())
    return search
