"""How a run ends before its end, without harm: its last saved state is good."""

from ..config import UsageError

__all__ = ["ProcessLostError", "TrainingStopped"]


class TrainingStopped(KeyboardInterrupt):
    """A run was asked to end, and has saved its state.

    Args:
        step: Optimizer steps done and saved.
        signal_number: The signal that asked.
    """

    def __init__(self, step: int, signal_number: int) -> None:
        super().__init__(f"saved at step {step:,}")
        self.step, self.signal_number = step, signal_number

    def __reduce__(self) -> tuple[type["TrainingStopped"], tuple[int, int]]:
        return type(self), (self.step, self.signal_number)


class ProcessLostError(UsageError):
    """A process has ended that the others of its run cannot do without."""

    def __init__(self) -> None:
        super().__init__("a process of this run has ended; go on with --resume")
