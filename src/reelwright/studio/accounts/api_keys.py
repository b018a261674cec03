"""API keys of the server: create, list and revoke them. Keys of providers are another thing: ``studio.keys``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from reelwright.errors import BadInput
from reelwright.reel.records.api_key import ApiKey, Role
from reelwright.reel.records.ledger import Period
from reelwright.studio.accounts.members import parse_role
from reelwright.studio.policy import MAX_KEY_NAME_CHARS
from reelwright.studio.quotes import validation
from reelwright.studio.results.result_model import Moment, ResultModel, Usd

if TYPE_CHECKING:
    from reelwright.studio.runtime.home import Home


class ApiKeySummary(ResultModel):
    """An API key of the server, never with its secret. ``prefix``: the first characters of the secret.

    ``auto_approve_micros``: the most that a job may cost without ``max_usd``; None: such jobs must be free.
    ``last_used_at`` is exact to a minute.
    """

    id: str
    account: str
    name: str
    role: Role
    prefix: str
    auto_approve_micros: Usd | None
    created_at: Moment | None
    last_used_at: Moment | None
    revoked_at: Moment | None


class ApiKeyList(ResultModel):
    """The API keys of the server, also revoked ones."""

    api_keys: tuple[ApiKeySummary, ...]


class CreatedApiKey(ResultModel):
    """A new API key with its ``secret``, which programs send and which cannot be read again."""

    api_key: ApiKeySummary
    secret: str
    budget_micros: Usd | None


class RevokedApiKey(ResultModel):
    """Result of revoking an API key, which no request may use any more."""

    api_key: Annotated[ApiKeySummary, Field(alias="revoked")]


async def create_api_key(
    home: Home,
    name: str,
    role: str,
    auto_approve: str | int | float | None,
    budget: str | int | float | None,
    per: str | None,
) -> CreatedApiKey:
    """Create an API key with which programs use the home's account; amounts are in US dollars. Raises ``BadInput``.

    ``auto_approve``: the most that a job may cost without a stated maximum. ``budget``: the most that may be spent with
    the key, ``per`` day or month or, if None, in all.
    """
    name = validation.check_text("name", name, MAX_KEY_NAME_CHARS)
    if not name.isprintable():
        raise BadInput("name", name, "one line of text")
    known_role = parse_role(role)
    periods: tuple[Period, ...] = ("day", "month")
    period = next((one for one in periods if one == per), None)
    if per is not None and (period is None or budget is None):
        raise BadInput("per", per, "day or month, with a budget; without it the budget is for good")
    micros = validation.parse_money(budget, "budget")
    approved = validation.parse_money(auto_approve, "auto_approve")
    made = await home.journal.create_api_key(home.account, name, known_role, approved, micros, period)
    return CreatedApiKey(api_key=build_api_key_summary(made.key), secret=made.secret, budget_micros=micros)


def build_api_key_summary(key: ApiKey) -> ApiKeySummary:
    """Convert an API key of the journal to the summary that is shown, without the secret."""
    return ApiKeySummary(
        id=key.id, account=key.account, name=key.name, role=key.role, prefix=key.prefix,
        auto_approve_micros=key.auto_approve, created_at=key.created_at, last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
    )  # fmt: skip
