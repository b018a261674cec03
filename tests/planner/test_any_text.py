"""Whatever is written: a refusal that helps, or a plan in which nothing is made up."""

from __future__ import annotations

import time
import unicodedata

import regex
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from planner.briefs import BRIEFS
from reelwright.errors import BadInput
from reelwright.planner.door import LONGEST_TEXT
from reelwright.planner.extract.worth import gerund
from reelwright.planner.grammar import check
from reelwright.planner.rules import plan
from reelwright.planner.tables import moments, opposites, scenes, uses, wording
from reelwright.planner.words import NAMELESS
from reelwright.reel.brief import Brief
from reelwright.reel.document import from_json, to_json
from reelwright.reel.plan import Plan
from reelwright.units import ms_to_frames
from yardstick import slowness

PIECES = [piece for text in BRIEFS.values() for piece in regex.findall(r"\S+\s?", text)] + [
    "30s ",
    "20% off ",
    '"',
    "«",
    "「",
    " — ",
    "\n",
    "by ",
    "for ",
    "says ",
    ". ",
    "9:16 ",
    "1 min ",
    "5€ ",
    "\u202e",
    "'s ",
]
texts = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
lengths = st.one_of(st.none(), st.integers(1000, 120_000))
EVERYTHING = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def said_words(text: str) -> set[str]:
    """Words of a text, so that two spellings of one are the same."""
    folded = unicodedata.normalize(
        "NFKC", regex.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFC", text))
    ).casefold()
    folded = regex.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFC", folded))  # a spacing mark becomes one
    return set(regex.findall(r"[\p{L}\p{M}]+", folded))


def ours() -> set[str]:
    """Every word that our neutral wording may bring."""
    rows = [
        f"{shown} {said}"
        for beat in wording()
        if beat not in ("calls", "invites")
        for shown, said, _ in wording()[beat]
    ]
    rows += [
        *wording()["calls"].values(),
        *wording()["invites"].values(),
        *(scene.invite for scene in scenes().values()),
    ]
    rows += [row for many in (*moments().values(), *uses().values()) for row in many]
    states = opposites()["states"]
    rows += [*states, *states.values(), "the that itself stays stay gets get", NAMELESS]
    found: set[str] = {"a", "an", "your", "start", "get"}
    for row in rows:
        found |= said_words(regex.sub(r"\{\w+\}", " ", row))
    return found


def shown(film: Plan) -> list[str]:
    words = [text for shot in film.shots for text in shot.words.values()]
    bugs = [overlay.text for shot in film.shots for overlay in shot.overlays]
    return [*words, *bugs, *(line.text for _, line in film.lines()), film.title]


@EVERYTHING
@given(text=texts, length=lengths, variation=st.integers(0, 3))
@example(text=BRIEFS["markup"], length=None, variation=0)
@example(text="5 x 5", length=1000, variation=0)
@example(text=" С15s Ig f m в", length=None, variation=0)
def test_any_text_is_refused_by_name_or_becomes_an_exact_plan(text: str, length: int | None, variation: int) -> None:
    try:
        planned = plan(Brief(text=text, length_ms=length, variation=variation))
    except BadInput as refused:
        assert refused.field in ("brief", "length_ms")
        assert refused.accepted
        return
    film = planned.plan
    assert check(film) == ()
    assert sum(shot.length for shot in film.shots) == film.length
    if length:
        assert film.length == max(1, ms_to_frames(length, film.fps))
    assert from_json(Plan, to_json(film), "plan") == film


@EVERYTHING
@given(text=texts, length=lengths)
@example(text="AA0\x080", length=None)
def test_words_and_numbers_come_from_the_brief_or_from_neutral_wording(text: str, length: int | None) -> None:
    try:
        film = plan(Brief(text=text, length_ms=length)).plan
    except BadInput:
        return
    blank = "".join(" " if c.isspace() else c for c in text)
    without = "".join(c for c in blank if unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cn"))
    known = said_words(without) | said_words(text) | ours()
    known |= {gerund(word) for word in said_words(text)}  # ``never flickers`` spares ``flickering``
    brief_digits = {n for said in (text, without) for n in regex.findall(r"\d+", unicodedata.normalize("NFKC", said))}
    for line in shown(film):
        unknown = said_words(line) - known  # scripts without blanks: a word is part of a longer run
        assert all(ord(word[0]) > 0x2E80 and any(word in run for run in known) for word in unknown), unknown
        assert set(regex.findall(r"\d+", unicodedata.normalize("NFKC", line))) <= brief_digits
        assert not regex.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x1f]", line)


@EVERYTHING
@given(
    name=st.sampled_from(
        [k for k in BRIEFS if k in ("bulgarian", "german", "arabic", "japanese", "hindi", "thai", "korean")]
    ),
    length=lengths,
)
def test_no_english_is_mixed_into_another_language(name: str, length: int | None) -> None:
    film = plan(Brief(text=BRIEFS[name], length_ms=length)).plan
    brief = unicodedata.normalize("NFKC", BRIEFS[name]).casefold()
    for line in shown(film):
        for word in said_words(line):  # in scripts without blanks a word is part of a longer run
            assert word in brief


def test_no_proof_no_quote_no_urgency_without_evidence() -> None:
    for name, text in BRIEFS.items():
        planned = plan(Brief(text=text))
        names = {beat.name for beat in planned.plan.beats}
        understood = planned.understood
        assert "proof" not in names or understood.proofs, name
        assert "testimonial" not in names or understood.quote, name
        assert "offer" not in names or understood.offer, name
        assert "urgency" not in names or understood.deadline, name


def test_commands_to_us_and_markup_never_stand_on_screen() -> None:
    for name in ("injection", "markup", "yaml"):
        for line in shown(plan(Brief(text=BRIEFS[name])).plan):
            assert not regex.search(r"ignore previous|system prompt|<|>|\{|\}|!!|\\|movie=", line, regex.I), (
                name,
                line,
            )


def test_a_plan_is_made_in_fifty_milliseconds() -> None:
    plan(Brief(text=BRIEFS["A"]))
    best = min(
        _seconds(text) for text in (BRIEFS["A"], BRIEFS["A"], BRIEFS["E"], BRIEFS["bulgarian"]) for _ in range(3)
    )
    assert best < 0.05 * slowness(time.process_time)


def test_the_longest_briefs_are_read_in_linear_time() -> None:
    for piece in (
        "a ",
        "A ",
        "1 ",
        "for A ",
        '" ',
        "A's ",
        "a, ",
        "with a, ",
        "x.y ",
        "20% ",
        "\n",
        "「",
        "そ",
        "-",
        "Bb ",
        "says ",
    ):
        text = ("30s ad for Tern. " + piece * LONGEST_TEXT)[:LONGEST_TEXT]
        assert _seconds(text) < 5 * slowness(time.process_time), piece


def _seconds(text: str) -> float:
    start = time.process_time()
    plan(Brief(text=text))
    return time.process_time() - start
