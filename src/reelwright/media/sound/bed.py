"""The work ``composer.bed`` composes a bed to the exact length, that lifts and ends where the film does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.errors import WrongResult
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult
from reelwright.media.sound.accents import make_accents
from reelwright.media.sound.arrange import Piece, begin_piece
from reelwright.media.sound.bed_request import BedRequest, read_bed_request
from reelwright.media.sound.dsp import RATE
from reelwright.media.sound.forms import RISE_DB
from reelwright.media.sound.landmarks import find_tail_end, make_button_lines, make_hushes
from reelwright.media.sound.lines import make_part_lines
from reelwright.media.sound.render import render
from reelwright.media.sound.rhythm import find_kicks, make_drum_lines
from reelwright.media.sound.score import Score
from reelwright.media.sound.wav import read_wav, write_wav


def compose_bed(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Compose exactly ``ms`` milliseconds of 48 kHz stereo, 24-bit WAV; the same bytes each time. Spends nothing.

    ``args``: prompt (the mood), ms, bpm_milli, lift_ms (optional), button_ms, sections, hits, seed, form (optional).
    Raises ``BadInput`` naming the field. Facts: form, landmarks as they fell in milliseconds, samples, rate, bars and
    peak.
    """
    wanted = read_bed_request(args)
    piece = begin_piece(wanted)
    track = compose(piece, report)
    path = room / "bed.wav"
    write_wav(path, track)
    kept = read_wav(path)
    if kept is None or kept.shape != (2, wanted.samples):
        found = 0 if kept is None else kept.shape[1]
        raise WrongResult(code="samples_wrong", file=path.name, found=found, rate=RATE, wanted=wanted.samples)
    report(1.0)
    return WorkResult(files=(ResultFile(path=path, mime="audio/wav", name="bed"),), facts=_facts(wanted, piece, track))


def compose(piece: Piece, report: Callable[[float], None]) -> np.ndarray:
    """Compose the bed as (2, samples) float32."""
    score = write_score(piece)
    return render(score, piece.request.seed, piece.mood.pump, piece.mood.plate, make_accents(piece), report)


def write_score(piece: Piece) -> Score:
    """Write the score of a bed: what is played, before anything sounds."""
    return Score(
        length=piece.request.samples,
        lines=(*make_drum_lines(piece), *make_part_lines(piece), *make_button_lines(piece)),
        hushes=make_hushes(piece),
        kicks=find_kicks(piece),
        echo=round(piece.grid.beat * 0.75),
        tune=2.0 ** (piece.semitones / 12),
        rise_db=RISE_DB[piece.form],
        tail_end=find_tail_end(piece),
        facts={"button": piece.grid.button},
    )


def _facts(wanted: BedRequest, piece: Piece, track: np.ndarray) -> dict[str, Any]:
    lift = piece.grid.lift
    return {
        "mood": wanted.mood,
        "form": piece.form,
        "rate": RATE,
        "samples": int(track.shape[1]),
        "bars": len(piece.grid.bars),
        "lift_ms": round(piece.grid.find_sample(lift) * 1000 / RATE) if lift else None,
        "button_ms": round(piece.grid.button * 1000 / RATE),
        "silent_from_ms": round(min(find_tail_end(piece), wanted.samples) * 1000 / RATE),
        "peak_milli": round(float(np.max(np.abs(track))) * 1000) if track.size else 0,
    }
