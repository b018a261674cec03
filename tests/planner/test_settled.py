"""What a brief settles before its words are there: language, size, length, tone, and what is not to be seen."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from planner.briefs import BRIEFS, WORKED
from planner.films import VEO, shown
from planner.test_materials import material
from reelwright.planner import tables
from reelwright.planner.brief_settings import BriefSettings, settle_brief
from reelwright.planner.match import read_film_settings
from reelwright.planner.rules import plan
from reelwright.reel.film.brief import Brief


def told(text: str, **asked: object) -> BriefSettings:
    return settle_brief(Brief(text=text, **asked))  # type: ignore[arg-type]


# ---- language
@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("A", "en"), ("bulgarian", "bg"), ("german", "de"), ("arabic", "ar"), ("japanese", "ja"), ("hindi", "hi"),
        ("french", "fr"), ("spanish", "es"), ("thai", "th"), ("korean", "ko"), ("model", "en"),
    ],
)  # fmt: skip
def test_the_language_is_that_of_the_brief_unless_somebody_says_another(name: str, language: str) -> None:
    assert told(BRIEFS[name]).language == language == plan(Brief(text=BRIEFS[name])).plan.language
    assert told(BRIEFS[name], language="pt-BR").language == "pt-BR"


# ---- length
@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("a 90 second film for Tern", 90_000),
        ("30-second ad for Tern", 30_000),
        ("20s for Tern", 20_000),
        ("ad for Tern, 9:16, 25 secs", 25_000),
        ("30秒のCM", 30_000),
        ("「ほのか」という和菓子の20秒CM。", 20_000),
        ("Ein 20-Sekunden-Spot für die Bäckerei Brotzeit", 20_000),
        ("Реклама 20 секунди за пекарна", 20_000),
        ("إعلان 15 ثانية عن «نور»", 15_000),
        ("Un spot de 15 secondes pour Maison Lune", 15_000),
        ("Anuncio de 20 segundos para Café Sol", 20_000),
    ],
)
def test_a_length_in_seconds_is_heard_in_the_brief_s_own_language(text: str, ms: int) -> None:
    assert told(text).ms == ms
    assert told(text, length_ms=7000).ms == 7000, "what is set comes before what is written"


@pytest.mark.parametrize(
    "text",
    [
        "delivery in 30 minutes by Tern",
        "open 24 hours",
        "Under 11s girls football trials!! Redfield Rovers FC",
        "0 s ad for Tern",
        'For "Tern". "It dries in 20 seconds."',
    ],
)
def test_a_time_that_the_thing_takes_is_no_length(text: str) -> None:
    assert told(text).ms is None


# ---- size
@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("ad for Tern, 9:16", "9:16"), ("ad for Tern, 4:5", "4:5"), ("ad for Tern, 1:1", "1:1"),
        ("16:9 for Tern", "16:9"),
        ("A reel for Tern", "9:16"), ("A TikTok for Tern", "9:16"), ("A 20-second vertical for Tern", "9:16"),
        ("Werbung für Lichtwerk, hochkant", "9:16"), ("Vídeo vertical para Café Sol", "9:16"),
        ("Une vidéo verticale pour Maison Lune", "9:16"), ("ريلز عن نور", "9:16"),
    ],
)  # fmt: skip
def test_a_size_is_heard_and_a_flag_comes_before_it(text: str, aspect: str) -> None:
    assert told(text).aspect == aspect
    assert told(text, aspect="21:9" if aspect == "1:1" else "1:1").aspect != aspect


@pytest.mark.parametrize(
    "text",
    [
        "A 20 second short film for Kestrel X2", "a short ad for Tern", "a short and sweet ad for tea",
        "a short walk from the station", "in short, bread", "we ran short of flour", "Life is short. Tern.",
        "20s ad for Tern, a short for runners", "Tern makes shorts for runners", "Ein Kurzfilm über Brot",
        "10s ad on Times Square", "10s ad for a vertical farm", "20s ad for Tern, a fishing reel",
        "Reel in more customers with Tern", "A 60 second documentary portrait of Orchard Row",
    ],
)  # fmt: skip
def test_what_is_only_short_or_worn_or_painted_turns_no_film_upright(text: str) -> None:
    assert told(text).aspect == "16:9"


def test_the_film_has_the_size_that_is_settled() -> None:
    assert plan(Brief(text=BRIEFS["ampersand"])).plan.size == (1080, 1920)
    assert plan(Brief(text=BRIEFS["ampersand"], aspect="16:9")).plan.size == (1920, 1080)
    assert plan(Brief(text='10 second ad for "Tern", a bike, 4:5')).plan.size == (1080, 1350)


# ---- tone
@pytest.mark.parametrize(
    ("text", "tone"),
    [
        (WORKED["A"], "energetic"), (WORKED["B"], "luxury"), (WORKED["C"], "tech"), (WORKED["D"], "comedic"),
        (WORKED["E"], "emotional"), (BRIEFS["long"], "documentary"), (BRIEFS["model"], "neutral"),
        ('A film for "Tern", a luxury hotel for families', "neutral"),
        ('For "Tern". "So funny, so loud, so energetic."', "neutral"),
    ],
)  # fmt: skip
def test_the_tone_is_that_of_the_directions_and_not_of_the_thing(text: str, tone: str) -> None:
    assert told(text).tone == tone == plan(Brief(text=text)).plan.tone


def test_where_the_tone_stands_is_told() -> None:
    found = told(WORKED["A"]).requested_tone
    assert found and found.span and WORKED["A"][found.span.start : found.span.end] == "Energetic"
    assert told(BRIEFS["model"]).requested_tone is None


# ---- what is not to be seen
@pytest.mark.parametrize(
    ("text", "barred"),
    [
        ("20s ad for Tern, a bag shop, with no people and no text", ["people", "text"]),
        ("20s ad for Tern, a bag shop. Without people.", ["people"]),
        ("20s ad for Tern. No people, no text.", ["people", "text"]),
        ("20s ad for Tern, a gum without sugar. No sugar, no fuss.", []),
        ("Ein Spot für Brotzeit. Frisches Brot. Keine Menschen, kein Text.", ["people", "text"]),
        ("Ein Spot für Tern. Kaugummi ohne Zucker.", []),
        ("Un spot pour Maison Lune, une boulangerie. Sans visages, pas de musique.", ["faces", "music"]),
        ("Anuncio para Café Sol. Café recién tostado. Sin gente.", ["people"]),
        ("Реклама за пекарна «Корица». Без хора и без текст.", ["people", "text"]),
        ("「ほのか」という和菓子の20秒CM。人物なし。", ["people"]),
        ("إعلان 15 ثانية عن «نور» تطبيق. بدون أشخاص.", ["people"]),
        ("为「月光」做20秒广告。不要文字。", ["text"]),
        ('For "Tern". "Carry less." No people.', ["people"]),
    ],
)
def test_what_must_not_be_seen_is_heard_in_any_language_and_reaches_the_model(text: str, barred: list[str]) -> None:
    assert list(told(text).exclusions) == barred
    made = plan(Brief(text=text, models=("vertex-veo-3.1",))).plan
    asked = [f"{shot.source.prompt} {shot.source.extra}" for shot in made.shots if shot.prompt]  # type: ignore[union-attr]
    assert asked and all(word in one for word in barred for one in asked)


@pytest.mark.parametrize("text", ["No people, no text.", "Sin gente.", "Без хора.", "人物なし。", "Keine Menschen."])
def test_what_must_not_be_seen_is_never_on_screen(text: str) -> None:
    film = plan(Brief(text=f'For "Tern". {text}', materials=(material(1, "photo"),))).plan
    assert not [one for one in shown(film) if one in text]


def test_nobody_is_asked_to_film_what_must_not_be_seen() -> None:
    made = plan(Brief(text="A street at night. No people. A lamp in a window.", models=(VEO,), length_ms=24_000)).plan
    asked = [re.split("; (?:light|keep|leave out|without)", shot.prompt)[0] for shot in made.shots]
    assert len(asked) > 2 and not [one for one in asked if "No people" in one]


# ---- colour
def test_a_colour_in_the_brief_is_the_film_s() -> None:
    assert told('For "Tern", in #ff6600 please').accent == "#FF6600"
    assert read_film_settings(plan(Brief(text='For "Tern", in #ff6600 please')).plan).accent == "#FF6600"
    assert told(BRIEFS["model"]).accent == ""


# ---- tables
def test_no_word_of_a_table_mixes_scripts() -> None:
    """Letters of two scripts that look alike: such a word is in no brief."""
    scripts = ("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "BENGALI", "THAI", "HANGUL")
    for table in (Path(tables.__file__).parent).glob("*.yaml"):
        for word in re.findall(r"[^\W\d_]+", table.read_text(encoding="utf-8")):
            met = {name for c in word for name in scripts if unicodedata.name(c, "").startswith(name)}
            assert len(met) <= 1, f"{table.name}: {word} is of {met}"
