"""The hands that work for a process: what its fork server has forked."""

from __future__ import annotations

import os

import psutil


def find_fork_servers(director: int) -> list[psutil.Process]:
    """Fork servers name the process that they work for at the end of their command line, also when it is dead."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if "reelwright.engine.hands.fork_server" in line and line[-1] == str(director):
            found.append(process)
    return found


def find_hands(director: int) -> list[psutil.Process]:
    """The hands of ``director``, which have the command line of the fork server that they were forked from."""
    named = find_fork_servers(director)
    pids = {process.pid for process in named}
    return [process for process in named if _parent(process) in pids]


def _parent(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.Error:
        return 0


def hands_of_this_process() -> list[psutil.Process]:
    return find_hands(os.getpid())
