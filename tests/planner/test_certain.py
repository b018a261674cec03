"""What is certain in a brief, and the script of it: no wrong word and no wrong name on screen, in ten languages."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.judging import Judgement, judged, texts_of
from corpus.test_corpus import entries
from reelwright.documents.read import read_script
from reelwright.documents.script import Script
from reelwright.documents.write import write_script
from reelwright.errors import BadInput
from reelwright.planner.certain.find import find_certain_facts
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.reading.draft import build_script as build_draft_script
from reelwright.planner.reading.draft import draft_facts, drop_undrawable
from reelwright.planner.screens.film import FilmingOptions, plan_script
from reelwright.reel.brief import Brief
from yardstick import slowness

OPEN = entries("open")
LEAST_FOUND = 0.5


def build_script(certain: CertainFacts) -> Script:
    return build_draft_script(certain, draft_facts(drop_undrawable(certain)[0], shows_subject=False))


def script_or_none(brief: str) -> Script | None:
    certain = find_certain_facts(brief)
    try:
        return build_script(certain)
    except BadInput:
        assert not [p for p in certain.pieces if p.kind != "who"] and certain.name is None, "shown words are a script"
        return None


def judged_half(half: str) -> Judgement:
    return sum((judged(entry, script_or_none(entry["brief"])) for entry in entries(half)), Judgement())


def kinds(brief: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in find_certain_facts(brief).pieces]


def name_of(brief: str) -> str | None:
    name = find_certain_facts(brief).name
    return name.text if name else None


def shown_texts(brief: str) -> list[str]:
    script = script_or_none(brief)
    return list(texts_of(script)) if script else []


def screens(brief: str) -> list[tuple[str, str]]:
    return [(one.form, one.text) for one in build_script(find_certain_facts(brief)).screens]


# ---- the corpus
@pytest.mark.parametrize("entry", OPEN, ids=[entry["id"] for entry in OPEN])
def test_no_wrong_word_and_no_wrong_name_of_an_open_brief_is_on_screen(entry: dict[str, Any]):
    found = judged(entry, script_or_none(entry["brief"]))
    assert (found.wrong, found.names_wrong, found.names_missed) == ((), (), ())


def test_more_than_half_of_what_is_certain_in_the_open_briefs_is_shown():
    found = judged_half("open")
    print(f"open half: {found.line}")
    assert found.found >= LEAST_FOUND * found.certain, found.line


@pytest.mark.xfail(
    strict=True, reason="measured 2026-11-21: 4 of 75 texts wrong, no name wrong, 2 quoted or labelled names not found"
)
def test_no_wrong_word_and_no_wrong_name_of_a_brief_that_nobody_read_is_on_screen():
    found = judged_half("held_out")
    print(f"held-out half: {found.line}")
    counts = (len(found.wrong), len(found.names_wrong), len(found.names_missed))
    assert counts == (0, 0, 0), found.line


@pytest.mark.parametrize("entry", OPEN, ids=[entry["id"] for entry in OPEN])
def test_every_script_of_an_open_brief_can_be_filmed(entry: dict[str, Any]):
    script = script_or_none(entry["brief"])
    if script is None:
        pytest.skip("nothing is certain")
    length = script.settings.get("length")
    brief = Brief(
        text="script.md", short_side=180, aspect=script.settings.get("aspect"),  # type: ignore[arg-type]
        length_ms=int(length.split()[0]) * 1000 if length else None,
    )  # fmt: skip
    for tone in ("neutral", "energetic"):
        asked = FilmingOptions(
            brief=brief, name="script.md", title="Film", tone=tone, language=script.settings["language"], files={}
        )
        assert plan_script(script, asked).plan.shots


# ---- names
@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ('A teaser for "Hollow Pine", a small-batch gin', "Hollow Pine"),
        ("We run “The Rusty Spoon”, a café by the canal.", "The Rusty Spoon"),
        ("Ein Clip für „Nordlicht“, handgemachte Lampen aus Kiel", "Nordlicht"),
        ("Une vidéo pour « Chez Odette », petite cantine à Lyon", "Chez Odette"),
        ("Un video para «Casa Fermín», comida de cuchara", "Casa Fermín"),
        ("клипче за „Дядовото“, липов мед", "Дядовото"),
        ("ريل لـ«نارنج»، صابون زيت زيتون", "نارنج"),
        ("「月の湯」という銭湯の動画をお願いします", "月の湯"),
        ("「泥雲雀」のリール、手びねりの器", "泥雲雀"),
        ("Name: Hush\nhinge oil in a tin", "Hush"),
        ("Product: Hush hinge oil", "Hush"),
        ("Produkt: Leisling\nAkku: 60 Stunden", "Leisling"),
        ("商品名：霧の羊羹\n価格：1,620円", "霧の羊羹"),
        ("Titel: „Alte Meister, neu gehört“", "Alte Meister, neu gehört"),
        ("Nom :\nLa Bonne Pâte\n\npain au levain", "La Bonne Pâte"),
        ("Mugs by Odilon, see odilon.example", "Odilon"),
        ('"Foundry Boxing": 24/7, £31 a month', "Foundry Boxing"),
        ("‘바람공방’ 홍보 영상을 만들어 주세요. 매주 화요일", "바람공방"),
        ("상호: 봄날의 책방\n오픈: 3월 2일", "봄날의 책방"),
        ('วิดีโอให้คาเฟ่ "บ้านไม้" เปิดวันที่ 3 มีนาคม ห้ามใช้เพลง', "บ้านไม้"),
        ('"चाय घर" के लिए वीडियो। उद्घाटन 3 मार्च।', "चाय घर"),
        ('סרטון לבית הקפה "רוח ים", פתיחה ב-4 במרץ', "רוח ים"),
        ("Nazwa: Pracownia Wrzos\nTermin: 4 maja", "Pracownia Wrzos"),
        ("“晴空书店”搬家啦！", "晴空书店"),
        ("'새솔 도서관' 야간 개관: 6월 1일부터", "새솔 도서관"),
        ('Konser: "Dalga Sesi"\nTarih: 3 Ağustos', "Dalga Sesi"),
        ("名称：晴空书店\n开业：5月2日", "晴空书店"),
    ],
)
def test_a_name_that_is_quoted_labelled_or_an_address_is_found(brief: str, name: str):
    assert name_of(brief) == name


@pytest.mark.parametrize(
    "brief",
    [
        'Please never write "Best Ever", it is a video for our club',
        'End with "Come Hungry"',
        'The song "Blue Monday" must not be in it',
        'My gran always says "Who hurries eats raw"',
        "Recruiting ad: night-shift nurses wanted at St. Brannoc's Hospital, see brannocs-jobs.example",
        "The Harbour Kitchen reopens, see kitchen-harbour.example",
        "a lighthouse at dawn",
        "look at youtube.com/watch?v=1, like that",
        'Don\'t show the till. Do put "Come as we are" on it',
        'Then "Stay longer". The inn is on Weir Road',
        "Book: 01632 960119",
        'Sonunda "Birlikte güzel" yazsın. Tören 3 Mayıs',
        "Сватбата ни е на 6 юни във винарна „Изворът“",
        "Notre fête est au café « Le Saule » le 3 mai",
        "we open at 9, see odilon.example",
        "[09:02] Odilon: dinner at odilon.example",
        "Do not name Odilon, just link odilon.example",
        "Appel aux dons : 4 000 € avant le 3 août. dons.example",
        "Kommt ins Schwimmbad am Weiher, schwimmbad.example",
        "School: closed on 5 May",
        '"Warm soup" is our thing, and has been since 1988',
        "「ただいま」の声から始めてください。食堂です",
    ],
)
def test_what_only_may_be_a_name_is_none(brief: str):
    assert name_of(brief) is None


# ---- the six briefs of the issue
SIX = {
    "Explain in 60 seconds why our city is closing Main Street to cars on Sundays; neutral": [],
    "POV: you finally fix the squeaky door. Product: Hush hinge oil": [
        ("words", "POV: you finally fix the squeaky door"), ("reveal", "Hush"), ("descriptor", "Hush hinge oil"),
    ],
    'A teaser for "Hollow Pine", a small-batch gin distilled in an old sawmill; slow, misty, almost silent, no prices; '
    "end on the bottle": [
        ("reveal", "Hollow Pine"), ("descriptor", "a small-batch gin distilled in an old sawmill"),
    ],
    "Recruiting ad: night-shift nurses wanted at St. Brannoc's Hospital. 12-hour shifts, £4,000 welcome bonus. Apply "
    "by 3 May at brannocs.example": [
        ("words", "12-hour shifts"), ("words", "£4,000 welcome bonus"), ("call", "Apply by 3 May"),
    ],
    'Reel for "Mudlark", hand-thrown stoneware bowls from Cornwall. Earthy, unhurried': [
        ("reveal", "Mudlark"), ("descriptor", "hand-thrown stoneware bowls from Cornwall"),
    ],
    "ريل لـ«نارنج»، صابون زيت زيتون يدوي من نابلس؛ ترابي، هادي، من غير استعجال": [
        ("reveal", "نارنج"), ("descriptor", "صابون زيت زيتون يدوي من نابلس"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("brief", SIX)
def test_the_six_briefs_that_began_this_show_no_wrong_word(brief: str):
    if not SIX[brief]:
        with pytest.raises(BadInput, match="nothing that a film could show"):
            screens(brief)
    else:
        assert screens(brief) == SIX[brief]


# ---- facts
@pytest.mark.parametrize(
    ("brief", "shown"),
    [
        ("our bakery. 340 loaves a day. slow please", [("number", "340 loaves a day")]),
        ("In 20 seconds, 3 scenes, 9:16", []),
        ("our budget is £500, the deadline is Friday 12 May", []),
        ("no prices please. Tickets £12", []),
        ("Tickets £12, only until 3 May", [("offer", "Tickets £12, only until 3 May")]),
        ("The fair is on Saturday 5 June. Leave that out, that is not for the poster.", []),
        ("Open day on Saturday 5 June, 10am-4pm", [("date", "Open day on Saturday 5 June, 10am-4pm")]),
        ("Wir haben 6 Zimmer, 90 Ziegen", [("number", "6 Zimmer"), ("number", "90 Ziegen")]),
        ("It takes about 500 g of flour, 250 ml of honey", []),
        ("Phone: 01632 960147", [("telephone", "01632 960147")]),
        ("call me on 01632 960147 if you have questions", []),
        ("Send the film to jo@shop.example", []),
        ("Slogan: \"Come hungry.\"", [("quote", "Come hungry.")]),
        ('no hype words ("blazing fast and free" etc)', []),
        ("11 400 repas servis ; 63 bénévoles", [("number", "11 400 repas servis"), ("number", "63 bénévoles")]),
    ],
)  # fmt: skip
def test_facts_are_found_whole_and_directions_are_not(brief: str, shown: list[tuple[str, str]]):
    assert kinds(brief) == shown


@pytest.mark.parametrize(
    ("brief", "language"),
    [
        ("Nähkurs, Donnerstag 18 Uhr, 45 Euro", "de"),
        ("Töpfern am Deich, 3. Mai", "de"),
        ("Oficina de bolos, sábado 9 de maio, inscrição grátis", "pt"),
        ("Taller de pan, sábado 9 de mayo, inscripción gratis", "es"),
        ("Kelmscott Rowing Club, £4 per outing", "en"),
        ("Title: Kelmscott Rowing Club\nDate: 4 May\nTone: bright", "en"),
        ("Kurs tkania, sobota 9 maja, wstęp wolny", "pl"),
        ("Sarı Fırın, her cuma sıcak ekmek", "tr"),
        ("Мастерская открыта, запись до 3 июня", "ru"),
        ("a heron on a jetty", "en"),
    ],
)  # fmt: skip
def test_the_language_of_a_short_brief_is_found(brief: str, language: str):
    assert find_certain_facts(brief).language == language


@pytest.mark.parametrize(
    ("brief", "shown"),
    [
        ("Ship date: 14 October", ["Ship date: 14 October"]),
        ("Night line: 0800 555 0117", ["Night line", "0800 555 0117"]),
        ("Opening: Saturday 7 March, 11am", ["Opening: Saturday 7 March, 11am"]),
        ("Stall fee: £11", ["Stall fee: £11"]),
        ("咨询电话：0571-5550-0199", ["咨询电话", "0571-5550-0199"]),
        (
            "Date: Saturday 7 March\nPrice: £4\nTel: 01632 960118",
            ["Saturday 7 March", "£4", "01632 960118", "01632 960118"],
        ),
        ("Datum und Uhrzeit: 7. März, 11 Uhr", ["7. März, 11 Uhr"]),
        ("Inscrições: festa@vila.example", ["Inscrições", "festa@vila.example"]),
        ("פתיחה: יום שישי 12 ביוני", ["פתיחה: יום שישי 12 ביוני"]),
        ("Name: Kern\nEntries close: 3 May\nNib: 4 mm", ["Kern", "Entries close: 3 May", "Nib: 4 mm"]),
        ("Name: Kern\nFirst cut: 3 May\nDelivery: 9 May\nSign-off: 12 May", ["Kern"]),
        ("Delivery date: 9 May", []),
        ("Bookings:sol@barn.example", ["Bookings", "sol@barn.example"]),
        ("Contact: sam@agency.example", []),
        ("Price on screen: £5", []),
        ("**Stall fee:** £11", ["£11"]),
    ],
)
def test_a_label_that_says_what_the_fact_is_is_shown_with_it(brief: str, shown: list[str]):
    assert shown_texts(brief) == shown


@pytest.mark.parametrize(
    ("brief", "shown"),
    [
        ("From: Ida Holm <ida@hall.example>\nTo: Film desk\nSubject: the fair on 3 May\nSent: Friday 1 May 2026", []),
        ("Von: Ida Holm\nAn: Werbung\nGesendet: Freitag, 1. Mai 2026\nBetreff: Clip\n\nFlohmarkt am 3. Mai.",
         ["Flohmarkt am 3. Mai"]),
        ("De : Mairie\nÀ : Agence\nDate : 1 mai 2026\nObjet : film\n\nBal le 3 mai.", ["Bal le 3 mai"]),
        ("On Friday 1 May 2026 at 09:14, Ida Holm wrote:\n> The fair is on 3 May.", ["The fair is on 3 May"]),
        ("Fwd: Re: the fair on 3 May", []),
        ("件名：7月1日の動画\n宛先：制作部", []),
        ("[09:04] Mia: Jumble sale Saturday 7 March, 10am", ["Jumble sale Saturday 7 March, 10am"]),
        ("From: 9am\nWhere: Moot Hall", ["From: 9am", "Moot Hall"]),
    ],
)  # fmt: skip
def test_the_head_of_a_letter_is_not_shown(brief: str, shown: list[str]):
    assert shown_texts(brief) == shown


@pytest.mark.parametrize(
    ("brief", "shown"),
    [
        ("Loaf £4, plus VAT", ["Loaf £4, plus VAT"]),
        ("Loaf £4, excluding delivery", ["Loaf £4, excluding delivery"]),
        ("Hof ab 40 Euro, zzgl. MwSt.", ["Hof ab 40 Euro, zzgl. MwSt"]),
        ("Membership £18, then £5 a month", ["Membership £18, then £5 a month"]),
        ("Menú desde 12 €, IVA incluido", ["Menú desde 12 €, IVA incluido"]),
        ("Loaf £4, until we say what you must never pay", []),
        ("Do not mention the £2 bag charge", []),
        ("Занятия от 700 ₽", ["Занятия от 700 ₽"]),
        ("Giá từ 55.000đ", ["Giá từ 55.000đ"]),
        ('קפה ב-12 ש"ח, עוגה ב-20 ש"ח', ['קפה ב-12 ש"ח', 'עוגה ב-20 ש"ח']),
        ("चाय ₹20 से।", ["चाय ₹20 से"]),
        ("입장료: 7,000원부터", ["입장료: 7,000원부터"]),
        ("Our shop, The Green Heron, is moving to 4 Weir Lane on 2 May", []),
        ("The old fee was £8", []),
        ("| Bun | £3.10 |", []),
        ("Rooms £640 pcm, bills extra", ["Rooms £640 pcm, bills extra"]),
        ("Habitación 70 € la noche, desayuno incluido", ["Habitación 70 € la noche, desayuno incluido"]),
        ("Rooms £640, heating and water and light are charged separately", []),
        ("Buscamos panadero/a. 1.300 € netos", ["1.300 € netos"]),
        ("Tickets £6 / £4", ["Tickets £6 / £4"]),
        ("Loaf £4 (with a card), until 3 May", []),
        ("« Le bon pain. » Boule 4 €, jusqu'au 3 mai", ["Le bon pain.", "Boule 4 €, jusqu'au 3 mai"]),
        ("It cost us £310 last time", []),
        ("Now £6, was £8", ["Now £6"]),
    ],
)
def test_a_price_keeps_what_it_is_subject_to(brief: str, shown: list[str]):
    assert shown_texts(brief) == shown


@pytest.mark.parametrize(
    ("brief", "shown"),
    [
        ("Llama al 611 555 034", ["Llama", "611 555 034"]),
        ("Ligue para (21) 5550-0177", ["Ligue", "(21) 5550-0177"]),
        ("Reserve pelo 911 555 034 ou em a-vila.example", ["Reserve pelo 911 555 034", "a-vila.example"]),
        ("Apply by 4 June to work@ward.example", ["Apply by 4 June to", "work@ward.example"]),
        ("Contact sam@agency.example for the logo", []),
        ("Send it to sam@agency.example", []),
        ("Come to barn.example", ["barn.example", "barn.example"]),
        ("Un film come quello di rivale.example", []),
    ],
)
def test_a_call_is_shown_with_where_to(brief: str, shown: list[str]):
    assert shown_texts(brief) == shown


@pytest.mark.parametrize(
    ("brief", "who"),
    [
        ('Ama Boateng, midwife: "We never close."', "Ama Boateng, midwife"),
        ("Ruth Sala, clienta: «Volví a nadar.»", "Ruth Sala, clienta"),
        ("Ruth, 61: «Volví a nadar.»", "Ruth, 61"),
        ("Ada Kern, Hebamme: „Wir haben offen.“", "Ada Kern, Hebamme"),
        ("Großes Plakat, unten: „Wir haben offen.“", ""),
        ("Ama Boateng: “We never close.”", ""),
        ("Poster, front window: “We never close.”", ""),
        ('Main Message: "We never close."', ""),
        ('Ruth: "We never close."', ""),
        ("Letzter Gedanke: „Wir haben offen.“", ""),
        ('Final Screen: "We never close."', ""),
    ],
)
def test_who_says_a_line_may_stand_before_it(brief: str, who: str):
    (quote,) = build_script(find_certain_facts(brief)).screens
    assert quote.speaker == who


def test_of_two_who_speak_each_has_the_own_line():
    screens = build_script(
        find_certain_facts('Ama Boateng, 40: "We never close." Ola Lind, cook: "Nor do we."')
    ).screens
    assert [(one.text, one.speaker) for one in screens] == [
        ("We never close.", "Ama Boateng, 40"),
        ("Nor do we.", "Ola Lind, cook"),
    ]


@pytest.mark.parametrize(
    ("brief", "shown"),
    [
        ("Ab Samstag, 11. Juli gibt es Kirschen", ["Ab Samstag, 11. Juli gibt es Kirschen"]),
        ("The sale is on Sunday, 12 July, 10am", ["The sale is on Sunday, 12 July, 10am"]),
        ("Not on Sunday, 12 July", []),
        ("Sunday 12 July: pool closed", []),
        ("The pool is closed on Sunday 12 July", ["The pool is closed on Sunday 12 July"]),
        ("Montag, 6. Juli, bis Freitag, 10. Juli: geschlossen", []),
        ("Stall at 4 Quay St. Open 7am", ["Stall at 4 Quay St"]),
        ("Name: Kern Trio\nConcert: 12 July, 8pm\nTickets: £9", ["Kern Trio", "Concert: 12 July, 8pm", "Tickets: £9"]),
    ],
)  # fmt: skip
def test_a_day_keeps_its_weekday_and_what_happens_on_it(brief: str, shown: list[str]):
    assert shown_texts(brief) == shown


def test_a_letter_ends_with_its_greeting_and_what_follows_is_not_shown():
    brief = "Our fair is on Saturday 5 June.\n\nThanks a million,\nAoife\n01632 960147\nwww.office.example"
    assert kinds(brief) == [("date", "Our fair is on Saturday 5 June")]


def test_who_said_a_line_stands_under_it():
    brief = "Una ospite ha scritto: “Siamo rimasti una settimana intera” (Marta G., Bergamo)."
    (quote,) = build_script(find_certain_facts(brief)).screens
    assert (quote.form, quote.text, quote.speaker) == (
        "quote",
        "Siamo rimasti una settimana intera",
        "Marta G., Bergamo",
    )


@pytest.mark.parametrize(
    "brief",
    [
        "Can it be there before 4 May?",
        "Is Friday 8 May at 3pm good for you?",
        "Can you do it before 4 May",
        "By Friday 8 May",
        "Let's talk on Friday 8 May",
        "¿Lo tienes para el 4 de mayo?",
    ],
)
def test_a_question_or_a_wish_is_no_fact(brief: str):
    assert kinds(brief) == []


def test_directions_are_told_with_their_values():
    certain = find_certain_facts('A reel for "Mudlark", stoneware bowls. 20 seconds, 9:16, no prices, calm')
    assert {one.kind: one.value for one in certain.directions if one.value} == {"length": "20000", "aspect": "9:16"}
    assert certain.find_direction("no_prices") and certain.find_direction("tone")
    assert all(certain.brief[one.start : one.end] == one.text for one in certain.directions)


def test_a_length_that_the_words_cannot_fill_is_a_note_and_no_setting():
    script = build_script(find_certain_facts('A 60 seconds reel for "Mudlark", stoneware bowls from Cornwall'))
    assert "length" not in script.settings
    assert "60 seconds" in script.notes[0].text


def test_what_was_not_used_is_a_note():
    script = build_script(find_certain_facts('A reel for "Mudlark", stoneware bowls. The wheel came from my aunt.'))
    assert "The wheel came from my aunt" in script.notes[0].text


# ---- any text
SCRAPS = st.sampled_from(
    """\
Name: Hush~"Hollow Pine", a gin~„So ist es.“~(no prices)~£4,000 bonus~3 May~every Sunday 9am~12-hour shifts~
x.example~call 01632 960147~@hush.oil~20 seconds~9:16~- 3 bowls~1. two~🎂 Ana 80~هل ٣ شيكل~商品名：霧~「朝もや。」~
Thanks,~not that~Facts:~--> <!-- x~**b** `c`~# h~a\tb~\u202eab~Z̴̛̺~12 € (nur heute)~a | b~POV: you~# 1~> q~---~
bücher.example~Slogan: a. b""".replace("\n", "").split("~")
)
TEXTS = st.lists(SCRAPS, max_size=12).map(" ".join) | st.lists(SCRAPS, max_size=9).map("\n".join) | st.text(max_size=80)


def bare(script: Script) -> Script:
    return replace(
        script, screens=tuple(replace(one, line=0) for one in script.screens),
        spoken_lines=tuple(replace(one, line=0) for one in script.spoken_lines),
        notes=tuple(replace(one, line=0) for one in script.notes),
    )  # fmt: skip


def check_spans(certain: CertainFacts) -> None:
    named = (certain.name,) if certain.name else ()
    for one in (*named, *certain.pieces, *certain.directions, *certain.unused_parts):
        assert one.text and certain.brief[one.start : one.end] == one.text


@settings(max_examples=600, deadline=None)
@given(TEXTS)
@example("Name: a --> b, £3 --> x\nmore --> words <!-- a")
@example("£3 a\u2028b")
@example("ours.  – million")
@example("[09:02] Odilon: see odilon.example")
def test_any_text_gives_spans_of_it_and_a_script_that_is_read_back_the_same(text: str):
    try:
        certain = find_certain_facts(text)
    except BadInput:
        return
    check_spans(certain)
    try:
        script = build_script(certain)
    except BadInput as refused:
        assert refused.field == "brief"
        return
    assert bare(read_script(write_script(script))) == bare(script)
    flat = " ".join(text.split())
    for screen in script.screens:
        assert " ".join(screen.text.split()) in flat


LONG_FOR_EVERY_CHANGE = ['"' * 19_990 + "abc", "Saturday 3 May 10am, Back Quay, " * 600, "«a\n" * 5_000]
LONG = [
    "a" * 20_000, "ab 1 " * 4_000, "(" * 19_990 + "abc", "Name: " * 3_333, "x.example " * 2_000, "£1 " * 6_000 + "abc",
    "0163 2960147 abc " * 1_000, "„a“, b " * 2_500, "1. a\n" * 4_000, "朝「もや」" * 3_000, "a.b." * 5_000,
    "3 May, " * 2_800, "no not " * 2_800, "(a) " * 5_000, "a: " * 6_000, "please send x.example, " * 800,
    "'" * 10_000 + "ab", "a'b " * 5_000, "and " * 5_000, "£3 (ab " * 2_800,
]  # fmt: skip


@pytest.mark.parametrize(
    "text", [*LONG_FOR_EVERY_CHANGE, *(pytest.param(text, marks=pytest.mark.lane_examples) for text in LONG)]
)
def test_a_long_brief_takes_less_than_a_second(text: str):
    find_certain_facts("Its tables are read once")
    limit = slowness(time.process_time)
    began = time.process_time()
    certain = find_certain_facts(text[:20_000])
    took = time.process_time() - began
    assert took < limit, f"{took:.2f} s"
    check_spans(certain)
