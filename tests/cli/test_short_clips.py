"""A clip that its provider cut short, at the command line: delivered with a note, and never called what was ordered."""

from __future__ import annotations

from pathlib import Path

from reelwright.providers.fakes.script import deliver_short
from studio.worlds import AT_ONCE, world

CLIP = ("clip", "A fox", "--model", "openrouter-veo-3.1-fast", "--seconds", "4", "--yes", "--json")


def test_every_verb_states_what_came_and_the_purchase_is_short(reelwright, home: Path, tmp_path: Path):
    with world(home, {"openrouter": AT_ONCE.add_rule("submit", deliver_short(1))}) as here:
        env = {
            "OPENROUTER_API_KEY": "sk-or-test",
            "REELWRIGHT_OPENROUTER_BASE_URL": here.settings.base_urls["openrouter"],
        }
        ran = reelwright(*CLIP, "--out", str(tmp_path / "out"), **env)
        assert ran.code == 0, ran.err
        (file,) = ran.json["files"]
        assert file["duration_s"] == 1.0 and [one["check"] for one in file["shortfalls"]] == ["short"]
        told = reelwright(*CLIP[:-1], "--out", str(tmp_path / "out"), **env)
        assert told.code == 0 and "1.0 s came, and 4.0 s were ordered" in told.out
        shown = reelwright("show", "last", "--json", **env).json
        assert shown["shots"][0]["duration_s"] == 1.0
        assert [(one["id"], one["is_fault"]) for one in shown["findings"]] == [("short/1", False)]
        assert "1.00 s" in reelwright("show", "last", **env).out
        (row,) = reelwright("spend", "--json", **env).json["rows"]
        assert (row["state"], row["dispute"]) == ("settled", "short")
        assert reelwright("spend", "decide", row["purchase"], "as-billed", **env).code == 0
        (row,) = reelwright("spend", "--json", **env).json["rows"]
        assert row["dispute"] == "as_billed"
        for path in (home / "vault").glob("*/[0-9a-f][0-9a-f]/*"):
            path.unlink()
        gone = reelwright("resume", "last", "--yes", "--json", **env)
        assert gone.code == 4 and gone.json["error"]["reason"]["code"] == "missing_file"
        assert here.submits("openrouter") == 1
