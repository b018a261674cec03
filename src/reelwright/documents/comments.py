"""Comments of a script: settings for the next block, and notes. They are taken out before Markdown is read."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from reelwright.documents.script import CHARTS, BlockSettings, Note, Refuser
from reelwright.reel.film.beats import BEATS

_KEYS: Final = ("beat", "length", "model", "voice", "legal", "chart")
_BARE: Final = ("legal", "chart")
"""Keys that need no value."""
_LENGTH: Final = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?)\s*(?:s|sec|seconds?)")
_OPENS: Final = re.compile(r"(?<!\\)(?:\\\\)*(<!--)")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_LENGTH_LEFT: Final = re.compile(r"length\s+[\d.,]+\s*(s|ms)?")
"""A length whose colon was forgotten; other comments without one are notes."""
ACCEPTED: Final = "<!-- beat: NAME; length: 3 s; model: MODEL; voice: MODEL:voice; legal; chart -->, or a note"


class SettingsComment(NamedTuple):
    """A comment with settings, for the block in its last line or the next one. ``line``: its last line, from 1."""

    line: int
    settings: BlockSettings
    text: str


class StrippedText(NamedTuple):
    """The text of a script without comments, with as many lines as before; the comments with settings; the notes."""

    text: str
    settings_comments: tuple[SettingsComment, ...]
    notes: tuple[Note, ...]


def extract_comments(text: str, refuse: Refuser) -> StrippedText:
    """Take the comments out of ``text``, except in fenced blocks.

    Raises ``BadInput`` for a comment without an end, and for settings that are unknown, repeated or not accepted.
    """
    kept: list[str] = []
    settled: list[SettingsComment] = []
    notes: list[Note] = []
    fence, begun, comment = "", 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        if not begun and (found := _FENCE.match(line)):
            mark = found[1]
            if not fence:
                fence = mark
            elif mark[0] == fence[0] and len(mark) >= len(fence) and not line.strip().strip(mark[0]):
                fence = ""
            kept.append(line)
            continue
        if fence and not begun:
            kept.append(line)
            continue
        left, rest = "", line
        while True:
            if begun:
                inside, ended, rest = rest.partition("-->")
                comment += inside
                if not ended:
                    comment += "\n"
                    break
                _read_comment(comment.strip(), begun, number, settled, notes, refuse)
                begun, comment = 0, ""
            found = _OPENS.search(rest)
            left += rest[: found.start(1)] if found else rest
            if not found:
                break
            begun, rest = number, rest[found.end() :]
        kept.append(left.rstrip() if left != line else line)
    if begun:
        refuse(begun, "<!--" + comment, "a comment that ends: -->")
    return StrippedText("\n".join(kept), tuple(settled), tuple(notes))


def _read_comment(
    comment: str, begun: int, ended: int, settled: list[SettingsComment], notes: list[Note], refuse: Refuser
) -> None:  # fmt: skip
    parts = [part.strip() for part in comment.split(";") if part.strip()]
    if _LENGTH_LEFT.fullmatch(comment):
        refuse(begun, comment, ACCEPTED)
    if not parts or _key(parts[0]) not in _KEYS or (parts[0] not in _BARE and ":" not in parts[0]):
        notes.append(Note(text=comment, line=begun))
        return
    values: dict[str, str] = {}
    for part in parts:
        key, value = _key(part), part.partition(":")[2].strip()
        if key not in _KEYS or (not value and part not in _BARE) or (key == "legal" and part != "legal"):
            refuse(begun, part, ACCEPTED)
        if key in values:
            refuse(begun, part, f"{key} once in a comment")
        values[key] = value
    beat = values.get("beat", "").replace(" ", "_").replace("-", "_")
    if beat and beat not in BEATS:
        refuse(begun, f"beat: {values['beat']}", f"a beat: {', '.join(BEATS)}")
    chart = values.get("chart") or ("auto" if "chart" in values else "")
    if chart not in ("", "auto", *CHARTS):
        refuse(begun, f"chart: {chart}", f"chart, or chart: {', '.join(CHARTS)}")
    settings = BlockSettings(
        beat=beat, length=_length(values["length"], begun, refuse) if "length" in values else None,
        model=values.get("model", ""), voice=values.get("voice", ""), is_legal="legal" in values,
        chart=chart,  # type: ignore[arg-type]  # one of these
    )  # fmt: skip
    settled.append(SettingsComment(ended, settings, comment))


def _key(part: str) -> str:
    return part.partition(":")[0].strip()


def _length(value: str, line: int, refuse: Refuser) -> int:
    found = _LENGTH.fullmatch(value)
    ms = round(float(found[1].replace(",", ".")) * 1000) if found else 0
    if not 200 <= ms <= 60_000:
        refuse(line, f"length: {value}", "seconds of one screen from 0.2 s to 60 s, such as 3 s")
    return ms
