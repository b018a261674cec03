"""Own pictures and clips become shots; what fails a check waits for a person, with the film there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from reelwright import Studio
from reelwright.errors import BadInput, DecisionNeeded, ReelwrightError
from reelwright.media.base import ffmpeg
from reelwright.settings import Settings
from studio.frames import pictures

BRIEF = "“It never flickers.” For “Fenn”, a lamp. Order at fenn.example"
SMALL = {"short_side": 180, "aspect": "9:16", "length": 6}


def picture(path: Path) -> Path:
    ramps = [Image.linear_gradient("L").resize((200, 300)).rotate(90 * turn).resize((200, 300)) for turn in range(3)]
    picture = Image.merge("RGB", [ramp.point(lambda value: 90 + value // 2) for ramp in ramps])
    grain = Image.effect_noise(picture.size, 60).convert("RGB")  # a photo has grain, a picture of a screen has none
    Image.blend(picture, grain, 0.3).save(path)
    return path


def clip(path: Path, source: str, seconds: float = 4) -> Path:
    ffmpeg.run(
        [
            "-f",
            "lavfi",
            "-i",
            f"{source}s=180x320:r=30",
            "-t",
            str(seconds),
            "-pix_fmt",
            "yuv420p",
            ffmpeg.build_output(path),
        ]
    )
    return path


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("clips") / "hands ü.mp4", "testsrc2=")


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("clips") / "still.mp4", "color=c=0x406080:")


SHOWN = """
title: Fenn
aspect: "9:16"
short_side: 180
beats:
  - beat: demo
    shots:
      - {seconds: 1.5, picture: lamp one.jpg, move: push, say: A lamp}
      - {seconds: 1.5, clip: hands ü.mp4, start: 0.5}
"""


def test_a_picture_and_a_clip_become_shots_and_leave_with_the_project(
    empty: Settings, moving: Path, tmp_path: Path
) -> None:
    image = picture(tmp_path / "lamp one.jpg")
    (tmp_path / "plan.yaml").write_text(SHOWN)
    with Studio(empty) as studio:
        made = studio.make(BRIEF, plan=tmp_path / "plan.yaml", images=[image], clips=[moving])
        assert made.state == "done", made.message
        assert any(note.startswith("hands ü.mp4: 180x320") for note in made.notes)
        exported = studio.export("last", tmp_path / "all.zip")
        assert [name for name in exported.files if name.startswith("materials/")] == [
            "materials/hands _.mp4", "materials/lamp one.jpg",
        ]  # fmt: skip
        pulled = studio.pull("last", tmp_path / "film")
        text = pulled.film.read_text()
        assert "@materials/hands _.mp4" in text and "@materials/lamp one.jpg" in text
    with Studio(Settings(home=tmp_path / "other", hands=1)) as elsewhere:
        again = elsewhere.apply(pulled.folder)
        assert pictures(again.path) == pictures(made.path)
    with Studio(Settings(home=tmp_path / "third", hands=1)) as elsewhere:
        (pulled.folder / "materials" / "lamp one.jpg").write_bytes(b"no picture")
        with pytest.raises(BadInput, match="sha256"):
            elsewhere.quote_apply(pulled.folder)


def test_another_picture_in_a_shot_wants_that_shot_only(empty: Settings, tmp_path: Path) -> None:
    with Studio(empty) as studio:
        made = studio.make(BRIEF, **SMALL)
        quoted = studio.quote_edit("last", shot=1, image=picture(tmp_path / "new.png"))
        first = made.shots[0].id
        assert {key for key in quoted.wanted_steps if key.startswith("take/")} == {f"take/{first}"}
        after = studio.edit("last", shot=1, image=tmp_path / "new.png")
        assert after.state in ("done", "waiting") and after.film
        moved = studio.quote_edit("last", shot=1, move="left")
        assert {key for key in moved.wanted_steps if key.startswith("take/")} == {f"take/{first}"}


def test_a_still_clip_makes_the_job_wait_until_a_person_accepts_it(empty: Settings, still: Path) -> None:
    with Studio(empty) as studio:
        made = studio.make(BRIEF, clips=[still], **SMALL)
        assert (made.state, made.wait_reason) == ("waiting", "decision")
        assert made.film and made.path.is_file(), "the film is there, marked"
        fault = next(finding for finding in made.findings if finding.is_fault)
        assert fault.check == "frozen" and fault.shot and f"shot {fault.id.partition('/')[2]}" in made.message
        with pytest.raises(BadInput):
            studio.accept("last", "black/9")
        accepted = studio.accept("last", fault.id)
        assert (accepted.state, accepted.job, accepted.new_steps) == ("done", made.job, 0)
        assert studio.show("last").findings[0].is_accepted


def test_a_film_that_stopped_before_there_was_one_says_so(empty: Settings) -> None:
    with Studio(empty) as studio:
        made = studio.make(BRIEF, goal="plan", **SMALL)
        with pytest.raises(DecisionNeeded, match="no film"):
            print(made.path)


@pytest.mark.parametrize(
    "content", [b"", b"#EXTM3U\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile x\n", b"\x00" * 99]
)
@pytest.mark.parametrize("kind", ["images", "clips"])
def test_what_is_no_picture_or_clip_is_refused_and_nothing_is_left(
    empty: Settings, tmp_path: Path, content: bytes, kind: str
) -> None:
    path = tmp_path / "given.mp4"
    path.write_bytes(content)
    with Studio(empty) as studio, pytest.raises(ReelwrightError) as raised:
        studio.make(BRIEF, **{kind: [path]}, **SMALL)
    assert raised.value.exit_code == 2 and "given.mp4" in str(raised.value)
    assert not empty.home.exists()


def test_a_plan_of_ones_own_is_followed(empty: Settings, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(
        "title: Fenn\naspect: '9:16'\nshort_side: 180\nbeats:\n"
        "  - beat: hook\n    shots:\n      - {seconds: 1, words: Too dark?}\n"
        "  - beat: end_card\n    shots:\n      - {seconds: 1.5, words: {name: Fenn}}\n"
    )
    with Studio(empty) as studio:
        assert "words/plan" not in studio.quote(BRIEF, plan=tmp_path / "plan.yaml").wanted_steps
        made = studio.make(BRIEF, plan=tmp_path / "plan.yaml")
        assert [one.duration_s for one in made.shots] == [1.0, 1.5] and made.film and made.film.frames == 75
        (tmp_path / "plan.yaml").write_text("title: Fenn\nbeets: []\n")
        with pytest.raises(BadInput, match="beets"):
            studio.make(BRIEF, plan=tmp_path / "plan.yaml")
