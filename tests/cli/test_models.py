"""The verb ``models``: what can be bought, by ability, with price, key and days; in lines and as one object."""

from __future__ import annotations

import pytest


def ids(reelwright, *args: str, **env: str) -> list[str]:
    ran = reelwright("models", *args, "--json", **env)
    assert ran.code == 0, ran.err
    return [row["id"] for row in ran.json["models"]]


def test_the_list_is_whole_in_a_pipe_and_names_price_key_and_what_retires(reelwright) -> None:
    ran = reelwright("models", "--all")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    row = next(n for n, line in enumerate(lines) if line.startswith("hailuo-2.3-fast "))
    assert "$0.19 to $0.33 a clip" in lines[row] and lines[row].endswith("○ REPLICATE_API_TOKEN")
    assert lines[row + 1] == "  from first frame · 6, 10 s · 768p 1080p · read 2026-02-01 [9]"
    assert "[9] three resellers and clients that name the same prices" in lines
    assert "retired 2026-06-30 → gemini-omni-1.1-flash" in ran.out
    assert "may be gone since 2026-11-17" in ran.out
    assert "not for commercial films" in ran.out
    assert "\0" not in ran.out and "~$0.28 to $0.56 a clip" in ran.out


def test_retired_models_are_listed_only_when_all_are_asked_for(reelwright) -> None:
    assert "veo-3.0" not in ids(reelwright) and "veo-3.0" in ids(reelwright, "--all")


def test_models_are_filtered_by_ability_kind_provider_and_the_keys_that_are_here(reelwright) -> None:
    frames = ids(reelwright, "--can", "first_last_frame")
    assert "vertex-veo-3.1" in frames and "hailuo-2.3-fast" not in frames
    assert ids(reelwright, "--kind", "sound_effect") == ["eleven-sfx"]
    assert all(name.startswith("openrouter-") for name in ids(reelwright, "--provider", "openrouter"))
    none = {"REPLICATE_API_TOKEN": "", "OPENROUTER_API_KEY": "", "GEMINI_API_KEY": "", "GOOGLE_API_KEY": "",
            "ELEVENLABS_API_KEY": "", "OPENAI_API_KEY": "", "ANTHROPIC_API_KEY": "", "LITELLM_API_KEY": "",
            "GOOGLE_ACCESS_TOKEN": ""}  # fmt: skip
    ours = ["local-video", "local-video-sglang", "local-mochi-1", "kokoro-82m", "ollama", "lmstudio", "own-text"]
    assert ids(reelwright, "--key", **none) == ours
    here = ids(reelwright, "--key", "--kind", "image", **{**none, "REPLICATE_API_TOKEN": "r8_not-a-real-one"})
    assert here == ["flux-dev", "flux-2-pro", "flux-2-dev"]


@pytest.mark.parametrize(
    ("option", "value", "accepted"),
    [("--can", "fly", "image_to_video"), ("--kind", "film", "sound_effect"), ("--provider", "runway", "openrouter")],
)
def test_a_filter_that_nobody_knows_is_refused_with_those_that_there_are(
    reelwright, option: str, value: str, accepted: str
) -> None:
    ran = reelwright("models", option, value)
    assert ran.code == 2 and value in ran.err and accepted in ran.err


def test_one_model_is_shown_in_full_by_an_old_name_too(reelwright) -> None:
    ran = reelwright("models", "show", "veo_fast")
    assert ran.code == 0
    told = (
        "replicate-veo-3.1-fast", "google/veo-3.1-fast", "REPLICATE_API_TOKEN", "with sound", "$0.15 a second",
        "silent", "$0.10 a second", "2025-11-01", "veo_fast", "1080p in 8 s only", "not confirmed",
    )  # fmt: skip
    assert [said for said in told if said not in ran.out] == []
    shown = reelwright("models", "show", "gpt-4", "--json").json
    assert shown["stage"] == "retired" and shown["successor"] == "gpt-6.1-sol" and shown["warnings"]


def test_a_model_that_nobody_sells_is_refused_with_near_ones(reelwright) -> None:
    ran = reelwright("models", "show", "kling-v2.7")
    assert ran.code == 2 and "kling-v2.6" in ran.err


def test_models_are_found_by_every_provider_that_keys_names(reelwright) -> None:
    for row in reelwright("keys", "--json").json["keys"]:
        found = reelwright("models", "--provider", row["holder"], "--json").json["models"]
        assert {model["id"] for model in found} >= set(row["models"]) and row["models"], row["holder"]
        assert all(model["stage"] != "retired" for model in found)


def test_a_model_that_is_gone_is_retired_since_its_day_and_not_until_it(reelwright) -> None:
    ran = reelwright("models", "show", "veo-3.1-generate-preview")
    assert ran.code == 0 and "retired since 2026-10-22" in ran.out and "until 2026-10-22" not in ran.out


def test_no_key_is_ever_shown(reelwright) -> None:
    secret = "sk-or-canary-0123456789"
    ran = reelwright("models", "--provider", "openrouter", OPENROUTER_API_KEY=secret)
    assert "● OPENROUTER_API_KEY" in ran.out and secret not in ran.out + ran.err
    assert secret not in reelwright("models", "--json", OPENROUTER_API_KEY=secret).out


def test_listing_models_makes_no_home(reelwright, home) -> None:
    reelwright("models")
    assert not home.exists()


def test_every_verb_that_names_a_model_takes_the_successor_of_a_retired_one_and_says_so(reelwright, tmp_path) -> None:
    (tmp_path / "rows.txt").write_text("a cat\na dog\n")
    brief = "For “VoltCup”, a self-heating mug"
    tiny = ("--length", "2", "--short-side", "180", "--aspect", "9:16")
    assert reelwright("make", brief, *tiny).code == 0
    gone = "veo-3.1-fast-generate-preview"
    for verb, model in (
        (("plan", brief), ("--planner", "gpt-4")),
        (("batch", str(tmp_path / "rows.txt")), ("--model", gone)),
        (("edit", "last", "--shot", "1"), ("--model", gone)),
        (("make", brief, *tiny), ("--model", gone)),
        (("quote", brief, *tiny), ("--model", gone)),
        (("clip", "a cat"), ("--model", gone)),
    ):
        quote = () if verb[0] == "quote" else ("--quote",)
        refused = reelwright(*verb, *model, *quote)
        assert refused.code == 2 and "its successor" in refused.err, (verb, refused.err)
        assert "--successor" in refused.err, (verb, refused.err)
        taken = reelwright(*verb, *model, *quote, "--successor")
        assert taken.code == 0 and "is asked in its place" in taken.out, (verb, taken.out, taken.err)
