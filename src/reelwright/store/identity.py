"""Where a journal lives: which file on which machine, or which database of which server; and whether that changed.

An ordinary restart, upgrade or reboot never counts as a change: device numbers may be given out differently at each
start of the system, so that another device counts only within one start. A machine is told by its ``machine-id``, not
by its name; in a container, which may get another one at each start, the volume alone decides.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, select, text, update

from reelwright.reel.ids import mint
from reelwright.store.processes import boot_id
from reelwright.store.rows import plain
from reelwright.store.schema import journal_places
from reelwright.store.sql import as_json, as_said, hold, now_ms
from reelwright.store.unit import Unit

Place = Mapping[str, str]
"""``machine``, ``device``, ``inode`` and ``boot`` of a file; ``system``, ``timeline`` and ``database`` of a server."""
NOWHERE: Final[Place] = {}
"""The place of a journal that was restored, or is new beside a full vault, until somebody accepts where it is."""
_AT_FDCWD: Final = -100
_STATX_BTIME: Final = 0x800
_STATX_BTIME_AT: Final = 0x50
_STATX_BYTES: Final = 256
"""Of statx(2), which Python has no call for: the mask of birth times, where it stands, and the size of the answer."""
_CONTAINER: Final = (Path("/.dockerenv"), Path("/run/.containerenv"))
_SAYS_CONTAINER: Final = frozenset({"container", "KUBERNETES_SERVICE_HOST"})
"""Variables that are set in containers: systemd's container interface, and Kubernetes."""
_MACHINE: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_SERVER: Final = (
    ("system", "SELECT system_identifier FROM pg_control_system()"),
    ("timeline", "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"),
    ("database", "SELECT oid FROM pg_database WHERE datname = current_database()"),
)
"""What an ordinary role may ask. The file's name carries the timeline at once, the control file only later."""


def place_of(conn: Connection) -> Place:
    """Where the database behind ``conn`` lives."""
    if conn.dialect.name == "postgresql":
        return {name: str(conn.execute(text(query)).scalar_one()) for name, query in _SERVER}
    return place_of_file(Path(str(conn.engine.url.database)))


def place_of_file(path: Path) -> Place:
    """Where a SQLite file lives."""
    found = path.stat()
    return {
        "machine": machine_id(),
        "boot": boot_id(),
        "device": str(found.st_dev),
        "inode": str(found.st_ino),
        "born": born_at(path),
    }


def born_at(path: Path) -> str:
    """When the file was made, as its disk recorded it; empty where the disk or the system does not tell.

    A file that is deleted leaves its inode number to the next one, so that a copy in its place may have the same.
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
    """Whether a journal that lived at ``before`` has stayed where it was."""
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
    """Whether it is a file, which is copied and moved by accident."""
    return "system" not in place


def machine_id() -> str:
    """This machine, told by a hash of its id; empty in a container and where there is none."""
    if any(mark.exists() for mark in _CONTAINER) or not _SAYS_CONTAINER.isdisjoint(os.environ):
        return ""
    for path in _MACHINE:
        try:
            told = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if len(told) == 32:  # else it is not set yet: "uninitialized"
            # machine-id(5): the id itself is confidential; an application keeps a hash with a key of its own.
            return hashlib.sha256(f"reelwright:{told}".encode()).hexdigest()[:16]
    return ""


def newest(conn: Connection) -> Row[Any] | None:
    """Where the journal may buy; None where it was never recorded."""
    return conn.execute(select(journal_places).order_by(journal_places.c.seq.desc()).limit(1)).first()


def is_known(conn: Connection, epoch: str) -> bool:
    """Whether this journal has had that epoch."""
    found = conn.execute(select(journal_places.c.seq).where(journal_places.c.epoch == epoch)).first()
    return found is not None


def record_first(unit: Unit, epoch: str) -> str:
    """Record where the journal lives for the first time; the epoch that counts, where another was quicker theirs."""
    hold(unit.conn, "places")
    if (row := newest(unit.conn)) is not None:
        return str(row.epoch)
    return _record(unit, epoch, place_of(unit.conn), "first", "reelwright")


def record_accepted(unit: Unit, by: str) -> str:
    """Record that a person accepts where the journal lives now; returns the new epoch."""
    hold(unit.conn, "places")
    return _record(unit, mint("epoch"), place_of(unit.conn), "reconciled", by)


def record_beside_full(unit: Unit) -> bool:
    """Record that a new journal buys nothing until somebody accepts it; False where it was recorded meanwhile."""
    hold(unit.conn, "places")
    if newest(unit.conn) is not None:
        return False
    _record(unit, mint("epoch"), NOWHERE, "beside_full", "reelwright")
    return True


def record_restored(unit: Unit, by: str) -> None:
    """Record that the journal came from a backup: it buys nothing until somebody accepts where it lives."""
    hold(unit.conn, "places")
    _record(unit, mint("epoch"), NOWHERE, "restored", by)


def refresh(unit: Unit, seq: int, place: Place) -> None:
    """Keep the numbers that the system gave out anew when it started: the next copy is compared with these."""
    unit.conn.execute(update(journal_places).where(journal_places.c.seq == seq).values(place=as_json(dict(place))))


def place_in(row: Row[Any]) -> Place:
    """The place that a row tells."""
    found: Place = plain(row.place)
    return found


def _record(unit: Unit, epoch: str, place: Place, why: str, by: str) -> str:
    told = {"epoch": epoch, "place": as_json(dict(place)), "why": why, "said_by": as_said(by), "since": now_ms()}
    unit.conn.execute(journal_places.insert().values(**told))
    return epoch
