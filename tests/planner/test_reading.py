"""The reader of briefs: verbatim, the same everywhere, and no worse on the open test part than was measured."""

from __future__ import annotations

import json
import lzma
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.reader.corpus import FOLDER, Example, read_hand
from tools.reader.evaluate import find_shared, judge
from tools.reader.train import CHECKED, fit_verifier, learn_places, list_checks, list_rarities, read_hands, train

from reelwright.errors import ReelwrightError
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.directions import read_direction
from reelwright.planner.reading.draft import build_script, draft_facts, drop_undrawable
from reelwright.planner.reading.likelihood.verifier import PLACED
from reelwright.planner.reading.likelihood.weighing import estimate
from reelwright.planner.reading.read import read_brief
from reelwright.planner.reading.tagger import MODEL, TABLES, Model, unpack_weights
from yardstick import slowness

LEAST_FACTS, LEAST_NAMES, MOST_REFUSED, MOST_WRONG = 0.88, 0.91, 0.005, 0.19
"""Of the open part: measured 0.89, 0.92, 0 and 0.18 on 2026-11-29, when the reader learned clean copy, too; two days
before 0.89, 0.96, 0 and 0.11.
"""
LEAST_OF_COPY = 0.93
"""Of the facts and of the names of clean copy: measured 0.94 and 0.95 on 2026-11-29; 0.88 and 0.93 before."""


def read_part(prefix: str) -> list[Example]:
    return [one for path in sorted(FOLDER.glob(f"{prefix}-*.txt")) for one in read_hand(path)]


def test_the_open_part_is_read_no_worse_than_was_measured() -> None:
    counts: Counter[str] = Counter()
    for example in list_apart("open"):
        facts = script = None
        try:
            facts = read_brief(example.text)
            script = build_script(facts, draft_facts(drop_undrawable(facts)[0]))
        except ReelwrightError:
            pass
        counts.update(kind for kind, _ in judge(example, facts, script))
    assert counts["shown"] >= LEAST_FACTS * counts["fact"]
    assert counts["named"] >= LEAST_NAMES * counts["name"]
    assert counts["refused"] <= MOST_REFUSED * counts["said"]
    assert counts["wrong film"] <= MOST_WRONG * counts["film"]


def test_clean_copy_is_shown_whole() -> None:
    counts: Counter[str] = Counter()
    for example in list_apart("copy"):
        facts = read_brief(example.text)
        script = build_script(facts, draft_facts(drop_undrawable(facts)[0]))
        counts.update(kind for kind, _ in judge(example, facts, script))
    assert counts["shown"] >= LEAST_OF_COPY * counts["fact"] and counts["named"] >= LEAST_OF_COPY * counts["name"]


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("Krume bakes sourdough in a brick oven in Graz. Every loaf rests 36 hours.", "Krume"),
        ("Why wait for spring? Hofer Gardens plants all year. Trees, hedges, lawns.", "Hofer Gardens"),
        (
            "Krume backt Sauerteigbrot in Leipzig. 48 Stunden Teigruhe, Mehl aus der Region.",
            "Krume",
        ),
        ("De Zolder geeft tekenles aan kinderen vanaf zes jaar. Kleine groepen.", "De Zolder"),
        ("Zielona Waga sprzedaje bez opakowań. Kasze, orzechy, oleje, mydła.", "Zielona Waga"),
        ("Kotoba teaches speaking first. Twelve evening lessons, never more than six in a class. £210.", "Kotoba"),
    ],
)
def test_a_name_ends_before_the_word_that_says_what_it_does(brief: str, name: str) -> None:
    found = read_brief(brief).name
    assert found and found.text == name


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        (
            "Burst pipe? Rohrfix comes within the hour. Fixed prices, no call-out fee.",
            "Fixed prices",
        ),
        ("Mara Lindqvist. Chopin, Satie and a new sonata. Tickets 24 euros.", "Chopin"),
        ("Café Luna opens on Monday. Many thanks. Free Entry", "Free Entry"),
    ],
)
def test_no_part_of_clean_copy_is_left_out(brief: str, line: str) -> None:
    assert line in " ".join(piece.text for piece in read_brief(brief).pieces)


def list_apart(prefix: str) -> list[Example]:
    """List the briefs of a test part that share nothing with the training part."""
    part = read_part(prefix)
    shared = set(find_shared(read_part("hand"), part))
    return [one for one in part if (one.hand, one.number) not in shared]


def test_few_test_briefs_share_a_brief_a_name_or_six_words_with_the_training_part() -> None:
    for prefix in ("open", "unread"):
        assert len(list_apart(prefix)) >= 0.93 * len(read_part(prefix)), "those that share are left out of all counts"


SIGNED_MAILS = {
    "Hand Room": """Subject: Re: clip
From: Greta Holm
To: Reception

Please make a clip for the Hand Room.
Hand clinic, opens Monday 2 February
Second floor, Larkin House
A first appointment is £58

Thanks,
Greta Holm
Practice Manager
Larkin House Physiotherapy""",
}


@pytest.mark.parametrize("name", SIGNED_MAILS)
def test_a_mail_is_about_what_it_asks_a_film_for_and_not_about_the_firm_that_signs_it(name: str) -> None:
    facts = read_brief(SIGNED_MAILS[name])
    assert facts.name and facts.name.text == name
    lines = {run.text for screen in build_script(facts, draft_facts(facts)).screens for run in screen.runs}
    assert not lines & {"Practice Manager", "Larkin House Physiotherapy", "Käserei Arnold GmbH"}


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_whatever_is_read_stands_in_the_brief_letter_by_letter(text: str) -> None:
    try:
        facts = read_brief(text)
    except ReelwrightError:
        return
    for part in (*facts.pieces, *facts.pictures, *facts.directions, *facts.unused_parts):
        assert text[part.start : part.end] == part.text and part.text
    assert facts == read_brief(text)


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("Ad for Juno, a bicycle bell that plays a chord", "Juno"),
        ("A fox learns to skate", "fox learns to skate"),
        ("hiring! we need 2 cooks, good pay, apply at jobs@bella.example until 5 january", "good pay"),
        ("Create a 30-second Nike sneaker ad, energetic style", "Nike sneaker"),
    ],
)
def test_a_brief_as_people_type_it_is_read_and_its_request_is_not_shown(brief: str, line: str) -> None:
    lines = [one.screen.text for one in draft_facts(read_brief(brief)).lines]
    assert any(line in one for one in lines)
    assert not any(word in one.casefold() for one in lines for word in ("ad for", "create", "30-second", "energetic"))


@pytest.mark.parametrize(
    ("brief", "kinds"),
    [
        ("A mug that keeps tea warm. No text.", {"no_text"}),
        ("Ein Film über einen Becher. Ohne Text bitte.", {"no_text"}),
        ('A film for "Fenn". It says "No words." and no more', set()),
    ],
)
def test_a_clause_that_forbids_text_is_a_direction_unless_it_is_quoted(brief: str, kinds: set[str]) -> None:
    assert {one.kind for one in read_brief(brief).directions} & {"no_text"} == kinds


@pytest.mark.parametrize(
    ("direction", "aspect"),
    [
        ("portrait video", "9:16"), ("in portrait", "9:16"),
        ("a documentary portrait of", None), ("ein Porträt von", None), ("un ritratto di", None),
    ],
)  # fmt: skip
def test_a_portrait_of_somebody_is_no_upright_film(direction: str, aspect: str | None) -> None:
    found = {one.kind: one.value for one in read_direction(direction, Marks(direction), 0, len(direction))}
    assert found.get("aspect") == aspect


def test_the_same_examples_train_the_same_model(tmp_path) -> None:
    some = read_part("open")[:12]
    counts = [train(some, tmp_path / name) for name in ("a", "b")]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() and counts[0] == counts[1]
    model = Model((tmp_path / "a").read_bytes(), list_rarities(counts[0]))
    checks = list(list_checks(some, model))
    weights = fit_verifier(checks)
    assert checks and weights == fit_verifier(checks)
    chances = {
        is_right: [estimate(features, weights) for features, right in checks if right is is_right]
        for is_right in (True, False)
    }
    assert not chances[False] or sum(chances[True]) / len(chances[True]) > sum(chances[False]) / len(chances[False])


def test_the_weights_of_places_are_learned_beside_those_that_are_known() -> None:
    known = {"one": 0.4, "mean": 1.2}
    checks = [
        ({"one": 1.0, "mean": 0.5, f"{PLACED}{where}": 1.0, "unknown": 1.0}, where == "first")
        for where in ("first", "last")
        for _ in range(9)
    ]
    places = fit_verifier(checks, known)
    assert sorted(places) == [f"{PLACED}first", f"{PLACED}last"]
    assert places[f"{PLACED}first"] > 0 > places[f"{PLACED}last"]
    assert not any(name.startswith(PLACED) for name in fit_verifier(checks)), (
        "halves of the hands tell nothing of places"
    )


def test_the_committed_weights_of_places_are_learned_from_the_checked_hands() -> None:
    tables = json.loads(lzma.decompress(TABLES.read_bytes()))
    rarities = {word: rarity for rarity, words in tables["words"].items() for word in words.split()}
    known = {name: weight for name, weight in tables["verifier"].items() if not name.startswith(PLACED)}
    model = Model(unpack_weights(MODEL.read_bytes()), rarities)
    assert learn_places(read_hands(CHECKED), model, known) == pytest.approx(tables["verifier"], abs=0.002)


@pytest.mark.timed
def test_a_brief_is_read_in_milliseconds() -> None:
    brief = read_part("open")[0].text
    read_brief(brief)
    began = time.process_time()
    for _ in range(10):
        read_brief(brief)
    assert (time.process_time() - began) / 10 <= 0.05 * slowness()


def test_briefs_that_are_read_at_once_are_read_as_if_each_were_alone() -> None:
    briefs = [
        "Ad for Juno, a bicycle bell that plays a chord. 39 euros at juno.example",
        "hiring! we need 2 cooks for the summer, apply at jobs@bella.example until 5 january " * 4,
        "和菓子の動画。温かい雰囲気で。",
    ] * 30
    alone = [read_brief(brief) for brief in briefs]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read_brief, briefs)) == alone


def test_of_a_price_of_what_somebody_does_the_thing_is_shown() -> None:
    facts = read_brief("Paws & Paths walks dogs in Leeds. I do group walks £14 and solo walks £20. Call 0113 555 0190")
    assert [one.text for one in facts.list_pieces("offer")] == ["group walks £14 and solo walks £20"]


def test_a_name_that_no_screen_shows_is_noted() -> None:
    brief = (
        "A teaser for my podcast Night Shift, new season starts Dec 3, stories from people who work while you sleep."
    )
    facts = read_brief(f"{brief} Listen on Spotify")
    assert [one.text for one in facts.list_pieces("call")] == ["Listen on Spotify"]
