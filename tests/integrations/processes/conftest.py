"""What the processes run is no test, and wants frameworks that may be absent."""

collect_ignore = ["plain_torch.py", "in_lightning.py", "in_transformers.py"]
