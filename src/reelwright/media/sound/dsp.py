"""Arithmetic on samples for all other modules: rate, decibels, envelopes, convolution, shaped noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

RATE = 48_000
BLOCK = 1 << 17


def to_gain(db: float) -> float:
    """Convert decibels to a factor."""
    return float(10.0 ** (db / 20.0))


def to_decibels(factor: float) -> float:
    """Convert a factor to decibels; -120 for silence."""
    return float(20.0 * np.log10(factor)) if factor > 1e-6 else -120.0


def scale_to_peak(track: np.ndarray, peak: float = 1.0) -> np.ndarray:
    """Scale the track so that its largest sample is ``peak``."""
    scaled: np.ndarray = track * np.float32(peak / (float(np.max(np.abs(track))) + 1e-9))
    return scaled


def to_samples(seconds: float) -> int:
    """Return the whole number of samples nearest to ``seconds``, which are not negative."""
    return int(seconds * RATE + 0.5)


def make_time_axis(count: int) -> np.ndarray:
    """Return the seconds of each of ``count`` samples, float32."""
    return np.arange(count, dtype=np.float32) / np.float32(RATE)


def make_envelope(count: int, attack: float, release: float) -> np.ndarray:
    """Make a raised-cosine rise over ``attack`` seconds and fall over ``release`` seconds, one between: no clicks."""
    shape = np.ones(count, dtype=np.float32)
    rise, fall = min(count, to_samples(attack)), min(count, to_samples(release))
    if rise:
        shape[:rise] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(rise, dtype=np.float32) / rise)
    if fall:
        shape[count - fall :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1, dtype=np.float32) / fall)
    return shape


def convolve(signal: np.ndarray, responses: list[np.ndarray]) -> np.ndarray:
    """Convolve ``signal`` (n,) with each response of less than 131072 samples: (responses, n). Overlap and add."""
    longest = max(len(response) for response in responses)
    step = BLOCK - longest + 1
    rows = -(-len(signal) // step)
    padded = np.zeros(rows * step, dtype=np.float32)
    padded[: len(signal)] = signal
    spectra = np.fft.rfft(padded.reshape(rows, step), BLOCK)
    out = np.zeros((len(responses), rows * step + BLOCK), dtype=np.float32)
    for number, response in enumerate(responses):
        blocks = np.fft.irfft(spectra * np.fft.rfft(response.astype(np.float32), BLOCK), BLOCK)
        for row in range(rows):
            out[number, row * step : row * step + BLOCK] += blocks[row]
    return out[:, : len(signal)]


def find_fast_length(count: int) -> int:
    """Return the power of two, or three quarters of one, that holds ``count``: quick to transform."""
    power = 1 << max(4, (count - 1).bit_length())
    return power * 3 // 4 if power * 3 // 4 >= count else power


def make_noise(count: int, colour: Callable[[np.ndarray], np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Make noise of ``count`` samples whose spectrum follows ``colour(hertz)``; peak near one, no DC."""
    size = find_fast_length(count)
    spectrum = np.fft.rfft(rng.standard_normal(size).astype(np.float32))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    spectrum *= colour(np.maximum(hertz, 1.0)).astype(np.float32)
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, size)[:count].astype(np.float32)
    return noise / np.float32(3.0 * float(np.std(noise)) + 1e-9)


def make_band_pass(low: float, high: float, slope: float = 2.0) -> Callable[[np.ndarray], np.ndarray]:
    """Make a band-pass curve in magnitude: flat between ``low`` and ``high`` hertz, ``slope`` 2 is 12 dB an octave."""

    def curve(hertz: np.ndarray) -> np.ndarray:
        return 1.0 / np.sqrt((1.0 + (low / hertz) ** (2 * slope)) * (1.0 + (hertz / high) ** (2 * slope)))

    return curve
