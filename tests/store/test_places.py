"""A journal that is not where it was, or does not know what its vault knows, buys nothing; anything else never asks."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from sqlalchemy import make_url, text

from postgres import administer, copy_database, named
from reelwright.errors import NotReconciled, OverBudget, StoreUnavailable
from reelwright.reason import Reason
from reelwright.reel.records.ledger import BudgetScope, Limit
from reelwright.reel.records.operation import Operation, Purchase
from reelwright.store import reconciliation
from reelwright.store.database.database import Database
from reelwright.store.database.unit import Unit
from reelwright.store.ledger import Ledger
from reelwright.store.limits.budgets import ensure_batch_budget
from reelwright.store.purchases.send_guard import BlockReason, SendGuard
from reelwright.store.schema.earlier_names import RENAMED_COLUMNS
from reelwright.store.vault import identity
from reelwright.store.vault.markers import Markers
from reelwright.store.vault.vault import FolderVault
from reelwright.units import Micros
from store.making import ACCOUNT, Scene, fp_of, price, step
from store.observing import rows


@dataclass
class Room:
    """A journal and its vault, opened as a home opens them."""

    url: str
    vault: Path

    async def amiss(self) -> tuple[BlockReason, ...]:
        """What stands between it and a purchase."""
        database = Database(self.url)
        try:
            return (await self.guard(database).check(ACCOUNT)).reasons
        finally:
            database.close()

    def guard(self, database: Database) -> SendGuard:
        return SendGuard(database, Markers(FolderVault.open(self.vault)))

    async def send(self, *prompts: str) -> list[Purchase]:
        """Buy one take for each prompt, as far as the send. Raises ``NotReconciled``."""
        database = Database(self.url)
        try:
            guard = self.guard(database)
            await guard.check(ACCOUNT)
            scene = await Scene.set(database, director=f"director_{uuid4().hex}")
            scene.ledger = Ledger(database, guard=guard)
            allowance = await scene.approved(5_000_000)
            sent = []
            for prompt in prompts:
                bought = await scene.intend(allowance, step(prompt))
                assert (await scene.ledger.begin_posting(scene.lease, bought.id, {"prompt": prompt})).may_send
                await scene.ledger.record_operation(bought.id, Operation(id=f"op_{bought.id}"))
                sent.append(bought)
            await scene.journal.release(scene.lease)
            return sent
        finally:
            database.close()

    def marks(self) -> list[str]:
        logs = sorted((self.vault / ACCOUNT / ".sends").glob("*.jsonl"))
        return [json.loads(line)["id"] for log in logs for line in log.read_text().splitlines()]


@pytest.fixture
def room(db_url: str, tmp_path: Path) -> Room:
    return Room(db_url, tmp_path / "vault")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def at(home: Path) -> Room:
    """The home on SQLite in a folder, as ``reelwright`` lays it out."""
    return Room(f"sqlite:///{home / 'journal.db'}", home / "vault")


async def test_each_paid_send_is_marked_in_the_vault_before_it_returns(room: Room) -> None:
    sent = await room.send("a", "b")
    assert room.marks() == [one.id for one in sent]
    assert await room.amiss() == ()


async def test_what_costs_nothing_is_not_marked(db_url: str, room: Room) -> None:
    database = Database(db_url)
    scene = await Scene.set(database)
    ledger = Ledger(database, guard=room.guard(database))
    allowance = await scene.approved()
    free = await ledger.intend(
        scene.lease, allowance, scene.job, step().key, fp_of(step("x")), "s", "offline", "m",
        price(0), "free",
    )  # fmt: skip
    assert (await ledger.begin_posting(scene.lease, free.id, {})).may_send
    database.close()
    assert room.marks() == []


async def test_no_marker_no_send(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk of the vault is full: what was to be sent goes back to intent, as when the journal is away."""
    await room.send("a")

    def full(self: Markers, account: str, mark: object) -> None:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(Markers, "append", full)
    with pytest.raises(StoreUnavailable):
        await room.send("b")
    assert len(room.marks()) == 1
    database = Database(room.url)
    try:
        assert rows(database, "SELECT state FROM purchases ORDER BY state") == [("intent",), ("submitted",)]
    finally:
        database.close()


@pytest.mark.parametrize("sends", [0, 1])
async def test_a_copied_home_buys_nothing(home: Path, tmp_path: Path, sends: int) -> None:
    """Copied before the send or after it: two copies of one home must not both buy."""
    await at(home).send(*["a"][:sends])
    subprocess.run(["cp", "-a", home, tmp_path / "copy"], check=True)
    assert await at(tmp_path / "copy").amiss() == ("moved",)
    with pytest.raises(NotReconciled) as raised:
        await at(tmp_path / "copy").send("b")
    assert raised.value.exit_code == 4 and raised.value.code == "buying_blocked"
    assert raised.value.params["causes"] == [Reason("journal_moved")]
    assert [action.kind for action in raised.value.actions] == ["reconcile"]
    assert await at(home).amiss() == () and await at(home).send("b")


async def test_a_copy_of_a_home_that_bought_nothing_yet_asks_too(home: Path, tmp_path: Path) -> None:
    """The home that it was copied from may have bought since."""
    assert await at(home).amiss() == ()
    shutil.copytree(home, tmp_path / "copy")
    assert await at(tmp_path / "copy").amiss() == ("moved",)


async def test_a_copy_in_the_place_of_a_deleted_home_asks_though_its_inode_may_be_the_same(
    home: Path, tmp_path: Path
) -> None:
    await at(home).send("a")
    shutil.copytree(home, tmp_path / "copy")
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "copy", home)
    assert await at(home).amiss() == ("moved",)


async def test_a_home_moved_on_one_disk_restarted_and_vacuumed_buys_on(home: Path, tmp_path: Path) -> None:
    await at(home).send("a")
    moved = home.rename(tmp_path / "elsewhere")
    database = Database(at(moved).url)
    await database.read(lambda conn: conn.execute(text("SELECT 1")).all())
    database.close()
    raw = sqlite3.connect(moved / "journal.db")
    raw.execute("VACUUM")
    raw.close()
    assert await at(moved).amiss() == () and await at(moved).send("b")


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({}, True),
        ({"boot": "other"}, True),
        ({"boot": "other", "device": "99"}, True),  # device numbers are given out anew when the system starts
        ({"device": "99"}, False),
        ({"inode": "99"}, False),
        ({"boot": "other", "inode": "99"}, False),
        ({"machine": "other"}, False),
        ({"machine": ""}, True),  # a container: the volume decides
    ],
    ids=str,
)
def test_a_reboot_is_no_move_and_a_copy_is(changed: dict[str, str], same: bool) -> None:
    before = {"machine": "here", "boot": "first", "device": "8", "inode": "5"}
    assert identity.is_same(before, {**before, **changed}) is same


def test_a_restored_journal_lives_nowhere() -> None:
    assert not identity.is_same(identity.NOWHERE, identity.NOWHERE)


async def test_after_a_reboot_the_new_numbers_are_kept(home: Path) -> None:
    await at(home).send("a")
    database = Database(at(home).url)
    row = await database.read(identity.read_newest_place)
    assert row is not None
    old = {**identity.parse_place(row), "boot": "an earlier start", "device": "77"}
    await database.write(lambda unit: identity.update_place(unit, row.seq, old))
    database.close()
    assert await at(home).amiss() == ()
    database = Database(at(home).url)
    row = await database.read(identity.read_newest_place)
    assert row is not None and identity.parse_place(row)["device"] == str((home / "journal.db").stat().st_dev)
    database.close()


SEND_AND_DIE = """
import asyncio, os, sys
from pathlib import Path
from reelwright.store.limits.budgets import ensure_batch_budget
from reelwright.store.database.database import Database
from store.test_places import at

Database.close = lambda self: os.kill(os.getpid(), 9)
asyncio.run(at(Path(sys.argv[1])).send("b"))
"""


async def test_a_lost_write_ahead_log_is_noticed(home: Path) -> None:
    """The process is killed after its send, and the log beside the database is deleted."""
    await at(home).send("a")
    paths = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    ran = subprocess.run([sys.executable, "-c", SEND_AND_DIE, str(home)], env={**os.environ, "PYTHONPATH": paths})
    assert ran.returncode == -9 and len(at(home).marks()) == 2
    assert (home / "journal.db-wal").stat().st_size > 0
    for left in ("journal.db-wal", "journal.db-shm"):
        (home / left).unlink()
    assert await at(home).amiss() == ("behind",)
    with pytest.raises(NotReconciled):
        await at(home).send("b")


async def test_a_deleted_database_beside_a_full_vault_is_noticed(room: Room, server_url: str, tmp_path: Path) -> None:
    sent = await room.send("a")
    new = Room(f"sqlite:///{tmp_path / 'new.db'}", room.vault)
    assert await new.amiss() == ("new_beside_full",)
    database = Database(new.url)
    assert [mark["id"] for mark in (await new.guard(database).check(ACCOUNT)).unknown_sends] == [sent[0].id]
    database.close()
    with pytest.raises(NotReconciled):
        await new.send("b")


async def test_a_new_journal_beside_takes_of_an_older_release_is_noticed(home: Path) -> None:
    """That release wrote no markers: the bytes alone say that a journal is missing."""
    (home / "take").write_bytes(b"take")
    await FolderVault.open(home / "vault").put_file(ACCOUNT, home / "take", "video/mp4")
    assert await at(home).amiss() == ("new_beside_full",)
    with pytest.raises(NotReconciled):  # it has a project now, and is asked about all the same
        await at(home).send("a")
    assert await at(home).amiss() == ("new_beside_full",)


async def test_a_home_of_an_older_release_is_not_asked_about(home: Path) -> None:
    database = Database(at(home).url)
    scene = await Scene.set(database)
    bought = await scene.intend(await scene.approved())
    assert (await scene.ledger.begin_posting(scene.lease, bought.id, {})).may_send
    database.close()
    (home / "take").write_bytes(b"take")
    await FolderVault.open(home / "vault").put_file(ACCOUNT, home / "take", "video/mp4")
    assert await at(home).amiss() == () and await at(home).amiss() == ()


async def test_an_older_vault_is_noticed(home: Path, tmp_path: Path) -> None:
    await at(home).send("a")
    shutil.copytree(home / "vault", tmp_path / "older")
    await at(home).send(*"bcdefghij")
    database = Database(at(home).url)
    await accept(at(home), database)  # the journal knows how long the logs were
    database.close()
    shutil.rmtree(home / "vault")
    assert await at(home).amiss() == ("vault_older",)
    shutil.rmtree(home / "vault")
    shutil.copytree(tmp_path / "older", home / "vault")
    assert "vault_older" in await at(home).amiss()


async def accept(room: Room, database: Database, account: str = ACCOUNT) -> None:
    await reconciliation.accept(database, room.guard(database), account, "zoe")


@pytest.mark.parametrize("why", ["moved", "restored"])
async def test_each_account_of_a_home_is_reconciled_once_and_none_blocks_another(
    home: Path, tmp_path: Path, why: BlockReason
) -> None:
    await at(home).send("a")
    database = Database(at(home).url)
    assert (await at(home).guard(database).check("other")).reasons == ()
    if why == "restored":
        await database.write(lambda unit: identity.record_restored(unit, "zoe"))
    database.close()
    shutil.copytree(home, tmp_path / "copy")
    copy = at(tmp_path / "copy")
    database = Database(copy.url)

    async def amiss(account: str) -> tuple[BlockReason, ...]:
        return (await copy.guard(database).check(account)).reasons

    assert (await amiss(ACCOUNT), await amiss("other")) == ((why,), (why,)), "the vault is as full as it was"
    await accept(copy, database)
    assert (await amiss(ACCOUNT), await amiss("other")) == ((), (why,))
    await accept(copy, database, "other")
    assert (await amiss(ACCOUNT), await amiss("other"), await amiss("new")) == ((), (), ())
    await accept(copy, database)
    assert (await amiss(ACCOUNT), await amiss("other")) == ((), ())
    database.close()


async def test_a_vault_from_before_the_place_was_accepted_is_noticed_as_older(home: Path, tmp_path: Path) -> None:
    await at(home).send("a")
    shutil.copytree(home, tmp_path / "copy")
    copy = at(tmp_path / "copy")
    database = Database(copy.url)
    await accept(copy, database)
    database.close()
    await copy.send("b")
    shutil.rmtree(copy.vault)
    shutil.copytree(home / "vault", copy.vault)
    assert await copy.amiss() == ("vault_older",)


async def test_a_person_accepts_the_new_place_and_it_buys(home: Path, tmp_path: Path) -> None:
    sent = await at(home).send("a")
    shutil.copytree(home, tmp_path / "copy")
    late = await at(home).send("b")
    shutil.copytree(home / "vault", tmp_path / "copy" / "vault", dirs_exist_ok=True)
    copy = at(tmp_path / "copy")
    assert await copy.amiss() == ("moved", "behind")
    database = Database(copy.url)
    await accept(copy, database)
    ledger = Ledger(database)
    entries = {entry.id: entry for entry in await ledger.list_entries(ACCOUNT)}
    assert entries[sent[0].id].state == "submitted"
    assert entries[late[0].id].state == "unknown" and entries[late[0].id].held_micros == late[0].quoted_micros
    decided = await ledger.decide(ACCOUNT, late[0].id, "never", "zoe")
    assert decided.state == "released"
    database.close()
    assert await copy.amiss() == () and await copy.send("c")


@pytest.mark.parametrize("cap", [10_000_000, 410_000], ids=["within the budget", "above it"])
async def test_a_journal_that_was_set_back_gets_its_sends_back(room: Room, cap: int) -> None:
    """It knows one of two sends; the other is held again, in the ledger and in the budget, above its cap too."""
    first, late = await room.send("a", "b")
    database = Database(room.url)

    def forget(unit: Unit) -> None:
        unit.conn.execute(text("DELETE FROM purchase_history WHERE purchase = :id"), {"id": late.id})
        unit.conn.execute(text("DELETE FROM purchases WHERE id = :id"), {"id": late.id})
        unit.conn.execute(text("UPDATE allowances SET reserved_micros = 400000, ceiling_micros = 400000"))

    await database.write(forget)
    ledger = Ledger(database)
    await ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(cap))
    assert await room.amiss() == ("behind",)
    await accept(room, database)
    entries = {entry.id: entry for entry in await ledger.list_entries(ACCOUNT)}
    assert (entries[first.id].state, entries[late.id].state) == ("submitted", "unknown")
    assert entries[late.id].held_micros == late.quoted_micros and entries[late.id].project == late.project
    (budget,) = await ledger.list_budgets(ACCOUNT)
    assert budget.reserved_micros == 800_000
    assert (await ledger.record_found_operation(late.id, Operation(id=f"op_{late.id}"))) == "ours", (
        "as its provider's list shows it"
    )
    assert await room.amiss() == ()
    scene = await Scene.set(database, director="director_b")
    with nullcontext() if cap > 800_000 else pytest.raises(OverBudget):
        assert await scene.approved(1_000)
    database.close()


@pytest.mark.parametrize("is_old", [False, True], ids=["as marked now", "a mark of an older release"])
async def test_what_a_key_and_a_batch_had_bought_counts_in_their_budgets_again(room: Room, is_old: bool) -> None:
    """The journal was set back; an older mark has other names and not who paid, so only the account's caps count it."""
    database = Database(room.url)
    guard = room.guard(database)
    await guard.check(ACCOUNT)
    scene = await Scene.set(database)
    ledger = scene.ledger = Ledger(database, guard=guard)
    caps: tuple[tuple[BudgetScope, str], ...] = (("account", ACCOUNT), ("key", "key_a"), ("key", "key_b"))
    for scope, subject in caps:
        await ledger.set_budget(ACCOUNT, scope, subject, Micros(500_000))
    await database.write(lambda unit: ensure_batch_budget(unit, ACCOUNT, "rows", Micros(500_000), Micros(0)))
    batch = Limit(scope="batch", subject="rows", open_at_once=2)
    scene.job = await scene.journal.enqueue(ACCOUNT, scene.project, "film", None, {"key": "key_a"}, batch)
    late = await scene.intend(await scene.approved(400_000))
    assert (await ledger.begin_posting(scene.lease, late.id, {})).may_send
    (log,) = (room.vault / ACCOUNT / ".sends").glob("*.jsonl")
    if is_old:
        before = {new: old for old, new in RENAMED_COLUMNS["purchases"].items()}
        mark = {before.get(name, name): told for name, told in json.loads(log.read_text()).items()}
        log.write_text(json.dumps({name: mark[name] for name in mark.keys() - {"payer", "batch_key"}}) + "\n")

    def forget(unit: Unit) -> None:
        for table in ("purchase_history", "purchases", "allowance_budgets"):
            unit.conn.execute(text(f"DELETE FROM {table}"))
        unit.conn.execute(text("UPDATE jobs SET allowance = NULL"))
        unit.conn.execute(text("DELETE FROM allowances"))
        unit.conn.execute(text("UPDATE budgets SET reserved_micros = 0"))

    await database.write(forget)
    await accept(room, database)
    mine = {ACCOUNT} if is_old else {ACCOUNT, "key_a", "batch/rows"}
    held = rows(database, "SELECT subject, reserved_micros FROM budgets")
    assert {subject for subject, reserved in held if reserved == 400_000} == mine
    await ledger.decide(ACCOUNT, late.id, "written_off", "zoe")
    spent = rows(database, "SELECT subject, reserved_micros, settled_micros FROM budgets")
    assert {subject for subject, *sums in spent if sums == [0, 400_000]} == mine
    database.close()


async def test_orders_at_one_moment_take_one_recovered_purchase_each_and_buy_only_the_rest(room: Room) -> None:
    """Three equal orders, two purchases of lost projects. An order that has a number gives it to what it took."""
    (first,) = await room.send("a")
    database = Database(room.url)
    (log,) = (room.vault / ACCOUNT / ".sends").glob("*.jsonl")
    mark = json.loads(log.read_text().splitlines()[0])
    equal = {**mark, "scope": ACCOUNT, "order_fingerprint": first.order_fingerprint}
    lost = [{**equal, "id": f"lost_{n}", "project": f"gone_{n}", "order_number": n} for n in (1, 2)]
    await database.write(lambda unit: reconciliation.recover(unit, ACCOUNT, lost))
    scenes = [await Scene.set(database, director=f"director_{n}") for n in range(3)]
    allowances = [await scene.approved() for scene in scenes]

    async def intend(scene: Scene, allowance: str, n: int) -> Purchase:
        return await scene.ledger.intend(
            scene.lease, allowance, scene.job, first.step, first.fingerprint, ACCOUNT, first.provider, first.model,
            price(), "never", n=n,
        )  # fmt: skip

    orders = list(zip(scenes, allowances, (0, 7, 0), strict=True))
    taken = await asyncio.gather(*(intend(*order) for order in orders))
    new = [one for scene, one in zip(scenes, taken, strict=True) if one.project == scene.project]
    assert {one.id for one in taken} >= {"lost_1", "lost_2"} and len(new) == 1
    assert [one.id for one in await asyncio.gather(*(intend(*order) for order in orders))] == [one.id for one in taken]
    assert taken[1].n == 7
    database.close()


async def test_an_order_whose_price_nobody_knows_takes_the_recovered_purchase_that_answers_it(room: Room) -> None:
    (first,) = await room.send("a")
    database = Database(room.url)
    (log,) = (room.vault / ACCOUNT / ".sends").glob("*.jsonl")
    mark = json.loads(log.read_text().splitlines()[0])
    lost = {
        **mark,
        "scope": ACCOUNT,
        "order_fingerprint": first.order_fingerprint,
        "id": "lost",
        "project": "gone",
        "n": 1,
    }
    await database.write(lambda unit: reconciliation.recover(unit, ACCOUNT, [lost]))
    scene = await Scene.set(database, director="director_b")
    taken = await scene.ledger.intend(
        scene.lease, await scene.approved(0), scene.job, first.step, first.fingerprint, ACCOUNT, first.provider,
        first.model, price(None), "never", n=0,
    )  # fmt: skip
    assert taken.id == "lost"
    database.close()


async def test_what_was_left_behind_stops_where_it_shares_the_vault(home: Path, tmp_path: Path) -> None:
    await at(home).send("a")
    (tmp_path / "copy").mkdir()
    shutil.copy(home / "journal.db", tmp_path / "copy")
    copy = Room(at(tmp_path / "copy").url, home / "vault")
    assert await copy.amiss() == ("moved",)
    left = Database(at(home).url)
    guard = at(home).guard(left)
    assert (await guard.check(ACCOUNT)).reasons == ()
    database = Database(copy.url)
    await accept(copy, database)
    database.close()
    assert await copy.amiss() == ()
    assert (await guard.check(ACCOUNT)).reasons == ("others_vault",), "also in a process that had looked before"
    left.close()
    with pytest.raises(NotReconciled):
        await at(home).send("b")


async def test_a_torn_line_is_passed_over_and_the_next_one_is_whole(room: Room) -> None:
    await room.send("a")
    (log,) = (room.vault / ACCOUNT / ".sends").glob("*.jsonl")
    with log.open("ab") as file:
        file.write(b'{"id": "purchase_torn", "sen')
    assert await room.amiss() == ()
    (second,) = await room.send("b")
    assert log.read_bytes().splitlines()[-1].startswith(b'{"id":"' + second.id.encode())
    assert await room.amiss() == ()


async def test_processes_that_send_at_once_write_whole_lines(room: Room) -> None:
    markers = Markers(FolderVault.open(room.vault))
    many = [{"id": f"purchase_{n}", "send_count": 1, "prepared_request": "x" * 5000} for n in range(60)]
    await asyncio.gather(*(asyncio.to_thread(markers.append, ACCOUNT, mark) for mark in many))
    assert sorted(room.marks()) == sorted(str(mark["id"]) for mark in many)


async def test_a_look_at_ten_thousand_markers_that_were_compared_costs_what_a_look_at_one_does(room: Room) -> None:
    """What the process reads is counted, from files and from the database: no other program disturbs it."""
    (sent,) = await room.send("a")
    markers = Markers(FolderVault.open(room.vault))
    assert await room.amiss() == ()
    one = await _read_in_a_look(room, markers)
    (log,) = (room.vault / ACCOUNT / ".sends").glob("*.jsonl")
    log.write_bytes(log.read_bytes() * 10_000)
    assert await room.amiss() == ()  # the first look compares, and writes down how far it came
    many = await _read_in_a_look(room, markers)
    assert sent and many <= one + 1000 < log.stat().st_size / 100, (one, many)


async def _read_in_a_look(room: Room, markers: Markers) -> int:
    """Bytes that the process reads for a look through connections that are open already: the least of three."""
    database = Database(room.url)
    assert (await SendGuard(database, markers).check(ACCOUNT)).reasons == ()  # opens the connections
    read = []
    for _ in range(3):
        began = psutil.Process().io_counters().read_chars
        assert (await SendGuard(database, markers).check(ACCOUNT)).reasons == ()
        read.append(psutil.Process().io_counters().read_chars - began)
    database.close()
    return min(read)


@pytest.mark.postgres
async def test_a_copy_of_a_postgres_database_buys_nothing(pg_url: str, server_url: str, tmp_path: Path) -> None:
    room = Room(pg_url, tmp_path / "vault")
    await room.send("a")
    name, source = f"rw_copy_{uuid4().hex[:8]}", make_url(pg_url).database
    copy_database(server_url, name, source)
    try:
        copy = replace(room, url=named(server_url, name))
        assert await copy.amiss() == ("moved",)
        assert await room.amiss() == ()
    finally:
        administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.postgres
async def test_an_ordinary_role_may_ask_where_a_postgres_journal_lives(pg_url: str, server_url: str) -> None:
    role = f"rw_role_{uuid4().hex[:8]}"
    administer(server_url, f"CREATE ROLE {role} LOGIN")
    try:
        url = make_url(pg_url).set(username=role).render_as_string(hide_password=False)
        database = Database(url, may_upgrade=False)
        place = await database.read(identity.read_place)
        database.close()
        assert set(place) == {"system", "timeline", "database"} and all(place.values())
    finally:
        administer(pg_url, f"DROP ROLE {role}")


@pytest.mark.postgres
async def test_two_homes_with_vaults_of_their_own_on_one_postgres_journal_are_noticed(
    pg_url: str, tmp_path: Path
) -> None:
    """2026-11-24: both bought, and neither had the takes of the other."""
    one, other = Room(pg_url, tmp_path / "one"), Room(pg_url, tmp_path / "other")
    await one.send("a")
    assert await one.amiss() == () and await other.amiss() == ("another_vault",)
    with pytest.raises(NotReconciled):
        await other.send("b")
    assert await one.send("c") and not other.marks()
    database = Database(pg_url)
    await accept(other, database)
    database.close()
    assert await other.amiss() == () and await other.send("d")
    assert await one.amiss() == ("another_vault",), "now the other one has the journal"
    shutil.copytree(tmp_path / "other", tmp_path / "shared")
    assert await Room(pg_url, tmp_path / "shared").amiss() == (), "the same vault under another path"
