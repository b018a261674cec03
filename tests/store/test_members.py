"""Members and sessions in the journal, on both databases: one person is one member, and the last owner stays."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reasons import has_code
from reelwright.errors import BadInput, NotFound
from reelwright.reel.records.api_key import Role
from reelwright.reel.records.member import Member, Person, SignInAttempt
from reelwright.store.accounts.sessions import NewSession
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from store.making import ACCOUNT
from store.observing import change, rows

ISSUER = "https://issuer.example"


def describe(sub: str, **more: Any) -> Person:
    email = f"{sub}@studio.example"
    return Person(**{"iss": ISSUER, "sub": sub, "name": sub.title(), "email": email, "verified_email": email, **more})


async def come(journal: Journal, sub: str, role: Role | None = "owner", **more: Any) -> NewSession:
    found = await journal.begin_session(ACCOUNT, describe(sub, **more), role, None, None)
    assert isinstance(found, NewSession), found
    return found


async def list_owners(journal: Journal) -> list[Member]:
    return [one for one in await journal.list_members(ACCOUNT) if one.role == "owner" and not one.removed_at]


async def test_two_owners_who_remove_each_other_at_once_leave_one(db: Database) -> None:
    journal = Journal(db)
    for turn in range(5):
        ids = [(await come(journal, name)).member.id for name in (f"ana{turn}", f"bo{turn}")]
        for other in await list_owners(journal):
            if other.id not in ids:
                await journal.remove_member(ACCOUNT, other.id)
        doing = (journal.remove_member(ACCOUNT, ids[0]), journal.set_member_role(ACCOUNT, ids[1], "viewer"))
        ended = await asyncio.gather(*doing, return_exceptions=True)
        assert sum(isinstance(one, BadInput) for one in ended) == 1, ended
        assert len(await list_owners(journal)) == 1


async def test_the_same_subject_of_another_issuer_is_another_person(db: Database) -> None:
    journal = Journal(db)
    one = await come(journal, "ana")
    two = await come(journal, "ana", iss="https://other.example", verified_email=None)
    assert one.member.id != two.member.id
    assert (await come(journal, "ana", name="Ana Neu", email="new@studio.example")).member.id == one.member.id


async def test_an_address_lets_nobody_into_what_is_anothers(db: Database) -> None:
    """The address of a member who has signed in is a label: who comes with it is somebody else."""
    journal = Journal(db)
    await come(journal, "ana")
    impostor = describe("eve", email="ana@studio.example", verified_email="ana@studio.example")
    assert await journal.begin_session(ACCOUNT, impostor, None, None, None) == "not_a_member"
    with pytest.raises(BadInput):
        await journal.invite_member(ACCOUNT, "ana@studio.example", "viewer")


async def test_an_invitation_is_taken_once_and_lapses_when_it_is_withdrawn(db: Database) -> None:
    journal = Journal(db)
    await journal.invite_member("first", "bo@studio.example", "producer")
    await journal.invite_member("second", "bo@studio.example", "owner")
    assert (await come(journal, "bo", None)).member.account == "first", "the older one"
    await journal.remove_member("first", "bo@studio.example")
    again = (await come(journal, "bo", None)).member
    assert (again.account, again.role) == ("second", "owner"), "who was removed may be invited elsewhere"
    invited = await journal.invite_member(ACCOUNT, "cy@studio.example", "viewer")
    await journal.remove_member(ACCOUNT, invited.id)
    assert await journal.begin_session(ACCOUNT, describe("cy"), None, None, None) == "not_a_member"


async def test_invitations_of_one_address_at_once_are_one(db: Database) -> None:
    journal = Journal(db)
    made = await asyncio.gather(
        *(journal.invite_member(ACCOUNT, "Bo@Studio.example", "viewer") for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(one, Member) for one in made) == 1
    assert all(isinstance(one, (Member, BadInput)) for one in made)


async def test_a_session_is_its_members_and_nothing_after_the_removal(db: Database) -> None:
    journal = Journal(db)
    await come(journal, "ana")
    made = await come(journal, "bo", "viewer")
    found = await journal.find_session(made.secret)
    assert found and found.member.id == made.member.id
    assert made.secret not in str(rows(db, "SELECT * FROM sessions"))
    for wrong in ("", found.digest, made.secret[:-1], made.secret + "x", "\0", "\udce9"):
        assert await journal.find_session(wrong) is None
    change(db, f"UPDATE members SET removed_at = 1 WHERE id = '{made.member.id}'")
    assert await journal.find_session(made.secret) is None and not await journal.is_session_living(found.digest)


async def test_no_account_names_a_member_of_another(db: Database) -> None:
    journal = Journal(db)
    made = (await come(journal, "ana")).member
    for called in (made.id, "ana@studio.example", "", "\0", "%", "member_"):
        for doing in (journal.remove_member("other", called), journal.set_member_role("other", called, "viewer")):
            with pytest.raises(NotFound, check=has_code("member_not_found")):
                await doing
    assert await journal.list_members("other") == []


async def test_a_sign_in_is_taken_once_also_at_once(db: Database) -> None:
    journal = Journal(db)
    attempt = SignInAttempt(nonce="n", verifier="v", next_path="/docs")
    await journal.begin_sign_in("state", "browser", attempt)
    assert await journal.take_sign_in("state", "another") is None
    taken = await asyncio.gather(*(journal.take_sign_in("state", "browser") for _ in range(5)))
    assert sorted(one is None for one in taken) == [False, True, True, True, True] and attempt in taken
