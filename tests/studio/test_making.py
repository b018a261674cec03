"""A brief becomes a film; the same brief the same film; what is had is not made again."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reelwright import Studio
from reelwright.engine.steps.step_run import ProgressEvent
from reelwright.errors import BadInput, NotFound, StoreUnavailable
from reelwright.media.base.probe import probe
from reelwright.reel.base.value import StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.operation import Event
from reelwright.settings import Settings
from reelwright.studio.quotes.progress_reporter import ProgressReporter, StepTimer, build_names, number_shots
from reelwright.studio.results.results import Progress
from studio.conftest import BRIEF, SMALL, Home
from studio.frames import pictures, sound


def test_a_film_decodes_and_its_facts_are_true(home: Home) -> None:
    film = home.made.film
    assert film and home.made.state == "done"
    path = home.path / "films" / film.path.name
    found = probe(path)
    assert (found.width, found.height, found.frames) == (film.width, film.height, film.frames) == (180, 320, 120)
    assert found.audio and found.audio.channels == 2
    assert film.duration_s == 4.0 and film.fps == 30
    assert film.loudness_lufs is not None and abs(film.loudness_lufs + 14) <= 0.3
    assert film.true_peak_dbtp is not None and film.true_peak_dbtp <= -1
    assert len(pictures(path)) == 120
    assert not film.captions, "what is read on screen needs none"


def test_make_prints_one_object_with_the_keys_that_were_promised(home: Home) -> None:
    said = json.loads(json.dumps(home.made.to_json()))
    assert list(said) == [
        "project",
        "job",
        "state",
        "film",
        "usd",
        "now_usd",
        "elapsed_s",
        "shots",
        "notes",
        "draft",
        "seconds_by_step",
    ]
    assert list(said["film"]) == [
        "path", "width", "height", "fps", "frames", "duration_s", "loudness_lufs", "true_peak_dbtp", "captions",
    ]  # fmt: skip
    assert said["usd"] == "0.00" and said["state"] == "done" and len(said["shots"]) == 2


def test_the_same_brief_made_again_on_purpose_is_another_project_with_the_same_frames(
    studio: Studio, home: Home
) -> None:
    again = studio.make(BRIEF, again=True, **SMALL)
    assert again.project != home.made.project and home.made.film
    first = home.path / "films" / home.made.film.path.name
    assert pictures(again.path) == pictures(first) and sound(again.path) == sound(first)
    assert len(studio.list_projects()) == 2


def test_going_on_with_a_finished_film_makes_nothing(studio: Studio, home: Home) -> None:
    heard = []
    again = studio.resume(home.made.project, listen=heard.append)
    assert (again.job, again.new_steps, heard) == (home.made.job, 0, [])
    assert again.path == home.path / "films" / again.path.name and again.path.is_file()
    assert len(studio.list_jobs()) == 1
    assert studio.show("last").quote.line == "7 up to date, 0 to make, $0.00"  # type: ignore[union-attr]


def test_a_film_that_was_deleted_is_delivered_again_without_work(studio: Studio, home: Home) -> None:
    gone = home.path / "films" / home.made.film.path.name  # type: ignore[union-attr]
    gone.unlink()
    assert studio.resume("last").path == gone and gone.is_file()
    assert len(studio.list_jobs()) == 1


def test_a_listener_hears_every_step_with_its_shot_and_the_bar_ends_full(empty: Settings) -> None:
    heard = []
    with Studio(empty) as studio:
        made = studio.make(BRIEF, listen=heard.append, **SMALL)
    landed = [one.step for one in heard if one.kind == "landed"]
    assert len(landed) == len(set(landed)) == made.new_steps == 7
    assert {one.shot for one in heard if one.step and one.step.startswith("take/")} == {1, 2}
    assert (heard[-1].wanted_steps, heard[-1].kind) == (0, "ended")
    assert all(one.left_s is None or one.left_s >= 0 for one in heard)


@pytest.mark.parametrize(
    ("goal", "kinds"),
    [
        ("plan", set()),
        ("storyboard", {"still"}),
        ("takes", {"take"}),
        ("cut", {"take", "bed"}),
    ],
)
def test_a_film_stops_at_its_goal_and_goes_on_from_there(empty: Settings, goal: str, kinds: set[str]) -> None:
    heard = []
    with Studio(empty) as studio:
        made = studio.make(BRIEF, goal=goal, listen=heard.append, **SMALL)  # type: ignore[arg-type]
        assert (made.state, made.film) == ("done", None)
        assert {one.step.partition("/")[0] for one in heard if one.kind == "landed"} == kinds
        assert bool(studio.show(made.project).cut) == (goal == "cut")
        heard.clear()
        done = studio.resume(made.project, goal="film", listen=heard.append)
    assert done.film and "words/plan" not in [one.step for one in heard]


def test_the_count_is_of_the_whole_film_from_its_first_step_on_and_only_grows(empty: Settings) -> None:
    heard = []
    with Studio(empty) as studio:
        studio.make(BRIEF, listen=heard.append, **SMALL)
    assert {one.finished_steps + one.wanted_steps for one in heard} == {7}
    counts = [one.finished_steps for one in heard]
    assert counts == sorted(counts)
    assert [one.finished_steps for one in heard if one.kind == "landed"] == list(range(1, 8))


def test_the_same_film_typed_again_has_as_many_steps_as_were_made(empty: Settings) -> None:
    with Studio(empty) as studio:
        first = studio.make(BRIEF, **SMALL)
        again = studio.make(BRIEF, **SMALL)
        quoted = studio.quote(BRIEF, goal="film", **SMALL)
    assert (first.finished_steps, first.new_steps) == (0, 7)
    assert (again.finished_steps, again.new_steps) == (7, 0) and quoted.up_to_date == 7


def test_a_film_that_goes_on_counts_from_what_it_has_and_never_jumps(empty: Settings) -> None:
    heard = []
    with Studio(empty) as studio:
        studio.make(BRIEF, goal="takes", **SMALL)
        done = studio.resume("last", goal="film", listen=heard.append)
    assert {one.finished_steps + one.wanted_steps for one in heard} == {7} and done.finished_steps + done.new_steps == 7
    counts = [one.finished_steps for one in heard]
    assert counts == sorted(counts) and counts[0] == done.finished_steps == 2


def test_events_of_another_process_count_its_landings() -> None:
    heard: list[Progress] = []
    reporter = ProgressReporter(heard.append, None, {StepKey("take/a"): 2.0, StepKey("take/b"): 2.0}, 1)
    for number, kind in enumerate(("job.started", "step.landed", "step.landed"), 1):
        body = {"step": "take/a"} if kind == "step.landed" else {}
        made = {"id": number, "at": datetime.now(UTC), "account": "local", "project": "p", "job": "j"}
        reporter.forward_event(Event(**made, kind=kind, body=body))
    assert [(one.finished_steps, one.wanted_steps) for one in heard] == [(0, 2), (1, 1), (1, 1)]


def test_a_question_counts_though_its_end_is_reported_after_the_first_step_of_the_film() -> None:
    heard: list[Progress] = []
    words = [StepKey("words/plan"), StepKey("words/correction-1")]
    reporter = ProgressReporter(heard.append, None, dict.fromkeys((*words, StepKey("film")), 1.0), 1)
    for event, step in (("started", words[0]), ("started", StepKey("film")), ("landed", words[0])):
        reporter(ProgressEvent(project="p", job="j", event=event, step=step))  # type: ignore[arg-type]
    reporter(ProgressEvent(project="p", job="j", event="read", finished_steps=0, wanted_steps=1))
    assert (heard[-1].finished_steps, heard[-1].wanted_steps) == (1, 1)
    reporter(ProgressEvent(project="p", job="j", event="landed", step=StepKey("film")))
    reporter(ProgressEvent(project="p", job="j", event="read", finished_steps=1, wanted_steps=0))
    assert (heard[-1].finished_steps, heard[-1].wanted_steps) == (2, 0)


def test_time_left_does_not_leap_when_the_first_step_lands_late(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("reelwright.studio.quotes.progress_reporter.time.monotonic", lambda: clock[0])
    heard: list[Progress] = []
    weights = {StepKey("bed"): 0.4, **{StepKey(f"take/{n}"): 2.0 for n in range(3)}}
    telling = ProgressReporter(heard.append, None, weights, 1)
    for clock[0], step in ((5.0, "bed"), (6.0, "take/0"), (7.0, "take/1"), (8.0, "take/2")):
        telling(ProgressEvent(project="p", job="j", event="landed", step=StepKey(step)))
    left = [one.left_s for one in heard]
    assert left[0] is not None and left[0] < 2 * 6.4, "not the 75 s of the speed of the first step"
    assert left == sorted(left, reverse=True) and left[-1] == 0


def test_seconds_by_step_are_those_in_which_a_step_of_the_kind_was_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((0.0, 1.0, 2.0, 3.0, 10.0, 11.0, 12.0))
    monkeypatch.setattr("reelwright.studio.quotes.progress_reporter.time.monotonic", lambda: next(clock))
    at_work = StepTimer()
    for kind, step in (
        ("started", "take/a"), ("started", "take/b"), ("landed", "take/a"), ("landed", "take/b"),
        ("started", "take/c"), ("moving", "take/c"), ("failed", "take/c"),
    ):  # fmt: skip
        at_work.record_progress(Progress(event_id=0, kind=kind, project="p", job="j", step=step))
    assert at_work.get_seconds() == {"take": 5.0}, "not the seven seconds in which none was"


def test_no_message_calls_a_file_by_its_digest(home: Home) -> None:
    with Studio(home.settings) as studio:
        plan = studio.read_plan("last").plan
        shots = studio.show("last").shots
    names = build_names(number_shots(plan), {str(row.take): row.n for row in shots if row.take})
    assert names.name_step(f"segment/{shots[1].id}") == "segment of shot 2"
    assert names.name_file(str(shots[1].take)) == "the take of shot 2"
    assert names.name_file("3f" * 32) == "one of its files" and names.name_file("photo.png") == "photo.png"


def test_a_listener_that_raises_hears_no_more_and_the_film_is_made(empty: Settings) -> None:
    calls = []

    def broken(progress: object) -> None:
        calls.append(progress)
        raise BrokenPipeError("the reader went away")

    with Studio(empty) as studio, pytest.warns(UserWarning, match="BrokenPipeError.*told nothing more"):
        made = studio.make(BRIEF, listen=broken, **SMALL)
    assert (made.state, made.new_steps, len(calls)) == ("done", 7, 1)


def test_a_film_keeps_the_cut_that_it_was_made_from(studio: Studio, home: Home) -> None:
    shown = studio.show(home.made.project)
    assert [(edit.shot, edit.asset) for edit in shown.cut] == [(shot.id, shot.take) for shot in shown.shots]
    assert shown.cut[-1].start_s + shown.cut[-1].duration_s == home.made.film.duration_s  # type: ignore[union-attr]


def test_an_edited_shot_is_another_entry_of_the_cut_and_the_others_stay(studio: Studio, home: Home) -> None:
    before = studio.show(home.made.project).cut
    studio.edit(home.made.project, shot=1, words="Quite another line")
    after = studio.show(home.made.project).cut
    assert after[0].asset != before[0].asset and after[1:] == before[1:]


def test_the_film_goes_where_it_is_asked_to_and_an_edit_goes_there_too(studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "my film.mp4"
    made = studio.resume("last", out=out)
    assert made.path == out and not (tmp_path / "my film.srt").exists(), "nothing is spoken"
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("out", ["missing/film.mp4", "film.avi", "file/film.mp4"])
def test_a_place_that_cannot_be_written_is_refused_before_any_work(empty: Settings, tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("x")
    with Studio(empty) as studio, pytest.raises(BadInput) as raised:
        studio.make(BRIEF, out=tmp_path / out, **SMALL)
    assert raised.value.field == "out"
    assert not empty.home.exists()


@pytest.mark.parametrize(
    ("brief", "asked", "field"),
    [
        ("", {}, "brief"),
        (" \u200b\n", {}, "brief"),
        ("a" * 100_000, {}, "brief"),
        (BRIEF, {"length": 0}, "length"),
        (BRIEF, {"length": -1}, "length"),
        (BRIEF, {"length": math.nan}, "length"),
        (BRIEF, {"length": "10h"}, "length"),
        (BRIEF, {"length": 36_000}, "length"),
        (BRIEF, {"flavor": "vanilla"}, "flavor"),
        (BRIEF, {"aspect": "2:1"}, "aspect"),
        (BRIEF, {"language": "english please"}, "language"),
        (BRIEF, {"short_side": 0}, "short_side"),
        (BRIEF, {"images": ["missing.png"]}, "images"),
        (BRIEF, {"images": "lamp.png"}, "images"),
        (BRIEF, {"lenght": 3}, "option"),
        (BRIEF, {"budget": "-1"}, "budget"),
        (Brief(text=""), {}, "brief"),
        (replace(Brief(text=BRIEF), short_side=-1), {}, "short_side"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_and_nothing_is_left_behind(empty: Settings, brief, asked, field) -> None:  # type: ignore[no-untyped-def]
    with Studio(empty) as studio, pytest.raises(BadInput) as raised:
        studio.make(brief, **asked)
    assert raised.value.field == field
    assert not empty.home.exists()


def test_plan_and_quote_write_nothing(empty: Settings) -> None:
    with Studio(empty) as studio:
        planned = studio.plan(BRIEF, **SMALL)
        quoted = studio.quote(BRIEF, **SMALL)
    assert not empty.home.exists()
    said = planned.to_json()
    assert said["plan"]["title"] == "Fenn"
    assert all(set(row) >= {"value", "span"} for row in said["interpretation"].values())
    assert quoted.line == "0 up to date, 7 to make, $0.00"


def test_a_home_that_cannot_be_made_is_said_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with Studio(Settings(home=tmp_path / "file" / "home")) as studio, pytest.raises(StoreUnavailable, match="home"):
        studio.list_projects()


def test_a_project_that_is_not_there_is_said_so(studio: Studio) -> None:
    with pytest.raises(NotFound):
        studio.show("nope-nope")
    with pytest.raises(NotFound):
        studio.resume("project_0000")


def test_a_vertical_film_at_its_usual_size_is_1080_by_1920_at_30_frames_in_h264(empty: Settings) -> None:
    """Source: systems.md S3-02."""
    with Studio(empty) as studio:
        made = studio.make(BRIEF, flavor="short", length=2)
    found = probe(made.path)
    assert (found.width, found.height, found.pix_fmt, found.codec) == (1080, 1920, "yuv420p", "h264")
    assert (found.fps, found.frames) == (30, 60)
