"""Kills at system calls: one life is killed at its Nth fsync, another at its Nth rename, and so on (strace injects it).

Only in the director's own process: its hands are left alone. strace counts in each thread by itself, and so does
``when=N`` here: it dies in the first of its threads that makes its Nth such call.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crash.checker import Checked
from crash.lives import Lives

CALLS: Final[Mapping[str, str]] = {
    "fsync": "fsync",
    "fdatasync": "fdatasync",
    "rename": "/^rename",
    "connect": "connect",
    "send": "/^send(to|msg|mmsg)$",
}
"""By name: the set of system calls as strace wants it."""
_LINE: Final = re.compile(r"^(?P<thread>\d+) +(?P<call>[a-z0-9]+)\(")


@dataclass(frozen=True)
class Cut:
    """One kill: at the ``number``-th such call of a thread."""

    call: str
    number: int
    database: str
    kind: str

    def __str__(self) -> str:
        return f"{self.call}:{self.number}-{self.database}-{self.kind}"


def read(said: str) -> Cut:
    """``fsync:3-sqlite-none``. Raises ``ValueError``."""
    found = re.fullmatch(r"([a-z]+):(\d+)-([a-z]+)-([a-z]+)", said)
    if not found or found[1] not in CALLS:
        raise ValueError(f"{said}: a call, a number, a database and a kind, such as fsync:3-sqlite-none")
    return Cut(found[1], int(found[2]), found[3], found[4])


def possible() -> bool:
    """Whether strace is installed."""
    return shutil.which("strace") is not None


def _traced(calls: str, *more: str) -> tuple[str, ...]:
    return ("strace", "-D", "-f", "-b", "execve", "-qq", "-e", f"trace={calls}", "-e", "signal=none", *more)


def named(call: str) -> list[str]:
    """Which of ours a system call is."""
    return [
        name
        for name, calls in CALLS.items()
        if re.match(calls.strip("/") if calls.startswith("/") else f"{calls}$", call)
    ]


def counted(lives: Lives, log: Path) -> Mapping[str, int]:
    """How often the busiest thread of a life that nobody disturbs makes each call."""
    lives.before = _traced(",".join(CALLS.values()), "-o", str(log))
    assert lives.live()
    lives.before = ()
    busy: dict[str, Counter[str]] = {name: Counter() for name in CALLS}
    for line in log.read_text(errors="replace").splitlines():
        if found := _LINE.match(line):
            for name in named(found["call"]):
                busy[name][found["thread"]] += 1
    most = {name: max(threads.values(), default=0) for name, threads in busy.items()}
    assert most["connect"] and most["send"], f"strace saw nothing: {log}"
    return most


def cuts(counts: Mapping[str, int], database: str, kind: str, most: int = 0) -> Sequence[Cut]:
    """Every call once; ``most`` above 0: so many of each at most, evenly spaced."""
    found = []
    for call, count in counts.items():
        step = max(1.0, count / most) if most else 1.0
        numbers = sorted({1 + int(at * step) for at in range(int(count / step))})
        found += [Cut(call, number, database, kind) for number in numbers]
    return found


def play(cut: Cut, lives: Lives, films: Mapping[str, Mapping[str, Any]], log: Path) -> tuple[Checked, bool]:
    """Kill, go on, compare. Whether it died: another life may make fewer such calls than the one that was counted.

    Raises ``AssertionError`` for whatever does not hold.
    """
    calls = CALLS[cut.call]
    lives.before = _traced(calls, "-e", f"inject={calls}:signal=KILL:when={cut.number}", "-o", str(log))
    died = lives.live() is None
    lives.before = ()
    before = lives.had()
    end, _ = lives.to_rest()
    return lives.check(end, films[cut.kind], before), died
