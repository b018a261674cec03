"""A script as people type it: each form, each trap of Markdown, and each refusal with its line."""

from __future__ import annotations

import time

import pytest

from reelwright.documents.read import read_script
from reelwright.documents.script import Script
from reelwright.errors import BadInput
from yardstick import slowness

WHOLE = """\
---
length: 20 s
language: no
look: paper
---
Your coffee is cold
---
# Voltcup
## the cup that stays warm

![](cup.png)

**60 °C** at noon

> Six hours, on one charge.

- packs flat
- **2** sizes

1. open
2. pour

~~Cold~~ coffee <!-- length: 2 s; legal -->

<!-- say more of the lid -->
> It just works.
> — Ana, courier

[Order yours](https://voltcup.example/now)
![a courier leans into the rain]()
"""


def forms(script: Script) -> list[tuple[str, str]]:
    return [(screen.form, screen.text) for screen in script.screens]


def test_each_form_becomes_its_screen():
    script = read_script(WHOLE)
    assert forms(script) == [
        ("words", "Your coffee is cold"),
        ("reveal", "Voltcup"),
        ("descriptor", "the cup that stays warm"),
        ("proof", "60 °C at noon"),
        ("item", "packs flat"),
        ("proof", "2 sizes"),
        ("step", "open"),
        ("step", "pour"),
        ("words", "Cold coffee"),
        ("quote", "It just works."),
        ("call", "Order yours"),
    ]
    assert [screen.beat for screen in script.screens] == [0] + [1] * 10
    assert script.settings == {"length": "20 s", "language": "no", "look": "paper"}, "every value is read as text"
    assert [screen.number for screen in script.screens if screen.form == "step"] == ["1", "2"]
    struck = script.screens[8]
    assert [(run.text, run.style) for run in struck.runs] == [("Cold", "struck"), (" coffee", "plain")]
    assert (struck.settings.length, struck.settings.is_legal) == (2000, True)
    quote, call = script.screens[9:]
    assert quote.speaker == "Ana, courier" and call.url == "https://voltcup.example/now"
    assert [note.text for note in script.notes] == ["say more of the lid"]


def test_a_picture_alone_holds_for_the_screens_after_it_and_one_in_a_paragraph_is_that_screens():
    script = read_script("![](a.png)\n\none\n\ntwo ![](own.png)\n\nthree\n\n---\n\nfour\n\n![dusk]()\n")
    found = [(screen.text, screen.picture.file if screen.picture else None) for screen in script.screens]
    assert found == [("one", "a.png"), ("two", "own.png"), ("three", "a.png"), ("four", None), ("", "")]
    last = script.screens[-1]
    assert last.form == "picture" and last.picture and last.picture.description == "dusk", "no screen came after it"


def test_what_is_spoken_lies_over_its_screens_until_the_next_quote_or_break():
    script = read_script("a\n\n> one\n\nb\n\nc\n\n> two\n\nd\n\n---\n\ne\n\n^ three\n")
    assert [(one.text, one.first, one.end) for one in script.spoken_lines] == [
        ("one", 0, 2),
        ("two", 2, 4),
        ("three", 4, 5),
    ]
    over = read_script("![](a.png)\n\n> spoken over the picture\n\n---\n\nwords")
    assert [(s.form, s.text) for s in over.screens] == [("picture", ""), ("words", "words")]
    assert [(one.first, one.end) for one in over.spoken_lines] == [(0, 1)]


TRAPS = {
    "a line above a rule is no heading": ("It is cold\n---\nNext", [("words", "It is cold"), ("words", "Next")]),
    "a link definition is words": ("[RSVP]: tonight", [("words", "[RSVP]: tonight")]),
    "an indented poem is words": ("    a poem\n    of two", [("words", "a poem\nof two")]),
    "a year with a bracket is words": ("1986) A good year", [("words", "1986) A good year")]),
    "a year with a point is words": ("2024. Hard.\n2025. Not.", [("words", "2024. Hard."), ("words", "2025. Not.")]),
    "an escaped bullet is words": ("\\* 0% APR for 12 months", [("words", "* 0% APR for 12 months")]),
    "strong words beside CJK punctuation": ("**「朝の一杯」**は違う。", [("words", "「朝の一杯」は違う。")]),
    "words after a comment are words": ("<!-- hook --> Your coffee", [("words", "Your coffee")]),
    "an escaped comment is words": ("\\<!-- not a comment -->", [("words", "<!-- not a comment -->")]),
    "a comment in a block stays": ("```\n<!-- x -->\n```", [("code", "<!-- x -->")]),
    "italics are only italics": ("*a pull quote*", [("words", "a pull quote")]),
    "entities are words": ("fish &amp; chips", [("words", "fish &amp; chips")]),
    "a bare number is words": ("3 friends, one boat", [("words", "3 friends, one boat")]),
    "24/7 is words": ("24/7 help", [("words", "24/7 help")]),
    "a number of another script is a proof": ("**٤٨** ساعة", [("proof", "٤٨ ساعة")]),
    "money is a proof": ("**€** saved", [("proof", "€ saved")]),
    "line breaks are line breaks": ("one\ntwo  \nthree", [("words", "one\ntwo\nthree")]),
    "a footnote star is words": ("*See terms", [("words", "*See terms")]),
    "snake case is words": ("set max_open_files", [("words", "set max_open_files")]),
    "Windows line ends": ("a\r\n\r\nb", [("words", "a"), ("words", "b")]),
    "a telephone number to call": ("[Ring us](tel:+15550142)", [("call", "Ring us")]),
    "a list of its own": ("- a\n\n- b", [("item", "a"), ("item", "b")]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TRAPS.values(), ids=TRAPS.keys())
def test_a_trap_of_markdown_shows_the_words_that_were_meant(text: str, expected: list[tuple[str, str]]):
    assert forms(read_script(text)) == expected


REFUSED = {
    "a second name": ("# A\n\nwords\n\n# B", 5, "# B"),
    "a third level": ("### A", 1, "### A"),
    "another bullet": ("words\n\n* 0% APR", 3, "* 0% APR"),
    "a list in a list": ("- a\n  - b", 2, "b"),
    "a comment that does not end": ("a\n\n<!-- hook\n\nb", 3, "<!-- hook b"),
    "a setting that is not known": ("---\ncolour: red\n---\na", 2, "colour: red"),
    "a setting twice": ("---\nlook: paper\nlook: neon\n---\na", 3, "look: neon"),
    "a setting of slides": ("a\n\n---\n\nlayout: cover\n\n---\n\nb", 5, "layout: cover"),
    "a key that no comment has": ("<!-- length: 3 s; colour: red -->\na", 1, "colour: red"),
    "a beat that there is not": ("<!-- beat: opening -->\na", 1, "beat: opening"),
    "a length of nothing": ("a\n\n<!-- length: 0 s -->\nb", 3, "length: 0 s"),
    "a length of hours": ("<!-- length: 10 h -->\na", 1, "length: 10 h"),
    "a comment with no block after it": ("a\n\n<!-- length: 3 s -->", 3, "<!-- length: 3 s -->"),
    "raw HTML": ("a\n\n<script>alert(1)</script>", 3, "<script>alert(1)</script>"),
    "HTML in words": ("hi <b>there</b>", 1, "<b>"),
    "a script as address": ("[x](javascript:alert(1))", 1, "javascript:alert(1)"),
    "a file as address": ("[x](file:///etc/passwd)", 1, "file:///etc/passwd"),
    "a picture above the folder": ("![](../secret.png)", 1, "../secret.png"),
    "a picture above the folder, encoded": ("![](%2e%2e/secret.png)", 1, "../secret.png"),
    "a picture of the machine": ("![](/etc/shadow.png)", 1, "/etc/shadow.png"),
    "a picture of the web": ("![](https://a.example/x.png)", 1, "https://a.example/x.png"),
    "two pictures on a screen": ("a ![](a.png) ![](b.png)", 1, "a ![](a.png) ![](b.png)"),
    "a picture of nothing": ("![]()", 1, "![]()"),
    "a marker left over": ("fine\n\nso **strong", 3, "so **strong"),
    "a strike left over": ("a ~~ b", 1, "a ~~ b"),
    "an address with a space": ("[Order](https://a.example/a b)", 1, "[Order](https://a.example/a b)"),
    "an override of direction": ("fine\nabc \u202e cba", 2, "abc ▯ cba"),
    "a control character": ("a\x00b", 1, "a▯b"),
    "nothing": (" \n", 1, "nothing"),
    "only a comment": ("<!-- a note -->", 1, "no screen"),
    "spoken over nothing": ("> hello", 1, "> hello"),
    "a list in what is spoken": ("a\n\n> - b", 3, "-"),
    "a long block": ("```\n" + "x\n" * 9 + "```", 1, "9 lines of up to 1"),
    "a wide block": ("a\n\n```\n" + "x" * 41 + "\n```", 3, "1 lines of up to 41"),
    "a name without words": ("#", 1, "#"),
    "a screen of spaces": ("` `", 1, "` `"),
}


@pytest.mark.parametrize(("text", "line", "stands"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_names_the_line_and_what_stands_there(text: str, line: int, stands: str):
    with pytest.raises(BadInput) as refused:
        read_script(text, "films/one.md")
    assert (refused.value.field, refused.value.value) == (f"films/one.md line {line}", stands)
    assert refused.value.accepted


@pytest.mark.timed
def test_hostile_scripts_are_refused_or_harmless_at_once():
    began = time.process_time()
    for text in ("- " * 100 + "a", "> " * 100 + "a", "x" * 1_000_000, "[" * 20_000, "*" * 20_000, "![" * 5_000 + "a"):
        try:
            read_script(text)
        except BadInput as refused:
            assert refused.accepted
    assert time.process_time() - began < 5 * slowness(time.process_time)


@pytest.mark.timed
def test_a_thousand_screens_are_read_in_a_quarter_of_a_second():
    text = "\n\n".join(f"Screen {n} is **{n}** of many\n![seen {n}]()\n\n> spoken {n}" for n in range(1000))
    read_script(text)
    took = []
    for _ in range(3):
        began = time.process_time()
        assert len(read_script(text).screens) == 1000
        took.append((time.process_time() - began) / slowness(time.process_time))  # of the same moment
    assert min(took) < 0.25


@pytest.mark.timed
@pytest.mark.parametrize("piece", ["*a_", "*", "_", "~~a", "[", "[a](b", "![", "a\\n", " "])
def test_a_script_of_one_sign_again_and_again_takes_no_time_with_its_square(piece: str) -> None:
    """200 KB of ``*a_`` took 5 s, and ``[`` took 7 s: markers are paired with all that stand open before them."""
    text, began = ("x " + piece * 90_000)[:262_144], time.thread_time()
    try:
        read_script(text)
    except BadInput as error:
        assert error.field.startswith("script.md")
    assert time.thread_time() - began < 2.0 * slowness(time.thread_time)


@pytest.mark.timed
def test_a_script_of_more_lines_than_a_film_has_room_for_is_refused_before_it_is_parsed() -> None:
    began = time.process_time()
    with pytest.raises(BadInput, match="at most 6000 lines"):
        read_script("- a\n" * 50_000)
    assert time.process_time() - began < 2


def test_a_paragraph_has_at_most_so_many_signs_and_the_error_names_its_line() -> None:
    assert read_script("x " + "*a* " * 1_500)
    with pytest.raises(BadInput) as caught:
        read_script("one\n\ntwo\n\nthree " + "*a* " * 2_001)
    assert "line 5" in caught.value.field


@pytest.mark.parametrize(
    ("text", "line", "value"),
    [
        ("Title\n=====\n\nA line\n", 2, "====="),
        ("A line\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", 4, "|---|---|"),
        ("A line\n\na | b\n:-- | --:\n1 | 2\n", 4, ":-- | --:"),
        ("A line\n\n- [ ] a task\n- [x] another\n", 3, "[ ]"),
        ("A line\n\n- one\n- [x] another\n", 4, "[x]"),
        ("1. [ ] a task\n", 1, "[ ]"),
        ("---\nlength 9 s\n---\n\nA line\n", 2, "length 9 s"),
        ("---\naspect 9:16\n---\n\nA line\n", 2, "aspect 9:16"),
        ("length: 9 s\naspect: 9:16\n\nA line\n", 1, "length: 9 s"),
        ("A line <!-- length 3 s -->\n", 1, "length 3 s"),
    ],
)
def test_what_other_programs_read_as_more_than_words_is_refused_and_not_shown(text: str, line: int, value: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_script(text)
    assert refused.value.field == f"script.md line {line}" and value in str(refused.value.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2 + 2\n\\=====\n", "2 + 2\n====="),
        ("- \\[ ] a box\n", "[ ] a box"),
        ("a | b\n", "a | b"),
        ("A = B\n", "A = B"),
        ("The length: 9 s, the width: 3 m\n", "The length: 9 s, the width: 3 m"),
        ("Quiet.\n\nlength: it matters\n", "Quiet."),
        ("---\nCold coffee again\n---\n\nA line\n", "Cold coffee again"),
        ("A line <!-- length matters here -->\n", "A line"),
    ],
)
def test_words_that_only_look_alike_stay_words(text: str, shown: str) -> None:
    assert read_script(text).screens[0].text == shown
