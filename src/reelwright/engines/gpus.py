"""The GPUs of this machine, as NVIDIA's own program tells them: memory, what of it is free, and how busy they are."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from reelwright.engines.policy import GPU_QUERY_S

_PROGRAM: Final = "nvidia-smi"
_ASK: Final = ("--query-gpu=index,name,memory.total,memory.free,utilization.gpu", "--format=csv,noheader,nounits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """A GPU: its number, its memory in GB and how much of it is free, and the percent of time in which it computed."""

    number: int
    name: str
    total_gb: float
    free_gb: float
    busy_percent: int


def list_gpus() -> tuple[Gpu, ...]:
    """List the GPUs of this machine; empty if there are none, or no program that tells of them."""
    program = shutil.which(_PROGRAM)
    if program is None:
        return ()
    try:
        ran = subprocess.run(  # noqa: S603 - a fixed command line
            [program, *_ASK], capture_output=True, text=True, timeout=GPU_QUERY_S, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return parse_gpus(ran.stdout) if ran.returncode == 0 else ()


def parse_gpus(text: str) -> tuple[Gpu, ...]:
    """Parse the table of ``nvidia-smi``: a line for each GPU. Lines that are none are left out."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) == 5 and cells[0].isdigit() and cells[2].isdigit() and cells[3].isdigit():
            busy = int(cells[4]) if cells[4].isdigit() else 0
            total, free = (int(cell) * 1024**2 / 1e9 for cell in cells[2:4])
            found.append(Gpu(number=int(cells[0]), name=cells[1], total_gb=total, free_gb=free, busy_percent=busy))
    return tuple(found)


def choose_gpus(gpus: Sequence[Gpu], count: int, least_gb: float, used_numbers: Collection[int]) -> tuple[int, ...]:
    """Choose ``count`` GPUs with at least ``least_gb`` of memory each, those with most free memory first.

    ``used_numbers``: numbers of GPUs that other engines have; they come last. Empty if there are not enough.
    """
    fit = [gpu for gpu in gpus if gpu.total_gb >= least_gb]
    fit.sort(key=lambda gpu: (gpu.number in used_numbers, -gpu.free_gb, gpu.number))
    return tuple(gpu.number for gpu in fit[:count]) if len(fit) >= count else ()


def describe_gpus(gpus: Sequence[Gpu]) -> str:
    """Return in words which GPUs there are."""
    return ", ".join(f"{gpu.name} with {gpu.total_gb:.0f} GB" for gpu in gpus) or "none"
