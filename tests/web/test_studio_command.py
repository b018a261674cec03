"""The program ``reelwright studio``: it listens on this machine alone, opens a browser, and ends with Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2


@contextmanager
def run_studio(home: Path, *more: str, **environ: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the program, and yield it with the address that it prints; end it at the end of the block."""
    command = [sys.executable, "-m", "reelwright.cli", "studio", *more]
    given = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environ = {**given, "REELWRIGHT_HOME": str(home), "REELWRIGHT_HANDS": "1", **environ}
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            first = process.stderr.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+/studio", first)
            assert found, first + process.stderr.read()
            yield process, found[0]
        finally:
            if process.poll() is None:
                process.kill()


def test_the_studio_opens_in_a_browser_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o755)
    more = {"BROWSER": str(browser), "DISPLAY": ":0"}
    with run_studio(tmp_path / "home", "--port", "0", **more) as (process, url):
        ends = time.monotonic() + 60
        while not opened.is_file() and time.monotonic() < ends:
            time.sleep(0.05)
        assert opened.read_text().strip() == url
        page = httpx2.get(url, headers={"Accept": "text/html"}, timeout=30)
        assert page.status_code == 200 and "<textarea" in page.text
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_another_port_is_taken_where_the_usual_one_is_not_free(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # then somebody else has it
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        with run_studio(tmp_path / "home", "--no-browser") as (_, url):
            assert not url.startswith("http://127.0.0.1:8000/")
            assert httpx2.get(url, timeout=30).status_code == 200
