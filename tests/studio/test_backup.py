"""Backups: made while films are made, whole or not at all, verified; and what is restored buys nothing unasked."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput, JournalDamaged, NotFound
from reelwright.providers.offline import Offline
from reelwright.reel.records.api_key import Role
from reelwright.reel.records.member import Person
from reelwright.settings import Settings
from reelwright.store import copying
from reelwright.store.copying import list_assets
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.store.vault.incoming import hash_file
from reelwright.studio.machine import backup
from reelwright.studio.machine.backup import back_up, restore, verify
from reelwright.studio.studio import AsyncStudio
from studio.conftest import Home
from studio.frames import pictures
from studio.shelf import Shelf

FAST = "vertex-veo-3.1-fast"
UNSURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
ACCOUNT = "local"


def at(home: Path, shelf: Shelf) -> Studio:
    return Studio(Settings(home=home, hands=1), providers={"offline": Offline(), "shelf": shelf})


def reconciled(home: Path) -> None:
    """The fixture is a copy of a home: somebody says that it is the one that buys."""
    with at(home, Shelf()) as studio:
        studio.reconcile(yes=True)


def flip(path: Path, offset: int) -> None:
    mode = path.stat().st_mode
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 0x40]))
    path.chmod(mode)


def test_backups_made_while_films_are_made_are_whole_each(home: Home, tmp_path: Path) -> None:
    """What a restored journal counts on is in its vault; the film is the same, frame by frame; then it buys again."""
    reconciled(home.path)
    shelf, done = Shelf(), threading.Event()

    def making() -> None:
        with at(home.path, shelf) as studio:
            for number in range(4):
                assert studio.clip(f"A fox, {number} of four", model=FAST, **UNSURE).state == "done"
        done.set()

    maker = threading.Thread(target=making)
    maker.start()
    made = []
    while not done.is_set() or not made:
        made.append(back_up(home.settings, tmp_path / f"backup-{len(made)}"))
        assert not made[-1].faults
        done.wait(0.3)
    maker.join()
    assert len({one.rows for one in made}) > 1, "they were made while something happened"
    for number, one in enumerate(made[:: max(1, len(made) // 4)]):
        elsewhere = Settings(home=tmp_path / f"elsewhere-{number}", hands=1)
        back = restore(elsewhere, one.folder)
        assert back.files == one.files
        for account, digest in list_assets(elsewhere.home / "journal.db"):
            assert (elsewhere.vault / account / digest[:2] / digest).is_file()
    shelf = Shelf()
    with at(elsewhere.home, shelf) as studio:
        film = studio.resume(home.made.project, out=tmp_path / "again.mp4")
        assert home.made.film and film.film and pictures(film.film.path) == pictures(home.made.film.path)
        waits = studio.clip("An owl", model=FAST, **UNSURE)
        assert (waits.state, waits.wait_reason, shelf.sent) == ("waiting", "decision", [])
        assert "restored" in studio.reconcile().reasons
        studio.reconcile(yes=True)
        assert studio.retry(waits.job, **UNSURE).state == "done" and len(shelf.sent) == 1


def test_what_was_bought_since_the_backup_is_known_after_a_restore_beside_the_newer_vault(
    home: Home, tmp_path: Path
) -> None:
    reconciled(home.path)
    back_up(home.settings, tmp_path / "backup")
    with at(home.path, Shelf()) as studio:
        assert studio.clip("A fox", model=FAST, **UNSURE).state == "done"
        cost = studio.show_spending().micros
    (home.path / "journal.db").write_bytes(b"no journal any more " * 999)
    with pytest.raises(BadInput):
        restore(home.settings, tmp_path / "backup")
    back = restore(home.settings, tmp_path / "backup", replace=True)
    assert back.old_journal and back.old_journal.read_bytes().startswith(b"no journal")
    with at(home.path, Shelf()) as studio:
        found = studio.reconcile(yes=True)
        assert {"restored", "behind"} <= set(found.reasons) and found.micros == cost
        assert studio.show_spending().held_micros == cost


def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(home: Home, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reelwright.cli", "backup", str(tmp_path / "backup")]
    env = {**os.environ, "REELWRIGHT_HOME": str(home.path)}
    killed = subprocess.run(command, env={**env, "REELWRIGHT_CRASH_AT": "C21:3"}, check=False)
    assert killed.returncode == -signal.SIGKILL and not (tmp_path / "backup").exists()
    assert list(tmp_path.glob(".backup.*.part"))
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "verified" in done.stdout and not list(tmp_path.glob(".backup.*.part"))
    checked = subprocess.run([*command, "--verify"], env=env, check=False, capture_output=True)
    assert checked.returncode == 0


def test_any_flipped_bit_of_a_backup_is_noticed_and_it_is_not_restored(home: Home, tmp_path: Path) -> None:
    chance = random.Random(9)
    made = back_up(home.settings, tmp_path / "backup")
    assert verify(made.folder).faults == ()
    files = [path for path in sorted(made.folder.rglob("*")) if path.is_file() and path.name != "manifest.json"]
    assert len(files) > made.files
    for path in files:
        offset = chance.randrange(path.stat().st_size)
        flip(path, offset)
        assert len(verify(made.folder).faults) == 1, path
        with pytest.raises(JournalDamaged):
            restore(Settings(home=tmp_path / "never"), made.folder)
        flip(path, offset)
    assert not (tmp_path / "never").exists()
    (made.folder / "manifest.json").unlink()
    with pytest.raises(BadInput):
        verify(made.folder)


def test_what_is_damaged_in_the_home_is_told_and_not_backed_up(home: Home, tmp_path: Path) -> None:
    (account, digest), (_, other), *_ = list_assets(home.path / "journal.db")
    flip(home.settings.vault / account / digest[:2] / digest, 3)
    (home.settings.vault / account / other[:2] / other).unlink()
    made = back_up(home.settings, tmp_path / "backup")
    assert len(made.faults) == 2 and digest in "".join(made.faults) and other in "".join(made.faults)
    restore(Settings(home=tmp_path / "back"), made.folder)


@pytest.mark.parametrize("where", ["there", "inside"])
def test_a_backup_is_never_written_over_something(home: Home, tmp_path: Path, where: str) -> None:
    folder = home.path / "backup" if where == "inside" else tmp_path / "there"
    if where == "there":
        folder.mkdir()
        (folder / "mine.txt").write_text("mine")
    with pytest.raises(BadInput):
        back_up(home.settings, folder)


def test_a_home_without_a_journal_has_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        back_up(Settings(home=tmp_path / "none"), tmp_path / "backup")


def test_postgres_is_backed_up_by_its_own_tools(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database="postgresql://me@host/name")
    with pytest.raises(BadInput):
        back_up(settings, tmp_path / "backup")
    with pytest.raises(BadInput):
        restore(settings, tmp_path / "backup")


@pytest.mark.parametrize("seed", range(12))
async def test_a_damaged_journal_is_told_as_such_or_reads_as_before(home: Home, seed: int) -> None:
    """Bytes overwritten at random, or its end cut off: never a traceback, never "no such table"."""
    chance, path = random.Random(seed), home.path / "journal.db"
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    whole = path.read_bytes()
    outcomes = set()
    for _ in range(12):
        damaged = bytearray(whole)
        if chance.random() < 0.3:
            damaged = damaged[: chance.randrange(100, len(whole))]
        else:
            start = chance.randrange(len(whole)) if chance.random() < 0.7 else chance.randrange(4096)
            damaged[start : start + 64] = chance.randbytes(64)[: len(damaged[start : start + 64])]
        for left in home.path.glob("journal.db-*"):
            left.unlink()
        path.write_bytes(damaged)
        try:
            await read_all(path)
            outcomes.add("reads")
        except JournalDamaged:
            outcomes.add("told")
    assert outcomes <= {"reads", "told"}


async def read_all(path: Path) -> None:
    """Everything that a door reads."""
    database = Database(f"sqlite:///{path}")
    try:
        journal, ledger = Journal(database), Ledger(database)
        for project in await journal.list_projects(ACCOUNT):
            standing = await journal.read_standing(ACCOUNT, project.id)
            assert all(standing.outcomes[name].fingerprint for name in standing.outcomes)
            await journal.list_takes(ACCOUNT, project.id)
        await journal.list_jobs(ACCOUNT)
        await journal.list_events(ACCOUNT)
        await ledger.list_entries(ACCOUNT)
        await ledger.list_budgets(ACCOUNT)
        await ledger.list_limits(ACCOUNT)
    finally:
        database.close()


def declare(folder: Path, **changes: Any) -> None:
    """Rewrite a manifest as somebody hostile would, with a fault declared for each difference."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for key, value in changes.items():
        manifest[key] = {**manifest[key], **value} if isinstance(value, dict) else value
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "name",
    ["/{}/out", "../out", "flavors/../../out", "flavors/CON.yaml", "flavors/a\\b", "unknown", "vault/local/x.json",
     "vault/../.sends/out.json", "journal.db", "Settings.yaml", "flavors//out"],
)  # fmt: skip
def test_a_manifest_names_nothing_outside_what_a_backup_holds(home: Home, tmp_path: Path, name: str) -> None:
    made = back_up(home.settings, tmp_path / "backup")
    name = name.replace("/{}", str(tmp_path))
    declare(made.folder, beside={name: "0" * 64})
    found = verify(made.folder).faults
    assert found
    declare(made.folder, faults=list(found))
    with pytest.raises(JournalDamaged):
        restore(Settings(home=tmp_path / "new"), made.folder)
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("twin", ["flavors/CAFÉ.yaml", "flavors/cafe\u0301.yaml"])
def test_a_manifest_with_names_of_one_file_is_refused(home: Home, tmp_path: Path, twin: str) -> None:
    made = back_up(home.settings, tmp_path / "backup")
    declare(made.folder, beside={"flavors/caf\u00e9.yaml": "0" * 64, twin: "0" * 64})
    assert any("not a name" in fault for fault in verify(made.folder).faults)


def test_a_link_in_a_backup_is_not_followed(home: Home, tmp_path: Path) -> None:
    made = back_up(home.settings, tmp_path / "backup")
    (tmp_path / "secret").write_text("x")
    (made.folder / "rehearsal.json").unlink(missing_ok=True)
    (made.folder / "rehearsal.json").symlink_to(tmp_path / "secret")
    declare(made.folder, beside={"rehearsal.json": hash_file(tmp_path / "secret")})
    with pytest.raises(JournalDamaged):
        restore(Settings(home=tmp_path / "new"), made.folder)


@pytest.mark.parametrize("part", ["account", "letters"])
def test_a_link_in_the_vault_of_a_home_is_not_followed(home: Home, tmp_path: Path, part: str) -> None:
    made = back_up(home.settings, tmp_path / "backup")
    account, digest = next(iter(list_assets(made.folder / "journal.db")))
    link = tmp_path / "new" / "vault" / account / (digest[:2] if part == "letters" else "")
    link.parent.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput):
        restore(Settings(home=tmp_path / "new"), made.folder)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_settings_of_a_backup_bring_no_addresses(home: Home, tmp_path: Path) -> None:
    made = back_up(home.settings, tmp_path / "backup")
    (made.folder / "settings.yaml").write_text("base_urls: {openai: 'https://evil.example'}\n")
    declare(made.folder, beside={"settings.yaml": hash_file(made.folder / "settings.yaml")})
    assert restore(Settings(home=tmp_path / "new"), made.folder).left_out == ("settings.yaml",)
    assert not (tmp_path / "new" / "settings.yaml").exists()


@pytest.mark.parametrize(
    "changes",
    [{"made": "yesterday"}, {"made": "2026-11-22T12:00:00"}, {"made": 5}, {"format": "1"},
     {"tables": []}, {"tables": {"jobs": "all"}}, {"vault": []}, {"vault": {"local": ["0" * 64]}}, {"beside": ["x"]},
     {"beside": {"settings.yaml": 1}}, {"journal": None}, {"faults": "none"}, {"vault": {"local": {"0" * 64: "4"}}}],
)  # fmt: skip
def test_a_manifest_of_another_form_is_no_backup(home: Home, tmp_path: Path, changes: dict[str, Any]) -> None:
    made = back_up(home.settings, tmp_path / "backup")
    manifest = json.loads((made.folder / "manifest.json").read_text())
    (made.folder / "manifest.json").write_text(json.dumps(manifest | changes))
    for act in (lambda: verify(made.folder), lambda: restore(Settings(home=tmp_path / "new"), made.folder)):
        with pytest.raises(BadInput):
            act()
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["manifest.json", "journal.db"])
@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_in_a_backup_is_not_read(home: Home, tmp_path: Path, name: str, kind: str) -> None:
    """A pipe would be waited for, for ever."""
    made = back_up(home.settings, tmp_path / "backup")
    (made.folder / name).unlink()
    (made.folder / name).mkdir() if kind == "folder" else os.mkfifo(made.folder / name)
    with pytest.raises((BadInput, JournalDamaged)):
        restore(Settings(home=tmp_path / "new"), made.folder)


def test_a_manifest_that_is_nested_without_end_is_no_backup(home: Home, tmp_path: Path) -> None:
    made = back_up(home.settings, tmp_path / "backup")
    (made.folder / "manifest.json").write_text('{"format": ' + "[" * 200_000)
    with pytest.raises(BadInput):
        verify(made.folder)


def test_a_manifest_cannot_leave_out_what_its_journal_needs(home: Home, tmp_path: Path) -> None:
    made = back_up(home.settings, tmp_path / "backup")
    account, digest = next(iter(list_assets(made.folder / "journal.db")))
    manifest = json.loads((made.folder / "manifest.json").read_text())
    del manifest["vault"][account][digest]
    (made.folder / "vault" / account / digest[:2] / digest).unlink()
    (made.folder / "manifest.json").write_text(json.dumps(manifest))
    (fault,) = verify(made.folder).faults
    assert digest in fault
    with pytest.raises(JournalDamaged):
        restore(Settings(home=tmp_path / "new"), made.folder)


def test_a_journal_with_a_program_in_it_is_not_restored(home: Home, tmp_path: Path) -> None:
    """A trigger would let its author in again after each restore, and stand in no list."""
    made = back_up(home.settings, tmp_path / "backup")
    with sqlite3.connect(made.folder / "journal.db") as journal:
        journal.execute("CREATE TRIGGER again AFTER DELETE ON sessions BEGIN UPDATE api_keys SET revoked_at = 0; END")
    journal.close()
    declare(made.folder, journal=hash_file(made.folder / "journal.db"))
    assert any("again" in fault for fault in verify(made.folder).faults)
    with pytest.raises(JournalDamaged):
        restore(Settings(home=tmp_path / "new"), made.folder)


# keys, members and roles: without a film


@asynccontextmanager
async def open_home(home: Path) -> AsyncIterator[AsyncStudio]:
    async with AsyncStudio(Settings(home=home, hands=1), providers={"offline": Offline()}) as studio:
        yield studio


async def come(studio: AsyncStudio, name: str, fallback: Role | None = None) -> str:
    """Let a person sign in; return the member's id, or why the person may not come in."""
    email = f"{name}@studio.example"
    person = Person(iss="https://issuer.example", sub=name, name=name, email=email, verified_email=email)
    journal = (await studio.open_runtime()).journal
    found = await journal.begin_session(ACCOUNT, person, None, fallback, None)
    return found if isinstance(found, str) else found.member.id


async def list_access(studio: AsyncStudio) -> dict[str, str]:
    """What each key and member may do, by name."""
    keys = {one.name: "revoked" if one.revoked_at else one.role for one in await studio.list_api_keys()}
    members = {one.email: one.state if one.state != "member" else one.role for one in await studio.list_members()}
    return keys | members


async def fill_access(home: Path) -> None:
    async with open_home(home) as studio:
        for name, role in (("shop", "producer"), ("old", "owner"), ("gone", "viewer")):
            await studio.create_api_key(name, role)
        await studio.revoke_api_key("gone")
        for name in ("ana", "bo", "cy", "di"):
            await studio.invite_member(f"{name}@studio.example", "owner")
        for name in ("ana", "bo", "cy"):
            await come(studio, name)


async def change_access(home: Path) -> None:
    """End and lower some of it, as owners do in the days after a backup."""
    async with open_home(home) as studio:
        await studio.revoke_api_key("old")
        await studio.remove_member("bo@studio.example")
        await studio.set_member_role("cy@studio.example", "viewer")
        await come(studio, "di")
        await studio.set_member_role("di@studio.example", "producer")
        for name, role in (("ed", "producer"), ("flo", "producer")):
            await come(studio, name, role)
        await studio.remove_member("ed@studio.example")
        await studio.set_member_role("flo@studio.example", "viewer")


@pytest.mark.parametrize("left", ["journal", "aside", "damaged journal beside one aside"])
async def test_what_was_revoked_or_lowered_since_a_backup_stays_so(tmp_path: Path, left: str) -> None:
    home = tmp_path / "home"
    settings = Settings(home=home, hands=1)
    await fill_access(home)
    back_up(settings, tmp_path / "backup")
    await change_access(home)
    if left != "journal":
        (home / "journal.db").rename(home / "journal.db.before-20261124T000000000000")
        for log in home.glob("journal.db-*"):
            log.rename(home / log.name.replace("journal.db", "journal.db.before-20261124T000000000000"))
    if left.startswith("damaged"):
        (home / "journal.db").write_bytes(b"no journal any more " * 999)
    done = restore(settings, tmp_path / "backup", replace=True)
    changed = {one.name: (one.kind, one.change, one.role) for one in done.access}
    assert changed == {
        "old": ("api_key", "revoked", "owner"), "bo": ("member", "removed", "owner"),
        "cy": ("member", "lowered", "viewer"), "di@studio.example": ("invitation", "lowered", "producer"),
    }  # fmt: skip
    async with open_home(home) as studio:
        found = await list_access(studio)
        assert {name.partition("@")[0]: state for name, state in found.items()} == {
            "shop": "producer", "old": "revoked", "gone": "revoked", "ana": "owner", "bo": "removed", "cy": "viewer",
            "di": "producer", "ed": "removed", "flo": "viewer",
        }  # fmt: skip
        assert await come(studio, "bo", "producer") == "member_removed"
        assert await come(studio, "ed", "producer") == "member_removed", "the backup does not know this person"
        await come(studio, "flo", "producer")
        assert (await list_access(studio))["flo@studio.example"] == "viewer"
    again = restore(settings, tmp_path / "backup", replace=True)
    assert {one.name: one.change for one in again.access} == {name: change for name, (_, change, _) in changed.items()}


async def test_where_no_later_state_is_known_all_that_is_valid_again_is_listed(tmp_path: Path) -> None:
    await fill_access(tmp_path / "home")
    back_up(Settings(home=tmp_path / "home"), tmp_path / "backup")
    await change_access(tmp_path / "home")
    done = restore(Settings(home=tmp_path / "new"), tmp_path / "backup")
    names = {"shop", "old", "ana", "bo", "cy", "di@studio.example"}
    assert {one.name: one.change for one in done.access} == dict.fromkeys(names, "valid_again")
    assert {(one.kind, one.role) for one in done.access} == {
        ("api_key", "producer"), ("api_key", "owner"), ("member", "owner"), ("invitation", "owner"),
    }  # fmt: skip
    for words in ((), ("--json",)):
        command = [sys.executable, "-m", "reelwright.cli", "restore", str(tmp_path / "backup"), *words]
        env = {**os.environ, "REELWRIGHT_HOME": str(tmp_path / f"other{len(words)}")}
        said = await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True, text=True, check=True)
        assert [one.id for one in done.access if one.id not in said.stdout] == []


async def test_a_key_that_only_the_backup_knows_is_listed_beside_a_newer_journal(tmp_path: Path) -> None:
    """The journal that is here may be another one: it says nothing of that key."""
    await fill_access(tmp_path / "home")
    back_up(Settings(home=tmp_path / "home"), tmp_path / "backup")
    async with open_home(tmp_path / "other") as studio:
        await studio.create_api_key("here", "owner")
    done = restore(Settings(home=tmp_path / "other"), tmp_path / "backup", replace=True)
    assert {one.change for one in done.access} == {"valid_again"} and len(done.access) == 6


@pytest.mark.parametrize("replace", [False, True])
def test_a_journal_that_another_program_makes_during_a_restore_is_not_replaced(
    bought: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: bool
) -> None:
    """It was moved aside, or overwritten: what that program bought since was in no journal of the home."""
    back_up(Settings(home=bought), tmp_path / "backup")
    elsewhere = Settings(home=tmp_path / "elsewhere", hands=1)
    other = elsewhere.home / "journal.db"

    def sync_and_make(path: Path) -> None:
        copying.sync(path)
        if path.suffix == ".part":  # the copy is whole, and nothing was in its place when it began
            Database(f"sqlite:///{other}").close()

    monkeypatch.setattr(backup, "sync", sync_and_make)
    if replace:
        made = restore(elsewhere, tmp_path / "backup", replace=True)
        assert made.old_journal and made.old_journal.is_file()
    else:
        with pytest.raises(BadInput, match="without a journal"):
            restore(elsewhere, tmp_path / "backup")
        assert not list_assets_of(other) and [path.name for path in elsewhere.home.glob("*.part")] == []


def test_the_place_of_the_journal_is_never_empty_while_it_is_replaced(
    bought: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that looked then made a journal of its own there, which the restored one overwrote."""
    settings, rename = Settings(home=bought), Path.rename
    back_up(settings, tmp_path / "backup")

    def rename_and_look(path: Path, target: Path) -> Path:
        renamed = rename(path, target)
        assert (bought / "journal.db").is_file(), f"after {path.name} was renamed to {target.name}"
        return renamed

    monkeypatch.setattr(Path, "rename", rename_and_look)
    aside = restore(settings, tmp_path / "backup", replace=True).old_journal
    assert aside and list_assets_of(aside) == list_assets_of(bought / "journal.db")


def list_assets_of(journal: Path) -> list[Any]:
    return list(list_assets(journal))


@pytest.fixture
def bought(tmp_path: Path) -> Path:
    """A home in which one clip was bought."""
    with at(tmp_path / "home", Shelf()) as studio:
        assert studio.clip("A fox", model=FAST, **UNSURE).state == "done"
    return tmp_path / "home"
