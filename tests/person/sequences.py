"""Numbers of sequences: which cell a number falls to, its seed, and the file in which every run keeps them.

A sequence is repeated by its number alone: with ``REELWRIGHT_SEED``, it gives the seed of everything that is drawn.
With ``REELWRIGHT_CONTINUE=1``, a run that was stopped goes on: without what held under this seed on the code as it is.
``python -m person.sequences`` keeps what held in ``HELD``, from which the run can go on in another checkout.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import os
import random
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import reelwright

SEQUENCES: Final = int(os.environ.get("REELWRIGHT_SEQUENCES", "2000"))
FIRST: Final = int(os.environ.get("REELWRIGHT_FROM", "0"))
LOG: Final = Path(__file__).resolve().parents[2] / "build" / "person-seeds.jsonl"
"""One line for each sequence of the lane: its number, its seed, the code that it ran on, how long it took, and whether
everything held.
"""
HELD: Final = Path(__file__).with_name("held.json")
"""What held of a run that is to go on elsewhere: its seed, the code that it ran on, and ranges [first, end)."""
CONTINUES: Final = os.environ.get("REELWRIGHT_CONTINUE") == "1"
_DRAWING: Final = ("documents", "media", "planner", "web")
"""Packages that read scripts and briefs, draw and show: all others are on the way to a purchase."""
_CLUSTER: Final = ("engines/actor.py", "engines/cluster.py")
"""Modules that only an address of a Ray cluster loads, which no sequence has."""
_CHUNK: Final = 10
"""Numbers in a row that are of one cell: they share a server, or a warm process."""


def list_chunks(cells: int, cell: int) -> list[range]:
    """List the numbers from ``FIRST`` to ``SEQUENCES`` that fall to one of ``cells`` cells, in chunks.

    A run that continues leaves out the chunks of which every number held.
    """
    found = []
    for start in range(0, SEQUENCES, _CHUNK):
        chunk = range(max(start, FIRST), min(start + _CHUNK, SEQUENCES))
        if start // _CHUNK % cells == cell and chunk and not (CONTINUES and {*chunk} <= _list_held()):
            found.append(chunk)
    return found


@functools.cache
def compute_code_digest() -> str:
    """Compute a digest of all code that can spend: what runs of it, so that a comment begins no run anew."""
    made = hashlib.sha256()
    source = Path(reelwright.__file__).parent
    for path in sorted(one for one in source.rglob("*") if one.suffix in (".py", ".yaml")):
        place = path.relative_to(source)
        if place.parts[0] not in _DRAWING and place.as_posix() not in _CLUSTER:
            text = _list_statements(path.read_text("utf-8")).encode() if path.suffix == ".py" else path.read_bytes()
            made.update(place.as_posix().encode() + b"\0" + text)
    return made.hexdigest()[:12]


def _list_statements(text: str) -> str:
    """List the statements of a module as this Python parses them: without comments, docstrings and their places."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            node.body = [one for one in body if not _is_text(one)] or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(statement: ast.stmt) -> bool:
    """Return whether a statement is a text alone: a docstring, or what stands under a constant."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


@functools.cache
def _list_held() -> frozenset[int]:
    """List the numbers that held under this run's seed on this code, and never failed on it."""
    run = (read_seed(), compute_code_digest())
    mine = [one for one in _read_log() if (one["seed"], one.get("code")) == run]
    kept = json.loads(HELD.read_text(encoding="utf-8")) if HELD.exists() else {}
    is_mine = (kept.get("seed"), kept.get("code")) == run
    before = {n for first, end in kept["held"] for n in range(first, end)} if is_mine else set()
    failed = {one["n"] for one in mine if not one["held"]}
    return frozenset({one["n"] for one in mine if one["held"]} | before) - failed


def _read_log() -> list[dict[str, Any]]:
    return [json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()] if LOG.exists() else []


def keep_held() -> None:
    """Write ``HELD``: what held of the run of ``LOG``'s last line, and of the run that it went on from."""
    last = _read_log()[-1]
    os.environ["REELWRIGHT_SEED"] = last["seed"]
    held = _list_held()
    starts = sorted(n for n in held if n - 1 not in held)
    spans = [[first, next(n for n in range(first, len(held) + max(held) + 2) if n not in held)] for first in starts]
    kept = {"seed": last["seed"], "code": compute_code_digest(), "held": spans}
    HELD.write_text(f"{json.dumps(kept)}\n", encoding="utf-8")
    print(f"{len(held)} held, of {len(_read_log())} in {LOG}")


def read_seed() -> str:
    """Return the seed of the run: ``REELWRIGHT_SEED``, or one drawn now; print it."""
    said = os.environ.setdefault("REELWRIGHT_SEED", str(random.SystemRandom().randrange(1 << 32)))
    print(f"REELWRIGHT_SEED={said}")
    return said


def compute_seed(name: str) -> int:
    """Compute the seed of a sequence, by its name or number, from the seed of the run."""
    return random.Random(f"{read_seed()}/{name}").randrange(1 << 32)


@contextmanager
def record_sequence(number: int, cell: str) -> Iterator[None]:
    """Context manager that adds a line about the sequence to ``LOG`` once it has ended, unless the run was stopped."""
    began, used = time.monotonic(), _read_cpu_s()
    held, is_over = False, True
    try:
        yield
        held = True
    except (KeyboardInterrupt, SystemExit):
        is_over = False  # the run was stopped: of this sequence nothing is known
        raise
    finally:
        line = {"n": number, "seed": read_seed(), "code": compute_code_digest(), "cell": cell, "held": held}
        line |= {"seconds": round(time.monotonic() - began, 2), "cpu_s": round(_read_cpu_s() - used, 2)}
        if is_over:
            LOG.parent.mkdir(exist_ok=True)
            with LOG.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(line)}\n")


def _read_cpu_s() -> float:
    """Processor seconds of this process and of those that it has waited for, in user and system mode."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    keep_held()
