"""Who may address a server without sign-in, and with how large and how slow a request."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from client.proxy import Proxy
from reelwright.errors import BadInput
from reelwright.server import guards
from reelwright.settings import Settings
from server.conftest import APPROVING, MODEL, Served, open_server

PROMPT = {"prompt": "x", "model": MODEL}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "[", "", "localhost@e.x"]
)
async def test_another_name_is_refused_so_that_no_page_can_resolve_its_own_to_this_machine(
    server: Served, host: str
) -> None:
    async with server.open_client() as client:
        answer = await client.get("/v1/videos", headers={"Host": host})
        assert answer.status_code in (400, 421) and "data" not in answer.text


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1:99", "[::1]:8000", "studio.example"])
async def test_the_names_of_this_machine_and_of_its_proxy_are_accepted(
    settings: Settings, proxy: Proxy, name: str
) -> None:
    options = replace(APPROVING, hosts=frozenset({"studio.example"}))
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        assert (await client.get("/v1/videos", headers={"Host": name})).status_code == 200


async def test_a_page_of_another_site_can_change_nothing(server: Served) -> None:
    async with server.open_client() as client:
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = await client.post("/v1/videos", json=PROMPT, headers=headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_origin")
        assert (await client.get("/v1/videos")).json()["data"] == []
        own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
        assert (await client.post("/v1/videos", json=PROMPT, headers=own)).status_code == 200


NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


async def test_a_page_of_another_site_loads_nothing_where_no_key_is_needed(settings: Settings, proxy: Proxy) -> None:
    """A picture in any page in the browser would make the server work: draw previews, read lists, begin streams."""
    cross = {"Sec-Fetch-Site": "cross-site"}
    options = replace(APPROVING, has_director=False, origins=("https://studio.example",))
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        for path in ("/v1/videos", "/api/v1/jobs", "/api/v1/events", "/openapi.json", "/api/status/x", "/docs"):
            assert (await client.get(path, headers=cross)).status_code == 403, path
        assert (await client.get("/v1/videos", headers=cross | NAVIGATION)).status_code == 403
        assert (await client.get("/docs", headers=cross | NAVIGATION)).status_code == 200
        assert (await client.get("/links/x/y", headers=cross)).status_code == 404, "a signed link is for everybody"
        for allowed in ({"Origin": "https://studio.example"}, {"Referer": "https://studio.example/board?x=1"}):
            assert (await client.get("/v1/videos", headers=cross | allowed)).status_code == 200
        for other in ({"Origin": "https://evil.example"}, {"Referer": "https://evil.example/https://studio.example"}):
            assert (await client.get("/v1/videos", headers=cross | other)).status_code == 403
        for site in ("same-origin", "same-site", "none"):
            assert (await client.get("/v1/videos", headers={"Sec-Fetch-Site": site})).status_code == 200
    keyed = replace(options, is_key_required=True)
    async with open_server(settings, proxy, keyed) as server, server.open_client() as client:
        assert (await client.get("/v1/videos", headers=cross)).status_code == 401, "a page has no key"


PAGE = "https://studio.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
STRANGERS = ["https://evil.example", "http://studio.example", "https://studio.example.evil.example", "null",
             "https://studio.example:8443", "https://evil.example/https://studio.example", ""]  # fmt: skip


async def test_only_the_pages_of_allowed_origins_use_the_server_from_a_browser(
    settings: Settings, proxy: Proxy
) -> None:
    options = replace(APPROVING, has_director=False, origins=("HTTPS://Studio.example:443", "http://localhost:3000"))
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        for origin in (PAGE, "http://localhost:3000"):
            asked = await client.options("/v1/videos", headers={"Origin": origin, **PREFLIGHT})
            assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, origin)
            assert "POST" in asked.headers["access-control-allow-methods"]
            assert "authorization" in asked.headers["access-control-allow-headers"]
            page = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
            made = await client.post("/v1/videos", json=PROMPT, headers=page)
            assert made.status_code == 200 and made.headers["access-control-allow-origin"] == origin
            missing = await client.get("/api/v1/jobs/x", headers=page)
            assert missing.status_code == 404 and missing.headers["access-control-allow-origin"] == origin
            for answer in (asked, made, missing):
                assert "access-control-allow-credentials" not in answer.headers and "Origin" in answer.headers["vary"]
        for origin in STRANGERS:
            asked = await client.options("/v1/videos", headers={"Origin": origin, **PREFLIGHT})
            read = await client.get("/v1/videos", headers={"Origin": origin})
            made = await client.post("/v1/videos", json=PROMPT, headers={"Origin": origin})
            assert (asked.status_code, made.status_code) == (400, 403), origin
            for answer in (asked, read, made):
                assert "access-control-allow-origin" not in answer.headers, origin
        another = {"Origin": PAGE, "Host": "evil.example", **PREFLIGHT}
        assert (await client.options("/v1/videos", headers=another)).status_code == 421
        assert len((await client.get("/v1/videos")).json()["data"]) == 2


async def test_unless_told_otherwise_no_page_of_another_site_reads_an_answer(server: Served) -> None:
    async with server.open_client() as client:
        asked = await client.options("/v1/videos", headers={"Origin": PAGE, **PREFLIGHT})
        read = await client.get("/v1/videos", headers={"Origin": PAGE})
        assert asked.status_code == 405
        assert not [name for one in (asked, read) for name in one.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "", "https://*.example", "studio.example", "https://studio.example/", "https://a b", "file:///x",
     "https://me@studio.example", "https://studio.example:99999", "https://studio.example?x", "https://studio.example\n#",
     "https://stüdio.example", "https://", "https://a..b"],
)  # fmt: skip
def test_what_is_no_origin_is_refused_by_name(origin: str) -> None:
    with pytest.raises(BadInput) as refused:
        guards.parse_origin(origin)
    assert refused.value.field == "allow_origin" and "no *" in str(refused.value)


async def test_a_server_with_a_wrong_origin_does_not_start(settings: Settings, proxy: Proxy) -> None:
    with pytest.raises(BadInput, match="allow_origin"):
        async with open_server(settings, proxy, replace(APPROVING, origins=("*",))):
            pass


async def test_no_body_is_larger_than_a_request_may_be(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "BODY_BYTES", 1000)

    async def parts() -> object:
        for _ in range(20):
            yield b"x" * 100

    async with server.open_client() as client:
        for content in (b"x" * 1001, parts()):
            answer = await client.post("/v1/videos", content=content, headers={"Content-Type": "application/json"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


async def test_a_body_that_stands_still_is_refused(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "BODY_PAUSE_S", 0.2)
    host, _, port = server.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /v1/videos HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    writer.write(f"{head}{{".encode())
    async with asyncio.timeout(5):
        assert b" 408 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_an_address_that_others_can_reach_is_refused_without_sign_in(settings: Settings, proxy: Proxy) -> None:
    with pytest.raises(BadInput, match="requires API keys"):
        async with open_server(settings, proxy, replace(APPROVING, host="0.0.0.0")):
            pass


async def test_a_port_that_is_taken_is_told_as_such(server: Served, settings: Settings, proxy: Proxy) -> None:
    from reelwright.server.serving import serve
    from reelwright.studio.studio import AsyncStudio

    port = int(server.url.rpartition(":")[2])
    async with AsyncStudio(settings, providers={proxy.name: proxy}) as studio:
        with pytest.raises(BadInput, match=f"port: {port}"):
            await serve(studio, replace(APPROVING, port=port), lambda url, deployment: None)


@pytest.mark.parametrize(
    ("public_url", "begins"), [("", "http://127.0.0.1:"), ("https://films.example", "https://films.example/")]
)
async def test_the_host_of_a_request_decides_no_link(
    settings: Settings, proxy: Proxy, public_url: str, begins: str
) -> None:
    """With keys any name is served. Only the public address, an allowed name or this machine stands in a link."""
    settings = replace(settings, public_url=public_url)
    options = replace(APPROVING, is_key_required=True)
    async with open_server(settings, proxy, options) as server:
        secret = (await server.deployment.get_studio().create_api_key("me", "owner", auto_approve="1")).secret
        async with server.open_client(headers={"Authorization": f"Bearer {secret}"}) as client:
            job = (await client.post("/generate", json=PROMPT)).json()["job_id"]
            async with asyncio.timeout(30):
                while (await client.get(f"/status/{job}")).json()["status"] != "COMPLETED":
                    await asyncio.sleep(0.05)
            for host in ("evil.example", "evil.example:443", "127.0.0.1.evil.example", "a@evil.example", ""):
                evil = {"Host": host}
                link = (await client.post(f"/api/v1/jobs/{job}/files/0/links", headers=evil)).json()["url"]
                done = (await client.get(f"/v1beta/operations/{job}", headers=evil)).json()["response"]
                (sample,) = done["generateVideoResponse"]["generatedSamples"]
                moved = await client.get("/api/v1/jobs/", headers=evil, follow_redirects=False)
                lost = (await client.get("/nowhere", headers=evil)).text
                places = [link, sample["video"]["uri"], moved.headers.get("location", begins)]
                assert [one for one in places if not one.startswith(begins)] == [], host
                assert "evil" not in lost


async def test_an_allowed_name_stands_in_links(settings: Settings, proxy: Proxy) -> None:
    options = replace(APPROVING, is_key_required=True, hosts=frozenset({"studio.example"}), has_director=False)
    async with open_server(settings, proxy, options) as server:
        secret = (await server.deployment.get_studio().create_api_key("me", "owner", auto_approve="1")).secret
        async with server.open_client(headers={"Authorization": f"Bearer {secret}"}) as client:
            moved = await client.get("/api/v1/jobs/", headers={"Host": "studio.example:8443"}, follow_redirects=False)
            assert moved.headers["location"] == "http://studio.example:8443/api/v1/jobs"
