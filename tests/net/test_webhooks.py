"""A webhook is believed only with the right signature over the very bytes that came, and within five minutes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.signed_webhooks import sign_webhook
from reelwright.net.webhooks import verify_webhook

SECRET = "whsec_" + base64.b64encode(b"a secret of a webhook").decode()
OTHER = "whsec_" + base64.b64encode(b"another secret of it").decode()
BODY = '{"id": "prediction-1", "status": "succeeded", "é": 1}'.encode()


def at(seconds: float = 0) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_the_signature_is_the_standards_own() -> None:
    headers = sign_webhook(SECRET, "msg_1", BODY)
    text = b"msg_1." + headers["webhook-timestamp"].encode() + b"." + BODY
    mac = hmac.new(b"a secret of a webhook", text, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()


def test_what_was_signed_is_believed_by_any_of_the_secrets_and_any_spelling_of_the_headers() -> None:
    headers = sign_webhook(SECRET, "msg_1", BODY)
    assert verify_webhook(headers, BODY, [SECRET]) == "msg_1"
    assert verify_webhook(headers, BODY, [OTHER, SECRET]) == "msg_1"
    assert verify_webhook({name.title(): value for name, value in headers.items()}, BODY, [SECRET]) == "msg_1"
    both = {**headers, "webhook-signature": "v1,AAAA v2,x " + headers["webhook-signature"]}
    assert verify_webhook(both, BODY, [SECRET]) == "msg_1"


@pytest.mark.parametrize(("skew", "believed"), [(-301, False), (-290, True), (0, True), (290, True), (302, False)])
def test_what_is_older_or_newer_than_five_minutes_is_not_believed(skew: int, believed: bool) -> None:
    assert (verify_webhook(sign_webhook(SECRET, "msg_1", BODY, at(skew)), BODY, [SECRET]) == "msg_1") is believed


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_of_the_body_is_noticed(place: int, flip: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= flip
    assert verify_webhook(sign_webhook(SECRET, "msg_1", BODY), bytes(changed), [SECRET]) is None


@given(
    st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]),
    st.one_of(
        st.none(), st.text(max_size=30), st.sampled_from(["v1", "v1,", "v1,a,b", "nan", "inf", "1e400", "v1,=="])
    ),
)
def test_a_forged_header_is_never_believed_and_never_an_error(name: str, value: str | None) -> None:
    headers = sign_webhook(SECRET, "msg_1", BODY)
    if value == headers[name]:
        return
    forged = {k: v for k, v in headers.items() if k != name} | ({} if value is None else {name: value})
    assert verify_webhook(forged, BODY, [SECRET]) is None


def test_without_a_secret_or_with_another_nothing_is_believed() -> None:
    headers = sign_webhook(SECRET, "msg_1", BODY)
    assert [verify_webhook(headers, BODY, secrets) for secrets in ([], [OTHER], [""], ["whsec_"], ["é"])] == [None] * 5
