"""The verb ``support-bundle``: a ZIP for who helps with a problem. No key, no word or picture of a film is in it."""

from __future__ import annotations

import io
import json
import os
import platform
import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any, Final

from reelwright.errors import ReelwrightError
from reelwright.net.keys import Keys
from reelwright.net.redact import redact
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.database.migrate import read_version
from reelwright.store.database.summary import list_newest_events, read_summary
from reelwright.store.schema.schema import HEAD
from reelwright.studio.machine.doctor import examine
from reelwright.studio.policy import MAX_BUNDLED_EVENTS
from reelwright.studio.results.inventory import SupportBundle
from reelwright.studio.runtime.atomic_file import write_atomically

_README: Final = f"""\
A support bundle of Reelwright. Look through it before you send it: it is yours.

machine.json   versions of Reelwright, Python and packages, processor, memory, free disk
settings.json  the settings; names of the variables and keys that are set, without their values
checks.json    what the checks of the doctor say
journal.json   rows of each table, jobs and purchases by state
events.jsonl   the newest {MAX_BUNDLED_EVENTS:,} events: kinds, ids, times and codes of reasons

Not in it: keys, passwords, briefs, scripts, prompts, pictures, films. Ids of accounts and projects are.
"""


def write_support_bundle(settings: Settings, variables: Iterable[str], out: Path | None = None) -> SupportBundle:
    """Write the bundle, by default beside where one stands; make no home or journal, and upgrade none. Spends nothing.
    ``variables``: the names of those that are set.

    Raises ``BadInput`` where ``out`` cannot be written.
    """
    now = datetime.now(UTC)
    journal, events = _read_journal(settings)
    parts = {
        "README.txt": _README,
        "machine.json": _to_text(_describe_machine(settings)),
        "settings.json": _to_text(_describe_settings(settings, variables)),
        "checks.json": _to_text(examine(settings).to_json()),
        "journal.json": _to_text(journal),
        "events.jsonl": "".join(f"{json.dumps(event)}\n" for event in events),
    }
    path = out or Path(f"reelwright-support-{now:%Y%m%d-%H%M%S}.zip")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in parts.items():
            bundle.writestr(name, _hide(text))
    write_atomically(path, packed.getvalue())
    return SupportBundle(path=str(path), parts=tuple(parts), size_bytes=len(packed.getvalue()))


def _describe_machine(settings: Settings) -> Mapping[str, Any]:
    names = sorted({match[0] for one in requires("reelwright") or () if (match := re.match(r"[\w.-]+", one))})
    place = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    return {
        "reelwright": version("reelwright"), "python": platform.python_version(), "system": platform.platform(),
        "processors": os.cpu_count(), "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "free_bytes_of_home": shutil.disk_usage(place).free,
        "packages": {name: found for name in names if (found := _find_version(name))},
    }  # fmt: skip


def _find_version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _describe_settings(settings: Settings, variables: Iterable[str]) -> Mapping[str, Any]:
    return {
        "settings": {one.name: getattr(settings, one.name) for one in fields(settings)},
        "variables": sorted(name for name in variables if name.startswith("REELWRIGHT_")),
        "keys": _list_key_holders(settings),
    }


def _list_key_holders(settings: Settings) -> list[str] | str:
    try:
        return sorted(key.holder for key in Keys(settings).list_keys())
    except ReelwrightError as error:  # a file that others may read
        return str(error)


def _read_journal(settings: Settings) -> tuple[Mapping[str, Any], Any]:
    """Read what the journal holds, if it is there and of this release, and its newest events."""
    if not settings.database and not (settings.home / "journal.db").is_file():
        return {"schema": None}, ()
    try:
        database = Database(settings.database_url, may_upgrade=False)
        try:
            found = {"schema": database._read(read_version), "schema_of_this_release": HEAD}
            if found["schema"] != HEAD:
                return found, ()
            events = database._read(lambda conn: list_newest_events(conn, MAX_BUNDLED_EVENTS))
            return {**found, **database._read(read_summary)}, events
        finally:
            database.close()
    except ReelwrightError as error:
        return {"error": str(error)}, ()


def _to_text(document: Any) -> str:
    return json.dumps(document, indent=1, default=str) + "\n"


def _hide(text: str) -> str:
    """Remove secrets, and the name of the person from the paths of their home folder."""
    return redact(text).replace(str(Path.home()), "~")
