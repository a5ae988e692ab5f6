"""One of several processes with plain torch: a schedule on a model inside real wrappers.

    torchrun --nproc-per-node 2 plain_torch.py FOLDER

Every process leaves the beta of its updates under each wrapper in ``rank<N>.json``.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FullyShardedDataParallel, fully_shard
from torch.nn.parallel import DistributedDataParallel

from unvanish import Cyclical
from unvanish.integrations.torch import schedule_attribute

SCHEDULE = Cyclical(8, n_cycles=2)


class Model(torch.nn.Module):
    """Keeps the beta of every forward pass."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(4, 4)
        self.beta = 0.25
        self.seen: list[float] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Give the loss."""
        self.seen.append(self.beta)
        y = self.layer(x)
        return (y - x).square().mean() + self.beta * y.square().mean()


def sharded_in_place(model: Model) -> torch.nn.Module:
    """Shard as torch does now: the model becomes a subclass of its own class."""
    mesh = init_device_mesh("cpu", (dist.get_world_size(),))
    return fully_shard(model, mesh=mesh)


WRAPPERS: dict[str, Callable[[Model], torch.nn.Module]] = {
    "DistributedDataParallel": DistributedDataParallel,
    "FullyShardedDataParallel": lambda model: FullyShardedDataParallel(
        model, device_id=torch.device("cpu")
    ),
    "fully_shard": sharded_in_place,
}


def train(wrap: Callable[[Model], torch.nn.Module]) -> list[float]:
    """Train a new model for the length of the schedule."""
    torch.manual_seed(0)
    model = Model()
    wrapped = wrap(model)
    optimizer = torch.optim.Adam(wrapped.parameters(), lr=0.1)
    schedule_attribute(wrapped, "beta", SCHEDULE, optimizer=optimizer)
    generator = torch.Generator().manual_seed(dist.get_rank())
    for _ in range(8):
        optimizer.zero_grad()
        wrapped(torch.randn(2, 4, generator=generator)).backward()
        optimizer.step()
    return model.seen


if __name__ == "__main__":
    dist.init_process_group("gloo")
    seen = {name: train(wrap) for name, wrap in WRAPPERS.items()}
    Path(sys.argv[1], f"rank{dist.get_rank()}.json").write_text(json.dumps(seen))
    dist.destroy_process_group()
