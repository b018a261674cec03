"""Words that are told to the maker are cut from the ends of what is shown; what is to be left unsaid is left out."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.errors import NothingToShow
from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.parts import find_contacts
from reelwright.planner.reading.edges import cut_edges
from reelwright.planner.reading.hushed import leave_unsaid
from reelwright.planner.reading.read import read_brief
from reelwright.planner.reading.tagger import TaggedSpan
from reelwright.planner.reading.tokens import tokenise
from reelwright.planner.rules import plan_without_models
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.markup import to_screen_text


def cut(text: str, *marked: tuple[str, str]) -> list[tuple[str, str]]:
    """Cut the edges of stretches of ``text`` with their labels; return what is left, with the labels."""
    tokens, spans = mark(text, *((label, stretch) for stretch, label in marked))
    return [(words, label) for label, words in list_words(text, tokens, cut_edges(text, tokens, spans, Marks(text)))]


@pytest.mark.parametrize(
    ("brief", "subject"),
    [
        ("een pinguïn die verdwaalt in een dorp komisch, 20 sec", "een pinguïn die verdwaalt in een dorp"),
        ("chú trâu đi học trực tuyến hoạt hình hài, 30 giây", "chú trâu đi học trực tuyến"),
        ("katze sitzt im büro und kündigt als, 8 sek", "katze sitzt im büro und kündigt"),
        ("靴下の一生 コマ撮り風 シュール", "靴下の一生"),
        ("een clown die heel komisch is en erg komisch, 8 sec", "een clown die heel komisch is en erg komisch"),
        ("a lighthouse where ships come in, 20 seconds", "a lighthouse where ships come in"),
        ("an old man who draws cartoon, 20 seconds", "an old man who draws cartoon"),
        ("kucing yang lucu, 20 detik", "kucing yang lucu"),
        ("ein Film über das Zeichentrick", "ein Film über das Zeichentrick"),
    ],
)  # fmt: skip
def test_how_a_subject_is_to_be_drawn_is_no_part_of_it(brief: str, subject: str) -> None:
    whole = brief.partition(",")[0]
    assert cut(brief, (whole, "subject"))[0] == (subject, "subject")


@pytest.mark.parametrize(
    ("text", "marked", "left"),
    [
        ("clip giới thiệu quán cà phê mèo", ("thiệu quán cà phê mèo", "what"), "quán cà phê mèo"),
        ("begin met de rager", ("begin met de rager", "call"), "begin met de rager"),
        ("Start with a pinch of salt", ("Start with a pinch of salt", "fact"), "Start with a pinch of salt"),
        ("ends on Sunday", ("ends on Sunday", "time"), "ends on Sunday"),
        ("Start With Art", ("Start With Art", "name"), "Start With Art"),
        (
            "Promote your gig with Posterhaus",
            ("Promote your gig with Posterhaus", "call"),
            "Promote your gig with Posterhaus",
        ),
        ("소개팅 앱", ("소개팅 앱", "what"), "소개팅 앱"),
        ("Interested? write us", ("Interested? write us", "call"), "Interested? write us"),
        ("To ty decydujesz", ("To ty decydujesz", "line"), "To ty decydujesz"),
    ],
)
def test_what_asks_for_a_thing_to_be_told_is_not_told(text: str, marked: tuple[str, str], left: str) -> None:
    assert cut(text, marked) == [(left, marked[1])]


@pytest.mark.parametrize("text", ["Terminer par la question :"])
def test_what_only_tells_the_maker_something_is_no_line(text: str) -> None:
    assert cut(text, (text.rstrip(" :"), "what"))[0][1] == "dir"


def test_words_that_say_nothing_part_two_lines() -> None:
    made = cut("first ever gig at the scout hut lol doors 7", ("first ever gig at the scout hut lol doors 7", "time"))
    assert [text for text, _ in made] == ["first ever gig at the scout hut", "doors 7"]


@pytest.mark.parametrize(
    ("brief", "told", "stays"),
    [
        ("Flat for sale, they are divorcing, but please don't mention that. 3 rooms", "they are divorcing", "3 rooms"),
        ("3 pokoje. Właściciele się rozwodzą, ale tego oczywiście nie piszcie", "Właściciele się rozwodzą", "3 pokoje"),
        ("9 oda. Yapay zekâ özelliği gelecek, ondan söz etmeyin", "Yapay zekâ özelliği gelecek", "9 oda"),
        ("The owner paid €1,200 too much, don't mention that. 9 rooms", "The owner paid €1,200 too much", "9 rooms"),
        ("We have two dogs (they bite, dont mention), open daily", "they bite", "open daily"),
        ("Open daily, don't mention the prices, 9 rooms", "don't mention the prices", "Open daily"),
    ],
)  # fmt: skip
def test_what_is_to_be_left_unsaid_is_on_no_screen(brief: str, told: str, stays: str) -> None:
    tokens, spans = tokenise(brief), []
    for text in (told, stays):
        start = brief.index(text)
        inside = [n for n, one in enumerate(tokens) if start <= one.start < start + len(text)]
        spans.append(TaggedSpan(label="fact", first=inside[0], end=inside[-1] + 1, probability=0.9))
    made = leave_unsaid(brief, tokens, sorted(spans, key=lambda one: one.first), Marks(brief))
    shown = [brief[tokens[one.first].start : tokens[one.end - 1].end] for one in made if one.label == "fact"]
    assert shown == [stays], "a clause that names its own thing says nothing of the one before it"


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("応募はsaiyou@nejimaki.exampleまで。", "saiyou@nejimaki.example"),
        ("詳しくはexample.comまで", "example.com"),
        ("電話は000-555-0126まで", "000-555-0126"),
        ("インスタは@neko_cafeで予約", "@neko_cafe"),
        ("문의는 info@x.example로 주세요", "info@x.example"),
        ("สอบถามโทร0812345678นะ", "0812345678"),
        ("müller@köln.de", "müller@köln.de"),
    ],
)
def test_a_contact_ends_where_a_script_without_blanks_goes_on(text: str, contact: str) -> None:
    assert [text[one.start : one.end] for one in find_contacts(text)] == [contact]


@pytest.mark.parametrize("text", ["价格1234567元", "第1234567号", "15,000,000円", "관객 1500000명", "走行 1500000歩"])
def test_a_price_or_a_number_of_order_is_no_telephone(text: str) -> None:
    assert not find_contacts(text)


def test_an_address_inside_a_japanese_sentence_becomes_a_link() -> None:
    made = plan_without_models(
        Brief(text="株式会社ねじまき工業、旋盤オペレーター募集。応募はsaiyou@nejimaki.exampleまで。")
    )
    assert made.plan.shots[-1].words["url"] == "saiyou@nejimaki.example"


def test_what_is_said_to_the_maker_beside_the_facts_is_in_no_picture() -> None:
    made = plan_without_models(
        Brief(text="yo we r called WET CARPET (yes all caps), we play loud n kinda sad. doors 7, 3 quid")
    )
    assert not any("caps" in text for shot in made.plan.shots for text in (shot.prompt, *shot.markdown))


def test_a_wish_to_be_surprised_is_a_question_and_no_line() -> None:
    with pytest.raises(NothingToShow):
        plan_without_models(Brief(text="surprise me"))
    assert not read_brief("surprise me").pieces


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("hi, short video for my bakery Crumb on Mill Lane. We now do cakes", "Crumb on Mill Lane"),
        ("Do us a trailer for the documentary Salt Roads, about the last drovers. 74 minutes", "Salt Roads"),
        ("Launch film for Lumo Kettle, a kettle that texts you when the water is hot. $79", "Lumo Kettle"),
        ("Video for my bakery Crumb & Thistle. Please don't mention the old name (Bunworth's)", "Crumb & Thistle"),
    ],
)  # fmt: skip
def test_the_name_in_a_request_is_the_name(brief: str, name: str) -> None:
    found = read_brief(brief).name
    assert found and found.text == name


def show(brief: str) -> list[str]:
    """Return what the film of a brief shows, in order, without the card of its name at the end."""
    plan = plan_without_models(Brief(text=brief)).plan
    is_closed = plan.beats[-1].name == "end_card" and set(plan.shots[-1].words) == {"name"}
    shots = plan.shots[: -1 if is_closed else None]
    return [line.strip() for shot in shots for text in shot.words.values() for line in to_screen_text(text).split("\n")]


def test_a_tale_tells_its_first_sentence() -> None:
    shown = show("Imagine a lighthouse that falls in love with a ship. Every night it winks. One night there is fog.")
    assert shown[0] == "a lighthouse that falls in love with a ship"


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("Wochenkarte\nMo: Suppe 6,50 €\nDi: Currywurst 7,20 €\nMi: Spätzle 8,00 €", "Mo: Suppe 6,50 €"),
        ("Fietsenmaker Van Dorrel repareert terwijl je wacht", "repareert terwijl je wacht"),
        ("Our yoga studio, two rooms and a garden. Open daily", "Open daily"),
        ("Brackenfell Council. Residents receive a free 7-litre caddy.", "Residents receive a free 7-litre caddy"),
    ],
)  # fmt: skip
def test_a_line_is_told_whole(brief: str, line: str) -> None:
    assert line in show(brief)


@pytest.mark.parametrize(
    ("brief", "seconds", "size"),
    [
        ("Лицей № 17. Вход свободный 20 апреля в 11:00. Секунд 30, не больше", 30, (1920, 1080)),
        ("Nasi goreng Rp18.000. Soto ayam Rp15.000. Es teh Rp4.000. Video vertikal 15 detik ya", 15, (1080, 1920)),
        ("Film voor Het Kromme Plein. Zaterdag 30 augustus. Neem een stoel mee! Formaat: vierkant.", 0, (1080, 1080)),
    ],
)  # fmt: skip
def test_a_length_and_a_shape_are_read_in_every_order(brief: str, seconds: int, size: tuple[int, int]) -> None:
    plan = plan_without_models(Brief(text=brief)).plan
    assert plan.size == size and (not seconds or abs(plan.seconds - seconds) < 1)


def test_a_denied_manner_is_not_the_tone() -> None:
    assert (
        plan_without_models(Brief(text="Our yoga studio, warm and not too fast. Open daily")).plan.tone == "emotional"
    )


def test_a_subject_longer_than_a_screen_is_told_phrase_by_phrase() -> None:
    shown = show(
        "short film idea a robot gardener on the moon finds a daisy and refuses to leave it the base is evacuated "
        "he stays the daisy blooms"
    )
    assert len(shown) > 1 and "daisy" in " ".join(shown)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "brief",
    [
        "un robot qui apprend le dessin et l'animation, 20 secondes",
        "un gatto che ama l'animazione, 20 secondi",
        "a cat loves web-animation, 20 seconds",
        "고양이가 좋아하는 일본애니, 20초",
    ],
)
def test_a_word_inside_another_is_no_hit_and_the_reading_ends(brief: str) -> None:
    assert plan_without_models(Brief(text=brief)).plan.shots


@pytest.mark.parametrize(
    ("brief", "kept"),
    [
        ("Send your CV to jobs@rosa.example by 5 May. Bakery Rosa", "by 5 May"),
        ("If someone asks for your PIN, don't say it. Bank Linde", "If someone asks for your PIN"),
        ("Jazz at Rosa. Music: The Blue Trio. Tickets £12", "The Blue Trio"),
        ("Monday: soup 5 €\nTuesday: pie 6 €\nWednesday: fish 7 €", "Wednesday: fish 7 €"),
    ],
)
def test_what_viewers_are_told_stays(brief: str, kept: str) -> None:
    assert " ".join(show(brief)).count(kept) == 1


@pytest.mark.parametrize(
    "brief", ["Short video for Christmas. We are closed on 25 December", "video for my mum in Leeds, she turns 70"]
)
def test_an_occasion_or_a_place_is_no_name(brief: str) -> None:
    found = read_brief(brief).name
    assert found is None or found.text not in ("Christmas", "Leeds")


@pytest.mark.parametrize("brief", ["Film for Yoga Sol, no voiceover, calm", "Um vídeo no ritmo calmo para a Yoga Sol"])
def test_a_denial_is_of_its_own_clause_and_language(brief: str) -> None:
    assert plan_without_models(Brief(text=brief)).plan.tone == "emotional"


@pytest.mark.parametrize(
    ("brief", "unsaid"),
    [
        ("Tag der offenen Tür am 13. Juni. Mit freundlichen Grüßen, Holger Stumpf", "Stumpf"),
        ("Vi i Måsvingen har städdag lördag 25 april. Tack på förhand!", "Tack"),
        ("Tarvitsisin mainosvideon kesäkahvilaan. Avoinna 1.6. alkaen. Laiturin Leipä, Satamakatu 2", "Tarvitsisin"),
        ("Pivovar Kovář. Půllitr za 52 Kč. Na výšku.", "výšku"),
    ],
)
def test_how_a_letter_closes_and_who_asks_for_a_film_is_not_shown(brief: str, unsaid: str) -> None:
    shown = [value for shot in plan_without_models(Brief(text=brief)).plan.shots for value in shot.words.values()]
    assert shown and not any(unsaid in words for words in shown)


def test_what_a_name_does_is_told_even_where_that_is_less_sure() -> None:
    brief = (
        "Ledgerfox matches bank payments to invoices so finance teams close the month in 2 days instead of 9. "
        "Book a demo at ledgerfox.example."
    )
    plan = plan_without_models(Brief(text=brief)).plan
    shown = " ".join(value for shot in plan.shots for value in shot.words.values())
    assert "matches bank payments to invoices" in shown


@pytest.mark.parametrize(
    ("brief", "shown"),
    [
        ("小李面馆，新店开业。谢谢。免费试吃", "免费试吃"),
        ("Café Luna opens on Monday. Many thanks. Free Entry", "Free Entry"),
        ("Una visita allo zoo di Verona, sabato 9 maggio. Ingresso 5 €.", "visita allo zoo di Verona"),
        ("Vă mulțumim pentru 10 ani! Cofetăria Nora", "Vă mulțumim pentru 10 ani"),
    ],
)
def test_what_stands_behind_thanks_or_looks_like_a_word_of_another_language_is_shown(brief: str, shown: str) -> None:
    plan = plan_without_models(Brief(text=brief)).plan
    assert shown in [value for shot in plan.shots for value in shot.words.values()]


@pytest.mark.parametrize(
    ("text", "stretch", "label"),
    [
        ("Ad for Ploop. Bubbly sounds ok.", "Bubbly sounds ok", "dir"),
        ("A film of the bridge. No fireworks to be shown.", "No fireworks to be shown", "dir"),
        ("En film om torsken. Inga skämt om fisk.", "Inga skämt om fisk", "dir"),
        ("Live comedy: jokes about fish", "jokes about fish", "fact"),
        ("A joke a day. This one works.", "This one works", "fact"),
    ],
)
def test_how_the_film_is_to_be_is_no_fact(text: str, stretch: str, label: str) -> None:
    assert cut(text, (stretch, "fact")) == [(stretch, label)]


def test_a_sentence_that_goes_on_with_the_subject_is_no_direction() -> None:
    facts = read_brief("A bike light shines through the rain. A commuter smiles")
    assert [one.text for one in facts.pictures] == ["A bike light shines through the rain", "A commuter smiles"]


@pytest.mark.parametrize(
    "said",
    [
        "No prices in the last shot.",
        "Bitte keine Preise im letzten Bild.",
        "Bitte darauf achten, keine Preise zu zeigen.",
        "Gelieve geen prijzen te tonen.",
        "Please don't show anywhere in the whole film what the prices are.",
    ],
)
def test_prices_are_forbidden_in_one_shot_or_anywhere_in_the_film(said: str) -> None:
    assert read_brief(f"{said} Sofa £899 at Nordhaus").find_direction("no_prices")


def test_a_price_that_is_not_to_be_large_is_shown() -> None:
    for said in (
        "The price holds until Easter so maybe don't make that too big",
        "Don't make the price too big",
        "Mach den Preis nicht zu groß",
    ):
        assert read_brief(f"Physio Lee. First visit £55. {said}").find_direction("no_prices") is None
    assert read_brief("Physio Lee. First visit £55. Please don't show the price").find_direction("no_prices")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Recrutement : deux serveurs, CDI, 2 100 € net. Qu'en pensez-vous ?", "pensez"),
        ("Lunch at Bella, 12 €. What do you think?", "think"),
        ("Home battery from Lumen. Installed in one day. Don't compare us with Volta.", "Volta"),
    ],
)
def test_a_question_or_a_ban_for_the_maker_is_not_shown(text: str, told: str) -> None:
    assert not any(told in one.text for one in read_brief(text).pieces)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Plant swap, Saturday 16 May. Teas 50p. Not sure if we need to book the hall - ignore that bit.", "hall"),
        ("Lecture: Why rivers bend. Free. Note to editor: the title has no question mark.", "question"),
        ("Concierto benéfico de la Orquesta Juvenil de Quilmes, sábado 6 de diciembre 20 hs", "benéfico de"),
    ],
)
def test_an_aside_and_half_a_phrase_are_not_shown(text: str, told: str) -> None:
    facts = read_brief(text)
    assert not any(told in one.text for one in facts.pieces)


def test_a_word_that_is_not_shown_is_noted() -> None:
    facts = read_brief("Escape room. A new room called Clockwork. 2-6 players. Rotterdam. 24 euro per person.")
    shown = [one.text for one in facts.pieces]
    assert any("Rotterdam" in text for text in [*shown, *(one.text for one in facts.unused_parts)])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Need a promo by Thursday for Kessel Run Karting, 400m indoor track, from £19", "Thursday"),
        ("Olá, queria divulgar a minha aula de zumba, terças e quintas 19h, R$ 35 por aula", "divulgar"),
    ],
)
def test_what_belongs_to_a_direction_is_not_shown(text: str, told: str) -> None:
    facts = read_brief(text)
    assert facts.pieces and not any(told in one.text for one in facts.pieces)


@pytest.mark.parametrize(
    "text",
    [
        "Boat trips from £19. Please don't show last year's prices",
        "Backfisch 6,50 €, Matjesbrötchen 4 €. Ich weiß nicht ob Preise rein sollen, macht ihr mal",
    ],
)
def test_prices_are_shown_that_no_brief_forbids(text: str) -> None:
    facts = read_brief(text)
    assert facts.find_direction("no_prices") is None and facts.list_pieces("offer")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Deuxième Acte, friperie à Rennes : tout à moins de 20 €, -30 % pour les étudiants",
            "-30 % pour les étudiants",
        ),
        ("Ищем водителя категории С, Екатеринбург, зарплата от 90 000 руб.", "Ищем водителя категории С"),
        ("tiny house for rent, sleeps 2, no wifi (on purpose), 95 a night", "no wifi (on purpose)"),
        (
            "Fire drill for Oakdene staff. Assembly point is car park C. Next drill 3 March 11am",
            "Assembly point is car park C",
        ),
    ],
)
def test_a_line_keeps_its_sign_its_bracket_and_what_its_price_is_for(text: str, shown: str) -> None:
    assert shown in [one.text for one in read_brief(text).pieces]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "URGENT: road closed. Station Road, 3-7 Nov. Buses 4 and 9 diverted. From Colbury Council.",
            "Colbury Council",
        ),
    ],
)
def test_a_name_is_read_to_both_ends(text: str, name: str) -> None:
    found = read_brief(text).name
    assert found and found.text == name


@pytest.mark.parametrize(
    ("request_words", "asked", "made"),
    [
        ("Create a 30-second ad for Salt. ", "Highlight 14 m walls", [("dir", "Highlight"), ("fact", "14 m walls")]),
        ("Mach einen Spot für Salz. ", "Erwähnt die 10 % Rabatt", [("dir", "Erwähnt"), ("fact", "die 10 % Rabatt")]),
        ("Create an ad for Salt. ", "Show a student at a cafe", [("dir", "Show a student at a cafe")]),
        ("Create an ad for Salt. ", "Show your ticket at the door", [("fact", "Show your ticket at the door")]),
        ("", "Mention SALT10 for 10% off", [("fact", "Mention SALT10 for 10% off")]),
    ],
)  # fmt: skip
def test_what_a_film_is_to_say_is_shown_without_the_word_that_asks_for_it(
    request_words: str, asked: str, made: list[tuple[str, str]]
) -> None:
    text = f"{request_words}{asked}."
    marked = [("dir", request_words.rpartition(" ")[0].rpartition(" ")[0])] if request_words else []
    tokens, spans = mark(text, *marked, ("fact", asked))
    assert list_words(text, tokens, cut_edges(text, tokens, spans, Marks(text)))[len(marked) :] == made
