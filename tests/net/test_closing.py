"""An output that is not read to its end is closed at once and in the same task, layer by layer."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from net.raw import Visit, serving
from reelwright.errors import BadInput
from reelwright.net.http import HttpClient
from reelwright.providers.families.outputs import require_media
from reelwright.store.vault.vault import FolderVault

FILM = b"\0\0\0\x18ftypmp42" + b"film" * 100_000


async def gives(visit: Visit) -> None:
    await visit.request()
    await visit.answer(FILM)


async def test_a_stream_that_the_vault_cannot_take_leaves_no_generator_open(tmp_path: Path) -> None:
    opened: list[AsyncGenerator[Any, Any]] = []
    vault = FolderVault.open(tmp_path)
    async with serving(gives) as server, HttpClient("paper", server.url) as http:
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=opened.append)
        try:
            with pytest.raises(BadInput):
                await vault.put(
                    "local", require_media(http.stream(server.url, cap=1 << 30), "video", "paper"), "", 90_000
                )
        finally:
            sys.set_asyncgen_hooks(*before)
    names = [one.__name__ for one in opened if one.ag_frame is not None]
    assert len(opened) >= 3 and names == []
