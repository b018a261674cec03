"""With eyes closed one understands a film: what it is, why, how much and where, where a voice speaks and nobody wrote
what.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reelwright.documents.read import read_script
from reelwright.errors import BadInput
from reelwright.planner.casting.requests import build_voice_request, choose_voice
from reelwright.planner.casting.terms import parse_voice
from reelwright.planner.rules import plan
from reelwright.planner.screens.comparison import keep_edits
from reelwright.planner.screens.parts import build_parts
from reelwright.planner.writing.narration import add_narration, compose_narration
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.fit import fit
from reelwright.reel.film.plan import Plan
from reelwright.units import Frames

SCRIPT = """~~Three microwaves~~ One mug

# VoltCup
## The mug that heats itself

**60 °C** for four hours

1. Press the lid
2. Drink

[Order yours](https://voltcup.example)
"""


def spoken(film: Plan) -> list[str]:
    return [line.text for _, line in film.list_lines() if line.request]


def parts_of(text: str) -> tuple[str, ...]:
    parts = add_narration(build_parts(read_script(text, "script.md"), "script.md", is_voiced=True))
    return tuple(part.spoken_text for part in parts)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"name": "VoltCup", "descriptor": "The mug that heats itself"}, "VoltCup. The mug that heats itself."),
        ({"before": "~~Three microwaves~~", "after": "One mug"}, "One mug."),
        ({"before": "~~Meetings~~"}, "Meetings."),
        ({"deal": "Saturday plait ~~€6.40~~ **€4.90**"}, "Saturday plait €4.90."),
        ({"number": "60 °C", "label": "for four hours"}, "60 °C for four hours."),
        ({"steps": "Press the lid | Drink"}, "Press the lid. Drink."),
        ({"figures": "Rye | Butter plait | Poppy rolls"}, "Rye, Butter plait, Poppy rolls."),
        ({"figures": "**4** days | **30** hours"}, "4 days. 30 hours."),
        ({"label": "in € m", "figures": "2021 **38.9** | 2022 **44** | 2025 **61.3**", "chart": "bar"},
         "in € m. 2021: 38.9. 2025: 61.3."),
        ({"quote": "It outlived my meetings.", "who": "Ana", "role": "courier"}, "It outlived my meetings. Ana."),
        ({"name": "Fenn", "line": "Order now", "url": "fenn.example", "legal": "While stocks last."},
         "Fenn. Order now. fenn.example."),
        ({"line": "Saturday 14 March|23:00 until it is light"}, "Saturday 14 March, 23:00 until it is light."),
        ({"listing": "$ reelwright make"}, ""),
    ],
)  # fmt: skip
def test_what_a_screen_shows_is_said_so_that_it_can_be_heard(words: Mapping[str, str], said: str) -> None:
    assert compose_narration(words) == said


def test_each_screen_of_a_script_without_spoken_lines_says_its_words() -> None:
    assert parts_of(SCRIPT) == (
        "One mug.", "VoltCup. The mug that heats itself.", "60 °C for four hours.", "Press the lid. Drink.",
        "VoltCup. Order yours. voltcup.example.",
    )  # fmt: skip


def test_what_somebody_wrote_to_be_spoken_is_all_that_is_spoken() -> None:
    assert [text for text in parts_of(f"{SCRIPT}\n> Only this.\n") if text] == ["Only this."]


def test_where_a_film_is_too_short_the_call_and_the_name_are_left_out_last() -> None:
    parts = build_parts(read_script(SCRIPT, "script.md"), "script.md", is_voiced=True)
    made = add_narration(parts, lambda some: sum(part.is_narrated for part in some) <= 2)
    assert [part.role for part in made if part.is_narrated] == ["reveal", "end_card"]


def test_a_brief_says_what_why_how_much_and_where() -> None:
    text = "Bakery Fenn opens on Saturday 14 March. Rye bread for €4.20. Mill Lane 4, fenn.example, call 0341 555 0142."
    said = " ".join(spoken(plan(Brief(text=text, voice="kokoro")).plan))
    for words in ("Fenn", "14 March", "€4.20", "Mill Lane 4", "fenn.example", "0341 555 0142"):
        assert words in said, words


def test_every_line_fits_its_beat() -> None:
    film = plan(Brief(text="Fenn bakes rye bread for €4.20. Order at fenn.example.", voice="kokoro")).plan
    assert spoken(film)
    for beat in film.beats:
        for line in beat.lines:
            assert line.start + line.room <= beat.length + 1


def test_kokoro_alone_is_the_voice_of_the_films_language() -> None:
    row, voice = parse_voice("kokoro")
    assert (row.id, voice) == ("kokoro-82m", "")
    chosen = {language: choose_voice(row, voice, language) for language in ("en", "en-GB", "es", "pt-BR")}
    assert chosen == {"en": "af_heart", "en-GB": "bf_emma", "es": "ef_dora", "pt-BR": "pf_dora"}
    assert choose_voice(row, "am_michael", "en") == "am_michael"


@pytest.mark.parametrize(("voice", "language"), [("", "de"), ("af_heart", "de")])
def test_a_language_that_the_voice_does_not_speak_is_refused_by_name(voice: str, language: str) -> None:
    row, _ = parse_voice("kokoro:af_heart")
    with pytest.raises(BadInput) as error:
        build_voice_request("Guten Morgen.", row, voice, language)
    assert (error.value.field, error.value.value) == ("language", "de") and "es, fr, hi, it" in error.value.accepted


@pytest.mark.parametrize("text", ["kokoro:nobody", "eleven_v3", "eleven_v3:", ":af_heart", "nothing"])
def test_a_voice_that_is_not_there_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        build_voice_request("Hello.", *parse_voice(text), "en")


def test_a_film_that_is_read_again_keeps_when_each_word_was_spoken() -> None:
    made = plan(Brief(text="Fenn bakes rye bread for €4.20. Order at fenn.example.", voice="kokoro")).plan
    lines = [line for _, line in made.list_lines()]
    times = {line.id: ((line.text, 30, 900),) for line in lines}
    before = fit(made, {line.id: Frames(30) for line in lines}, times)
    again, _ = keep_edits(made, before)
    assert [line.word_times for _, line in again.list_lines()] == [line.word_times for _, line in before.list_lines()]


def test_a_full_stop_that_somebody_wrote_is_spoken_before_a_small_letter() -> None:
    text = "A fox **learns.**\n\nand then it skates\n\non the pond"
    parts = add_narration(build_parts(read_script(text, "script.md"), "script.md", is_voiced=True))
    assert [part.spoken_text for part in parts] == ["A fox learns.", "and then it skates", "on the pond."]
