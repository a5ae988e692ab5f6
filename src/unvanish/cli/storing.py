"""What a person sees while large text is stored for training."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

__all__ = ["storing_shown"]


@contextmanager
def storing_shown(*, quiet: bool) -> Iterator[Callable[[float], None]]:
    """Give what is to be told the share that is stored; a bar opens with the first news of it.

    Args:
        quiet: Show nothing.
    """
    bar = Progress(
        TextColumn("storing the text"),
        BarColumn(bar_width=12),
        TaskProgressColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=False),
        console=Console(stderr=True, highlight=False),
        disable=quiet,
    )
    task = bar.add_task("", total=1.0)
    with ExitStack() as shown:

        def tell(share: float) -> None:
            if not bar.live.is_started:
                shown.enter_context(bar)
            bar.update(task, completed=share)

        yield tell
