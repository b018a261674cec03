"""Where names, prices and what somebody does end: days, brackets, quotations, and what is told to the maker."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.bounds import settle_bounds
from reelwright.planner.reading.directions import read_direction
from reelwright.planner.reading.draft import build_script, draft_facts
from reelwright.planner.reading.edges import cut_edges
from reelwright.planner.reading.names.bounds import settle_name_bounds
from reelwright.planner.reading.names.stated import add_called_name
from reelwright.planner.reading.read import read_brief

Labelled = tuple[tuple[str, str], ...]


@pytest.mark.parametrize(
    ("text", "marked", "settled"),
    [
        ("Ruby Tuesday opens", (("name", "Ruby Tuesday"),), [("name", "Ruby Tuesday")]),
    ],
)
def test_a_name_is_no_day_and_no_thing(text: str, marked: Labelled, settled: list[tuple[str, str]]) -> None:
    tokens, spans = mark(text, *marked)
    assert list_words(text, tokens, settle_name_bounds(tokens, spans, Marks(text))) == settled


@pytest.mark.parametrize(
    ("text", "other", "name"),
    [
        ('her name is Faith, so jokes about "losing Faith" are fine', "losing Faith", "Faith"),
        ("my band is called The and we play at the Copper Lantern", "Copper Lantern", "The"),
        ("our cafe is called crumb and kettle in Ely", "crumb and kettle", "crumb and kettle"),
    ],
)
def test_the_name_that_a_sentence_states_comes_before_another(text: str, other: str, name: str) -> None:
    tokens, spans = mark(text, ("name", other))
    made = [one for one in add_called_name(text, tokens, spans, Marks(text)) if one.label == "name"]
    best = max(made, key=lambda one: one.probability)
    assert list_words(text, tokens, [best]) == [("name", name)]


@pytest.mark.parametrize(
    ("text", "marked", "settled"),
    [
        (
            "Launch $28 (goes to $36 on Oct 15)",
            (("price", "$28"), ("old", "goes to $36 on Oct 15")),
            [("price", "$28"), ("price", "goes to $36 on Oct 15")],
        ),
        (
            "canvas totes were $24 now $10",
            (("old", "canvas totes were $24 now $10"),),
            [("price", "canvas totes were $24 now $10")],
        ),
        ("choir no auditions ever", (("what", "auditions"),), [("what", "no auditions")]),
        ("$3.1M led by Fern", (("number", "3.1M led by Fern"),), [("number", "$3.1M led by Fern")]),
        ("canoa no Vale da Rã", (("place", "Vale da Rã"),), [("place", "Vale da Rã")]),
        ("was $8 now $4", (("old", "was $8 now $4"),), [("old", "was $8"), ("price", "now $4")]),
        (
            "eye tests for over 60s on Monday",
            (("what", "eye tests for over"), ("dir", "60s")),
            [("what", "eye tests for over 60s")],
        ),
    ],
)
def test_a_price_and_a_bracket_are_whole(text: str, marked: Labelled, settled: list[tuple[str, str]]) -> None:
    tokens, spans = mark(text, *marked)
    assert list_words(text, tokens, settle_bounds(text, tokens, spans, Marks(text))) == settled


@pytest.mark.parametrize(
    ("text", "marked", "cut"),
    [
        ("include: the old caravan", (("fact", "include: the old caravan"),), [("fact", "the old caravan")]),
        ("End on tern.example", (("call", "End on tern.example"),), [("call", "tern.example")]),
        ("Keep your ticket", (("call", "Keep your ticket"),), [("call", "Keep your ticket")]),
    ],
)
def test_what_asks_for_an_address_or_a_list_is_cut(text: str, marked: Labelled, cut: list[tuple[str, str]]) -> None:
    tokens, spans = mark(text, *marked)
    assert list_words(text, tokens, cut_edges(text, tokens, spans, Marks(text))) == cut


@pytest.mark.parametrize("text", ["Over 65s, carers", "for my Year 8s"])
def test_how_old_people_are_is_no_length(text: str) -> None:
    assert all(one.kind != "length" for one in read_direction(text, Marks(text), 0, len(text)))


def test_what_somebody_does_stays_where_it_is_said() -> None:
    facts = read_brief("Boil the potatoes in their skins. Knead with flour, egg and salt. 250 g flour. Tea afterwards.")
    texts = [one.text for one in build_script(facts, draft_facts(facts)).screens]
    assert texts.index("Boil the potatoes in their skins") < texts.index("Tea afterwards")
