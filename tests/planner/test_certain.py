"""What the form of a brief makes certain: quotations, clauses of their own, lengths and shapes; and any text."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reelwright.documents.read import read_script
from reelwright.documents.script import Script
from reelwright.documents.write import write_script
from reelwright.errors import BadInput
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.reading.draft import Draft, build_script, draft_facts, drop_undrawable
from reelwright.planner.reading.read import MAX_READ_LETTERS, read_brief
from yardstick import slowness


def draft(brief: str) -> Draft:
    return draft_facts(drop_undrawable(read_brief(brief))[0])


def list_certain(brief: str) -> list[tuple[str, str]]:
    return [(line.screen.form, line.screen.text) for line in draft(brief).lines if line.tier == "certain"]


# ---- quotations
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
        ("“It never flickers.” For “Fenn”, a desk lamp", "Fenn"),
        ('A lamp called "Fenn". It never flickers. 60 hours of light on one charge.', "Fenn"),
        ("“It never flickers.” For “Fenn”. Order at fenn.example", "Fenn"),
        ('"Foundry Boxing": 24/7, £31 a month', "Foundry Boxing"),
        ("‘바람공방’ 홍보 영상을 만들어 주세요. 매주 화요일", "바람공방"),
        ('"चाय घर" के लिए वीडियो। उद्घाटन 3 मार्च।', "चाय घर"),
        ('סרטון לבית הקפה "רוח ים", פתיחה ב-4 במרץ', "רוח ים"),
        ("“晴空书店”搬家啦！", "晴空书店"),
        ('Ребята, нужен ролик про нашу кофейню "Зерно": капучино 180 р', "Зерно"),
    ],
)
def test_a_name_in_quotation_marks_is_certain(brief: str, name: str) -> None:
    assert ("reveal", name) in list_certain(brief)


@pytest.mark.parametrize(
    "brief",
    [
        'Please never write "Best Ever", it is a video for our club',
        'The song "Blue Monday" must not be in it',
        'Don\'t show "Bexley Motors"',
        'no hype words ("blazing fast and free" etc)',
    ],
)
def test_a_quotation_that_is_denied_or_music_is_not_shown(brief: str) -> None:
    assert not any('"' + line.screen.text in brief for line in draft(brief).lines)


def test_quoted_lines_of_one_word_are_shown() -> None:
    brief = 'A film for "Tern", a bag. "Go." "Now!" "It closes with one hand."'
    assert [text for form, text in list_certain(brief) if form == "words"] == [
        "Go.",
        "Now!",
        "It closes with one hand.",
    ]


def test_of_two_quoted_names_the_second_is_in_the_draft_too() -> None:
    there = draft('A film for "Tern" and "Wren", two bags')
    assert [line.screen.text for line in (*there.lines, *there.unlikely_lines) if '"' not in line.screen.text] == [
        "Tern", "Wren", "two bags",
    ]  # fmt: skip


def test_a_quoted_line_keeps_its_full_stop_and_its_first_word() -> None:
    assert ("words", "A line is a line.") in list_certain('An ad for "Tern". "A line is a line."')


def test_what_is_asked_for_inside_a_quotation_is_no_direction() -> None:
    facts = read_brief('Launch video, 20 sec, for "Ledgerly", an app. "Send it in ten seconds."')
    assert [one.value for one in facts.directions if one.kind == "length"] == ["20000"]


def test_what_the_model_and_the_form_agree_on_is_certain() -> None:
    shown = list_certain(
        'A film for "Fenn", a desk lamp. "It never flickers." 40 hours on one charge. Visit fenn.example'
    )
    assert shown == [
        ("reveal", "Fenn"), ("descriptor", "a desk lamp"), ("words", "It never flickers."),
        ("proof", "40 hours on one charge"), ("call", "Visit"),
    ]  # fmt: skip


# ---- directions
@pytest.mark.parametrize(
    ("brief", "values"),
    [
        ('A reel for "Mudlark", stoneware bowls. 20 seconds, no prices, calm', {"length": "20000", "aspect": "9:16"}),
        ('square ad, 12 seconds, "Tidewater", a surf school', {"length": "12000", "aspect": "1:1"}),
        ("Ein 12-Sekunden-Spot für „Brotzeit“, Bäckerei in Köln", {"length": "12000"}),
        (
            '30 second vertical and a 15 second cutdown for "Fenn", a lamp',
            {"length": "30000", "aspect": "9:16"},
        ),
        ('Two-minute film about "Wren & Sons", a violin workshop', {"length": "120000"}),
        ('film for "Fenn", a lamp, 80s look, 15-20 s', {"length": "20000"}),
    ],
)
def test_directions_are_told_with_their_values(brief: str, values: dict[str, str]) -> None:
    found = read_brief(brief)
    assert {one.kind: one.value for one in reversed(found.directions) if one.value} == values
    assert all(found.brief[one.start : one.end] == one.text for one in found.directions)


def test_each_clause_of_a_direction_may_forbid_something() -> None:
    kinds = {one.kind for one in read_brief('15s ad for "Ledger Bank", a bank. No people, no text.').directions}
    assert "no_text" in kinds


def test_a_film_without_text_shows_what_its_thing_is() -> None:
    pictures = read_brief('A film for "VoltCup", a travel mug. "Fill it at six." No text.').list_pictures("subject")
    assert [one.text for one in pictures] == ["a travel mug"]


# ---- notes
def test_a_length_that_the_words_cannot_fill_is_a_note_and_no_setting() -> None:
    facts = read_brief('A 60 seconds reel for "Mudlark", stoneware bowls from Cornwall')
    script = build_script(facts, draft_facts(facts))
    assert "length" not in script.settings and "60 seconds" in script.notes[0].text


def test_of_a_long_text_the_beginning_is_read_and_the_rest_is_a_note() -> None:
    text = 'An ad for "Tern", a bag. ' + "la " * 2_000
    facts = read_brief(text)
    assert facts.name and facts.name.text == "Tern"
    assert facts.unused_parts[-1].end >= len(text.rstrip()) and facts.unused_parts[-1].start <= MAX_READ_LETTERS


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
@example("# 1\nPOV: you\nName: Hush \u202eab")
@example("POV: you Thanks, POV: you \u202eab")
@example("[09:02] Odilon: see odilon.example")
@example('0.EXAMPLE"0000000\n1.EXAMPLE')
def test_any_text_gives_spans_of_it_and_a_script_that_is_read_back_the_same(text: str):
    try:
        certain = read_brief(text)
    except BadInput:
        return
    check_spans(certain)
    try:
        script = build_script(certain, draft_facts(drop_undrawable(certain)[0]))
    except BadInput as refused:
        assert refused.field == "brief"
        return
    assert bare(read_script(write_script(script))) == bare(script)
    flat = " ".join(text.split())
    for run in (run for screen in script.screens for run in screen.runs):  # a price stands before its thing
        lines = run.text.removesuffix(":" if run.style == "strong" else "").split("\n")  # the colon marks a label
        parts = [part for line in lines for part in line.split(" · ")]  # contacts that stand on one card
        assert all(" ".join(part.split()) in flat for part in parts)


LONG_FOR_EVERY_CHANGE = ['"' * 19_990 + "abc", "Saturday 3 May 10am, Back Quay, " * 600, "«a\n" * 5_000]
LONG = [
    "a" * 20_000, "ab 1 " * 4_000, "(" * 19_990 + "abc", "Name: " * 3_333, "x.example " * 2_000, "£1 " * 6_000 + "abc",
    "0163 2960147 abc " * 1_000, "„a“, b " * 2_500, "1. a\n" * 4_000, "朝「もや」" * 3_000, "a.b." * 5_000,
    "3 May, " * 2_800, "no not " * 2_800, "(a) " * 5_000, "a: " * 6_000, "please send x.example, " * 800,
    "'" * 10_000 + "ab", "a'b " * 5_000, "and " * 5_000, "£3 (ab " * 2_800,
]  # fmt: skip


@pytest.mark.timed
@pytest.mark.parametrize(
    "text", [*LONG_FOR_EVERY_CHANGE, *(pytest.param(text, marks=pytest.mark.lane_examples) for text in LONG)]
)
def test_a_long_brief_takes_less_than_a_second(text: str):
    read_brief("Its tables are read once")
    limit = slowness(time.process_time)
    began = time.process_time()
    certain = read_brief(text[:20_000])
    took = time.process_time() - began
    assert took < limit, f"{took:.2f} s"
    check_spans(certain)
