"""Captions as files beside the film: SubRip, WebVTT and Advanced SubStation, with every text escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import regex

Cues = Sequence[Mapping[str, Any]]
"""``{"text", "start", "length"}`` in frames of the film, in order."""
Rate = tuple[int, int]

_UNPRINTABLE: Final = regex.compile(r"[\p{Cc}\p{Cs}--\n]", regex.V1)
_JOINER: Final = "\u2060"
"""WORD JOINER: takes the meaning of a mark from the format without showing anything."""
_ASS_HEAD: Final = """[Script Info]
ScriptType: v4.00+
WrapStyle: 0
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709
PlayResX: 1920
PlayResY: 1080

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Inter,50,&H00FFFFFF,&H00FFFFFF,&H30000000,&H80000000,-1,0,0,0,100,100,0,0,1,3,1,2,96,96,110,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def write_srt(cues: Cues, fps: Rate, path: Path) -> None:
    """Write SubRip, UTF-8. Its readers take ``<b>`` and ``{\\an8}`` for commands; a joiner inside keeps them text."""
    blocks = []
    for number, (start, end, text) in enumerate(_timed(cues, fps, 1000), 1):
        kept = regex.sub(r"([<{])(?=\S)", rf"\1{_JOINER}", text).replace("-->", f"--{_JOINER}>")
        blocks.append(f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{kept}\n")
    _write(path, "\n".join(blocks))


def write_vtt(cues: Cues, fps: Rate, path: Path) -> None:
    """Write WebVTT: ``&``, ``<`` and ``>`` as entities, so that no tag, no time and no ``-->`` can stand in a text."""
    blocks = ["WEBVTT\n"]
    for start, end, text in _timed(cues, fps, 1000):
        kept = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{_clock(start, '.')} --> {_clock(end, '.')}\n{kept}\n")
    _write(path, "\n".join(blocks))


def write_ass(cues: Cues, fps: Rate, path: Path) -> None:
    """Write Advanced SubStation: a line feed is ``\\N``;
    a joiner after ``\\`` and full-width braces keep the rest text.
    """
    lines = []
    for start, end, text in _timed(cues, fps, 100):
        kept = text.replace("\\", f"\\{_JOINER}").replace("{", "｛").replace("}", "｝").replace("\n", "\\N")
        lines.append(f"Dialogue: 0,{_short_clock(start)},{_short_clock(end)},Default,,0,0,0,,{kept}\n")
    _write(path, _ASS_HEAD + "".join(lines))


def _timed(cues: Cues, fps: Rate, parts: int) -> list[tuple[int, int, str]]:
    """Return start, end and text of every cue that has visible text;
    times in 1/``parts`` s, each cue at least one part long.
    """
    found = []
    for cue in cues:
        text = _plain(cue["text"])
        start, end = cue["start"], cue["start"] + cue["length"]
        if text:
            first = _rounded(start, fps, parts)
            found.append((first, max(first + 1, _rounded(end, fps, parts)), text))
    return found


def _rounded(frames: int, fps: Rate, parts: int) -> int:
    return int(Fraction(frames * fps[1] * parts, fps[0]) + Fraction(1, 2))


def _plain(text: str) -> str:
    """Return lines without control characters and without blank lines, which would end a cue."""
    lines = regex.split(r"\r\n|[\n\r\v\f\u0085\u2028\u2029]", text)
    return "\n".join(line.strip() for line in (_UNPRINTABLE.sub("", each) for each in lines) if line.strip())


def _clock(milliseconds: int, mark: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{rest:03}"


def _short_clock(hundredths: int) -> str:
    seconds, rest = divmod(hundredths, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:02}"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
