"""Chromium without a window, driven through its DevTools protocol."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import websockets

PROGRAM = shutil.which("chromium")


class Tab:
    """A tab. Every call waits until what it asks for has happened."""

    def __init__(self, socket: websockets.ClientConnection, port: str) -> None:
        self._socket, self._numbers, self._port = socket, itertools.count(1), port
        self._events: list[dict[str, Any]] = []

    @asynccontextmanager
    async def open_another(self) -> AsyncIterator[Tab]:
        """Open a second tab of the same browser, until the block ends."""
        made = await asyncio.to_thread(_ask, self._port, "new?about:blank", "PUT")
        async with websockets.connect(made["webSocketDebuggerUrl"], proxy=None, max_size=None) as socket:
            yield Tab(socket, self._port)

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            found = json.loads(await self._socket.recv())
            if found.get("id") == number:
                assert "error" not in found, found
                return found["result"]
            self._events.append(found)

    async def wait_for_event(self, method: str, seconds: float = 20) -> dict[str, Any]:
        """Wait for an event of the browser, such as ``Fetch.requestPaused``, and return what it says."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self._events:
                    if event.get("method") == method:
                        self._events.remove(event)
                        return event["params"]
                self._events.append(json.loads(await self._socket.recv()))

    async def run(self, script: str) -> Any:
        """Run a script in the page, and return its value."""
        found = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    async def open(self, url: str) -> None:
        found = await self.call("Page.navigate", url=url)
        assert "errorText" not in found, found
        await self.wait_for("document.readyState === 'complete'")

    async def wait_for(self, script: str, seconds: float = 20) -> None:
        """Wait until a script in the page is true; the page may be another one by then."""
        async with asyncio.timeout(seconds):
            while True:
                try:
                    if await self.run(script):
                        return
                except AssertionError:
                    pass  # between two pages there is none to run it
                await asyncio.sleep(0.05)


def _ask(port: str, path: str, method: str = "GET") -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/json/{path}", method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@asynccontextmanager
async def open_browser(folder: Path) -> AsyncIterator[Tab]:
    """Run Chromium with a profile of its own in ``folder``, until the block ends."""
    assert PROGRAM
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        place = folder / "DevToolsActivePort"
        async with asyncio.timeout(60):
            while not place.is_file() or not place.read_text().strip():
                assert process.returncode is None, "Chromium ended"
                await asyncio.sleep(0.1)
        port = place.read_text().split()[0]

        async with asyncio.timeout(20):
            while not (tabs := [one for one in await asyncio.to_thread(_ask, port, "list") if one["type"] == "page"]):
                await asyncio.sleep(0.1)
        async with websockets.connect(tabs[0]["webSocketDebuggerUrl"], proxy=None, max_size=None) as socket:
            yield Tab(socket, port)
    finally:
        process.terminate()
        await process.wait()
