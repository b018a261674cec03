"""Segments: whatever comes in, exactly the asked-for frames come out, in one format."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from bad_inputs import clips
from media.film_hashes import compute_hashes
from reelwright.errors import BadInput, MediaError, WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import probe
from reelwright.media.base.work import Source, WorkResult
from reelwright.media.pictures.placed_picture import PlacedPicture
from reelwright.media.video.encoding import FrameEncoder, check_house, encode
from reelwright.media.video.preroll import drop_unused_frames
from reelwright.media.video.segments import make_body, make_transition
from reelwright.media.words.overlay_graph import lay

SIZE, FPS = (90, 160), (30, 1)


def body(source: Path, room: Path, start: int = 0, length: int = 12, **more: Any) -> WorkResult:
    room.mkdir(exist_ok=True)
    args = {"size": list(SIZE), "fps": list(FPS), "start": start, "length": length, **more}
    return make_body(args, [Source(role="source", part="whole", path=source)], room, lambda done: None)


def transition(kind: str, out: Path, into: Path, room: Path, starts: tuple[int, int], length: int = 9) -> WorkResult:
    room.mkdir(exist_ok=True)
    args = {"size": list(SIZE), "fps": list(FPS), "transition": kind, "length": length, "starts": list(starts)}
    sources = [Source(role="source", part="whole", path=p) for p in (out, into)]
    return make_transition(args, sources, room, lambda done: None)


def counting(path: Path, frames: int, fps: tuple[int, int] = FPS) -> Path:
    """A house take whose every frame is a grey of its own, so that a frame can be told from its neighbour."""
    with FrameEncoder(path, SIZE, fps, frames) as encoder:
        for index in range(frames):
            encoder.write(bytes([20 + 4 * index] * 3 + [255]) * (SIZE[0] * SIZE[1]))
    return path


def greys(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(np.mean(frame.to_ndarray(format="gray"))) for frame in container.decode(video=0)]


@pytest.mark.parametrize("name", clips.ODD_BUT_GOOD)
def test_an_odd_clip_becomes_exactly_the_frames_that_were_asked_for(name: str, tmp_path: Path) -> None:
    build: Callable[[Path], Path] = clips.ODD_BUT_GOOD[name]
    made = body(build(tmp_path / name), tmp_path / "room")
    check_house(made.files[0].path, SIZE, FPS, 12)
    assert made.facts["said"], "what was changed is stated"
    assert not made.facts["copied"]


@pytest.mark.parametrize("name", ["alpha.mov", "alpha.webm"])
def test_transparency_is_laid_over_black(name: str, tmp_path: Path) -> None:
    made = body(clips.ODD_BUT_GOOD[name](tmp_path / name), tmp_path / "room")
    assert all(118 < grey < 136 for grey in greys(made.files[0].path))


def test_a_window_starts_at_its_very_frame(tmp_path: Path) -> None:
    take = counting(tmp_path / "take.mp4", 40)
    made = body(take, tmp_path / "room", start=17, length=10)
    assert np.allclose(greys(made.files[0].path), greys(take)[17:27], atol=1.5)


def test_a_window_far_into_a_long_clip_starts_at_its_very_frame(tmp_path: Path) -> None:
    long = tmp_path / "long.mp4"
    ramp = "color=black:s=90x160:r=30:d=8,format=yuv420p,geq=lum='16+mod(N\\,200)':cb=128:cr=128"
    encode(["-f", "lavfi", "-i", ramp], "[0:v]null", long, SIZE, FPS, 240)
    made = body(long, tmp_path / "room", start=171, length=10)
    assert np.allclose(greys(made.files[0].path), greys(long)[171:181], atol=1.5)


@pytest.mark.parametrize("first", [30, 47, 90, 113])
def test_a_window_reached_by_the_short_way_has_the_very_same_frames(first: int, tmp_path: Path) -> None:
    tagged = "format=yuv420p,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    encoder = ("-c:v", "libx264", "-crf", "18")
    clip = clips.moving(tmp_path / "clip.mp4", size="90x160", seconds=4, encoder=encoder, filters=tagged)
    found, rate = probe(clip), Fraction(30)
    way = drop_unused_frames(clip, found, first / rate, 5 / rate, tmp_path / "way.mp4")
    assert way != clip and probe(way).frames < 0.8 * (first + 5) + 8
    plain = tmp_path / "plain.mp4"
    cut = f"[0:v]trim=start_frame={first}:end_frame={first + 5},setpts=PTS-STARTPTS,format=yuv420p"
    encode(ffmpeg.build_input(clip), cut, plain, SIZE, FPS, 5)
    made = body(clip, tmp_path / "room", start=first, length=5)
    assert compute_hashes(made.files[0].path, tmp_path).frames == compute_hashes(plain, tmp_path).frames


def test_a_window_far_into_a_matroska_clip_with_reordered_frames_starts_at_its_very_frame(tmp_path: Path) -> None:
    """Its first frames have no decode times."""
    encoder = ("-c:v", "libx264", "-crf", "18", "-bf", "2")
    tagged = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    ramp = f"format=yuv420p,geq=lum='16+3*N':cb=128:cr=128,{tagged}"
    clip = clips.moving(tmp_path / "clip.mkv", size="90x160", seconds=2, encoder=encoder, filters=ramp)
    made = body(clip, tmp_path / "room", start=45, length=5)
    assert np.allclose(greys(made.files[0].path), greys(clip)[45:50], atol=1.5)


def test_a_house_take_used_whole_is_copied_to_the_byte(tmp_path: Path) -> None:
    take = counting(tmp_path / "take.mp4", 12)
    made = body(take, tmp_path / "room")
    assert made.facts["copied"] and made.files[0].path.read_bytes() == take.read_bytes()


def test_a_house_take_of_another_rate_is_not_copied(tmp_path: Path) -> None:
    take = counting(tmp_path / "take.mp4", 12, (25, 1))
    assert not body(take, tmp_path / "room", length=12).facts["copied"]


@pytest.mark.parametrize("missing", [1, 2])
def test_a_source_two_frames_short_holds_its_last_and_says_so(missing: int, tmp_path: Path) -> None:
    take = counting(tmp_path / "take.mp4", 20)
    made = body(take, tmp_path / "room", start=5, length=15 + missing)
    assert any("last frame is held" in line for line in made.facts["said"])
    assert np.allclose(greys(made.files[0].path)[-missing:], greys(take)[-1], atol=1.5)


def test_a_source_shorter_than_that_is_refused_with_both_lengths(tmp_path: Path) -> None:
    take = counting(tmp_path / "take.mp4", 20)
    with pytest.raises(WrongResult) as refused:
        body(take, tmp_path / "room", length=23)
    assert refused.value.code == "clip_too_short"
    assert refused.value.params == {"file": "take.mp4", "found": 20, "rate": "30 fps", "start": 0, "end": 23}
    assert not list((tmp_path / "room").iterdir())


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.6, 0.8, 0.9, 0.99])
@pytest.mark.parametrize("faststart", [True, False])
def test_a_truncated_clip_never_gives_a_short_segment(share: float, faststart: bool, tmp_path: Path) -> None:
    broken = clips.cut_off(tmp_path / "clip.mp4", share=share, faststart=faststart)
    with pytest.raises(MediaError):
        body(broken, tmp_path / "room", length=60)
    assert not list((tmp_path / "room").iterdir())


def test_a_clip_without_a_frame_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        body(clips.no_frames(tmp_path / "clip.mp4"), tmp_path / "room")


@pytest.mark.parametrize("kind", ["dissolve", "dip", "push", "wipe"])
def test_a_transition_goes_from_the_one_to_the_other_in_exactly_its_frames(kind: str, tmp_path: Path) -> None:
    out, into = counting(tmp_path / "a.mp4", 30), counting(tmp_path / "b.mp4", 30)
    made = transition(kind, out, into, tmp_path / "room", starts=(0, 21))
    check_house(made.files[0].path, SIZE, FPS, 9)
    seen, first, last = greys(made.files[0].path), greys(out)[0], greys(into)[29]
    assert abs(seen[0] - first) < 12
    assert abs(seen[-1] - last) < 40
    assert first < seen[5] < last or kind == "dip"
    assert min(seen) < 26 or kind != "dip", "a dip goes through black"


def test_a_transition_longer_than_what_a_clip_has_left_is_refused_and_not_swallowed(tmp_path: Path) -> None:
    out, into = counting(tmp_path / "a.mp4", 30), counting(tmp_path / "b.mp4", 30)
    with pytest.raises(WrongResult) as refused:
        transition("dissolve", out, into, tmp_path / "room", starts=(25, 0))
    assert refused.value.code == "clip_too_short"
    assert (refused.value.params["found"], refused.value.params["end"]) == (30, 34)
    assert not list((tmp_path / "room").iterdir())


def test_a_clip_of_variable_rate_lasts_as_long_as_its_timestamps_say(tmp_path: Path) -> None:
    clip = clips.variable_rate(tmp_path / "clip.mp4")
    assert body(clip, tmp_path / "room", length=90).facts["frames"] == 90
    with pytest.raises(WrongResult) as refused:
        body(clip, tmp_path / "room", length=93)
    assert refused.value.code == "clip_too_short" and refused.value.params["found"] == 90


def test_an_unknown_transition_is_named_with_what_is_accepted(tmp_path: Path) -> None:
    take = counting(tmp_path / "a.mp4", 12)
    with pytest.raises(BadInput, match="dissolve, dip, push, wipe"):
        transition("star", take, take, tmp_path / "room", starts=(0, 0))


@pytest.mark.parametrize("place", [(10, 20), (11, 21)])
def test_a_drawn_picture_shows_in_its_frames_and_nowhere_else(place: tuple[int, int], tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("RGBA", (30, 10), (255, 255, 255, 255)).save(data, "PNG")
    picture = PlacedPicture(image_png=data.getvalue(), x=place[0], y=place[1], start=3, length=4)
    inputs, graph, last = lay([picture], tmp_path, 1, "s")
    base = ["-f", "lavfi", "-i", "color=black:s=90x160:r=30:d=1,format=yuv420p"]
    made = tmp_path / "made.mp4"
    encode([*base, *inputs], f"[0:v]null[s];{graph};[{last}]format=yuv420p", made, SIZE, FPS, 10)
    with av.open(str(made)) as container:
        frames = [f.to_ndarray(format="gray") for f in container.decode(video=0)]
    lit = [index for index, frame in enumerate(frames) if frame.max() > 200]
    assert lit == [3, 4, 5, 6]
    rows, columns = np.nonzero(frames[4] > 128)
    assert (columns.min(), rows.min(), columns.max(), rows.max()) == (*place, place[0] + 29, place[1] + 9)


def test_captions_and_overlays_of_a_step_are_burnt_into_their_frames_only(tmp_path: Path) -> None:
    black = tmp_path / "black.mp4"
    encode(["-f", "lavfi", "-i", "color=black:s=90x160:r=30:d=1,format=yuv420p"], "[0:v]null", black, SIZE, FPS, 30)
    caption = {"text": "Hello", "start": 4, "length": 6, "elapsed": 0}
    label = {"kind": "label", "text": "New", "start": 20, "length": 5}
    words = {"look": "slam", "language": "en", "style": "clean", "captions": [caption], "overlays": [label]}
    made = body(black, tmp_path / "room", length=30, **words)
    with av.open(str(made.files[0].path)) as container:
        brightest = [int(frame.to_ndarray(format="gray").max()) for frame in container.decode(video=0)]
    lit = [index for index, peak in enumerate(brightest) if peak > 40]
    assert lit == [*range(4, 10), *range(20, 25)]
    assert not made.facts["copied"]


def test_a_house_take_is_not_copied_when_words_go_over_it(tmp_path: Path) -> None:
    take = counting(tmp_path / "take.mp4", 12)
    caption = {"text": "Hello", "start": 0, "length": 12, "elapsed": 0}
    words = {"look": "slam", "language": "en", "style": "clean", "captions": [caption], "overlays": []}
    assert not body(take, tmp_path / "room", **words).facts["copied"]


def test_what_was_seen_while_encoding_is_what_is_seen_when_decoded(tmp_path: Path) -> None:
    from reelwright.media.checks.frame_stats import load_stats, measure_frames

    take = counting(tmp_path / "take.mp4", 15)
    told, looked = load_stats(take, 15, tmp_path), measure_frames(take, tmp_path)
    assert len(told) == 15 and np.allclose(told.luma, looked.luma, atol=150)
    assert json.dumps(told.change) != json.dumps([0] * 15)


def test_words_that_do_not_fit_their_frame_fail_the_film_with_their_shot(tmp_path: Path) -> None:
    from media.test_film import film, mixed

    parts = []
    for number, text in enumerate(("Hello there", "Donaudampfschifffahrtsgesellschaftskapitän " * 4)):
        caption = {"text": text.strip(), "start": 2, "length": 10, "elapsed": 0}
        words = {"look": "slam", "language": "de", "style": "clean", "captions": [caption], "overlays": []}
        take = counting(tmp_path / f"take{number}.mp4", 12)
        parts.append(body(take, tmp_path / f"room{number}", **words).files[0].path)
    made = film(tmp_path / "film", parts, mixed(tmp_path / "mix", 24, FPS), [12, 12])
    found = [(one["check"], one["shot"]) for one in made.facts["findings"] if one["check"] == "captions"]
    assert found == [("captions", "shot_1")]
