"""The processes that train one model together, as ``torchrun`` starts them; mostly there is one.

Every process knows the same batches and takes its share of each. Gradients are added up after
backward, whoever made them and however: DistributedDataParallel would count only what goes through
a model's ``forward``. The first process alone reads and writes the run.
"""

import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.rendezvous import rendezvous

from ..config import UsageError
from .endings import ProcessLostError, TrainingStopped

__all__ = ["Processes", "fingerprint", "own_device", "process_group", "require_alone"]

T = TypeVar("T")

_PATIENCE = timedelta(days=30)
"""How long the others wait while the first evaluates; that one has gone shows at once."""

_GROUPS = itertools.count()
"""Numbers of the groups that these processes have begun."""

_process_groups: "list[Processes]" = []
"""What this process takes part in now, if it is one of several."""


@dataclass(eq=False)
class Processes:
    """The processes of a run, seen from one of them; where it is alone, nothing is sent.

    All must call the same methods in the same order.

    Args:
        rank: The number of this one, from 0.
        count: How many there are.
        control: The group for messages, in main memory; torch's own where there is none.
        store: A ``torch.distributed.Store`` in which all can count, if it is known.
    """

    rank: int = 0
    count: int = 1
    control: "dist.ProcessGroup | None" = None
    store: Any = None

    @property
    def first(self) -> bool:
        """Whether this is the one that reads, writes and speaks."""
        return self.rank == 0

    def all_reduce(self, tensors: Sequence[Tensor], *, raised: bool = False) -> bool:
        """Add tensors up over the processes, in place.

        Args:
            tensors: At least one, on one device, of the same shapes everywhere.
            raised: A flag of this process.

        Returns:
            Whether any process raised its flag.

        Raises:
            ProcessLostError: If one has gone.
        """
        if self.count == 1:
            return raised
        flag = torch.tensor([float(raised)])
        with _all_needed():
            if tensors[0].device.type == "cpu":
                _all_reduce([*tensors, flag], self.control)
            else:  # a flag that lay on the GPU would have to be waited for
                _all_reduce(tensors, None)
                _all_reduce([flag], self.control)
        return bool(flag.item() > 0)

    def gather(self, value: T) -> list[T]:
        """Give what every process has, by rank.

        Raises:
            ProcessLostError: If one has gone.
        """
        if self.count == 1:
            return [value]
        values: list[Any] = [None] * self.count
        with _all_needed():
            dist.all_gather_object(values, value, group=self.control)
        return values

    def on_rank_zero(self, work: Callable[[], T]) -> T:
        """Have the first process do something while the others wait; all get what it gave.

        Args:
            work: What is done; if it fails or is stopped, all are.

        Raises:
            ProcessLostError: If one has gone.
        """
        if self.count == 1:
            return work()
        if not self.first:
            value, failure = self._broadcast(None)
            if failure is not None:
                raise failure
            return value  # type: ignore[no-any-return]
        try:
            value = work()
        except BaseException as error:
            with suppress(ProcessLostError):  # who has gone needs not be told
                self._broadcast((None, _as_told(error)))
            raise
        self._broadcast((value, None))
        return value

    def _broadcast(self, value: Any) -> Any:
        """Give what the first process has."""
        values = [value]
        with _all_needed():
            dist.broadcast_object_list(values, src=0, group=self.control)
        return values[0]

    def agree(self, work: Callable[[], T]) -> T:
        """Do something in every process; where it fails in one, it fails in all.

        Raises:
            UsageError: With what prevented it in another process.
            ProcessLostError: If one has gone.
        """
        if self.count == 1:
            return work()
        try:
            value = work()
        except Exception as error:
            self.gather(str(error) or repr(error))
            raise
        problems = [problem for problem in self.gather("") if problem]
        if problems:
            raise UsageError(problems[0])
        return value

    def require_same(self, facts: Mapping[str, object], advice: str = "give each the same") -> None:
        """Refuse to go on where processes do not have the same.

        Args:
            facts: What must be the same, by its name.
            advice: What to do where it is not.

        Raises:
            UsageError: If something is not.
        """
        of_all = self.gather(dict(facts))
        for name in facts:
            if any(others[name] != of_all[0][name] for others in of_all):
                raise UsageError(f"the processes of this run have different {name}: {advice}")

    def take_the_word(self) -> bool:
        """Tell whether it is for this process to say why all end: it is for the first that asks."""
        if self.store is None:
            return True
        try:
            return bool(self.store.add("told", 1) == 1)
        except RuntimeError:  # the machine of the store has gone too
            return True


def fingerprint(module: nn.Module) -> int:
    """Give a number that changes with any bit of any parameter, but for rare coincidence."""
    return sum(
        position * int(parameter.detach().contiguous().view(torch.int32).sum(dtype=torch.int64))
        for position, parameter in enumerate(module.parameters(), start=1)
    )


def started_together() -> int:
    """Count the processes that ``torchrun`` or its like has started for one run."""
    return int(os.environ.get("WORLD_SIZE", "1")) if "RANK" in os.environ else 1


def require_alone(what: str) -> None:
    """Refuse to do in several processes what they cannot share.

    Args:
        what: What was asked for.

    Raises:
        UsageError: If ``torchrun`` or its like has started several.
    """
    if started_together() > 1:
        raise UsageError(f"{what} cannot be shared by several processes: leave out torchrun")


@contextmanager
def process_group(device: str = "auto") -> Iterator[Processes]:
    """Take part in what the processes of this run do together, for as long as it is entered.

    ``torch.distributed`` is begun as the variables of ``torchrun`` say, and ended afterwards;
    where it has been begun already, it is used and left as it is.

    Args:
        device: Where the models are to be: on GPUs, gradients go by NCCL, else by Gloo.

    Raises:
        UsageError: If the variables are not all there.
        ProcessLostError: If one has gone.
    """
    if _process_groups:
        yield _process_groups[-1]
    elif dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1:
        yield from _in_the_present_group()
    elif started_together() == 1:
        yield Processes()
    else:
        yield from _in_a_new_group(device)


def _in_the_present_group() -> Iterator[Processes]:
    with _all_needed():
        control = dist.new_group(backend="gloo", timeout=_PATIENCE)
    processes = Processes(dist.get_rank(), dist.get_world_size(), control)
    try:
        yield processes
    finally:
        processes.control = None  # else it would live as long as an error that has seen it
        dist.destroy_process_group(control)


def _in_a_new_group(device: str) -> Iterator[Processes]:
    try:
        store, rank, count = next(rendezvous("env://", timeout=timedelta(minutes=30)))
    except ValueError as error:
        raise UsageError(f"{error}: start several processes with torchrun") from error
    # what an earlier group of the same processes has left in the store is not for this one
    store = dist.PrefixStore(f"unvanish/{next(_GROUPS)}", store)  # type: ignore[attr-defined]
    on_gpus = own_device(device).startswith("cuda") and torch.cuda.is_available()
    if on_gpus:
        torch.cuda.set_device(own_device(device))
    with _all_needed():
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if on_gpus else "gloo",
            store=store,
            rank=rank,
            world_size=count,
            timeout=_PATIENCE,
        )
    _process_groups.append(Processes(rank, count, store=store))
    try:
        yield _process_groups[-1]
        with suppress(RuntimeError):  # who is no longer there has nothing left to do
            dist.barrier()  # none leaves while another still listens
    finally:
        _process_groups.pop()
        dist.destroy_process_group()


def own_device(name: str) -> str:
    """Give the device of this process: of GPUs, each process of a machine has one of its own.

    Args:
        name: ``"auto"``, ``"cpu"``, ``"cuda"``, ...
    """
    several = started_together() > 1 and torch.cuda.is_available()
    own = several and name in ("auto", "cuda")
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if own else name


def _all_reduce(tensors: Sequence[Tensor], group: "dist.ProcessGroup | None") -> None:
    """Add tensors up over the processes of a group, in one go."""
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    dist.all_reduce(flat, group=group)
    parts = torch.split(flat, [tensor.numel() for tensor in tensors])
    for tensor, part in zip(tensors, parts, strict=True):
        tensor.copy_(part.view_as(tensor))


def _as_told(error: BaseException) -> BaseException:
    """Give what the other processes end with when the first one ends with an error."""
    if type(error) in (UsageError, TrainingStopped, KeyboardInterrupt):
        return error
    return UsageError(f"the first process of this run has failed: {error}")


@contextmanager
def _all_needed() -> Iterator[None]:
    """Tell of a process that has gone: the others notice when they want something of it."""
    try:
        yield
    except RuntimeError as error:
        raise ProcessLostError from error
