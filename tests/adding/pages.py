"""Applies what a page of ``docs/adding`` shows: in a copy of the tree, or as another package, without an installer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "adding"
_FILE = re.compile(r"^\*\*`([^`\n]+)`\*\*(?:, below `([^`\n]+)`)?(?:(?!^```).)*^```\w+\n(.*?)^```", re.S | re.M)
"""A file of a page: its path in bold, for a change the line below which it is made, and the text in a block."""


def read_page(name: str) -> dict[str, str]:
    """Return the files of a page by path."""
    found = {path: text for path, _, text in _FILE.findall((PAGES / name).read_text(encoding="utf-8"))}
    assert found, name
    return found


def apply_page(name: str, folder: Path) -> None:
    """Copy ``src`` into a folder, and make the changes of a page there. A line that a change is made below is there
    once.
    """
    shutil.copytree(
        ROOT / "src", folder / "src", copy_function=os.symlink, ignore=shutil.ignore_patterns("__pycache__")
    )
    changes = _FILE.findall((PAGES / name).read_text(encoding="utf-8"))
    assert changes, name
    for path, below, text in changes:
        file = folder / path
        before = file.read_text(encoding="utf-8") if below else ""
        assert bool(below) == file.exists(), f"{name}: {path}"
        file.unlink(missing_ok=True)
        head, line, rest = f"\n{before}".partition(f"\n{below}\n")
        assert not below or (line and line not in rest), f"{name}: {path} has not one line {below!r}"
        file.write_text((head + line).removeprefix("\n") + text + rest, encoding="utf-8")


def run(folder: Path, *command: str, source: Path = ROOT / "src", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the packages that are installed in a folder, the code of ``source``, and a home in the folder."""
    path = os.pathsep.join([str(folder), str(source), str(ROOT / "tests")])
    env = {**os.environ, "PYTHONPATH": path, "REELWRIGHT_HOME": str(folder / "home"), **environ}
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, env=env, timeout=110, check=False, cwd=folder
    )


def install(files: Mapping[str, str], folder: Path) -> None:
    """Write the files of a package into a folder, with the metadata that an installer makes of its pyproject.toml."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    project = tomllib.loads(files["pyproject.toml"])["project"]
    add_metadata(folder, project["name"], project["version"], project["entry-points"])


def add_metadata(folder: Path, name: str, version: str, groups: Mapping[str, Mapping[str, str]]) -> None:
    """Write the metadata of an installed package."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = [
        line for group, rows in groups.items() for line in (f"[{group}]", *(f"{n} = {t}" for n, t in rows.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))
