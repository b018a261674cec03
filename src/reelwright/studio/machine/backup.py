"""Backups of a home on SQLite with a folder vault: made while jobs run, complete or not at all, and verified."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from reelwright.errors import BadInput, JournalDamaged, NotFound
from reelwright.reason import Action
from reelwright.reel.base.crashpoints import reach
from reelwright.reel.records.api_key import Role
from reelwright.settings import Settings
from reelwright.store.accounts.members import KnownAccess, RestoredAccess, keep_access_ended
from reelwright.store.copying import (
    check_journal,
    copy_file,
    copy_journal,
    hold_unused_journal,
    list_assets,
    list_programs,
    mark_assets_deleted,
    read_access,
    sync,
)
from reelwright.store.database.unit import Unit
from reelwright.store.vault.identity import record_restored
from reelwright.store.vault.incoming import hash_file
from reelwright.store.vault.markers import FOLDER as SENDS
from reelwright.store.vault.vault import ACCOUNT, FolderVault
from reelwright.studio import late_modules as late
from reelwright.studio.results.result_model import Moment, ResultModel

MANIFEST: Final = "manifest.json"
JOURNAL: Final = "journal.db"
FORMAT: Final = 1
_EXTRA_FILES: Final = ("settings.yaml", "rehearsal.json")
_OWN_FOLDERS: Final = ("flavors", "looks")
_PART: Final = ".part"
_BEFORE: Final = ".before-"
_LOGS: Final = ("-shm", "-wal")
"""What the files of SQLite beside a journal end in."""
_SETTINGS: Final = _EXTRA_FILES[0]
_ASSET: Final = re.compile(rf"vault/{ACCOUNT.pattern}/([0-9a-f]{{2}})/\1[0-9a-f]{{62}}")
_SEND_RECORD: Final = re.compile(
    rf"vault/{ACCOUNT.pattern}/{re.escape(SENDS)}/[A-Za-z0-9_@+-][A-Za-z0-9._@+-]*\.jsonl?"
)
_DEVICE: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")  # Windows opens these as devices


class _Manifest(BaseModel):
    """The manifest of a backup: sizes of vault files by account, digests of other files by name, rows by table."""

    model_config = ConfigDict(strict=True, extra="ignore")

    format: Literal[1]
    made: str
    tables: dict[str, int]
    vault: dict[str, dict[str, int]]
    beside: dict[str, str]
    journal: str
    faults: list[str]

    @field_validator("made")
    @classmethod
    def _check_made(cls, made: str) -> str:
        if datetime.fromisoformat(made).tzinfo is None:
            raise ValueError("a time without its zone")
        return made


class BackupResult(ResultModel):
    """Result of making or verifying a backup of a home.

    ``created_at``: when it was made. ``files``: the number of vault files. ``rows``: the number of journal rows.
    ``faults``: what is wrong with the backup, or was wrong with the home.
    """

    folder: Path
    created_at: Moment
    files: int
    size_bytes: int
    rows: int
    faults: tuple[str, ...] = ()


class RestoredAccessSummary(ResultModel):
    """An API key, a member or an invitation of a restored home. ``role``: what it may do now.

    ``change``: it is ``valid_again`` if nothing here says whether it was ended since the backup was made. Otherwise a
    later journal of this home says that it was ``revoked``, ``removed`` or ``lowered`` since, and so it stays.
    """

    kind: Literal["api_key", "member", "invitation"]
    id: str
    account: str
    name: str
    role: Role
    change: Literal["valid_again", "revoked", "removed", "lowered"]


class RestoreResult(ResultModel):
    """Result of restoring a home from a backup. ``files``: the number of files that its vault lacked.

    ``old_journal``: where the journal that was there before is now. ``left_out``: files of the backup that a person has
    to read and copy: settings name the addresses that keys are sent to, and the programs to run. ``access``: every API
    key, member and invitation that is valid again, or that stays ended or lowered.
    """

    home: Path
    backup_created_at: Moment
    files: int
    old_journal: Path | None
    left_out: tuple[str, ...] = ()
    access: tuple[RestoredAccessSummary, ...] = ()


def back_up(settings: Settings, to: Path) -> BackupResult:
    """Back up a home to the new or empty folder ``to``: its journal, and every vault file that the journal refers to.

    Takes that land during the backup are not part of it; takes that landed before are complete. Keys and delivered
    films are not part of it. Raises ``BadInput``, ``NotFound``, ``JournalDamaged``, ``StoreUnavailable``; then ``to``
    does not exist.
    """
    _refuse_other_stores(settings)
    to = to.expanduser().absolute()
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise BadInput("folder", str(to), "a folder that does not exist yet, or is empty")
    if to.is_relative_to(settings.home):
        raise BadInput("folder", str(to), "a folder outside the home, best on another disk")
    if not (settings.home / JOURNAL).is_file():
        raise NotFound(code="no_journal_to_back_up", home=settings.home, actions=[Action("set_home")])
    _sweep(to)
    with _open_partial_folder(to) as part:
        made = datetime.now(UTC)
        copy_journal(settings.home / JOURNAL, part / JOURNAL)
        files, faults = _copy_vault(settings, part)
        rows = check_journal(part / JOURNAL)
        beside = _copy_extra_files(settings, part)
        manifest = {
            "format": FORMAT, "made": made.isoformat(), "tables": dict(rows), "vault": files, "beside": beside,
            "journal": hash_file(part / JOURNAL), "faults": faults,
        }  # fmt: skip
        (part / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        sync(part / MANIFEST)
        for folder, _, _ in os.walk(part):
            sync(Path(folder))
        if to.is_dir():
            to.rmdir()
        part.rename(to)
        sync(to.parent)
    return _build_result(to, manifest, tuple(faults))


def verify(folder: Path) -> BackupResult:
    """Compare every byte of the backup in ``folder`` with its manifest, and list each difference in ``faults``."""
    folder = folder.expanduser().absolute()
    manifest = _read_manifest(folder)
    return _build_result(folder, manifest, (*manifest["faults"], *_find_faults(folder, manifest)))


def _find_faults(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """List what is wrong with a backup, whatever its manifest says of itself. No file with a refused name is read."""
    faults = _find_refused_names(folder, manifest)
    if faults:
        return faults
    if not (folder / JOURNAL).is_file() or hash_file(folder / JOURNAL) != manifest["journal"]:
        return [f"{JOURNAL} is not what was written"]
    try:
        if dict(check_journal(folder / JOURNAL)) != manifest["tables"]:
            faults.append(f"{JOURNAL} does not hold the rows that it held")
        faults += [f"{JOURNAL} has the {name}, which no journal has" for name in list_programs(folder / JOURNAL)]
        faults += _find_undeclared(list_assets(folder / JOURNAL), manifest)
    except JournalDamaged as error:
        faults.append(str(error))
    for account, digests in manifest["vault"].items():
        faults += [fault for digest in digests if (fault := _find_fault(folder / "vault", account, digest))]
    for name, digest in manifest["beside"].items():
        if not (folder / name).is_file() or hash_file(folder / name) != digest:
            faults.append(f"{name} is not what was written")
    return faults


def _find_undeclared(expected: Iterable[tuple[str, str]], manifest: Mapping[str, Any]) -> list[str]:
    """List the vault files that the journal expects, and that a manifest neither has nor names as a fault."""
    known = {fault.partition(" ")[0] for fault in manifest["faults"]}
    names = ((f"vault/{a}/{d[:2]}/{d}", d in manifest["vault"].get(a, ())) for a, d in expected)
    return [f"{name} is not in the backup" for name, is_there in names if not is_there and name not in known]


def _find_refused_names(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """List the names in a manifest that no backup writes, that are the same file twice, or that are links."""
    assets = [
        f"vault/{account}/{digest[:2]}/{digest}" for account, found in manifest["vault"].items() for digest in found
    ]
    faults, seen = [], set()
    for name in (MANIFEST, JOURNAL, *assets, *manifest["beside"]):
        known = name in (MANIFEST, JOURNAL) or bool(_ASSET.fullmatch(name))
        known = known or (name in manifest["beside"] and _is_extra_name(name))
        folded = unicodedata.normalize("NFC", name).casefold()
        if not known or folded in seen:
            faults.append(f"{name[:200]!r} is not a name in a backup")
        elif (folder / name).resolve() != folder.resolve() / name:
            faults.append(f"{name} is a link")
        seen.add(folded)
    return faults


def _is_extra_name(name: str) -> bool:
    parts = name.split("/")
    if any(not part or part in (".", "..") or _DEVICE.fullmatch(part) for part in parts):
        return False
    if any(char in "\\:" or not char.isprintable() for char in name):
        return False
    return name in _EXTRA_FILES or bool(_SEND_RECORD.fullmatch(name)) or (parts[0] in _OWN_FOLDERS and len(parts) > 1)


def restore(settings: Settings, folder: Path, *, replace: bool = False, by: str = "a person") -> RestoreResult:
    """Verify the backup in ``folder``, and restore the home of ``settings`` from it.

    API keys, members and roles that the home's own journals know as ended or lowered since stay so.
    That home buys nothing until ``reelwright spend reconcile``. Files that the vault has already are kept: they may be
    newer. ``replace``: move an existing journal aside instead of refusing. ``by``: who restores, for the journal.
    Raises ``BadInput`` before anything is written, also while a program has the journal open: what it buys would be
    recorded in the one that was moved aside. One that opens it later is refused before the journal is replaced, when
    files of the vault are back already. Raises ``JournalDamaged`` for a backup with faults.
    """
    _refuse_other_stores(settings)
    source = folder.expanduser().absolute()
    manifest = _read_manifest(source)
    journal = settings.home / JOURNAL
    if journal.exists() and not replace:
        raise _build_occupied(settings)
    broken = _find_faults(source, manifest)
    if broken:
        raise JournalDamaged(code="backup_is_damaged", folder=source, faults=broken[:3])
    _refuse_links(settings, manifest)
    if journal.exists():
        with hold_unused_journal(journal):  # before anything is written
            pass
    later = [known for path in _list_journals(journal) if (known := read_access(path)) is not None]
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = _restore_vault(FolderVault.open(settings.vault), source, manifest)
    for name in manifest["beside"]:
        if name != _SETTINGS and not (settings.home / name).exists() and not name.startswith("vault/"):
            copy_file(source / name, settings.home / name)
    part = settings.home / f".{JOURNAL}.{os.urandom(6).hex()}{_PART}"
    try:
        copy_file(source / JOURNAL, part)
        access = _mark_restored(part, by, later)
        sync(part)
        aside = _replace_journal(settings, journal, part, replace=replace)
        sync(settings.home)
    finally:
        for left in settings.home.glob(f"{part.name}*"):
            left.unlink(missing_ok=True)
    made = datetime.fromisoformat(manifest["made"])
    left_out = tuple(name for name in manifest["beside"] if name == _SETTINGS and not _is_same(settings, source, name))
    return RestoreResult(
        home=settings.home, backup_created_at=made, files=files, old_journal=aside, left_out=left_out,
        access=tuple(RestoredAccessSummary(**one._asdict()) for one in access),
    )  # fmt: skip


def _build_occupied(settings: Settings) -> BadInput:
    return BadInput(
        "home",
        str(settings.home),
        "a home without a journal",
        hint="replace moves the one that is there aside",
        actions=[Action("pass_option", {"option": "replace"})],
    )


def _replace_journal(settings: Settings, journal: Path, part: Path, *, replace: bool) -> Path | None:
    """Put ``part`` in the place of the journal; return where that was moved aside to, or None if there was none.

    The place is never empty meanwhile: a program that looked then would make a journal of its own, which nobody would
    see again. Raises ``BadInput`` where one has the journal open, or made it since the restore began.
    """
    if not journal.exists():
        try:
            journal.hardlink_to(part)  # unlike a rename, it replaces nothing
            return None
        except FileExistsError:
            pass
        except OSError:  # a disk without links
            part.rename(journal)
            return None
    if not replace:
        raise _build_occupied(settings)
    with hold_unused_journal(journal):
        aside = _link_aside(journal)
        part.rename(journal)
    return aside


def _list_journals(journal: Path) -> list[Path]:
    """List the journals of a home: the one that it uses, and those that were moved aside, the newest first."""
    aside = [path for path in journal.parent.glob(f"{journal.name}{_BEFORE}*") if not path.name.endswith(_LOGS)]
    return [path for path in (journal, *sorted(aside, reverse=True)) if path.is_file() and not path.is_symlink()]


def _is_same(settings: Settings, source: Path, name: str) -> bool:
    here = settings.home / name
    return here.is_file() and hash_file(here) == hash_file(source / name)


def _refuse_links(settings: Settings, manifest: Mapping[str, Any]) -> None:
    """Refuse a home in which a link leads a file of the backup to another place."""
    home, vault = settings.home.resolve(), settings.vault.resolve()  # the vault's folder itself may be on another disk
    folders = {f"vault/{account}/{digest[:2]}" for account, found in manifest["vault"].items() for digest in found}
    for name in (*manifest["beside"], *sorted(folders)):
        place = vault / name.removeprefix("vault/") if name.startswith("vault/") else home / name
        if (settings.home / name).resolve() != place:
            raise BadInput("home", str(settings.home / name), "a file or folder of the home that is not a link")


def _refuse_other_stores(settings: Settings) -> None:
    if settings.database and not settings.database.startswith("sqlite"):
        accepted = "a home on SQLite; back a PostgreSQL server up with its own tools, then the vault"
        raise BadInput("database", "PostgreSQL", accepted)
    if settings.database:
        raise BadInput("database", settings.database, f"the home's own {JOURNAL}; unset REELWRIGHT_DATABASE")
    if settings.vault_url:
        accepted = "a vault in the home's folder; back a bucket up with its own tools, such as versions of objects"
        raise BadInput("vault_url", settings.vault_url, accepted)


def _copy_vault(settings: Settings, part: Path) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Copy the vault files that the copied journal refers to. Returns sizes by account, and the vault's faults."""
    vault = FolderVault(settings.vault)
    files: dict[str, dict[str, int]] = {}
    lost, faults = [], []
    for account, digest in list_assets(part / JOURNAL):
        reach("C21")
        target = part / "vault" / account / digest[:2] / digest
        try:
            copied, size = copy_file(vault.get_path(account, digest), target)
        except FileNotFoundError:
            lost.append((account, digest))
            continue
        if copied != digest:
            target.unlink()
            faults.append(f"vault/{account}/{digest[:2]}/{digest} is damaged in the home, and not in the backup")
            continue
        files.setdefault(account, {})[digest] = size
    if lost:
        still = set(list_assets(settings.home / JOURNAL))
        mark_assets_deleted(part / JOURNAL, [one for one in lost if one not in still])  # `tidy` ran meanwhile
        faults += [f"vault/{a}/{d[:2]}/{d} is missing in the home" for a, d in lost if (a, d) in still]
    return files, faults


def _copy_extra_files(settings: Settings, part: Path) -> dict[str, str]:
    """Copy settings, flavors, looks, and the vault's records of sends. Returns the digest of each copy by name."""
    home = settings.home
    found = [home / name for name in _EXTRA_FILES]
    found += sorted(path for name in _OWN_FOLDERS for path in (home / name).rglob("*"))
    found += sorted(settings.vault.glob(f"*/{SENDS}/*.json*"))
    copied = {}
    for path in found:
        if path.is_file():
            name = path.relative_to(home).as_posix()
            copied[name] = str(copy_file(path, part / name)[0])
    return copied


def _restore_vault(vault: FolderVault, folder: Path, manifest: Mapping[str, Any]) -> int:
    """Restore files that the vault lacks or has damaged, and keep the longer version of each record of sends.

    Returns the number of files.
    """
    files = 0
    for account, digests in manifest["vault"].items():
        for digest in digests:
            path = vault.get_path(account, digest)
            if path.is_file() and hash_file(path) == digest:
                continue
            path.unlink(missing_ok=True)
            vault.put_file_sync(account, folder / "vault" / account / digest[:2] / digest)
            files += 1
    for name in manifest["beside"]:
        if name.startswith("vault/"):
            target = vault.root / name.removeprefix("vault/")
            log = target.suffix == ".jsonl"
            if not target.exists() or (log and target.stat().st_size < (folder / name).stat().st_size):
                part = target.with_name(f".{os.urandom(8).hex()}{_PART}")
                copy_file(folder / name, part)
                part.rename(target)
                sync(target.parent)
    return files


def _mark_restored(journal: Path, by: str, later: Sequence[KnownAccess]) -> Sequence[RestoredAccess]:
    """Record that a journal was restored, and what ended since; return what became of its keys and members."""

    def write(unit: Unit) -> Sequence[RestoredAccess]:
        record_restored(unit, by)
        return keep_access_ended(unit, later)

    database = late.database.Database(f"sqlite:///{journal}")
    try:
        return database.submit(write).result()
    finally:
        database.close()


def _link_aside(journal: Path) -> Path:
    """Give the journal a second name, and rename its log; delete nothing."""
    aside = journal.with_name(f"{journal.name}{_BEFORE}{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for suffix in _LOGS:  # the log first: it must not be read with another journal
        left = journal.with_name(journal.name + suffix)
        if left.exists():
            left.rename(aside.with_name(aside.name + suffix))
    try:
        aside.hardlink_to(journal)
    except OSError:  # a disk without links
        journal.rename(aside)
    return aside


def _find_fault(vault: Path, account: str, digest: str) -> str | None:
    path = vault / account / digest[:2] / digest
    if not path.is_file():
        return f"vault/{account}/{digest[:2]}/{digest} is missing"
    return None if hash_file(path) == digest else f"vault/{account}/{digest[:2]}/{digest} is damaged"


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        if not (folder / MANIFEST).is_file():
            raise ValueError(MANIFEST)
        return _Manifest.model_validate_json((folder / MANIFEST).read_bytes()).model_dump()
    except (OSError, ValueError) as cause:
        raise BadInput("folder", str(folder), "a folder that a backup was made in") from cause


def _build_result(folder: Path, manifest: Mapping[str, Any], faults: tuple[str, ...]) -> BackupResult:
    sizes = [size for digests in manifest["vault"].values() for size in digests.values()]
    size = sum(sizes) + ((folder / JOURNAL).stat().st_size if (folder / JOURNAL).is_file() else 0)
    return BackupResult(
        folder=folder, created_at=datetime.fromisoformat(manifest["made"]), files=len(sizes), size_bytes=size,
        rows=sum(manifest["tables"].values()), faults=faults,
    )  # fmt: skip


@contextmanager
def _open_partial_folder(to: Path) -> Iterator[Path]:
    """Open a locked folder next to ``to``, for the caller to rename when complete. It is removed if that fails."""
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f".{to.name}.{os.urandom(6).hex()}{_PART}")
    part.mkdir(mode=0o700)
    try:
        with _hold_lock(part):
            yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _hold_lock(part: Path) -> Iterator[None]:
    """Hold a lock on the folder, by which a running backup differs from one that was killed."""
    handle = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sweep(to: Path) -> None:
    """Remove the folders of killed backups to the same place."""
    for part in to.parent.glob(f".{to.name}.*{_PART}"):
        handle = os.open(part, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(part, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
