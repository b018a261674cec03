"""Works for tests: real functions that write small text files, in the processes of hands like any other."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from reelwright.errors import MediaError
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult

WORKS = {
    name: f"engine.works:{name}"
    for name in (
        "plan",
        "take",
        "bed",
        "body",
        "mix",
        "film",
        "pids",
        "sulk",
        "die",
        "slow",
        "die_once",
        "odd",
        "chatty",
        "secretive",
        "trap",
        "forks",
    )
}


def _log(args: Mapping[str, Any], line: str) -> None:
    """One line in the log of what was really done, which outlives every crash."""
    if where := args.get("log"):
        handle = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, f"{line}\n".encode())
        os.close(handle)


def _write(room: Path, text: str, name: str = "take") -> WorkResult:
    path = room / f"{name}.txt"
    path.write_text(text, encoding="utf-8")
    return WorkResult(files=(ResultFile(path=path, mime="text/plain", name=name),), facts={"letters": len(text)})


def _nap(args: Mapping[str, Any]) -> None:
    time.sleep(args.get("nap_ms", 0) / 1000)


def plan(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    return _write(room, f"plan of {args['prompt']}", "plan")


def take(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """A text from the prompt, the seed and what it continues; as slow as ``nap_ms`` says."""
    report(0.5)
    _nap(args)
    _log(args, f"take {args['prompt']}")
    before = "".join(f" after {s.role}:{s.part}:{s.path.read_text(errors='replace')}" for s in sources)
    return _write(room, f"take {args['prompt']} seed {args.get('seed', 0)}{before}")


def bed(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    return _write(room, f"bed {args['prompt']}")


def body(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    _nap(args)
    _log(args, f"body {args['of']}")
    return _write(room, f"body of [{sources[0].path.read_text(errors='replace')}]")


def mix(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    _log(args, "mix")
    return _write(room, "mix of " + ", ".join(s.path.read_text(errors="replace") for s in sources))


def film(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    _log(args, "film")
    side = room / "film.srt"
    side.write_text("1", encoding="utf-8")
    made = _write(room, "\n".join(s.path.read_text(errors="replace") for s in sources), "master")
    return WorkResult(files=(*made.files, ResultFile(path=side, mime="text/plain", name="srt")), facts=made.facts)


def pids(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    _nap(args)
    return _write(room, f"{os.getpid()}")


def sulk(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    (room / "half-written").write_text("half")
    raise MediaError("it will not be drawn", last_words="no ink", hint="buy ink")


def die(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """As the kernel ends a process that takes too much memory."""
    (room / "half-written").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die_once(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    once = Path(args["once"])
    if not once.exists():
        once.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return _write(room, "came back")


def slow(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Long enough to be cancelled; says its pid in a file first."""
    Path(args["told"]).write_text(str(os.getpid()))
    time.sleep(30)
    return _write(room, "late")


class Odd(Exception):
    """Cannot be pickled: it holds a function without a name."""

    def __init__(self, one: str) -> None:
        super().__init__(one)
        self.two = lambda: one


def odd(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    raise Odd("strange")


def chatty(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """As a library that prints."""
    print("a library's banner")
    os.write(1, b"from below python\n")
    return _write(room, f"read [{os.read(0, 10).decode()}]")


def secretive(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    return replace(_write(room, "made"), facts={"how": lambda: "nobody knows"})


class Trap(Exception):
    """Can be read where it was made, and nowhere else."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (_spring, (os.getpid(),))


def _spring(pid: int) -> Trap:
    if os.getpid() != pid:
        raise ValueError("not here")
    return Trap()


def trap(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    raise Trap


def forks(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Leaves a child behind that would live for a minute."""
    child = subprocess.Popen(["sleep", "60"])
    return _write(room, f"{child.pid}")
