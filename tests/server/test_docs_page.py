"""The page ``/docs`` sends real requests: a person orders a clip with Chromium, watches it, and sees refusals."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.proxy import Proxy
from reelwright.server.request_forms import build_form
from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from server.browser import PROGRAM, Tab, open_browser
from server.conftest import APPROVING, Served, open_server

needs_browser = pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed")
FIND = """window.form = [...document.querySelectorAll('form')].find(
  f => f.dataset.method === METHOD && f.dataset.path === PATH); form.parentElement.open = true;"""
HOSTILE = """'><img src=x onerror="window.broken = 1"></textarea><script>window.broken = 1</script>"""


async def fill_in(tab: Tab, method: str, path: str, fill: str = "") -> None:
    """Open the form of a route, run ``fill`` on it, and click on Send."""
    find = FIND.replace("METHOD", json.dumps(method)).replace("PATH", json.dumps(path))
    await tab.run(f"(() => {{ {find} {fill}; form.querySelector('button').click(); }})()")


async def send(tab: Tab, method: str, path: str, fill: str = "") -> str:
    """Send a form, wait until all of the answer is there, and return its first line."""
    await fill_in(tab, method, path, fill)
    await tab.wait_for("form.elements.stop.hidden && !form.querySelector('output').hidden")
    return str(await tab.run("form.querySelector('output b').textContent"))


async def read(tab: Tab) -> Any:
    """Return the JSON that the form shows."""
    return json.loads(await tab.run("form.querySelector('output pre').textContent"))


async def run_command(tab: Tab, **environment: str) -> Any:
    """Type the command that the form shows into a shell, and return the JSON that it prints."""
    command = await tab.run("form.querySelector('.command').textContent")
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", f"{command} --silent --noproxy '*'", stdout=asyncio.subprocess.PIPE, env=os.environ | environment
    )
    return json.loads((await process.communicate())[0])


@needs_browser
@pytest.mark.timeout(180)
async def test_a_clip_is_ordered_and_watched_on_the_page_of_all_routes(settings: Settings, tmp_path: Path) -> None:
    rehearsal = Rehearsal(speed=3600)
    async with (
        open_server(settings, None, APPROVING, rehearsal=rehearsal) as server,
        open_browser(tmp_path / "profile") as tab,
    ):
        await tab.open(f"{server.url}/docs")
        assert (await send(tab, "POST", "/v1/videos")).startswith("200 OK · application/json")
        fill = f"form.elements.video_id.value = {json.dumps((await read(tab))['id'])}"
        for _ in range(200):
            assert (await send(tab, "GET", "/v1/videos/{video_id}", fill)).startswith("200 OK")
            if (await read(tab))["status"] == "completed":
                break
        assert (await send(tab, "GET", "/v1/videos/{video_id}/content", fill)).startswith("200 OK · video/mp4")
        await tab.wait_for("form.querySelector('output video').videoWidth > 0")
        await send(tab, "GET", "/api/v1/jobs")
        assert len((await read(tab))["jobs"]) == 1, "one click is one order"

        await fill_in(tab, "GET", "/api/v1/events")
        await tab.wait_for("form.querySelector('output pre').textContent.includes('retry:')")
        assert not await tab.run("form.elements.stop.hidden"), "a stream is shown while it goes on"
        await tab.run("form.elements.stop.click()")
        await tab.wait_for("form.elements.stop.hidden && form.querySelector('output').innerText.includes('Stopped.')")


@needs_browser
@pytest.mark.timeout(180)
async def test_what_is_typed_reaches_the_server_as_it_is_and_the_command_does_the_same(
    server: Served, tmp_path: Path
) -> None:
    async with open_browser(tmp_path / "profile") as tab:
        await tab.open(f"{server.url}/docs")
        odd = 'a?b=c&d=1#d%2e ü\' "$HOME" `id` \\'
        fill = f"form.elements.job.value = {json.dumps(odd)}"
        assert (await send(tab, "GET", "/api/v1/jobs/{job}", fill)).startswith("404")
        assert (await read(tab))["params"] == {"job": odd} == (await run_command(tab))["params"]

        body = json.dumps({"brief": odd, "flavor": "it's none"})
        fill = f"form.querySelector('textarea').value = {json.dumps(body)}"
        assert (await send(tab, "POST", "/api/v1/quotes", fill)).startswith("422")
        shown = await read(tab)
        assert shown["value"] == "it's none" and shown == await run_command(tab)

        chosen = """form.elements['content-type'].value = 'multipart/form-data';
          form.elements['content-type'].dispatchEvent(new Event('change'));
          const files = new DataTransfer(); files.items.add(new File(['text'], 'not a picture.png'));
          form.querySelector('fieldset:not([disabled]) input').files = files.files"""
        assert (await send(tab, "POST", "/api/v1/assets", chosen)).startswith("422")
        assert (await read(tab))["field"] == "file"
        assert "-F 'file=@not a picture.png'" in await tab.run("form.querySelector('.command').textContent")


@needs_browser
@pytest.mark.timeout(180)
async def test_the_key_is_sent_and_not_shown(settings: Settings, proxy: Proxy, tmp_path: Path) -> None:
    options = replace(APPROVING, has_director=False, is_key_required=True)
    async with open_server(settings, proxy, options) as server, open_browser(tmp_path / "profile") as tab:
        key = (await server.deployment.get_studio().create_api_key("one", "owner")).secret
        await tab.call("Network.enable")
        await tab.call("Network.setExtraHTTPHeaders", headers={"Authorization": f"Bearer {key}"})
        await tab.open(f"{server.url}/docs")
        await tab.call("Network.setExtraHTTPHeaders", headers={})

        assert (await send(tab, "GET", "/api/v1/me")).startswith("401")
        await tab.run(f"document.getElementById('api-key').value = {json.dumps(key)}")
        assert (await send(tab, "GET", "/api/v1/me")).startswith("200")
        assert (await read(tab))["role"] == "owner"
        assert key not in await tab.run("document.documentElement.outerHTML")
        assert (await run_command(tab, API_KEY=key))["role"] == "owner"


@needs_browser
@pytest.mark.timeout(120)
async def test_what_the_server_answers_is_shown_and_never_run(server: Served, tmp_path: Path) -> None:
    async with open_browser(tmp_path / "profile") as tab:
        await tab.open(f"{server.url}/docs")
        fill = f"form.elements.job.value = {json.dumps(HOSTILE)}"
        assert (await send(tab, "GET", "/api/v1/jobs/{job}", fill)).startswith("404")
        assert "onerror" in await tab.run("form.querySelector('output').innerText")
        assert not await tab.run("'broken' in window")
        blocked = """new Promise(done => { addEventListener('securitypolicyviolation', e => done(e.violatedDirective));
          fetch('http://127.0.0.1:1/').catch(() => {}); setTimeout(() => done('sent'), 5000) })"""
        assert await tab.run(blocked) == "connect-src", "the page reaches no other host"


def test_no_description_breaks_out_of_its_form() -> None:
    schema = {"required": [HOSTILE], "properties": {HOSTILE: {"type": "string", "enum": [HOSTILE]}}}
    content = {"application/json": {"schema": schema}, "multipart/form-data": {"schema": schema}}
    parameter = {"name": HOSTILE, "in": "query", "schema": {"default": HOSTILE}}
    form = build_form("post", f"/x/{HOSTILE}", {"parameters": [parameter], "requestBody": {"content": content}})
    assert "<img" not in form and "<script" not in form and form.count("</textarea>") == 1


def test_the_body_begins_as_the_example_or_with_the_fields_that_are_needed() -> None:
    fields = {"role": {"enum": ["viewer"]}, "n": {"type": "integer"}, "x": {}}
    body = {"schema": {"required": ["role", "n"], "properties": fields}}
    form = build_form("post", "/x", {"requestBody": {"content": {"application/json": body}}})
    assert '{\n  "role": "viewer",\n  "n": 0\n}</textarea>' in form
    given = {"application/json": {**body, "example": {"role": "ü"}}}
    assert '{\n  "role": "ü"\n}</textarea>' in build_form("post", "/x", {"requestBody": {"content": given}})
