"""The class that callbacks of Lightning's Trainer are of."""

from importlib.util import find_spec

if find_spec("lightning") is not None:
    from lightning.pytorch import Callback
else:
    from pytorch_lightning import Callback

__all__ = ["Callback"]
