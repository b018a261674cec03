"""Sidecars say what the captions say: parsed back by strict readers and by ffmpeg, nothing is lost or obeyed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwright.media.words.sidecars import write_ass, write_srt, write_vtt

Read = tuple[int, int, str]
RATES = [(24, 1), (25, 1), (30, 1), (60, 1), (30000, 1001), (24000, 1001)]
JOINER = "\u2060"
NASTY = [
    "{vanish}",
    "{\\p1}",
    "\\N",
    "\\h",
    "<b>",
    "</i>",
    "-->",
    "1\n00:00:00,000 --> 00:00:01,000",
    "&amp;",
    "NOTE",
    "WEBVTT",
]
texts = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40),
    st.lists(st.sampled_from([*NASTY, "膝", "שלום", "\n", " ", "\r\n", "\x00"]), max_size=6).map("".join),
)


@st.composite
def cue_lists(draw: st.DrawFn) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    at = 0
    for _ in range(draw(st.integers(0, 6))):
        at += draw(st.integers(0, 5000))
        length = draw(st.integers(1, 400))
        found.append({"text": draw(texts), "start": at, "length": length})
        at += length
    return found


def plain(text: object) -> str:
    """What a cue says: no control characters, no blank lines."""
    lines = re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", str(text))
    kept = ("".join(c for c in line if not (ord(c) < 32 or 127 <= ord(c) < 160)).strip() for line in lines)
    return "\n".join(line for line in kept if line)


def wanted(cues: list[dict[str, object]], fps: tuple[int, int], parts: int) -> list[Read]:
    found = []
    for cue in cues:
        if text := plain(cue["text"]):
            first, last = (
                int(Fraction(int(str(at)) * fps[1] * parts, fps[0]) + Fraction(1, 2))
                for at in (cue["start"], int(str(cue["start"])) + int(str(cue["length"])))
            )
            found.append((first, max(first + 1, last), text))
    return found


def millis(clock: str) -> int:
    match = re.fullmatch(r"(\d{2,}):([0-5]\d):([0-5]\d)[.,](\d{3})", clock)
    assert match, clock
    h, m, s, ms = map(int, match.groups())
    return ((h * 60 + m) * 60 + s) * 1000 + ms


def read_srt(text: str) -> list[Read]:
    found = []
    for number, block in enumerate((b for b in text.split("\n\n") if b.strip()), 1):
        lines = block.strip("\n").split("\n")
        assert lines[0] == str(number)
        first, last = lines[1].split(" --> ")
        said = "\n".join(lines[2:])
        assert "-->" not in said and not re.search(r"[<{][a-zA-Z/\\]", said)
        found.append((millis(first), millis(last), said.replace(JOINER, "")))
    return found


def read_vtt(text: str) -> list[Read]:
    head, _, rest = text.partition("\n\n")
    assert head.strip("\n") == "WEBVTT"
    found = []
    for block in (b for b in rest.split("\n\n") if b.strip()):
        lines = block.strip("\n").split("\n")
        first, last = lines[0].split(" --> ")
        said = "\n".join(lines[1:])
        assert "<" not in said and ">" not in said
        said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        found.append((millis(first), millis(last), said))
    return found


def read_ass(text: str) -> list[Read]:
    found = []
    for line in text.split("[Events]\n")[1].splitlines()[1:]:
        fields = line.removeprefix("Dialogue: ").split(",", 9)
        assert len(fields) == 10
        times = []
        for clock in fields[1:3]:
            match = re.fullmatch(r"(\d+):([0-5]\d):([0-5]\d)\.(\d\d)", clock)
            assert match
            h, m, s, cs = map(int, match.groups())
            times.append(((h * 60 + m) * 60 + s) * 100 + cs)
        assert "{" not in fields[9] and "}" not in fields[9]
        said = fields[9].replace("\\N", "\n")
        assert not re.search(r"\\[^\u2060]", said)
        said = said.replace(f"\\{JOINER}", "\\")
        found.append((times[0], times[1], said))
    return found


@pytest.mark.parametrize(
    ("write", "read", "parts"),
    [(write_srt, read_srt, 1000), (write_vtt, read_vtt, 1000), (write_ass, read_ass, 100)],
    ids=["srt", "vtt", "ass"],
)
@given(cues=cue_lists(), fps=st.sampled_from(RATES))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back(
    write: Callable[..., None],
    read: Callable[[str], list[Read]],
    parts: int,
    cues: list[dict[str, object]],
    fps: tuple[int, int],
    tmp_path: Path,
) -> None:
    path = tmp_path / "film.txt"
    write(cues, fps, path)
    said = [(a, b, t.replace(JOINER, "")) for a, b, t in wanted(cues, fps, parts)]
    got = [(a, b, t.replace(JOINER, "")) for a, b, t in read(path.read_bytes().decode("utf-8"))]
    if write is write_ass:
        said = [(a, b, t.replace("{", "｛").replace("}", "｝")) for a, b, t in said]
    assert got == said


HOSTILE = [
    {"text": "{vanish} stays", "start": 0, "length": 30},
    {"text": "{\\an8}up\\Nhere <i>not</i> --> & more", "start": 30, "length": 30},
    {"text": "two\nlines", "start": 60, "length": 30},
    {"text": "膝は 覚えている", "start": 90, "length": 45},
]


@pytest.mark.parametrize(("name", "write"), [("srt", write_srt), ("vtt", write_vtt), ("ass", write_ass)])
def test_ffmpeg_reads_every_cue_with_its_words_and_times(name: str, write: Callable[..., None], tmp_path: Path) -> None:
    path = tmp_path / f"film.{name}"
    write(HOSTILE, (30, 1), path)
    args = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-f", "ass", "-"]
    ran = subprocess.run(args, capture_output=True, timeout=60)
    assert ran.returncode == 0 and not ran.stderr, ran.stderr
    events = [line.split(",", 9) for line in ran.stdout.decode("utf-8").splitlines() if line.startswith("Dialogue:")]
    assert [(e[1], e[2]) for e in events] == [
        ("0:00:00.00", "0:00:01.00"),
        ("0:00:01.00", "0:00:02.00"),
        ("0:00:02.00", "0:00:03.00"),
        ("0:00:03.00", "0:00:04.50"),
    ]
    words = [e[9].replace(JOINER, "").replace("｛", "{").replace("｝", "}").replace("\\{", "{") for e in events]
    assert "vanish" in words[0] and "stays" in words[0]
    assert "an8" in words[1] and "<i>not</i>" in words[1] and "& more" in words[1]
    assert words[2] == "two\\Nlines"
    assert words[3] == "膝は 覚えている"
