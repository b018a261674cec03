"""The empty folder in which one work is done; removed afterwards, and swept when its process died."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from reelwright.reel.operation import Holder
from reelwright.store.processes import here, is_gone

_numbers = itertools.count(1)


@contextmanager
def workroom(rooms: Path) -> Iterator[Path]:
    """An empty folder of this run's own, gone when the block is left. Its name says whose it is."""
    room = rooms / mark()
    room.mkdir(parents=True)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def sweep(rooms: Path) -> list[Path]:
    """Remove the rooms of processes of this host that are gone; returns what was removed."""
    left = left_in(rooms)
    for room in left:
        shutil.rmtree(room, ignore_errors=True)
    return left


def left_in(rooms: Path) -> list[Path]:
    """The rooms of processes of this host that are gone."""
    return sorted(room for room in rooms.iterdir() if is_left(room.name)) if rooms.is_dir() else []


def mark() -> str:
    """A new name for something that lies about until it is done; it says which process sees to that."""
    me = _me(os.getpid())
    return f"{_host(me)}-{me.pid}-{me.born}-{next(_numbers)}"


def is_left(marked: str) -> bool:
    """Whether the process that a mark names is gone; what is of other hosts is left alone."""
    host, *numbers = marked.rsplit("-", 3)
    if len(numbers) != 3 or not all(n.isascii() and n.isdigit() for n in numbers):
        return False
    return host == _host(_me(os.getpid())) and is_gone(int(numbers[0]), int(numbers[1]))


@cache
def _me(pid: int) -> Holder:
    return here(f"hand {pid}")


def _host(holder: Holder) -> str:
    return re.sub(r"[^A-Za-z0-9.]", "_", holder.host) or "localhost"
