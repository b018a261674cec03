"""Rows and bytes that a film leaves in the journal and the vault: films of three bought takes, rehearsed, not alike.

The first film is left out: it brings what later ones share.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from sqlalchemy import create_engine, func, select, text

from bench.scale import choose
from bench.verdict import verdict
from reelwright import Rehearsal, Settings, Studio
from reelwright.store.schema.columns import metadata

MODEL = "openrouter-veo-3.1-fast"
MOST_ROWS, MOST_KB = 200, 100
SCRIPT = """\
Cold coffee again, {thing}?

![steam over a mug, {thing}]()

---

It keeps hot for {n} hours

![hands around a mug in the snow, {thing}]()

---

A lid that seals

![a mug in a bag on a train, {thing}]()

---

# Fenn {n}

## fenn.example
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=choose(6, 2))
    count = parser.parse_args().films
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Studio(Settings(home=home), rehearse=Rehearsal(speed=3600)) as studio:
            make_film(studio, Path(folder), 0)
            before, weight = count_rows(home), weigh(home)
            for number in range(1, count):
                make_film(studio, Path(folder), number)
        films = count - 1
        rows = {name: (number - before[name]) / films for name, number in count_rows(home).items()}
        vault_kb, journal_kb = ((now - then) / films / 1000 for now, then in zip(weigh(home), weight, strict=True))
    for name, number in sorted(rows.items(), key=lambda one: -one[1]):
        if number:
            print(f"{name:<20}{number:8.1f} rows a film")
    total = sum(rows.values())
    print(f"{'all tables':<20}{total:8.1f} rows, {journal_kb:.0f} kB with their indexes on SQLite")
    print(f"{'vault':<20}{vault_kb:8.0f} kB of files at 180x320   yardstick")
    figures = {"rows": total, "kb": journal_kb, "vault_kb": vault_kb}
    passed = total <= MOST_ROWS and journal_kb <= MOST_KB
    return verdict("rows", passed, figures, f"rows<={MOST_ROWS},kb<={MOST_KB}")


def make_film(studio: Studio, folder: Path, number: int) -> None:
    """Make a film of three takes that none before has."""
    script = folder / f"{number}.md"
    script.write_text(SCRIPT.format(n=number + 2, thing=f"number {number}"), encoding="utf-8")
    studio.make(script=script, models=(MODEL,), yes=True, short_side=180)


def get_journal(home: Path) -> Path:
    """Return the journal of the rehearsal."""
    return home / "rehearsal" / "journal.db"


def count_rows(home: Path) -> Counter[str]:
    """Count the rows of each table."""
    engine = create_engine(f"sqlite:///{get_journal(home)}")
    with engine.connect() as conn:
        tables = metadata.sorted_tables
        return Counter({one.name: conn.execute(select(func.count()).select_from(one)).scalar_one() for one in tables})


def weigh(home: Path) -> tuple[int, int]:
    """Return the bytes of the files in the vault, and of the journal."""
    with create_engine(f"sqlite:///{get_journal(home)}").connect() as conn:
        pages = conn.execute(
            text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        ).scalar_one()
    vault = sum(path.stat().st_size for path in (home / "rehearsal" / "vault").rglob("*") if path.is_file())
    return vault, pages


if __name__ == "__main__":
    sys.exit(main())
