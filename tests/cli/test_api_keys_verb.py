"""The verb ``api-keys``: a secret is printed once and alone, and a key of any account can be revoked."""

from __future__ import annotations

from pathlib import Path


def test_the_secret_is_alone_on_standard_output_and_never_shown_again(reelwright, home: Path) -> None:
    made = reelwright("api-keys", "add", "web shop", "--account", "team-1", "--budget", "5", "--auto-approve", "0.50")
    assert made.code == 0 and made.out.startswith("rw_") and len(made.out.splitlines()) == 1
    secret = made.out.strip()
    assert "producer of the account team-1" in made.err and "$0.50" in made.err and "$5.00" in made.err
    assert secret not in made.err
    for more in ((), ("--json",)):
        listed = reelwright("api-keys", "list", *more)
        assert "web shop" in listed.out and secret[:9] in listed.out and secret not in listed.out + listed.err
    assert not any(secret.encode() in path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_a_key_is_made_and_revoked_as_json(reelwright, home: Path) -> None:
    made = reelwright("api-keys", "add", "ops", "--role", "owner", "--json").json
    assert made["api_key"]["account"] == "local" and made["secret"].startswith("rw_") and made["budget_usd"] is None
    gone = reelwright("api-keys", "revoke", "ops", "--json").json["revoked"]
    assert gone["id"] == made["api_key"]["id"] and gone["revoked_at"]
    assert reelwright("api-keys", "revoke", gone["id"]).code == 0
    assert [one["revoked_at"] is None for one in reelwright("api-keys", "list", "--json").json["api_keys"]] == [False]


def test_wrong_values_name_the_field_and_create_nothing(reelwright, home: Path) -> None:
    wrong = (
        (("x", "--role", "king"), "owner"), (("x", "--budget", "0"), "more than $0"), (("x", "--per", "day"), "budget"),
        (("x", "--account", "../up"), "account"), (("", "--role", "viewer"), "name"), (("a\nb",), "name"),
        (("x", "--auto-approve", "much"), "auto-approve"),
    )  # fmt: skip
    for given, word in wrong:
        refused = reelwright("api-keys", "add", *given)
        assert refused.code == 2 and word in refused.err, (given, refused.err)
    assert reelwright("api-keys", "list", "--json").json == {"api_keys": []}
    assert reelwright("api-keys", "revoke", "nobody").code == 2


def test_a_rehearsal_has_keys_of_its_own(reelwright, home: Path) -> None:
    made = reelwright("api-keys", "add", "try", "--rehearse")
    assert made.code == 0 and made.out.startswith("rw_") and len(made.out.splitlines()) == 1
    assert reelwright("api-keys", "list", "--json").json == {"api_keys": []}
    assert len(reelwright("api-keys", "list", "--rehearse", "--json").json["api_keys"]) == 1
