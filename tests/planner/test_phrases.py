"""A sentence on several screens: its words letter by letter, broken where one would breathe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reelwright.planner.certain.values import CertainFacts, PicturePart, Piece, SubjectName
from reelwright.planner.phrases import split_phrases
from reelwright.planner.reading.draft import draft_facts
from reelwright.planner.reading.read import Reader, read_brief
from reelwright.planner.reading.tagger import TaggedSpan, load_weights
from reelwright.planner.rules import plan
from reelwright.reel.film.brief import Brief


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        (
            "A lighthouse keeper finds a message in a bottle and rows out into the storm",
            ("A lighthouse keeper", "finds a message in a bottle", "and rows out into the storm"),
        ),
        (
            "Ein alter Mann baut ein Boot, das nie das Wasser sieht, und verschenkt es",
            ("Ein alter Mann baut ein Boot", "das nie das Wasser sieht", "und verschenkt es"),
        ),
        (
            "the last tram of the night and the woman who always misses it",
            ("the last tram of the night", "and the woman", "who always misses it"),
        ),
        (
            "الثعلب الذي يتعلم التزلج على البحيرة المتجمدة خلف المدرسة",
            ("الثعلب الذي يتعلم التزلج", "على البحيرة المتجمدة خلف المدرسة"),
        ),
    ],
)
def test_a_sentence_is_broken_where_one_would_breathe(text: str, phrases: tuple[str, ...]) -> None:
    assert split_phrases(text, len(phrases)) == phrases


def test_no_word_is_lost_or_made() -> None:
    text = "One two three four, five six; seven eight nine ten"
    for count in range(1, 9):
        found = split_phrases(text, count)
        assert [w.strip(",;") for w in " ".join(found).split()] == [w.strip(",;") for w in text.split()]
        assert len(found) == min(count, 4)
    assert split_phrases("word", 3) == ("word",)
    assert split_phrases("a " * 200, 3) == ("a " * 200,), "too long to be told phrase by phrase"


@pytest.mark.parametrize(
    ("brief", "screens"),
    [
        (
            "Ad for Juno, a bicycle bell that plays a chord",
            [{"name": "Juno"}, {"line": "a bicycle bell that plays a chord"}, {"name": "Juno"}],
        ),
        ("Create a Nike sneaker ad, energetic style", [{"line": "a Nike sneaker"}]),
        ('Ad for "Blue Heron"', [{"line": "Blue"}, {"line": "Heron"}, {"name": "Blue Heron"}]),
        (
            "a fox learns to skate on the frozen pond behind the school",
            [{"line": "a fox learns to skate"}, {"line": "on the frozen pond"}, {"line": "behind the school"}],
        ),
        ("Juno", [{"name": "Juno"}]),
    ],
)
def test_a_film_of_little_is_more_than_one_card(brief: str, screens: list[dict[str, str]]) -> None:
    assert [dict(shot.words) for shot in plan(Brief(text=brief)).plan.shots] == screens


def test_a_story_goes_on_to_the_end_of_its_sentence_and_is_not_its_place_alone() -> None:
    text = "A fox learns to skate behind the school"
    subject = PicturePart(kind="subject", text=text[:21], start=0, end=21)
    place = Piece(kind="place", text=text[22:], start=22, end=len(text), probability=0.9)
    facts = CertainFacts(brief=text, language="en", pieces=(place,), pictures=(subject,))
    assert [one.text for one in draft_facts(facts).screens] == [text]
    named = replace(facts, name=SubjectName(text="Vix", start=0, end=1))
    assert [one.text for one in draft_facts(named).screens] == ["Vix", "behind the school"], "a place is a fact of it"


def test_a_word_that_only_says_whose_is_no_line() -> None:
    shown = draft_facts(read_brief("Film für unseren Fahrradladen Speiche in Köln-Ehrenfeld. Inspektion 49 Euro."))
    assert "unseren" not in [one.text for one in shown.screens] and "Inspektion 49 Euro" in [
        one.text for one in shown.screens
    ]


def test_what_one_screen_says_aloud_is_said_once() -> None:
    text = "A fox learns to skate on the frozen pond behind the school"
    made = plan(Brief(text=text, voice="eleven_v3:ana")).plan
    said = [line.text for _, line in made.list_lines()]
    assert len(said) == len(set(said)) and " ".join(said) == f"{text}.", "one sentence over all screens"


def test_a_number_beside_a_little_word_is_said() -> None:
    for text in ("a 12 €", "der 14.", "the 90s"):
        assert not _says_nothing(text), text
    assert _says_nothing("our") and _says_nothing("unseren")


def _says_nothing(text: str) -> bool:
    reader = Reader(text, "en", load_weights())
    everything = TaggedSpan(label="what", first=0, end=len(reader.tokens), probability=1.0)
    return reader._says_nothing(everything, 0, len(text))


@pytest.mark.parametrize("line", ["Little paws leave big prints", "First reply in hours", "Little Dave, Big Dave"])
def test_a_line_that_fills_the_time_phrase_by_phrase_has_no_phrase_of_one_word(line: str) -> None:
    made = plan(Brief(text=f'Ad for "Nimbus Works". {line}. 40 seconds.')).plan
    shown = [text for shot in made.shots for text in shot.words.values()]
    assert line in shown and all(" " in text for text in shown)
