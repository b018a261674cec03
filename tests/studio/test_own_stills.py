"""Stills of a person's own: a beat that is given one buys none, opens on it, and alone depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reelwright import Studio
from reelwright.errors import BadInput, ReelwrightError
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.studio.results.results import FilmResult
from studio.filmed import Filmed
from studio.shelf import Shelf, drawn_picture

BRIEF = "“It never flickers.” A film for “Fenn”, a lamp"
PLAN = """
title: Fenn
aspect: "9:16"
short_side: 180
beats:
  - beat: hook
    shots:
      - {seconds: 2, words: Tired of flicker?, prompt: A dim desk}
  - beat: demo
    shots:
      - {seconds: 5, words: It never flickers, prompt: A lamp on a desk}
      - {seconds: 5, words: Not once, prompt: A hand near a lamp}
  - beat: end_card
    shots:
      - {seconds: 2, words: {name: Fenn}}
"""
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
ASKED: dict[str, Any] = {"models": ["openrouter-veo-3.1-fast"], "stills": "flux-dev"}
STILL = 25_000

Draw = Callable[..., Path]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(smooth=True)


@pytest.fixture
def studio(shelf: Shelf, tmp_path: Path) -> Iterator[Studio]:
    settings = Settings(home=tmp_path / "home", hands=1)
    with Studio(settings, providers={"offline": Offline(), "shelf": shelf}) as opened:
        yield opened


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Filmed:
    """The film of ``PLAN``, whose demo opens on a still of one's own."""
    folder = tmp_path_factory.mktemp("filmed")
    plan, lamp = folder / "plan.yaml", folder / "lamp.png"
    plan.write_text(PLAN, encoding="utf-8")
    lamp.write_bytes(drawn_picture((720, 1280), "lamp.png"))
    return Filmed.once(folder / "home", BRIEF, plan=plan, storyboard={"demo": lamp}, **SURE, **ASKED)


@pytest.fixture
def filmed(once: Filmed, shelf: Shelf, studio: Studio, tmp_path: Path) -> FilmResult:
    return once.into(tmp_path / "home", studio, shelf)


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    def drawn(name: str, size: tuple[int, int] = (720, 1280), seed: str = "") -> Path:
        path = tmp_path / name
        path.write_bytes(drawn_picture(size, seed or name))
        return path

    return drawn


def takes(made: FilmResult) -> dict[str, list[str | None]]:
    """Takes by beat, in order."""
    found: dict[str, list[str | None]] = {}
    for shot in made.shots:
        found.setdefault(shot.beat, []).append(shot.take)
    return found


def test_only_beats_without_a_still_of_one_s_own_buy_one(studio: Studio, shelf: Shelf, plan: Path, draw: Draw) -> None:
    bought = studio.quote(BRIEF, plan=plan, **ASKED)
    asked = {**ASKED, "storyboard": {"demo": draw("lamp.png")}}
    quoted = studio.quote(BRIEF, plan=plan, **asked)
    assert (bought.prices_by_step["still"], quoted.prices_by_step["still"]) == (2 * STILL, STILL)
    assert quoted.prices_by_step["take"] == bought.prices_by_step["take"] and bought.micros - quoted.micros == STILL
    assert "demo opens on lamp.png; no still is bought for it." in quoted.notes

    made = studio.make(BRIEF, plan=plan, **SURE, **asked)
    assert made.state == "done", made.message
    assert shelf.spent == made.micros == quoted.micros
    assert [request.prompt.split(".")[0] for request in shelf.asked("image")] == ["A dim desk"]
    assert [request.mode for request in shelf.asked("video")] == ["image_to_video"] * 3
    filmed = [heads for request, heads in shelf.sent if request.mode == "image_to_video"]  # a still may come between
    assert filmed == [(("first_frame", b"\xff\xd8\xff"),)] * 3
    assert studio.resume("last").new_steps == 0


def test_a_whole_storyboard_of_one_s_own_buys_takes_alone(studio: Studio, plan: Path, draw: Draw) -> None:
    """Also for a model that starts from a picture: it needs no image model then."""
    asked = {"models": ["hailuo_fast"], "storyboard": {"hook": draw("desk.png"), "2": draw("lamp.png")}}
    quoted = studio.quote(BRIEF, plan=plan, **asked)
    assert set(quoted.prices_by_step) == {"take"}
    made = studio.make(BRIEF, plan=plan, goal="storyboard", **SURE, **asked)
    assert (made.state, made.micros) == ("done", 0), "it is there already"
    with pytest.raises(BadInput, match="a still of your own for each beat"):
        studio.quote(BRIEF, plan=plan, **{**asked, "storyboard": {"hook": draw("desk.png")}})


def test_one_picture_may_open_two_beats_before_another_opens_a_third(
    studio: Studio, shelf: Shelf, draw: Draw, tmp_path: Path
) -> None:
    """What came in last was written over what was given twice, and the film failed once others of it were bought."""
    three = "  - beat: problem\n    shots:\n      - {seconds: 2, words: It flickers, prompt: A dark room}\n"
    path = tmp_path / "three.yaml"
    path.write_text(PLAN.replace("  - beat: end_card", f"{three}  - beat: end_card"), encoding="utf-8")
    stills = {"hook": draw("desk.png"), "demo": tmp_path / "desk.png", "problem": draw("dark.png")}
    asked = {**ASKED, "storyboard": stills}
    quoted = studio.quote(BRIEF, plan=path, **asked)
    made = studio.make(BRIEF, plan=path, **SURE, **asked)
    assert (made.state, made.micros) == ("done", quoted.micros) and len(shelf.asked("video")) == 4


def test_loose_takes_of_a_beat_all_open_on_its_still(studio: Studio, plan: Path, draw: Draw) -> None:
    asked = {**ASKED, "continuity": "loose", "storyboard": {"demo": draw("lamp.png")}}
    quoted = studio.quote(BRIEF, plan=plan, **asked)
    assert quoted.prices_by_step["still"] == STILL, "that of the hook"
    assert "2 takes of demo open on lamp.png; no still is bought for it." in quoted.notes


@pytest.mark.parametrize("way", ["bridge", "reflow"])
def test_another_still_makes_only_its_beat_anew_and_is_priced_first(
    studio: Studio, shelf: Shelf, filmed: FilmResult, draw: Draw, way: str
) -> None:
    other = draw("lamp.png", seed="the same name, other bytes")
    sent, spent = len(shelf.sent), shelf.spent
    quoted = studio.quote_edit("last", storyboard={"demo": other}, continuation=way)
    prices = quoted.prices_by_continuation
    assert set(quoted.prices_by_step) == {"take"} and prices["bridge"] < prices["reflow"]
    assert len(shelf.sent) == sent
    after = studio.edit("last", storyboard={"demo": other}, continuation=way, **SURE)
    assert after.state == "done", after.message
    assert shelf.spent - spent == quoted.prices_by_continuation[way] == quoted.micros
    assert [r.mode for r, _ in shelf.sent[sent:]] == {
        "bridge": ["first_last_frame"], "reflow": ["image_to_video", "image_to_video"]
    }[way]  # fmt: skip
    was, now = takes(filmed), takes(after)
    assert now["hook"] == was["hook"] and now["end_card"] == was["end_card"]
    assert now["demo"][0] != was["demo"][0] and (now["demo"][1] == was["demo"][1]) is (way == "bridge")


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize(
    "change", [{"prompt": "A cat on a roof"}, {"model": "kling-v2.5-turbo-pro"}, {"model": "animatic"}], ids=str
)
def test_a_shot_changed_beside_the_still_before_it_is_made_anew_and_keeps_no_old_take(
    studio: Studio, shelf: Shelf, filmed: FilmResult, draw: Draw, change: dict[str, str]
) -> None:
    """The bridge from the new still circled its old take: what was asked of it was neither bought nor said."""
    asked: dict[str, Any] = {"shot": 3, **change, "storyboard": {"demo": draw("other.png")}}
    quoted, spent = studio.quote_edit("last", **asked), shelf.spent
    after = studio.edit("last", **asked, **SURE)
    assert after.state == "done", after.message
    assert not set(takes(filmed)["demo"]) & set(takes(after)["demo"]), "both are what was asked for now"
    assert shelf.spent - spent == quoted.micros


def test_a_still_of_one_s_own_takes_the_place_of_one_that_was_bought(
    studio: Studio, shelf: Shelf, plan: Path, draw: Draw
) -> None:
    studio.make(BRIEF, plan=plan, **SURE, **ASKED)
    sent = len(shelf.sent)
    made = studio.edit("last", storyboard={"hook": draw("desk.png")}, **SURE)
    assert made.state == "done", made.message
    assert [request.mode for request, _ in shelf.sent[sent:]] == ["image_to_video"]
    assert studio.quote_edit("last", storyboard={"hook": draw("desk.png")}).micros == 0, "the same picture"


def test_a_take_that_opened_on_nothing_opens_on_a_still(studio: Studio, shelf: Shelf, plan: Path, draw: Draw) -> None:
    asked = {"models": ["openrouter-veo-3.1-fast"], "resolution": "1080p"}
    studio.make(BRIEF, plan=plan, **SURE, **asked)
    sent = len(shelf.sent)
    studio.edit("last", storyboard={"hook": draw("desk.png")}, **SURE)
    (request,) = (request for request, _ in shelf.sent[sent:])
    assert (request.mode, request.resolution) == ("image_to_video", "1080p")
    assert "Begins exactly on the first frame" in request.prompt


def test_a_plan_alone_is_given_its_stills_and_goes_on(studio: Studio, shelf: Shelf, plan: Path, draw: Draw) -> None:
    studio.make(BRIEF, plan=plan, goal="plan", **SURE, **ASKED)
    stills = {"hook": draw("desk.png"), "demo": draw("lamp.png")}
    quoted = studio.quote_edit("last", storyboard=stills)
    studio.edit("last", storyboard=stills, **SURE)
    assert quoted.film_micros == studio.quote_resume("last", goal="film").micros > 0 == quoted.micros
    assert not shelf.sent
    assert studio.resume("last", goal="film", **SURE).state == "done"
    assert not shelf.asked("image") and len(shelf.asked("video")) == 3


def test_the_film_s_file_names_the_picture_and_another_one_there_is_another_still(
    studio: Studio, shelf: Shelf, filmed: FilmResult, draw: Draw, tmp_path: Path
) -> None:
    import hashlib

    folder = tmp_path / "film"
    studio.pull("last", folder)
    assert studio.quote_apply(folder).micros == 0
    said = yaml.safe_load((folder / "film.yaml").read_text(encoding="utf-8"))
    assert said["brief"]["storyboard"][0]["asset"] == "@materials/lamp.png"
    shot = said["plan"]["beats"][1]["shots"][0]
    assert shot["opening"] == {"source": "storyboard", "image": "@materials/lamp.png"} and "still" not in shot

    other = draw("other.png")
    (folder / "materials" / "other.png").write_bytes(other.read_bytes())
    said["materials"].append({"file": "materials/other.png", "sha256": hashlib.sha256(other.read_bytes()).hexdigest()})
    shot["opening"]["image"] = "@materials/other.png"
    (folder / "film.yaml").write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    quoted = studio.quote_apply(folder)
    assert {key.partition("/")[0] for key in quoted.wanted_steps} >= {"take"} and "still" not in quoted.prices_by_step
    assert sum(key.startswith("take/") for key in quoted.wanted_steps) == 2, (
        "both of the beat, which go on from one another"
    )

    draw("film/materials/other.png", size=(719, 1280))
    small = (folder / "materials" / "other.png").read_bytes()
    said["materials"][-1]["sha256"] = hashlib.sha256(small).hexdigest()
    (folder / "film.yaml").write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    with pytest.raises(BadInput, match="719x1280"):
        studio.quote_apply(folder)


WRONG: dict[str, tuple[dict[str, str], dict[str, Any], str]] = {
    "no such file": ({"hook": "gone.png"}, {}, r"still.*gone\.png.*a file that exists"),
    "no picture": ({"hook": "words.png"}, {}, r"words\.png"),
    "too small": ({"hook": "small.png"}, {}, r"still.*small\.png, 719x1280.*at least 720x720"),
    "too heavy": ({"hook": "heavy.png"}, {}, r"still.*heavy\.png, \d+ bytes.*at most"),
    "no such beat": ({"hok": "good.png"}, {}, r"still.*hok=good\.png.*hook, demo, end_card.*1 to 3"),
    "no such number": ({"4": "good.png"}, {}, r"still.*4=good\.png.*1 to 3"),
    "twice": ({"hook": "good.png", "1": "small2.png"}, {}, r"still.*1=small2\.png.*hook=good\.png"),
    "a beat of type": ({"end_card": "good.png"}, {}, r"still.*end_card=good\.png.*hook, demo"),
    "a film that is drawn": (
        {"hook": "good.png"},
        {"models": ["animatic"], "stills": None},
        r"still.*hook=good\.png.*only together with model",
    ),
    "a model of words": ({"hook": "good.png"}, {"models": ["WORDS"]}, r"still.*hook=good\.png.*words alone"),
    "a plan yet to be written": ({"hook": "good.png"}, {"planner": "gpt-6.1-terra"}, r"still.*yet to say"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_a_still_is_told_before_anything_is_written(
    studio: Studio, shelf: Shelf, plan: Path, draw: Draw, tmp_path: Path, case: str
) -> None:
    from reelwright.catalogue.models import is_retired, load_models

    given, more, told = WRONG[case]
    draw("good.png"), draw("small2.png"), draw("small.png", size=(719, 1280))
    (tmp_path / "words.png").write_text("no picture at all", encoding="utf-8")
    (tmp_path / "heavy.png").write_bytes(drawn_picture((720, 720), "heavy") + b"\0" * (10 * 1024 * 1024))
    rows = [
        r for r in load_models().values() if r.kind == "video" and "image_to_video" not in r.modes and not is_retired(r)
    ]
    if more.get("models") == ["WORDS"]:
        more = {"models": [rows[0].id]}
    asked = {**ASKED, **more, "storyboard": {beat: tmp_path / name for beat, name in given.items()}}
    shown = None if case == "a plan yet to be written" else plan
    for way in (studio.quote, studio.make):
        sure = SURE if way is studio.make else {}
        with pytest.raises(ReelwrightError, match=told):
            way(BRIEF, plan=shown, **sure, **asked)  # type: ignore[operator]
    assert not shelf.sent and not (tmp_path / "home").exists()


def test_an_edit_refuses_a_still_that_no_shot_of_its_beat_opens_on(
    studio: Studio, plan: Path, draw: Draw, tmp_path: Path
) -> None:
    studio.make(BRIEF, plan=plan, goal="plan", **SURE, **ASKED)
    for given, told in (({"end_card": draw("a.png")}, "hook, demo"), ({"nowhere": draw("a.png")}, "by name")):
        with pytest.raises(BadInput, match=told):
            studio.quote_edit("last", storyboard=given)
    with pytest.raises(BadInput, match="719x720"):
        studio.quote_edit("last", storyboard={"hook": draw("b.png", size=(719, 720))})
    revision = studio.show("last").revision
    with pytest.raises(BadInput):
        studio.edit("last", storyboard={"hook": tmp_path / "gone.png"}, **SURE)
    assert studio.show("last").revision == revision


def test_what_went_on_from_a_shot_that_is_drawn_opens_on_the_still_of_its_beat(
    studio: Studio, shelf: Shelf, filmed: FilmResult
) -> None:
    sent = len(shelf.sent)
    studio.edit("last", shot=2, model="animatic", continuation="reflow", **SURE)
    assert [request.mode for request, _ in shelf.sent[sent:]] == ["image_to_video"], "and no still is bought"


def test_another_picture_in_another_film_buys_only_what_differs(
    studio: Studio, shelf: Shelf, filmed: FilmResult, plan: Path, draw: Draw
) -> None:
    sent = len(shelf.sent)
    studio.make(BRIEF, plan=plan, **SURE, **ASKED, storyboard={"demo": draw("lamp.png", seed="other bytes")})
    assert [request.mode for request, _ in shelf.sent[sent:]] == ["image_to_video"] * 2, "the takes of its beat"


def test_a_batch_row_has_stills_beside_its_file(studio: Studio, shelf: Shelf, draw: Draw, tmp_path: Path) -> None:
    draw("desk.png")
    row = {**ASKED, "brief": BRIEF, "length": 4, "short_side": 180, "storyboard": {"hook": "desk.png"}}
    with_it = studio.quote_batch([row], beside=tmp_path)
    without = studio.quote_batch([{k: v for k, v in row.items() if k != "storyboard"}], beside=tmp_path)
    assert without.micros - with_it.micros == STILL
