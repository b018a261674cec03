"""A fake provider in a process of its own, so that what it takes is not counted as ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reelwright.providers.fakes.script import Script
from reelwright.reel.document import to_json


@contextmanager
def fake(name: str, folder: Path, script: Script, footage: bytes | None = None) -> Iterator[str]:
    """Its address. Its bill is ``folder/bill``; ``footage``: the bytes of every output."""
    (folder / "script.json").write_text(to_json(script))
    command = [sys.executable, "-m", "reelwright.providers.fakes", name, "--bill", str(folder / "bill")]
    command += ["--script", str(folder / "script.json")]
    if footage is not None:
        (folder / "footage").write_bytes(footage)
        command += ["--footage", str(folder / "footage")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        address = server.stdout.readline().strip()
        assert address.startswith("http://"), "the fake did not start"
        yield address
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()
