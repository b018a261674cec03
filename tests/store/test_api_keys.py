"""API keys: only digests are stored, a revoked key opens nothing, and no account finds another's."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from reasons import has_code
from reelwright.errors import BadInput, NotFound
from reelwright.reel.records.api_key import ROLES, may_act_as
from reelwright.store.accounts.api_keys import SECRET_PREFIX
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.units import Micros
from store.making import ACCOUNT
from store.observing import change, rows


async def test_a_key_is_found_by_its_secret_of_which_only_the_digest_is_stored(db: Database) -> None:
    journal = Journal(db)
    made = await journal.create_api_key(ACCOUNT, "shop", "producer", Micros(500_000))
    assert made.secret.startswith(SECRET_PREFIX) and len(made.secret) == 46
    assert await journal.find_api_key(made.secret) == made.key
    assert made.key.auto_approve == 500_000 and made.key.created_at and made.key.last_used_at is None
    for other in ("", "rw_", made.secret[:-1], made.secret + "x", made.key.prefix, "rw_\0", "rw_\udce9"):
        assert await journal.find_api_key(other) is None
    (stored,) = rows(db, "SELECT * FROM api_keys")
    assert hashlib.sha256(made.secret.encode()).hexdigest() in stored
    assert not any(made.secret in str(value) for value in stored)


async def test_a_revoked_key_opens_nothing_and_may_be_revoked_again(db: Database) -> None:
    journal = Journal(db)
    made = await journal.create_api_key(ACCOUNT, "shop", "viewer")
    assert await journal.is_api_key_living(ACCOUNT, made.key.id)
    gone = await journal.revoke_api_key(ACCOUNT, "shop")
    assert gone.revoked_at and gone.id == made.key.id
    assert await journal.find_api_key(made.secret) is None
    assert not await journal.is_api_key_living(ACCOUNT, made.key.id)
    assert await journal.revoke_api_key(ACCOUNT, made.key.id) == gone, "when it was revoked stays"
    again = await journal.create_api_key(ACCOUNT, "shop", "viewer")
    assert [key.id for key in await journal.list_api_keys(ACCOUNT)] == [made.key.id, again.key.id]


async def test_an_account_neither_lists_nor_revokes_the_keys_of_another(db: Database) -> None:
    journal = Journal(db)
    made = await journal.create_api_key(ACCOUNT, "shop", "owner")
    await journal.create_api_key("other", "shop", "owner")
    assert [key.account for key in await journal.list_api_keys("other")] == ["other"]
    assert not await journal.is_api_key_living("other", made.key.id)
    for called in (made.key.id, "nobody", "\0", "\udce9"):
        with pytest.raises(NotFound, check=has_code("api_key_not_found")):
            await journal.revoke_api_key("other", called)
    with pytest.raises(BadInput, match="2 keys"):
        await journal.revoke_api_key(None, "shop")
    assert (await journal.revoke_api_key(None, made.key.id)).account == ACCOUNT
    assert {key.account for key in await journal.list_api_keys(None)} == {ACCOUNT, "other"}


async def test_a_name_is_of_one_living_key_also_if_two_are_created_at_once(db: Database) -> None:
    journal = Journal(db)
    made = await asyncio.gather(
        *(journal.create_api_key(ACCOUNT, "shop", "viewer") for _ in range(6)), return_exceptions=True
    )
    assert sum(not isinstance(one, BaseException) for one in made) == 1
    assert all(isinstance(one, (tuple, BadInput)) for one in made)


async def test_a_key_and_its_budget_exist_together_or_not_at_all(db: Database) -> None:
    journal, ledger = Journal(db), Ledger(db)
    made = await journal.create_api_key(ACCOUNT, "shop", "producer", None, Micros(5_000_000), "month")
    (budget,) = await ledger.list_budgets(ACCOUNT)
    assert (budget.scope, budget.subject, budget.cap_micros, budget.period) == ("key", made.key.id, 5_000_000, "month")
    with pytest.raises(BadInput):
        await journal.create_api_key(ACCOUNT, "other", "producer", None, Micros(0))
    assert len(await journal.list_api_keys(ACCOUNT)) == 1


async def test_use_is_recorded_at_most_once_a_minute(db: Database) -> None:
    journal = Journal(db)
    made = await journal.create_api_key(ACCOUNT, "shop", "viewer")
    await journal.record_api_key_use(made.key.id)
    ((first,),) = rows(db, "SELECT last_used_at FROM api_keys")
    await asyncio.sleep(0.01)
    await journal.record_api_key_use(made.key.id)
    assert rows(db, "SELECT last_used_at FROM api_keys") == [(first,)]
    change(db, f"UPDATE api_keys SET last_used_at = {first - 60_001}")
    await journal.record_api_key_use(made.key.id)
    assert rows(db, "SELECT last_used_at FROM api_keys")[0][0] >= first


def test_each_role_may_do_what_those_before_it_may() -> None:
    assert [[may_act_as(role, needed) for needed in ROLES] for role in ROLES] == [
        [True, False, False], [True, True, False], [True, True, True],
    ]  # fmt: skip
