"""axe-core, which finds faults of accessibility in a page: one pinned version, from a package of PyPI that has it.

``make axe`` fetches it; tests do not, since they have no settings of pip.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from server.browser import Tab

_PACKAGE = "axe-playwright-python==0.1.8"  # its axe.min.js is axe-core 4.12.1; nothing else of it is used
_DIGEST = "fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8"
"""SHA-256 of the package. One with another is not used."""
_FILE = Path(sys.prefix) / f"{_PACKAGE}.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def fetch_axe() -> None:
    """Fetch axe-core, unless it is there."""
    if not _FILE.is_file():
        with tempfile.TemporaryDirectory() as folder:
            get = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", _PACKAGE]
            subprocess.run(get, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            (package,) = Path(folder).glob("*.whl")
            assert hashlib.sha256(package.read_bytes()).hexdigest() == _DIGEST, "the package of axe-core is another one"
            with zipfile.ZipFile(package) as archive:
                _FILE.write_bytes(archive.read("axe_playwright_python/axe.min.js"))


async def list_violations(tab: Tab) -> list[str]:
    """Return what axe finds wrong in the open page, each with its rule and the first elements that break it."""
    assert _FILE.is_file(), "make axe fetches it"
    await tab.run(_FILE.read_text(encoding="utf-8") + "; 1")
    # to describe each element that passes takes about a fifth of the time, and nobody reads it
    options = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = await tab.run(f"axe.run(document, {options!r}).then((all) => all.violations)")
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:4]}" for one in found]


if __name__ == "__main__":
    fetch_axe()
