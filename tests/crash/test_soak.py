"""The long proof (``make soak``): the whole matrix many times by seed, and a kill at every call that lasts or leaves.

Not collected unless ``REELWRIGHT_SOAK`` says how many rounds. Every run is one row in ``.soak/rows.jsonl``, of which
``python -m crash.soak`` writes docs/crash-matrix.md.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from crash.matrix import DATABASES, KINDS, LABELS, Run, killed_at, run_in
from crash.soak import keep_row
from crash.test_matrix import ON, undisturbed

ROUNDS = int(os.environ.get("REELWRIGHT_SOAK") or 0)
SEED = int(os.environ.get("REELWRIGHT_SEED") or 1)
CALLS = {
    "fsync": "fsync",
    "fdatasync": "fdatasync",
    "rename": "rename,renameat,renameat2",
    "connect": "connect",
    "send": "sendto,sendmsg",
}
"""What lasts and what leaves, and the names that it has for the kernel."""
_MOST_CALLS = 400
MATRIX = [
    pytest.param(database, kind, label, number, id=f"{label}-{database}-{kind}-{number}", marks=ON[database])
    for label in LABELS
    for database in DATABASES
    for kind in KINDS
    for number in range(ROUNDS)
]
SWEEP = [
    pytest.param(database, kind, call, id=f"{call}-{database}-{kind}", marks=ON[database])
    for call in CALLS
    for database in DATABASES
    for kind in KINDS
]
assert undisturbed  # the fixture of the matrix


@pytest.mark.parametrize(("empty_url", "kind", "label", "number"), MATRIX, indirect=["empty_url"])
def test_a_kill_at_a_label(empty_url, kind, label, number, undisturbed, tmp_path):
    seed = SEED + number
    most = undisturbed[label == "C19"][label]
    visit = random.Random(f"{seed}/{label}/{kind}").randint(1, max(1, most // 2))
    with run_in(tmp_path / "run", empty_url, kind, seed, slowly=label == "C19") as run:
        found = killed_at(run, label, visit)
        keep_row(label, visit, empty_url, kind, seed, run, found)
    assert not found.faults, found.faults


@pytest.mark.timeout(7200)
@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace on this machine")
@pytest.mark.parametrize(("empty_url", "kind", "call"), SWEEP, indirect=["empty_url"])
def test_a_kill_at_every_call(empty_url, kind, call, tmp_path):
    """One run for each time that a thread makes it, until a run makes it less often and lives."""
    faults: Counter[str] = Counter()
    for number in range(1, _MOST_CALLS):
        folder = tmp_path / str(number)
        url = emptied(empty_url, folder)
        with run_in(folder, url, kind, SEED) as run:
            if not killed_by_call(run, call, number):
                return
            run.to_its_end()
            found = run.judged()
            keep_row(call, number, url, kind, SEED, run, found)
            faults.update(found.faults)
        shutil.rmtree(folder)
        assert not faults, faults


def killed_by_call(run: Run, call: str, number: int) -> bool:
    """Whether a life ended at that call. strace kills at the so-manyeth call of any one thread."""
    names = CALLS[call]
    traced = ("strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={names}", "-e")
    return run.live(before=(*traced, f"inject={names}:signal=KILL:when={number}")) is None


def emptied(url: str, folder: Path) -> str:
    """A database without a schema: a file of its own, or the server's own one once more."""
    if url.startswith("sqlite"):
        folder.mkdir(parents=True)
        return f"sqlite:///{folder / 'journal.db'}"
    engine = create_engine(make_url(url))
    with engine.begin() as conn:
        conn.execute(text("DROP SCHEMA public CASCADE"))
        conn.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url
