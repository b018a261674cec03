"""Guards over the network: only ``net`` opens connections, and secrets never stand in what is written down."""

from __future__ import annotations

import ast
from pathlib import Path

from repo.trees import list_imports, parse, walk

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "reelwright"
MODULES = sorted(SOURCE.rglob("*.py"))
TALKS = {"httpx2", "httpcore2", "httpx", "httpcore", "requests", "aiohttp", "socket", "ssl", "http", "ftplib", "h11",
         "smtplib", "websockets", "urllib3"}  # fmt: skip
MAY_TALK = {
    "providers/wires/one_post.py": "hands the text library's request to net, byte for byte",
    "providers/wires/chat_libraries.py": "gives the text library a client that can only hand on to net",
    "providers/fakes/server.py": "listens on loopback",
    "server/connections.py": "parses what comes in",
    "server/serving.py": "listens on loopback",
    "engines/launch.py": "looks for a free port on loopback",
    "store/database/processes.py": "asks for the name of this host",
}
"""Beside ``net/``, with the reason."""


def list_talkers(path: Path) -> set[str]:
    """Return what a file imports that can open a connection."""
    found = {name.partition(".")[0] for name in list_imports(path)} & TALKS
    return found | ({"urllib.request"} & list_imports(path))


def test_only_net_talks() -> None:
    names = {str(path.relative_to(SOURCE)): path for path in MODULES}
    faults = {
        name: talkers
        for name, path in names.items()
        if not name.startswith("net/") and name not in MAY_TALK and (talkers := list_talkers(path))
    }
    assert not faults, "everything that leaves this machine goes through net"


def test_the_exceptions_are_there_and_needed() -> None:
    for name in MAY_TALK:
        assert list_talkers(SOURCE / name), f"{name} no longer needs to talk"


def test_no_client_of_ours_follows_redirects_or_tries_again_by_itself() -> None:
    for path in (SOURCE / "net").rglob("*.py"):
        for node in walk(parse(path)):
            if isinstance(node, ast.keyword) and node.arg in ("retries", "follow_redirects"):
                assert isinstance(node.value, ast.Constant) and node.value.value in (0, False), path
            if isinstance(node, ast.keyword) and node.arg in ("verify", "check_hostname", "verify_mode"):
                raise AssertionError(f"{path}: certificates are always looked at")
