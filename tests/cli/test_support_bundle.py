"""The verb ``support-bundle``: all that helps is in it, and no secret and no word of a film."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

WORDS = "Zanzibarine"
KEY = "sk-or-v1-0123456789abcdef0123456789abcdef"


def read_parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


def test_a_bundle_says_what_happened_and_holds_no_secret_and_no_word_of_a_film(reelwright: Any, tmp_path: Path) -> None:
    secrets = {"OPENROUTER_API_KEY": KEY, "REELWRIGHT_OIDC_CLIENT_SECRET": "a-secret-of-the-issuer"}
    script = tmp_path / "script.md"
    script.write_text(f"# {WORDS}\n\nIt never flickers.\n")
    made = reelwright("make", str(script), "--short-side", "180", "--json", "-o", str(tmp_path / "film.mp4"))
    assert made.code == 0
    ran = reelwright("support-bundle", "-o", str(tmp_path / "help.zip"), "--json", **secrets)
    parts = read_parts(tmp_path / "help.zip")
    assert ran.code == 0 and ran.json["parts"] == list(parts) and len(parts) == 6
    together = "".join(parts.values())
    for hidden in (WORDS, "flickers", KEY, "a-secret-of-the-issuer", str(Path.home())):
        assert hidden not in together
    assert "openrouter" in json.loads(parts["settings.json"])["keys"]
    assert "REELWRIGHT_OIDC_CLIENT_SECRET" in json.loads(parts["settings.json"])["variables"]
    journal = json.loads(parts["journal.json"])
    assert journal["jobs"] == {"done": 1} and journal["rows"]["projects"] == 1
    assert journal["schema"] == journal["schema_of_this_release"]
    kinds = [json.loads(line)["kind"] for line in parts["events.jsonl"].splitlines()]
    assert "job.done" in kinds, kinds
    assert "journal" in [one["name"] for one in json.loads(parts["checks.json"])["checks"]]
    assert "sqlalchemy" in {name.lower() for name in json.loads(parts["machine.json"])["packages"]}


def test_a_bundle_of_no_home_makes_none_and_a_damaged_journal_is_named(reelwright: Any, tmp_path: Path) -> None:
    home = tmp_path / "none" / "home"
    there = {"REELWRIGHT_HOME": str(home)}
    assert reelwright("support-bundle", "-o", str(tmp_path / "help.zip"), **there).code == 0
    assert not home.exists() and json.loads(read_parts(tmp_path / "help.zip")["journal.json"]) == {"schema": None}
    home.mkdir(parents=True)
    (home / "journal.db").write_bytes(b"no database" * 1000)
    assert reelwright("support-bundle", "-o", str(tmp_path / "help.zip"), **there).code == 0
    assert "error" in json.loads(read_parts(tmp_path / "help.zip")["journal.json"])


def test_a_bundle_that_cannot_be_written_is_refused(reelwright: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    ran = reelwright("support-bundle", "-o", str(tmp_path / "file" / "help.zip"), "--json")
    assert ran.code == 2 and ran.json["error"]["message"].startswith("--out: ")
