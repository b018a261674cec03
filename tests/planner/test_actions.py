"""What a video model is asked for: the film's subject, what happens by beat, the brief's place, light and manner."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from reelwright.planner.rules import plan
from reelwright.planner.screens.actions import OF_THE_PLACE, choose_action, find_kind
from reelwright.planner.screens.beat_takes import MAX_TAKE_S, divide_film
from reelwright.planner.tables import load_beats, load_pictures, load_subjects
from reelwright.reel.brief import Brief
from reelwright.reel.request import Request

KINDS = [kind for kind in load_subjects() if kind != "hour"]
VEO = "openrouter-veo-3.1-fast"


def list_prompts(text: str) -> list[str]:
    made = plan(Brief(text=text, models=(VEO,))).plan
    return [shot.source.prompt for shot in made.shots if isinstance(shot.source, Request) and shot.source.model == VEO]


def test_the_instruction_is_in_no_prompt_and_the_subject_in_each() -> None:
    for prompt in (prompts := list_prompts("Create a 30-second Nike sneaker ad, energetic style")):
        assert "a nike sneaker" in prompt.casefold()
        assert not regex.search(r"create|30|a second|\bad\b|energetic style", prompt, regex.I), prompt
    assert len({prompt.split(". ")[0] for prompt in prompts}) == len(prompts) == 4, "each shot shows something else"


@pytest.mark.parametrize(("subject", "language", "kind"), [
    ("a lighthouse keeper who paints the storms", "en", "story"), ("a dog", "en", "person"),
    ("an old man in Berlin", "en", "person"), ("Juno, a bicycle bell that plays a chord", "en", "thing"),
    ("unsere neue Bäckerei Kornblume", "de", "place"), ("notre application de recettes", "fr", "service"),
    ("小狗学滑冰", "zh", "story"), ("time travel", "en", "any"), ("", "en", "any"),
])  # fmt: skip
def test_the_kind_of_a_subject_is_told_by_its_noun(subject: str, language: str, kind: str) -> None:
    assert find_kind(subject, language) == kind


def test_every_beat_has_pictures_and_every_kind_ends_as_a_sentence() -> None:
    assert set(load_pictures()) == set(load_beats())
    for beat, by_kind in load_pictures().items():
        assert by_kind["any"] and set(by_kind) <= {*KINDS, "story", "any"}, beat
        for kind in (*KINDS, "story", "any"):
            for shows_people in (False, True):
                text = choose_action(beat, kind, 0, shows_people=shows_people)  # type: ignore[arg-type]  # a kind
                assert text == text.strip() and not regex.search(r"[.;:]|\b(\w+) \1\b", text), text
                assert shows_people or not regex.search(r"somebody|people|hand", text)


def test_the_light_of_the_brief_replaces_that_of_the_tone() -> None:
    plain = list_prompts("A fox learns to skate")
    assert all("Light: soft window light" in prompt for prompt in plain[:1])
    at_night = list_prompts("A short film about a fox that learns to skate on a frozen lake at night")
    assert not any("window light" in prompt for prompt in at_night)
    assert any(f"Light: {OF_THE_PLACE}" in prompt for prompt in at_night)


@pytest.mark.parametrize(("sold", "lengths"), [
    ((6, 10), [6, 6, 6, 6, 6]), ((4, 6, 8), [8, 8, 8, 6]), ((5,), [5] * 6), ((), [7.5] * 4), ((10,), [10] * 3),
])  # fmt: skip
def test_thirty_seconds_are_bought_in_the_fewest_takes_of_the_least_sum(sold: tuple[int, ...], lengths: list[float]):
    takes = divide_film(30_000, sold, "neutral")
    assert [take.ms / 1000 for take in takes] == lengths
    beats = [take.beat for take in takes]
    assert beats == sorted(beats, key=beats.index) and 3 <= len(set(beats)) <= 4


@given(st.integers(1_000, 100_000), st.sets(st.integers(2, 15), max_size=5), st.integers(1, 9))
def test_takes_of_a_film_fill_it_and_each_is_sold(ms: int, sold: set[int], scenes: int) -> None:
    takes = divide_film(ms, tuple(sorted(sold)), "luxury", scenes)
    assert sum(take.ms for take in takes) == ms and all(take.ms > 0 for take in takes)
    assert all(take.ms <= 1000 * max(sold, default=MAX_TAKE_S) for take in takes)
