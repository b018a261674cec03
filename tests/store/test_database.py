"""The database's one door: group commit, heartbeats ahead of all, and failures said in plain words."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import create_engine, text

from reasons import has_code
from reelwright.errors import BadInput, JournalDamaged, StoreUnavailable
from reelwright.reel.film.brief import Brief
from reelwright.store.copying import copy_journal
from reelwright.store.database.database import Database
from reelwright.store.database.disks import find_filesystem_type, is_network_filesystem
from reelwright.store.database.processes import make_holder
from reelwright.store.database.unit import Unit
from reelwright.store.journal import Journal
from reelwright.store.schema.schema import accounts
from store.making import ACCOUNT, Scene
from store.observing import rows, transactions
from yardstick import slowness


def insert(unit: Unit, name: str) -> None:
    unit.conn.execute(accounts.insert().values(id=name, created_at=1))


async def test_writes_that_wait_together_share_a_commit_on_sqlite(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'journal.db'}")
    before = transactions(db)
    await asyncio.gather(*(db.write(lambda unit, n=n: insert(unit, f"a{n}")) for n in range(600)))
    assert rows(db, "SELECT count(*) FROM accounts") == [(600,)]
    assert transactions(db) - before <= 60
    db.close()


async def test_a_write_that_raises_leaves_nothing_and_takes_no_other_with_it(db: Database) -> None:
    def half(unit: Unit, n: int) -> None:
        insert(unit, f"a{n}")
        unit.add_event(f"a{n}", "p", None, "told", {})
        if n % 3 == 0:
            raise KeyError(n)
        if n % 3 == 1:
            insert(unit, f"a{n}")  # the same again: the database refuses

    done = await asyncio.gather(*(db.write(lambda u, n=n: half(u, n)) for n in range(60)), return_exceptions=True)
    kept = {f"a{n}" for n in range(60) if n % 3 == 2}
    assert {name for (name,) in rows(db, "SELECT id FROM accounts")} == kept
    assert {name for (name,) in rows(db, "SELECT account FROM events")} == kept
    assert [isinstance(answer, BaseException) for answer in done] == [n % 3 != 2 for n in range(60)]


@pytest.mark.timed
async def test_a_heartbeat_goes_ahead_of_ten_thousand_writes(db: Database) -> None:
    scene = await Scene.set(db)
    writes = [db.submit(lambda unit, n=n: insert(unit, f"a{n}")) for n in range(10_000)]
    worst = 0.0
    for _ in range(5):
        began = time.monotonic()
        await scene.journal.record_heartbeat(scene.holder)
        worst = max(worst, time.monotonic() - began)
        await asyncio.sleep(0.02)
    assert not writes[-1].done(), "the queue was still long when the last beat was through"
    assert worst < 1.5 * slowness()
    for write in writes:
        write.cancel()


async def test_work_can_be_given_from_any_thread_and_loop(db: Database) -> None:
    await asyncio.gather(
        *(asyncio.to_thread(asyncio.run, db.write(lambda u, n=n: insert(u, f"a{n}"))) for n in range(8))
    )
    assert rows(db, "SELECT count(*) FROM accounts") == [(8,)]


async def test_a_read_sees_one_snapshot(db: Database) -> None:
    def twice(conn):  # type: ignore[no-untyped-def]
        first = conn.execute(text("SELECT count(*) FROM accounts")).scalar_one()
        db.submit(lambda unit: insert(unit, "meanwhile")).result(10)
        return first, conn.execute(text("SELECT count(*) FROM accounts")).scalar_one()

    assert await db.read(twice) == (0, 0)
    assert rows(db, "SELECT count(*) FROM accounts") == [(1,)]


async def test_what_is_queued_is_written_before_the_database_is_closed(db_url: str) -> None:
    db = Database(db_url)
    for n in range(50):
        db.submit(lambda unit, n=n: insert(unit, f"a{n}"))
    db.close()
    assert rows(db, "SELECT count(*) FROM accounts") == [(50,)]
    with pytest.raises(StoreUnavailable, check=has_code("journal_closed")):
        await db.write(lambda unit: insert(unit, "late"))


def test_sqlite_is_set_up_so_that_a_commit_outlives_the_power(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'journal.db'}")

    def settings(unit: Unit) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [unit.conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert db.submit(settings).result(10) == ["wal", 2, 1, 30_000]
    db.close()


def test_only_its_owner_reads_a_new_journal_and_a_copy_of_it(tmp_path: Path) -> None:
    journal, copy = tmp_path / "journal.db", tmp_path / "copy.db"
    db = Database(f"sqlite:///{journal}")
    db.submit(lambda unit: insert(unit, "a")).result(10)
    copy_journal(journal, copy)
    files = [path for path in tmp_path.iterdir() if path.name.startswith(("journal.db", "copy.db"))]
    assert len(files) >= 3
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in files} == {path.name: "0o600" for path in files}
    db.close()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "postgresql+nodriver://h/d"]
)
def test_a_database_that_is_not_ours_is_refused_and_no_password_is_shown(url: str) -> None:
    with pytest.raises((BadInput, StoreUnavailable)) as found:
        Database(url)
    assert "secret" not in str(found.value)


def test_a_disk_of_another_machine_is_recognised() -> None:
    assert all(map(is_network_filesystem, ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.s3fs", "CEPH")))
    assert not any(
        map(is_network_filesystem, ("ext4", "xfs", "btrfs", "tmpfs", "overlay", "apfs", "zfs", "fuse.ext4", ""))
    )
    assert find_filesystem_type(Path("/proc/self")) == "proc"


async def test_a_journal_held_by_another_program_is_a_clear_error(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'journal.db'}", busy_ms=100)
    other = create_engine(db.url, isolation_level="AUTOCOMMIT")
    with other.connect() as conn:
        conn.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, check=has_code("journal_locked")):
            await db.write(lambda unit: insert(unit, "a"))
        conn.exec_driver_sql("ROLLBACK")
    other.dispose()
    await db.write(lambda unit: insert(unit, "a"))
    db.close()


def test_a_new_journal_that_another_program_is_making_is_waited_for(tmp_path: Path) -> None:
    """SQLite's own wait does not cover the switch to a write-ahead log: the second program met ``journal_locked``."""
    path = tmp_path / "journal.db"
    path.touch()
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        Timer(0.2, other.execute, ["COMMIT"]).start()
        Database(f"sqlite:///{path}").close()


async def test_a_file_that_is_no_journal_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"not a journal at all, but longer than a page header. " * 99)
    with pytest.raises(JournalDamaged):
        Database(f"sqlite:///{tmp_path / 'journal.db'}")


def test_a_server_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as found:
        Database(f"postgresql://me:secret@/name?host={tmp_path}")
    assert "secret" not in str(found.value)


LIMITED = textwrap.dedent("""
    import asyncio, os, resource, signal, sys
    from reelwright.errors import StoreUnavailable
    from reelwright.reel.film.brief import Brief
    from reelwright.store.database.database import Database
    from reelwright.store.journal import Journal

    how, url = sys.argv[1:]
    database = Database(url)
    journal = Journal(database)

    async def fill():
        made = []
        try:
            for n in range(400):
                made += await asyncio.gather(*(
                    journal.open_project("local", f"p{n}.{m}", Brief(text="x" * 20000)) for m in range(3)))
        except StoreUnavailable as error:
            print(error.code, len(made), flush=True)

    if how == "small":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    asyncio.run(fill())
""")


async def whole_projects(path: Path) -> tuple[int, int]:
    """Projects, and leases that were made with them: the same number, or something is half-written."""
    db = Database(f"sqlite:///{path}")
    ((projects, leases),) = rows(db, "SELECT (SELECT count(*) FROM projects), (SELECT count(*) FROM leases)")
    assert rows(db, "PRAGMA integrity_check") == [("ok",)]
    assert await Journal(db).open_project(ACCOUNT, "room again", Brief(text="x"))
    db.close()
    return int(str(projects)), int(str(leases))


async def test_a_full_disk_leaves_no_half_written_project(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    run = [sys.executable, "-c", LIMITED, "small", f"sqlite:///{path}"]
    said = subprocess.run(run, capture_output=True, text=True, timeout=60)
    code, acknowledged = said.stdout.split()
    assert code in ("disk_full", "disk_error", "file_too_large"), said
    projects, leases = await whole_projects(path)
    assert int(acknowledged) <= projects == leases


async def test_a_disk_of_one_mebibyte_that_fills_up_is_a_clear_error(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    run = ["unshare", "-rm", "sh", "-c"]
    if subprocess.run([*run, f"mount -t tmpfs none '{disk}'"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk of their own; the limit on file sizes is tested above")
    mounted = f"mount -t tmpfs -o size=1m none '{disk}' && \"$@\""
    child = [sys.executable, "-c", LIMITED, "disk", f"sqlite:///{disk / 'journal.db'}"]
    said = subprocess.run([*run, mounted, "sh", *child], capture_output=True, text=True, timeout=60)
    assert said.stdout.startswith("disk_full"), said


FULL = textwrap.dedent("""
    import asyncio, contextlib, sys
    from pathlib import Path
    from reelwright.errors import StoreUnavailable
    from reelwright.store.database.database import Database

    path = Path(sys.argv[1])
    database = Database(f"sqlite:///{path}")
    asyncio.run(database.read(lambda conn: None))
    database.close()
    with contextlib.suppress(OSError), open(path.parent / "ballast", "wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))
    try:
        database = Database(f"sqlite:///{path}")
        asyncio.run(database.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM projects").all()))
    except StoreUnavailable as error:
        print(error.code)
""")


async def test_a_journal_on_a_disk_that_was_filled_since_is_told_as_full(tmp_path: Path) -> None:
    """SQLite calls it an input or output error: the file that its readers share wants room first."""
    disk = tmp_path / "disk"
    disk.mkdir()
    run = ["unshare", "-rm", "sh", "-c"]
    if subprocess.run([*run, f"mount -t tmpfs none '{disk}'"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk of their own")
    mounted = f"mount -t tmpfs -o size=4m none '{disk}' && \"$@\""
    said = subprocess.run(
        [*run, mounted, "sh", sys.executable, "-c", FULL, str(disk / "journal.db")],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert said.stdout.strip() == "disk_full", said


READ_ONLY = textwrap.dedent("""
    import os, sys, tempfile
    from reelwright.errors import StoreUnavailable
    from reelwright.store.database.database import Database
    from reelwright.store.vault.vault import FolderVault
    from pathlib import Path

    with tempfile.TemporaryDirectory() as elsewhere:  # once as it should be: all that is needed is imported then
        Database(f"sqlite:///{elsewhere}/journal.db").close()
    if os.geteuid() == 0:  # what is read-only is written by root all the same
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    for doing in (lambda: Database(sys.argv[1]), lambda: FolderVault.open(Path(sys.argv[2]))):
        try:
            doing()
        except StoreUnavailable as error:
            print(error.code, error.params.get("database") or error.params["folder"])
""")


def test_a_folder_that_may_not_be_written_is_a_clear_error() -> None:
    with tempfile.TemporaryDirectory(prefix="rw-ro-") as name:
        folder = Path(name)
        folder.chmod(0o555)
        run = [sys.executable, "-c", READ_ONLY, f"sqlite:///{folder / 'journal.db'}", str(folder / "vault")]
        said = subprocess.run(run, capture_output=True, text=True, timeout=60)
        folder.chmod(0o755)
    assert said.stdout, said.stderr
    journal, vault = said.stdout.splitlines()
    assert journal.startswith("journal_cannot_be_opened") and journal.endswith("journal.db"), said
    assert vault == f"folder_not_writable {folder / 'vault'}", said


@pytest.mark.postgres
async def test_a_server_that_was_restarted_is_used_again(request: pytest.FixtureRequest, pg_url: str) -> None:
    if "REELWRIGHT_TEST_PG_URL" in os.environ:
        pytest.skip("the server of REELWRIGHT_TEST_PG_URL is not ours to restart")
    db = Database(pg_url)
    scene = await Scene.set(db)
    request.getfixturevalue("cluster").restart()
    await scene.journal.record_event(scene.lease, None, "after", {})
    assert (await scene.journal.read_standing(ACCOUNT, scene.project)).revision == 1
    db.close()


@pytest.mark.postgres
async def test_a_server_that_goes_away_in_the_middle_of_a_write_is_a_clear_error(pg_url: str) -> None:
    db = Database(pg_url)

    def kicked(unit: Unit) -> None:
        insert(unit, "half")
        own = unit.conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
        rows(db, "SELECT pg_terminate_backend(:pid)", pid=own)
        insert(unit, "other half")

    with pytest.raises(StoreUnavailable, check=has_code("server_shut_down")):
        await db.write(kicked)
    assert rows(db, "SELECT count(*) FROM accounts") == [(0,)]
    await db.write(lambda unit: insert(unit, "whole"))
    db.close()


@pytest.mark.postgres
async def test_a_director_that_is_stopped_inside_a_write_does_not_hold_its_locks_for_as_long_as_it_sleeps(
    pg_url: str,
) -> None:
    db = Database(pg_url)

    def falls_asleep(unit: Unit) -> None:
        limit = unit.conn.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one()
        assert limit == "5s", "less than any sleep that a lease is lost over"
        unit.conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = '100ms'"))
        insert(unit, "half")
        time.sleep(0.5)
        insert(unit, "other half")

    with pytest.raises(StoreUnavailable, check=has_code("transaction_timed_out")):
        await db.write(falls_asleep)
    assert rows(db, "SELECT count(*) FROM accounts") == [(0,)]
    await db.write(lambda unit: insert(unit, "whole"))
    db.close()


@pytest.mark.postgres
async def test_writes_that_lock_each_other_out_are_done_again(pg_url: str) -> None:
    db = Database(pg_url)
    for name in "ab":
        await db.write(lambda unit, name=name: insert(unit, name))

    def touch(unit: Unit, first: str, second: str) -> None:
        for name in (first, second):
            unit.conn.execute(
                accounts.update().where(accounts.c.id == name).values(created_at=accounts.c.created_at + 1)
            )
            time.sleep(0.2)

    await asyncio.gather(db.write(lambda u: touch(u, "a", "b")), db.write(lambda u: touch(u, "b", "a")))
    assert rows(db, "SELECT created_at FROM accounts") == [(3,), (3,)]
    db.close()


WRITER = textwrap.dedent("""
    import asyncio, sys
    from reelwright.reel.film.brief import Brief
    from reelwright.store.database.database import Database
    from reelwright.store.journal import Journal

    async def main():
        journal = Journal(Database(sys.argv[1]))

        async def write(name):
            for n in range(10_000):
                project = await journal.open_project("local", f"{name}{n}", Brief(text="a door"))
                job = await journal.enqueue("local", project, "film", None, {})
                print(project, job, flush=True)

        await asyncio.gather(*(write(name) for name in "abcdef"))

    asyncio.run(main())
""")


async def test_a_writer_that_is_killed_loses_nothing_that_it_was_told_is_kept(db: Database) -> None:
    url = db.url.render_as_string(hide_password=False)
    for wait_s in (0.05, 0.31):
        child = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
        assert child.stdout
        told = [child.stdout.readline().split()]
        await asyncio.sleep(wait_s)
        os.kill(child.pid, signal.SIGKILL)
        told += [line.split() for line in child.stdout if line.endswith("\n")]
        child.stdout.close()
        child.wait()
        kept = set(rows(db, "SELECT project, id FROM jobs"))
        assert {tuple(line) for line in told if len(line) == 2} <= kept
    ((projects, leases, opened),) = rows(
        db,
        "SELECT (SELECT count(*) FROM projects), (SELECT count(*) FROM leases),"
        " (SELECT count(*) FROM events WHERE kind = 'project.opened')",
    )
    assert projects == leases == opened
    assert await Journal(db).claim_project(make_holder("next"))
