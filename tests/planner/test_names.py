"""Names are found where people write them, and shown whole, without the words beside them."""

from __future__ import annotations

import pytest

from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.draft import draft_facts
from reelwright.planner.reading.names.bounds import settle_name_bounds
from reelwright.planner.reading.names.requested import find_requested_name
from reelwright.planner.reading.read import read_brief
from reelwright.planner.reading.tagger import TaggedSpan
from reelwright.planner.reading.tokens import tokenise


def mark(text: str, *marked: tuple[str, str], probability: float = 0.8) -> list[TaggedSpan]:
    """Return stretches of ``text`` with their labels as spans."""
    tokens = tokenise(text)
    spans = []
    for stretch, label in marked:
        start = text.index(stretch)
        inside = [n for n, one in enumerate(tokens) if start <= one.start and one.end <= start + len(stretch)]
        spans.append(TaggedSpan(label=label, first=inside[0], end=inside[-1] + 1, probability=probability))
    return spans


def list_names(text: str, spans: list[TaggedSpan]) -> list[str]:
    tokens = tokenise(text)
    return [text[tokens[one.first].start : tokens[one.end - 1].end] for one in spans if one.label == "name"]


@pytest.mark.parametrize(
    ("text", "read", "name"),
    [
        ("Video cho Trung tâm Anh ngữ Chim Én: khai giảng", "Trung tâm Anh ngữ Chim", "Trung tâm Anh ngữ Chim Én"),
        ("un video de Rulos y Más corte gratis", "Rulos", "Rulos y Más"),
        ("un video de Rulos y corte gratis", "Rulos", "Rulos"),
        ("Wir heißen Sonnendorf Ellrath eG. Film", "Sonnendorf Ellrath", "Sonnendorf Ellrath eG"),
        ("La commune de Saint-Aubrac vous informe", "de Saint-Aubrac", "commune de Saint-Aubrac"),
        ("onze zaak De Lekke Band in Oostervliet", "De Lekke Band", "De Lekke Band"),
        ("جمعية الأيدي البيضاء حملة", "جمعية الأيدي", "جمعية الأيدي البيضاء"),
        ("湯宿 ほたる庵と申します。", "湯宿 ほたる庵と申します", "湯宿 ほたる庵"),
        ("ねこ茶房 まるまるのCM 猫12匹", "ねこ茶房 まるまるのCM 猫", "ねこ茶房 まるまる"),
        ("Olemme Kahvila Kastanja. Auki joka päivä", "Olemme Kahvila Kastanja", "Kahvila Kastanja"),
        ("Vårt kafé Blå Koppen öppnar", "Vårt kafé Blå Koppen", "kafé Blå Koppen"),
        ("video for Juno Friday at eight", "Juno", "Juno"),
    ],
)
def test_a_name_that_was_read_in_part_is_shown_whole(text: str, read: str, name: str) -> None:
    made = settle_name_bounds(tokenise(text), mark(text, (read, "name")), Marks(text))
    assert list_names(text, made) == [name]


def test_what_the_writer_is_loses_the_words_we_are() -> None:
    text = "Jsme půjčovna lodí Vydra na Sázavě."
    made = settle_name_bounds(
        tokenise(text), mark(text, ("Jsme půjčovna lodí", "what"), ("Vydra", "name")), Marks(text)
    )
    tokens = tokenise(text)
    assert [tokens[one.first].text for one in made] == ["půjčovna", "Vydra"]


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("Çınaraltı Çay Bahçesi için video", "tr", ["Çınaraltı Çay Bahçesi"]),
        ("바른숨 필라테스 인스타 릴스용 홍보 영상 만들어주세요", "ko", ["바른숨 필라테스"]),
        ("짧은 홍보 영상 만들어주세요", "ko", []),
        ("우리 카페 홍보 영상 만들어주세요", "ko", []),
        ("喫茶つばめの紹介動画をお願いします", "ja", ["喫茶つばめ"]),
        ("ホームページに流す動画をお願いします", "ja", []),
        ("उजाला कोचिंग के लिए वीडियो बना दो", "hi", ["उजाला कोचिंग"]),
        ("कोई अच्छा सा वीडियो बना दो", "hi", []),
        (
            "Una pieza de 45 segundos para anunciar la exposición Agua que no has de ver",
            "es",
            ["Agua que no has de ver"],
        ),
    ],
)
def test_a_request_begins_with_the_name_or_ends_with_it(text: str, language: str, names: list[str]) -> None:
    made = find_requested_name(tokenise(text), mark(text, (text, "dir"), probability=0.01), Marks(text), language)
    assert list_names(text, made) == names


@pytest.mark.parametrize(
    ("brief", "shown", "never"),
    [
        ("Vídeo de lançamento, 9:16, até 30s. App: Chegaí. Frete R$ 6,90.", "Chegaí", "lançamento"),
        ("Necesito un videito para despedir a mi hermano Baldomero. Misa el martes 7.", "Baldomero", "despedir"),
        ("трябва ми рекламка за инстаграм Баница Експрес, домашни баници", "Баница Експрес", "инстаграм"),
    ],
)
def test_what_a_film_is_for_is_no_platform_and_no_deed(brief: str, shown: str, never: str) -> None:
    lines = [one.screen.text for one in draft_facts(read_brief(brief)).lines]
    assert any(shown in line for line in lines) and not any(never in line for line in lines)


def test_a_name_behind_the_arabic_word_for_whom_is_no_cut_word() -> None:
    facts = read_brief(
        "أريد فيديو قصيرا لـمخبزنا الجديد سنبلة الدار. خبز بالحطب كل صباح، نفتح من الخامسة فجرا حتى العاشرة مساء. "
        "شارع الزيتون خلف البريد. بدون موسيقى"
    )
    assert any("سنبلة الدار" in one.text for one in facts.pieces)


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("A film for Biz Hub, a place for founders. Desks from £90 a month.", "Biz Hub"),
        ("Promo for Proto Labs. We print parts in 24 hours.", "Proto Labs"),
    ],
)
def test_a_word_of_another_language_at_the_head_of_a_name_belongs_to_it(brief: str, name: str) -> None:
    found = read_brief(brief).name
    assert found and found.text == name


def test_what_a_firm_says_of_itself_is_no_wish_for_its_film() -> None:
    pieces = read_brief("Ad for a pottery class. No jokes about your skills, just warm clay.").pieces
    assert any("No jokes about your skills" in one.text for one in pieces)


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("Match day! Saturday 15:00, Harriers vs. Old Town. Last home game of the season. Moor Park.",
         "Harriers vs. Old Town"),
    ],
)  # fmt: skip
def test_rivals_are_one_line_and_no_name(brief: str, line: str) -> None:
    facts = read_brief(brief)
    assert line in [piece.text for piece in facts.pieces]
    assert facts.name is None or facts.name.text not in line


def test_of_two_sure_names_one_of_several_words_is_that_of_the_film() -> None:
    name = read_brief("Sign-up closes on 4 May. Mind Matters fun run, 12 May, Leeds.").name
    assert name is not None and name.text == "Mind Matters"


def test_a_welcome_leads_up_to_no_name() -> None:
    assert "Welcome back to" not in [one.text for one in read_brief("Welcome back to Ironworks Gym. New racks.").pieces]


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        (
            "wir brauchen ein kurzes Video für die Bäckerei Sonntag in Husum. Seit 1931 backen wir Brot.",
            "Bäckerei Sonntag",
        ),
        ("quiero un video para la panadería lucero, en el barrio de Gràcia. abrimos a las 6", "panadería lucero"),
        ("مرحبا، أريد فيديو قصير عن مقهى الياسمين في عمّان. القهوة بدينار ونصف", "مقهى الياسمين"),
        ("video invito per i 18 anni di Ginevra!!! sabato 13 giugno ore 21", "Ginevra"),
        ("filmik dla kwiaciarni Mak w Gdyni. bukiety od 79 zł", "Mak"),
        ("нужно короткое видео для пекарни Хлебник в Казани. багет 90 рублей", "Хлебник"),
        ("je voudrais une vidéo pour ma crêperie Chez Margot à Quimper. Galettes au blé noir", "Chez Margot"),
        ("ein Film für Marisol & Tobin in Jena. Sie heiraten im Juni", "Marisol & Tobin"),
        ("çınar kahvesi için kısa bir video lazım. türk kahvesi 60 lira", "çınar kahvesi"),
        ("帮我做一个30秒的短视频,给山茶小馆。龙井一壶28元,每天早上9点开门", "山茶小馆"),
        (
            "안녕하세요! 전주에 있는 작은 책방 달빛책방 홍보 영상 부탁드려요. 매주 금요일 7시",
            "달빛책방",
        ),
        ("can you make a little video for thimble? thats my clothes repair place on mill lane 9.", "thimble"),
        ("Dzień dobry, proszę o krótki film o restauracji Pod Lipą w Lublinie. Pierogi lepimy ręcznie", "Pod Lipą"),
        ("京都の小さなパン屋、パンのいえの30秒動画をお願いします。食パン380円。", "パンのいえ"),
        ("Endlich da! Jonte Emil 3.2.2026, 4:17 Uhr. 3420 g, 51 cm", "Jonte Emil"),
    ],
)
def test_what_a_film_is_asked_for_has_its_name_without_the_town(brief: str, name: str) -> None:
    found = read_brief(brief).name
    assert found is not None
    assert found.text == name


@pytest.mark.parametrize(
    "brief",
    [
        "tolong buatin video buat warung bu tini di Malang. nasi pecel 15 ribu",
        "un video para mi panadería artesanal. abrimos a las 6",
    ],
)
def test_neither_a_town_nor_a_kind_of_house_is_a_name(brief: str) -> None:
    assert read_brief(brief).name is None


def test_a_clause_of_its_own_is_not_the_surer_name() -> None:
    brief = (
        "Thirty-eight years, four principals, roughly 4,000 fractions explained. Mr. Delgado is retiring. Thank you "
        "for every chalk mark."
    )
    name = read_brief(brief).name
    assert name is not None
    assert name.text == "Mr. Delgado"


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("Procura casa no campo? A Quinta das Andorinhas tem 18 moradias com jardim.", "Quinta das Andorinhas"),
        ("Pralka stoi? Naprawa od 120 zł, gwarancja 12 miesięcy. Pan Bęben, tel. 22 555 01 47", "Pan Bęben"),
    ],
)
def test_two_capitals_that_begin_a_sentence_are_the_name_where_none_was_read(brief: str, name: str) -> None:
    facts = read_brief(brief)
    assert (facts.name.text if facts.name else "") == name
