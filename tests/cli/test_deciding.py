"""``spend decide`` on a purchase whose job was deleted: it says what is possible, and resumes no deleted job."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reelwright import Studio
from reelwright.cli.look.spend import suggest_after_decision
from reelwright.reel.base.value import Digest
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from store.making import ACCOUNT
from studio.ledgers import filled


def delete_jobs(home: Path) -> None:
    """Delete every job, as the programs of a server do."""

    async def delete() -> None:
        database = Database(Settings(home=home).database_url)
        try:
            journal = Journal(database)
            for job in await journal.list_jobs(ACCOUNT):
                await journal.delete_job_files(ACCOUNT, job.id, frozenset[Digest](), is_job_removed=True)
        finally:
            database.close()

    asyncio.run(delete())


def test_nobody_is_told_to_continue_a_job_that_was_deleted(reelwright, home: Path) -> None:
    made = filled(home)
    told = reelwright("spend", "decide", made["unknown"], "written-off")
    assert told.code == 0 and "to continue: reelwright resume" in told.out, told.err
    delete_jobs(home)
    told = reelwright("spend", "decide", made["unknown"], "never", "--json")
    assert told.code == 0 and told.json["is_job_deleted"], told.err
    told = reelwright("spend", "decide", made["unknown"], "written-off")
    assert "its job was deleted, so nothing goes on" in told.out and "to continue" not in told.out
    with Studio(Settings(home=home)) as studio:
        row = next(row for row in studio.show_spending().rows if row.state == "submitted")
    said = suggest_after_decision(row.replace(is_job_deleted=True))
    assert "deletes what arrives" in said, "it follows what a person said to have arrived, and resumes nothing"
