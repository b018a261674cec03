"""The thing beside a row: what its noun means, or nothing; never what it is made with or what only sounds like it."""

from __future__ import annotations

import pytest

from reelwright.planner.emblem_choice import choose_row_emblems, find_named_emblem

NONE = ""
TUNED = [
    ("en", "Butter plait", {"plait", "bread"}),
    ("de", "Butterzopf", {"plait", "bread"}),
    ("fr", "Brioche au beurre", {NONE, "bread", "plait", "roll"}),
    ("en", "Poppy seed rolls", {"roll", "bread"}),
    ("en", "Rye sourdough", {"bread"}),
    ("en", "Salt caramel", {NONE}),
    ("en", "Honey mustard dressing", {NONE}),
    ("en", "Milk bread", {"bread"}),
    ("en", "Egg noodles", {"noodles"}),
    ("en", "Carrot cake", {"cake"}),
    ("en", "A jar of honey", {"honey", "jar"}),
    ("en", "Fresh milk", {"milk"}),
    ("en", "Bring your dancing shoes.", {"dance_shoe"}),
    ("de", "Tanzschuhe nicht vergessen", {"dance_shoe"}),
    ("en", "Running shoes", {"shoe"}),
    ("en", "Vows under the almond trees", {"tree", "ring"}),
    ("ja", "六室だけの静けさ", {"shoji", NONE}),
    ("ja", "和室 十畳", {"shoji", NONE}),
    ("en", "Twelve quiet rooms", {"bed"}),
    ("en", "Feeds one of them for a week", {NONE, "calendar"}),
    ("en", "Feeds a family of four", {NONE}),
    ("fr", "Velouté de potimarron", {"soup", "pumpkin"}),
    ("de", "Suppe des Tages", {"soup", "calendar"}),
    ("ko", "에티오피아 구지", {"coffee_beans"}),
    ("en", "Colombia Huila", {"coffee_beans"}),
    ("it", "Fagioli all'uccelletto", {"beans"}),
    ("en", "built by Tove Ekelund", {NONE}),
    ("de", "Baujahr 1987", {NONE}),
    ("en", "Palmer & Voss (live)", {NONE}),
    ("en", "Live chat until midnight", {"speech", "clock"}),
    ("en", "Upgrade is free for every plan", {"gift"}),
    ("en", "Gluten free", {NONE}),
    ("en", "Car-free Sundays", {NONE, "calendar", "clock"}),
    ("hi", "ऑर्गेंज़ा", {"fabric"}),
    ("de", "für die Einzelfahrt", {"ticket"}),
    ("en", "Deposits and savings", {"coin"}),
]
UNSEEN = [
    ("en", "Butter chicken", {NONE, "curry", "plate"}),
    ("en", "Garlic bread", {"bread"}),
    ("en", "Onion soup", {"soup"}),
    ("en", "Egg sandwiches", {"sandwich"}),
    ("en", "Honey cake", {"cake"}),
    ("en", "Milk chocolate", {"chocolate"}),
    ("en", "Salt marsh walks", {NONE, "boot"}),
    ("en", "Milk from our own cows", {"milk", "cow"}),
    ("en", "Butter and eggs", {"butter", "egg"}),
    ("de", "Milchreis", {NONE, "rice"}),
    ("de", "Honig aus dem Garten", {"honey"}),
    ("fr", "Croissant au beurre", {"croissant"}),
    ("fr", "Tarte au miel", {NONE, "pie"}),
    ("es", "Pan con ajo", {NONE, "bread"}),
    ("it", "Pane al burro", {NONE, "bread"}),
    ("en", "Apple pie", {"pie"}),
    ("en", "Chocolate cake", {"cake"}),
    ("en", "Lemon tea", {"tea"}),
    ("en", "Ballet shoes", {"ballet"}),
    ("fr", "Chaussures de danse", {"dance_shoe"}),
    ("en", "Olive trees", {"tree"}),
    ("en", "Three apple trees and a bench", {"tree"}),
    ("ja", "客室は八つ", {"shoji", NONE}),
    ("fr", "Huit chambres", {"bed"}),
    ("en", "Feeds the whole street", {NONE}),
    ("en", "Tomato soup", {"soup"}),
    ("de", "Linsensuppe", {"soup", NONE}),
    ("es", "Sopa de ajo", {"soup"}),
    ("en", "Kenya, washed", {"coffee_beans"}),
    ("en", "Linen and cotton", {"fabric"}),
    ("de", "Seide aus Como", {"fabric"}),
    ("en", "Sugar free", {NONE}),
    ("en", "Smoke-free rooms", {"bed", NONE}),
    ("en", "Dinner at the long table", {"plate"}),
    ("de", "Hefezopf", {"plait"}),
    ("en", "Cinnamon buns", {"roll", "bread"}),
    ("en", "Special interest groups", {NONE}),
    ("en", "Live music until two", {"note"}),
]


@pytest.mark.parametrize(("language", "row", "wanted"), [*TUNED, *UNSEEN])
def test_a_row_shows_what_its_noun_means_or_nothing(language: str, row: str, wanted: set[str]) -> None:
    assert choose_row_emblems((row,), language)[0] in wanted


@pytest.mark.parametrize(
    ("language", "line", "wanted"),
    [
        ("en", "Please bring no presents. Bring your dancing shoes.", "dance_shoe"),
        ("en", "A butter plait for everybody", "plait"),
        ("en", "Butter chicken for everybody", ""),
        ("en", "Bread, butter and jam", "bread"),
    ],
)
def test_a_line_shows_what_its_noun_means(language: str, line: str, wanted: str) -> None:
    assert find_named_emblem(line, language) == wanted
