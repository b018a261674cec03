"""Drums and cymbals as one-shots: a falling sine, a noise in its band, and how both die away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reelwright.media.sound.dsp import (
    RATE,
    make_band_pass,
    make_envelope,
    make_noise,
    make_time_axis,
    scale_to_peak,
    to_samples,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drum:
    """The numbers of one drum.

    ``tones``: (start hertz, end hertz, sweep s, decay s, level); ``noises``: (low, high hertz, decay s, level).

    ``claps``: seconds at which the noise strikes again; ``drive``: saturation, 0 for none.
    """

    seconds: float
    tones: tuple[tuple[float, float, float, float, float], ...] = ()
    noises: tuple[tuple[float, float, float, float], ...] = ()
    claps: tuple[float, ...] = (0.0,)
    drive: float = 0.0


DRUMS = {
    "kick_punch": Drum(
        seconds=0.34, tones=((215, 51, 0.024, 0.115, 1.0),), noises=((1800, 9000, 0.004, 0.4),), drive=1.6
    ),
    "kick_soft": Drum(seconds=0.36, tones=((120, 52, 0.03, 0.14, 1.0),), noises=((500, 3000, 0.006, 0.10),), drive=0.6),
    "kick_deep": Drum(seconds=0.9, tones=((90, 40, 0.05, 0.32, 1.0),), noises=((150, 900, 0.03, 0.12),), drive=0.5),
    "kick_808": Drum(seconds=0.42, tones=((180, 47, 0.03, 0.2, 1.0),), noises=((2200, 9000, 0.003, 0.2),), drive=1.2),
    "taiko": Drum(
        seconds=1.1,
        tones=((130, 62, 0.05, 0.34, 1.0), (210, 118, 0.03, 0.16, 0.4)),
        noises=((120, 1400, 0.06, 0.35),),
        drive=0.9,
    ),
    "timpani": Drum(
        seconds=1.2,
        tones=((76, 73.4, 0.05, 0.5, 1.0), (114, 110, 0.05, 0.36, 0.5), (147, 146.8, 0.05, 0.26, 0.3)),
        noises=((150, 1100, 0.03, 0.2),),
    ),
    "snare_tight": Drum(
        seconds=0.3,
        tones=((260, 188, 0.015, 0.07, 0.7), (410, 331, 0.01, 0.045, 0.35)),
        noises=((1500, 9500, 0.085, 0.8),),
        drive=0.8,
    ),
    "snare_soft": Drum(seconds=0.3, tones=((220, 176, 0.02, 0.06, 0.5),), noises=((900, 6000, 0.07, 0.55),), drive=0.2),
    "brush": Drum(seconds=0.32, tones=((200, 180, 0.02, 0.03, 0.12),), noises=((1200, 7000, 0.08, 0.7),)),
    "clap": Drum(seconds=0.34, noises=((850, 4200, 0.075, 1.0),), claps=(0.0, 0.0105, 0.021, 0.029), drive=0.5),
    "clap_snare": Drum(
        seconds=0.34,
        tones=((250, 192, 0.015, 0.08, 0.75),),
        noises=((900, 7500, 0.09, 0.85),),
        claps=(0.0, 0.0105, 0.021),
        drive=0.8,
    ),
    "rim": Drum(
        seconds=0.12,
        tones=((1750, 1700, 0.01, 0.018, 0.7), (480, 470, 0.01, 0.02, 0.5)),
        noises=((2500, 8000, 0.01, 0.3),),
    ),
    "hat": Drum(seconds=0.11, noises=((6500, 12500, 0.022, 1.0),)),
    "hat_open": Drum(seconds=0.4, noises=((6000, 12000, 0.11, 1.0),)),
    "hat_soft": Drum(seconds=0.1, noises=((6000, 12000, 0.02, 1.0),)),
    "shaker": Drum(seconds=0.12, noises=((4500, 11000, 0.03, 1.0),)),
    "tick": Drum(seconds=0.06, tones=((2100, 2000, 0.004, 0.012, 1.0),), noises=((4000, 11000, 0.004, 0.4),)),
    "tom": Drum(seconds=0.5, tones=((190, 105, 0.04, 0.16, 1.0),), noises=((300, 2600, 0.03, 0.25),), drive=0.6),
    "crash": Drum(seconds=2.0, noises=((3000, 11500, 0.5, 0.75), (5000, 12500, 0.16, 0.7))),
    "crash_soft": Drum(seconds=1.8, noises=((2600, 10000, 0.5, 1.0),)),
    "sub": Drum(seconds=0.75, tones=((62, 38, 0.12, 0.3, 1.0),), drive=0.4),
}


def make_drum(name: str, rng: np.random.Generator, tune: float = 1.0) -> np.ndarray:
    """Make one mono stroke, peak 1, its transient at the first sample. ``tune`` scales its tones."""
    made = DRUMS[name]
    count = to_samples(made.seconds)
    time = make_time_axis(count)
    out = np.zeros(count, dtype=np.float32)
    for start, end, sweep, decay, level in made.tones:
        out += np.float32(level) * _swept(start * tune, end * tune, sweep, time) * np.exp(-time / np.float32(decay))
    for low, high, decay, level in made.noises:
        noise = make_noise(count, make_band_pass(low, high), rng) * _strikes(made.claps, decay, time)
        out += np.float32(level) * noise / np.float32(float(np.max(np.abs(noise))) + 1e-9)
    if made.drive:
        out = np.tanh((1.0 + made.drive) * out)
    out = _centred(out * make_envelope(count, 0.0006, min(0.05, made.seconds / 4)))
    return scale_to_peak(out)


def _swept(start: float, end: float, sweep: float, time: np.ndarray) -> np.ndarray:
    """Make a sine that falls from ``start`` to ``end`` hertz; its phase is the integral of the fall."""
    turns = end * time + (start - end) * sweep * (1.0 - np.exp(-time / np.float32(sweep)))
    return np.sin(2 * np.pi * turns).astype(np.float32)


def _strikes(times: tuple[float, ...], decay: float, time: np.ndarray) -> np.ndarray:
    level = np.zeros(len(time), dtype=np.float32)
    for index, at in enumerate(times):
        last = index == len(times) - 1
        since = time - np.float32(at)
        fall = np.exp(-np.maximum(since, 0) / np.float32(decay if last else 0.006))
        level = np.maximum(level, np.where(since >= 0, fall if last else 0.75 * fall, 0))
    return level


def _centred(stroke: np.ndarray) -> np.ndarray:
    """Remove the offset that a short fall of low frequency leaves, where the stroke sounds."""
    window = np.exp(-make_time_axis(len(stroke)) / np.float32(len(stroke) / RATE / 3)) * make_envelope(
        len(stroke), 0.004, 0.03
    )
    centred: np.ndarray = stroke - window * np.float32(float(np.sum(stroke)) / (float(np.sum(window)) + 1e-9))
    return centred
