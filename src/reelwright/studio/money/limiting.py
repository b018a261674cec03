"""Limits that a person sets: concurrent purchases, purchases started in a period, concurrent jobs and rows."""

from __future__ import annotations

from contextlib import suppress

from reelwright.catalogue.models import find_model, load_models
from reelwright.errors import BadInput
from reelwright.known_providers import list_provider_entries
from reelwright.reel.records.ledger import LIMIT_SCOPES, Limit, LimitScope
from reelwright.studio.quotes import validation
from reelwright.studio.results.spending_report import LimitSummary
from reelwright.studio.runtime.catalogue_limits import find_default_limit
from reelwright.studio.runtime.home import Home


async def list_limits(home: Home) -> tuple[LimitSummary, ...]:
    """List the limits that a person set, then the default limits of jobs and models that have none set."""
    found = await home.ledger.list_limits(home.account)
    taken = {limit.subject for limit in found if limit.scope == "model"}
    by_default = [
        limit for name in load_models() if name not in taken and (limit := find_default_limit(f"model/{name}"))
    ]
    jobs = [] if any(one.scope == "jobs" and not one.subject for one in found) else [_build_jobs_limit(home)]
    return (
        *(_build_limit_row(one, "set") for one in found),
        *(_build_limit_row(one, "default") for one in (*jobs, *by_default)),
    )


async def set_limit(
    home: Home, scope: str, of: str | None, open_: int | None, starts: int | None, per_s: int | None
) -> LimitSummary:
    """Limit how many purchases (``jobs``: jobs) of a scope may be open at once, or start within ``per_s`` seconds.

    ``of``: the name of what is limited. Raises ``BadInput``.
    """
    known, subject = await _check_scope(home, scope, of)
    subject = _resolve_subject(known, subject)
    for field, value in (("open", open_), ("starts", starts), ("per", per_s)):
        if value is not None:
            validation.check_whole_number(field, value, 0, 1_000_000)
    made = Limit(scope=known, subject=subject, open_at_once=open_, starts=starts, per_s=per_s)
    await home.ledger.set_limit(home.account, made)
    return _build_limit_row(made, "set")


async def remove_limit(home: Home, scope: str, of: str | None) -> None:
    """Remove the limit that a person set for ``of`` in ``scope``; the default applies again. Raises ``BadInput``."""
    known, subject = await _check_scope(home, scope, of)
    with suppress(BadInput):  # an unknown name, set before such names were refused, can be removed
        subject = _resolve_subject(known, subject)
    await home.ledger.remove_limit(home.account, known, subject)


def _resolve_subject(scope: LimitScope, name: str) -> str:
    """Return the name that purchases are recorded under; a limit of another name would have no effect.

    Raises ``BadInput``.
    """
    if scope == "model":
        return find_model(name).id
    if scope == "provider" and name not in (names := [seller.name for seller in list_provider_entries()]):
        raise BadInput("of", name, f"one of {', '.join(names)}")
    return name


def _build_jobs_limit(home: Home) -> Limit:
    return Limit(scope="jobs", subject="", open_at_once=home.settings.jobs_at_once)


async def _check_scope(home: Home, scope: str, of: str | None) -> tuple[LimitScope, str]:
    known = next((one for one in LIMIT_SCOPES if one == scope), None)
    if known is None:
        raise BadInput("scope", scope, ", ".join(LIMIT_SCOPES))
    if known == "project" and of is not None:
        return known, await home.journal.resolve_project(home.account, of)
    if known == "account" or (known == "jobs" and of is not None):
        if of not in (None, home.account):
            raise BadInput("of", of, f"this account, {home.account}")
        return known, home.account
    if of is None and known != "jobs":
        raise BadInput("of", of, f"the {known}'s name")
    return known, validation.check_text("of", of, 200) if of else ""


def _build_limit_row(limit: Limit, source: str) -> LimitSummary:
    return LimitSummary(
        scope=limit.scope,
        of=limit.subject,
        open=limit.open_at_once,
        starts=limit.starts,
        per_s=limit.per_s,
        source="set" if source == "set" else "default",
    )
