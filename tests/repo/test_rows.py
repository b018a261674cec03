"""Every requirement row that this release answers for names what shows it, and what it names exists.

What this cannot see: whether a test really shows its row. That is read by a person when the row is written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from repo.trees import parse

ROOT = Path(__file__).resolve().parents[2]
ROWS: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "tests" / "repo" / "rows.yaml").read_text(encoding="utf-8"))
ANSWERED_FOR: Final = {
    "S0": ((1, 91),),
    "S1": ((1, 15), (17, 17), (19, 20), (22, 24), (27, 27),),
    "S2": ((1, 40), (42, 59),),
    "S3": ((1, 22), (24, 43),),
    "S4": ((1, 52),),
}  # fmt: skip
"""Rows of the systems S0 to S4, from and to. The others stand in tests/systems/rows.yaml, replaced or absent."""


def answered_for() -> Iterator[str]:
    for system, spans in ANSWERED_FOR.items():
        for first, last in spans:
            yield from (f"{system}-{number:02}" for number in range(first, last + 1))


def test_every_row_that_is_answered_for_stands_in_the_list_and_no_other() -> None:
    assert list(ROWS) == list(answered_for())


def test_a_row_names_what_shows_it_and_all_of_it_exists() -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    faults = []
    for row, entry in ROWS.items():
        if not (set(entry) <= {"row", "tests", "make", "part"} and entry["row"]):
            faults.append(f"{row}: it has row, tests, make and part, and no other key")
        if not (entry.get("tests") or entry.get("make")):
            faults.append(f"{row}: nothing shows it")
        faults += [f"{row}: {name}" for name in entry.get("tests", ()) if not is_there(name)]
        faults += [f"{row}: make {verb}" for verb in entry.get("make", ()) if verb not in verbs]
    assert not faults


def is_there(name: str) -> bool:
    """Whether ``tests/room/test_x.py::Class::test_y`` names a test."""
    file, *parts = name.split("::")
    return bool(parts) and parts[-1].startswith("test_") and tuple(parts) in collected_in(file)


@cache
def collected_in(file: str) -> frozenset[tuple[str, ...]]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    found: set[tuple[str, ...]] = set()

    def walk(body: list[ast.stmt], within: tuple[str, ...]) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                walk(node.body, (*within, node.name))
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found.add((*within, node.name))

    walk(parse(path).body, ())
    return frozenset(found)


def test_a_name_that_no_test_has_is_found_out() -> None:
    here = "tests/repo/test_rows.py"
    assert is_there(f"{here}::test_a_name_that_no_test_has_is_found_out")
    assert not any(
        map(is_there, (f"{here}::test_nothing", "tests/repo/test_none.py::test_a", here, f"{here}::is_there"))
    )
