"""What a rehearsal shows and sounds: the right kind, length, size and rate, plainly marked, the same every time."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from reelwright.errors import BadInput
from reelwright.media.base.ffmpeg import build_input, run
from reelwright.media.base.probe import probe
from reelwright.media.checks.seams import JUMP
from reelwright.media.rehearsal.footage import draw_footage
from reelwright.media.rehearsal.footage_request import read_footage_request
from reelwright.media.rehearsal.slate import AMBER, Slate

ARGS = {
    "kind": "video", "prompt": "A red fox walks through snow", "model": "Veo 3.1 Fast (OpenRouter)", "ms": 2000,
    "size": [320, 180], "fps": [24, 1], "sound": True, "shot": 3, "price": "$0.40",
}  # fmt: skip


def made(room, **changes):
    room.mkdir(exist_ok=True)
    found = draw_footage({**ARGS, **changes}, (), room, lambda done: None)
    assert len(found.files) == 1
    return found.files[0], found.facts


def shown(number, **changes):
    slate = Slate(read_footage_request({**ARGS, **changes}))
    width, height = changes.get("size", ARGS["size"])
    return np.frombuffer(slate.render_frame(number), np.uint8).reshape(height, width, 4)[..., :3].astype(int)


@pytest.mark.parametrize("size", [[320, 180], [180, 320], [240, 240]])
@pytest.mark.parametrize("fps", [[24, 1], [30000, 1001]])
def test_a_take_has_the_length_size_and_rate_that_were_asked_for(tmp_path, size, fps):
    file, _ = made(tmp_path, size=size, fps=fps)
    seen = probe(file.path)
    assert (seen.width, seen.height, seen.fps) == (*size, Fraction(*fps))
    assert seen.frames == round(2 * Fraction(*fps))
    assert seen.audio and seen.audio.rate == 48_000


def test_a_take_of_a_silent_model_is_silent(tmp_path):
    file, _ = made(tmp_path, sound=False)
    assert probe(file.path).audio is None


def test_its_sound_can_be_heard_and_does_not_clip(tmp_path):
    file, _ = made(tmp_path)
    told = run([*build_input(file.path), "-af", "volumedetect", "-f", "null", "-"])
    peak = float(told.split("max_volume:")[1].split("dB")[0])
    assert -24 < peak < -3


def test_every_frame_of_it_moves_and_none_is_black():
    frames = [shown(number) for number in (0, 1, 12, 47)]
    for before, after in pairwise(frames):
        assert np.abs(before - after).max() > 40
    assert all(frame.mean() > 25 for frame in frames)


def test_it_is_marked_as_a_rehearsal_in_amber_on_every_frame():
    amber = np.array([AMBER & 0xFF, AMBER >> 8 & 0xFF, AMBER >> 16 & 0xFF])
    for number in (0, 20, 47):
        corner = shown(number, size=[1280, 720])[20:90, 30:300]
        near = np.abs(corner - amber).max(axis=2) < 40
        assert near.mean() > 0.05


def test_shots_differ_from_one_another_at_a_glance():
    grounds = [tuple(shown(0, shot=number, size=[320, 180])[90, 2]) for number in range(1, 7)]
    assert len(set(grounds)) == 6


def test_the_same_is_the_same_to_the_byte_and_another_sample_is_not(tmp_path):
    one, again, other = (made(tmp_path / name, sample=n)[0].path for name, n in (("a", 0), ("b", 0), ("c", 1)))
    assert one.read_bytes() == again.read_bytes() != other.read_bytes()


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "A" * 4000,
        "سيارة حمراء في الصحراء",
        "一只红狐狸走过雪地",
        "🦊❄️",
        "a|b|c",
        "\u0e01\u0e32\u0e23",
        "x\x00y\n\tz",
    ],
)
def test_any_prompt_is_drawn_or_left_out_with_a_reason(prompt, tmp_path):
    file, facts = made(tmp_path, prompt=prompt, ms=200)
    assert probe(file.path).frames == 5
    assert facts["notes"] == [] or "prompt" in facts["notes"][0]


def test_a_still_is_a_png_of_the_size_asked_for(tmp_path):
    file, _ = made(tmp_path, kind="image", size=[321, 241], ms=0)
    with Image.open(file.path) as picture:
        assert picture.format == "PNG" and picture.size == (320, 240)


@pytest.mark.parametrize("kind", ["speech", "music", "sound_effect"])
def test_a_sound_is_an_mp3_of_the_length_asked_for(tmp_path, kind):
    file, _ = made(tmp_path, kind=kind, ms=3200)
    told = run([*build_input(file.path), "-f", "null", "-"])
    hours, minutes, seconds = told.rpartition("time=")[2].split(" ")[0].split(":")
    assert abs(int(hours) * 3600 + int(minutes) * 60 + float(seconds) - 3.2) < 0.1


@pytest.mark.parametrize(
    "changes", [{"kind": "text"}, {"ms": -1}, {"ms": 10**9}, {"size": [0, 9]}, {"size": [9999, 9]}]
)
def test_what_is_out_of_bounds_is_refused_by_name(changes):
    with pytest.raises(BadInput) as raised:
        read_footage_request({**ARGS, **changes})
    assert raised.value.field in changes


@pytest.mark.parametrize("size", [[640, 360], [360, 640]])
def test_slates_of_one_chain_do_not_jump_where_they_meet(size):
    """A film that only rehearses must not wait for a person because its slates look unlike each other."""
    prompts = (
        "Close-up of an adult in soft clothes sinking into a chair, at dusk, caught mid-action. Slow push in",
        "Insert of hands at work with Lumen Fold, solar camping lantern on clean pale wood, one action, locked camera",
    )
    for shot in range(1, 7):
        last = shown(95, size=size, ms=4000, shot=shot, prompt=prompts[shot % 2])
        first = shown(0, size=size, ms=4000, shot=shot + 1, prompt=prompts[(shot + 1) % 2])
        grey = [frame[: round(size[1] * 0.55)] @ (0.114, 0.587, 0.299) for frame in (last, first)]
        small = [
            np.asarray(Image.fromarray(f.astype(np.uint8)).resize((96, 30), Image.Resampling.BOX), int) for f in grey
        ]
        assert np.abs(np.subtract(*(np.asarray(s, int) for s in small))).mean() < JUMP - 2


def test_a_take_that_is_ordered_again_is_another_picture_and_says_which() -> None:
    assert np.abs(shown(3) - shown(3, repeat=1)).max() > 40
    assert np.array_equal(shown(3, repeat=1), shown(3, repeat=1))
