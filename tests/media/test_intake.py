"""Intake: what people really hand in is repaired and said, or refused by what it is and what is accepted."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bad_inputs import clips, images
from reelwright.errors import BadInput, UnreadableMedia
from reelwright.media.base.probe import probe
from reelwright.media.pictures.intake import take_in_clip, take_in_image


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_comes_out_upright_and_says_nothing_of_where_it_was_taken(
    orientation: int, tmp_path: Path
) -> None:
    taken = take_in_image(images.turned_jpeg(orientation), room=tmp_path)
    assert (taken.width, taken.height) == ((200, 100) if orientation < 5 else (100, 200))
    with Image.open(taken.path) as picture:
        assert not picture.getexif() and "exif" not in picture.info
    assert ("turned upright" in taken.notes) == (orientation > 1)
    assert taken.treatment == "photo"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (images.cmyk(), "CMYK brought to RGB"),
        (images.sixteen_bit(), "16 bits brought to 8"),
        (images.animated_webp(), "the first of its 3 frames is used"),
        (images.animated_gif(), "the first of its 2 frames is used"),
    ],
)
def test_an_unusual_picture_is_repaired_and_the_repair_is_said(data: bytes, said: str, tmp_path: Path) -> None:
    taken = take_in_image(data, room=tmp_path)
    assert said in taken.notes
    with Image.open(taken.path) as picture:
        assert picture.mode == "RGB"


def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path: Path) -> None:
    taken = take_in_image(images.sixteen_bit(), room=tmp_path)
    with Image.open(taken.path) as picture:
        levels = sorted({picture.getpixel((x, 3))[0] for x in (4, 5)})  # type: ignore[index]
    assert levels[0] < 40 and levels[1] > 215


def test_a_cutout_loses_its_empty_margin_and_keeps_its_edge(tmp_path: Path) -> None:
    taken = take_in_image(images.cutout(), room=tmp_path)
    assert (taken.treatment, taken.width, taken.height) == ("cutout", 120, 180)
    assert taken.mime == "image/png"


def test_a_palette_with_transparency_is_a_cutout(tmp_path: Path) -> None:
    taken = take_in_image(images.palette_with_transparency(), room=tmp_path)
    assert (taken.treatment, taken.width, taken.height) == ("cutout", 25, 31)


def test_a_picture_of_an_interface_is_told_from_a_photo(tmp_path: Path) -> None:
    assert take_in_image(images.screen(), room=tmp_path).treatment == "screen"


def test_a_soft_photo_that_was_saved_small_is_no_picture_of_an_interface(tmp_path: Path) -> None:
    y, x = np.mgrid[0:300, 0:400] / 300
    light = [np.clip(90 + 70 * np.sin(3 * x + n) + 60 * y, 0, 255).astype(np.uint8) for n in range(3)]
    data = images.encoded(Image.fromarray(np.dstack(light), "RGB"), "JPEG", quality=30)
    pixels = np.asarray(Image.open(io.BytesIO(data))).reshape(300, 400, 3)
    assert (pixels[:, 1:] == pixels[:, :-1]).all(2).mean() > 0.55, "flat, as an interface is"
    assert take_in_image(data, room=tmp_path).treatment == "photo"


@pytest.mark.parametrize("name", images.NOT_PICTURES)
def test_what_is_no_picture_is_named_with_what_is_accepted(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(images.NOT_PICTURES[name])
    room = tmp_path / "room"
    room.mkdir()
    with pytest.raises(BadInput) as refused:
        take_in_image(path, room=room)
    assert refused.value.field == name and refused.value.accepted
    assert str(tmp_path) not in str(refused.value)
    assert not list(room.iterdir())


@pytest.mark.parametrize("name", images.TOO_LARGE)
def test_a_bomb_is_refused_before_it_is_unpacked(name: str, tmp_path: Path) -> None:
    data = images.TOO_LARGE[name]()
    assert len(data) < 100_000
    with pytest.raises(BadInput, match="pixels"):
        take_in_image(data, room=tmp_path, name=name)


@pytest.mark.parametrize("name", images.BROKEN)
def test_a_broken_picture_is_refused_by_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableMedia) as refused:
        take_in_image(images.BROKEN[name](), room=tmp_path, name=name)
    assert refused.value.code == "file_broken" and refused.value.params["file"] == name
    assert not list(tmp_path.iterdir())


def test_flipped_bits_are_an_error_of_ours_or_a_picture_and_never_anything_else(tmp_path: Path) -> None:
    whole = {"PNG": images.encoded(images.photo(), "PNG"), "JPEG": images.encoded(images.photo(), "JPEG")}
    for seed in range(64):
        chance = random.Random(seed)
        data = bytearray(whole["PNG" if seed % 2 else "JPEG"])
        for _ in range(8):
            data[chance.randrange(20, len(data))] ^= 1 << chance.randrange(8)
        try:
            take_in_image(bytes(data), room=tmp_path)
        except (BadInput, UnreadableMedia):
            continue


@pytest.mark.parametrize("name", clips.ODD_BUT_GOOD)
def test_an_odd_clip_is_taken_in_with_what_is_odd_about_it(name: str, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    taken = take_in_clip(clips.ODD_BUT_GOOD[name](tmp_path / name), room=room)
    assert taken.treatment == "clip" and taken.ms and len(taken.notes) > 1
    found = probe(taken.path)
    assert found.upright == (taken.width, taken.height) and found.tags.get("title") is None


def test_a_clip_filmed_upright_is_taller_than_wide(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    taken = take_in_clip(clips.turned(tmp_path / "phone.mp4"), room=room)
    assert (taken.width, taken.height) == (90, 160)


@pytest.mark.parametrize("name", clips.TEXTS)
def test_a_text_named_mp4_is_refused_and_discloses_no_file(name: str, tmp_path: Path) -> None:
    clips.moving(tmp_path / "secret.mp4", seconds=0.2)
    path = tmp_path / f"{name}.mp4"
    path.write_text(clips.TEXTS[name])
    room = tmp_path / "room"
    room.mkdir()
    with pytest.raises(BadInput) as refused:
        take_in_clip(path, room=room)
    assert refused.value.field == path.name and not list(room.iterdir())


def test_a_playlist_behind_the_first_bytes_of_a_film_is_not_followed(tmp_path: Path) -> None:
    clips.moving(tmp_path / "secret.mp4", seconds=0.2)
    path = tmp_path / "polyglot.mp4"
    path.write_bytes(b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\n" + clips.TEXTS["ffconcat"].encode())
    with pytest.raises(UnreadableMedia):
        take_in_clip(path, room=tmp_path)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("faststart", [True, False])
def test_a_truncated_clip_is_refused(share: float, faststart: bool, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    path = clips.cut_off(tmp_path / "clip.mp4", share=share, faststart=faststart)
    with pytest.raises((BadInput, UnreadableMedia)) as refused:
        take_in_clip(path, room=room)
    assert refused.value.params.get("file", refused.value.params.get("field")) == "clip.mp4"  # not one of our own
    assert not list(room.iterdir())


@pytest.mark.parametrize("build", [clips.no_frames, clips.silent_video_only_sound])
def test_a_clip_without_pictures_is_refused(build: object, tmp_path: Path) -> None:
    assert callable(build)
    with pytest.raises(UnreadableMedia) as refused:
        take_in_clip(build(tmp_path / "clip.mp4"), room=tmp_path)
    assert refused.value.code in ("file_without_video", "file_without_frames", "file_broken")
    assert refused.value.params["file"] == "clip.mp4"


@pytest.mark.parametrize(
    "name",
    ["-y.mp4", "take%03d.mp4", "a'b\"c;d.mp4", "$(touch x).mp4", "new\nline.mp4", "concat:x.mp4", "\u202egpm.mp4"],
)
def test_a_hostile_name_changes_nothing_and_is_shown_harmlessly(name: str, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    plain = clips.moving(tmp_path / "plain.mp4", seconds=0.2)
    named = tmp_path / name
    plain.rename(named)
    assert take_in_clip(named, room=room).ms == 200
    named.write_text("hello")
    with pytest.raises(BadInput) as refused:
        take_in_clip(named, room=room)
    assert "\n" not in refused.value.field and "\u202e" not in refused.value.field


def test_a_picture_named_like_a_pattern_is_read_as_that_one_file(tmp_path: Path) -> None:
    path = tmp_path / "take%03d.png"
    path.write_bytes(images.encoded(images.photo(), "PNG"))
    assert take_in_image(path, room=tmp_path).width == 200


def test_a_clip_that_is_too_long_is_refused_with_the_limit(tmp_path: Path) -> None:
    path = clips.moving(tmp_path / "long.mp4", size="16x16", rate="1", seconds=601)
    with pytest.raises(BadInput, match="at most 600 s"):
        take_in_clip(path, room=tmp_path)
