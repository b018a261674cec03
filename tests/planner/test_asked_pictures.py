"""Pictures that a brief asks for are what its takes show, one each in their order, and stand on no screen."""

from __future__ import annotations

from typing import Final

import pytest

from reelwright.planner.prompts import parse_prompt
from reelwright.planner.reading.read import read_brief
from reelwright.planner.rules import PlanningResult, plan
from reelwright.planner.screens.actions import list_subjects
from reelwright.reel.film.brief import Brief

ASKED: Final = [
    ("Skua Kayaks in Oban runs guided sea trips, £55 for three hours, every day in June 2027. Meet at the North Pier. "
     "Book on 01631 496 077. Show kayaks on calm water, a seal, mist lifting.",
     ["kayaks on calm water", "a seal", "mist lifting"]),
    ("Lumen & Oak sells handmade oak desk lamps from a workshop in Leeds. The Alder lamp is £120, with a dimmer and a "
     "linen shade. Pictures: a lamp at dusk, hands planing oak, a cat. Order by 12 December 2026 for Christmas. "
     "0113 496 0371, lumenandoak.example.", ["a lamp at dusk", "hands planing oak", "a cat"]),
    ("Bäckerei Holm in Lübeck backt Sauerteigbrot im Holzofen. Zeige Hände beim Kneten, einen glühenden Ofen, eine "
     "Schlange vor dem Laden. Ein Laib kostet 5,40 €. Telefon 0451 555 0133.",
     ["Hände beim Kneten", "einen glühenden Ofen", "eine Schlange vor dem Laden"]),
    ("Le Jardin de Maud, fleuriste à Nantes. Bouquets de saison dès 28 €. On voit des pivoines au matin, un vélo "
     "chargé de fleurs, une main qui noue un ruban. Commandez au 02 55 50 12 34.",
     ["des pivoines au matin", "un vélo chargé de fleurs", "une main qui noue un ruban"]),
    ("Quesería Valdehoz hace queso de cabra en Zamora. Muestra una cabra en la ladera, unas manos que prensan queso y "
     "una mesa con pan. Lote de tres quesos por 24 €. Pide en valdehoz.example.",
     ["una cabra en la ladera", "unas manos que prensan queso", "una mesa con pan"]),
    ("「霧の里」は静岡の茶園です。新茶100g 1,200円。映像：朝霧の茶畑、茶を摘む手、湯気の立つ湯のみ。"
     "ご注文は kirinosato.example まで。", ["朝霧の茶畑", "茶を摘む手", "湯気の立つ湯のみ"]),
    # not looked at while the rules were written
    ("Northlight Running Club in Leith meets every Tuesday at 6.30 pm. We see a runner tying her shoes, an empty "
     "stadium at dawn and rain on the track. First month free. Join at northlight.example.",
     ["a runner tying her shoes", "an empty stadium at dawn", "rain on the track"]),
    ("Segelschule Windrose am Starnberger See. Schnupperkurs 79 €, jeden Samstag im Juli. Man sieht ein Segelboot im "
     "Abendlicht, eine Möwe, nasse Seile. Anmeldung: 08151 555 0144.",
     ["ein Segelboot im Abendlicht", "eine Möwe", "nasse Seile"]),
    ("Blackwood Barbers in Cardiff. Hot towel shave £22. The film shows a razor on a marble shelf, white foam, and a "
     "dog asleep by the door. Walk in or call 029 2049 6021.",
     ["a razor on a marble shelf", "white foam", "a dog asleep by the door"]),
    ("Savonnerie Lisle fabrique des savons à l'huile d'olive. Images : un atelier en pierre, des savons empilés, une "
     "branche d'olivier. Coffret de six à 29 €. savonnerielisle.example",
     ["un atelier en pierre", "des savons empilés", "une branche d'olivier"]),
    ("Пасека «Липовый цвет» под Рязанью. Мёд от 600 ₽ за банку. Покажите пасеку на рассвете, руки с сотами, банку мёда "
     "на столе. Заказы: lipcvet.example", ["пасеку на рассвете", "руки с сотами", "банку мёда на столе"]),
    ("Hotel Sierra Alta abre en junio. Habitaciones desde 95 €. Se ve una terraza al amanecer, una piscina entre pinos "
     "y un desayuno con fruta. Reserva en sierraalta.example.",
     ["una terraza al amanecer", "una piscina entre pinos", "un desayuno con fruta"]),
]  # fmt: skip


def film(brief: str) -> PlanningResult:
    return plan(Brief(text=brief, flavor="ads", models=("kling",), stills="flux-dev"))


@pytest.mark.parametrize(("brief", "pictures"), ASKED)
def test_each_picture_that_is_asked_for_is_what_a_take_shows(brief: str, pictures: list[str]) -> None:
    assert [part.text for part in read_brief(brief).list_pictures("shot")] == pictures
    made = film(brief).plan
    told = [parse_prompt(shot.still.prompt if shot.still else shot.prompt).action for shot in made.shots if shot.prompt]
    nouns = [picture.split()[-1] for picture in pictures]
    if brief[0] != "「":
        seen = [next((noun for noun in nouns if noun in one), "") for one in told]
        assert list(dict.fromkeys(filter(None, seen)))[: len(nouns)] == nouns
    shown = " ".join(text for shot in made.shots for over in shot.overlays for text in over.words.values())
    assert not any(picture in shown for picture in pictures), "on screen"


@pytest.mark.parametrize("brief", [
    "Bean There, a café in Leeds. Show your ticket at the door for a free tea.",
    "Velo Nord repairs bikes. Show this flyer at the till for 10% off.",
    "The vet on Mill Road. We see patients from 9 to 5.",
    "Crumb & Co, bakery. Show the logo at the end.",
    "Green Fork. Show support for local farmers on Saturday.",
    "Café Anker. Zeigen Sie diesen Gutschein an der Kasse.",
    "Bar Lune. Montrez votre carte à l'entrée.",
    "Photo shop Lux. Pictures: 24 prints for £9.",
    "Pelican Gallery. Images: JPEG or PNG, 300 dpi.",
    "Zapatos Roa. Mostrar botas, nunca el precio.",
])  # fmt: skip
def test_what_viewers_show_or_the_film_says_is_no_picture(brief: str) -> None:
    assert not any("ticket" in part.text or "£" in part.text for part in read_brief(brief).list_pictures("shot"))
    found = [part.text for part in read_brief(brief).list_pictures("shot")]
    assert found in ([], ["botas"]), found


def test_the_light_of_such_a_list_is_a_look_and_no_picture() -> None:
    facts = read_brief("Ridge Tours. Show a mountain path at dawn, soft light, slow motion.")
    assert [part.text for part in facts.list_pictures("shot")] == ["a mountain path at dawn"]


@pytest.mark.parametrize(
    ("brief", "subject"),
    [
        (ASKED[0][0].split(" Show")[0], "guided sea trips"),
        ("Lumen & Oak sells handmade oak desk lamps in Leeds. £120.", "handmade oak desk lamps"),
        ("Ashdown Sweeps cleans chimneys in Lewes. £58. Ring 01273 496 011.", "somebody who cleans chimneys"),
        ("Fernweh Blooms in Bath delivers hand-tied bouquets, £32, every Friday.", "hand-tied bouquets"),
    ],
)
def test_what_a_firm_does_is_filmed_and_no_sentence_with_its_name(brief: str, subject: str) -> None:
    assert list_subjects(read_brief(brief)) == [subject]
