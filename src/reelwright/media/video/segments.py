"""The works ``segment.body`` and ``segment.transition``: encode one cached piece of a film, exact to the frame."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from reelwright.errors import MediaError
from reelwright.media.base.probe import probe
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult, find_font
from reelwright.media.video.encoding import check_house, compute_house_digest, encode
from reelwright.media.video.normalise import Normal, normalise
from reelwright.media.video.transition_filters import build_transition
from reelwright.media.words.misfits import keep_misfits
from reelwright.media.words.overlay_graph import draw_overlays, lay
from reelwright.reel.film.encoding_options import read_encoding_options

Pair = tuple[int, int]
_MIME: Final = "video/mp4"


def make_body(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Make the shot's own frames: ``length`` of its source from ``start``, in the house format, words laid over.

    A source that is in the house format already, used whole and drawn over by nothing, is copied as it is. Facts:
    ``frames``, ``copied``, ``said`` (what was changed). Raises ``WrongResult`` naming both lengths when the source is
    too short by more than two frames.
    """
    size, fps, length = _pair(args["size"]), _pair(args["fps"]), int(args["length"])
    taken = sources[0].path
    made = room / "segment.mp4"
    bare = not args.get("captions") and not args.get("overlays")
    house = compute_house_digest(size, fps, read_encoding_options(args))
    if bare and int(args["start"]) == 0 and _is_house(taken, house, length):
        _copy(taken, made)
        check_house(made, size, fps, length)
        report(1.0)
        return _made(made, length, copied=True, notes=())
    window = _read_framing(args, 1)[0]
    picture = normalise(
        taken, size, fps, int(args["start"]), length, room, can_ease=bool(args.get("bought")), subject_window=window
    )
    graph = f"[0:{picture.index}]{picture.chain}"
    _encode(args, [picture], graph, made, report, find_font(sources))
    return _made(made, length, copied=False, notes=picture.notes)


def make_transition(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Make ``length`` frames in which the first source, from ``starts[0]``,
    gives way to the second, from ``starts[1]``.
    """
    size, fps, length = _pair(args["size"]), _pair(args["fps"]), int(args["length"])
    way = build_transition(args["transition"], size, fps, length)
    pictures = [
        normalise(
            taken.path,
            size,
            fps,
            int(start),
            length,
            room,
            can_ease=bool(args.get("bought")),
            subject_window=window,
            name=f"picture{n}",
        )
        for n, (taken, start, window) in enumerate(
            zip(sources, args["starts"], _read_framing(args, 2), strict=False)
        )  # a font may come last
    ]
    base = f"settb={fps[1]}/{fps[0]}"
    chains = [f"[{at}:{p.index}]{p.chain},{base}[s{at}]" for at, p in enumerate(pictures)]
    graph = f"{';'.join(chains)};{way}"
    made = room / "segment.mp4"
    _encode(args, pictures, graph, made, report, find_font(sources))
    notes = tuple(f"{side}: {line}" for side, p in zip(("out", "in"), pictures, strict=True) for line in p.notes)
    return _made(made, length, copied=False, notes=notes)


def _encode(
    args: Mapping[str, Any], pictures: Sequence[Normal], graph: str, made: Path, report: Report, font: Path | None
) -> None:
    """Close the open graph with what is drawn over it, and write the segment."""
    inputs = [argument for picture in pictures for argument in picture.inputs]
    drawn = draw_overlays(args, font)
    more, laid, last = lay(drawn, made.parent, len(pictures), "under")
    if laid:
        graph = f"{graph}[under];{laid};[{last}]format=yuv420p"
    size, fps = _pair(args["size"]), _pair(args["fps"])
    encode([*inputs, *more], graph, made, size, fps, int(args["length"]), report, read_encoding_options(args))
    keep_misfits(made, drawn)


def _read_framing(args: Mapping[str, Any], count: int) -> list[Pair | None]:
    """Return for each source the frames in which its subject is looked for; None: it is cropped about its middle."""
    windows = args.get("framing")
    return [_pair(one) for one in windows] if windows else [None] * count


def _is_house(path: Path, house: str, length: int) -> bool:
    found = probe(path)
    return found.house == house and found.frames == length


def _copy(taken: Path, made: Path) -> None:
    try:
        shutil.copyfile(taken, made)
    except OSError as cause:
        made.unlink(missing_ok=True)
        raise MediaError(code="file_not_written", file=made.name, cause=cause.strerror) from cause


def _made(path: Path, frames: int, *, copied: bool, notes: tuple[str, ...]) -> WorkResult:
    facts = {"frames": frames, "copied": copied, "said": list(notes)}
    return WorkResult(files=(ResultFile(path=path, mime=_MIME, name="segment"),), facts=facts)


def _pair(value: Sequence[int]) -> Pair:
    return int(value[0]), int(value[1])
