"""The look of a film: named by a person, by its flavor, or chosen by its tone and what it is about, with the reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reelwright import Studio
from reelwright.planner.look_choice import BY_TONE, LookUse, choose_look, find_kind, list_look_uses
from reelwright.planner.rules import plan
from reelwright.planner.tables import load_kinds, load_tones
from reelwright.reel.film.brief import Brief
from reelwright.settings import Settings

LOOKS = {
    "slam": LookUse(tones=("energetic", "comedic"), kinds=("sport",)),
    "noir": LookUse(tones=("luxury",)),
    "riso": LookUse(tones=("comedic", "energetic"), kinds=("food",)),
    "paper": LookUse(tones=("emotional", "luxury"), kinds=("weddings",)),
}


@pytest.mark.parametrize(
    ("requested", "usual", "tone", "chosen"),
    [
        ("noir", "slam", "comedic", "noir"),
        ("", "slam", "luxury", "slam"),
        ("", BY_TONE, "luxury", "noir"),
        ("", BY_TONE, "emotional", "paper"),
        ("", BY_TONE, "comedic", "riso"),
        ("", BY_TONE, "documentary", "slam"),
    ],
)
def test_a_named_look_wins_then_the_flavor_s_then_the_one_for_the_tone(
    requested: str, usual: str, tone: str, chosen: str
) -> None:
    assert choose_look(requested, usual, tone, LOOKS)[0] == chosen


def test_a_choice_says_why_and_a_named_look_says_nothing() -> None:
    assert "emotional" in choose_look("", BY_TONE, "emotional", LOOKS)[1]
    assert choose_look("noir", BY_TONE, "emotional", LOOKS)[1] == ""
    assert "energetic" in choose_look("", BY_TONE, "energetic", LOOKS)[1], "also of the look that most films had"
    assert choose_look("", BY_TONE, "documentary", LOOKS) == ("slam", ""), "nothing speaks for it"


def test_films_of_one_kind_and_tone_are_spread_over_the_looks_that_suit_them() -> None:
    looks = LOOKS | {"grid": LookUse(tones=("neutral",), kinds=("sport",)), "plain": LookUse(tones=("neutral",))}
    titles = ("Kettle & Spoke", "Rossi", "Harbour Mutual", "Still Room", "Wag Club", "Allegro")

    def choose(text: str) -> set[str]:
        chosen = (
            choose_look("", BY_TONE, "neutral", looks, text=text, title=one, is_tone_asked=False) for one in titles
        )
        return {look for look, why in chosen if why}

    assert choose("a marathon") == {"slam", "grid"}
    assert choose("nothing that tells") == {"grid", "plain"}


def test_plain_briefs_of_many_trades_are_drawn_in_many_looks() -> None:
    briefs = (
        "Kettle & Spoke repairs bicycles", "Harbour Mutual insures small boats", "Rossi, plumbers in Leeds",
        "Still Room, yoga above the bakery", "Salon Vijf, hairdresser in Gent", "Allegro, piano and violin lessons",
        "Black Swan Tattoo", "A podcast about lost cities", "Solar panels for your roof", "Wag Club, dog day care",
    )  # fmt: skip
    chosen = [
        choose_look("", BY_TONE, "neutral", list_look_uses(), text=brief, title=brief, is_tone_asked=False)
        for brief in briefs
    ]
    counts = Counter(look for look, _ in chosen)
    assert all(why for _, why in chosen)
    assert len(counts) >= 4 and max(counts.values()) <= 4 and counts["slam"] <= 2, counts


def test_a_comedic_film_is_printed_in_riso_and_an_energetic_one_stays_in_slam() -> None:
    assert choose_look("", BY_TONE, "comedic", list_look_uses())[0] == "riso"
    assert choose_look("", BY_TONE, "energetic", list_look_uses())[0] == "slam"


def test_a_technical_film_is_drawn_in_signal_and_a_documentary_one_in_grid() -> None:
    assert choose_look("", BY_TONE, "tech", list_look_uses())[0] == "signal"
    assert choose_look("", BY_TONE, "documentary", list_look_uses())[0] == "grid"


def test_looks_suit_only_tones_that_there_are() -> None:
    assert {tone for use in list_look_uses().values() for tone in use.tones} <= set(load_tones())


def test_every_subject_that_is_told_has_a_look_and_looks_name_no_other() -> None:
    assert {kind for use in list_look_uses().values() for kind in use.kinds} == set(load_kinds())


@pytest.mark.parametrize(
    ("text", "kind", "look"),
    [
        ("Fresh bread from our bakery, croissants from 7", "food", "riso"),
        ("Töpferkurs für Anfänger, jeden Donnerstag", "crafts", "paper"),
        ("Nuestra boda, 14 de junio", "weddings", "paper"),
        ("歯科クリニック 初診無料", "health", "grid"),
        ("Мобильное приложение для бухгалтеров", "software", "signal"),
        ("حفل زفاف سارة وعمر", "weddings", "paper"),
        ("Techno in the boiler house, DJ Hexenkind", "music", "slam"),
        ("Open house: Sunday 3 May, 11 to 2", "property", "paper"),
        ("Blocked drain? Plumber in Leith, day and night", "homes", "slam"),
        ("Ab 1. März fährt die Elbfähre wieder", "towns", "grid"),
        ("The ferry to Inishmore sails again", "towns", "grid"),
        ("The help desk that reads the tracking number", "software", "signal"),
        ("Ten kilometres, no cars, 6,000 lamps, 6,000 runners", "sport", "slam"),
        ("源泉かけ流しの露天風呂", "travel", "paper"),
        ("Still Room: yoga above the cinema", "wellness", "paper"),
        ("Nothing that tells", "", "slam"),
    ],
)
def test_what_a_film_is_about_chooses_its_look(text: str, kind: str, look: str) -> None:
    assert find_kind(text) == kind
    assert choose_look("", BY_TONE, "neutral", list_look_uses(), text=text, is_tone_asked=False)[0] == look


@pytest.mark.parametrize("title", ["Zahnwerk", "Dr. Kaya", "Smile House", "Clínica Sol", "Northgate Dental"])
def test_a_clinic_is_drawn_in_grid_whatever_its_name(title: str) -> None:
    text = "The dental practice at the old tram depot"
    assert (
        choose_look("", BY_TONE, "neutral", list_look_uses(), text=text, title=title, is_tone_asked=False)[0] == "grid"
    )


def test_a_tone_that_is_asked_for_counts_more_than_the_subject_and_the_flavor_s_less() -> None:
    asked = choose_look("", BY_TONE, "emotional", LOOKS, text="our bakery", is_tone_asked=True)
    usual = choose_look("", BY_TONE, "energetic", LOOKS, text="our bakery", is_tone_asked=False)
    assert asked[0] == "paper" and usual[0] == "riso"
    assert usual[1].endswith("the tone energetic and films about food.")


def test_a_tone_that_a_script_names_is_asked_for_also_where_it_is_the_flavor_s(tmp_path: Path) -> None:
    words = "A bench, a chair and a lamp, made of oak.\n"
    with Studio(Settings(home=tmp_path)) as studio:
        named = studio.plan(script=f"---\naspect: 9:16\ntone: energetic\n---\n{words}").plan
        silent = studio.plan(script=f"---\naspect: 9:16\n---\n{words}").plan
    assert (named.tone, named.look) == ("energetic", "slam")
    assert (silent.tone, silent.look) == ("energetic", "paper")


def test_what_a_film_says_it_is_counts_more_than_a_word_on_a_later_screen() -> None:
    text = "Every step buys a blanket.\nA charity run along the Tyne\nBring a lamp."
    assert find_kind(text) == "goods"
    assert find_kind(text, "Run for Warmth\nA charity run along the Tyne") == "charities"


def test_a_plan_is_drawn_in_the_look_of_its_subject(tmp_path: Path) -> None:
    script = (
        "---\naspect: 9:16\n---\nEvery step buys a blanket.\n\n# Run for Warmth\n## A charity run along the Tyne\n\n"
        "Bring a lamp.\n\n[Donate](https://runforwarmth.example)\n"
    )
    with Studio(Settings(home=tmp_path)) as studio:
        assert studio.plan(script=script).plan.look == "paper"


def test_a_dark_film_is_drawn_dark() -> None:
    brief = 'luxury watch repair, dark, slow, gold, macro, 15s, "Time, put right.", Aldous Finch Horology'
    assert plan(Brief(text=brief)).plan.look == "noir"


@pytest.mark.parametrize("told", ["Cheerful, dark blue logo, white background.", "Bright. Skip anything dark."])
def test_a_dark_thing_or_none_makes_no_dark_film(told: str) -> None:
    assert plan(Brief(text=f'"Sol" daycare opens in Hull on 4 May. {told}')).plan.look != "noir"
