"""Whether a process of this machine still lives: its number alone is not enough, numbers are used again."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil

from reelwright.reel.operation import Holder


def here(director: str) -> Holder:
    """The holder that a director in this process is. Processes that cannot see each other count as other hosts."""
    return Holder(director=director, host=_host(), boot=_boot(), pid=os.getpid(), born=_born(os.getpid()) or 0)


def is_gone(pid: int, born: int) -> bool:
    """Whether no process of this number and start time is left here. A zombie counts as gone."""
    found = _born(pid)
    return found is None or found != born


def _born(pid: int) -> int | None:
    """Start time in milliseconds since the epoch, or None when there is no such living process."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return round(process.create_time() * 1000)
    except psutil.NoSuchProcess:
        return None


def _host() -> str:
    """The machine's name and, on Linux, the namespace in which process numbers mean something."""
    namespace = Path("/proc/self/ns/pid")
    seen = namespace.readlink().name if namespace.is_symlink() else ""
    return f"{socket.gethostname()} {seen}".strip()


def _boot() -> str:
    """Changes when the machine starts anew."""
    kernel = Path("/proc/sys/kernel/random/boot_id")
    return kernel.read_text().strip() if kernel.is_file() else str(round(psutil.boot_time()))
