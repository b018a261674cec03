"""Rows of the soak, and the page that is made of them: ``python -m crash.soak`` writes docs/crash-matrix.md."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from crash.checker import Judged
from crash.lives import ROOT
from crash.matrix import DATABASES, KINDS, LABELS, Run

ROWS = ROOT / ".soak" / "rows.jsonl"
PAGE = ROOT / "docs" / "crash-matrix.md"
Row = Mapping[str, Any]


def keep_row(point: str, visit: int, url: str, kind: str, seed: int, run: Run, found: Judged) -> None:
    """Append what came of one run. One short write: several workers share the file."""
    row = {
        "commit": commit(), "point": point, "visit": visit, "database": url.partition(":")[0].partition("+")[0],
        "kind": kind, "seed": seed, "lives": run.lives, "decided": run.decided, "submissions": found.submissions,
        "billed": found.billed, "settled": found.settled, "twice": len(found.bought_twice), "lost": len(found.lost),
        "differs": len(found.differs), "open": len(found.left_open), "faults": found.faults,
    }  # fmt: skip
    ROWS.parent.mkdir(exist_ok=True)
    handle = os.open(ROWS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(handle, f"{json.dumps(row)}\n".encode())
    os.close(handle)


def commit() -> str:
    """The commit that was run, marked where files differ from it."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return said.stdout.strip()


def page(rows: Sequence[Row], rounds: int, now: datetime) -> str:
    """The whole page. Says which runs are missing."""
    of_matrix = [row for row in rows if row["point"] in LABELS]
    of_sweep = [row for row in rows if row["point"] not in LABELS]
    wanted = len(LABELS) * len(DATABASES) * len(KINDS) * rounds
    got = Counter((row["point"], row["database"], row["kind"], row["seed"]) for row in of_matrix)
    lines = [
        "# The crash matrix, as it was run",
        "",
        "Written by `make soak` and by nothing else. Each run kills a make that buys three takes with `kill -9`, lets",
        "it go on, has somebody decide what nobody can know, and then compares the provider's own bill with journal",
        "and vault. `key`, `list`, `none`: how an unknown send can be found at the provider.",
        "",
        f"- run until {now:%Y-%m-%d %H:%M} UTC, on commit {', '.join(sorted({row['commit'] for row in rows})) or '—'}",
        f"- seeds {_seeds(rows)}; a row once more: `REELWRIGHT_SOAK=1 REELWRIGHT_SEED=<seed> pytest",
        "  tests/crash/test_soak.py -k <point>-<database>-<kind>`",
        f"- labels: {len(got)} of {wanted} runs; **{wanted - len(got)} missing**",
        f"- calls (strace): {len(of_sweep)} runs",
        f"- decided by a person: {sum(len(row['decided']) for row in rows)} purchases",
        f"- submissions {sum(row['submissions'] for row in rows)}, billed {sum(row['billed'] for row in rows)} and"
        f" settled {sum(row['settled'] for row in rows)} micro-dollars",
        "",
        *_table(rows),
        "",
        *_faults(rows),
    ]
    return "\n".join(lines) + "\n"


def _seeds(rows: Sequence[Row]) -> str:
    seeds = sorted({row["seed"] for row in rows})
    return f"{seeds[0]} to {seeds[-1]}" if seeds else "—"


def _table(rows: Sequence[Row]) -> list[str]:
    """A line for each point: runs by database and kind, and what was found wrong."""
    columns = [(database, kind) for database in ("sqlite", "postgresql") for kind in KINDS]
    head = " | ".join(f"{'Postgres' if d == 'postgresql' else 'SQLite'} {kind}" for d, kind in columns)
    lines = [
        f"| point | {head} | bought twice | lost | not the bill | left open |",
        f"|---|{'---|' * (len(columns) + 4)}",
    ]
    by_point: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_point[row["point"]].append(row)
    for point in sorted(by_point, key=lambda name: (name not in LABELS, name)):
        mine = by_point[point]
        runs = Counter((row["database"], row["kind"]) for row in mine)
        cells = [str(runs[column]) for column in columns]
        cells += [str(sum(row[name] for row in mine)) for name in ("twice", "lost", "differs", "open")]
        lines.append(f"| {point} | {' | '.join(cells)} |")
    return lines


def _faults(rows: Sequence[Row]) -> list[str]:
    wrong = [row for row in rows if row["faults"]]
    if not wrong:
        return ["Nothing was bought twice, nothing was lost, and every ledger was its bill."]
    said = [f"- {row['point']}:{row['visit']} {row['database']} {row['kind']} seed {row['seed']}: {row['faults']}"
            for row in wrong]  # fmt: skip
    return ["What went wrong:", "", *said]


def main() -> None:
    rows = [json.loads(line) for line in ROWS.read_text().splitlines()] if ROWS.exists() else []
    PAGE.write_text(page(rows, int(os.environ.get("REELWRIGHT_SOAK") or 1), datetime.now(UTC)), encoding="utf-8")


if __name__ == "__main__":
    main()
