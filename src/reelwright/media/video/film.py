"""The work ``film``: joins the segments, lays the mix beside them, writes the sidecars, marks and measures the film."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from reelwright.errors import WrongResult
from reelwright.media.base.probe import Probe
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult
from reelwright.media.checks.frame_stats import FrameStats, load_stats
from reelwright.media.checks.measure import WEB_LEVELS, find_cuts, find_shot, list_findings, listen
from reelwright.media.checks.seams import find_seam_jumps
from reelwright.media.video.encoding import check_house
from reelwright.media.video.joining import check_join, gather, join
from reelwright.media.video.marking import mark, read_source_type, write_metadata
from reelwright.media.words.misfits import list_misfits
from reelwright.media.words.sidecars import write_ass, write_srt, write_vtt

Pair = tuple[int, int]
_RATE: Final = 48_000
_SIDECARS: Final = {
    "srt": ("application/x-subrip", write_srt),
    "vtt": ("text/vtt", write_vtt),
    "ass": ("text/x-ssa", write_ass),
}


def join_film(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Join the finished film ``film.mp4`` (``master``), with its sidecars ``srt``,
    ``vtt`` and ``ass`` where it has captions.

    ``sources``: segments in the order of the timeline, and the mix. Facts: width, height, fps, frames, duration_ms,
    lufs_milli, dbtp_milli, source_type, cuts (frames), findings [{check, shot, said}]. Raises ``WrongResult`` when
    it would not be exactly as long as the plan says, picture and sound; findings do not raise.
    """
    size, fps, frames = _pair(args["size"]), _pair(args["fps"]), int(args["frames"])
    mix = next(source.path for source in sources if source.role == "mix")
    segments = gather([source.path for source in sources if source.role == "segment"], room, size)
    _whole([len(segment.packets) for segment in segments], frames, args["shots"])
    report(0.2)
    made = room / "film.mp4"
    paths = [segment.path for segment in segments]
    join(paths, mix, write_metadata(room / "metadata.txt", args["title"]), made, fps)
    mark(made, args["source_type"], args["title"])
    report(0.5)
    found = _checked(made, size, fps, frames)
    check_join(made, segments, size)
    sound = listen(made, found.duration)
    levels = (int(args.get("lufs_milli", WEB_LEVELS[0])), int(args.get("dbtp_milli", WEB_LEVELS[1])))
    seen = _seen([load_stats(segment.path, len(segment.packets), room) for segment in segments])
    report(0.9)
    facts = {
        "width": size[0],
        "height": size[1],
        "fps": list(fps),
        "frames": frames,
        "duration_ms": round(found.duration * 1000),
        "lufs_milli": sound.lufs_milli,
        "dbtp_milli": sound.dbtp_milli,
        "source_type": read_source_type(made),
        "cuts": find_cuts(seen),
        "findings": [
            *list_findings(seen, sound, args["shots"], fps, is_silent=bool(args.get("is_silent")), levels=levels),
            *list_misfits([(segment.path, len(segment.packets)) for segment in segments], args["shots"]),
            *find_seam_jumps(made, args["shots"], fps),
        ],
    }
    files = (ResultFile(path=made, mime="video/mp4", name="master"), *_sidecars(args, fps, room))
    report(1.0)
    return WorkResult(files=files, facts=facts)


def _whole(held: Sequence[int], frames: int, shots: Sequence[Mapping[str, Any]]) -> None:
    if sum(held) != frames:
        last = find_shot(shots, min(sum(held), frames) - 1)
        raise WrongResult(code="segments_wrong", step=last, found=sum(held), wanted=frames)


def _checked(made: Path, size: Pair, fps: Pair, frames: int) -> Probe:
    """Check that the film is exactly as long as wanted, picture and sound, and that both start together."""
    found = check_house(made, size, fps, frames)
    rate = Fraction(*fps)
    if found.audio is None or (found.audio.rate, found.audio.channels) != (_RATE, 2):
        raise WrongResult(code="sound_wrong", file=made.name)
    if abs(found.audio.start) > 1 / rate:
        raise WrongResult(code="sound_late", file=made.name, late_s=float(found.audio.start))
    wanted = round(frames / rate * _RATE)
    if abs(found.audio.samples - wanted) > 1:
        samples = found.audio.samples
        raise WrongResult(code="samples_wrong", file=made.name, found=samples, rate=_RATE, wanted=wanted)
    return found


def _seen(parts: Sequence[FrameStats]) -> FrameStats:
    """Concatenate the series of the segments.

    The change at a join is the difference of the two levels that meet there.
    """
    luma = tuple(value for part in parts for value in part.luma)
    change = [value for part in parts for value in part.change]
    at = 0
    for part in parts[:-1]:
        at += len(part)
        change[at] = abs(luma[at] - luma[at - 1])
    peak = tuple(value for part in parts for value in part.peak)
    return FrameStats(luma=luma, peak=peak, change=tuple(change), grid=np.concatenate([part.grid for part in parts]))


def _sidecars(args: Mapping[str, Any], fps: Pair, room: Path) -> list[ResultFile]:
    made: list[ResultFile] = []
    if not args["cues"]:
        return made  # a file of captions without one is none
    for name, (mime, write) in _SIDECARS.items():
        path = room / f"film.{name}"
        write(args["cues"], fps, path)
        made.append(ResultFile(path=path, mime=mime, name=name))
    return made


def _pair(value: Sequence[int]) -> Pair:
    return int(value[0]), int(value[1])
