"""The name of a film is the likeliest run of words, whatever reads it; and it gets its place among the lines."""

from __future__ import annotations

import pytest
from tools.reader.fitting import Rows, judge_each, judge_groups

from planner.stretches import list_words, mark
from reelwright.planner.reading.names.placing import place_name
from reelwright.planner.reading.names.ranking import NamedRun, ReadBrief, choose_name, get_text, list_runs
from reelwright.planner.reading.read import Reader
from reelwright.planner.reading.tagger import load_weights

NOTHING = ReadBrief(spans=())


def read(text: str) -> Reader:
    return Reader(text, None, load_weights())


@pytest.mark.parametrize(
    "text", ["“It never flickers.” For “Fenn”, a desk lamp", "Ein Clip für „Nordlicht“, handgemachte Lampen"]
)
def test_no_name_holds_half_of_a_quotation(text: str) -> None:
    brief = read(text).observed
    runs = [get_text(brief, *run) for run in list_runs(brief, NOTHING)]
    assert any(run in ("fenn", "nordlicht") for run in runs)
    assert not any(sum(run.count(quote) for quote in "“”„") % 2 for run in runs)


def test_what_the_rules_read_is_always_one_of_the_runs() -> None:
    brief = read("An advert for the shop on the corner of our street with soap, salt and flour by the scoop").observed
    said = ReadBrief(spans=(), first=8, end=11, probability=0.8)
    assert (8, 11) in list_runs(brief, said)


def test_the_likeliest_run_is_chosen_and_its_probability_leaves_room_for_none() -> None:
    brief = read("Juno and Pell").observed
    weights = {"first=pell": 3.0, "": -1.0}
    name = choose_name(brief, NOTHING, weights, lambda first, end: True)
    assert get_text(brief, name.first, name.end) == "pell"
    assert 0.5 < name.probability < 1
    assert choose_name(brief, NOTHING, weights, lambda first, end: False).probability == 0


@pytest.mark.parametrize(
    ("text", "marked", "name", "placed"),
    [
        (
            "Make a film about Krume, a bakery",
            (("dir", "Make a film about Krume"), ("what", "a bakery")),
            "Krume",
            [("dir", "Make a film about"), ("name", "Krume"), ("what", "a bakery")],
        ),
        (
            "Krume bakes sourdough",
            (("name", "Krume bakes sourdough"),),
            "Krume",
            [("name", "Krume"), ("what", "bakes sourdough")],
        ),
        ("Cafe Mira opens", (("name", "Cafe Mira opens"),), "Cafe Mira", [("name", "Cafe Mira")]),
        ("Every film at Lumen is free", (("fact", "Every film at Lumen is free"),), "Lumen",
         [("fact", "Every film at Lumen is free")]),
        ("Spoke, 14 Tanner Lane", (("place", "Spoke, 14 Tanner Lane"),), "Spoke",
         [("name", "Spoke"), ("place", ", 14 Tanner Lane")]),
    ],
)  # fmt: skip
def test_a_name_is_cut_from_requests_and_longer_names_and_lines_stay_whole(
    text: str, marked: tuple[tuple[str, str], ...], name: str, placed: list[tuple[str, str]]
) -> None:
    tokens, spans = mark(text, *marked)
    first = next(n for n, one in enumerate(tokens) if one.start == text.index(name))
    run = NamedRun(first=first, end=first + len(name.split()), probability=0.9)
    assert list_words(text, tokens, place_name(tokens, spans, run)) == placed


def test_weights_tell_right_from_wrong_and_the_right_one_of_a_group() -> None:
    each, groups = Rows(), Rows()
    for n in range(60):
        each.begin_group()
        groups.begin_group()
        for good in (0, 1):
            features = {f"good={good}": 1.0, f"of group={n % 3}": 1.0, "seen": 0.5}
            each.add(features, is_right=bool(good))
            groups.add(features, is_right=bool(good) and n % 3 > 0)
    weights = each.fit(judge_each, least=5, ridge=0.1)
    assert weights["good=1"] > 1 > -1 > weights["good=0"]
    chosen = groups.fit(judge_groups, least=5, ridge=0.1)
    assert chosen["good=1"] > chosen["good=0"]
    assert chosen["of group=0"] < chosen["of group=1"], "a group without a right one chooses none"
    assert chosen == groups.fit(judge_groups, least=5, ridge=0.1)
    assert "good=1" not in each.fit(judge_each, least=61, ridge=0.1)
