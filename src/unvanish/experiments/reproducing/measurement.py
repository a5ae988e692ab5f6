"""What is measured of every text run once it is trained, by the process that trained it.

So a run is whole as soon as it has ended, whatever becomes of the others, and as many are measured
at once as are trained.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from ...config import Config
from ...runs import Run
from .kept import Kept

__all__ = ["Measurement", "Measuring", "Value"]

Value = TypeVar("Value", covariant=True)
"""What a measurement gives of a run."""


class Measurement(ABC, Generic[Value]):
    """A way to measure a run; its values stand in the run's folder, beside how they were made.

    It is pickled for the processes that train.

    Attributes:
        file: The name of the file.
    """

    file: ClassVar[str]

    @property
    def steps(self) -> int:
        """How many steps it has, as its progress counts them."""
        return 1

    @abstractmethod
    def settings(self, config: Config) -> Mapping[str, Any]:
        """Give all that the values depend on but the run itself, as plain values.

        Args:
            config: Settings of the run.
        """

    @abstractmethod
    def measure(self, run: Run, progress: Callable[[int], None]) -> Mapping[str, Any]:
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

    def kept(self, run: Run) -> Kept:
        """Give the file of a run."""
        return Kept(run.path / self.file, self.settings(run.config))


@dataclass(frozen=True)
class Measuring:
    """All that is measured of a run after training, as far as it is not there.

    Args:
        measurements: In this order.
    """

    measurements: tuple[Measurement[object], ...]

    @property
    def steps(self) -> int:
        """How many steps all have together."""
        return sum(each.steps for each in self.measurements)

    def __call__(self, run: Run, progress: Callable[[int], None]) -> None:
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
