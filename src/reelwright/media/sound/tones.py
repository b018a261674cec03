"""Notes are made by three engines: harmonic bands that decay apart, struck partials, or a cloud of detuned partials."""

from __future__ import annotations

import numpy as np

from reelwright.media.sound.dsp import (
    RATE,
    find_fast_length,
    make_band_pass,
    make_envelope,
    make_noise,
    make_time_axis,
    scale_to_peak,
    to_samples,
)
from reelwright.media.sound.sounds import Sound

TABLE_BITS = 14
TOP_HZ = 17_000.0
_SINE = np.sin(2 * np.pi * np.arange(1 << TABLE_BITS) / (1 << TABLE_BITS)).astype(np.float32)


def to_hertz(pitch: float) -> float:
    """Return the frequency of a MIDI pitch."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def make_tone(sound: Sound, pitch: int, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Make one mono note, peak 1, that is held for ``seconds`` and then released."""
    note = _bands(sound, pitch, seconds, rng) if sound.engine == "bands" else _struck(sound, pitch, seconds)
    if sound.breath:
        note = note + _breath(sound, pitch, len(note), rng)
    note = note * make_envelope(len(note), sound.attack, sound.release)
    return scale_to_peak(note)


def _cycles(count: int, frequency: float, start: float = 0.0) -> np.ndarray:
    """Return the phase as a wrapping 32-bit counter: exact over minutes, and its top bits address a table."""
    step = np.uint32(int(frequency / RATE * 2**32) & 0xFFFFFFFF)
    return np.arange(count, dtype=np.uint32) * step + np.uint32(int(start * 2**32) & 0xFFFFFFFF)


def _look_up(table: np.ndarray, phase: np.ndarray) -> np.ndarray:
    found: np.ndarray = table[phase >> np.uint32(32 - TABLE_BITS)]
    return found


def _bands(sound: Sound, pitch: int, seconds: float, rng: np.random.Generator) -> np.ndarray:
    base = to_hertz(pitch)
    count = to_samples(seconds + sound.release)
    time = make_time_axis(count)
    phases = [_bent(_cycles(count, base * c, s), time, base, sound) for c, s in _unison(sound, rng)]
    out = np.zeros(count, dtype=np.float32)
    for octave, table in enumerate(_octave_tables(sound, base)):
        wave = sum(_look_up(table, phase) for phase in phases)
        out += wave * _band_level(sound, octave, time)
    if sound.sub:
        out += np.float32(sound.sub * len(phases) ** 0.5) * _look_up(_SINE, _cycles(count, base))
    return out


def _unison(sound: Sound, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Return the frequency factor and starting phase of each voice."""
    if sound.voices == 1:
        return [(1.0, 0.0)]
    cents = np.linspace(-sound.detune, sound.detune, sound.voices)
    return [(float(2.0 ** (c / 1200.0)), float(rng.random())) for c in cents]


def _bent(phase: np.ndarray, time: np.ndarray, base: float, sound: Sound) -> np.ndarray:
    """Bend a phase by vibrato that comes in late, and by a glide into the pitch at the onset."""
    if not sound.vibrato and not sound.glide:
        return phase
    bend = np.zeros(len(time), dtype=np.float64)
    if sound.vibrato:
        depth = base * (2.0 ** (sound.vibrato / 1200.0) - 1.0) / (2 * np.pi * 5.2)
        bend += depth * np.sin(2 * np.pi * 5.2 * time) * np.clip((time - 0.18) / 0.3, 0.0, 1.0)
    if sound.glide:
        bend += base * (2.0 ** (sound.glide / 12.0) - 1.0) * 0.018 * (1.0 - np.exp(-time / 0.018))
    return phase + (bend * 2**32).astype(np.int64).astype(np.uint32)


def _octave_tables(sound: Sound, base: float) -> list[np.ndarray]:
    """Return one cycle for each octave of harmonics (1, 2–3, 4–7 …) under the top of hearing."""
    top = max(1, min(int(TOP_HZ / base), 160))
    order = np.arange(1, top + 1, dtype=np.float64)
    level = order**-sound.slope * np.where(order % 2 == 0, sound.even, 1.0)
    level *= 1.0 / (1.0 + (order * base / sound.top_hz) ** 2)
    level *= 1.0 / np.sqrt(1.0 + (sound.low_hz / (order * base)) ** 4)
    if sound.pick:
        level *= np.abs(np.sin(np.pi * order * sound.pick)) + 0.02
    for centre, boost in sound.formants:
        level *= 1.0 + boost * np.exp(-(((order * base - centre) / (0.18 * centre)) ** 2))
    tables, first = [], 1
    while first <= top:
        last = min(top, 2 * first - 1)
        spectrum = np.zeros((1 << TABLE_BITS) // 2 + 1, dtype=np.complex128)
        spectrum[first : last + 1] = -0.5j * level[first - 1 : last]
        tables.append((np.fft.irfft(spectrum) * (1 << TABLE_BITS)).astype(np.float32))
        first = last + 1
    return tables


def _band_level(sound: Sound, octave: int, time: np.ndarray) -> np.ndarray:
    fall = sound.decay * sound.damping**octave
    stay = np.float32(sound.sustain * sound.damping ** (0.5 * octave))
    level = stay + (1 - stay) * np.exp(-time / np.float32(fall))
    if sound.swell:
        level = level * (1.0 - np.exp(-time / np.float32(sound.swell * (0.4 + 0.6 * octave))))
    return level


def _struck(sound: Sound, pitch: int, seconds: float) -> np.ndarray:
    base = to_hertz(pitch)
    count = to_samples(seconds + sound.release)
    time = make_time_axis(count)
    ring = sound.decay * (440.0 / base) ** 0.35
    out = np.zeros(count, dtype=np.float32)
    for ratio, level, fade in sound.partials or sound.harmonics:
        frequency = base * ratio * (1.0 + sound.stiffness * ratio * ratio) ** 0.5
        if frequency > TOP_HZ:
            continue
        heard = min(count, to_samples(6.9 * ring * fade))
        fall = np.exp(-time[:heard] / np.float32(ring * fade))
        wave = _look_up(_SINE, _cycles(heard, frequency))
        if sound.detune:
            wave = 0.6 * wave + 0.4 * _look_up(_SINE, _cycles(heard, frequency * 2.0 ** (sound.detune / 1200.0)))
        out[:heard] += np.float32(level / (1.0 + (frequency / sound.top_hz) ** 2)) * fall * wave
    return out


def _breath(sound: Sound, pitch: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Make noise of bow, hammer, pick or lungs around the note's third harmonic; short unless the sound sustains."""
    centre = min(6_000.0, 3.0 * to_hertz(pitch))
    stays = sound.sustain > 0.3
    heard = count if stays else min(count, to_samples(0.1))
    noise = make_noise(heard, make_band_pass(centre * 0.6, centre * 2.2), rng)
    fall = 0.3 + 0.7 * np.exp(-make_time_axis(heard) / 0.05) if stays else np.exp(-make_time_axis(heard) / 0.012)
    out = np.zeros(count, dtype=np.float32)
    out[:heard] = np.float32(sound.breath) * noise * fall
    return out


def make_cloud(sound: Sound, pitches: tuple[int, ...], seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Make a chord as (2, n): left and right share half of their phases, so that it is wide and still folds to mono."""
    count = to_samples(seconds + sound.release)
    size = min(find_fast_length(count), 3 << 16)
    dull, bright = _cloud_spectra(sound, pitches, size)
    middle, side = _random_phases(dull.size, rng), _random_phases(dull.size, rng)
    spin = np.stack([middle + np.float32(sound.width) * side, middle - np.float32(sound.width) * side])
    wave = np.fft.irfft(spin * dull, size)
    wave /= np.sqrt(np.mean(wave**2, axis=1, keepdims=True)) * 4.0 + 1e-12
    glow = np.fft.irfft(spin * bright, size)
    glow /= np.sqrt(np.mean(glow**2, axis=1, keepdims=True)) * 4.0 + 1e-12
    return _moving(sound, wave, glow, count, seconds)


def _moving(sound: Sound, wave: np.ndarray, glow: np.ndarray, count: int, seconds: float) -> np.ndarray:
    """Open the filter over the note; its texture is periodic by construction, so it may be tiled without a seam."""
    turns = -(-count // wave.shape[1])
    time = make_time_axis(count)
    opening = np.float32(sound.glow) * (0.35 + 0.65 * np.clip(time / max(0.3, seconds), 0.0, 1.0))
    tiled = np.tile(wave, turns)[:, :count] + np.tile(glow, turns)[:, :count] * opening
    if sound.tremolo:
        tiled = tiled * (1.0 - 0.55 * (0.5 + 0.5 * np.cos(2 * np.pi * np.float32(sound.tremolo) * time)))
    if sound.fall_db:
        tiled = tiled * np.exp(np.float32(-sound.fall_db / 8.686) * time / np.float32(seconds))
    shaped: np.ndarray = tiled * make_envelope(count, min(sound.attack, seconds), sound.release)
    return shaped.astype(np.float32)


def _random_phases(count: int, rng: np.random.Generator) -> np.ndarray:
    turn = rng.integers(0, 1 << TABLE_BITS, count)
    phases: np.ndarray = _SINE[turn] + 1j * _SINE[(turn + (1 << (TABLE_BITS - 2))) & ((1 << TABLE_BITS) - 1)]
    return phases


def _cloud_spectra(sound: Sound, pitches: tuple[int, ...], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the magnitudes of the dull and of the bright half:
    each partial a bell as wide as its players are apart.
    """
    dull = np.zeros(size // 2 + 1, dtype=np.float32)
    bright = np.zeros_like(dull)
    per_hertz = size / RATE
    for pitch in pitches:
        base = to_hertz(pitch)
        for order in range(1, min(48, int(TOP_HZ / base)) + 1):
            centre = base * order
            level = order**-sound.slope * (sound.even if order % 2 == 0 else 1.0)
            level /= (1.0 + (sound.low_hz / centre) ** 4) ** 0.5
            for peak, boost in sound.formants:
                level *= 1.0 + boost * float(np.exp(-(((centre - peak) / (0.2 * peak)) ** 2)))
            wide = max(0.8, (2.0 ** (sound.detune / 1200.0) - 1.0) * centre * per_hertz)
            first, last = int(centre * per_hertz - 3 * wide), int(centre * per_hertz + 3 * wide) + 2
            last = min(last, dull.size)
            if first >= last:
                break
            bell = np.exp(-(((np.arange(first, last) - centre * per_hertz) / wide) ** 2)) * (level / wide**0.5)
            dull[first:last] += bell / (1.0 + (centre / sound.top_hz) ** 2)
            bright[first:last] += bell * (centre / sound.top_hz) ** 2 / (1.0 + (centre / sound.top_hz) ** 2)
    bright /= (1.0 + (np.arange(bright.size) / per_hertz / (4.0 * sound.top_hz)) ** 2).astype(np.float32)
    return dull, bright
