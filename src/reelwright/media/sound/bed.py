"""The work ``composer.bed``: a bed composed to the exact length, that lifts and ends where the film does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.errors import WrongResult
from reelwright.media.sound.accents import accents
from reelwright.media.sound.arrange import Piece, begin
from reelwright.media.sound.asked import Asked, asked
from reelwright.media.sound.dsp import RATE
from reelwright.media.sound.landmarks import button_lines, hushes, tail_end
from reelwright.media.sound.lines import part_lines
from reelwright.media.sound.render import render
from reelwright.media.sound.rhythm import drum_lines, kicks
from reelwright.media.sound.score import Score
from reelwright.media.sound.wav import read_wav, write_wav
from reelwright.media.work import Made, MadeFile, Report, Source


def compose_bed(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> Made:
    """Exactly ``ms`` milliseconds of 48 kHz stereo, 24-bit WAV; the same bytes each time. Spends nothing.

    ``args``: prompt (the mood), ms, bpm_milli, lift_ms (optional), button_ms, sections, hits, seed. Raises
    ``BadInput`` naming the field. Facts: landmarks as they fell in milliseconds, samples, rate, bars, peak.
    """
    wanted = asked(args)
    piece = begin(wanted)
    track = compose(piece, report)
    path = room / "bed.wav"
    write_wav(path, track)
    kept = read_wav(path)
    if kept is None or kept.shape != (2, wanted.samples):
        raise WrongResult(f"the bed is not {wanted.samples} samples long")
    report(1.0)
    return Made(files=(MadeFile(path=path, mime="audio/wav", name="bed"),), facts=_facts(wanted, piece, track))


def compose(piece: Piece, report: Callable[[float], None]) -> np.ndarray:
    """The bed as (2, samples) float32."""
    score = written(piece)
    return render(score, piece.asked.seed, piece.mood.pump, piece.mood.plate, accents(piece), report)


def written(piece: Piece) -> Score:
    """The score of a bed: what is played, before anything sounds."""
    return Score(
        length=piece.asked.samples,
        lines=(*drum_lines(piece), *part_lines(piece), *button_lines(piece)),
        hushes=hushes(piece),
        kicks=kicks(piece),
        echo=round(piece.grid.beat * 0.75),
        tail_end=tail_end(piece),
        facts={"button": piece.grid.button},
    )


def _facts(wanted: Asked, piece: Piece, track: np.ndarray) -> dict[str, Any]:
    lift = piece.grid.lift
    return {
        "mood": wanted.mood,
        "rate": RATE,
        "samples": int(track.shape[1]),
        "bars": len(piece.grid.bars),
        "lift_ms": round(piece.grid.at(lift) * 1000 / RATE) if lift else None,
        "button_ms": round(piece.grid.button * 1000 / RATE),
        "silent_from_ms": round(min(tail_end(piece), wanted.samples) * 1000 / RATE),
        "peak_milli": round(float(np.max(np.abs(track))) * 1000) if track.size else 0,
    }
