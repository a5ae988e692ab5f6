"""What a result was computed with."""

import platform
import sys
from pathlib import Path
from typing import Any

import torch

from .. import __version__

__all__ = ["environment", "peak_memory"]


def environment(device: torch.device, precision: str, processes: int = 1) -> dict[str, Any]:
    """Describe versions, device, threads and processes: what stands beside every measured number.

    Args:
        device: Where the computation ran.
        precision: ``"bf16"`` or ``"fp32"``.
        processes: How many share the batches.
    """
    on_gpu = device.type == "cuda"
    return {
        "unvanish": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name(device) if on_gpu else processor_name(),
        "threads": torch.get_num_threads(),
        "precision": precision,
        "processes": processes,
    }


def processor_name() -> str:
    """Give the name of the processor, or of its architecture where the system does not tell."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text(encoding="utf-8").splitlines() if table.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def peak_memory(device: torch.device) -> float | None:
    """Give the most memory in use so far, in MB: the device's on a GPU, else the process's.

    Pages of mapped files count in as soon as they are touched, though the system may take them
    back at any time: a corpus larger than memory makes this number larger, not the need.

    ``None`` where the system does not tell (Windows).
    """
    if device.type == "cuda":
        return round(torch.cuda.max_memory_allocated(device) / 1e6, 1)
    if sys.platform == "win32":
        return None
    if (peak := _peak_of_this_program()) is not None:
        return round(peak / 1e6, 1)
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used / 1e6 if sys.platform == "darwin" else used * 1024 / 1e6, 1)


def _peak_of_this_program() -> int | None:
    """Give the peak in bytes where Linux tells it.

    What ``getrusage`` tells there counts in the program that started this one.
    """
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.is_file() else []
    peaks = [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")]
    return peaks[0] if peaks else None
