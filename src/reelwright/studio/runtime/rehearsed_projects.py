"""Finds the rehearsal that a person means by the name of a project or a job."""

from __future__ import annotations

import asyncio
from typing import Final

from reelwright.errors import BadInput, NotFound
from reelwright.reel.records.operation import Project
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.studio.runtime.home import is_rehearsal
from reelwright.studio.runtime.rehearsal import Rehearsal, read_rehearsal, resolve_rehearsal
from reelwright.studio.runtime.slates import FOLDER

UNFINISHED: Final = "unfinished"
"""Name for ``find_rehearsal`` of the newest project that is neither done nor cancelled."""


async def find_rehearsal(settings: Settings, name: str) -> Rehearsal | None:
    """Return the options of the rehearsal that has the project or job ``name``; None if it is a bought or unknown one.

    ``last`` means the newer of the newest bought and the newest rehearsed project, and ``unfinished`` that of those
    that are not done. A name that fits a bought and a
    rehearsed project means the bought one. Writes nothing.
    """
    marked = read_rehearsal(settings.home / FOLDER)
    if marked is None or is_rehearsal(settings.home):
        return None
    inside, _ = resolve_rehearsal(settings, marked)
    try:
        bought = await _find_project(settings, name)
    except BadInput:
        return None  # several ids end with it: the verb itself reports that
    if bought is not None and name not in ("last", UNFINISHED):
        return None
    try:
        rehearsed = await _find_project(inside, name)
    except BadInput:
        return marked
    if name == UNFINISHED and bought is rehearsed is None:
        return await find_rehearsal(settings, "last")
    if rehearsed is None or (bought is not None and bought.created_at >= rehearsed.created_at):
        return None
    return marked


async def _find_project(settings: Settings, called: str) -> Project | None:
    """Return the project that a person means by a name, or None. Raises ``BadInput`` if several fit."""

    if not settings.database and not (settings.home / "journal.db").is_file():
        return None
    database = await asyncio.to_thread(Database, settings.database_url)
    try:
        journal = Journal(database, lease_s=settings.lease_s, jobs_at_once=settings.jobs_at_once)
        if called == UNFINISHED:
            return next(iter(await journal.list_projects(settings.account, 1, is_unfinished=True)), None)
        job = await journal.find_job(settings.account, called)
        found = job.project if job else await journal.resolve_project(settings.account, called)
        return await journal.read_project(settings.account, found)
    except NotFound:
        return None
    finally:
        await asyncio.to_thread(database.close)
