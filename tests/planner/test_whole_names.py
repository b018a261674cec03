"""The name of a film is what its address spells, what a sentence says it is, and whole with a nickname or quotation."""

from __future__ import annotations

import pytest

from reelwright.planner.reading.draft import draft_facts
from reelwright.planner.reading.read import read_brief

LANTERNA = (
    "Every night, more than 1,300 children in the Sabel valley walk home in the dark. Lanterna trains local women to "
    "build solar street lamps. This winter we want to light the last 12 kilometres, to the school at Upper Sabel. "
    "Give at lanterna.example."
)
MOTHKEEPER = (
    "Trailer text for our indie game MOTHKEEPER. You play a night porter in a hotel where every guest is a moth. "
    'Demo out now. Quote: "The loneliest, funniest game of the year" – Pixel Larder. Wishlist at mothkeeper.example.'
)
SUMMIT = (
    "Stonebridge Summit 2026 – two days on the future of regional rail. 6–7 May, Harrow Quay Conference Centre. "
    'Keynote: Dr Ingrid Solvang, "The Timetable Is the Product". Register: stonebridgesummit.example.'
)
ALBUM = (
    '¡Nuevo disco! "Mareas de Papel", el tercer álbum de Irene Valdeolmos. Ya disponible en todas las plataformas. '
    "Entradas en irenevaldeolmos.example"
)
WINNIE = (
    "my gran turns 90 on sunday, her name is Winnie. she loves budgies, bingo and Frank Sinatra. from all 7 grandkids."
)
POLISH = (
    'Szanowni mieszkańcy,\nSpółdzielnia „Zielony Stok" informuje, że w dniach 6–10 października odbędzie się przegląd '
    "kominiarski w budynkach przy ul. Wierzbowej 1–15."
)


def find_name(brief: str) -> str:
    name = read_brief(brief).name
    return name.text if name else ""


@pytest.mark.parametrize(
    ("brief", "name"),
    [(LANTERNA, "Lanterna"), (MOTHKEEPER, "MOTHKEEPER"), (SUMMIT, "Stonebridge Summit 2026")],
    ids=["before a place", "before who is quoted", "before a speaker"],
)
def test_the_name_that_an_address_spells_is_that_of_the_film_if_it_is_said_first(brief: str, name: str) -> None:
    assert find_name(brief) == name


def test_a_name_before_the_one_that_an_address_spells_stays_that_of_the_film() -> None:
    assert find_name(ALBUM) == "Mareas de Papel"


def test_who_is_named_beside_the_name_is_still_shown() -> None:
    assert "Dr Ingrid Solvang" in [screen.text for screen in draft_facts(read_brief(SUMMIT)).screens]


@pytest.mark.parametrize(
    "brief",
    [
        'Rosa Lund plays live. Single "Shine" Friday 9pm, Café Moll, tickets €8. rosalund.example',
        'Eröffnung: Restaurant "Zur Post" Lindenau, Samstag 3. Mai ab 18 Uhr, Marktplatz 4.',
    ],
)
def test_a_quotation_between_a_thing_and_a_day_or_place_is_no_nickname(brief: str) -> None:
    assert "“" not in find_name(brief) and '"' not in find_name(brief)


def test_the_name_that_a_sentence_says_is_surer_than_one_of_somebody_else() -> None:
    assert find_name(WINNIE) == "Winnie"


def test_a_quotation_in_a_name_is_closed() -> None:
    assert find_name(POLISH) == 'Spółdzielnia „Zielony Stok"'
