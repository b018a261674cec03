"""A voice that tells when it says each word: captions on the picture and beside the film keep to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from reelwright import Studio
from reelwright.providers.fakes.elevenlabs import LETTER_MS, REST_MS
from reelwright.reel.film.breakdown import build_graph
from reelwright.settings import Settings
from studio.worlds import AT_ONCE, KEYS, world

FIRST, SECOND = "It warms the whole room in ninety seconds flat,", "and then it waits quietly for you."
PLAN = f"""
title: Fenn
aspect: "9:16"
short_side: 180
beats:
  - beat: demo
    shots: [{{seconds: 3, picture: a.png, say: "{FIRST} {SECOND}"}}]
  - beat: end_card
    shots: [{{seconds: 2, words: {{name: Fenn}}}}]
"""
SECOND_AT = LETTER_MS * len(FIRST) + REST_MS
"""When the fake's voice says the second phrase: it rests after the comma."""


def seconds(stamp: str) -> float:
    hours, minutes, rest = stamp.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def test_captions_come_and_go_with_the_words_of_the_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEYS["elevenlabs"], "a-key-of-a-test")
    Image.new("RGB", (800, 1200), "teal").save(tmp_path / "a.png")
    (tmp_path / "plan.yaml").write_text(PLAN)
    with world(tmp_path / "home", {"elevenlabs": AT_ONCE}) as there, Studio(there.settings) as studio:
        made = studio.make(
            "Fenn", plan=tmp_path / "plan.yaml", images=[tmp_path / "a.png"], aspect="9:16", short_side=180,
            voice="eleven_multilingual_v2:JBFqnCBsd6RMkjVDRZzb", yes=True, accept_unconfirmed=True,
        )  # fmt: skip
        assert made.film, made.message
        cues = re.findall(r"(\S+) --> (\S+)\n(.+)\n", made.film.captions["srt"].read_text(encoding="utf-8"))
        plan = studio.read_plan("last").plan
        studio.pull("last", tmp_path / "pulled")
        assert not studio.quote_apply(tmp_path / "pulled").wanted_steps, "the file keeps the words in time"
    frame = plan.fps[1] / plan.fps[0]
    assert [text for _, _, text in cues] == [FIRST, SECOND]
    (line,) = [line for _, line in plan.list_lines()]
    assert line.word_times[0] == ("It", 0, 2 * LETTER_MS) and line.word_times[-1][0] == "you."
    assert abs(seconds(cues[0][0])) <= frame / 2 and abs(seconds(cues[1][0]) - SECOND_AT / 1000) <= frame
    assert seconds(cues[0][1]) <= seconds(cues[1][0])
    over = build_graph(plan, "film").steps
    drawn = [row for step in over.values() for row in step.args.get("captions", ())]
    shown = [(row["text"], round(row["start"] * frame, 2)) for row in drawn]
    assert shown == [(text, round(seconds(start), 2)) for start, _, text in cues], "on the picture as beside it"


SPOKEN_SCRIPT = "# Fenn\n## Bakers since 1911\n\nRye bread for €4.20\n\n[Order yours](https://fenn.example)\n"
HUMMED = {"voice": "kokoro", "short_side": 180}


@pytest.mark.timeout(180)
def test_a_film_is_spoken_without_a_key_and_one_changed_line_is_one_line_to_speak(tmp_path: Path) -> None:
    script = tmp_path / "script.md"
    script.write_text(SPOKEN_SCRIPT)
    with Studio(Settings(home=tmp_path / "home", hands=1), rehearse=True) as studio:
        made = studio.make(script=script, **HUMMED)
        assert made.film and made.state == "done", made.message
        assert made.film.loudness_lufs is not None and abs(made.film.loudness_lufs + 14) < 0.5
        plan = studio.read_plan("last").plan
        lines = list(plan.list_lines())
        assert [line.text for _, line in lines] == [
            "Fenn. Bakers since 1911.", "Rye bread for €4.20.", "Fenn. Order yours. fenn.example.",
        ]  # fmt: skip
        assert all(line.request and line.request.extra["voice"] == "af_heart" for _, line in lines)
        assert [word for word, _, _ in lines[1][1].word_times] == ["Rye", "bread", "for", "€4.20."]
        assert {row.usd for row in studio.show_spending().rows} <= {"0.00"}
        assert not studio.quote(script=script, **HUMMED).wanted_steps
        script.write_text(SPOKEN_SCRIPT.replace("4.20", "4.40"))
        wanted = studio.quote(script=script, **HUMMED).wanted_steps
        assert len([step for step in wanted if step.startswith("voice/")]) == 1
        assert studio.edit("last", voice="am_michael").state == "done"
        spoken = {line.request.extra["voice"] for _, line in studio.read_plan("last").plan.list_lines() if line.request}
        assert spoken == {"am_michael"}
