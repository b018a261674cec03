"""The verb ``members``: people are invited, change their role, and are removed, in any account."""

from __future__ import annotations

from pathlib import Path


def test_a_person_is_invited_listed_and_withdrawn(reelwright, home: Path) -> None:
    assert "members invite" in reelwright("members", "list").err
    made = reelwright(
        "members", "invite", "Ana@Studio.example", "--role", "owner", "--account", "team-1", "--json"
    ).json
    assert (made["email"], made["role"], made["account"], made["state"]) == (
        "ana@studio.example", "owner", "team-1", "invited",
    )  # fmt: skip
    assert made["issuer"] is made["subject"] is made["last_seen_at"] is None
    (listed,) = reelwright("members", "list", "--json").json["members"]
    assert listed == made and "ana@studio.example" in reelwright("members", "list").out
    changed = reelwright("members", "role", "ANA@studio.example", "viewer", "--json").json
    assert (changed["role"], changed["role_source"], changed["id"]) == ("viewer", "here", made["id"])
    gone = reelwright("members", "remove", made["id"], "--json").json
    assert gone["state"] == "removed" and gone["removed_at"]
    assert reelwright("members", "remove", made["id"]).code == 2
    assert reelwright("members", "invite", "ana@studio.example", "--account", "team-1").code == 0, (
        "may be invited again"
    )


def test_wrong_values_name_the_field_and_invite_nobody(reelwright, home: Path) -> None:
    for given, word in (
        (("ana",), "email"), (("ana@studio",), "email"), (("a b@studio.example",), "email"), (("@x.example",), "email"),
        (("ana@studio.example", "--role", "king"), "role"), (("ana@studio.example", "--account", "../up"), "account"),
        (("",), "email"), (("a@b@studio.example",), "email"), (("ana@studio.example\nx",), "email"),
    ):  # fmt: skip
        refused = reelwright("members", "invite", *given)
        assert refused.code == 2 and word in refused.err, (given, refused.err)
    twice = [reelwright("members", "invite", "bo@studio.example").code for _ in range(2)]
    assert twice == [0, 2]
    assert reelwright("members", "role", "nobody", "viewer").code == 2
    both = reelwright("members", "invite", "bo@studio.example", "--account", "other")
    assert both.code == 0 and "2 members" in reelwright("members", "remove", "bo@studio.example").err


def test_a_rehearsal_has_members_of_its_own(reelwright, home: Path) -> None:
    assert reelwright("members", "invite", "ana@studio.example", "--rehearse").code == 0
    assert reelwright("members", "list", "--json").json == {"members": []}
    assert len(reelwright("members", "list", "--rehearse", "--json").json["members"]) == 1
