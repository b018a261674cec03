"""What is understood of a brief: found where it stands, and nothing that does not stand there."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from planner.briefs import BRIEFS, WORKED
from reelwright.planner import tables
from reelwright.planner.extract import understand
from reelwright.planner.rules import plan
from reelwright.reel.brief import Brief

EXPECTED: dict[str, dict[str, Any]] = {
    "A": {
        "length_ms": 30_000, "product": "VoltCup", "kind": "self-heating travel mug", "audience": "commuters",
        "proof": ["60 °C", "4 hours"], "cta": "Order at voltcup.example", "url": "voltcup.example", "tone": "energetic",
    },
    "B": {
        "length_ms": 15_000, "product": "Nocturne", "brand": "Maison Orle", "kind": "perfume", "category": "perfume",
        "tone": "luxury", "features": ["black fig", "cedar"], "cta": "Discover it in selected boutiques", "offer": None,
    },
    "C": {
        "length_ms": 30_000, "product": "Ledgerly", "kind": "invoicing app", "category": "app",
        "audience": "freelancers",
        "pain": ["chasing"], "offer": "Free trial", "url": "ledgerly.example", "tone": "tech",
        "cta": "Start your free trial",
    },
    "D": {
        "length_ms": 20_000, "product": "CrunchBay", "kind": "pickles", "category": "food", "audience": "snack lovers",
        "proof": None, "cta": "Find them in the chilled aisle", "tone": "comedic",
    },
    "E": {
        "length_ms": 45_000, "product": "Harbour House", "category": "charity", "tone": "emotional",
        "quote": "They gave us time", "cta": "Donate at harbourhouse.example", "url": "harbourhouse.example",
    },
    "F": {
        "length_ms": 6000, "product": "FreshRoute", "proof": ["30 minutes"], "offer": "20% off first order",
        "code": "FRESH20", "tone": "energetic", "cta": None,
    },
    "gym": {
        "length_ms": 15_000, "product": None, "platform": "tiktok", "aspect": "9:16", "category": "fitness",
        "tone": "energetic",
    },
    "model": {"product": "Kestrel X2", "length_ms": None, "tone": None},
    "ampersand": {"product": "Crumb & Co", "platform": "reels", "aspect": "9:16"},
    "url only": {"product": "Nolabags", "url": "nolabags.com", "length_ms": None, "proof": ["20 years"]},
    "no name": {"product": None, "length_ms": 20_000, "aspect": "9:16", "tone": "emotional"},
    "long": {"length_ms": 60_000, "product": "Orchard Row", "tone": "documentary", "proof": ["12,000 bottles a year"]},
    "deadline": {"offer": "30% off everything", "code": "LUMEN30", "deadline": "until 30 November", "product": "Lumen"},
    "minutes": {"length_ms": 120_000, "product": "Wren & Sons", "tone": "documentary"},
    "square": {"length_ms": 12_000, "aspect": "1:1", "audience": "beginners"},
    "bulgarian": {"language": "bg", "length_ms": 20_000, "product": "Корица", "cta": "Елате преди девет"},
    "german": {"language": "de", "length_ms": 20_000, "offer": "20 % Rabatt", "deadline": "bis 30. November"},
    "arabic": {"language": "ar", "length_ms": 15_000, "product": "نور", "offer": "خصم 20%"},
    "japanese": {"language": "ja", "length_ms": 20_000, "product": "ほのか"},
    "hindi": {"language": "hi", "length_ms": 20_000, "product": "सवेरा", "cta": "आज ही ऑर्डर करें"},
    "french": {"language": "fr", "length_ms": 15_000, "product": "Maison Lune"},
    "spanish": {"language": "es", "length_ms": 20_000, "product": "Café Sol", "offer": "Envío gratis"},
    "injection": {"length_ms": 20_000, "product": "Bolt"},
    "thai": {"language": "th", "length_ms": 15_000},
    "shop": {"product": "Nonna's bakery", "category": "food", "proof": ["36 hours"]},
    "lamp": {"product": "Fenn", "kind": "desk lamp", "category": "home", "tone": "emotional", "pain": ["flickering"]},
    "birthday": {"product": "Ana", "category": "occasion", "tone": "emotional"},
    "pitch": {
        "product": "Tally", "features": None, "mustnot": None,
        "benefits": ["split bills with friends in seconds", "no sign-up", "free forever"],
    },
    "thing": {"product": None, "kind": "mountain bike", "tone": "energetic"},
    "receipts": {"product": "Ledger Bank", "pain": ["losing a receipt"], "mustnot": ["people", "text"]},
    "opening": {"product": None, "category": "restaurant"},
    "pottery": {"product": "Kettle & Co", "category": "ware"},
    "korean": {"language": "ko", "length_ms": 20_000, "product": "달빛"},
}  # fmt: skip


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, row in EXPECTED.items() for field in row])
def test_a_brief_is_understood(name: str, field: str) -> None:
    shown = understand(BRIEFS[name]).shown()[field]
    assert (shown["value"] if shown else None) == EXPECTED[name][field]


@pytest.mark.parametrize("name", BRIEFS)
def test_a_span_leads_back_to_the_very_characters(name: str) -> None:
    for entry in understand(BRIEFS[name]).shown().values():
        for span in (entry or {}).get("spans", [(entry or {}).get("span")]):
            if span:
                assert BRIEFS[name][span["start"] : span["end"]] == span["text"]


@pytest.mark.parametrize("name", BRIEFS)
def test_confidence_is_whole_per_cent(name: str) -> None:
    for entry in understand(BRIEFS[name]).shown().values():
        assert entry is None or (type(entry["confidence"]) is int and 0 <= entry["confidence"] <= 100)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("15s ad for Nolabags, handmade leather bags. Order at nolabags.com", "handmade leather bags"),
        ("ad for Orchard Row, organic apple juice", "organic apple juice"),
        ("15s ad for Tern, try our bags.", None),
        ("15s ad for Tern, discover bags", None),
        ("ad for Tern, a bag shop", "bag shop"),
        ("ad for Tern, warm and friendly", None),
    ],
)
def test_a_kind_is_told_without_an_article_too(text: str, kind: str | None) -> None:
    shown = understand(text).shown()["kind"]
    assert (shown["value"] if shown else None) == kind


def test_the_quote_names_who_said_it() -> None:
    entry = understand(WORKED["E"]).shown()["quote"]
    assert entry
    assert (entry["who"], entry["role"]) == ("Mark", "father")


def test_a_quoted_tagline_is_nobodys_testimonial() -> None:
    assert understand('20s ad for Tern, a bag shop. Tagline: "Carry less and see far more."').quote is None


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("a 90 second film for Tern", 90_000),
        ("1-minute ad for Tern", 60_000),
        ("half a minute about Tern", 30_000),
        ("30秒のCM", 30_000),
        ("14,5 сек реклама", 15_000),
        ("delivery in 30 minutes by Tern", None),
        ("open 24 hours", None),
        ("60s disco bar Tern", 60_000),
        ("ad for Tern, 9:16, 25 secs", 25_000),
        ("0 s ad for Tern", None),
    ],
)
def test_lengths_are_told_from_claims(text: str, ms: int | None) -> None:
    found = understand(text).length_ms
    assert (found.value if found else None) == ms


@pytest.mark.parametrize(
    "text",
    [
        "A 20 second short for Kestrel X2 running shoes", "20s short about bees", "30-second short: why bees matter",
        "half-minute short on tea", "a half a minute short for Tern", "Two-minute short about Wren & Sons",
        "A short for summer: linen pants by Tern", "A stop-motion short about toys", "A funny short about bread",
        "Make it a short.", "My bakery needs a short.", "Short: Kestrel X2", "a short, 15 seconds, for Tern",
        "A 20 second short for YouTube about bread", "a 20-second short-form video for Tern", "A reel for Tern",
        "A TikTok for Tern", "A 20-second vertical for Tern", "YouTube Shorts ad for Tern",
        "Ein 20-Sekunden-Short für Kestrel X2", "Hochkantvideo für Brotzeit", "Un short de 20 segundos para Café Sol",
        "Vídeo vertical para Café Sol", "Une vidéo verticale pour Maison Lune", "فيديو عمودي عن نور", "ريلز عن نور",
        "20秒の縦型CM", "20秒のショート動画、ほのか", "20초 쇼츠", "20秒竖屏广告", "Вертикално видео за Корица",
        "Тик-ток 15 секунд про хлеб", "सवेरा के लिए 20 सेकंड का रील",
    ],
)  # fmt: skip
def test_a_short_is_upright_however_it_is_asked_for(text: str) -> None:
    found = understand(text).aspect
    assert found and found.value == "9:16"


@pytest.mark.parametrize(
    "text",
    [
        "A 20 second short film for Kestrel X2", "a short ad for Tern", "a short 20 second ad for Tern",
        "a short, punchy ad for Tern", "a short and sweet ad for tea", "a short walk from the station", "short sleeves",
        "in short, bread", "nothing short of great", "short of breath? Tern helps", "we ran short of flour",
        "Life is short. Tern.", "life is too short for bad coffee", "a short to medium walk",
        "20s ad for Tern, a short for runners", "20s ad for Tern running shorts", "Tern makes shorts for runners",
        "Anuncio de 20 segundos para un short de running", "20s ad for Tern, a fishing reel",
        "Reel in more customers with Tern", "A five-minute short about Wren & Sons", "Ein Kurzfilm über Brot",
        "A 60 second documentary portrait of Orchard Row", "10s ad for a vertical farm", "10s ad on Times Square",
    ],
)  # fmt: skip
def test_what_is_only_short_or_worn_or_painted_turns_no_film_upright(text: str) -> None:
    assert understand(text).aspect is None


def test_where_the_aspect_came_from_is_told() -> None:
    made = plan(Brief(text="A 20 second short for Kestrel X2 running shoes"))
    assert made.plan.size == (1080, 1920)
    assert "The brief says “short”: the film is 9:16." in made.said
    wide = plan(Brief(text="A 20 second short for Kestrel X2 running shoes", aspect="16:9"))
    assert wide.plan.size == (1920, 1080) and not any("9:16" in said for said in wide.said)


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
    ],
)
def test_what_must_not_be_seen_is_heard_in_any_language_and_is_never_put_on_screen(
    text: str, barred: list[str]
) -> None:
    found = understand(text).mustnot
    assert [one.text for one in found] == barred
    shown = " ".join(word for shot in plan(Brief(text=text)).plan.shots for word in shot.words.values())
    assert not any(one.span and one.span.text.casefold() in shown.casefold() for one in found)


@pytest.mark.parametrize(
    ("text", "cta"),
    [
        ("20% off your first order for Tern", None),
        ("Order at tern.example/shop today", "Order at tern.example/shop today"),
        ("Tern, a bag. Try it.", "Try it"),
        ("Free trial at tern.example", "Start your free trial"),
    ],
)
def test_a_noun_is_no_call_and_an_address_does_not_cut_one(text: str, cta: str | None) -> None:
    found = understand(text).cta
    assert (found.value if found else None) == cta


@pytest.mark.parametrize(
    ("text", "deal"),
    [
        ("100% off nothing, ad for Tern", "100% off"),
        ("12.5% off all bags at Tern", "12.5% off all bags"),
        ("Tern bags, only $49.90/month", "only $49.90/month"),
        ("Tern, 95% recycled", None),
    ],
)
def test_a_deal_is_copied_to_the_letter(text: str, deal: str | None) -> None:
    found = understand(text).offer
    assert (found.deal.value if found else None) == deal


@pytest.mark.parametrize(
    ("brief", "category"),
    [
        ("Lumen Fold, a solar camping lantern that folds flat. For hikers.", "outdoors"),
        ("Ridge, a tent for two", "outdoors"),
        ("Fenn, a desk lamp for a small flat", "home"),
    ],
)
def test_a_thing_for_the_open_air_is_not_shown_in_a_living_room(brief: str, category: str) -> None:
    found = understand(brief).category
    assert found and found.value == category


def test_no_word_of_a_table_mixes_scripts() -> None:
    """Letters of two scripts that look alike: such a word is in no brief."""
    scripts = ("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "BENGALI", "THAI", "HANGUL")
    for table in (Path(tables.__file__).parent).glob("*.yaml"):
        for word in re.findall(r"[^\W\d_]+", table.read_text(encoding="utf-8")):
            met = {name for c in word for name in scripts if unicodedata.name(c, "").startswith(name)}
            assert len(met) <= 1, f"{table.name}: {word} is of {met}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Launch teaser. App name: Splitly. Splits bills. Available Dec 1 on iOS. 20 seconds vertical", "Splitly"),
        ("20s ad. The brand name is Oat & Co. Oat milk for baristas.", "Oat & Co"),
        ("Teaser. Out on Nov 24 for Tern, a bike.", "Tern"),
    ],
)
def test_a_name_that_is_called_one_is_it_and_a_date_is_none(text: str, name: str) -> None:
    found = understand(text).product
    assert found and found.text == name
    told = " ".join(words for shot in plan(Brief(text=text)).plan.shots for words in shot.words.values())
    assert "name" not in told


def test_how_a_film_is_held_is_not_said_in_it() -> None:
    made = plan(Brief(text="Werbung für Lichtwerk, eine Taschenlampe, 12 Sekunden, hochkant")).plan
    assert made.size == (1080, 1920)
    assert not any("hochkant" in words.casefold() for shot in made.shots for words in shot.words.values())


def test_a_brief_and_a_flavor_of_two_aspects_are_told_with_what_the_film_is() -> None:
    planned = plan(Brief(text="10 second ad for Tern, a bike, 4:5"))
    assert planned.plan.size == (1080, 1350)
    assert "The brief asks for 4:5: the film is 4:5, where flavor spot has 16:9." in planned.said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7 second ad for Tern, a bike", "The brief says “7 second”: the film is 6 s"),
        ("14,5 сек реклама за Tern", "the film is 15 s"),
        ("8 s ad for Tern, a bike", ""),
        ("1-minute ad for Tern, a bike", ""),
        ("a 90 second film for Tern, a bike", ""),
    ],
)
def test_a_length_that_became_a_usual_one_near_it_is_told(text: str, said: str) -> None:
    told = " ".join(plan(Brief(text=text)).said)
    assert said in told and ("a usual length" in told) == bool(said)
    kept = plan(Brief(text=text, length_ms=7000))
    assert "a usual length" not in " ".join(kept.said)


def test_a_length_that_is_set_against_the_briefs_words_is_told_in_seconds() -> None:
    told = plan(Brief(text="A 20 second ad for Tern, a bike", length_ms=7500)).said
    assert "The brief says “20 second”, the length that is set is 7.5 s: the film is that." in told
    same = plan(Brief(text="7 second ad for Tern, a bike", length_ms=7000)).said
    assert not any("7 second" in one for one in same)
