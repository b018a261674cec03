"""axe-core, which finds faults of accessibility in a page: one pinned version from npm, kept beside the virtual
environment.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from server.browser import Tab

_VERSION = "4.14.1"
_INTEGRITY = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""Digest of the package as the registry states it. A package with another one is not used."""
_FILE = Path(sys.prefix) / f"axe-core-{_VERSION}.min.js"
NPM = shutil.which("npm")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def read_axe() -> str:
    """Return the source of axe-core; it is fetched once."""
    if not _FILE.is_file():
        assert NPM, "npm is not installed"
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [NPM, "pack", f"axe-core@{_VERSION}", "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL
            )
            (package,) = Path(folder).glob("*.tgz")
            algorithm, _, digest = _INTEGRITY.partition("-")
            found = hashlib.new(algorithm, package.read_bytes()).digest()
            assert base64.b64encode(found).decode() == digest, "the package of axe-core is another one"
            with tarfile.open(package) as archive:
                member = archive.extractfile("package/axe.min.js")
                assert member
                _FILE.write_bytes(member.read())
    return _FILE.read_text(encoding="utf-8")


async def list_violations(tab: Tab) -> list[str]:
    """Return what axe finds wrong in the open page, each with its rule and the first elements that break it."""
    await tab.run(read_axe() + "; 1")
    options = {"runOnly": {"type": "tag", "values": _RULES}}
    found: list[dict[str, Any]] = await tab.run(f"axe.run(document, {options!r}).then((all) => all.violations)")
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:4]}" for one in found]
