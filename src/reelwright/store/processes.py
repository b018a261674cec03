"""Whether a process of this machine still lives: its number alone is not enough, numbers are used again."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil

from reelwright.reel.operation import Holder


def here(director: str) -> Holder:
    """The holder that a director in this process is. Processes that cannot see each other count as other hosts."""
    host, boot = machine()
    return Holder(director=director, host=host, boot=boot, pid=os.getpid(), born=_born(os.getpid()) or 0)


def machine() -> tuple[str, str]:
    """The host and the start of it within which a process's number means something."""
    return _host(), boot_id()


def is_gone(pid: int, born: int) -> bool:
    """Whether no process of this number and start lives here. Of another user's processes nothing is concluded."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _born(pid) != born


def _born(pid: int) -> int | None:
    """When the process started, in a unit that no clock adjustment moves; None when it ended, buried or not."""
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        return _born_elsewhere(pid)
    try:
        told = stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if told[0] in "ZX" else int(told[19])  # proc(5): state and starttime, in ticks since boot


def _born_elsewhere(pid: int) -> int | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else round(process.create_time() * 1000)
    except psutil.NoSuchProcess:
        return None


def _host() -> str:
    """The machine's name and, on Linux, the namespace in which process numbers mean something."""
    namespace = Path("/proc/self/ns/pid")
    seen = namespace.readlink().name if namespace.is_symlink() else ""
    return f"{socket.gethostname()} {seen}".strip()


def boot_id() -> str:
    """A text that changes whenever the machine starts."""
    kernel = Path("/proc/sys/kernel/random/boot_id")
    return kernel.read_text().strip() if kernel.is_file() else str(round(psutil.boot_time()))
