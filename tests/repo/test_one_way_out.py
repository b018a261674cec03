"""Guards over the network: only ``net`` opens connections, and secrets never stand in what is written down."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from repo.trees import parse

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "reelwright"
MODULES = sorted(SOURCE.rglob("*.py"))
TALKS = {"httpx2", "httpcore2", "httpx", "httpcore", "requests", "aiohttp", "socket", "ssl", "http", "ftplib", "h11",
         "smtplib", "websockets", "urllib3"}  # fmt: skip
MAY_TALK = {
    "providers/wires/one_post.py": "hands the text library's request to net, byte for byte",
    "providers/wires/chat_libraries.py": "gives the text library a client that can only hand on to net",
    "providers/fakes/server.py": "listens on loopback",
    "server/serving.py": "listens on loopback",
    "store/processes.py": "asks for the name of this host",
}
"""Beside ``net/``, with the reason."""


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_only_net_talks(path: Path) -> None:
    name = str(path.relative_to(SOURCE))
    if name.startswith("net/") or name in MAY_TALK:
        return
    found = imported(path)
    assert not {one.partition(".")[0] for one in found} & TALKS, "everything that leaves this machine goes through net"
    assert "urllib.request" not in found


def test_the_exceptions_are_there_and_needed() -> None:
    for name in MAY_TALK:
        assert {one.partition(".")[0] for one in imported(SOURCE / name)} & TALKS, f"{name} no longer needs to talk"


def test_no_client_of_ours_follows_redirects_or_tries_again_by_itself() -> None:
    for path in (SOURCE / "net").rglob("*.py"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.keyword) and node.arg in ("retries", "follow_redirects"):
                assert isinstance(node.value, ast.Constant) and node.value.value in (0, False), path
            if isinstance(node, ast.keyword) and node.arg in ("verify", "check_hostname", "verify_mode"):
                raise AssertionError(f"{path}: certificates are always looked at")
