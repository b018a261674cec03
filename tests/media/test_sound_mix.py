"""Mixes: as long as the film, as loud as asked after AAC, and stepping back under voices."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.errors import BadInput, MediaError, WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import probe, probe_sound
from reelwright.media.base.work import Source, WorkResult
from reelwright.media.checks.measure import listen
from reelwright.media.sound.bed import compose_bed
from reelwright.media.sound.dsp import RATE, make_band_pass, make_noise, to_gain
from reelwright.media.sound.ducking import find_speech, make_ducking_curve
from reelwright.media.sound.limit import limit
from reelwright.media.sound.measure_loudness import RAW, keep_raw, parse_loudness
from reelwright.media.sound.mix import make_mix
from reelwright.media.sound.wav import read_wav, write_wav


def mixed(
    room: Path,
    tracks: Sequence[tuple[str, Path, Mapping[str, Any]]],
    frames: int = 90,
    fps: tuple[int, int] = (30, 1),
) -> WorkResult:
    room.mkdir(exist_ok=True)
    args = {
        "fps": list(fps), "frames": frames, "tracks": [dict(given) for _, _, given in tracks],
        "lufs_milli": -14_000, "dbtp_milli": -1000,
    }  # fmt: skip
    sources = [Source(role=role, part="whole", path=path) for role, path, _ in tracks]
    return make_mix(args, sources, room, lambda done: None)


def bed(room: Path, ms: int = 3000, mood: str = "energetic", button_ms: int | None = None) -> Path:
    args = {
        "model": "composer/2026.1", "mode": "music", "prompt": mood, "ms": ms, "bpm_milli": 128_000, "seed": 3,
        "button_ms": ms * 5 // 6 if button_ms is None else button_ms, "hits": [],
        "sections": [{"at_ms": 0, "ms": ms, "energy": 4, "beat": "demo"}],
    }  # fmt: skip
    return compose_bed(args, (), room, lambda done: None).files[0].path


def noise(seconds: float, low: float, high: float, level: float = 0.1) -> np.ndarray:
    made = make_noise(int(seconds * RATE), make_band_pass(low, high, 6.0), np.random.default_rng(5))
    return np.stack([made, made]) * np.float32(level)


def decoded(path: Path, room: Path) -> np.ndarray:
    raw = room / "heard.f32"
    ffmpeg.run(
        [*ffmpeg.build_input(path), "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "f32le", ffmpeg.build_output(raw)]
    )
    return np.fromfile(raw, dtype="<f4").reshape(-1, 2).T


def heard_loudness(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak, frame by frame, from ffmpeg's own metadata."""
    graph = "ebur128=peak=true:metadata=1:framelog=quiet,ametadata=print:key=lavfi.r128.I"
    said = ffmpeg.run([*ffmpeg.build_input(path), "-af", graph, "-f", "null", "-"])
    lufs = float(re.findall(r"lavfi\.r128\.I=(-?[\d.]+)", said)[-1])
    peak = float(re.findall(r"Peak: +(-?[\d.]+) dBFS", said)[-1])
    return lufs, peak


@pytest.mark.parametrize("fps", [(24, 1), (25, 1), (30, 1), (30_000, 1001)])
@pytest.mark.parametrize("frames", [12, 47, 90])
def test_a_mix_is_as_long_as_its_film_to_the_sample(fps: tuple[int, int], frames: int, tmp_path: Path) -> None:
    source = tmp_path / "in.wav"
    write_wav(source, noise(4.0, 200, 2000))
    made = mixed(tmp_path / "out", [("bed", source, {"at": 0, "length": frames})], frames, fps)
    wanted = int(Fraction(frames * fps[1] * RATE, fps[0]) + Fraction(1, 2))
    assert made.facts["samples"] == wanted
    assert [file.path.name for file in made.files] == ["mix.m4a", "mix.flac"]
    for file in made.files:
        assert probe_sound(file.path).samples == wanted
        assert decoded(file.path, tmp_path).shape == (2, wanted)


@pytest.mark.parametrize(("ms", "mood"), [(3000, "energetic"), (6000, "urban"), (6000, "corporate"), (30_000, "tech")])
def test_loudness_and_true_peak_hold_after_aac(ms: int, mood: str, tmp_path: Path) -> None:
    made = mixed(
        tmp_path / "out", [("bed", bed(tmp_path, ms, mood), {"at": 0, "length": ms * 3 // 100})], ms * 3 // 100
    )
    lufs, peak = heard_loudness(made.files[0].path)
    assert abs(lufs + 14) <= 0.3
    assert peak <= -1.0 + 0.05
    assert abs(made.facts["lufs_milli"] / 1000 - lufs) <= 0.15
    assert made.facts["dbtp_milli"] <= -1000


@pytest.mark.sampled(count=2)
@pytest.mark.parametrize(("ms", "card_ms"), [(20_000, 6_700), (60_000, 10_000), (20_000, 3_000)])
@pytest.mark.parametrize("mood", ["documentary", "epic"])
def test_the_last_second_of_a_film_sounds_however_long_its_end_card_stands(
    mood: str, ms: int, card_ms: int, tmp_path: Path
) -> None:
    """The bed of a 60 s film was over after six seconds of its end card: the last second was silent."""
    frames = ms * 3 // 100
    made = mixed(
        tmp_path / "out", [("bed", bed(tmp_path, ms, mood, ms - card_ms), {"at": 0, "length": frames})], frames
    )
    heard = decoded(made.files[0].path, tmp_path).astype(np.float64)
    seconds = np.sqrt(np.mean(heard[:, -6 * RATE :].reshape(2, 6, RATE) ** 2, axis=(0, 2)))
    assert 20 * np.log10(seconds.min() + 1e-9) > -50, 20 * np.log10(seconds + 1e-9)
    assert not listen(made.files[0].path, Fraction(ms, 1000)).silences
    assert 20 * np.log10(np.abs(heard[:, -RATE // 10 :]).max() + 1e-9) < -60, "the music is cut off, not over"


def test_a_spiky_mix_is_limited_and_still_reaches_its_loudness(tmp_path: Path) -> None:
    track = noise(4.0, 100, 4000, 0.05)
    track[:, :: RATE // 3] = 0.9
    source = tmp_path / "in.wav"
    write_wav(source, track)
    made = mixed(tmp_path / "out", [("bed", source, {"at": 0, "length": 120})], 120)
    lufs, peak = heard_loudness(made.files[0].path)
    assert abs(lufs + 14) <= 0.3 and peak <= -0.95
    assert made.facts["limited_db_milli"] < -1000


def test_the_bed_steps_back_under_a_voice_and_comes_back_after_it(tmp_path: Path) -> None:
    under, voice = tmp_path / "bed.wav", tmp_path / "voice.wav"
    write_wav(under, noise(8.0, 5000, 9000))
    write_wav(voice, noise(2.0, 200, 900))
    tracks = [("bed", under, {"at": 0, "length": 240}), ("voice", voice, {"at": 90, "length": 60})]
    made = mixed(tmp_path / "out", tracks, 240)
    high = _level_above(decoded(made.files[1].path, tmp_path), 4000)
    depth = high(3.3, 4.7) - high(0.5, 2.5)
    assert -10 <= depth <= -8
    assert abs(high(6.2, 7.8) - high(0.5, 2.5)) < 0.5
    assert made.facts["tracks"][0]["duck_db_milli"] == pytest.approx(-9000, abs=50)


def test_music_that_is_wanted_softer_is_softer_beside_a_voice_and_the_film_as_loud_as_before(tmp_path: Path) -> None:
    under, voice = tmp_path / "bed.wav", tmp_path / "voice.wav"
    write_wav(under, noise(4.0, 5000, 9000))
    write_wav(voice, noise(2.0, 200, 900))
    high, loudness = [], []
    for n, level in enumerate((0, -6000)):
        tracks = [
            ("bed", under, {"at": 0, "length": 120, "level_milli_db": level}),
            ("voice", voice, {"at": 45, "length": 60}),
        ]
        made = mixed(tmp_path / f"out{n}", tracks, 120)
        high.append(
            _level_above(decoded(made.files[1].path, tmp_path), 4000)(0.3, 1.3) - made.facts["gain_db_milli"] / 1000
        )
        loudness.append(made.facts["lufs_milli"])
    assert high[1] - high[0] == pytest.approx(-6, abs=0.3)
    assert all(abs(lufs + 14_000) <= 300 for lufs in loudness)


def _level_above(track: np.ndarray, hertz: float) -> Any:
    def level(start: float, end: float) -> float:
        part = track[0, int(start * RATE) : int(end * RATE)].astype(np.float64)
        power = np.abs(np.fft.rfft(part)) ** 2
        return float(10 * np.log10(power[np.fft.rfftfreq(len(part), 1 / RATE) > hertz].sum() / len(part) ** 2))

    return level


def test_a_short_gap_in_a_voice_is_not_filled_with_music() -> None:
    voice = np.concatenate([noise(1.0, 200, 900), np.zeros((2, RATE // 2), np.float32), noise(1.0, 200, 900)], axis=1)
    assert len(find_speech(voice)) == 1
    level = make_ducking_curve(voice.shape[1], find_speech(voice))
    assert level is not None and level[int(1.25 * RATE)] == pytest.approx(to_gain(-9.0), rel=1e-3)
    assert make_ducking_curve(RATE, find_speech(np.zeros((2, RATE), np.float32))) is None


def test_a_take_s_sound_lies_where_its_shot_does_from_the_frame_that_is_shown(tmp_path: Path) -> None:
    track = np.zeros((2, 3 * RATE), np.float32)
    track[:, RATE : RATE + 4800] = noise(0.1, 300, 3000, 0.3)
    clip = _clip(tmp_path / "clip.mp4", track)
    made = mixed(tmp_path / "out", [("sound", clip, {"at": 45, "length": 30, "start": 15, "level": "keep"})], 90)
    heard = np.abs(decoded(made.files[1].path, tmp_path)).max(axis=0)
    first = np.flatnonzero(heard > 0.1 * heard.max())[0]
    assert abs(first - 2.0 * RATE) < RATE / 30
    assert made.facts["tracks"] == [{"role": "sound", "heard": True, "gain_db_milli": 0}]


def _clip(path: Path, track: np.ndarray | None, seconds: int = 3) -> Path:
    picture = ["-f", "lavfi", "-i", f"color=c=red:s=64x64:r=30:d={seconds}"]
    sound: list[str] = []
    if track is not None:
        wav = path.with_suffix(".wav")
        write_wav(wav, track)
        sound = ["-i", f"file:{wav}", "-c:a", "aac", "-map", "0:v", "-map", "1:a"]
    ffmpeg.run([*picture, *sound, "-c:v", "libx264", "-preset", "ultrafast", ffmpeg.build_output(path)])
    return path


def test_a_source_without_sound_is_silence_and_the_facts_say_so(tmp_path: Path) -> None:
    clip = _clip(tmp_path / "clip.mp4", None)
    made = mixed(tmp_path / "out", [("sound", clip, {"at": 0, "length": 90, "level": "keep"})])
    assert made.facts["tracks"] == [{"role": "sound", "heard": False}]
    assert made.facts["lufs_milli"] is None and made.facts["dbtp_milli"] is None


def test_a_film_without_tracks_has_silent_sound_and_no_loudness(tmp_path: Path) -> None:
    made = mixed(tmp_path / "out", [])
    assert not np.any(decoded(made.files[0].path, tmp_path))
    assert made.facts["lufs_milli"] is None and made.facts["samples"] == 3 * RATE


def test_the_same_mix_is_the_same_bytes(tmp_path: Path) -> None:
    source = bed(tmp_path, 2000)
    digests = set()
    for name in ("a", "b"):
        made = mixed(tmp_path / name, [("bed", source, {"at": 0, "length": 60})], 60)
        digests.add(tuple(hashlib.sha256(file.path.read_bytes()).hexdigest() for file in made.files))
    assert len(digests) == 1


def test_copied_beside_a_picture_the_sound_starts_with_it(tmp_path: Path) -> None:
    track = noise(3.0, 300, 3000, 0.01)
    track[:, RATE : RATE + 480] = noise(0.01, 300, 3000, 0.8)
    source = tmp_path / "in.wav"
    write_wav(source, track)
    made = mixed(tmp_path / "out", [("bed", source, {"at": 0, "length": 90})])
    film = tmp_path / "film.mp4"
    picture = _clip(tmp_path / "clip.mp4", None)
    inputs = [*ffmpeg.build_input(picture), *ffmpeg.build_input(made.files[0].path)]
    ffmpeg.run([*inputs, "-map", "0:v", "-map", "1:a", "-c", "copy", ffmpeg.build_output(film)])
    found = probe(film)
    assert found.audio is not None and abs(found.audio.start - found.start) <= Fraction(1, 30)
    assert abs(found.audio.samples - 3 * RATE) <= 1
    heard = np.abs(decoded(film, tmp_path)).max(axis=0)
    assert abs(int(np.flatnonzero(heard > 0.3 * heard.max())[0]) - RATE) < RATE / 1000 * 3


def test_what_a_mix_is_not_made_of_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.m4a"
    broken.write_bytes(b"not sound at all")
    with pytest.raises(MediaError) as refused:
        mixed(tmp_path / "out", [("voice", broken, {"at": 0, "length": 30})])
    assert refused.value.code == "ffmpeg_failed" and "moov atom not found" in refused.value.last_words
    with pytest.raises(BadInput) as level:
        mixed(tmp_path / "out", [("sound", broken, {"at": 0, "length": 30, "level": "loud"})])
    assert level.value.field == "tracks.level"
    with pytest.raises(BadInput) as at:
        mixed(tmp_path / "out", [("bed", broken, {"at": -1, "length": 30})])
    assert at.value.field == "tracks.at"
    with pytest.raises(BadInput) as fps:
        make_mix({"fps": [0, 1], "frames": 3, "tracks": []}, (), tmp_path, lambda done: None)
    assert fps.value.field == "fps"
    with pytest.raises(BadInput) as count:
        make_mix({"fps": [30, 1], "frames": 3, "tracks": [{}]}, (), tmp_path, lambda done: None)
    assert count.value.field == "tracks"


def test_a_measurement_without_its_summary_is_not_taken_for_one() -> None:
    with pytest.raises(WrongResult):
        parse_loudness("Integrated loudness:\n    I: loud")


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), drive=st.floats(0.5, 12.0), spikes=st.integers(0, 20))
def test_nothing_passes_the_limiter(seed: int, drive: float, spikes: int) -> None:
    rng = np.random.default_rng(seed)
    track = (drive * 0.2 * rng.standard_normal((2, 7000))).astype(np.float32)
    track[:, rng.integers(0, 7000, spikes)] *= 8
    limited, least = limit(track, 0.8)
    assert float(np.max(np.abs(limited))) <= 0.8 * 1.0001
    assert 0 < least <= 1
    quiet, untouched = limit(track * np.float32(0.01 / drive), 0.8)
    assert untouched == 1.0 and np.array_equal(quiet, track * np.float32(0.01 / drive))


@given(count=st.integers(0, 3000))
def test_a_wav_comes_back_as_it_was_kept(count: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "kept.wav"
    track = np.random.default_rng(count).uniform(-1, 1, (2, count)).astype(np.float32)
    write_wav(path, track)
    found = read_wav(path)
    assert found is not None and found.shape == track.shape
    assert not count or float(np.max(np.abs(found - track))) < 2**-22


# the end of a bed that was bought


def song(seconds: float, path: Path, ring: float = 0.0) -> Path:
    """Music as a model sells it: steady, cut off where its time is over, or rung out from ``ring`` seconds before."""
    track = noise(seconds, 100, 4000)
    if ring:
        count = int(ring * RATE)
        track[:, -count:] *= np.exp(-6 * np.arange(count, dtype=np.float32) / count)
    raw = keep_raw(path.with_suffix(".f32"), track)
    ffmpeg.run([*ffmpeg.build_input(raw, *RAW), "-c:a", "libmp3lame", ffmpeg.build_output(path)])
    return path


def curve(path: Path, room: Path) -> np.ndarray:
    """The level of each tenth of a second in decibels, the loudest at 0."""
    heard = decoded(path, room)
    usable = heard[:, : heard.shape[1] // 4800 * 4800].reshape(2, -1, 4800)
    level = 10 * np.log10(np.mean(usable**2, axis=(0, 2)) + 1e-12)
    found: np.ndarray = level - level.max()
    return found


@pytest.mark.parametrize("longer", [0.0, 0.6, 4.0])
def test_a_bought_bed_fades_to_silence_where_the_film_ends(longer: float, tmp_path: Path) -> None:
    source = song(10 + longer, tmp_path / "song.mp3")
    made = mixed(tmp_path / "out", [("bed", source, {"at": 0, "length": 300, "fade": 60})], 300)
    level = curve(made.files[1].path, tmp_path)
    assert min(level[5:78]) > -3, "it does not go down before"
    last = level[79:]
    assert all(b < a + 0.5 for a, b in pairwise(last)) and last[-1] < -60 and "findings" not in made.facts
    assert -12 < level[89] < -4, "half-way down at half the time"


def test_a_bought_bed_that_ends_by_itself_keeps_its_last_note(tmp_path: Path) -> None:
    source = song(9.4, tmp_path / "song.mp3", ring=1.5)
    made = mixed(tmp_path / "out", [("bed", source, {"at": 0, "length": 300, "fade": 60})], 300)
    kept = mixed(tmp_path / "kept", [("bed", source, {"at": 0, "length": 300})], 300)
    there, uncut = (decoded(one.files[1].path, tmp_path)[:, RATE // 50 :] for one in (made, kept))
    assert np.abs(there - uncut).max() < 0.02, "but for its first moment, which would click"


def test_a_bought_bed_that_is_shorter_fades_before_it_stops_and_says_so(tmp_path: Path) -> None:
    source = song(6.0, tmp_path / "song.mp3")
    made = mixed(tmp_path / "out", [("bed", source, {"at": 0, "length": 300, "fade": 60})], 300)
    level = curve(made.files[1].path, tmp_path)
    assert level[35] > -3 and level[50] < -4 and level[57] < -15 and max(level[61:]) < -60
    (finding,) = made.facts["findings"]
    assert finding["check"] == "music" and round(finding["reason"]["params"]["lacks_s"], 1) == 4.0


def test_a_bed_of_silence_has_no_end(tmp_path: Path) -> None:
    source = tmp_path / "in.wav"
    write_wav(source, np.zeros((2, 4 * RATE), dtype=np.float32))
    made = mixed(tmp_path / "out", [("bed", source, {"at": 0, "length": 90, "fade": 30})], 90)
    assert made.facts["lufs_milli"] is None
