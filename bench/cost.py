"""What a command costs with all of its children: CPU seconds (user and system) and the peak of their memory."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY_S = 0.05


@dataclass(frozen=True)
class Cost:
    """``peak_mb``: most of resident memory that the process and its children held together, sampled every 50 ms."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    said: str


def cost(command: Sequence[str], log: Path, env: dict[str, str] | None = None) -> Cost:
    """Run ``command`` to its end; its output goes to ``log``. Raises ``RuntimeError`` with its last words."""
    begin = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(list(command), stdout=out, stderr=subprocess.STDOUT, env=env or dict(os.environ))
        peak = [0]
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peak, done), daemon=True)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        done.set()
        watcher.join()
    said = log.read_text("utf-8", "replace")
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}:\n{said[-3000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - begin, peak[0] / 1e6, said)


def _watch(pid: int, peak: list[int], done: threading.Event) -> None:
    root = psutil.Process(pid)
    while not done.wait(_EVERY_S):
        total = 0
        try:
            family = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for member in family:
            try:
                total += member.memory_info().rss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        peak[0] = max(peak[0], total)
