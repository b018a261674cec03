"""The crash matrix over the wires that ship: every label, both databases, three kinds of providers, a judge of its own.

0 double buys, 0 silent losses, the ledger equal to the providers' bills to the micro-dollar.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from crash.checker import judge
from crash.matrix import DATABASES, KINDS, LABELS, killed_at, run_in

SEED = int(os.environ.get("REELWRIGHT_SEED") or 20261120)
ON = {"sqlite": (), "postgres": (pytest.mark.postgres,)}
ALL = [
    pytest.param(database, kind, label, id=f"{label}-{database}-{kind}", marks=[pytest.mark.lane_crash, *ON[database]])
    for label in LABELS
    for database in DATABASES
    for kind in KINDS
]
QUICK = [
    pytest.param("sqlite", "none", "C04", id="C04-sqlite-none"),
    pytest.param("sqlite", "key", "C05", id="C05-sqlite-key"),
    pytest.param("sqlite", "list", "C04", id="C04-sqlite-list"),
]
"""The window in which a provider knows and we do not, once for each way out of it."""


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Counter[str]]:
    """How often a life passes each label: one that nobody disturbs, and one that is cancelled while it sends."""
    found = {}
    for cancelled in (False, True):
        folder = tmp_path_factory.mktemp("undisturbed")
        log = folder / "labels"
        with run_in(folder, f"sqlite:///{folder / 'journal.db'}", "none", SEED, slowly=cancelled) as run:
            assert run.live(*(("--cancel",) if cancelled else ()), REELWRIGHT_CRASH_LOG=str(log))
            assert not run.judged().faults
        found[cancelled] = Counter(log.read_text().split())
    return found


def disturbed(folder: Path, url: str, kind: str, label: str, visits: Counter[str]) -> None:
    assert visits[label], f"no life passes {label}"
    visit = random.Random(f"{SEED}/{label}/{kind}").randint(1, max(1, visits[label] // 2))
    with run_in(folder, url, kind, SEED, slowly=label == "C19") as run:
        found = killed_at(run, label, visit)
        print(f"{label}:{visit} seed {SEED} lives {run.lives} decided {run.decided}")  # shown when it fails
    assert not found.faults, found.faults
    assert 0 < found.submissions <= 3
    if (label, kind) == ("C19", "none"):
        return  # the job is cancelled: what nobody knows of stays held, and is listed until a person says
    assert not found.unknown
    assert found.settled == found.billed


def test_every_label_of_the_matrix_is_passed(undisturbed):
    passed = {label for visits in undisturbed.values() for label, count in visits.items() if count}
    assert set(LABELS) <= passed


@pytest.mark.parametrize(("empty_url", "kind", "label"), QUICK, indirect=["empty_url"])
def test_a_make_killed_where_only_the_provider_knows_buys_once_and_settles_the_bill(
    empty_url, kind, label, undisturbed, tmp_path
):
    disturbed(tmp_path / "run", empty_url, kind, label, undisturbed[label == "C19"])


@pytest.mark.parametrize(("empty_url", "kind", "label"), ALL, indirect=["empty_url"])
def test_a_make_killed_at_any_label_buys_once_loses_nothing_and_settles_the_bill(
    empty_url, kind, label, undisturbed, tmp_path
):
    disturbed(tmp_path / "run", empty_url, kind, label, undisturbed[label == "C19"])


def test_the_judge_sees_what_is_bought_twice_lost_and_not_in_the_ledger(tmp_path):
    """A judge that cannot condemn proves nothing."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    with run_in(tmp_path / "run", url, "none", SEED) as run:
        assert run.live()
        lines = run.bill.read_text().splitlines()
        assert not run.judged().faults
        twice = [line.replace(line.split('"')[3], "gen-vid-another") for line in lines]
        run.bill.write_text("\n".join([*lines, twice[0]]))
        found = run.judged()
        assert len(found.bought_twice) == 1 and len(found.lost) == 1 and found.differs
        run.bill.write_text("\n".join(lines[1:]))
        assert [fault for fault in run.judged().differs if "billed None" in fault]
        run.bill.write_text("\n".join(lines))
        vault = run.folder / "home" / "vault"
        for path in vault.rglob("*"):
            if path.is_file():
                path.chmod(0o600)
                path.write_bytes(b"other")
        assert len(judge([run.bill], url, vault).lost) == 3
