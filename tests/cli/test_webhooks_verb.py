"""The verb ``webhooks``: a secret is printed once and alone, and a webhook of any account can be changed."""

from __future__ import annotations

from pathlib import Path


def test_the_secret_is_alone_on_standard_output_and_never_shown_again(reelwright, home: Path) -> None:
    made = reelwright("webhooks", "add", "https://hooks.example/x", "--event", "job.done", "--account", "team-1")
    assert made.code == 0 and made.out.startswith("whsec_") and len(made.out.splitlines()) == 1
    secret = made.out.strip()
    assert "job.done" in made.err and secret not in made.err
    for more in ((), ("--json",)):
        listed = reelwright("webhooks", "list", *more)
        assert "https://hooks.example/x" in listed.out and secret not in listed.out + listed.err
    (one,) = reelwright("webhooks", "list", "--json").json["webhooks"]
    rotated = reelwright("webhooks", "rotate", one["id"])
    assert rotated.out.startswith("whsec_") and rotated.out.strip() != secret


def test_a_message_is_queued_listed_and_replayed(reelwright, home: Path) -> None:
    webhook = reelwright("webhooks", "add", "https://hooks.example/x", "--json").json["webhook"]["id"]
    assert reelwright("webhooks", "deliveries").code == 0
    sent = reelwright("webhooks", "test", webhook, "--json").json
    assert (sent["kind"], sent["state"], sent["attempts"]) == ("webhook.test", "pending", 0)
    (listed,) = reelwright("webhooks", "deliveries", webhook, "--state", "pending", "--json").json["deliveries"]
    assert listed == sent and sent["id"] in reelwright("webhooks", "deliveries").out
    assert reelwright("webhooks", "replay", sent["id"], "--json").json["id"] == sent["id"]
    assert reelwright("webhooks", "enable", webhook).code == 0
    assert reelwright("webhooks", "remove", webhook, "--json").json["removed"]["id"] == webhook
    assert reelwright("webhooks", "list", "--json").json == {"webhooks": []}


def test_wrong_values_name_the_field_and_add_nothing(reelwright, home: Path) -> None:
    for given in (
        ("http://hooks.example/",), ("https://a:b@hooks.example/",), ("nowhere",),
        ("https://hooks.example/", "--event", "job.exploded"), ("https://hooks.example/", "--account", "a/b"),
    ):  # fmt: skip
        assert reelwright("webhooks", "add", *given).code == 2, given
    assert reelwright("webhooks", "list", "--json").json == {"webhooks": []}
    for verb in ("rotate", "enable", "test", "remove", "replay"):
        refused = reelwright("webhooks", verb, "nobody", "--json")
        assert refused.code == 2 and "not_found" in refused.out
    assert reelwright("webhooks", "deliveries", "nobody").code == 2


def test_a_rehearsal_has_webhooks_of_its_own(reelwright, home: Path) -> None:
    assert reelwright("webhooks", "add", "http://127.0.0.1:9000/", "--rehearse").code == 0
    assert reelwright("webhooks", "list", "--json").json == {"webhooks": []}
    assert len(reelwright("webhooks", "list", "--rehearse", "--json").json["webhooks"]) == 1
