"""What a person does, case by case: the same thing typed again after whatever happened, and what it may cost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from crash.lives import hands_of
from person.account import bought_on
from person.conftest import NewPerson
from person.life import DELIVERY
from person.person import FILMS, NONE, Accidental, Person
from person.sellers import SELLERS
from reelwright.providers.fakes.script import answer_status, drop, fail_late, filter_samples

pytestmark = pytest.mark.sampled("person", "of_any_database", "kind", "turn")
"""Of databases and kinds of providers each run has another one; every accident, place and answer is met."""
CLIP, OTHER = "Boat drifts", "Fox sleeps"
TWICE = 3
"""So often a double start is tried in a usual run; the lane does it a hundred times."""
OFTEN = 17
"""So often in a whole lane, on each database with each kind of provider: a hundred in all."""
SEQUENCES = int(os.environ.get("REELWRIGHT_SEQUENCES", "2000"))
AT_ONCE = 8
DONE, FAILED, WAITS = 0, 1, 4


@pytest.fixture(params=SELLERS)
def person(request: pytest.FixtureRequest, new_person: NewPerson) -> Person:
    """On SQLite, with each kind of provider."""
    return new_person("sqlite", request.param)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def of_any_database(request: pytest.FixtureRequest, new_person: NewPerson) -> Person:
    """With a provider of whom one learns nothing, on each database."""
    return new_person(request.param, "none")


@pytest.fixture
def lister(new_person: NewPerson) -> Person:
    """With a provider that has a list, on SQLite."""
    return new_person("sqlite", "list")


def came(person: Person) -> int:
    """How many takes were bought so far."""
    return sum(1 for one in bought_on(person.bill) if not one.over)


# ---- the same again
def test_a_clip_typed_again_after_success_is_had_and_delivered_again(person: Person):
    person.clip(CLIP)
    shutil.rmtree(person.disk / "out")
    person.clip(CLIP)
    assert came(person) == 1
    person.rest()


def test_takes_made_again_after_success_are_had(person: Person):
    person.make("one")
    person.make("one")
    assert came(person) == len(FILMS["one"])
    person.rest()


def test_two_films_that_share_a_shot_buy_it_once(person: Person):
    person.make("one")
    person.make("two")
    assert came(person) == len({*FILMS["one"], *FILMS["two"]})
    person.rest()


@pytest.mark.parametrize("accident", ["kill", "fill"])
def test_a_clip_whose_delivery_did_not_happen_is_delivered_and_not_bought_again(person: Person, accident):
    if accident == "fill" and not person.can_fill:
        pytest.skip("no disk of its own can be mounted here")
    person.clip(CLIP, by=Accidental(accident, DELIVERY))
    assert not list((person.disk / "out").glob("*.mp4"))
    person.clip(CLIP)
    assert came(person) == 1
    person.rest()


@pytest.mark.parametrize("place", ["C12:1", "C13:1", "C14:1", "C13:2", "C14:2"])
def test_takes_killed_where_they_land_are_not_bought_again(person: Person, place):
    person.make("one", Accidental("kill", place))
    person.make("one")
    assert came(person) == len(FILMS["one"])
    person.rest()


def test_a_clip_after_a_cancel_is_bought_once_at_most(person: Person):
    person.cancel_in_the_middle("one")
    person.make("one")
    person.make("one")
    person.rest()


# ---- at one moment
def at_once(person: Person) -> None:
    """The same clip and the same film, typed eight times at one moment."""
    person.clip(CLIP, times=AT_ONCE)
    person.make("one", times=AT_ONCE)
    assert came(person) == 1 + len(FILMS["one"])
    person.rest()


@pytest.mark.parametrize("turn", range(TWICE))
def test_the_same_typed_eight_times_at_one_moment_is_bought_once(of_any_database: Person, turn):
    at_once(of_any_database)


@pytest.mark.lane_person
@pytest.mark.timeout(600)
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
@pytest.mark.parametrize("kind", SELLERS)
@pytest.mark.parametrize("turn", range(max(1, OFTEN * SEQUENCES // 2000)))
def test_the_same_typed_eight_times_at_one_moment_a_hundred_times_is_bought_once_each(new_person, database, kind, turn):
    at_once(new_person(database, kind))


def test_equal_calls_at_once_in_one_process_are_so_many_clips_and_a_second_run_has_them(person: Person):
    person.clip(CLIP, inside=2)
    assert came(person) == 2
    person.clip(CLIP, inside=2)
    assert came(person) == 2
    person.rest()


def test_equal_rows_of_a_batch_are_so_many_clips_and_a_second_run_has_them(person: Person):
    person.batch([CLIP, CLIP, OTHER])
    assert came(person) == 3
    person.batch([CLIP, CLIP, OTHER])
    person.clip(CLIP)
    assert came(person) == 3
    person.rest()


# ---- more on purpose
def test_samples_are_counted_and_not_part_of_what_a_clip_is(person: Person):
    person.clip(CLIP, 3)
    assert came(person) == 3
    person.clip(CLIP, 2)
    assert came(person) == 3
    person.clip(CLIP, 4)
    assert came(person) == 4
    person.rest()


def test_a_clip_again_is_one_more_each_time(person: Person):
    for wanted in (1, 2, 3):
        person.clip(CLIP, again=wanted > 1)
        assert came(person) == wanted
    person.clip(CLIP)
    assert came(person) == 3
    person.rest()


@pytest.mark.parametrize("place", ["C02:1", "C05:1", "C06:1", "C08:1"])
def test_a_clip_again_that_was_killed_goes_on_with_the_one_that_was_asked_for(place, new_person: NewPerson):
    person = new_person("sqlite", "key")
    person.clip(CLIP)
    person.clip(CLIP, by=Accidental("kill", place), again=True)
    person.clip(CLIP, again=True)
    assert came(person) == 2
    person.rest()


def test_a_film_made_again_and_a_retake_are_one_more_of_each_and_of_one(person: Person):
    person.make("one")
    person.make("one", again=True)
    assert came(person) == 4
    person.project(0, "retake", shot=0)
    assert came(person) == 5
    person.make("one")
    assert came(person) == 5
    person.rest()


def test_an_edit_of_a_film_that_was_made_again_asks_for_nothing_again(person: Person):
    person.make("one")
    person.make("two")
    person.make("two", again=True)
    for nth in (2, 0):
        person.project(nth, "edit", shot=0, prompt="Moon sets")
    person.rest()


def test_the_same_film_after_an_edit_is_the_newest_revision_and_new_starts_afresh(person: Person):
    person.make("one")
    person.project(0, "edit", shot=1, prompt="Tree falls")
    assert came(person) == 3
    person.make("one")
    person.make("one", new=True)
    assert came(person) == 3, "all of it was had"
    person.rest()


# ---- what brought nothing
def test_a_sample_whose_send_was_dropped_is_brought_or_told(person: Person):
    person.shop.meet_next(drop())
    person.clip(CLIP, 2)
    person.decide_all()
    person.clip(CLIP, 2)
    assert came(person) == 2
    person.rest()


@pytest.mark.parametrize("kind", ["list", "none"])
def test_what_was_filtered_is_shown_when_typed_again_and_sent_once_by_another_project(new_person: NewPerson, kind: str):
    person = new_person("sqlite", kind)
    person.shop.fake.script = person.shop.fake.script.add_rule("submit", filter_samples())
    person.clip(CLIP)
    sent = person.shop.submits
    person.clip(CLIP)
    assert person.shop.submits == sent, "typed again it is shown, and nothing is sent"
    person.shop.heal()
    person.batch([CLIP])
    assert came(person) == 1
    person.rest()


def test_what_failed_for_a_reason_that_may_pass_is_sent_again_when_typed_again_and_bought_once(person: Person):
    person.shop.fake.script = person.shop.fake.script.add_rule("submit", fail_late())
    person.clip(CLIP)
    sent = person.shop.submits
    person.clip(CLIP)
    assert person.shop.submits > sent
    person.shop.heal()
    person.clip(CLIP)
    person.clip(CLIP)
    person.batch([CLIP])
    assert came(person) == 1
    person.rest()


@pytest.mark.parametrize("place", ["C04:1", "C05:1"])
def test_a_film_that_shares_a_shot_with_one_that_was_killed_over_it_comes_to_its_rest(person: Person, place):
    """What can be found is had; where nobody can tell, this shot waits for the decision and the rest goes on."""
    person.make("one", Accidental("kill", place))
    person.make("two")
    assert "door opens" in {one.prompt for one in bought_on(person.bill)}
    person.rest()


def test_what_was_sent_for_words_that_an_edit_took_away_is_fetched_once_a_person_says_that_it_arrived(
    new_person: NewPerson,
):
    person = new_person("sqlite", "none")
    person.clip(CLIP, by=Accidental("kill", "C05:1"))
    person.clip(CLIP)  # waits: nobody knows what became of it
    person.project(0, "edit", shot=0, prompt="Tree falls")
    person.decide_all()
    person.rest()


# ---- clocks and lists
@pytest.mark.parametrize("jump_s", [20.0, -20.0, 7200.0, -7200.0])
@pytest.mark.parametrize("place", ["C04:1", "C05:1"])
def test_a_clock_that_jumps_between_send_and_resume_buys_nothing_again(
    of_any_provider_with_memory: Person, place, jump_s
):
    person = of_any_provider_with_memory
    person.clip(CLIP, by=Accidental("kill", place))
    person.set_clock(jump_s, server=True)
    person.clip(CLIP)
    assert came(person) == 1
    person.rest()


@pytest.fixture(params=["key", "list"])
def of_any_provider_with_memory(request: pytest.FixtureRequest, new_person: NewPerson) -> Person:
    """With a provider that can be asked for what it took on."""
    return new_person("sqlite", request.param)


def test_a_clock_that_jumps_in_the_middle_of_a_send_buys_nothing_again(of_any_provider_with_memory: Person):
    person = of_any_provider_with_memory
    for prompt, jump_s in ((CLIP, 7200.0), (OTHER, -7200.0)):
        person.clip(prompt, by=Accidental("jump", "C04:1", jump_s=jump_s))
    assert came(person) == 2
    person.rest()


ECHOES = {
    "a number as text": lambda said: {**said, "duration": str(said["duration"])},
    "a dot trimmed": lambda said: {**said, "prompt": said["prompt"].rstrip(".")},
    "the prompt cut": lambda said: {**said, "prompt": said["prompt"][:6]},
}


@pytest.mark.parametrize("echo", ECHOES)
def test_a_list_that_spells_the_input_in_another_way_is_no_absence(lister: Person, echo):
    shown = lister.shop.fake._build_prediction  # type: ignore[attr-defined]

    def spelled(*args: object) -> dict[str, object]:
        told = shown(*args)
        return {**told, "input": ECHOES[echo](told["input"])}

    lister.shop.fake._build_prediction = spelled  # type: ignore[attr-defined]
    lister.clip(f"{CLIP}.", by=Accidental("kill", "C05:1"))
    lister.clip(f"{CLIP}.")
    assert came(lister) == 1
    lister.rest()


@pytest.mark.parametrize("code", [404, 410, 500, 502])
@pytest.mark.parametrize("kind", ["poll", "fetch"])
def test_one_bad_answer_loses_nothing_that_was_accepted(lister: Person, kind, code):
    lister.shop.fake.script = lister.shop.fake.script.add_rule(kind, answer_status(code), calls=(1,))
    lister.clip(CLIP)
    assert came(lister) == 1 and list((lister.disk / "out").glob("*.mp4"))
    lister.rest()


# ---- children and disks
def film(person: Person, *, kill: str = "") -> None:
    """Make the film itself; ``kill`` the first ``hand`` or ``ffmpeg`` at work on it."""
    person.want_film("one")
    life, act = person.start("make", {"brief": "A film called one", "plan": str(person.plan("one")), "goal": "film"})
    if kill:
        _kill_a_child(life.pid, kill)
    person.judge_end(life, act)


def _kill_a_child(parent: int, kind: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = hands_of(parent) if kind == "hand" else _ffmpegs(parent)
        if found:
            with suppress(ProcessLookupError):
                os.kill(found[0], signal.SIGKILL)
                return
        time.sleep(0.005)
    raise AssertionError(f"no {kind} was at work")


def _ffmpegs(parent: int) -> list[int]:
    with suppress(psutil.Error):
        return [one.pid for one in psutil.Process(parent).children(recursive=True) if "ffmpeg" in one.name()]
    return []


@pytest.mark.parametrize("child", ["hand", "ffmpeg"])
def test_the_same_make_after_a_child_was_killed_buys_nothing_again(child, new_person: NewPerson):
    person = new_person("sqlite", "none")
    film(person, kill=child)
    film(person)
    assert came(person) == len(FILMS["one"])
    person.rest()


@pytest.mark.parametrize("way", ["make", "resume"])
def test_what_was_cancelled_after_its_program_was_killed_is_made_when_it_is_asked_for_again(
    way: str, new_person: NewPerson
):
    person = new_person("sqlite", "key")
    person.make("one", by=Accidental("kill", "C06:1"))
    person.project(0, "cancel")
    again = {"brief": "A film called one", "plan": str(person.plan("one"))}
    (end,) = person.do("make", again) if way == "make" else person.do("project", {"nth": 0, "way": "resume"})
    assert end and end["state"] == "done", person.story
    person.rest()


def test_the_same_make_after_a_full_disk_while_composing_buys_nothing_again(new_person: NewPerson):
    person = new_person("sqlite", "none")
    if not person.can_fill:
        pytest.skip("no disk of its own can be mounted here")
    person.make("one")
    person.fill_disk()
    film(person)
    person.make_room()
    film(person)
    assert came(person) == len(FILMS["one"])
    person.rest()


# ---- a home that is not where it was, or older than the world
def test_a_copy_of_a_home_from_before_a_send_buys_nothing_before_it_is_reconciled(lister: Person):
    lister.clip(OTHER)
    lister.copy_home()
    lister.clip(CLIP)
    lister.restore_home()
    assert came(lister) == 2, "and it asks before it buys: see restore_home"
    lister.rest()


def test_what_was_bought_since_a_copy_is_had_from_the_list_when_it_is_typed_again(lister: Person):
    lister.clip(OTHER)
    lister.copy_home()
    lister.clip(CLIP)
    lister.make("one")
    lister.restore_home()
    lister.make("one")
    lister.clip(CLIP, times=2)
    assert came(lister) == 2 + len(FILMS["one"])
    lister.rest()


@pytest.mark.parametrize("lost", ["journal.db", "journal.db-wal"])
def test_a_home_that_lost_its_journal_buys_nothing_before_it_is_reconciled(person: Person, lost):
    person.clip(CLIP, by=Accidental("kill", "C06:1"))
    files = sorted(person.home.glob(f"{lost}*")) if lost == "journal.db" else [person.home / lost]
    assert all(path.exists() for path in files)
    for path in files:
        path.unlink()
    before = came(person)
    (end,) = person.do("clip", {"prompt": CLIP, "out": str(person.disk / "out")})
    assert end and end["state"] in ("error", "waiting") and came(person) == before
    (end,) = person.do("reconcile")
    assert end and end["state"] == "done"


# ---- the command line
def test_at_the_command_line_the_same_clip_is_had_and_says_so(new_person: NewPerson):
    person = new_person("sqlite", "none")
    typed = ("clip", CLIP, "--yes", "--json", "--out", str(person.disk / "out"))
    first, second = (person.type(*typed)[0] for _ in range(2))
    assert (first.code, second.code) == (DONE, DONE)
    paths = [file["path"] for file in json.loads(second.out)["files"]]
    assert all(Path(path).is_file() for path in paths) and came(person) == 1
    assert person.type(*typed, "--again")[0].code == DONE and came(person) == 2


def test_at_the_command_line_the_same_takes_eight_times_at_once_are_bought_once(new_person: NewPerson):
    person = new_person("sqlite", "none")
    typed = (
        "make",
        "A film called one",
        "--plan",
        str(person.plan("one")),
        "--until",
        "takes",
        "--continuity",
        "loose",
    )
    typed += ("--model", SELLERS["none"].model, "--yes")
    ends = person.type(*typed, times=AT_ONCE)
    assert {end.code for end in ends} == {DONE} and came(person) == len(FILMS["one"])
    assert person.type(*typed)[0].code == DONE and came(person) == len(FILMS["one"])


def test_at_the_command_line_what_was_filtered_waits_and_is_not_sent_again(new_person: NewPerson):
    person = new_person("sqlite", "none")
    person.shop.meet_next(filter_samples())
    typed = ("clip", CLIP, "--yes", "--json")
    person.type(*typed)
    assert person.type(*typed)[0].code == WAITS and person.shop.submits == 1


def test_a_sample_of_which_nobody_knows_is_not_asked_for_again_while_more_samples_are(new_person: NewPerson):
    person = new_person("sqlite", "none")
    person.clip(CLIP, by=Accidental("kill", "C05:1"))
    for samples in (2, 3, 2, 3):
        person.clip(CLIP, samples)
    assert len(bought_on(person.bill)) == 3
    person.rest()


def test_an_edit_to_the_same_words_of_clips_that_were_made_at_once_is_bought_once(new_person: NewPerson):
    person = new_person("sqlite", "key")
    person.clip(CLIP, inside=2)
    for nth in (0, 1):
        person.project(nth, "edit", shot=0, prompt="Tree falls")
    person.rest()


@pytest.mark.parametrize("first", ["one", "more"])
def test_a_clip_and_more_samples_of_it_at_one_moment_are_as_many_as_the_most(new_person: NewPerson, first: str):
    person = new_person("sqlite", "list")
    person.shop.render_for(0.4)
    out = str(person.disk / "out")
    both = [{"prompt": CLIP, "out": out}, {"prompt": CLIP, "out": out, "samples": 2}]
    lives = [person.start("clip", args) for args in (both if first == "one" else both[::-1])]
    for life, act in lives:
        person._end(life, act)
    person.shop.render_for(0.0)
    for samples in (2, 1, 2):
        person.clip(CLIP, samples)
    assert came(person) == 2
    person.rest()


def test_a_film_asked_for_again_keeps_what_it_sent_when_one_of_its_shots_is_edited(person: Person):
    """The other shot is on its way; what the account had of it before does not take its place."""
    person.make("one")
    person.make("one", Accidental(accident="kill", place="C05:2"), again=True)
    person.project(0, "edit", shot=1, prompt="Tree falls")
    assert person.came["edit", "done"] == 1 or person.kind == "none", "what was agreed to is not asked again"
    person.make("one", again=True)
    person.rest()


@pytest.mark.parametrize("place", ["", "C10:1", "C11:2", "C13:2"])
@pytest.mark.parametrize("met", [drop(), answer_status(500)], ids=["dropped", "broken"])
def test_a_sample_that_is_sent_late_keeps_its_number(lister: Person, met, place: str):
    """The others have landed meanwhile; equal rows of a batch are the first two of all three."""
    lister.shop.meet_next(met)
    lister.clip(CLIP, 3, Accidental(accident="kill", place=place) if place else NONE)
    lister.clip(CLIP, 3)
    lister.batch([CLIP, CLIP])
    assert came(lister) == 3
    lister.rest()
