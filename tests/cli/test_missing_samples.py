"""A clip of which fewer versions came than were ordered: the command line counts them, says why, and exits with 1."""

from __future__ import annotations

from pathlib import Path

from reelwright.providers.fakes.script import filter_samples
from studio.worlds import AT_ONCE, world

CLIP = ("clip", "A fox", "--model", "openrouter-veo-3.1-fast", "--seconds", "4", "--samples", "3", "--yes")


def test_a_clip_that_lacks_a_version_is_counted_and_exits_like_a_batch_with_a_failed_row(
    reelwright, home: Path, tmp_path: Path
):
    script = AT_ONCE.add_rule("submit", filter_samples(), calls=[2])
    with world(home, {"openrouter": script}) as here:
        env = {
            "OPENROUTER_API_KEY": "sk-or-test",
            "REELWRIGHT_OPENROUTER_BASE_URL": here.settings.base_urls["openrouter"],
        }
        typed = (*CLIP, "--out", str(tmp_path / "out"))
        ran = reelwright(*typed, **env)
        assert ran.code == 1 and "2 of 3 delivered" in ran.out, ran.err
        assert "not delivered, filtered" in ran.out and "content policy" in ran.out
        told = reelwright(*typed, "--json", **env)
        assert told.code == 1 and told.json["state"] == "done"
        assert len(told.json["files"]) == 2 and [one["reason"] for one in told.json["missing"]] == ["filtered"]
        assert here.submits("openrouter") == 3, "what was filtered is not asked for again"
