"""An offer says what it is for, its old price struck, its new one without a loose word, and until when it holds."""

from __future__ import annotations

from typing import Final

import pytest

from reelwright.planner.rules import plan
from reelwright.reel.film.brief import Brief

OFFERS: Final = [
    ("Harrow & Finch is a bicycle repair workshop in Bristol. Spring tune-up: gears, brakes, wheels trued and chain "
     "cleaned for £45 instead of £70, until 30 April 2027. Walk in Tuesday to Saturday, 8 am to 6 pm.",
     "Spring tune-up: gears, brakes, wheels trued and chain cleaned", "£45", "£70", "until 30 April 2027"),
    ("Autohaus Brandt in Kassel. Frühjahrscheck: Öl, Filter, Bremsen und Licht für 89 € statt 129 €, bis 15. Mai 2027. "
     "Termin unter 0561 555 0170.",
     "Frühjahrscheck: Öl, Filter, Bremsen und Licht", "89 €", "129 €", "bis 15. Mai 2027"),
    ("Atelier Glisse à Annecy. Révision d'hiver : fartage, affûtage et contrôle des fixations pour 35 € au lieu de "
     "50 €, jusqu'au 31 janvier 2027. Réservez au 04 55 50 22 33.",
     "Révision d'hiver : fartage, affûtage et contrôle des fixations", "35 €", "50 €", "jusqu'au 31 janvier 2027"),
    # not looked at while the rules were written
    ("Óptica Lumbre en Sevilla. Revisión completa: vista, tensión ocular y montura ajustada por 25 € en vez de 40 €, "
     "hasta el 28 de febrero de 2027. Llama al 955 55 01 10.",
     "Revisión completa: vista, tensión ocular y montura ajustada", "25 €", "40 €", "hasta el 28 de febrero de 2027"),
    ("Ashdown Sweeps cleans chimneys in Lewes. Winter visit: chimney swept, flue tested and certificate issued for £58 "
     "instead of £75, until 15 November 2027. Ring 01273 496 011.",
     "Winter visit: chimney swept, flue tested and certificate issued", "£58", "£75", "until 15 November 2027"),
    ("Мастерская «Спица» в Казани. Весенний осмотр: тормоза, цепь и колёса за 900 ₽ вместо 1500 ₽, до 30 апреля 2027. "
     "Запись: spitsa.example", "Весенний осмотр: тормоза, цепь и колёса", "900 ₽", "1500 ₽", "до 30 апреля 2027"),
]  # fmt: skip


@pytest.mark.parametrize(("brief", "thing", "new", "old", "until"), OFFERS)
def test_an_offer_keeps_its_list_its_prices_and_its_last_day(
    brief: str, thing: str, new: str, old: str, until: str
) -> None:
    shots = plan(Brief(text=brief, flavor="ads")).plan.shots
    lines = [text for shot in shots for text in shot.words.values()]
    assert thing in lines, lines
    offer = next(shot.words for shot in shots if "deal" in shot.words)
    assert dict(offer) == {"deal": f"~~{old}~~|{new}", "terms": until}
    assert until not in str(shots[-1].source)


@pytest.mark.parametrize(
    ("brief", "said"),
    [
        ("Fernweh Blooms in Bath delivers hand-tied bouquets, £32, every Friday.", "delivers hand-tied bouquets"),
        ("Tailor Ines Roth repairs wool coats, £40, in two days. Call 020 7946 0011.", "repairs wool coats"),
    ],
)
def test_a_price_does_not_stand_before_what_a_firm_does(brief: str, said: str) -> None:
    shots = plan(Brief(text=brief)).plan.shots
    assert not any(said in shot.words.get("label", "") for shot in shots)
    assert any(said in text for shot in shots for text in shot.words.values())
