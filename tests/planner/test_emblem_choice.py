"""The emblem of a film: which drawing its words call for, and where they call for none."""

from __future__ import annotations

from collections import defaultdict

import pytest

from reelwright.media.emblems import load_emblems
from reelwright.planner.certain.marks import fold
from reelwright.planner.emblem_choice import choose_emblem, find_named_emblem
from reelwright.planner.look_choice import find_kind
from reelwright.planner.tables import load_emblem_words, load_kinds, load_row_words, load_things


@pytest.mark.parametrize(
    ("emblem", "text"),
    [
        ("tooth", "Zahnwerk, die Zahnarztpraxis am alten Depot, hat abends offen."),
        ("tooth", "Clínica dentária Sorriso Claro em Braga: branqueamento por 149€."),
        ("ferry", "Die Hafenlinie 62 fährt wieder. Die Fähre kommt alle 15 Minuten."),
        ("bread", "Semmel & Sohn, bakery in Leipzig. Bread from six."),
        ("pizza", "pizzeria da Ciro a Bari, margherita a 5 euro ogni mercoledì sera"),
        ("coffee", "달빛 로스터스, 매주 볶아 보내는 원두 구독"),
        ("books", "مكتبة الزيتونة في الحي، كتب وروايات للأطفال"),
        ("sari", "मीनाक्षी सिल्क्स, बनारस की साड़ियाँ"),
        ("swimmer", "открываем школу плавания для малышей в Казани, бассейн «Дельфин»"),
        ("briefcase", "hiring! night shift driver in Doncaster, £14.20 an hour"),
        ("bread", "Pekařství U Mlýna v Telči, čerstvé koláče od šesti ráno"),
        ("tooth", "Mosoly Fogászat Szegeden, fogfehérítés 39 900 forint"),
        ("ice_cream", "Παγωτατζίδικο «Η Γωνιά» στη Σύρο, παγωτό από 2 ευρώ"),
        ("swimmer", "Vesihiiden uimakoulu alkaa syyskuussa, paikkoja on 20"),
        ("coffee", "Kedai kopi Senja di Bandung, buka setiap hari pukul 7"),
        ("books", "کتابفروشی نارون، کتاب کودک و رمان با تخفیف"),
        ("rower", "a small rowing club in Ostervik wants new juniors"),
        ("milk", "Unser Milchautomat läuft rund um die Uhr."),
        ("bin", "Nya sopkärl för matavfall delas ut vecka 14."),
        ("dog", "Zaginął pies! Rudy jamnik, czerwona obroża."),
        ("ballot", "Досрочное голосование: избирательный участок открыт с 8 до 20"),
        ("traffic_light", "Primăria anunță: stradă închisă, ocolire prin centru."),
        ("thread", "İğne Deliği, terzi ve tadilat, paça 80 TL"),
        ("mirror_ball", "סטודיו לריקוד, שיעור ניסיון חינם ביום שלישי"),
        ("droplet", "6月18日上午9点到下午5点停水"),
        ("car", "คาร์แคร์หน้าปากซอย ล้างรถ 120 บาท"),
        ("volleyball", "Siatkówka plażowa w Łebie, turniej w sobotę 12 lipca"),
        ("blood", "Don de sang à la salle des fêtes, mercredi 18 novembre"),
        ("lighthouse", "ένας φαροφύλακας γράφει γράμματα στη θάλασσα"),
        ("perfume", "عطور زيتية تُصنع يدويا، من 60 ريالا"),
        ("climber", "Kletterhalle am Nordhafen: Kletterkurs für Einsteiger"),
        ("fridge", "thanh lý tủ lạnh 180 lít còn chạy tốt"),
        ("warning", "URGENT product recall: Brightmoor is recalling its granola"),
        ("lift", "Panne d'ascenseur bâtiment C, technicien attendu jeudi"),
        ("leaf", "why leaves turn red in autumn"),
        ("solar_panel", "Impianto fotovoltaico chiavi in mano a Treviso"),
    ],
)
def test_what_a_film_is_about_is_drawn_in_every_language(emblem: str, text: str) -> None:
    assert choose_emblem("", {"text": text}) == emblem


def test_what_a_thing_is_said_to_be_counts_more_than_its_name_and_the_words_around_it() -> None:
    words = {
        "name": "Moon Bakery",
        "descriptor": "a dental practice",
        "text": "Moon Bakery, a dental practice. Free coffee.",
    }
    assert choose_emblem("", words) == "tooth"


@pytest.mark.parametrize(
    ("emblem", "descriptor"),
    [
        ("bicycle", "a bike light"),
        ("camera", "a camera"),
        ("glasses", "glasses"),
        ("tent", "a tent"),
        ("bulb", "a desk lamp"),
        ("taxi", "a taxi service"),
        ("pan", "a frying pan"),
        ("pan", "une poêle en fonte"),
        ("fire", "un poêle à bois"),
        ("knife", "a chef's knife"),
        ("knife", "Kochmesser aus Solingen"),
        ("surfer", "école de surf"),
        ("canoe", "kajakkturer på fjorden"),
        ("golf", "sân golf"),
        ("car", "a VW Golf garage"),
        ("lion", "動物園"),
        ("lion", "حديقة الحيوان"),
        ("ear", "слуховые аппараты"),
        ("ear", "aparate auditive"),
        ("chair", "ofis koltuğu"),
        ("chair", "krzesło biurowe"),
        ("church", "церковна служба"),
        ("synagogue", "בית כנסת בשכונה"),
        ("temple", "मंदिर में आरती"),
        ("chilli", "salsa picante"),
        ("mirror_ball", "clases de salsa"),
        ("tag", "a spring sale"),
        ("speaker", "ein Lautsprecher aus Holz"),
        ("thermometer", "een warmtepomp"),
        ("set_square", "an architect"),
        ("printer", "a print shop"),
        ("stethoscope", "a doctor's practice"),
        ("lotus", "a spa"),
        ("wine", "glasses of wine by the river"),
        ("chart", "sharp as a knife, tax advice for freelancers"),
        ("scales", "a pan-European law firm"),
        ("", "a consultancy"),
        ("", "we light up your business, an agency for small firms"),
        ("", "bank holiday opening hours"),
        ("", "on the ball, a consultancy"),
        ("", "the new chair of the board"),
        ("", "a keynote speaker on leadership"),
        ("", "a chilly evening walk"),
        ("", "the lion's share of our profit"),
        ("", "razor-sharp strategy consulting"),
        ("", "ein Zeitfenster für Termine"),
        ("", "surfer sur internet en sécurité, formation"),
        ("", "salsa de tomate casera"),
        ("", "la sede della società"),
        ("", "председатель совета"),
        ("", "主席团会议"),
        ("coat", "waxed jacket"),
        ("drill", "Akkuschrauber mit Zweiganggetriebe"),
        ("hair_dryer", "l'asciugacapelli da viaggio"),
        ("tooth", "un cabinet dentaire sans perceuse"),
        ("", "we bridge the gap between teams"),
        ("", "le produit phare de la saison"),
        ("", "エスカレーターの安全"),
        ("", "stav, bída a naděje"),
        ("", "våra mackor till lunch"),
        ("", "Durum raporu hazır"),
    ],
)
def test_what_a_thing_is_said_to_be_draws_it_and_a_figure_of_speech_draws_nothing(emblem: str, descriptor: str) -> None:
    words = {"name": "Xanno", "descriptor": descriptor, "text": f"Xanno, {descriptor}. Order now."}
    assert choose_emblem("", words) == emblem


def test_a_word_that_names_a_thing_only_alone_is_not_drawn_beside_other_words() -> None:
    assert find_named_emblem("Our speaker, two glasses and a chair.", "en") == ""
    assert choose_emblem("", {"descriptor": "a speaker", "text": "a speaker"}) == "speaker"
    assert choose_emblem("", {"descriptor": "a speaker for your wedding day", "text": "a speaker"}) != "speaker"


@pytest.mark.parametrize(
    ("emblem", "name", "descriptor", "opening"),
    [
        ("paw", "Clinica veterinaria Tre Querce", "", []),  # a clinic is of another kind, told by no more words
        ("umbrella", "Grin", "a folding umbrella for travellers", []),
        ("piano", "Mara Lindqvist", "", ["An evening of piano"]),
        ("snail", "", "", ["a snail who wants to see the sea"]),
        ("", "Mara Lindqvist", "", ["Saturday at 8 pm", "Tickets 24 euros"]),
    ],
)
def test_a_thing_that_is_said_once_is_drawn_if_it_is_what_the_film_is_or_opens_with(
    emblem: str, name: str, descriptor: str, opening: list[str]
) -> None:
    words = {"name": name, "descriptor": descriptor, "text": "\n".join([name, descriptor, *opening])}
    assert choose_emblem("", words, opening, "en") == emblem


def test_a_word_in_passing_draws_nothing() -> None:
    flat = (
        "Two rooms by the sea, 65 m², holiday flat with a balcony and a fireplace for your holiday. Dogs are welcome."
    )
    assert choose_emblem("", {"text": flat}) not in ("dog", "paw")
    assert (
        choose_emblem(
            "",
            {"text": "We meet on Monday at eight in room 204. Who wants to talk can come, for an hour or two. Cake."},
        )
        == ""
    )


def test_beside_the_name_of_somebody_who_has_died_stands_no_trade() -> None:
    text = "In loving memory of Gerald Whitcombe, 1941 to 2026. Carpenter, grandad, terrible singer."
    words = {"text": text, "name": "Gerald Whitcombe", "descriptor": "Carpenter, grandad, terrible singer."}
    assert choose_emblem("", words) in ("dove", "")


def test_a_name_is_no_picture_of_a_film_that_is_plainly_about_something_else() -> None:
    text = "Harbour Night Shelter. Last winter 340 people slept rough. Please give today. harbourshelter.example"
    assert choose_emblem("", {"text": text, "name": "Harbour Night Shelter"}) == "heart"
    assert (
        choose_emblem("", {"text": "Harbour Night. Boats leave the harbour at six.", "name": "Harbour Night"})
        == "anchor"
    )


def test_a_named_emblem_is_taken_and_none_is_none() -> None:
    words = {"text": "a dental practice", "descriptor": "a dental practice"}
    assert choose_emblem("ferry", words) == "ferry"
    assert choose_emblem("none", words) == ""


@pytest.mark.parametrize(
    ("emblem", "line", "language"),
    [
        ("umbrella", "It began with a borrowed umbrella.", "en"),
        ("umbrella", "Der Regenschirm war geliehen.", "de"),
        ("piano", "הפסנתר של סבתא? בשתי ידיים.", "he"),
        ("bicycle", "Fahrräder kosten nichts.", "de"),
        ("", "No phones. No photos.", "en"),
        ("", "We do what we say.", "en"),
        ("", "Our car drove on", "fr"),
        ("hedgehog", "Ein Igel im Garten?", "de"),
        ("calendar", "Sat 4 Oct and Sat 11 Oct, 8.30–12.30", "en"),
        ("calendar", "sobota 17 maja, godz. 19", "pl"),
        ("calendar", "10月1日から", "ja"),
        ("", "30日間無料", "ja"),
        ("clock", "ab 14 Uhr", "de"),
        ("clock", "Montag bis Donnerstag 7:30 bis 19 Uhr", "de"),
        ("calendar", "jeden Mittwoch", "de"),
        ("clock", "下午3点", "zh"),
        ("pin", "Am Krummen Weg 8", "de"),
        ("pin", "3, rue des Tanneurs, Aubignac|Fermé le dimanche et quand il pleut trop", "fr"),
        ("", "28 Tage Urlaub. Praxis Dr", "de"),
        ("pin", "12 St. James Street", "en"),
        ("", "No Mondays at 10:30", "en"),
        ("", "No dogs, cats or horses.", "en"),
        ("dance_shoe", "Please bring no presents.|Bring your dancing shoes.", "en"),
        ("", "grey, white bib, answers to Sandwich", "en"),
        ("sandwich", "Sandwich of the day", "en"),
        ("", "a march of 12 for may", "fr"),
        ("", "12.50 a portion", "en"),
    ],
)
def test_a_line_shows_the_thing_that_it_names_in_its_language(emblem: str, line: str, language: str) -> None:
    assert find_named_emblem(line, language) == emblem


def test_a_thing_stands_under_an_emblem() -> None:
    assert load_things().keys() <= load_emblems().keys()


def test_every_emblem_has_words_and_a_word_calls_for_one_alone() -> None:
    assert load_emblem_words().keys() | load_things().keys() | {"calendar", "pin"} == load_emblems().keys()
    rows: dict[str, set[str]] = defaultdict(set)
    stems: dict[str, str] = {}
    for name, languages in load_emblem_words().items():
        for entry in " ".join(languages.values()).split():
            rows[fold(entry)].add(name)
            if entry.endswith("*") and "_" not in entry:
                stems[fold(entry)[:-1]] = name
    assert {entry: names for entry, names in rows.items() if len(names) > 1} == {}
    words = [(entry, *names) for entry, names in rows.items() if not {"_", "*"} & set(entry)]
    assert [
        (word[:end], word)
        for word, name in words
        for end in range(1, len(word) + 1)
        if stems.get(word[:end], name) != name
    ] == []


def test_an_emblem_of_a_kind_names_one_that_films_are_about() -> None:
    kinds = [emblem.kind for emblem in load_emblems().values() if emblem.kind]
    assert len(kinds) == len(set(kinds)) and set(kinds) <= load_kinds().keys()
    assert find_kind("a dental clinic and a doctor") == "health"


def test_each_word_of_a_row_stands_for_an_emblem_that_there_is_and_for_one_alone() -> None:
    assert load_row_words().keys() <= load_emblems().keys()
    for language in {language for row in load_row_words().values() for language in row}:
        words = [word for row in load_row_words().values() for word in row.get(language, "").split()]
        assert len(words) == len(set(words)), language
