"""Flashing that can harm is found on the film's own frames, with its shot and second; fast cuts are not flashing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from media.test_film import SIZE, film, mixed
from reelwright.media.checks.flashing import find_flashing
from reelwright.media.checks.frame_stats import compute_grid_size, load_stats
from reelwright.media.video.encoding import FrameEncoder

FPS = (30, 1)
COLUMNS, ROWS = compute_grid_size((1080, 1920))


def grid(frames: int, colour_at: Callable[[int], Sequence[int]], share: float = 1.0) -> np.ndarray:
    """Frames of which ``share`` of the fields, from the top, has the colour of that frame and the rest is grey."""
    made = np.full((frames, ROWS, COLUMNS, 3), 90, np.uint8)
    fields = made.reshape(frames, -1, 3)
    for at in range(frames):
        fields[at, : round(share * fields.shape[1])] = colour_at(at)
    return made


def strobe(
    every: int, dark: Sequence[int] = (0, 0, 0), light: Sequence[int] = (255, 255, 255)
) -> Callable[[int], Sequence[int]]:
    """Another state every so many frames."""
    return lambda at: light if at // every % 2 else dark


def starts(found: np.ndarray) -> list[int]:
    return sorted({one.start for one in find_flashing(found, FPS)})


@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_strobe_of_five_hertz_or_more_is_found(every: int) -> None:
    assert starts(grid(60, strobe(every)))


@pytest.mark.parametrize("every", [5, 6, 10, 15])
def test_three_flashes_in_a_second_are_no_fault(every: int) -> None:
    assert starts(grid(90, strobe(every))) == []


@pytest.mark.parametrize(("share", "harms"), [(0.2, False), (0.3, True)])
def test_what_flashes_on_less_than_a_quarter_of_the_picture_is_no_fault(share: float, harms: bool) -> None:
    assert bool(starts(grid(60, strobe(2), share))) is harms


def test_small_changes_and_changes_between_bright_states_are_no_fault() -> None:
    assert starts(grid(60, strobe(2, (128, 128, 128), (145, 145, 145)))) == [], "0.22 to 0.28 of white"
    assert starts(grid(60, strobe(2, (232, 232, 232), (255, 255, 255)))) == [], "0.81 of white and white"
    assert starts(grid(60, strobe(2, (128, 128, 128), (170, 170, 170)))), "0.22 to 0.40 of white"


def test_saturated_red_against_black_of_little_luminance_is_found_as_red() -> None:
    found = list(find_flashing(grid(60, strobe(2, (0, 0, 0), (170, 0, 0))), FPS))
    assert found and all(one.is_red for one in found), "its luminance changes by 0.085"
    assert starts(grid(60, strobe(2, (120, 110, 110), (140, 112, 112)))) == []


def test_a_fade_of_three_frames_flashes_as_a_cut_does() -> None:
    way = (0, 90, 180, 255, 180, 90)
    assert starts(grid(60, lambda at: [way[at % 6]] * 3)), "five times a second"
    slow = (*range(0, 250, 25), *range(250, 0, -25))
    assert starts(grid(60, lambda at: [slow[at % len(slow)]] * 3)) == [], "one and a half times a second"


def test_halves_that_take_turns_flash_each_by_itself() -> None:
    made = grid(60, strobe(2), 0.5)
    fields = made.reshape(60, -1, 3)
    fields[:, fields.shape[1] // 2 :] = 255 - fields[:, : fields.shape[1] - fields.shape[1] // 2]
    assert starts(made)


def test_cuts_three_times_a_second_between_any_shots_are_no_fault() -> None:
    rng = np.random.default_rng(7)
    shots = rng.integers(0, 255, (30, ROWS, COLUMNS, 3)).astype(np.uint8)
    assert starts(np.repeat(shots, 10, axis=0)) == []


def test_noise_and_small_things_that_glitter_are_no_fault() -> None:
    rng = np.random.default_rng(3)
    noise = np.clip(rng.normal(128, 10, (90, ROWS, COLUMNS, 3)), 0, 255).astype(np.uint8)
    assert starts(noise) == []
    glitter = np.full((90, ROWS, COLUMNS, 3), 40, np.uint8)
    glitter[rng.random((90, ROWS, COLUMNS)) < 0.1] = 255
    assert starts(glitter) == []


def strobing(path: Path, frames: int, every: int) -> Path:
    with FrameEncoder(path, SIZE, FPS, frames) as encoder:
        for at in range(frames):
            level = 255 if every and at // every % 2 else 40 + at % 60
            encoder.write(bytes([level] * 3 + [255]) * (SIZE[0] * SIZE[1]))
    return path


def test_a_strobe_of_seven_and_a_half_hertz_fails_the_film_with_its_shot_and_second(tmp_path: Path) -> None:
    parts = [strobing(tmp_path / "a.mp4", 60, 0), strobing(tmp_path / "b.mp4", 60, 2)]
    made = film(tmp_path / "room", parts, mixed(tmp_path / "mix", 120, FPS), [60, 60])
    found = [(one["check"], one["shot"]) for one in made.facts["findings"]]
    assert found == [("flash", "shot_1")]
    params = made.facts["findings"][0]["reason"]["params"]
    assert 1.85 <= params["at_s"] < 3 and params["area"] == 1.0


def test_what_flashes_across_a_cut_is_found_though_neither_shot_does_alone(tmp_path: Path) -> None:
    parts = [strobing(tmp_path / f"{n}.mp4", 8, 2) for n in range(6)]
    made = film(tmp_path / "room", parts, mixed(tmp_path / "mix", 48, FPS), [8] * 6)
    assert {one["check"] for one in made.facts["findings"]} == {"flash"}


def test_the_grid_is_read_from_the_file_and_is_what_is_seen_when_it_is_decoded(tmp_path: Path) -> None:
    from reelwright.media.checks.frame_stats import measure_frames

    path = strobing(tmp_path / "a.mp4", 20, 3)
    told, looked = load_stats(path, 20, tmp_path), measure_frames(path, tmp_path)
    columns, rows = compute_grid_size(SIZE)
    assert told.grid.shape == looked.grid.shape == (20, rows, columns, 3)
    assert np.abs(told.grid.astype(int) - looked.grid.astype(int)).max() <= 6, "before and after encoding"
