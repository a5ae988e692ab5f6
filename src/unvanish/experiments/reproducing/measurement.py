"""What is measured of every run once it is trained, by the process that trained it.

So a run is whole as soon as it has ended, whatever becomes of the others, and as many are measured
at once as are trained.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, TypeVar

from ...config import UsageError
from ...runs.record import RecordFolder
from .experiment import Watcher
from .kept import Kept

__all__ = ["Measurement", "Measuring", "Value", "is_measured"]

AnyRun = TypeVar("AnyRun", bound=RecordFolder, contravariant=True)
"""A run of whatever is trained."""

Value = TypeVar("Value", covariant=True)
"""What a measurement gives of a run."""


class Measurement(ABC, Generic[AnyRun, Value]):
    """A way to measure a run; its values stand in the run's folder, beside how they were made.

    Attributes:
        file: The name of the file.
        parameters: Those that are measured.
    """

    file: ClassVar[str]
    parameters: ClassVar[Literal["last", "best"]] = "last"

    @property
    def steps(self) -> int:
        """How many steps it has, as its progress counts them."""
        return 1

    @abstractmethod
    def settings(self, run: AnyRun) -> Mapping[str, Any]:
        """Give all that the values depend on but the run's training, as plain values.

        Args:
            run: A finished run.
        """

    @abstractmethod
    def measure(self, run: AnyRun, progress: Callable[[int], None]) -> Mapping[str, Any]:
        """Make the values.

        Args:
            run: A finished run.
            progress: Called with the steps done.

        Raises:
            UsageError: If the run cannot be measured so.
        """

    @abstractmethod
    def read(self, values: Mapping[str, Any]) -> Value:
        """Give the values in the form that they are worked with.

        Args:
            values: What :meth:`measure` made, read back from the file.
        """

    def needed(self, run: AnyRun) -> Path | None:
        """Give the file without which the run cannot be measured, if there is one.

        Args:
            run: A finished run.
        """
        return run.parameters_file(self.parameters)

    def kept(self, run: AnyRun) -> Kept:
        """Give the file of a run."""
        return Kept(run.path / self.file, self.settings(run))


@dataclass(frozen=True)
class Measuring(Generic[AnyRun]):
    """All that is measured of a run after training, as far as it is not there.

    It is pickled for the processes that train, if its measurements can be.

    Args:
        measurements: In this order; one may need what those before it have made.
    """

    measurements: Sequence[Measurement[AnyRun, object]]

    @property
    def steps(self) -> int:
        """How many steps all have together."""
        return sum(each.steps for each in self.measurements)

    def __call__(self, run: AnyRun, progress: Callable[[int], None]) -> None:
        """Measure a run, while no other process can.

        Args:
            run: The run.
            progress: Called with the steps done.

        Raises:
            UsageError: If it cannot be measured so, or another process is at it.
        """
        done = 0
        with run.locked():
            for each in self.measurements:
                progress(done)
                kept = each.kept(run)
                if not kept.is_there:
                    kept.write(each.measure(run, _after(done, progress)))
                done += each.steps
        progress(done)


def _after(before: int, progress: Callable[[int], None]) -> Callable[[int], None]:
    return lambda done: progress(before + done)


def is_measured(
    run: AnyRun, measurements: Sequence[Measurement[AnyRun, object]], watcher: Watcher
) -> bool:
    """Tell whether nothing is left to be measured of a finished run.

    Args:
        run: The run.
        measurements: What is measured.
        watcher: Who is told why something is measured again.

    Raises:
        UsageError: If something is left, and the parameters that it takes are gone.
    """
    left = [(each, kept) for each in measurements if not (kept := each.kept(run)).is_there]
    for each, kept in left:
        _require(each.needed(run), run, kept)
    for _, kept in left:
        if kept.problem is not None:
            watcher.tell(f"{kept.problem}: it is measured again")
    return not left


def _require(file: Path | None, run: RecordFolder, missing: Kept) -> None:
    if file is not None and not file.is_file():
        raise UsageError(
            f"{missing.problem or f'{missing.file} does not exist'}, and to make it anew "
            f"{file.relative_to(run.path)} is not there: put one of the two back"
        )
