"""Backups of a home on SQLite with a folder vault: made while jobs run, whole or not at all, and verified."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput, JournalDamaged, NotFound
from reelwright.reel.crashpoints import reach
from reelwright.settings import Settings
from reelwright.store.copying import (
    assets_in,
    check_journal,
    copy_file,
    copy_journal,
    forget_assets,
    sync,
)
from reelwright.store.incoming import digest_of_file
from reelwright.store.markers import FOLDER as SENDS
from reelwright.store.vault import FolderVault
from reelwright.studio.spelling import Spoken

MANIFEST: Final = "manifest.json"
JOURNAL: Final = "journal.db"
FORMAT: Final = 1
_BESIDE: Final = ("settings.yaml", "rehearsal.json")
_PART: Final = ".part"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp(Spoken):
    """A backup that was made or verified. ``size``: bytes. ``faults``: what is wrong with it, or was with the home."""

    folder: Path
    made: datetime
    files: int
    size: int
    rows: int
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored(Spoken):
    """A home that was restored. ``files``: those that its vault lacked. ``aside``: where its old journal is now."""

    home: Path
    made: datetime
    files: int
    aside: Path | None


def back_up(settings: Settings, to: Path) -> BackedUp:
    """Copy the journal as of one moment, then every file of the vault that it counts on, and verify each byte.

    What lands meanwhile is not in it; what landed before is in it whole. Keys and delivered films are not. Raises
    ``BadInput``, ``NotFound``, ``JournalDamaged``, ``StoreUnavailable``; then ``to`` does not exist.
    """
    _refuse_postgres(settings)
    to = to.expanduser().absolute()
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise BadInput("folder", str(to), "a folder that does not exist yet, or is empty")
    if to.is_relative_to(settings.home):
        raise BadInput("folder", str(to), "a folder outside the home, best on another disk")
    if not (settings.home / JOURNAL).is_file():
        raise NotFound(f"{settings.home} has no journal to back up", hint="is REELWRIGHT_HOME the right folder?")
    _sweep(to)
    with _part_of(to) as part:
        made = datetime.now(UTC)
        copy_journal(settings.home / JOURNAL, part / JOURNAL)
        files, faults = _copy_vault(settings, part)
        rows = check_journal(part / JOURNAL)
        beside = _copy_beside(settings, part)
        told = {
            "format": FORMAT, "made": made.isoformat(), "tables": dict(rows), "vault": files, "beside": beside,
            "journal": digest_of_file(part / JOURNAL), "faults": faults,
        }  # fmt: skip
        (part / MANIFEST).write_text(json.dumps(told, indent=1), encoding="utf-8")
        sync(part / MANIFEST)
        for folder, _, _ in os.walk(part):
            sync(Path(folder))
        if to.is_dir():
            to.rmdir()
        part.rename(to)
        sync(to.parent)
    return _backed_up(to, told, tuple(faults))


def verify(folder: Path) -> BackedUp:
    """Read every byte of a backup and compare it with its manifest; what differs is listed in ``faults``."""
    folder = folder.expanduser().absolute()
    told = _manifest(folder)
    faults = [*told["faults"]]
    try:
        if digest_of_file(folder / JOURNAL) != told["journal"]:
            faults.append(f"{JOURNAL} is not what was written")
        elif dict(check_journal(folder / JOURNAL)) != told["tables"]:
            faults.append(f"{JOURNAL} does not hold the rows that it held")
    except (JournalDamaged, FileNotFoundError) as error:
        faults.append(str(error))
    for account, digests in told["vault"].items():
        faults += [fault for digest in digests if (fault := _fault_of(folder / "vault", account, digest))]
    for name, digest in told["beside"].items():
        if not (folder / name).is_file() or digest_of_file(folder / name) != digest:
            faults.append(f"{name} is not what was written")
    return _backed_up(folder, told, tuple(faults))


def restore(settings: Settings, folder: Path, *, replace: bool = False, by: str = "a person") -> Restored:
    """Bring a home back from a verified backup. It buys nothing until ``reelwright spend reconcile``.

    What the vault has already is kept: it may be newer. ``replace``: a journal that is there is moved aside. Raises
    ``BadInput`` before anything is written, ``JournalDamaged`` for a backup with faults.
    """
    _refuse_postgres(settings)
    found = verify(folder)
    told = _manifest(found.folder)
    journal = settings.home / JOURNAL
    if journal.exists() and not replace:
        raise BadInput("home", str(settings.home), "a home without a journal; --replace moves the one it has aside")
    broken = [fault for fault in found.faults if fault not in told["faults"]]
    if broken:
        raise JournalDamaged(f"{found.folder}: the backup is damaged ({'; '.join(broken[:3])})", hint="use another one")
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = _restore_vault(FolderVault.open(settings.vault), found.folder, told)
    for name in told["beside"]:
        if not (settings.home / name).exists() and not name.startswith("vault/"):
            copy_file(found.folder / name, settings.home / name)
    part = settings.home / f".{JOURNAL}.{os.urandom(6).hex()}{_PART}"
    try:
        copy_file(found.folder / JOURNAL, part)
        _mark_restored(part, by)
        sync(part)
        aside = _move_aside(journal) if journal.exists() else None
        part.rename(journal)
        sync(settings.home)
    finally:
        for left in settings.home.glob(f"{part.name}*"):
            left.unlink(missing_ok=True)
    return Restored(home=settings.home, made=found.made, files=files, aside=aside)


def _refuse_postgres(settings: Settings) -> None:
    if settings.database and not settings.database.startswith("sqlite"):
        accepted = "a home on SQLite; back a PostgreSQL server up with its own tools, then the vault"
        raise BadInput("database", "PostgreSQL", accepted)
    if settings.database:
        raise BadInput("database", settings.database, f"the home's own {JOURNAL}; unset REELWRIGHT_DATABASE")


def _copy_vault(settings: Settings, part: Path) -> tuple[dict[str, dict[str, int]], list[str]]:
    """The files that the copied journal counts on, by account; and what is wrong with the vault itself."""
    vault = FolderVault(settings.vault)
    files: dict[str, dict[str, int]] = {}
    lost, faults = [], []
    for account, digest in assets_in(part / JOURNAL):
        reach("C21")
        target = part / "vault" / account / digest[:2] / digest
        try:
            copied, size = copy_file(vault.path(account, digest), target)
        except FileNotFoundError:
            lost.append((account, digest))
            continue
        if copied != digest:
            target.unlink()
            faults.append(f"vault/{account}/{digest[:2]}/{digest} is damaged in the home, and not in the backup")
            continue
        files.setdefault(account, {})[digest] = size
    if lost:
        still = set(assets_in(settings.home / JOURNAL))
        forget_assets(part / JOURNAL, [one for one in lost if one not in still])  # `tidy` ran meanwhile
        faults += [f"vault/{a}/{d[:2]}/{d} is missing in the home" for a, d in lost if (a, d) in still]
    return files, faults


def _copy_beside(settings: Settings, part: Path) -> dict[str, str]:
    """Settings, flavors, and the vault's records of sends, each with the digest of its copy."""
    home = settings.home
    found = [home / name for name in _BESIDE]
    found += sorted(settings.flavors.rglob("*")) + sorted(settings.vault.glob(f"*/{SENDS}/*.json*"))
    copied = {}
    for path in found:
        if path.is_file():
            name = path.relative_to(home).as_posix()
            copied[name] = str(copy_file(path, part / name)[0])
    return copied


def _restore_vault(vault: FolderVault, folder: Path, told: Mapping[str, Any]) -> int:
    """Put back what the vault lacks or has damaged, and the longer of each record of sends."""
    files = 0
    for account, digests in told["vault"].items():
        for digest in digests:
            path = vault.path(account, digest)
            if path.is_file() and digest_of_file(path) == digest:
                continue
            path.unlink(missing_ok=True)
            vault.keep_file(account, folder / "vault" / account / digest[:2] / digest)
            files += 1
    for name in told["beside"]:
        if name.startswith("vault/"):
            target = vault.root / name.removeprefix("vault/")
            log = target.suffix == ".jsonl"
            if not target.exists() or (log and target.stat().st_size < (folder / name).stat().st_size):
                part = target.with_name(f".{os.urandom(8).hex()}{_PART}")
                copy_file(folder / name, part)
                part.rename(target)
                sync(target.parent)
    return files


def _mark_restored(journal: Path, by: str) -> None:
    from reelwright.store.database import Database
    from reelwright.store.identity import record_restored

    database = Database(f"sqlite:///{journal}")
    try:
        database.submit(lambda unit: record_restored(unit, by)).result()
    finally:
        database.close()


def _move_aside(journal: Path) -> Path:
    """Rename the journal and its log; nothing of it is deleted."""
    aside = journal.with_name(f"{journal.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for suffix in ("-shm", "-wal", ""):  # the log first: without its journal it is never taken for another's
        left = journal.with_name(journal.name + suffix)
        if left.exists():
            left.rename(aside.with_name(aside.name + suffix))
    return aside


def _fault_of(vault: Path, account: str, digest: str) -> str | None:
    path = vault / account / digest[:2] / digest
    if not path.is_file():
        return f"vault/{account}/{digest[:2]}/{digest} is missing"
    return None if digest_of_file(path) == digest else f"vault/{account}/{digest[:2]}/{digest} is damaged"


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if told["format"] != FORMAT or not all(name in told for name in ("made", "tables", "vault", "beside")):
            raise KeyError("format")
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise BadInput("folder", str(folder), "a folder that `reelwright backup` made") from cause
    return told


def _backed_up(folder: Path, told: Mapping[str, Any], faults: tuple[str, ...]) -> BackedUp:
    sizes = [size for digests in told["vault"].values() for size in digests.values()]
    size = sum(sizes) + ((folder / JOURNAL).stat().st_size if (folder / JOURNAL).is_file() else 0)
    return BackedUp(
        folder=folder, made=datetime.fromisoformat(told["made"]), files=len(sizes), size=size,
        rows=sum(told["tables"].values()), faults=faults,
    )  # fmt: skip


@contextmanager
def _part_of(to: Path) -> Iterator[Path]:
    """A folder beside ``to`` that is renamed when it is whole, and removed when it does not become so."""
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f".{to.name}.{os.urandom(6).hex()}{_PART}")
    part.mkdir(mode=0o700)
    try:
        with _held(part):
            yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _held(part: Path) -> Iterator[None]:
    """Hold a lock on the folder: a backup that was killed is told from one at work."""
    handle = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sweep(to: Path) -> None:
    """Remove what backups to the same place left when they were killed."""
    for part in to.parent.glob(f".{to.name}.*{_PART}"):
        handle = os.open(part, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(part, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
