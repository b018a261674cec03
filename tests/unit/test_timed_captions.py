"""Captions in time with the voice: a phrase comes with its first word, goes with its last, and can be read."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reelwright.reel.film.cues import Cue, compute_cues
from reelwright.reel.film.fit import fit
from reelwright.reel.film.plan import Line, Plan, WordTimes
from reelwright.reel.film.word_times import time_phrases
from reelwright.units import Frames
from unit.plans import rich_plan

FPS = 24


def said(text: str, *times: tuple[int, int]) -> WordTimes:
    return tuple((word, *time) for word, time in zip(text.split(), times, strict=True))


def plan_saying(text: str, timed: WordTimes, spoken: int, *, language: str = "en", read: str = "") -> Plan:
    """The rich plan's second beat says ``text``: three shots of 72, 48 and 60 frames from frame 48 on."""
    plan = replace(rich_plan(), language=language)
    line = Line(
        id="line_1", text=text, start=Frames(0), room=Frames(spoken), spoken_length=Frames(spoken), word_times=timed
    )
    beat = replace(plan.beats[1], lines=(line,))
    if read:
        beat = replace(beat, shots=(replace(beat.shots[0], corrections={"line_1": read}), *beat.shots[1:]))
    return replace(plan, beats=(plan.beats[0], beat))


def seconds(cue: Cue) -> tuple[float, float]:
    return (cue.start - 48) / FPS, (cue.start + cue.length - 48) / FPS


FIRST, SECOND = "It warms the whole room in ninety seconds flat,", "and then it waits for you."
TIMES = (
    [(500 + 300 * n, 700 + 300 * n) for n in range(9)],
    [(4000 + 300 * n, 4200 + 300 * n) for n in range(6)],
)
TOLD = said(f"{FIRST} {SECOND}", *TIMES[0], *TIMES[1])


def test_a_phrase_comes_with_its_first_word_and_goes_with_its_last():
    first, second = compute_cues(plan_saying(f"{FIRST} {SECOND}", TOLD, 140))
    assert (first.text, second.text) == (FIRST, SECOND)
    assert (first.start, first.start + first.length) == (48 + 12, 48 + round(3.1 * FPS)), "its last word ends at 3.1 s"
    assert (second.start, second.start + second.length) == (48 + 96, 48 + round(5.7 * FPS))


def test_without_timings_a_line_s_phrases_share_its_time_as_before():
    first, second = compute_cues(plan_saying(f"{FIRST} {SECOND}", (), 140))
    assert first.start == 48 and second.start == first.start + first.length == 48 + 140 * 47 // 73


def test_letters_time_a_script_that_has_no_spaces():
    text = "九十秒で部屋が暖まります。" * 4 + "あとはあなたを待つだけです。" * 2
    letters = [(letter, 100 * n, 100 * n + 100) for n, letter in enumerate(text)]
    found = compute_cues(plan_saying(text, tuple(letters), 200, language="ja"))
    assert len(found) > 1 and "".join(cue.text for cue in found) == text
    for cue in found:
        at = text.index(cue.text) if cue is found[0] else sum(len(c.text) for c in found[: found.index(cue)])
        assert abs(seconds(cue)[0] - at / 10) <= 0.5 / FPS + 1e-9


def test_a_correction_keeps_the_times_of_what_it_did_not_change():
    read = "It warms the whole room in 90 s flat, and then it waits for you."
    first, second = compute_cues(plan_saying(f"{FIRST} {SECOND}", TOLD, 140, read=read))
    assert first.text.startswith("It warms") and second.text.endswith("for you.")
    assert (first.start, second.start + second.length) == (48 + 12, 48 + round(5.7 * FPS))


def test_a_phrase_that_is_said_fast_stays_until_it_is_read_but_not_over_the_cut():
    """Of 24 letters in a third of a second: read at 20 a second they want 1.2 s, and hang for half of one."""
    timed = said("Ready before you are up.", *[(80 * n, 80 * n + 60) for n in range(5)])
    (free,) = compute_cues(plan_saying("Ready before you are up.", timed, 12))
    assert free.length == round(0.38 * FPS) + FPS // 2
    late = tuple((word, first + 2500, last + 2500) for word, first, last in timed)
    (cut,) = compute_cues(plan_saying("Ready before you are up.", late, 80))
    assert cut.start + cut.length == 48 + 72, "where the shot ends"


def test_small_gaps_between_phrases_do_not_flicker():
    for gap, left in ((80, 0), (300, 2), (800, 19)):
        second = [(start - 900 + gap, end - 900 + gap) for start, end in TIMES[1]]
        timed = said(f"{FIRST} {SECOND}", *TIMES[0], *second)
        one, two = compute_cues(plan_saying(f"{FIRST} {SECOND}", timed, 140))
        assert abs(two.start - one.start - one.length - left) <= 1, gap


WORDS = st.lists(st.text(alphabet="abc,.é漢字ก", min_size=1, max_size=9), min_size=1, max_size=40)


@given(WORDS, st.data())
def test_whatever_the_voice_tells_no_two_phrases_of_a_line_are_up_at_once(found: list[str], data: st.DataObject):
    times = sorted(data.draw(st.lists(st.integers(0, 8000), min_size=2 * len(found), max_size=2 * len(found))))
    told = tuple((word, times[2 * n], times[2 * n + 1]) for n, word in enumerate(found))
    text = data.draw(st.sampled_from([" ".join(found), "".join(found), " ".join(reversed(found)), "no such words"]))
    made = compute_cues(plan_saying(text, told, data.draw(st.integers(40, 180))))
    assert "".join("".join(cue.text.split()) for cue in made) == "".join(text.split())
    assert all(cue.length > 0 and cue.start >= 48 for cue in made) and made[-1].start + made[-1].length <= 228
    assert all(a.start + a.length <= b.start for a, b in pairwise(made))


@given(WORDS, st.data())
def test_phrases_are_heard_one_after_the_other(found: list[str], data: st.DataObject):
    times = sorted(data.draw(st.lists(st.integers(0, 8000), min_size=2 * len(found), max_size=2 * len(found))))
    told = tuple((word, times[2 * n], times[2 * n + 1]) for n, word in enumerate(found))
    phrases = tuple(data.draw(st.lists(st.sampled_from([*found, "other", "."]), min_size=1, max_size=6)))
    heard = time_phrases(phrases, told)
    assert all(first <= last for first, last in heard) and all(a[1] <= b[0] for a, b in pairwise(heard))
    assert times[0] <= heard[0][0] and heard[-1][1] <= times[-1]


def test_words_are_kept_with_the_line_that_was_fitted_to_them():
    plan = rich_plan()
    told = {"line_1": TOLD}
    fitted = fit(plan, {"line_1": Frames(55)}, told)
    assert fitted.beats[1].lines[0].word_times == TOLD
    assert fit(fitted, {"line_1": Frames(55)}, told) == fitted
    for frames in (55, 70):
        assert fit(fitted, {"line_1": Frames(frames)}).beats[1].lines[0].word_times == (), (
            "another voice that tells nothing"
        )
    assert fit(fitted, {"line_2": Frames(40)}).beats[1].lines[0].word_times == TOLD
    assert fit(plan, {"line_1": Frames(50)}, told).beats[1].lines[0].word_times == (), (
        "fitted without them before: it stays"
    )
