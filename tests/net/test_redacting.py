"""Secrets are taken out of what is said; everything else stays."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import ReelwrightError
from reelwright.net.http_response import HttpResponse
from reelwright.net.policy import MAX_SHOWN_CHARS
from reelwright.net.redact import REDACTED, redact, redact_error, redact_line, redact_shown, remember_secret

SECRET = "9f8e7d6c5b4a-canary"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}", f"authorization: {SECRET}", f"Authorization: Key {SECRET}",
        f"{{'authorization': 'Bearer {SECRET}'}}", f'{{"Authorization":"Basic {SECRET}"}}',
        f"x-api-key: {SECRET}", f"X-Goog-Api-Key: {SECRET}", f"xi-api-key={SECRET}", f"'xi-api-key': '{SECRET}'",
        f"Cookie: session={SECRET}", f"set-cookie: {SECRET}; path=/",
        f"https://x.example/f?key={SECRET}", f"https://x.example/f?a=1&api_key={SECRET}&b=2",
        f"https://x.example/f?access_token={SECRET}", f"https://x.example/f?X-Goog-Signature={SECRET}&x=1",
        f"https://x.example/f?X-Amz-Signature={SECRET}", f"https://x.example/f?X-Amz-Credential={SECRET}",
        f"https://x.example/f?sig={SECRET}", f"https://x.example/f?Signature={SECRET}", f"?token={SECRET}",
        f'{{"api_key": "{SECRET}"}}', f'{{"client_secret":"{SECRET}"}}', f'{{"password": "{SECRET}"}}',
        f"Incorrect API key provided: sk-proj-{SECRET}", f"token r8_{'a1B2c3D4' * 4} is wrong: {REDACTED}",
        f"key AIza{'a1B2c3D4' * 4}", f"bearer {SECRET} was refused", f"secret whsec_{SECRET}",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "x-eyJ-eyJ_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "abcdefghijkl.eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.c2lnbmF0",
        f"database: postgresql+psycopg://user:{SECRET}@db.example:5432/films", f"https://:{SECRET}@proxy.example/",
    ],
)  # fmt: skip
def test_what_stands_where_secrets_stand_is_taken_out(text: str) -> None:
    clean = redact(text)
    assert SECRET not in clean and "a1B2c3D4" not in clean and "c2lnbmF0" not in clean and REDACTED in clean


@pytest.mark.parametrize(
    "text",
    [
        "a lamp called Fenn, the key to a calm evening", "the tokens of the plan: 812", "prompt: a keyboard in the sun",
        "429 Too Many Requests", "model veo-3.1-generate-001 not found", "task sk-", "monkey=banana",
        "https://x.example/videos/123?index=0", "http://127.0.0.1:8000/a@b",
        "duration must be one of 4, 6, 8", "a secretary signs the policy",
    ],
)  # fmt: skip
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=60), st.text(max_size=50))
def test_a_known_secret_is_found_in_each_of_its_spellings(secret: str, around: str) -> None:
    if secret in REDACTED or secret in around:
        return
    remember_secret(secret)
    packed = base64.b64encode(secret.encode()).decode()
    for spelling in (secret, quote(secret, safe=""), packed):
        assert spelling not in redact(f"{around} {spelling} {around}").replace(REDACTED, "")


def test_a_short_text_is_no_secret() -> None:
    remember_secret("a")
    remember_secret("lamp")
    assert redact("a lamp") == "a lamp"


@given(st.text(max_size=2000))
def test_what_others_said_fits_one_printable_line(text: str) -> None:
    said = redact_line(text, 80)
    assert len(said) <= 80 and "\n" not in said and all(c.isprintable() for c in said)


def test_an_answer_shows_neither_its_headers_nor_its_body_but_says_its_words() -> None:
    body = json.dumps({"error": {"message": f"bad header Authorization: Bearer {SECRET}\x1b[31m\r\nnext"}}).encode()
    answer = HttpResponse(status=401, headers={"set-cookie": SECRET}, body=body)
    assert SECRET not in repr(answer)
    assert (
        SECRET not in answer.describe_body()
        and "bad header" in answer.describe_body()
        and "\x1b" not in answer.describe_body()
    )
    assert HttpResponse(status=200, headers={}, body=b"\xff\xfe").describe_body()
    with pytest.raises(ValueError, match="deep"):
        HttpResponse(status=200, headers={}, body=b"[" * 200_000).parse_json()


@pytest.mark.timed
@pytest.mark.parametrize("piece", ["-eyJ", "eyJaaaaaaaa.bbbbbbbb-", "api-"])
def test_a_megabyte_of_any_piece_of_a_secret_is_read_once(piece: str) -> None:
    """The pattern of tokens began again at every ``eyJ``: 240 KB took 12 s, and the server stood still meanwhile."""
    text = piece * (1_000_000 // len(piece))
    began = time.thread_time()
    redact(text)
    assert time.thread_time() - began < 2.0


def test_what_is_echoed_is_cut_and_no_part_of_a_secret_at_the_cut_is_left() -> None:
    remember_secret(SECRET)
    for before in range(MAX_SHOWN_CHARS - len(SECRET) - 1, MAX_SHOWN_CHARS + 2):
        shown = redact_shown("a " * (before // 2) + SECRET + " b" * 5_000)
        assert len(shown) <= MAX_SHOWN_CHARS and SECRET[:8] not in shown
    error = ReelwrightError(code="internal_error", kind="x", message="m" * 1_000_000)
    assert len(redact_error(error).params["message"]) == MAX_SHOWN_CHARS
