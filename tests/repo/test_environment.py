"""Guards over the environment: it is read at a door, and what is read there is passed down.

They see ``os.environ`` and ``getenv`` by name. They do not see a library that reads a variable by itself.
"""

from __future__ import annotations

import ast
from pathlib import Path

from repo.trees import parse, walk

SOURCE = Path(__file__).resolve().parents[2] / "src" / "reelwright"
MODULES = sorted(SOURCE.rglob("*.py"))
DOORS = ("cli/", "server/", "client/")
MAY_READ = {
    "settings.py": "the settings of a program that names no others are those of its environment",
    "net/keys.py": "secrets stand in no settings: a key is read when it is used",
    "net/signing_key.py": "as net/keys.py",
    "engine/hands/here.py": "the process of a hand inherits what its interpreter needs, and nothing that changes bytes",
    "engine/hands/fork_server.py": "a forked hand has the variables that engine/hands/here.py chose, and no others",
    "engines/launch.py": "an engine inherits PATH and the like, and no key",
    "engines/own/__main__.py": "an engine is a program of its own, which is told there where its spans go",
    "media/base/ffmpeg.py": "a child inherits PATH and the like; a log for tests counts what was encoded",
    "store/vault/identity.py": "a container is known by a variable that its runtime sets",
    "reel/base/crashpoints.py": "a test says where a process crashes",
}
"""Beside the doors, with the reason."""
NAMES = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def reads(path: Path) -> bool:
    for node in walk(parse(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            if node.attr in NAMES:
                return True
        elif isinstance(node, ast.ImportFrom) and node.module == "os" and {one.name for one in node.names} & NAMES:
            return True
    return False


def test_only_a_door_reads_the_environment() -> None:
    names = {str(path.relative_to(SOURCE)): path for path in MODULES}
    faults = [n for n, path in names.items() if not n.startswith(DOORS) and n not in MAY_READ and reads(path)]
    assert not faults, "read it at a door and pass it down"


def test_the_exceptions_are_there_and_needed() -> None:
    for name in MAY_READ:
        assert reads(SOURCE / name), f"{name} no longer reads the environment"


def test_no_encoding_option_is_read_from_the_environment() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert "REELWRIGHT_CRF" not in text and "REELWRIGHT_PRESET" not in text, path
