"""Processes of this machine, and whether they still live. A number is not enough to tell: numbers are used again."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil

from reelwright.reel.records.operation import Holder


def make_holder(director: str) -> Holder:
    """Describe a director in this process by host and process, so that others can see whether it lives.

    Processes that cannot see each other have different hosts.
    """
    host, boot = identify_machine()
    return Holder(director=director, host=host, boot=boot, pid=os.getpid(), born=_read_start_time(os.getpid()) or 0)


def identify_machine() -> tuple[str, str]:
    """Return the host, with its process namespace, and an id of its last start.

    A process's number means something only within both.
    """
    return _read_host(), read_boot_id()


def is_gone(pid: int, born: int) -> bool:
    """Whether no process with this number and start time lives here. False for another user's process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _read_start_time(pid) != born


def _read_start_time(pid: int) -> int | None:
    """Read when the process started, in a unit that no clock adjustment changes; None when it ended or is a zombie."""
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        return _read_start_time_by_psutil(pid)
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])  # proc(5): state and starttime, in ticks since boot


def _read_start_time_by_psutil(pid: int) -> int | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else round(process.create_time() * 1000)
    except psutil.NoSuchProcess:
        return None


def _read_host() -> str:
    """Return the machine's name and, on Linux, the namespace within which process numbers are unique."""
    namespace = Path("/proc/self/ns/pid")
    seen = namespace.readlink().name if namespace.is_symlink() else ""
    return f"{socket.gethostname()} {seen}".strip()


def read_boot_id() -> str:
    """Read a text that changes whenever the machine starts."""
    kernel = Path("/proc/sys/kernel/random/boot_id")
    return kernel.read_text().strip() if kernel.is_file() else str(round(psutil.boot_time()))
