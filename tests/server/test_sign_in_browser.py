"""A person signs in with a real browser: Chromium, which keeps and sends cookies by its own rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.proxy import Proxy
from reelwright.settings import Settings
from server.browser import PROGRAM, open_browser
from server.local_issuer import open_issuer
from server.test_sign_in import COOKIE, OWNER, serve_with

pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed"),
    pytest.mark.timeout(180),
]
ORDER = """fetch(SERVER + '/api/v1/api-keys', {method: 'POST', credentials: 'include', mode: MODE,
  headers: {'Content-Type': 'text/plain'}, body: '{"name": "made in a page", "role": "owner"}'})"""


async def test_a_person_signs_in_and_out_with_chromium(settings: Settings, proxy: Proxy, tmp_path: Path) -> None:
    async with (
        open_issuer(person=OWNER, has_page=True) as issuer,
        serve_with(settings, issuer, proxy) as server,
        open_browser(tmp_path / "profile") as tab,
    ):
        await tab.open(f"{server.url}/docs")
        assert await tab.run("location.origin") == issuer.url, "the page of the server sends its reader to sign in"
        await tab.run("document.getElementById('go').click()")
        await tab.wait_for(f"location.href === '{server.url}/docs' && document.readyState === 'complete'")
        await tab.open(f"{server.url}/api/v1/me")
        assert '"name":"Ana Ruiz"' in await tab.run("document.body.innerText")
        assert COOKIE not in await tab.run("document.cookie"), "no script reads the session"

        await tab.open(f"{server.url}/ping")
        assert await tab.run("fetch('/api/v1/me').then(r => r.json()).then(b => b.role)") == "owner"
        own = ORDER.replace("SERVER", "''").replace("MODE", "'same-origin'")
        assert await tab.run(own.replace("text/plain", "application/json") + ".then(r => r.status)") == 201
        keys = server.deployment.get_studio().list_api_keys
        assert len(await keys()) == 1

        # another port of the same host is the same site: the browser does send the cookie
        await tab.open(f"{issuer.url}/jwks")
        foreign = ORDER.replace("SERVER", f"'{server.url}'").replace("MODE", "'no-cors'")
        await tab.run(foreign + ".then(r => r.type)")
        post = f"""(() => {{ const f = document.createElement('form'); f.method = 'post'; f.enctype = 'text/plain';
          f.action = '{server.url}/api/v1/api-keys'; const i = document.createElement('input');
          i.name = '{{"name": "x", "role": "owner", "a": "'; i.value = '"}}'; f.append(i);
          document.documentElement.append(f); f.submit(); }})()"""
        await tab.run(post)
        await tab.wait_for(f"location.href.startsWith('{server.url}') && document.readyState === 'complete'")
        assert "foreign_origin" in await tab.run("document.body.innerText")
        assert len(await keys()) == 1, "no page of another origin makes a key"

        socket = f"""new Promise(done => {{ const s = new WebSocket('{server.url.replace("http", "ws")}/api/ws/last');
          s.onmessage = m => done(m.data); s.onclose = e => done('closed ' + e.code); }})"""
        await tab.open(f"{server.url}/ping")
        assert "nothing_here_yet" in await tab.run(socket), "one of this origin is answered"
        await tab.open(f"{issuer.url}/jwks")
        assert await tab.run(socket) == "closed 1006", "a socket of another origin is refused"

        await tab.open(f"{server.url}/ping")
        await tab.run("fetch('/auth/sign-out', {method: 'POST'})")
        assert await tab.run("fetch('/api/v1/me').then(r => r.status)") == 401
