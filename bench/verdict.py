"""The last line of every bench: ``verdict pass|fail NAME key=value … goal=…``, and its exit status.

The verdict of a whole run, with no arguments, also becomes the row of that bench in ``RESULTS.md``.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.scale import IS_SMOKE

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# The last whole run of each bench

Written by the benches themselves (`make bench-NAME`). A commit with a `+` had changes that were not committed.

| bench | verdict | figures | goal | date | commit |
|---|---|---|---|---|---|
"""


def verdict(name: str, passed: bool, figures: Mapping[str, object], goal: str) -> int:
    """Print the verdict, and record it if the run was whole; 0 for pass, 1 for fail."""
    shown = " ".join(f"{key}={_short(value)}" for key, value in figures.items())
    judged = "pass" if passed else "fail"
    sys.stdout.write(f"verdict {judged} {name} {shown} goal={goal}\n")
    sys.stdout.flush()
    if not IS_SMOKE and not sys.argv[1:]:
        record_run(RESULTS, name, judged, shown, goal)
    return 0 if passed else 1


def record_run(path: Path, name: str, judged: str, figures: str, goal: str) -> None:
    """Write the row of one bench, in place of its last one. Rows are sorted by name."""
    rows = path.read_text(encoding="utf-8").splitlines()[HEAD.count("\n") :] if path.exists() else []
    rows = [row for row in rows if not row.startswith(f"| {name} |")]
    date = datetime.datetime.now(datetime.UTC).date()
    rows.append(f"| {name} | {judged} | {figures} | {goal} | {date} | {_name_commit()} |")
    path.write_text(HEAD + "\n".join(sorted(rows)) + "\n", encoding="utf-8")


def _name_commit() -> str:
    def git(*args: str) -> str:
        return subprocess.run(["git", *args], cwd=RESULTS.parent, capture_output=True, text=True, check=True).stdout

    changes = git("status", "--porcelain", "--untracked-files=no", "--", ":!RESULTS.md")
    return git("rev-parse", "--short=8", "HEAD").strip() + ("+" if changes.strip() else "")


def _short(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace(" ", "_")
