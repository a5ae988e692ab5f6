"""Models, data and a trainer that the tests of Lightning share."""

import pytest
import torch

from unvanish import Cyclical

lightning = pytest.importorskip("lightning.pytorch")

AS_LIGHTNING_IS = [
    # Lightning's advice to have worker processes: these batches are made already.
    pytest.mark.filterwarnings("ignore:The '.*_dataloader' does not have many workers"),
    # Lightning's advice to save the weights from before the optimizer's step as well.
    pytest.mark.filterwarnings("ignore:Using ModelCheckpoint with manual optimization"),
    # A resumed run writes beside the checkpoint it began with.
    pytest.mark.filterwarnings("ignore:Checkpoint directory .* exists and is not empty"),
    # Lightning 2.6 makes a class that torch 2.13 has deprecated.
    pytest.mark.filterwarnings("ignore:`isinstance.treespec, LeafSpec.` is deprecated"),
]
"""What Lightning warns of in any case."""

SCHEDULE = Cyclical(n_cycles=3)


class Parts:
    """What a module of any package of Lightning has here."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(3, 4)
        self.beta = 0.25
        self.seen, self.seen_in_evaluation = [], []

    def posterior(self, x):
        return self.layer(x).chunk(2, dim=1)

    def loss(self, x):
        mean, logvar = self.posterior(x)
        kl = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(dim=1).mean()
        return (mean.sum(dim=1) - x[:, 0]).square().mean() + self.beta * kl

    def training_step(self, batch, batch_idx):
        self.seen.append(self.beta)
        return self.loss(batch)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.1)


class Model(Parts, lightning.LightningModule):
    pass


class Evaluated(Model):
    def validation_step(self, batch, batch_idx):
        self.seen_in_evaluation.append(self.beta)
        mean, logvar = self.posterior(batch)
        return {"mean": mean, "logvar": logvar}

    test_step = validation_step


class TwoOptimizers(Model):
    """As a VAE-GAN has: Lightning's global_step counts the steps of both."""

    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
        self.other = torch.nn.Parameter(torch.zeros(1))

    def training_step(self, batch, batch_idx):
        self.seen.append(self.beta)
        for optimizer in self.optimizers():
            optimizer.zero_grad()
            self.manual_backward(self.loss(batch) + self.other.square().sum())
            optimizer.step()

    def configure_optimizers(self):
        groups = self.layer.parameters(), [self.other]
        return [torch.optim.Adam(group, lr=0.1) for group in groups]


def batches(count=6):
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(4, 3, generator=generator) for _ in range(count)]


def held_out(count=6):
    return torch.utils.data.DataLoader(torch.cat(batches(count)), batch_size=4)


class Batches:
    """A loader that goes on where it was when a checkpoint was saved."""

    def __init__(self, count=6):
        self.batches, self.place = batches(count), 0

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        self.place %= len(self.batches)
        while self.place < len(self.batches):
            self.place += 1
            yield self.batches[self.place - 1]

    def state_dict(self):
        return {"place": self.place}

    def load_state_dict(self, state):
        self.place = state["place"]


class EndlessBatches(torch.utils.data.IterableDataset):
    def __iter__(self):
        while True:
            yield torch.zeros(3)


def make_trainer(*callbacks, package=lightning, **settings):
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False}
    quiet |= {"enable_checkpointing": False, "accelerator": "cpu", "max_epochs": 2}
    return package.Trainer(**(quiet | settings), callbacks=list(callbacks))


def fit(*callbacks, model=None, loader=None, validation=None, ckpt_path=None, **settings):
    """Train 2 epochs of 6 batches, unless told otherwise; give the model."""
    model = model or Model()
    trainer = make_trainer(*callbacks, **settings)
    loader = Batches() if loader is None else loader
    trainer.fit(model, loader, validation, ckpt_path=ckpt_path)
    return model


def saving(folder, every):
    """Save every so many steps; resuming, Lightning wants the same callback again."""
    return lightning.callbacks.ModelCheckpoint(
        folder, "{step}", save_top_k=-1, every_n_train_steps=every
    )
