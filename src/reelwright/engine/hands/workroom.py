"""Workrooms: the empty folder in which a hand does one work. It is removed afterwards, or swept if its process died."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from reelwright.reel.records.operation import Holder
from reelwright.store.database.processes import is_gone, make_holder

_numbers = itertools.count(1)


@contextmanager
def open_workroom(rooms: Path) -> Iterator[Path]:
    """Create an empty folder in ``rooms`` for the length of the block, and remove it afterwards. Its name says which
    process owns it.
    """
    room = rooms / mint_owner_mark()
    room.mkdir(parents=True)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def sweep(rooms: Path) -> list[Path]:
    """Remove the workrooms that processes of this host left behind when they ended; return their paths."""
    left = find_abandoned_rooms(rooms)
    for room in left:
        shutil.rmtree(room, ignore_errors=True)
    return left


def find_abandoned_rooms(rooms: Path) -> list[Path]:
    """Return the workrooms in ``rooms`` whose processes, on this host, have ended."""
    return sorted(room for room in rooms.iterdir() if is_abandoned(room.name)) if rooms.is_dir() else []


def mint_owner_mark() -> str:
    """Return a unique name for a temporary file or folder, which names the process that will remove it."""
    me = _me(os.getpid())
    return f"{_host(me)}-{me.pid}-{me.born}-{next(_numbers)}"


def is_abandoned(owner_mark: str) -> bool:
    """Whether the process of this host that ``owner_mark`` names has ended; False for processes of other hosts."""
    host, *numbers = owner_mark.rsplit("-", 3)
    if len(numbers) != 3 or not all(n.isascii() and n.isdigit() for n in numbers):
        return False
    return host == _host(_me(os.getpid())) and is_gone(int(numbers[0]), int(numbers[1]))


@cache
def _me(pid: int) -> Holder:
    return make_holder(f"hand {pid}")


def _host(holder: Holder) -> str:
    return re.sub(r"[^A-Za-z0-9.]", "_", holder.host) or "localhost"
