"""Writes docs/systems.md: each row of the five earlier systems, whether it works, and the tests that show it."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "systems.md"
SYSTEMS = {
    "S0": "the Veo web app", "S1": "the Mochi cluster", "S2": "the ad pipeline", "S3": "the vertical shorts",
    "S4": "the client library",
}  # fmt: skip
_NAME = re.compile(r"^(?:async )?def (test_(s[0-4])_(\d+)_\w+)", re.M)
_NUMBER = re.compile(r"\bS[0-4]\b(?!-\d)")
_HEAD = """# Five earlier systems, row by row

Written by `make systems` from the names of the tests (`test_s2_10_…` shows row S2-10), `tests/repo/rows.yaml` and
`tests/systems/rows.yaml`. **works**: tests show it; **in part**: they do, but for what is named; **replaced**:
[something else](dialects.md#what-is-done-in-another-way) here does it; **absent**: nothing does.

"""


def list_named_tests() -> dict[str, list[str]]:
    """List the tests of tests/systems by the row that is in their names."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests" / "systems").glob("test_*.py")):
        for name, system, number in _NAME.findall(path.read_text(encoding="utf-8")):
            found.setdefault(f"{system.upper()}-{int(number):02}", []).append(f"{path.name}::{name}")
    return found


def write_page() -> str:
    """Write the page as text. Raises ``ValueError`` for a test whose row nobody knows."""
    shown: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "repo" / "rows.yaml").read_text(encoding="utf-8"))
    others: dict[str, dict[str, str]] = yaml.safe_load((ROOT / "tests" / "systems" / "rows.yaml").read_text("utf-8"))
    states = {row: (state, what) for state, rows in others.items() for row, what in rows.items()}
    named = list_named_tests()
    if unknown := named.keys() - shown.keys() - states.keys():
        raise ValueError(f"tests name rows that no list has: {', '.join(sorted(unknown))}")
    if twice := shown.keys() & states.keys():
        raise ValueError(f"rows stand in both lists: {', '.join(sorted(twice))}")
    lines: list[tuple[str, str, str, str]] = []
    for row in sorted(shown.keys() | states.keys(), key=lambda one: (one[:2], int(one[3:]))):
        if row in shown:
            part = shown[row].get("part", "")
            tests = [one.rpartition("/")[2] for one in shown[row].get("tests", ())]
            tests = list(dict.fromkeys([*named.get(row, ()), *tests, *shown[row].get("make", ())]))
            state = "in part" if part else "works"
            lines.append((row, f"{shown[row]['row']}{f'; {part}' if part else ''}", state, _list_briefly(tests)))
        else:
            state, what = states[row]
            tests = named.get(row, [])
            lines.append((row, what, "works" if tests else state, _list_briefly(tests)))
    text = _HEAD + _count(lines) + "".join(_write_system(system, lines) for system in SYSTEMS)
    return _NUMBER.sub(lambda found: SYSTEMS[found[0]], text)


def _list_briefly(tests: list[str]) -> str:
    first = f"`{tests[0]}`" if tests else ""
    return f"{first} and {len(tests) - 1} more" if len(tests) > 1 else first


def _count(lines: list[tuple[str, str, str, str]]) -> str:
    states = ("works", "in part", "replaced", "absent")
    made = [f"| system | {' | '.join(states)} |", f"|{'---|' * (len(states) + 1)}"]
    for system, name in SYSTEMS.items():
        counts = Counter(state for row, _, state, _ in lines if row.startswith(system))
        made.append(f"| {name} ({system}-01 and on) | {' | '.join(str(counts[state]) for state in states)} |")
    return "\n".join(made) + "\n"


def _write_system(system: str, lines: list[tuple[str, str, str, str]]) -> str:
    rows = "".join(f"| {' | '.join(line)} |\n" for line in lines if line[0].startswith(system))
    title = SYSTEMS[system].removeprefix("the ").capitalize()
    return f"\n## {title}\n\n| row | what | state | shown by |\n|---|---|---|---|\n{rows}"


if __name__ == "__main__":
    text = write_page()
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
