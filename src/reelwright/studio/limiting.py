"""Limits as a person sets them: purchases at a provider at once, starts in a time, jobs that run."""

from __future__ import annotations

from contextlib import suppress

from reelwright.errors import BadInput
from reelwright.reel.ledger import Limit, LimitScope
from reelwright.studio import checked
from reelwright.studio.home import Home
from reelwright.studio.naming import project_called
from reelwright.studio.rates import default_limit
from reelwright.studio.spent import Limited

SCOPES: tuple[LimitScope, ...] = ("provider", "model", "account", "project", "jobs")


async def limits(home: Home) -> tuple[Limited, ...]:
    """What was set, and what the catalogue says of models where nothing was set."""
    from reelwright.catalogue.models import models

    found = await home.ledger.limits(home.account)
    taken = {limit.subject for limit in found if limit.scope == "model"}
    by_default = [limit for name in models() if name not in taken and (limit := default_limit(f"model/{name}"))]
    jobs = [] if any(one.scope == "jobs" and not one.subject for one in found) else [_jobs(home)]
    return (*(_shown(one, "set") for one in found), *(_shown(one, "default") for one in (*jobs, *by_default)))


async def set_limit(
    home: Home, scope: str, of: str | None, open_: int | None, starts: int | None, per_s: int | None
) -> Limited:
    """Make or change a limit. Raises ``BadInput``."""
    known, subject = await _named(home, scope, of)
    subject = _as_bought(known, subject)
    for field, value in (("open", open_), ("starts", starts), ("per", per_s)):
        if value is not None:
            checked.whole(field, value, 0, 1_000_000)
    made = Limit(scope=known, subject=subject, open_at_once=open_, starts=starts, per_s=per_s)
    await home.ledger.set_limit(home.account, made)
    return _shown(made, "set")


async def remove_limit(home: Home, scope: str, of: str | None) -> None:
    """The default holds again."""
    known, subject = await _named(home, scope, of)
    with suppress(BadInput):  # a name that nothing is bought by, set before such were refused, can go
        subject = _as_bought(known, subject)
    await home.ledger.remove_limit(home.account, known, subject)


def _as_bought(scope: LimitScope, name: str) -> str:
    """The name that purchases go by; a limit of any other would hold nothing back. Raises ``BadInput``."""
    if scope == "model":
        from reelwright.catalogue.models import known

        return known(name).id
    if scope == "provider":
        from reelwright.providers.shop import SELLERS

        if name not in (names := [seller.name for seller in SELLERS]):
            raise BadInput("of", name, f"one of {', '.join(names)}")
    return name


def _jobs(home: Home) -> Limit:
    return Limit(scope="jobs", subject="", open_at_once=home.settings.jobs_at_once)


async def _named(home: Home, scope: str, of: str | None) -> tuple[LimitScope, str]:
    known = next((one for one in SCOPES if one == scope), None)
    if known is None:
        raise BadInput("scope", scope, ", ".join(SCOPES))
    if known == "project" and of is not None:
        rows = await home.journal.projects(home.account)
        return known, project_called(of, rows)
    if known == "account" or (known == "jobs" and of is not None):
        if of not in (None, home.account):
            raise BadInput("of", of, f"this account, {home.account}")
        return known, home.account
    if of is None and known != "jobs":
        raise BadInput("of", of, f"the {known}'s name")
    return known, checked.text("of", of, 200) if of else ""


def _shown(limit: Limit, source: str) -> Limited:
    return Limited(
        scope=limit.scope,
        of=limit.subject,
        open=limit.open_at_once,
        starts=limit.starts,
        per_s=limit.per_s,
        source="set" if source == "set" else "default",
    )
