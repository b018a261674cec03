"""Takes that go on from one another: what an edit of one buys, as a bridge and as a reflow, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import ReelwrightError
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.studio.results.results import FilmResult
from studio.filmed import Filmed
from studio.shelf import Shelf

BRIEF = "“It never flickers.” A film for “Fenn”, a lamp"
PLAN = """
title: Fenn
aspect: "9:16"
short_side: 180
beats:
  - beat: demo
    shots:
      - {seconds: 5, words: It never flickers, prompt: A lamp on a desk}
      - {seconds: 5, words: Not once, prompt: A hand near a lamp}
      - {seconds: 3, words: Never, prompt: A lamp in the dark}
  - beat: end_card
    shots:
      - {seconds: 2, words: {name: Fenn}}
"""
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
ASKED: dict[str, Any] = {"models": ["openrouter-veo-3.1-fast"], "stills": "flux-dev"}


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
    """The film of ``PLAN``."""
    folder = tmp_path_factory.mktemp("filmed")
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    return Filmed.once(folder / "home", BRIEF, plan=folder / "plan.yaml", **SURE, **ASKED)


@pytest.fixture
def filmed(once: Filmed, shelf: Shelf, studio: Studio, tmp_path: Path) -> FilmResult:
    return once.into(tmp_path / "home", studio, shelf)


def test_the_quote_says_how_long_it_takes_in_a_chain_and_all_at_once(studio: Studio, plan: Path) -> None:
    quoted = studio.quote(BRIEF, plan=plan, **ASKED)
    assert quoted.durations_by_continuity["beat"] > quoted.durations_by_continuity["loose"] > 0
    assert quoted.prices_by_step["take"] == 14 * 80_000, "6 s and 8 s: a take but the last is shown whole"
    loose = studio.quote(BRIEF, plan=plan, continuity="loose", **ASKED)
    assert not loose.durations_by_continuity and loose.prices_by_step["still"] == 2 * quoted.prices_by_step["still"]


def test_an_edit_in_a_chain_as_a_bridge_and_as_a_reflow(studio: Studio, shelf: Shelf, filmed: FilmResult) -> None:
    _, second = (shot for shot in filmed.shots if shot.beat == "demo")
    assert [r.mode for r in shelf.asked("video")] == ["image_to_video", "image_to_video"]

    quoted = studio.quote_edit("last", shot=1, prompt="A lamp on a shelf")
    still = quoted.prices_by_step["still"]
    assert quoted.prices_by_continuation == {"bridge": 640_000 + still, "reflow": 480_000 + 640_000 + still}

    bought = len(shelf.asked("video"))
    bridge = studio.edit("last", shot=1, prompt="A lamp on a shelf", continuation="bridge", **SURE)
    assert bridge.state == "done", bridge.message
    assert len(shelf.asked("video")) == bought + 1 and shelf.asked("video")[-1].mode == "first_last_frame"
    assert dict(shelf.sent[-1][1]) == {"first_frame": b"\xff\xd8\xff", "last_frame": b"\xff\xd8\xff"}
    kept = next(shot for shot in bridge.shots if shot.id == second.id)
    assert kept.take == second.take, "the shot that goes on keeps its take"

    reflow = studio.edit("last", shot=1, prompt="A lamp on a sill", continuation="reflow", **SURE)
    assert reflow.state == "done", reflow.message
    assert len(shelf.asked("video")) == bought + 3
    assert next(shot for shot in reflow.shots if shot.id == second.id).take != second.take


def test_a_seam_that_jumps_fails_the_film_and_names_its_shot(tmp_path: Path, plan: Path) -> None:
    shelf = Shelf(smooth=False)
    with Studio(Settings(home=tmp_path / "home", hands=1), providers={"offline": Offline(), "shelf": shelf}) as studio:
        made = studio.make(BRIEF, plan=plan, **SURE, **ASKED)
        assert made.state == "waiting" and made.reason.code == "checks_failed"
        (fault,) = made.reason.params["faults"]
        assert fault.params["shot"] == "2" and made.findings[0].reason.code == "seam_jumps"
        assert "seam/2" in [f.id for f in made.findings if f.is_fault]
        assert studio.accept("last").state == "done"


def test_a_retake_is_bought_beside_and_a_circle_moves_what_goes_on(
    studio: Studio, shelf: Shelf, filmed: FilmResult
) -> None:
    bought = len(shelf.asked("video"))
    studio.retake("last", 1, **SURE)
    assert len(shelf.asked("video")) == bought + 1
    quote = studio.circle("last", 1, 2).quote
    assert [key.partition("/")[0] for key in quote.wanted_steps].count("take") == 1, "the shot that goes on from it"
    back = studio.circle("last", 1, 1).quote
    assert back.micros == 0 and len(shelf.asked("video")) == bought + 1


def test_another_model_own_footage_and_its_animatic_are_ways_on(
    studio: Studio, shelf: Shelf, filmed: FilmResult, tmp_path: Path
) -> None:
    from studio.shelf import drawn_clip

    bought = len(shelf.sent)
    quoted = studio.quote_edit("last", shot=2, model="kling-v2.5-turbo-pro")
    assert quoted.micros == 700_000, "7 s are bought as 10"
    dry = studio.quote_edit("last", shot=2, prompt="A fox; leave out: rain", model="hailuo-2.3")
    assert any(said.startswith("Hailuo 2.3 cannot be told") and "rain may appear" in said for said in dry.notes)
    assert not any("cannot be told" in said for said in quoted.notes)
    drawn = studio.edit("last", shot=2, model="animatic", **SURE)
    assert drawn.state == "done" and drawn.now_micros == 0 and len(shelf.sent) == bought
    clip = tmp_path / "own.mp4"
    clip.write_bytes(drawn_clip((180, 320), 8000, "own", sound=False))
    own = studio.edit("last", shot=1, clip=clip, **SURE)
    assert own.state == "done" and len(shelf.sent) == bought


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize("way", ["clip", "image", "animatic"])
def test_what_went_on_from_a_shot_that_no_model_makes_any_more_keeps_its_take(
    studio: Studio, shelf: Shelf, filmed: FilmResult, tmp_path: Path, way: str
) -> None:
    from studio.shelf import drawn_clip, drawn_picture

    second = [shot for shot in filmed.shots if shot.beat == "demo"][1]
    own = tmp_path / ("own.mp4" if way == "clip" else "own.png")
    data = drawn_clip((180, 320), 9000, "own", sound=False) if way == "clip" else drawn_picture((720, 1280), "own")
    own.write_bytes(data)
    changes: dict[str, Any] = {"model": "animatic"} if way == "animatic" else {way: own}
    bought = len(shelf.sent)

    quoted = studio.quote_edit("last", shot=1, **changes)
    assert quoted.prices_by_continuation == {"bridge": 0, "reflow": 25_000 + 640_000}, "the other's still and take"
    kept = studio.edit("last", shot=1, **SURE, **changes)
    assert kept.state == "done", kept.message
    assert len(shelf.sent) == bought
    assert next(shot for shot in kept.shots if shot.id == second.id).take == second.take

    again = studio.quote_edit("last", shot=1, **changes)
    assert again.prices_by_continuation == {"bridge": 0, "reflow": 25_000 + 640_000}, "a reflow is there later, too"
    reflow = studio.edit("last", shot=1, continuation="reflow", **SURE, **changes)
    assert reflow.state == "done", reflow.message
    assert len(shelf.sent) == bought + 2
    assert next(shot for shot in reflow.shots if shot.id == second.id).take != second.take
    assert not studio.quote_edit("last", shot=1, **changes).prices_by_continuation, "nothing is kept behind any more"


def test_as_a_reflow_it_opens_on_a_still_of_its_own(studio: Studio, shelf: Shelf, filmed: FilmResult) -> None:
    bought = len(shelf.sent)
    studio.edit("last", shot=1, model="animatic", continuation="reflow", **SURE)
    still, take = (request for request, _ in shelf.sent[bought:])
    assert (still.mode, take.mode) == ("text_to_image", "image_to_video")
    assert studio.resume("last").new_steps == 0 and len(shelf.sent) == bought + 2


def test_an_edit_that_cannot_be_made_buys_nothing(studio: Studio, shelf: Shelf, filmed: FilmResult) -> None:
    bought = len(shelf.sent)
    for changes in ({"model": "flux-dev"}, {"model": "nobody-1"}, {"length": 60}):
        with pytest.raises(ReelwrightError):
            studio.edit("last", shot=1, **SURE, **changes)
    assert len(shelf.sent) == bought


def test_a_film_of_takes_goes_through_its_file_and_only_what_is_changed_is_bought(
    studio: Studio, shelf: Shelf, filmed: FilmResult, tmp_path: Path
) -> None:
    bought = len(shelf.sent)
    file = studio.pull("last", tmp_path / "pulled").film
    assert studio.quote_apply(file.parent).wanted_steps == ()
    text = file.read_text(encoding="utf-8")
    assert text.count("Not once") >= 2, "a title goes on over the cut"
    file.write_text(text.replace("Not once", "Not ever"), encoding="utf-8")
    words = studio.quote_apply(file.parent)
    assert words.micros == 0 and not any(key.startswith("take/") for key in words.wanted_steps)
    file.write_text(text.replace("prompt: A lamp on a desk\n", "prompt: A lamp on a shelf\n"), encoding="utf-8")
    prompt = studio.quote_apply(file.parent)
    assert [key.partition("/")[0] for key in prompt.wanted_steps].count("take") == 2 and prompt.micros > 0
    assert len(shelf.sent) == bought
