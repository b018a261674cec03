"""Look-ups and lists search an index: what an account has made before is not read again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url

from reelwright.errors import NotFound
from reelwright.reel.base.value import Digest
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.retention import RetentionPolicy
from reelwright.store.database.database import Database
from reelwright.store.jobs.job_labels import JobLabel
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from store.making import ACCOUNT, Scene
from store.query_plans import explain, recorded

OWN = "ix_jobs_project (account=? AND project=?)"
NAMED = "(<expr>=? AND account=?)"
SENT = ("purchases ix_purchases_job (job=?)", "purchase_history ix_purchase_history_purchase (purchase=?)")
"""How long the purchases of a job have been at their provider."""

Query = Callable[[Journal, Ledger, Scene], Awaitable[object]]
QUERIES: dict[str, tuple[Query, list[str]]] = {
    "a job by its id": (lambda j, _, at: j.find_job(ACCOUNT, at.job), ["jobs sqlite_autoindex_jobs_1 (id=?)"]),
    "a job with the standing of its project": (
        lambda j, _, at: j.read_job_view(ACCOUNT, at.job),
        [
            "jobs sqlite_autoindex_jobs_1 (id=?)",
            *SENT,
            "projects sqlite_autoindex_projects_1 (id=?)",
            "revisions sqlite_autoindex_revisions_1 (project=? AND number=?) LEFT-JOIN",
            "revisions_1 sqlite_autoindex_revisions_1 (project=?)",
            "events",
            "jobs INTEGER PRIMARY KEY (rowid=?)",
            "projects sqlite_autoindex_projects_1 (id=?)",
            f"jobs_1 {OWN}",
            "purchases ix_purchases_project (account=? AND project=?)",
            "outcomes sqlite_autoindex_outcomes_1 (project=? AND fingerprint>?)",
            "assets ix_assets_gone (account=?)",
        ],
    ),
    "the newest job": (lambda j, _, at: j.find_newest_job(ACCOUNT), ["jobs ix_jobs_account (account=?)"]),
    "the newest job of a project": (
        lambda j, _, at: j.find_newest_job(ACCOUNT, at.project, "film"), [f"jobs {OWN}"],
    ),
    "the job in turn": (
        lambda j, _, at: j.find_job_in_turn(ACCOUNT, at.project),
        ["jobs INTEGER PRIMARY KEY (rowid=?)", "projects sqlite_autoindex_projects_1 (id=?)", f"jobs_1 {OWN}"],
    ),
    "the jobs that may run": (lambda j, _, at: j.list_runnable_jobs(ACCOUNT, at.project), [f"jobs {OWN}"]),
    "the jobs of a project": (lambda j, _, at: j.list_jobs(ACCOUNT, at.project), [f"jobs {OWN}"]),
    "a page of jobs": (
        lambda j, _, at: j.list_jobs(ACCOUNT, None, 50, at.job),
        ["jobs ix_jobs_account (account=? AND seq<?)", "jobs sqlite_autoindex_jobs_1 (id=?)"],
    ),
    "the jobs that were ordered under a label": (
        lambda j, _, at: j.list_video_jobs(ACCOUNT, 50, at.job, label=JobLabel("user_email", "ana@example.org")),
        ["jobs ix_jobs_label (account=? AND label_digest=? AND seq<?)", "jobs sqlite_autoindex_jobs_1 (id=?)", *SENT],
    ),
    "the first page of jobs": (lambda j, _, at: j.list_jobs(ACCOUNT, None, 50), ["jobs ix_jobs_account (account=?)"]),
    "positions in the queue": (
        lambda j, _, at: j.list_positions(ACCOUNT, {at.project}),
        [
            f"jobs {OWN}", "jobs ix_jobs_goes_on", "jobs ix_jobs_turn", "jobs ix_jobs_turn (priority>?)",
            "jobs ix_jobs_turn",
        ],
    ),
    "what other projects use of the files of a job": (
        lambda j, _, at: j.delete_job_files(ACCOUNT, at.job, [Digest("a" * 64)]),
        [
            "jobs sqlite_autoindex_jobs_1 (id=?)", "asset_uses sqlite_autoindex_asset_uses_1 (account=? AND digest=?)",
            f"jobs {OWN}", f"jobs {OWN}", "outcomes sqlite_autoindex_outcomes_1 (project=?)",
            "assets sqlite_autoindex_assets_1 (account=? AND digest=?)",
        ],
    ),
    "the jobs whose files end": (
        lambda j, _, at: j.list_due_jobs(ACCOUNT, RetentionPolicy(files=1, after_download=1), None, ()),
        [
            "jobs ix_jobs_kept (account=? AND finished_at>? AND finished_at<?)",
            "jobs ix_jobs_downloaded (account=? AND downloaded_at>? AND downloaded_at<?)",
        ],
    ),
    "the jobs whose files have ended": (
        lambda j, _, at: j.list_expired_jobs(ACCOUNT), ["jobs ix_jobs_expired (account=? AND expired_at>?)"],
    ),
    "the next project to claim": (
        lambda j, _, at: j.claim_project(at.holder),
        [
            "leases ix_leases_director (director>?)",
            f"jobs {OWN} LEFT-JOIN",
            "jobs ix_jobs_goes_on",
            "jobs ix_jobs_started (started_at>?)",
            "jobs INTEGER PRIMARY KEY (rowid=?)",
            "jobs ix_jobs_goes_on",
            "purchases ix_purchases_at_provider",
            "leases sqlite_autoindex_leases_1 (project=?)",
            "jobs INTEGER PRIMARY KEY (rowid=?)",
            "jobs ix_jobs_turn",
            "jobs ix_jobs_turn (priority>?)",
            "jobs ix_jobs_turn (priority=? AND account=? AND payer=?)",
            "leases sqlite_autoindex_leases_1 (project=?)",
            "jobs ix_jobs_turn (priority=? AND account=? AND payer=? AND queue_rank>?)",
            "leases sqlite_autoindex_leases_1 (project=?)",
        ],
    ),
    "the projects that are driven": (
        lambda j, _, at: j.list_driven_projects(ACCOUNT), ["leases ix_leases_director (director>?)"],
    ),
    "a project by its id": (
        lambda j, _, at: j.resolve_project(ACCOUNT, at.project), [f"projects ix_projects_id_end {NAMED}"],
    ),
    "a project by the end of its id": (
        lambda j, _, at: j.resolve_project(ACCOUNT, at.project[-6:]), [f"projects ix_projects_id_end {NAMED}"],
    ),
    "the newest project": (
        lambda j, _, at: j.resolve_project(ACCOUNT, "last"), ["projects ix_projects_account (account=?)"],
    ),
    "a project of a command": (
        lambda j, _, at: j.find_project(ACCOUNT, "digest"),
        ["projects sqlite_autoindex_projects_2 (account=? AND lookup_key=?)"],
    ),
    "a page of projects": (
        lambda j, _, at: j.list_projects(ACCOUNT, 50, at.project),
        [
            "projects ix_projects_account (account=? AND created_at<?)",
            "projects sqlite_autoindex_projects_1 (id=?)",
            "revisions sqlite_autoindex_revisions_1 (project=?)",
        ],
    ),
    "the first page of projects": (
        lambda j, _, at: j.list_projects(ACCOUNT, 50),
        ["projects ix_projects_account (account=?)", "revisions sqlite_autoindex_revisions_1 (project=?)"],
    ),
    "the newest event of a project": (
        lambda j, _, at: j.find_last_event(ACCOUNT, at.project), ["events ix_events_project (account=? AND project=?)"],
    ),
    "the next events of a project": (
        lambda j, _, at: j.list_events(ACCOUNT, 5, at.project),
        ["events ix_events_project (account=? AND project=? AND id>?)"],
    ),
    "the purchases of a project": (
        lambda _, ledger, at: ledger.list_purchases(ACCOUNT, at.project),
        [
            "purchases ix_purchases_project (account=? AND project=?)",
            "adjustments ix_adjustments_purchase (purchase=?)",
        ],
    ),
}  # fmt: skip
"""What is read, and what SQLite does for it: the table, and the index with the columns that it searches."""


@pytest.fixture
async def at(tmp_path: Path) -> Scene:
    return await Scene.set(Database(f"sqlite:///{tmp_path / 'journal.db'}"))


@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_searches_its_index(at: Scene, name: str) -> None:
    query, expected = QUERIES[name]
    with recorded() as statements:
        await query(at.journal, at.ledger, at)
    path = Path(str(make_url(at.db.where).database))
    steps = [step for statement, parameters in statements.items() for step in explain(path, statement, parameters)]
    shortened = [
        " ".join(word for word in step.split() if word not in ("SEARCH", "SCAN", "USING", "COVERING", "INDEX"))
        for step in steps
    ]
    assert shortened == [one.replace("INDEX ", "") for one in expected], steps
    at.db.close()


async def test_a_name_that_means_nothing_reads_one_project_more(at: Scene) -> None:
    """Whether there is a project at all; no suggestion reads the names of all."""
    await at.journal.open_project(ACCOUNT, "Lamp", Brief(text="a lamp"))
    with recorded() as statements, pytest.raises(NotFound):
        await at.journal.resolve_project(ACCOUNT, "zzzz")
    assert len(statements) == 2 and [one for one in statements if "LIMIT" in one]
    at.db.close()
