"""What stands between two things that are shown, and says nothing of a film, is shown; numbers stay whole."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.between import show_between
from reelwright.planner.reading.bounds import settle_bounds
from reelwright.planner.reading.draft import draft_facts
from reelwright.planner.reading.read import read_brief


def shown(brief: str) -> list[str]:
    """List the lines of the draft of ``brief``."""
    return [line.screen.text for line in draft_facts(read_brief(brief)).lines]


@pytest.mark.parametrize(
    ("text", "told", "asked", "is_shown"),
    [
        ("Off on Wed. Do not use the lifts. Phone 01632 960233", "Do not use the lifts", "", True),
        ("Off on Wed. Do not use the logo. Phone 01632 960233. 20 sec", "Do not use the logo", "20 sec", False),
        ("Off on Wed. A key, no blanket. Phone 01632 960233. 20 sec", "A key, no blanket", "20 sec", True),
        ("Off on Wed. No music, calm. Phone 01632 960233", "No music, calm", "", False),
    ],
    ids=["may ask", "may ask beside a request", "asks nothing", "of a film"],
)
def test_a_direction_between_two_facts_is_shown_unless_it_speaks_of_the_film(
    text: str, told: str, asked: str, is_shown: bool
) -> None:
    marked = [("fact", "Off on Wed"), ("dir", told), ("call", "Phone 01632 960233"), ("dir", asked)]
    tokens, spans = mark(text, *(one for one in marked if one[1]))
    assert (("fact", told) in list_words(text, tokens, show_between(text, tokens, spans, Marks(text)))) is is_shown


def test_a_clause_between_two_facts_that_nobody_read_is_shown_and_no_heading_is() -> None:
    text = "4 day week!! no split shifts. Free meals. How to apply: send a letter"
    tokens, spans = mark(text, ("fact", "4 day week"), ("fact", "Free meals"), ("call", "send a letter"))
    made = list_words(text, tokens, show_between(text, tokens, spans, Marks(text)))
    assert ("fact", "no split shifts") in made and not any("How to apply" in words for _, words in made)


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("We're launching Tallyhoot v3 next week. It reads supplier invoices and books them by itself — 9 out of 10 "
         "never need a human. Integrates with Xero and DATEV. Free for 30 days, then $19 per user and month. "
         "tallyhoot.example. About 40 seconds, 16:9, tone: confident but not salesy.",
         "It reads supplier invoices and books them by itself"),
        ("Notice to residents of Calder Court: both lifts will be out of service on Wed 4 March from 8am to 5pm for "
         "their yearly inspection. Do not use the lifts during this time. If you need help with stairs, phone the "
         "caretaker before 3 March on 01632 960 233.", "Do not use the lifts during this time"),
        ("hey! can u make something short for insta (15 sec max) - Marrow & Vine is looking for a sous chef and 2 line "
         "cooks, start asap. €2,850 a month + tips, 4 day week!! no split shifts. send cv to hr@marrow.example",
         "is looking for a sous chef and 2 line cooks, start asap"),
        ("As matrículas para o curso noturno de enfermagem da Escola Técnica Maria Quitéria estão abertas até 30 de "
         "janeiro. Duração de 18 meses, estágio incluído, mensalidade de R$ 349. Inscrições em mariaquiteria.example",
         "Duração de 18 meses, estágio incluído"),
        ("Evening course Bookbinding for beginners | 8 Tuesdays from 14 January, 18:30–20:30 | Craftworks Studio 2, "
         "Norwich | £145 incl. all materials | sign up: craftworks.example/bookbinding",
         "8 Tuesdays from 14 January, 18:30–20:30"),
        ("Parents' Evening Year 10\nThursday 12 February, 4.30pm - 7.30pm\nMain Hall, Otterbourne Academy\nBook your "
         "slots at slots.otterbourne.example by Monday 9 February.", "by Monday 9 February"),
        ("町内清掃のお知らせ 6月7日(日)朝8時 桜台公園集合 軍手をお持ちください 雨天中止 桜台町内会",
         "軍手をお持ちください"),
        ("Кофейня «Зерно и точка» открылась на Лесной, 18! Капучино 190 ₽, до 10 утра второй в подарок. "
         "Работаем каждый день с 7:30 до 22:00. Телеграм @zernotochka. Сделайте ролик на 15 секунд, уютный, без голоса",
         "открылась на Лесной, 18"),
        ("「本とコーヒー つばめ堂」4月12日オープン！オープン記念でドリップコーヒー1杯300円（通常480円）。"
         "高円寺駅南口から徒歩3分。15秒くらいの縦動画で、落ち着いた感じにしてください",
         "通常480円\nオープン記念でドリップコーヒー1杯300円"),
        ("Biblioteka Miejska w Ustroniu zaprasza na Noc Bajek! 5 grudnia, godz. 18:00-21:00. Dzieci od 6 do 10 lat, "
         "wstęp wolny. Zapisy do 1 grudnia: tel. 33 555 01 29", "Zapisy do 1 grudnia"),
    ],
    ids=["doubtful", "warning", "sought", "length of a course", "counted days", "deadline",
         "blanks", "street", "kana", "contact"],
)  # fmt: skip
def test_a_fact_of_a_whole_brief_is_not_lost(brief: str, line: str) -> None:
    lines = shown(brief)
    assert line in lines and "tel" not in lines


@pytest.mark.parametrize(
    ("text", "marked", "settled"),
    [
        ("Important: tenants of Flats 1 to 24, Harbour View", (("what", "tenants of Flats"), ("terms", "1 to 24")),
         [("what", "tenants of Flats 1 to 24")]),
        ("We are in Via Roma, 12", (("place", "Via Roma"), ("number", "12")), [("place", "Via Roma, 12")]),
        ("Meet in Leeds 10 to 4", (("place", "Leeds"), ("time", "10 to 4")), [("place", "Leeds"), ("time", "10 to 4")]),
        ("Apply before 3 March", (("call", "Apply"), ("time", "3 March")),
         [("call", "Apply before 3 March")]),
        ("in the laundry. Hallway Union plays", (("place", "in the laundry. Hallway Union"),),
         [("place", "in the laundry."), ("place", "Hallway Union")]),
        ("Treff Hauptstr. Ecke Markt", (("place", "Hauptstr. Ecke Markt"),), [("place", "Hauptstr. Ecke Markt")]),
    ],
    ids=["range", "street", "hours", "deadline", "sentences", "abbreviation"],
)  # fmt: skip
def test_a_number_stands_with_what_it_counts(
    text: str, marked: tuple[tuple[str, str], ...], settled: list[tuple[str, str]]
) -> None:
    tokens, spans = mark(text, *marked)
    assert list_words(text, tokens, settle_bounds(text, tokens, spans, Marks(text))) == settled


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("寻猫启事：橘猫“米粒”，3月2日晚在竹园小区3号楼走失，脖子上有蓝色铃铛。联系电话 138 5555 0106", "米粒"),
        ("Full service £55, puncture £9. Ready the same day. Spoke, 14 Tanner Lane. Bring it in.", "Spoke"),
    ],
    ids=["quoted", "before its street"],
)  # fmt: skip
def test_a_name_is_found_in_its_line_and_in_its_marks(brief: str, name: str) -> None:
    found = read_brief(brief).name
    assert found and found.text == name
