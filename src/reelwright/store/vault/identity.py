"""The place of a journal: which file on which machine, or which database of which server; and whether it changed.

An ordinary restart, upgrade or reboot never counts as a change: the system may number devices differently at each
start, so that another device number counts only within one start. A machine is known by its ``machine-id``, not by its
name; in a container, which may get another id at each start, the volume alone decides.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, select, text, update

from reelwright.reel.base.ids import mint
from reelwright.store.database.processes import read_boot_id
from reelwright.store.database.unit import Unit
from reelwright.store.schema.file_tables import link_keys
from reelwright.store.schema.member_tables import sessions
from reelwright.store.schema.rows import parse_object
from reelwright.store.schema.schema import journal_places
from reelwright.store.schema.sql import NowMs, as_json, clean_text, hold_lock

Place = Mapping[str, str]
"""``machine``, ``device``, ``inode`` and ``boot`` of a file; ``system``, ``timeline`` and ``database`` of a server."""
NOWHERE: Final[Place] = {}
"""The place of a journal that was restored, or is new beside a full vault, until a person accepts where it is."""
_AT_FDCWD: Final = -100
_STATX_BTIME: Final = 0x800
_STATX_BTIME_AT: Final = 0x50
_STATX_BYTES: Final = 256
"""Constants of statx(2), which Python cannot call: the mask of birth times, their offset, the answer's size."""
_CONTAINER: Final = (Path("/.dockerenv"), Path("/run/.containerenv"))
_SAYS_CONTAINER: Final = frozenset({"container", "KUBERNETES_SERVICE_HOST"})
"""Environment variables that are set in containers: systemd's container interface, and Kubernetes."""
_MACHINE: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_SERVER: Final = (
    ("system", "SELECT system_identifier FROM pg_control_system()"),
    ("timeline", "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"),
    ("database", "SELECT oid FROM pg_database WHERE datname = current_database()"),
)
"""Queries that an ordinary role may run. The WAL file's name has the timeline at once, the control file only later."""


def read_place(conn: Connection) -> Place:
    """Read the marks by which a moved or copied database is noticed: of its file and machine, or of its server.

    They name no path and no address.
    """
    if conn.dialect.name == "postgresql":
        return {name: str(conn.execute(text(query)).scalar_one()) for name, query in _SERVER}
    return read_file_place(Path(str(conn.engine.url.database)))


def read_file_place(path: Path) -> Place:
    """Read where a SQLite file lies: machine and its last start, device, inode, and when it was created."""
    found = path.stat()
    return {
        "machine": read_machine_id(),
        "boot": read_boot_id(),
        "device": str(found.st_dev),
        "inode": str(found.st_ino),
        "born": read_birth_time(path),
    }


def read_birth_time(path: Path) -> str:
    """Read when the file was created, as its disk recorded it; empty where the disk or the system does not tell.

    A copy that takes the place of a deleted file may get the same inode number, but another time.
    """
    if (there := getattr(path.stat(), "st_birthtime", None)) is not None:
        return str(there)
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "statx"):
        return ""
    answer = ctypes.create_string_buffer(_STATX_BYTES)
    if libc.statx(_AT_FDCWD, os.fsencode(path), 0, _STATX_BTIME, answer) != 0:
        return ""
    (mask,) = struct.unpack_from("<I", answer, 0)
    seconds, nanoseconds = struct.unpack_from("<qI", answer, _STATX_BTIME_AT)
    return f"{seconds}.{nanoseconds:09}" if mask & _STATX_BTIME else ""


def is_same(before: Place, now: Place) -> bool:
    """Whether a journal whose place was ``before`` is still in the same place, ``now``."""
    if not now or not before or ("inode" in before) != ("inode" in now):
        return False
    if "inode" not in now:
        return dict(before) == dict(now)
    same_machine = before["machine"] == now["machine"] or not (before["machine"] and now["machine"])
    born = {before.get("born", ""), now.get("born", "")} - {""}
    if len(born) == 2:
        return False
    same_disk = before["device"] == now["device"] or before["boot"] != now["boot"]
    return same_machine and same_disk and before["inode"] == now["inode"]


def is_file(place: Place) -> bool:
    """Whether the place is that of a file, which people copy and move by accident."""
    return "system" not in place


def read_machine_id() -> str:
    """Read this machine's id and return a hash of it; empty in a container and where there is none."""
    if any(mark.exists() for mark in _CONTAINER) or not _SAYS_CONTAINER.isdisjoint(os.environ):
        return ""
    for path in _MACHINE:
        try:
            id_text = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if len(id_text) == 32:  # else it is not set yet: "uninitialized"
            # machine-id(5): the id itself is confidential; an application keeps a hash with a key of its own.
            return hashlib.sha256(f"reelwright:{id_text}".encode()).hexdigest()[:16]
    return ""


def read_newest_place(conn: Connection) -> Row[Any] | None:
    """Read the row of the place where the journal may buy; None where no place was ever recorded."""
    return conn.execute(select(journal_places).order_by(journal_places.c.seq.desc()).limit(1)).first()


def is_known(conn: Connection, epoch: str) -> bool:
    """Whether ``epoch``, the id of a recorded place of a journal, is one of this journal."""
    found = conn.execute(select(journal_places.c.seq).where(journal_places.c.epoch == epoch)).first()
    return found is not None


def was_restored_since(conn: Connection, epoch: str) -> bool:
    """Whether the journal came from a backup after the place of ``epoch`` was recorded."""
    since = select(func.max(journal_places.c.seq)).where(journal_places.c.epoch == epoch).scalar_subquery()
    later = (journal_places.c.reason == "restored", journal_places.c.seq > since)
    return conn.execute(select(journal_places.c.seq).where(*later).limit(1)).first() is not None


def record_first(unit: Unit, epoch: str) -> str:
    """Record the journal's first place under ``epoch``; return the valid epoch, an earlier one if there is one."""
    hold_lock(unit.conn, "places")
    if (row := read_newest_place(unit.conn)) is not None:
        return str(row.epoch)
    return _record(unit, epoch, read_place(unit.conn), "first", "reelwright")


def record_accepted(unit: Unit, by: str) -> tuple[Row[Any], str | None]:
    """Record that a person accepts where the journal lies now, so that it may buy there; return the row of the place.

    Also returns the epoch until now if the file's place was accepted already: vaults of other accounts that have it
    stay valid, and are claimed for the new epoch. None otherwise.
    """
    hold_lock(unit.conn, "places")
    now, before = read_place(unit.conn), read_newest_place(unit.conn)
    _record(unit, mint("epoch"), now, "reconciled", by)
    row = read_newest_place(unit.conn)
    assert row is not None
    stays = before is not None and is_file(now) and is_same(parse_place(before), now)
    return row, str(before.epoch) if before is not None and stays else None


def record_beside_full(unit: Unit) -> bool:
    """Record that a new journal beside a full vault buys nothing until a person accepts its place.

    False, and nothing is written, where a place was recorded meanwhile.
    """
    hold_lock(unit.conn, "places")
    if read_newest_place(unit.conn) is not None:
        return False
    _record(unit, mint("epoch"), NOWHERE, "beside_full", "reelwright")
    return True


def record_restored(unit: Unit, by: str) -> None:
    """Record that the journal came from a backup: end all sessions and file links, and block buying.

    It buys nothing until a person accepts its place. Since the backup was made, whoever sessions and links let in may
    have been removed.
    """
    hold_lock(unit.conn, "places")
    unit.conn.execute(delete(sessions))
    unit.conn.execute(delete(link_keys))
    _record(unit, mint("epoch"), NOWHERE, "restored", by)


def update_place(unit: Unit, seq: int, place: Place) -> None:
    """Replace the recorded place in row ``seq`` after a start of the system, which may renumber devices.

    Later checks compare with it.
    """
    unit.conn.execute(update(journal_places).where(journal_places.c.seq == seq).values(place=as_json(dict(place))))


def parse_place(row: Row[Any]) -> Place:
    """Parse the place in a row of ``journal_places``."""
    found: Place = parse_object(row.place)
    return found


def _record(unit: Unit, epoch: str, place: Place, reason: str, by: str) -> str:
    columns = {
        "epoch": epoch,
        "place": as_json(dict(place)),
        "reason": reason,
        "author": clean_text(by),
        "since": NowMs(),
    }
    unit.conn.execute(journal_places.insert().values(**columns))
    return epoch
