"""A schedule for two objectives that are no VAE: fit a function, and keep the weights sparse.

y = x0 x1 + x2 x3 is learnt by a small network with an L1 penalty on its weights. With the whole
penalty from the start, each weight costs more than it gains before the products are found, and the
network gives up: the same story as KL vanishing. If the penalty's weight rises from 0, again and
again, the function is learnt first and made sparse afterwards. What is compared is the sum that is
to be small in the end: error + 1.0 * penalty, whatever the weight was in training. Three schedules,
since a single ramp may do as well as cycles.
"""

import torch
from torch import nn

from unvanish import Constant, Cyclical, Monotonic, Schedule

STEPS, INPUTS, HIDDEN, EXAMPLES, STRENGTH = 1500, 10, 32, 400, 0.02
SCHEDULES = {
    "constant": Constant(1.0),
    "monotonic": Monotonic(0.5, STEPS),
    "cyclical": Cyclical(STEPS, n_cycles=4, ratio=0.5),
}


def data(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Give inputs and what is to be predicted from them."""
    x = torch.randn(EXAMPLES, INPUTS, generator=torch.Generator().manual_seed(seed))
    return x, x[:, 0] * x[:, 1] + x[:, 2] * x[:, 3]


def objectives(
    model: nn.Module, x: torch.Tensor, y: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Give the mean squared error and the L1 penalty."""
    error = (model(x).squeeze(1) - y).square().mean()
    return error, STRENGTH * sum(p.abs().sum() for p in model.parameters())


def train(schedule: Schedule) -> nn.Module:
    """Train a new model."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(INPUTS, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 1))
    for layer in (model[0], model[2]):
        nn.init.normal_(layer.weight, std=0.05)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    x, y = data(seed=0)
    # --- copy from here: any weight of any objective is a function of the step ---
    for step in range(STEPS):
        error, penalty = objectives(model, x, y)
        loss = error + schedule(step) * penalty
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    # --- to here; save the step with the model and the optimizer ---
    return model


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, schedule in SCHEDULES.items():
        model = train(schedule)
        with torch.no_grad():
            error, penalty = objectives(model, *data(seed=1))
        print(f"{name:9}  error {error:.2f}  penalty {penalty:.2f}  sum {error + penalty:.2f}")
