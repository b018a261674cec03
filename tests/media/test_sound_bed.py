"""Beds: what is asked for lands where it was asked, in every mood, the same each time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from reelwright.errors import BadInput
from reelwright.media.base.work import WorkResult
from reelwright.media.sound.bed import compose_bed
from reelwright.media.sound.dsp import RATE
from reelwright.media.sound.moods import list_moods, load_mood
from reelwright.media.sound.own_mood import choose_own_mood
from reelwright.media.sound.wav import read_wav

FRAME = RATE // 30

CENTROIDS = {
    "energetic": (2600, 5400), "luxury": (900, 3000), "tech": (2000, 4800), "emotional": (900, 3000),
    "documentary": (700, 2600), "comedic": (1300, 3600), "corporate": (1300, 4200), "epic": (900, 3000),
    "tense": (900, 3000), "chill": (700, 2600), "urban": (2000, 4800), "nostalgic": (700, 2600),
}  # fmt: skip
"""Where a published track of the mood has the middle of its spectrum, in hertz; generous on both sides."""


def request(name: str = "energetic", **changed: Any) -> dict[str, Any]:
    """A bed of 12 s at a whole number of bars: lift at 4 s, button at 10 s."""
    low, high = load_mood(name).bpm
    bpm = min(range(low, high + 1), key=lambda b: abs(4 * b / 240 - round(4 * b / 240)) + abs(b / 40 - round(b / 40)))
    sections = [(0, 2500, 4), (2500, 1500, 2), (4000, 3000, 5), (7000, 3000, 4), (10_000, 2000, 2)]
    return {
        "model": "composer/2026.1", "mode": "music", "prompt": name, "ms": 12_000, "bpm_milli": bpm * 1000,
        "lift_ms": 4000, "button_ms": 10_000, "hits": [], "seed": 11, "form": "stop",
        "sections": [{"at_ms": at, "ms": ms, "energy": energy, "beat": "demo"} for at, ms, energy in sections],
    } | changed  # fmt: skip


SHORT: dict[str, Any] = {"ms": 4000, "lift_ms": 1500, "button_ms": 3000, "sections": []}


def made(args: Mapping[str, Any], room: Path) -> tuple[np.ndarray, WorkResult]:
    outcome = compose_bed(args, (), room, lambda done: None)
    track = read_wav(outcome.files[0].path)
    assert track is not None
    return track, outcome


@cache
def composed(name: str) -> np.ndarray:
    """The plain request's bed, composed once for all tests that look at it."""
    with TemporaryDirectory() as room:
        return made(request(name), Path(room))[0]


def level(track: np.ndarray, start_ms: float, end_ms: float) -> float:
    part = track[:, int(start_ms * 48) : int(end_ms * 48)]
    return float(10 * np.log10(np.mean(part.astype(np.float64) ** 2) + 1e-14))


@pytest.mark.parametrize("ms", [20, 333, 1000, 2345, 5001])
def test_a_bed_is_exactly_as_long_as_asked(ms: int, tmp_path: Path) -> None:
    args = request(ms=ms, lift_ms=None, button_ms=ms * 3 // 4, sections=[])
    track, outcome = made(args, tmp_path)
    assert track.shape == (2, ms * 48)
    assert outcome.facts["samples"] == ms * 48
    assert (outcome.files[0].mime, outcome.files[0].name) == ("audio/wav", "bed")


@pytest.mark.parametrize("button_ms", [10_000, 10_017, 9_480])
def test_the_button_strikes_within_a_frame_of_where_it_was_asked(button_ms: int, tmp_path: Path) -> None:
    track, _ = made(request(button_ms=button_ms), tmp_path)
    at = button_ms * 48
    size = np.abs(track).max(axis=0)
    before, after = size[at - 6000 : at].max(), size[at : at + FRAME].max()
    assert after > 0.3 > 0.15 > before
    assert np.flatnonzero(size[at - 6000 : at + FRAME] > 0.2)[0] >= 6000


@pytest.mark.parametrize("name", list_moods())
def test_a_bed_rings_out_and_then_falls_silent_before_the_film_ends(name: str) -> None:
    track = composed(name)
    assert not np.any(track[:, -int(0.2 * RATE) :])
    assert level(track, 11_000, 11_250) > -50, "dead air under the end card"


def test_the_lift_comes_out_of_silence_and_is_louder_than_what_led_to_it() -> None:
    track = composed("energetic")
    half_beat = 30_000 / (request()["bpm_milli"] / 1000)
    assert level(track, 4000 - half_beat + 20, 3999) < -80
    assert level(track, 4000, 6000) > level(track, 2500, 3700) + 3
    size = np.abs(track).max(axis=0)
    assert np.flatnonzero(size[int(3.95 * RATE) :] > 0.15)[0] + int(3.95 * RATE) - 4 * RATE in range(FRAME)


def test_the_bed_is_not_faded_out_before_its_button(tmp_path: Path) -> None:
    track, _ = made(request(sections=[{"at_ms": 0, "ms": 12_000, "energy": 4, "beat": "demo"}]), tmp_path)
    beat = 60_000 / (request()["bpm_milli"] / 1000)
    assert abs(level(track, 10_000 - 3 * beat, 10_000 - beat) - level(track, 6000, 8000)) < 2


@pytest.mark.parametrize("name", ["energetic", "tech", "corporate"])
def test_what_is_struck_stands_on_the_beat(name: str, tmp_path: Path) -> None:
    bpm = {"energetic": 126, "tech": 108, "corporate": 114}[name]
    args = request(name, bpm_milli=bpm * 1000, lift_ms=None, button_ms=round(240_000 / bpm * 5))
    args["sections"] = [{"at_ms": 0, "ms": 12_000, "energy": 4, "beat": "demo"}]
    track, _ = made(args, tmp_path)
    sharp = np.diff(track.mean(axis=0).astype(np.float64), n=2) ** 2
    power = np.convolve(sharp, np.ones(48), mode="same")[::12]
    offsets = []
    for beat in range(1, 17, 2):
        at = round(beat * 60 / bpm * RATE / 12)
        around = power[at - 100 : at + 100] - power[at - 100 : at - 60].mean()
        offsets.append((int(np.flatnonzero(around > 0.25 * around.max())[0]) - 100) * 12 / 48)
    assert np.median(np.abs(offsets)) <= 5 and max(abs(o) for o in offsets) <= 8, offsets


@pytest.mark.parametrize("name", list_moods())
def test_every_mood_is_balanced_clean_and_in_key(name: str) -> None:
    track = composed(name)
    wide = track.astype(np.float64)
    mono = wide.mean(axis=0)
    assert np.max(np.abs(wide)) < 0.9
    assert np.max(np.abs(wide.mean(axis=1))) < 1e-3
    left, right = (float(np.mean(side**2)) for side in wide)
    assert abs(10 * np.log10(left / right)) < 1.5
    assert 10 * np.log10(np.mean(mono**2) / ((left + right) / 2)) > -3
    playing = wide[:, : 10 * RATE]
    crest = 20 * np.log10(np.max(np.abs(playing)) / np.sqrt(np.mean(playing**2)))
    assert 9 < crest < 18
    low, high = CENTROIDS[name]
    assert low < _centroid(mono) < high
    shares = _shares(mono)
    assert shares["sub"] < -3 and shares["mid"] > -12 and -27 < shares["presence"] < -9, shares
    assert _in_key(mono, name) > 0.85


def _centroid(mono: np.ndarray) -> float:
    frames = np.abs(np.fft.rfft(mono[: len(mono) // 4096 * 4096].reshape(-1, 4096) * np.hanning(4096), axis=1))
    heard = frames[frames.sum(axis=1) > 1]
    return float(np.median((heard * np.fft.rfftfreq(4096, 1 / RATE)).sum(axis=1) / heard.sum(axis=1)))


def _shares(mono: np.ndarray) -> dict[str, float]:
    power, hertz = np.abs(np.fft.rfft(mono)) ** 2, np.fft.rfftfreq(len(mono), 1 / RATE)
    bands = {"sub": (20, 60), "mid": (400, 2000), "presence": (2000, 6000)}
    return {
        name: float(10 * np.log10(power[(hertz >= low) & (hertz < high)].sum() / power.sum()))
        for name, (low, high) in bands.items()
    }


def _in_key(mono: np.ndarray, name: str) -> float:
    """Share of the power from 100 to 2000 Hz that lies on notes of the mood's scales and chords."""
    recipe = choose_own_mood(load_mood(name), request()["seed"]).mood
    allowed = set(recipe.scale | recipe.lift_scale)
    for chord in (*recipe.chords.before, *recipe.chords.after, recipe.chords.turn, recipe.chords.cadence):
        allowed |= set(chord.classes)
    power, hertz = np.abs(np.fft.rfft(mono)) ** 2, np.fft.rfftfreq(len(mono), 1 / RATE)
    heard = (hertz > 100) & (hertz < 2000)
    classes = np.round(12 * np.log2(hertz[heard] / 440) + 69).astype(int) % 12
    chroma = np.bincount(classes, weights=power[heard], minlength=12)
    return float(sum(chroma[c] for c in allowed) / chroma.sum())


@pytest.mark.parametrize("name", ["luxury", "emotional"])
def test_a_soft_mood_has_no_clicks(name: str, tmp_path: Path) -> None:
    args = request(name, lift_ms=None, sections=[{"at_ms": 0, "ms": 12_000, "energy": 2, "beat": "brand"}])
    track, _ = made(args, tmp_path)
    assert np.max(np.abs(np.diff(track[:, : 10 * RATE - 100], axis=1))) < 0.2


def test_a_riser_asked_for_on_the_lift_leaves_its_silence_alone(tmp_path: Path) -> None:
    track, _ = made(request(hits=[{"at_ms": 4000, "kind": "riser"}]), tmp_path)
    assert level(track, 3800, 3999) < -80


@pytest.mark.parametrize("kind", ["hit", "tick", "drop", "whoosh", "riser"])
def test_an_accent_lands_within_a_frame(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    quiet = request("luxury", ms=4000, lift_ms=None, button_ms=3500, sections=[{"at_ms": 0, "ms": 4000, "energy": 1}])
    at = 1817
    plain, _ = made(quiet, tmp_path / "a")
    struck, _ = made(quiet | {"hits": [{"at_ms": at, "kind": kind}]}, tmp_path / "b")
    size = np.abs(struck - plain).max(axis=0)
    size[size < 1e-4] = 0
    heard = np.flatnonzero(size > 0.25 * size.max())
    if kind == "riser":
        assert -0.01 * RATE < heard[-1] - at * 48 <= 48
    elif kind == "whoosh":
        assert abs(int(np.argmax(size)) - at * 48) <= FRAME
    else:
        assert 0 <= heard[0] - at * 48 <= FRAME
        assert not np.any(size[: at * 48])


def test_the_same_request_is_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    digests = set()
    for salt in ("1", "2"):
        room = tmp_path / salt
        room.mkdir()
        code = (
            "import sys, json, pathlib; from reelwright.media.sound.bed import compose_bed;"
            "compose_bed(json.loads(sys.argv[1]), (), pathlib.Path(sys.argv[2]), lambda d: None)"
        )
        environ = {**os.environ, "PYTHONHASHSEED": salt}
        args = json.dumps(request("tech", **SHORT))
        subprocess.run([sys.executable, "-c", code, args, str(room)], check=True, env=environ)
        digests.add(hashlib.sha256((room / "bed.wav").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_another_seed_is_another_bed_with_the_same_landmarks(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, first = made(request(seed=1, **SHORT), tmp_path / "a")
    two, second = made(request(seed=2, **SHORT), tmp_path / "b")
    assert not np.array_equal(one, two)
    assert first.facts["button_ms"] == second.facts["button_ms"] == 3000


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("mood", {"prompt": "angry"}),
        ("ms", {"ms": 0}),
        ("ms", {"ms": 10**9}),
        ("bpm_milli", {"bpm_milli": 0}),
        ("bpm_milli", {"bpm_milli": 120.0}),
        ("button_ms", {"button_ms": 13_000}),
        ("lift_ms", {"lift_ms": -1}),
        ("seed", {"seed": "x"}),
        ("form", {"form": "rondo"}),
        ("energy", {"sections": [{"at_ms": 0, "ms": 100, "energy": 6, "beat": "hook"}]}),
        ("hits.kind", {"hits": [{"at_ms": 0, "kind": "bang"}]}),
    ],
)
def test_a_request_that_cannot_be_composed_names_its_field(field: str, changed: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        compose_bed(request() | changed, (), tmp_path, lambda done: None)
    assert caught.value.field == field
    assert not list(tmp_path.iterdir())
