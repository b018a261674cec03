"""Intake of a person's own font: it is written again in plain tables, one weight of it, and what it says is noted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uharfbuzz as hb

from reelwright.errors import BadInput, ToolMissing, UnreadableMedia
from reelwright.media.base.sniff import sniff, to_printable_name
from reelwright.media.letters.coverage import EAST_ASIA, SCRIPTS, build_ranges
from reelwright.media.pictures.intake import read_bytes
from reelwright.media.typeset.faces import get_outline, load_own_face

MAX_BYTES: Final = 20 * 1024**2
"""A font with all Chinese, Japanese and Korean characters has 16 MB."""
ACCEPTED: Final = "a font: TTF, OTF, or TTC, of which the first face is used"
_KINDS: Final = (b"\x00\x01\x00\x00", b"true", b"OTTO", b"ttcf")
_PACKED: Final = {b"wOF2": "WOFF2", b"wOFF": "WOFF"}
_OUTLINES: Final = {"glyf", "CFF ", "CFF2"}
_DROPPED: Final = (
    "COLR", "CPAL", "SVG ", "CBDT", "CBLC", "EBDT", "EBLC", "EBSC", "sbix", "DSIG", "fpgm", "prep", "cvt ", "hdmx",
    "VDMX", "LTSH", "PCLT", "MATH", "JSTF",
)  # fmt: skip
"""Tables of colours, pictures, signatures and hints: drawn letters are plain outlines."""
_WEIGHT: Final = 700
_MOST_CHARS: Final = 200
_NAMES: Final = {"family": 4, "licence": 13, "licence_url": 14, "copyright": 0, "plain_family": 1}
"""Ids of the entries of a ``name`` table. Source: OpenType 1.9.1, name, read 2026-11-26."""
_FORBIDS: Final = 0x0002
"""The bit of ``fsType`` for a font that may not be embedded. Source: OpenType 1.9.1, OS/2, read 2026-11-26."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FontIntake:
    """A clean local font file. ``family``, ``licence``, ``letters`` as in ``reel.brief.Font``.

    ``notes``: for people.
    """

    path: Path
    mime: str
    family: str
    licence: str
    letters: str
    notes: tuple[str, ...] = ()


def take_in_font(path: Path, *, room: Path) -> FontIntake:
    """Read a font file and write its outlines and its rules of setting again into ``room``.

    Of a variable font the bold weight is taken, or what is next to it. Raises ``BadInput`` naming what it is and what
    is accepted, or ``UnreadableMedia`` when it is broken.
    """
    field = to_printable_name(path.name)
    data = read_bytes(path, field, MAX_BYTES)
    if (head := data[:4]) not in _KINDS:
        packed = _PACKED.get(head)
        raise BadInput(
            field, packed or sniff(data[:512]).name, ACCEPTED, hint="save it as TTF or OTF" if packed else ""
        )
    face = hb.Face(hb.Blob(data))
    tables = set(face.table_tags)
    if not face.glyph_count or not tables:
        raise UnreadableMedia(code="file_broken", file=field)
    if not tables & _OUTLINES:
        raise BadInput(field, "a font of pictures", "a font with outlines")
    weight = _choose_weight(face)
    clean = _write_again(face, weight)
    letters = frozenset(clean.unicodes) if clean else frozenset()
    if clean is None or not letters:
        raise UnreadableMedia(code="file_broken", file=field)
    if not any(chr(point).isalpha() for point in letters if point < 0xE000 or point > 0xF8FF):
        raise BadInput(field, "a font of signs without letters", f"a font with letters of {', '.join(SCRIPTS)}")
    made = room / "font.otf" if set(clean.table_tags) & {"CFF ", "CFF2"} else room / "font.ttf"
    made.write_bytes(clean.blob.data)
    _try_out(made, field)
    names = {name: _read_name(face, number) for name, number in _NAMES.items()}
    family = names["family"] or names["plain_family"] or path.stem
    licence = " ".join(dict.fromkeys(one for one in (names["licence"], names["licence_url"]) if one))
    licence = _shorten(licence or names["copyright"])
    notes = [f"licence note: {licence or 'it has none; see that you may use it in films'}"]
    if head == b"ttcf" and face.count > 1:
        notes.append(f"its first face is used, of {face.count}")
    if weight is not None:
        notes.append(f"it has many weights: {weight:g} is used")
    if _read_embedding(face) & _FORBIDS:
        notes.append("its maker does not allow it to be embedded: ask for a licence that covers films")
    return FontIntake(
        path=made, mime=f"font/{made.suffix[1:]}", family=_shorten(family), licence=licence,
        letters=build_ranges(point for point in letters if point < EAST_ASIA), notes=tuple(notes),
    )  # fmt: skip


def _choose_weight(face: Any) -> float | None:
    """Return the weight nearest to bold that a variable font has; None: it has one alone."""
    axis = next((one for one in face.axis_infos if one.tag == "wght"), None)
    return min(max(_WEIGHT, axis.min_value), axis.max_value) if axis else None


def _write_again(face: Any, weight: float | None) -> Any:
    """Write the face again, at one place of all its axes. Returns None where it cannot be written."""
    wanted = hb.SubsetInput()
    wanted.keep_everything()
    wanted.flags |= hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.DOWNGRADE_CFF2
    wanted.drop_table_tag_set.update(_to_number(tag) for tag in _DROPPED)
    wanted.no_subset_table_tag_set.add(_to_number("kern"))
    if face.axis_infos:
        wanted.pin_all_axes_to_default(face)
        if weight is not None:
            wanted.pin_axis_location(face, "wght", weight)
    try:
        return hb.subset(face, wanted)
    except (hb.HarfBuzzError, RuntimeError, ValueError):
        return None


def _to_number(tag: str) -> int:
    return int.from_bytes(tag.encode("ascii"), "big")


def _try_out(path: Path, field: str) -> None:
    """Draw the outline of every letter that is noted, as the looks will. Raises ``UnreadableMedia``, ``BadInput``."""
    try:
        face = load_own_face(path)
    except ToolMissing as cause:
        raise UnreadableMedia(code="file_broken", file=field) from cause
    points = [point for point in sorted(face.characters) if point < EAST_ASIA and chr(point).isalnum()]
    glyphs = {face.font.get_nominal_glyph(point) for point in points}
    drawn = sum(not get_outline(face, glyph).isEmpty() for glyph in glyphs if glyph is not None)
    if glyphs and not drawn:
        raise BadInput(field, "a font of pictures", "a font with outlines")


def _read_name(face: Any, number: int) -> str:
    text = face.get_name(number, "en") or face.get_name(number) or ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _read_embedding(face: Any) -> int:
    """Read the bits of ``fsType``; 0 where there are none."""
    data = face.reference_table("OS/2").data
    return int.from_bytes(data[8:10], "big") if data and len(data) >= 10 else 0


def _shorten(text: str) -> str:
    return text if len(text) <= _MOST_CHARS else text[: _MOST_CHARS - 1] + "…"
