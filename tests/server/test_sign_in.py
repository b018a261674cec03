"""Sign-in by OpenID Connect, against an issuer of the tests' own: who comes in, as what, for how long, who does not.

Not seen: the issuers of others. What they send was read in their references, and no account of theirs was used.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
import websockets

from client.proxy import Proxy
from reelwright.errors import BadInput
from reelwright.net.keys import Keys
from reelwright.server.access import KEY_REFUSED
from reelwright.server.sign_in import issuer as issuer_module
from reelwright.server.sign_in.id_token import read_person
from reelwright.server.sign_in.sign_in_options import read_sign_in_options
from reelwright.settings import Settings, load_settings
from reelwright.store.database.database import Database
from server.conftest import APPROVING, MODEL, Served, open_server
from server.local_issuer import ANA, BO, CLIENT, SECRET, LocalIssuer, open_issuer
from server.test_metrics import find_free_port
from store.observing import change, rows
from yardstick import slowness

IDLE = replace(APPROVING, has_director=False)
COOKIE, HOST = "reelwright-session", "127.0.0.1"
SECRET_VARIABLE = "REELWRIGHT_OIDC_CLIENT_SECRET"
ROLES = "Studio.Owner=owner, Studio.Editor=producer, Studio.Reader=viewer"
OWNER, EDITOR = {**ANA, "roles": ["Studio.Owner"]}, {**BO, "roles": ["Studio.Editor", "something else"]}
PAGE = {"Accept": "text/html,application/xhtml+xml"}


@asynccontextmanager
async def serve_with(
    settings: Settings,
    issuer: LocalIssuer,
    proxy: Proxy | None = None,
    options: Any = IDLE,
    *,
    can_draw: bool = False,
    **more: Any,
) -> AsyncIterator[Served]:
    """A server at which the people of ``issuer`` sign in."""
    port = find_free_port()
    given = {"oidc_issuer": issuer.url, "oidc_client_id": CLIENT, "oidc_roles": ROLES, **more}
    given.setdefault("public_url", f"http://127.0.0.1:{port}")
    async with open_server(replace(settings, **given), proxy, options, port, can_draw=can_draw) as served:
        yield served


@pytest.fixture
async def issuer() -> AsyncIterator[LocalIssuer]:
    async with open_issuer(person=OWNER) as opened:
        yield opened


@pytest.fixture
async def server(settings: Settings, proxy: Proxy, issuer: LocalIssuer) -> AsyncIterator[Served]:
    async with serve_with(settings, issuer, proxy) as served:
        yield served


async def go_to_issuer(client: httpx2.AsyncClient, next_path: str | None = None) -> str:
    """Begin a sign-in, sign in at the issuer, and return the address to which it sends the browser back."""
    begun = await client.get("/auth/sign-in", params={"next": next_path} if next_path else None)
    assert begun.status_code == 303, begun.text
    back = await client.get(begun.headers["location"])
    assert back.status_code == 303, back.text
    return str(back.headers["location"])


async def sign_in(client: httpx2.AsyncClient, next_path: str | None = None) -> httpx2.Response:
    return await client.get(await go_to_issuer(client, next_path))


def own_page(server: Served) -> dict[str, str]:
    """What a browser adds to a change that a page of this server sends."""
    return {"Origin": server.url}


@asynccontextmanager
async def open_member(server: Served, issuer: LocalIssuer, person: dict[str, Any]) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in which ``person`` is signed in."""
    async with server.open_client() as client:
        issuer.person = person
        answer = await sign_in(client)
        assert answer.status_code == 303, answer.text
        yield client


def refused_code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# coming in


async def test_a_person_signs_in_and_is_known_afterwards(server: Served, issuer: LocalIssuer) -> None:
    async with server.open_client() as client:
        assert refused_code(await client.get("/api/v1/me")) == (401, "sign_in_needed")
        answer = await sign_in(client, "/docs?x=1")
        assert answer.status_code == 303 and answer.headers["location"] == "/docs?x=1"
        assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
        me = (await client.get("/api/v1/me")).json()
        assert {**me, "id": ""} == {
            "caller_kind": "member", "id": "", "account": "local", "role": "owner", "name": "Ana Ruiz",
            "email": "ana@studio.example",
        }  # fmt: skip
        (member,) = (await client.get("/api/v1/members")).json()["members"]
        assert (member["id"], member["issuer"], member["subject"]) == (me["id"], issuer.url, "ana-0001")
        assert member["state"] == "member" and member["role_source"] == "issuer" and member["last_seen_at"]
        assert len(client.cookies) == 1, "the cookie of the sign-in is gone"


async def test_a_page_sends_its_reader_to_sign_in_and_back(server: Served) -> None:
    async with server.open_client() as client:
        sent = await client.get("/docs?a=b&c=%20d", headers=PAGE)
        assert sent.status_code == 303
        assert sent.headers["location"] == "/auth/sign-in?" + urlencode({"next": "/docs?a=b&c=%20d"})
        begun = await client.get(sent.headers["location"])
        back = await client.get(begun.headers["location"])
        assert (await client.get(back.headers["location"])).headers["location"] == "/docs?a=b&c=%20d"
        assert (await client.get("/docs", headers=PAGE)).status_code == 200


@pytest.mark.parametrize(
    "next_path",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "docs",
     "/docs\r\nSet-Cookie: a=b", "/\tdocs", "/döcs", "/" + "a" * 3000, " /docs", "http:evil", "/\\/evil.example",
     "/docs\\..\\x", "@evil.example", "?next=//evil.example"],
)  # fmt: skip
async def test_a_sign_in_leads_to_no_other_place(server: Served, issuer: LocalIssuer, next_path: str) -> None:
    async with server.open_client() as client:
        answer = await client.get("/auth/sign-in", params={"next": next_path})
        assert answer.status_code == 422 and answer.json()["field"] == "next"
        assert not client.cookies and not issuer.fetched


async def test_the_browser_gives_the_issuer_what_binds_its_answer(server: Served, issuer: LocalIssuer) -> None:
    async with server.open_client() as client:
        begun = [parse_qs(urlsplit((await client.get("/auth/sign-in")).headers["location"]).query) for _ in range(2)]
    for asked in begun:
        assert asked["code_challenge_method"] == ["S256"] and len(asked["code_challenge"][0]) == 43
        assert asked["redirect_uri"] == [f"{server.url}/auth/callback"] and asked["scope"] == ["openid profile email"]
    for name in ("state", "nonce", "code_challenge"):
        values = {asked[name][0] for asked in begun}
        assert len(values) == 2 and min(map(len, values)) >= 43, name
    stored = json.dumps(rows(server.deployment.runtime.database, "SELECT state, browser FROM sign_ins"))
    assert all(asked["state"][0] not in stored for asked in begun)


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post", "none"])
async def test_each_way_in_which_a_client_proves_itself(
    settings: Settings, issuer: LocalIssuer, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way != "none":
        issuer.secret = SECRET
        monkeypatch.setenv(SECRET_VARIABLE, SECRET)
        issuer.metadata = {"token_endpoint_auth_methods_supported": [way]}
    async with serve_with(settings, issuer) as server, server.open_client() as client:
        assert (await sign_in(client)).status_code == 303
        issuer.secret = "another"
        assert refused_code(await sign_in(client)) == (502, "client_refused")


def test_the_client_secret_is_kept_like_other_secrets(settings: Settings) -> None:
    given = replace(settings, oidc_issuer="https://i.example", oidc_client_id="c", public_url="https://studio.example")
    given.home.mkdir(parents=True)
    file = given.home / "keys.yaml"
    file.write_text(f"oidc: {SECRET}\n")
    file.chmod(0o600)
    options = read_sign_in_options(given, Keys(given, {}))
    assert options.secret and options.secret.secret == SECRET and SECRET not in repr(options)
    assert read_sign_in_options(given, Keys(given, {SECRET_VARIABLE: "other-secret"})).secret != options.secret
    file.unlink()
    assert read_sign_in_options(given, Keys(given, {})).secret is None


# what is refused


async def refuse(client: httpx2.AsyncClient, *, page: bool = False) -> httpx2.Response:
    """Sign in, which fails: no session, and no trace of a person."""
    url = await go_to_issuer(client)
    answer = await client.get(url, headers=PAGE if page else {})
    assert COOKIE not in client.cookies and COOKIE not in answer.headers.get("set-cookie", "")
    assert (await client.get("/api/v1/me")).status_code == 401
    return answer


LIES: dict[str, tuple[dict[str, Any], str]] = {
    "another audience": ({"aud": "somebody-else"}, "token_audience"),
    "several audiences": ({"aud": [CLIENT, "somebody-else"]}, "token_audience"),
    "several, for another": ({"aud": [CLIENT, "x"], "azp": "x"}, "token_audience"),
    "no audience": ({"aud": None}, "token_audience"),
    "a number as audience": ({"aud": 7}, "token_audience"),
    "another issuer": ({"iss": "https://issuer.example"}, "token_issuer"),
    "no issuer": ({"iss": None}, "token_issuer"),
    "expired": ({"exp": 1_700_000_000}, "token_expired"),
    "no expiry": ({"exp": None}, "token_expired"),
    "expiry as text": ({"exp": "never"}, "token_expired"),
    "not valid yet": ({"nbf": 4_000_000_000}, "token_not_yet_valid"),
    "issued in the future": ({"iat": 4_000_000_000}, "token_not_yet_valid"),
    "another nonce": ({"nonce": "another"}, "token_nonce"),
    "no nonce": ({"nonce": None}, "token_nonce"),
    "no subject": ({"sub": None}, "token_subject"),
    "an empty subject": ({"sub": ""}, "token_subject"),
    "a blank subject": ({"sub": "  "}, "token_subject"),
    "a number as subject": ({"sub": 7}, "token_subject"),
    "a long subject": ({"sub": "x" * 256}, "token_subject"),
    "a list as subject": ({"sub": ["ana-0001"]}, "token_subject"),
    "the hash of another access token": ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "token_claim"),
}


async def test_a_token_with_a_wrong_claim_signs_nobody_in(server: Served, issuer: LocalIssuer) -> None:
    async with server.open_client() as client:
        for name, (claims, code) in LIES.items():
            with issuer.lie(**claims):
                assert refused_code(await refuse(client)) == (403, code), name
        assert rows(server.deployment.runtime.database, "SELECT * FROM members") == []
        assert (await sign_in(client)).status_code == 303, "the issuer was not at fault otherwise"


async def test_clocks_may_differ_by_a_minute(server: Served, issuer: LocalIssuer) -> None:
    import time

    now = int(time.time())
    async with server.open_client() as client:
        for claims in ({"exp": now - 40}, {"nbf": now + 40}, {"iat": now + 40}):
            with issuer.lie(**claims):
                assert (await sign_in(client)).status_code == 303, claims
        client.cookies.clear()
        for claims in ({"exp": now - 90}, {"nbf": now + 120}, {"iat": now + 120}):
            with issuer.lie(**claims):
                assert (await refuse(client)).status_code == 403, claims


@pytest.mark.parametrize(
    ("signing", "status", "code"),
    [("none", 403, "token_algorithm"), ("HS256", 403, "token_algorithm"), ("forged", 403, "token_signature"),
     ("changed", 403, "token_signature"), ("garbage", 403, "token_malformed"), ("nothing", 502, "issuer_unfit")],
)  # fmt: skip
async def test_a_token_that_the_issuer_did_not_sign_signs_nobody_in(
    server: Served, issuer: LocalIssuer, signing: str, status: int, code: str
) -> None:
    issuer.signing = signing
    async with server.open_client() as client:
        assert refused_code(await refuse(client)) == (status, code)


@pytest.mark.parametrize("signing", ["RS256", "PS256", "ES256", "without kid"])
async def test_an_issuer_signs_as_it_likes_if_it_signs(server: Served, issuer: LocalIssuer, signing: str) -> None:
    issuer.signing = signing
    if signing == "ES256":
        issuer.sign("x")  # makes its key
    async with server.open_client() as client:
        assert (await sign_in(client)).status_code == 303


async def test_a_rotated_key_is_fetched_once_and_not_more_often_than_it_may(
    server: Served, issuer: LocalIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with server.open_client() as client:
        assert (await sign_in(client)).status_code == 303
        assert issuer.fetched.count("jwks") == 1 and issuer.fetched.count("describe") == 1
        client.cookies.clear()
        issuer.rotate()
        assert refused_code(await refuse(client)) == (403, "token_signature"), "the keys were fetched a moment ago"
        assert issuer.fetched.count("jwks") == 1
        monkeypatch.setattr(issuer_module, "ISSUER_KEYS_REFETCH_S", 0.0)
        assert (await sign_in(client)).status_code == 303
        assert issuer.fetched.count("jwks") == 2
        client.cookies.clear()
        issuer.rotate("third", is_published=False)
        assert refused_code(await refuse(client)) == (403, "token_signature")
        assert issuer.fetched.count("jwks") == 3, "once for a sign-in"
        issuer.rotate("second")
        assert (await sign_in(client)).status_code == 303, "another key under the name of an old one"


async def test_a_state_is_answered_once_in_the_browser_that_began(server: Served, issuer: LocalIssuer) -> None:
    async with server.open_client() as client, server.open_client() as other:
        url = await go_to_issuer(client)
        for path in (
            "/auth/callback",
            "/auth/callback?code=x",
            "/auth/callback?state=&code=x",
            "/auth/callback?state=x",
        ):
            assert refused_code(await client.get(path)) == (400, "sign_in_unknown"), path
        assert refused_code(await other.get(url)) == (400, "sign_in_unknown"), "another browser"
        foreign = dict(parse_qs(urlsplit(await go_to_issuer(other)).query))
        mixed = url.split("state=")[0] + urlencode({"state": foreign["state"][0]})
        assert refused_code(await client.get(mixed)) == (400, "sign_in_unknown"), "the state of another browser"
        kept = dict(client.cookies)
        assert (await client.get(url)).status_code == 303
        for name, value in kept.items():
            client.cookies.set(name, value)
        assert refused_code(await client.get(url)) == (400, "sign_in_unknown"), "answered already"
        assert (await other.get("/api/v1/me")).status_code == 401


async def test_two_answers_at_once_make_one_session(server: Served) -> None:
    async with server.open_client() as client:
        url = await go_to_issuer(client)
        answers = await asyncio.gather(*(client.get(url) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [303, 400, 400, 400, 400]
    assert len(rows(server.deployment.runtime.database, "SELECT * FROM sessions")) == 1


async def test_a_sign_in_waits_ten_minutes_and_no_longer(server: Served) -> None:
    database = server.deployment.runtime.database
    async with server.open_client() as client:
        url = await go_to_issuer(client)
        change(database, "UPDATE sign_ins SET begun_at = begun_at - 601000")
        assert refused_code(await client.get(url)) == (400, "sign_in_unknown")
        await client.get("/auth/sign-in")
    assert len(rows(database, "SELECT * FROM sign_ins")) == 1, "what nobody finished is swept"


async def test_a_code_that_was_used_is_refused(server: Served, issuer: LocalIssuer) -> None:
    async with server.open_client() as client:
        first = parse_qs(urlsplit(await go_to_issuer(client)).query)
        second = parse_qs(urlsplit(await go_to_issuer(client)).query)
        path = "/auth/callback?" + urlencode({"code": first["code"][0], "state": second["state"][0]})
        assert refused_code(await client.get(path)) == (403, "code_refused"), "its verifier is of another sign-in"
        issuer.used.update(issuer.codes)
        path = "/auth/callback?" + urlencode({"code": first["code"][0], "state": first["state"][0]})
        assert refused_code(await client.get(path)) == (403, "code_refused")
        assert (await client.get("/api/v1/me")).status_code == 401


HOSTILE = ("a&grant_type=password", "é", "\x00", "a" * 20_000, "../../token?x=", "\r\nHost: evil.example", "%00", "[]")


async def test_a_hostile_answer_in_the_browser_is_refused(server: Served, issuer: LocalIssuer) -> None:
    async with server.open_client() as client:
        for text in HOSTILE:
            state = parse_qs(urlsplit(await go_to_issuer(client)).query)["state"][0]
            answer = await client.get("/auth/callback", params={"code": text, "state": state})
            assert refused_code(answer) == (403, "code_refused"), text
            answer = await client.get("/auth/callback", params={"code": "x", "state": text})
            assert refused_code(answer) == (400, "sign_in_unknown"), text
            state = parse_qs(urlsplit(await go_to_issuer(client)).query)["state"][0]
            answer = await client.get("/auth/callback", params={"error": text, "state": state})
            assert refused_code(answer) == (403, "sign_in_stopped") and len(answer.text) < 2000, text
        assert not rows(server.deployment.runtime.database, "SELECT * FROM sessions")


async def test_labels_of_a_person_are_stored_only_as_text(server: Served, issuer: LocalIssuer) -> None:
    odd: tuple[Any, ...] = ("\x00", "\ud800", "a\nb", ["x"], {"a": 1}, 7, None, "x" * 5000, "\u202eevil")
    async with server.open_client() as client:
        for value in odd:
            issuer.person = {**OWNER, "name": value, "email": value, "preferred_username": value}
            assert (await sign_in(client)).status_code == 303, repr(value)
            me = (await client.get("/api/v1/me")).json()
            assert all(isinstance(me[one], str) and len(me[one]) <= 200 for one in ("name", "email"))
            assert me["name"].isprintable() and me["role"] == "owner"
        for name in ("علی\u200cرضا", "O’Néill-Łuczak", "李小龍"):
            issuer.person = {**OWNER, "name": name}
            assert (await sign_in(client)).status_code == 303
            assert (await client.get("/api/v1/me")).json()["name"] == name


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("invalid_grant", 403, "code_refused"), ("invalid_client", 502, "client_refused"),
     ("away", 503, "issuer_unreachable"), ("server_error", 403, "code_refused")],
)  # fmt: skip
async def test_an_error_of_the_token_endpoint_is_told(
    server: Served, issuer: LocalIssuer, fault: str, status: int, code: str
) -> None:
    issuer.fault = fault
    async with server.open_client() as client:
        answer = await refuse(client)
        assert refused_code(answer) == (status, code)
        assert ("retry-after" in answer.headers) == (status == 503)
        issuer.fault = ""
        assert (await sign_in(client)).status_code == 303


async def test_an_issuer_that_is_away_is_told_and_back_when_it_is(server: Served, issuer: LocalIssuer) -> None:
    issuer.is_away = True
    async with server.open_client() as client:
        answer = await client.get("/auth/sign-in")
        assert refused_code(answer) == (503, "issuer_unreachable") and int(answer.headers["retry-after"]) > 0
        page = await client.get("/auth/sign-in", headers=PAGE)
        assert page.status_code == 503 and page.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in page.headers["content-security-policy"] and "Sign in" in page.text
        assert issuer.fetched == ["describe"], "nobody asks again at once"
        assert not client.cookies and rows(server.deployment.runtime.database, "SELECT * FROM sign_ins") == []
        issuer.is_away = False
        await asyncio.sleep(2.1)
        assert (await sign_in(client)).status_code == 303


@pytest.mark.timed
async def test_an_issuer_that_nobody_answers_for_is_a_503_in_time(settings: Settings) -> None:
    closed = LocalIssuer(url=f"http://127.0.0.1:{find_free_port()}")
    async with serve_with(settings, closed) as server, server.open_client() as client:
        async with asyncio.timeout(2 * slowness()):
            assert refused_code(await client.get("/auth/sign-in")) == (503, "issuer_unreachable")
        assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    ("metadata", "code"),
    [({"issuer": "https://login.example/{tenantid}/v2.0"}, "issuer_of_many"),
     ({"issuer": "https://other.example"}, "issuer_differs"), ({"issuer": None}, "issuer_differs"),
     ({"token_endpoint": None}, "issuer_unfit"), ({"jwks_uri": "file:///etc/passwd"}, "issuer_unfit"),
     ({"token_endpoint": "http://issuer.example/token"}, "issuer_unfit"),
     ({"authorization_endpoint": "javascript:alert(1)"}, "issuer_unfit"),
     ({"authorization_endpoint": 7}, "issuer_unfit"),
     ({"token_endpoint": "https://user:password@issuer.example/"}, "issuer_unfit")],
)  # fmt: skip
async def test_a_description_that_cannot_be_trusted_is_refused(
    server: Served, issuer: LocalIssuer, metadata: dict[str, Any], code: str
) -> None:
    issuer.metadata = metadata
    async with server.open_client() as client:
        assert refused_code(await client.get("/auth/sign-in")) == (502, code)


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "10.0.0.1", "[::ffff:10.0.0.1]", "localhost.localdomain", "2130706433"]
)
async def test_an_issuer_sends_the_server_to_no_private_address(server: Served, issuer: LocalIssuer, host: str) -> None:
    issuer.metadata = {"token_endpoint": f"https://{host}/token"}
    async with server.open_client() as client:
        begun = await client.get("/auth/sign-in")
        if begun.status_code == 502:
            return
        back = await client.get(begun.headers["location"])
        assert refused_code(await client.get(back.headers["location"])) == (502, "issuer_unfit")


async def test_the_answer_names_its_issuer_where_issuers_do(server: Served, issuer: LocalIssuer) -> None:
    async with server.open_client() as client:
        url = await go_to_issuer(client)
        wrong = await client.get(url + "&iss=https%3A%2F%2Fother.example")
        assert refused_code(wrong) == (403, "token_issuer")


async def test_an_issuer_that_says_it_names_itself_must(settings: Settings, issuer: LocalIssuer) -> None:
    issuer.names_itself = True
    async with serve_with(settings, issuer) as server, server.open_client() as client:
        assert (await sign_in(client)).status_code == 303
        client.cookies.clear()
        bare = (await go_to_issuer(client)).split("&iss=")[0]
        assert refused_code(await client.get(bare)) == (403, "token_issuer")


async def test_a_person_who_changes_the_mind_reads_a_page(server: Served) -> None:
    async with server.open_client() as client:
        state = parse_qs(urlsplit(await go_to_issuer(client)).query)["state"][0]
        query = urlencode({"state": state, "error": "access_denied<script>", "error_description": "<b>x"})
        page = await client.get(f"/auth/callback?{query}", headers=PAGE)
        assert page.status_code == 403 and "access_denied&lt;script&gt;" in page.text and "<script>" not in page.text
        assert "<b>x" not in page.text


# sessions


async def test_behind_tls_the_cookie_has_all_that_a_browser_can_check(
    settings: Settings, proxy: Proxy, issuer: LocalIssuer
) -> None:
    async with serve_with(settings, issuer, proxy, public_url="https://studio.example:443") as server:
        host = {"Host": "studio.example"}
        async with server.open_client(headers=host) as client:
            begun = await client.get("/auth/sign-in")
            assert "redirect_uri=https%3A%2F%2Fstudio.example%2Fauth%2Fcallback" in begun.headers["location"]
            cookie = begun.headers["set-cookie"]
            back = await client.get(begun.headers["location"], headers={"Host": urlsplit(issuer.url).netloc})
            path = back.headers["location"].removeprefix("https://studio.example")
            answer = await client.get(path, headers={"Cookie": cookie.split(";")[0]})
            assert answer.status_code == 303, answer.text
            session = next(one for one in answer.headers.get_list("set-cookie") if COOKIE in one)
            for one in (cookie, session):
                assert one.startswith("__Host-") and "Domain" not in one
                assert all(part in one for part in ("; Secure", "; HttpOnly", "; Path=/", "; SameSite=lax"))
            signed_in = {"Cookie": session.split(";")[0]}
            assert (await client.get("/api/v1/me", headers=signed_in)).status_code == 200
            order = {"json": {"prompt": "x", "model": MODEL}}
            for origin, status in (
                ("https://studio.example", 200), ("http://studio.example", 403), ("https://studio.example:444", 403),
            ):  # fmt: skip
                answer = await client.post("/v1/videos", headers={**signed_in, "Origin": origin}, **order)
                assert answer.status_code == status, (origin, answer.text)


async def test_a_session_of_before_is_no_session_after_signing_in(server: Served, issuer: LocalIssuer) -> None:
    """Fixation: an attacker gives a browser a session, and waits until a person signs in with it."""
    async with server.open_client() as client, server.open_client() as attacker:
        for planted in ("x", "a" * 43):
            client.cookies.clear()
            client.cookies.set(COOKIE, planted, HOST)
            assert (await sign_in(client)).status_code == 303
            assert client.cookies[COOKIE] != planted
            attacker.cookies.set(COOKIE, planted, HOST)
            assert (await attacker.get("/api/v1/me")).status_code == 401
            attacker.cookies.clear()
        issuer.person = EDITOR
        assert (await sign_in(attacker)).status_code == 303
        own = attacker.cookies[COOKIE]
        issuer.person = OWNER
        client.cookies.clear()
        client.cookies.set(COOKIE, own, HOST)
        assert (await client.get("/api/v1/me")).json()["name"] == "Bo Li"
        assert (await sign_in(client)).status_code == 303
        assert (await client.get("/api/v1/me")).json()["name"] == "Ana Ruiz"
        assert (await attacker.get("/api/v1/me")).status_code == 401, "the planted session has ended"


async def test_only_the_digest_of_a_session_is_stored(server: Served) -> None:
    async with server.open_client() as client:
        await sign_in(client)
        secret = client.cookies[COOKIE]
    assert len(secret) >= 43
    database = server.deployment.runtime.database
    assert secret not in json.dumps([rows(database, f"SELECT * FROM {table}") for table in ("sessions", "members")])
    home = server.deployment.runtime.settings.home
    assert not [path for path in home.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("column", "hours", "is_over"), [("last_used_at", 7.9, False), ("last_used_at", 8.1, True),
                                     ("begun_at", 23.9, False), ("begun_at", 24.1, True)]
)  # fmt: skip
async def test_a_session_ends_after_a_working_day_without_use_and_after_a_day_in_any_case(
    server: Served, column: str, hours: float, is_over: bool
) -> None:
    async with server.open_client() as client:
        await sign_in(client)
        change(
            server.deployment.runtime.database, f"UPDATE sessions SET {column} = {column} - {int(hours * 3_600_000)}"
        )
        assert (await client.get("/api/v1/me")).status_code == (401 if is_over else 200)


async def test_use_prolongs_a_session(server: Served) -> None:
    database = server.deployment.runtime.database
    async with server.open_client() as client:
        await sign_in(client)
        change(database, "UPDATE sessions SET last_used_at = last_used_at - 18000000")
        ((before,),) = rows(database, "SELECT last_used_at FROM sessions")
        assert (await client.get("/api/v1/me")).status_code == 200
        ((after,),) = rows(database, "SELECT last_used_at FROM sessions")
        assert after > before + 17_000_000


async def test_signing_out_ends_the_session_and_offers_that_of_the_issuer(server: Served, issuer: LocalIssuer) -> None:
    async with server.open_client() as client:
        await sign_in(client)
        secret = client.cookies[COOKIE]
        assert (await client.get("/auth/sign-out")).status_code == 405
        answer = await client.post("/auth/sign-out", headers={**own_page(server), **PAGE})
        assert answer.status_code == 303 and answer.headers["location"].startswith(f"{issuer.url}/logout?")
        landed = await client.get((await client.get(answer.headers["location"])).headers["location"])
        assert landed.status_code == 200 and "signed out" in landed.text
        assert f"client_id={CLIENT}" in issuer.fetched[-1] and "id_token_hint" not in issuer.fetched[-1]
        assert COOKIE not in client.cookies
        client.cookies.set(COOKIE, secret)
        assert (await client.get("/api/v1/me")).status_code == 401
        again = await client.post("/auth/sign-out", headers=own_page(server))
        assert again.json()["signed_out"] is True, "may be repeated"


async def test_signing_out_needs_no_issuer(server: Served, issuer: LocalIssuer) -> None:
    issuer.metadata = {"end_session_endpoint": None}
    async with server.open_client() as client:
        await sign_in(client)
        answer = await client.post("/auth/sign-out", headers=own_page(server))
        assert answer.json() == {"signed_out": True, "issuer_sign_out_url": None}
        assert (await client.get("/api/v1/me")).status_code == 401


FOREIGN = (
    {}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}, {"Content-Type": "text/plain"},
    {"Origin": "https://evil.example", "X-Requested-With": "x"},
    {"Sec-Fetch-Site": "same-site", "X-Requested-With": "x"},
)  # fmt: skip


async def test_a_page_of_another_site_changes_nothing_with_the_cookie(server: Served, issuer: LocalIssuer) -> None:
    async with open_member(server, issuer, OWNER) as client:
        body = json.dumps({"prompt": "a heron", "model": MODEL})
        for headers in FOREIGN:
            for method, path in (
                ("POST", "/v1/videos"), ("POST", "/api/v1/clips"), ("POST", "/generate"), ("POST", "/auth/sign-out"),
                ("DELETE", "/api/v1/members/x"), ("PATCH", "/api/v1/members/x"), ("POST", "/api/v1/api-keys"),
                ("DELETE", "/v1/videos/x"), ("POST", "/api/upload"),
            ):  # fmt: skip
                answer = await client.request(method, path, content=body, headers=headers)
                assert answer.status_code == 403, (method, path, headers, answer.text)
        assert (await client.get("/api/v1/jobs")).json()["jobs"] == [], "and still signed in"
        for headers in ({"Origin": server.url}, {"Sec-Fetch-Site": "same-origin"}, {"X-Requested-With": "fetch"}):
            answer = await client.post(
                "/v1/videos", content=body, headers={**headers, "Content-Type": "application/json"}
            )
            assert answer.status_code == 200, (headers, answer.text)


async def test_a_key_counts_before_the_cookie_and_needs_no_origin(server: Served, issuer: LocalIssuer) -> None:
    made = await server.deployment.get_studio().create_api_key("shop", "viewer", account="other")
    bearer = {"Authorization": f"Bearer {made.secret}"}
    async with open_member(server, issuer, OWNER) as client:
        me = (await client.get("/api/v1/me", headers=bearer)).json()
        assert (me["caller_kind"], me["account"], me["name"]) == ("api_key", "other", "shop")
        unknown = {"Authorization": "Bearer rw_" + "0" * 43}
        assert refused_code(await client.get("/api/v1/me", headers=unknown)) == (401, "key_unknown")
        assert (await client.get("/api/v1/me", headers={"Authorization": "Bearer sk-any"})).status_code == 200
    async with server.open_client(headers=bearer) as program:
        assert refused_code(await program.post("/api/v1/clips", json={})) == (403, "role_too_low")


async def test_nobody_is_served_without_a_key_or_a_session(server: Served) -> None:
    async with server.open_client() as client:
        client.cookies.set(COOKIE, "x" * 43)
        for path in ("/", "/docs", "/openapi.json", "/api/v1/jobs", "/v1/models", "/status/x", "/api/v1/members"):
            answer = await client.get(path)
            assert answer.status_code == 401 and "sign_in_needed" in answer.text, path
            assert answer.headers["www-authenticate"] == "Bearer"
        for path in ("/ping", "/livez", "/readyz", "/health", "/auth/signed-out"):
            assert (await client.get(path)).status_code == 200, path
        assert (await client.get("/health")).json() == {"status": "ok"}


async def test_without_an_issuer_there_is_no_sign_in(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        for path in ("/auth/sign-in", "/auth/callback", "/auth/signed-out"):
            assert (await client.get(path)).status_code == 404
        me = (await client.get("/api/v1/me")).json()
        assert (me["caller_kind"], me["name"], me["role"], me["id"]) == ("machine", "Dev User", "owner", None)


@pytest.mark.timed
async def test_streams_follow_a_session_and_end_with_it(server: Served, issuer: LocalIssuer) -> None:
    async with open_member(server, issuer, OWNER) as client:
        made = await client.post("/v1/videos", json={"prompt": "a heron", "model": MODEL}, headers=own_page(server))
        project = (await client.get(f"/api/v1/jobs/{made.json()['id']}")).json()["project"]
        url = server.url.replace("http", "ws") + f"/api/ws/{project}"
        cookie = {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
        for origin in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            with pytest.raises((websockets.ConnectionClosed, websockets.InvalidStatus)):
                async with websockets.connect(url, additional_headers={**cookie, **origin}, proxy=None) as socket:
                    await socket.recv()
        headers = {**cookie, **own_page(server)}
        async with (
            client.stream("GET", "/api/v1/events?after=0") as stream,
            websockets.connect(url, additional_headers=headers, proxy=None) as socket,
        ):
            lines = stream.aiter_lines()
            assert json.loads(await socket.recv())["project"] == project
            async for line in lines:
                if line.startswith("data: "):
                    assert json.loads(line.removeprefix("data: "))["project"] == project
                    break
            await client.post("/auth/sign-out", headers=own_page(server))
            async with asyncio.timeout(3 * slowness()):
                async for _ in lines:
                    pass
                with pytest.raises(websockets.ConnectionClosed) as closed:
                    while True:
                        await socket.recv()
            assert closed.value.rcvd and closed.value.rcvd.code == KEY_REFUSED


# members


async def test_roles_come_from_the_claim_with_each_sign_in(server: Served, issuer: LocalIssuer) -> None:
    async with server.open_client() as client:
        for values, role in (
            (["Studio.Reader"], "viewer"), (["Studio.Reader", "Studio.Editor"], "producer"), ("Studio.Owner", "owner"),
            (["Studio.Reader", 7, None, {}], "viewer"),
        ):  # fmt: skip
            issuer.person = {**ANA, "roles": values}
            assert (await sign_in(client)).status_code == 303
            assert (await client.get("/api/v1/me")).json()["role"] == role
        issuer.person = {**ANA, "roles": ["studio.owner", "Studio.Owner "]}
        assert refused_code(await sign_in(client)) == (403, "not_a_member"), "the issuer gives no role any more"
        assert (await client.get("/api/v1/me")).status_code == 401, "and the session of before has ended"
    assert len(rows(server.deployment.runtime.database, "SELECT * FROM members")) == 1


async def test_a_changed_role_ends_what_was_signed_in_before(server: Served, issuer: LocalIssuer) -> None:
    async with open_member(server, issuer, OWNER) as owner, open_member(server, issuer, EDITOR) as editor:
        member = (await editor.get("/api/v1/me")).json()["id"]
        path = f"/api/v1/members/{member}"
        assert refused_code(await editor.get("/api/v1/members")) == (403, "role_too_low")
        assert refused_code(await editor.patch(path, json={"role": "owner"}, headers=own_page(server)))[0] == 403
        for body, field in (({"role": "king"}, "role"), ({}, "role"), ({"role": "owner", "account": "x"}, "option")):
            answer = await owner.patch(path, json=body, headers=own_page(server))
            assert (answer.status_code, answer.json()["field"]) == (422, field)
        changed = await owner.patch(path, json={"role": "viewer"}, headers=own_page(server))
        assert (changed.json()["role"], changed.json()["role_source"]) == ("viewer", "here")
        assert (await editor.get("/api/v1/me")).status_code == 401
        assert (await sign_in(editor)).status_code == 303
        assert (await editor.get("/api/v1/me")).json()["role"] == "producer", "the issuer's role comes back"


@pytest.mark.timed
async def test_a_removed_member_is_out_at_once_and_comes_back_only_invited(server: Served, issuer: LocalIssuer) -> None:
    studio = server.deployment.get_studio()
    async with open_member(server, issuer, OWNER) as owner, open_member(server, issuer, EDITOR) as editor:
        me = (await editor.get("/api/v1/me")).json()
        async with editor.stream("GET", "/api/v1/events") as stream:
            gone = await owner.delete(f"/api/v1/members/{me['id']}", headers=own_page(server))
            assert gone.json()["state"] == "removed" and gone.json()["removed_at"]
            async with asyncio.timeout(3 * slowness()):
                async for _ in stream.aiter_lines():
                    pass
        assert (await editor.get("/api/v1/me")).status_code == 401
        assert refused_code(await sign_in(editor)) == (403, "member_removed")
        assert (await owner.delete(f"/api/v1/members/{me['id']}", headers=own_page(server))).status_code == 404
        await studio.invite_member("BO@studio.example", "viewer")
        assert (await sign_in(editor)).status_code == 303
        again = (await editor.get("/api/v1/me")).json()
        assert again["id"] != me["id"] and again["role"] == "producer"
        states = [one["state"] for one in (await owner.get("/api/v1/members")).json()["members"]]
        assert sorted(states) == ["member", "member", "removed"]


async def test_the_last_owner_stays_an_owner(server: Served, issuer: LocalIssuer) -> None:
    studio = server.deployment.get_studio()
    async with open_member(server, issuer, OWNER) as owner:
        me = (await owner.get("/api/v1/me")).json()["id"]
        await studio.invite_member("third@studio.example", "owner")
        for method, body in (("PATCH", {"role": "viewer"}), ("DELETE", None)):
            answer = await owner.request(method, f"/api/v1/members/{me}", json=body, headers=own_page(server))
            assert (answer.status_code, answer.json()["field"]) == (422, "member"), "an invited owner is none yet"
        for change_it in (studio.remove_member(me), studio.set_member_role(me, "viewer")):
            with pytest.raises(BadInput):
                await change_it
        issuer.person = {**BO, "roles": ["Studio.Owner"]}
        async with server.open_client() as other:
            await sign_in(other)
            assert (await other.delete(f"/api/v1/members/{me}", headers=own_page(server))).status_code == 200
        assert (await owner.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize(
    ("claims", "is_in"),
    [({"email_verified": True}, True), ({"email_verified": True, "email": "Ana@Studio.Example"}, True),
     ({"email_verified": False}, False), ({"email_verified": None}, False), ({"email_verified": "true"}, False),
     ({"email_verified": 1}, False), ({"email": None, "preferred_username": "ana@studio.example"}, False),
     ({"email": "ana@studio.example.evil.example"}, False), ({"email": ["ana@studio.example"]}, False),
     ({"email": "ana@evil.example@studio.example"}, False), ({"email": "ana@\u017ftudio.example"}, False)],
)  # fmt: skip
async def test_an_invitation_is_for_the_address_that_the_issuer_verified(
    settings: Settings, issuer: LocalIssuer, claims: dict[str, Any], is_in: bool
) -> None:
    async with serve_with(settings, issuer, oidc_roles="") as server, server.open_client() as client:
        studio = server.deployment.get_studio()
        invited = await studio.invite_member("ana@studio.example", "owner")
        assert invited.state == "invited"
        issuer.person = {name: one for name, one in {**ANA, **claims}.items() if one is not None}
        answer = await sign_in(client)
        assert (answer.status_code == 303) is is_in
        if not is_in:
            assert refused_code(answer) == (403, "not_a_member")
            return
        assert (await client.get("/api/v1/me")).json()["id"] == invited.id
        issuer.person = {**ANA, "sub": "another", "email": "ana@studio.example"}
        client.cookies.clear()
        assert refused_code(await sign_in(client)) == (403, "not_a_member"), "an invitation is for one person"
        issuer.person = {**ANA, "email": "ana@new.example", "name": "Ana Neu"}
        assert (await sign_in(client)).status_code == 303
        me = (await client.get("/api/v1/me")).json()
        assert (me["id"], me["name"], me["email"]) == (invited.id, "Ana Neu", "ana@new.example")


async def test_a_default_role_is_for_the_domains_that_were_named(settings: Settings, issuer: LocalIssuer) -> None:
    more = {"oidc_roles": "", "oidc_domains": "studio.example, Studio.ORG", "oidc_default_role": "viewer"}
    async with serve_with(settings, issuer, **more) as server:
        for email, is_in in (
            ("a@studio.example", True), ("b@STUDIO.org", True), ("c@evil.example", False), ("d@xstudio.example", False),
            ("e@studio.example@evil.example", False), ("f@studio.example.evil.example", False),
            ("studio.example", False),
        ):  # fmt: skip
            async with server.open_client() as client:
                issuer.person = {**ANA, "sub": email, "email": email}
                assert ((await sign_in(client)).status_code == 303) is is_in, email
                if is_in:
                    assert (await client.get("/api/v1/me")).json()["role"] == "viewer"
                    assert (await client.post("/auth/sign-out", headers=own_page(server))).status_code == 200
        async with server.open_client() as client:
            issuer.person = {**ANA, "email_verified": False}
            assert refused_code(await sign_in(client)) == (403, "not_a_member")


async def test_the_members_of_two_accounts_see_nothing_of_each_other(
    settings: Settings, proxy: Proxy, issuer: LocalIssuer
) -> None:
    async with serve_with(settings, issuer, proxy) as server:
        await server.deployment.get_studio().invite_member("bo@studio.example", "owner", account="other")
        bo = {name: one for name, one in BO.items() if name != "roles"}
        async with open_member(server, issuer, OWNER) as one, open_member(server, issuer, bo) as two:
            assert (await two.get("/api/v1/me")).json()["account"] == "other"
            made = await one.post("/v1/videos", json={"prompt": "a heron", "model": MODEL}, headers=own_page(server))
            job = made.json()["id"]
            assert (await two.get(f"/api/v1/jobs/{job}")).status_code == 404
            assert (await two.get("/api/v1/jobs")).json()["jobs"] == []
            ids = [(await client.get("/api/v1/me")).json()["id"] for client in (one, two)]
            for client, own, foreign in ((one, *ids), (two, *reversed(ids))):
                listed = (await client.get("/api/v1/members")).json()["members"]
                assert [member["id"] for member in listed] == [own]
                for called in (foreign, "nobody"):
                    path = f"/api/v1/members/{called}"
                    assert (await client.delete(path, headers=own_page(server))).status_code == 404
                    answer = await client.patch(path, json={"role": "viewer"}, headers=own_page(server))
                    assert refused_code(answer) == (404, "member_not_found")


# what members order


async def test_a_job_names_the_member_who_ordered_it_and_whose_budget_pays(
    settings: Settings, proxy: Proxy, issuer: LocalIssuer
) -> None:
    async with serve_with(settings, issuer, proxy, APPROVING) as server, open_member(server, issuer, EDITOR) as client:
        me = (await client.get("/api/v1/me")).json()["id"]
        await server.deployment.get_studio().set_budget("key", "0.30", of=me)
        made, refused = [
            await client.post("/v1/videos", json={"prompt": f"clip {n}", "model": MODEL}, headers=own_page(server))
            for n in range(2)
        ]
        assert refused.status_code == 402 and refused.json()["error"]["code"] == "above_budget"
        async with asyncio.timeout(30):
            while (await client.get(f"/api/v1/jobs/{made.json()['id']}")).json()["state"] != "done":
                await asyncio.sleep(0.1)
        listed = (await client.get("/api/v1/jobs")).json()["jobs"]
        assert {job["ordered_by"] for job in listed} == {me}
        (budget,) = await server.deployment.get_studio().list_budgets()
        assert (budget.of, budget.spent_micros) == (me, 200_000)


async def test_a_member_orders_and_lists_under_the_own_name_alone(
    settings: Settings, proxy: Proxy, issuer: LocalIssuer
) -> None:
    def form(email: str | None) -> dict[str, Any]:
        fields = {"prompt": "a heron", "model": MODEL} | ({"user_email": email} if email is not None else {})
        return {"files": {name: (None, value) for name, value in fields.items()}}

    async with serve_with(settings, issuer, proxy) as server:
        async with open_member(server, issuer, EDITOR) as client:
            page = own_page(server)
            for email in (None, "bo@studio.example", "BO@Studio.Example", ""):
                assert (await client.post("/api/generate", **form(email), headers=page)).status_code == 200, email
            answer = await client.post("/api/generate", **form("ana@studio.example"), headers=page)
            assert refused_code(answer) == (403, "label_of_another")
            for params in ({"user_email": "bo@studio.example"}, {"user_email": "BO@studio.example"}, {}):
                assert (await client.get("/api/user-jobs", params=params)).json()["count"] == 4
            answer = await client.get("/api/user-jobs", params={"user_email": "ana@studio.example"})
            assert refused_code(answer) == (403, "label_of_another")
            for account, status in (("local", 200), (None, 200), ("other", 403)):
                body = {"prompt": "x", "model": MODEL} | ({"account_id": account} if account else {})
                assert (await client.post("/generate", json=body, headers=page)).status_code == status
            assert len((await client.get("/jobs/local")).json()["jobs"]) == 2
        async with open_member(server, issuer, OWNER) as owner:
            answer = await owner.post("/api/generate", **form("guest@elsewhere.example"), headers=own_page(server))
            assert answer.status_code == 200, "owners order for others"
            found = await owner.get("/api/user-jobs", params={"user_email": "bo@studio.example"})
            assert found.json()["count"] == 4
            body = {"prompt": "x", "model": MODEL, "account_id": "guests"}
            assert (await owner.post("/generate", json=body, headers=own_page(server))).status_code == 200
        async with open_member(server, issuer, EDITOR) as client:
            assert refused_code(await client.get("/jobs/guests")) == (404, "label_not_found")


# settings


@pytest.mark.parametrize(
    ("given", "field"),
    [({"oidc_client_id": ""}, "oidc_client_id"), ({"public_url": ""}, "public_url"),
     ({"public_url": "https://studio.example/path"}, "public_url"),
     ({"public_url": "http://studio.example"}, "public_url"),
     ({"oidc_issuer": "http://issuer.example"}, "oidc_issuer"), ({"oidc_issuer": "issuer.example"}, "oidc_issuer"),
     ({"oidc_roles": "Studio.Owner"}, "oidc_roles"), ({"oidc_roles": "a=king"}, "oidc_roles"),
     ({"oidc_default_role": "owner"}, "oidc_default_role"), ({"oidc_domains": "studio.example"}, "oidc_default_role"),
     ({"oidc_domains": "@studio.example", "oidc_default_role": "viewer"}, "oidc_domains"),
     ({"oidc_scopes": "email"}, "oidc_scopes"),
     ({"oidc_issuer": "https://accounts.google.com", "oidc_default_role": "viewer"}, "oidc_domains")],
)  # fmt: skip
def test_a_wrong_setting_is_named(tmp_path: Path, given: dict[str, str], field: str) -> None:
    right = {"oidc_issuer": "https://issuer.example", "oidc_client_id": "c", "public_url": "https://studio.example"}
    environ = {f"REELWRIGHT_{name.upper()}": value for name, value in {**right, **given}.items()}
    with pytest.raises(BadInput) as caught:
        settings = load_settings({**environ, "REELWRIGHT_HOME": str(tmp_path)})
        read_sign_in_options(settings, Keys(settings, {}))
    assert caught.value.field.removeprefix("REELWRIGHT_").lower() == field


async def test_with_a_sign_in_the_server_may_be_reached_by_others(settings: Settings, issuer: LocalIssuer) -> None:
    async with serve_with(settings, issuer, None, replace(IDLE, host="0.0.0.0")) as server:
        port = urlsplit(server.url).port
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await client.get("/api/v1/jobs")).status_code == 401
    with pytest.raises(BadInput):
        async with open_server(settings, None, replace(IDLE, host="0.0.0.0")):
            pass


@pytest.fixture
def both(settings: Settings, db_url: str) -> Settings:
    return replace(settings, database=db_url)


@pytest.mark.timed
async def test_a_session_holds_on_every_server_of_a_database(both: Settings, proxy: Proxy, issuer: LocalIssuer) -> None:
    """On SQLite and PostgreSQL: begun at one server, answered at another, ended at the first."""
    async with serve_with(both, issuer, proxy) as one:
        more = {"oidc_issuer": issuer.url, "oidc_client_id": CLIENT, "oidc_roles": ROLES, "public_url": one.url}
        async with open_server(replace(both, **more), proxy, IDLE) as two, one.open_client() as client:
            url = (await go_to_issuer(client)).replace(one.url, two.url)
            assert (await client.get(url)).status_code == 303
            for server in (one, two):
                assert (await client.get(f"{server.url}/api/v1/me")).json()["name"] == "Ana Ruiz"
            me = (await client.get("/api/v1/me")).json()["id"]
            async with client.stream("GET", f"{two.url}/api/v1/events") as stream:
                await client.post("/auth/sign-out", headers={"Origin": one.url})
                async with asyncio.timeout(3 * slowness()):
                    async for _ in stream.aiter_lines():
                        pass
            assert (await client.get(f"{two.url}/api/v1/me")).status_code == 401
            (member,) = await two.deployment.get_studio().list_members()
            assert member.id == me


async def test_many_people_who_sign_in_at_once_are_each_one_member(
    both: Settings, proxy: Proxy, issuer: LocalIssuer
) -> None:
    async with serve_with(both, issuer, proxy) as server:
        clients = [server.open_client() for _ in range(6)]
        urls = [await go_to_issuer(client) for client in clients]
        answers = await asyncio.gather(*(client.get(url) for client, url in zip(clients, urls, strict=True)))
        assert [one.status_code for one in answers] == [303] * 6
        assert len(await server.deployment.get_studio().list_members()) == 1
        await server.deployment.get_studio().invite_member("shared@studio.example", "viewer")
        for n, client in enumerate(clients):
            issuer.person = {**ANA, "sub": f"person {n}", "email": "shared@studio.example", "roles": []}
            client.cookies.clear()
            urls[n] = await go_to_issuer(client)
        sign: Callable[[str], str] = issuer.sign
        numbers = iter(range(6))

        def sign_next(nonce: str) -> str:
            issuer.person = {**issuer.person, "sub": f"person {next(numbers)}"}
            return sign(nonce)

        issuer.sign = sign_next  # type: ignore[method-assign]
        answers = await asyncio.gather(*(client.get(url) for client, url in zip(clients, urls, strict=True)))
        assert sorted(one.status_code for one in answers) == [303, 403, 403, 403, 403, 403], (
            "one invitation, one member"
        )
        for client in clients:
            await client.aclose()


def test_a_restored_journal_has_no_sessions(db: Database) -> None:
    from reelwright.store.database.unit import Unit
    from reelwright.store.vault.identity import record_restored

    change(db, "INSERT INTO accounts (id, created_at) VALUES ('a', 1)")
    columns = "id, account, name, email, role, role_source, added_at"
    change(db, f"INSERT INTO members ({columns}) VALUES ('m', 'a', '', 'x@y.example', 'owner', 'here', 1)")
    change(db, "INSERT INTO sessions (digest, member, begun_at, last_used_at) VALUES ('d', 'm', 1, 1)")

    async def restore() -> None:
        def write(unit: Unit) -> None:
            record_restored(unit, "a test")

        await db.write(write)

    asyncio.run(restore())
    assert rows(db, "SELECT * FROM sessions") == [] and len(rows(db, "SELECT * FROM members")) == 1


GOOGLE = {
    "oidc_issuer": "https://accounts.google.com", "oidc_client_id": "c", "public_url": "https://studio.example",
    "oidc_domains": "studio.example", "oidc_default_role": "viewer",
}  # fmt: skip


@pytest.mark.parametrize("email", ["bo\u212a@studio.example", "b\u00f6k@studio.example", "x@y.example@studio.example"])
async def test_an_address_that_letters_of_others_can_spell_decides_nothing(
    settings: Settings, issuer: LocalIssuer, email: str
) -> None:
    """U+212A, the Kelvin sign, becomes a k in lower case: whoever could register it would have been somebody else."""
    more = {"oidc_domains": "studio.example", "oidc_default_role": "viewer", "oidc_roles": ""}
    async with serve_with(settings, issuer, **more) as server, server.open_client() as client:
        studio = server.deployment.get_studio()
        bok = await studio.invite_member("bok@studio.example", "owner")
        issuer.person = {**ANA, "email": email}
        assert refused_code(await sign_in(client)) == (403, "not_a_member")
        for refused in (studio.remove_member(email), studio.invite_member(email, "owner")):
            with pytest.raises(BadInput):
                await refused
        assert [(one.id, one.state) for one in await studio.list_members()] == [(bok.id, "invited")]


async def test_a_member_with_an_odd_address_orders_and_lists_as_nobody_else(
    settings: Settings, proxy: Proxy, issuer: LocalIssuer
) -> None:
    person = {**EDITOR, "email": "bo\u212a@studio.example"}
    async with serve_with(settings, issuer, proxy) as server:
        program = (await server.deployment.get_studio().create_api_key("p", "producer", auto_approve="1")).secret
        async with server.open_client(headers={"Authorization": f"Bearer {program}"}) as client:
            fields = {"prompt": "a heron", "model": MODEL, "user_email": "bok@studio.example"}
            made = await client.post("/api/generate", files={name: (None, value) for name, value in fields.items()})
            assert made.status_code == 200, made.text
        async with open_member(server, issuer, person) as client:
            asked = await client.get("/api/user-jobs", params={"user_email": "bok@studio.example"})
            assert refused_code(asked) == (403, "label_of_another")
            assert (await client.get("/api/user-jobs")).json()["count"] == 0


@pytest.mark.parametrize(
    ("email", "organisation", "is_vouched_for", "role"),
    [("ana@studio.example", "studio.example", True, "viewer"), ("ana@studio.example", None, False, None),
     ("ana@gmail.com", None, True, None), ("ana@studio.example", "other.example", True, None),
     ("ana@gmail.com.evil.example", None, False, None), ("ana@studio.example", ["studio.example"], True, None)],
)  # fmt: skip
def test_google_vouches_for_its_own_addresses_and_those_of_organisations(
    settings: Settings, email: str, organisation: Any, is_vouched_for: bool, role: str | None
) -> None:
    options = read_sign_in_options(replace(settings, **GOOGLE), Keys(settings, {}))
    claims = {"iss": options.issuer, "sub": "1", "email": email, "email_verified": True, "hd": organisation}
    person = read_person(claims, options)
    assert person.verified_email == (email if is_vouched_for else None) and person.email == email
    assert options.find_fallback_role(person, claims) == role


async def test_the_command_lets_people_sign_in_and_says_so(tmp_path: Path, issuer: LocalIssuer) -> None:
    """As an administrator sets it up: settings in the file, the secret in the environment, an invited owner."""
    issuer.person, issuer.secret, port = ANA, SECRET, find_free_port()
    home = tmp_path / "home"
    home.mkdir()
    given = {"oidc_issuer": issuer.url, "oidc_client_id": CLIENT, "public_url": f"http://127.0.0.1:{port}"}
    (home / "settings.yaml").write_text("".join(f"{name}: {value}\n" for name, value in given.items()))
    environ = {**os.environ, "REELWRIGHT_HOME": str(home), "REELWRIGHT_HANDS": "1", SECRET_VARIABLE: SECRET}
    program = [sys.executable, "-m", "reelwright.cli"]
    pipes = {"env": environ, "stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
    invite = (*program, "members", "invite", "ana@studio.example", "--role", "owner", "--rehearse")
    inviting = await asyncio.create_subprocess_exec(*invite, **pipes)
    _, err = await inviting.communicate()
    assert inviting.returncode == 0, err
    serving = await asyncio.create_subprocess_exec(*program, "serve", "--rehearse", "--port", str(port), **pipes)
    try:
        assert serving.stderr
        async with asyncio.timeout(60):
            lines = [(await serving.stderr.readline()).decode() for _ in range(4)]
        assert f"http://127.0.0.1:{port}/auth/sign-in with {issuer.url}" in "".join(lines), lines
        assert "signed in" in lines[0] and SECRET not in "".join(lines)
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            assert (await client.get("/api/v1/jobs")).status_code == 401
            assert (await sign_in(client)).status_code == 303
            me = (await client.get("/api/v1/me")).json()
            assert (me["role"], me["email"]) == ("owner", "ana@studio.example")
    finally:
        serving.terminate()
        _, err = await serving.communicate()
    assert SECRET not in err.decode()
