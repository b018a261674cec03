"""Payers of jobs: the key in a job's options names the budgets that it spends from, such as an agent's wallet.

A job without a key is paid by whoever agreed to its price, within the account's budgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, select

from reelwright.errors import NeedsConsent
from reelwright.reason import Action
from reelwright.reel.graph.orders import WANTS
from reelwright.store.schema.rows import parse_object
from reelwright.store.schema.schema import jobs
from reelwright.tracing import TRACEPARENT

KEY: Final = "key"
"""The option of a job that names its payer."""
WALLET: Final = "wallet/"
"""How the key of a wallet begins: money that a person set aside for agents."""
BATCH: Final = "batch/"
"""How the key of a batch's budget begins: what a person agreed to for all of its rows together."""


def get_key(options: Mapping[str, Any]) -> str | None:
    """Return the id of the API key or wallet that pays for a job with these options; None: a person who agreed."""
    key = options.get(KEY)
    return key if isinstance(key, str) else None


def merge_options(before: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a job that is continued: its own, those that it lacked, its new payer, wants and trace."""
    own = {name: value for name, value in before.items() if name not in (KEY, WANTS, TRACEPARENT)}
    return {**options, **own}


def refuse_other_payer(conn: Connection, account: str, project: str, key: str | None) -> None:
    """Raise ``NeedsConsent`` if a job of the project that another pays for is queued or runs, and may spend."""
    live = (jobs.c.state.in_(("queued", "running")), jobs.c.cancel_requested.is_(False), jobs.c.consent_micros > 0)
    query = select(jobs.c.id, jobs.c.options).where(jobs.c.account == account, jobs.c.project == project, *live)
    for row in conn.execute(query.order_by(jobs.c.seq)):
        if (payer := get_key(parse_object(row.options))) != key:
            raise build_other_payer_error(project, row.id, payer)


def build_other_payer_error(project: str, job: str, payer: str | None) -> NeedsConsent:
    """Return the error about a live job that another pays for. ``payer``: its key; None: a person who agreed."""
    whose = f"the budget of {payer}" if payer else "what somebody else agreed to"
    return NeedsConsent(
        code="job_of_other_payer", job=job, payer=whose, actions=[Action("show_project", {"project": project})]
    )
