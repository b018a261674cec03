"""A postcode belongs to its address, what stands behind it is the call, and a house number is no figure."""

from __future__ import annotations

from typing import Final

import pytest

from reelwright.planner.reading.read import read_brief
from reelwright.planner.rules import plan
from reelwright.reel.film.brief import Brief

ADDRESSES: Final = [
    ("Harrow & Finch is a bicycle repair workshop in Bristol. Spring tune-up: gears, brakes, wheels trued and chain cleaned for £45 instead of £70, until 30 April 2027. Walk in Tuesday to Saturday, 8 am to 6 pm, at 14 Colston Lane, Bristol BS1 5AD, or ring 0117 496 0182. Your bike is back the same day. Friendly, practical, no jargon.",  # noqa: E501
     "14 Colston Lane, Bristol BS1 5AD", "ring 0117 496 0182"),
    ("Kettler & Lohse ist eine Fahrradwerkstatt in Leipzig. Kommt vorbei in der Merseburger Straße 42, 04177 Leipzig, oder Anruf unter 0341 555 0198.",  # noqa: E501
     "Merseburger Straße 42, 04177 Leipzig", "Anruf unter 0341 555 0198"),
    ("Maple Row frames pictures in Toronto. Custom frames from $60. Visit us at 218 Queen Street West, Toronto M5V 2A4, or call 416 555 0142.",  # noqa: E501
     "218 Queen Street West, Toronto M5V 2A4", "call 416 555 0142"),
    ("Spring Bank Ceramics teaches a two-hour throwing class for beginners, £38 a person. Find us at 9 Spring Bank, Hull HU3 1LR, or ring 01482 496 055.",  # noqa: E501
     "9 Spring Bank, Hull HU3 1LR", "ring 01482 496 055"),
    # not looked at while the rules were written
    ("Bloemenatelier Iris maakt bruidsboeketten in Amsterdam. Kom langs op Prinsengracht 118, 1015 EA Amsterdam, of bel 020 555 0147.",  # noqa: E501
     "Prinsengracht 118, 1015 EA Amsterdam", "bel 020 555 0147"),
    ("Atelier Brune répare vos chaussures à Lyon. Passez au 12 rue des Tanneurs, 69005 Lyon, ou appelez le 04 55 50 11 22.",  # noqa: E501
     "12 rue des Tanneurs, 69005 Lyon", "appelez le 04 55 50 11 22"),
    ("Dogtooth is a dog groomer in Portland. Full wash and trim for $48. Come to 77 Alder Avenue, Portland, OR 97205, or text 503 555 0119.",  # noqa: E501
     "77 Alder Avenue, Portland, OR 97205", "text 503 555 0119"),
    ("Librería Olmo abre los domingos. Estamos en la calle del Olmo 14, 28012 Madrid, o llama al 915 55 01 23.",
     "calle del Olmo 14, 28012 Madrid", "llama al 915 55 01 23"),
    ("Mill Lane Bakes sells sourdough in York. Open from 7 am at 3 Mill Lane, York YO1 7LZ. Or phone 01904 496 018.",
     "3 Mill Lane, York YO1 7LZ", "phone 01904 496 018"),
]  # fmt: skip


@pytest.mark.parametrize(("brief", "address", "call"), ADDRESSES)
def test_an_address_stays_whole_and_the_call_behind_it_is_one(brief: str, address: str, call: str) -> None:
    pieces = [piece.text for piece in read_brief(brief).pieces]
    assert any(address in text for text in pieces), pieces
    assert call in pieces, pieces
    card = plan(Brief(text=brief)).plan.shots[-1].words
    assert card["legal"] == address
    assert card["url"] in call
    assert address.split(", ")[-1] not in card["line"]


@pytest.mark.parametrize("brief", [
    "Kiln Lane Pots opens on Saturday. Find us at 9 Spring Bank, Hull. £12 a mug.",
    "Pots and plates, made to order. We are at 9 Spring Bank. Call 01482 496 055.",
])  # fmt: skip
def test_the_number_of_a_house_is_no_figure(brief: str) -> None:
    assert not any("number" in shot.words for shot in plan(Brief(text=brief)).plan.shots)
