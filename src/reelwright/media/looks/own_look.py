"""A person's own look: values laid over those of an installed look, whose stagings set its films. It holds no code.

A film keeps a copy of it, as text: where a look is asked for by name, that text may stand in place of the name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final, Literal

from reelwright.errors import BadInput
from reelwright.media.drawing.colour import INK, LEGIBLE, compute_contrast
from reelwright.media.staging.look import Look
from reelwright.reel.base.value import Digest

KEYS: Final = (
    "id", "based_on", "about", "use_when", "avoid_when", "tones", "kinds", "palette", "accents",
    "subject_accents", "type", "ease",
    "font", "frames", "sizes", "headline_sizes", "angle", "halftone", "grain", "shake", "photo", "titles", "own",
)  # fmt: skip
"""What a person's own look may say. The rest belongs to the stagings, which are code."""
_FONT: Final = re.compile("[0-9a-f]{64}")
_NOT_DRAWN: Final = ("about", "use_when", "avoid_when")
_NOT_INHERITED: Final[Mapping[str, Any]] = {
    "tones": [],
    "kinds": [],
    "accents": [],
    "subject_accents": {},
    "grounds": {},
}
"""A look is chosen for films that name none only where it says of which; and its accent is one that it names."""
_CLOSED: Final = ("palette", "type", "ease", "frames", "sizes", "halftone", "photo", "titles", "own")
"""Mappings whose keys are those of the look underneath."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LONGEST_ENTRY: Final = 45
"""Frames at 30 fps in which words come: longer, and they are not there when a short screen is read."""
_COLOUR: Final = re.compile("#[0-9a-fA-F]{6}")
_PAIRS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "": (("text", "bg"), ("text", "surface"), ("dim", "bg")),
    "grid": (("shade", "bg"),),
    "noir": (("accent", "bg"),),
    "paper": (("pale", "text"), ("#FFF7E8", "own.meadow")),
    "signal": (("dim", "surface"),),
    "slam": (("pale", "bg"), ("paper", "bg"), ("shade", "text"), ("accent", "bg"), (INK, "pale")),
}
"""The colours that the stagings of a look set words in, and on: in all looks, then in one."""


def get_own_text(look: str) -> str:
    """Return the text of a look that is a person's own, and empty text for the name of an installed one."""
    return look if is_own_look(look) else ""


def is_own_look(look: str) -> bool:
    """Return whether ``look`` is the text of a person's own look, and not the name of an installed one."""
    return look.startswith("{")


def get_look_name(look: str) -> str:
    """Return the name of a look that is given by name or as text."""
    return str(parse_look(look)["id"]) if is_own_look(look) else look


def get_look_font(look: str) -> Digest | Literal[""]:
    """Return the digest of the font file that a person's own look brings for display type; empty: it brings none."""
    font = str(parse_look(look).get("font", "")) if is_own_look(look) else ""
    return Digest(font) if _FONT.fullmatch(font) else ""


def follow_look(font: Digest | Literal[""], before: str, look: str) -> Digest | Literal[""]:
    """Return the film's font in another look: one that came with the look ``before`` gives way to that of ``look``."""
    return get_look_font(look) if font == get_look_font(before) else font


def parse_look(text: str) -> dict[str, Any]:
    """Parse the text of a person's own look. Raises ``BadInput`` where no look wrote it."""
    try:
        row: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError):
        row = {}
    if not isinstance(row.get("id"), str) or not isinstance(row.get("based_on"), str):
        raise BadInput("look", text[:80], "the values of a look as JSON, with id and based_on")
    return row


def write_look(name: str, row: Mapping[str, Any]) -> str:
    """Write a person's own look as the text that films keep: equal values give equal text."""
    kept = {key: value for key, value in row.items() if key not in _NOT_DRAWN}
    return json.dumps({**kept, "id": name}, ensure_ascii=False, sort_keys=True)


def drop_uses(look: str) -> str:
    """Return a look as drawings ask for it, without what it says of the films that it suits: no pixel depends on it."""
    if not is_own_look(look):
        return look
    row = parse_look(look)
    return write_look(row["id"], {key: value for key, value in row.items() if key not in ("tones", "kinds")})


def check_row(name: str, row: Mapping[str, Any], names: Collection[str]) -> None:
    """Raise ``BadInput`` for a name, a key or a base that cannot be. ``names``: of the installed looks."""
    if name in names or not _NAME.fullmatch(name):
        ours = f"; {', '.join(sorted(names))} are installed" if name in names else ""
        raise BadInput("id", name, f"a folder named in small letters, digits, - and _, up to 40 of them{ours}")
    if (given := row.get("id", name)) != name:
        raise BadInput("id", given, f"the name of the look's folder, {name}, or no id")
    if unknown := [key for key in row if key not in KEYS]:
        raise BadInput("", unknown[0], f"keys among {', '.join(KEYS)}")
    base = row.get("based_on")
    if not isinstance(base, str) or base not in names:
        raise BadInput("based_on", base, f"the installed look whose stagings it has: {', '.join(sorted(names))}")


def lay_over(base: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a look with the values of a person's own over it. Raises ``BadInput`` on a key it has not."""
    merged = {**base, **_NOT_INHERITED}
    for key, value in row.items():
        if key not in ("based_on", "font"):
            merged[key] = _lay_value(key, base.get(key), value) if key in _CLOSED else value
    caps, usual = row.get("headline_sizes"), base.get("headline_sizes") or ()
    for cap in caps if usual and isinstance(caps, list) else ():
        _check_number("headline_sizes", cap, min(usual) / 2, max(usual) * 2)
    return merged


def check_legibility(look: Look, base: str) -> None:
    """Raise ``BadInput`` for colours in which no words of the look ``base``, whose stagings it has, could be read."""
    for ink, ground in (*_PAIRS[""], *_PAIRS.get(base, ())):
        inked, under = _find_colour(look, ink), _find_colour(look, ground)
        if (contrast := compute_contrast(inked, under)) < LEGIBLE:
            field, value = (ground, under) if ink.startswith("#") else (ink, inked)
            other = ink if ink.startswith("#") else f"{ground}, {under}"
            raise BadInput(
                field if "." in field else f"palette.{field}",
                value,
                f"a contrast of {LEGIBLE} or more to {other}: it is {contrast:.1f}",
            )


def _find_colour(look: Look, name: str) -> str:
    if name.startswith("#"):
        return name
    return str(look.own[name[4:]] if name.startswith("own.") else getattr(look.palette, name))


def _lay_value(path: str, base: Any, value: Any) -> Any:
    """Return ``value`` over ``base``: mappings key by key, all else as it is given."""
    if not isinstance(value, Mapping) or not isinstance(base, Mapping):
        if path.startswith("own."):
            _check_kind(path, base, value)
        elif path.startswith("sizes."):
            _check_number(path, value, base / 2, base * 2)
        elif path in ("frames.hit", "frames.slab", "frames.rise"):
            _check_number(path, value, 1, _LONGEST_ENTRY)
        return value
    known = (*base, "faces", "features") if path.startswith("type.") else tuple(base)
    if unknown := [key for key in value if key not in known]:
        raise BadInput(path, unknown[0], f"keys among {', '.join(known)}")
    return {**base, **{key: _lay_value(f"{path}.{key}", base.get(key), one) for key, one in value.items()}}


def _check_number(path: str, value: Any, least: float, most: float) -> None:
    """Raise ``BadInput`` for a number beyond these bounds. What is no number is refused where the look is read."""
    if isinstance(value, int | float) and not least <= value <= most:
        raise BadInput(path, value, f"a number from {least:g} to {most:g}")


def _check_kind(path: str, base: Any, value: Any) -> None:
    """Raise ``BadInput`` where a value that only stagings read is none that they can draw."""
    if isinstance(base, str):
        if _COLOUR.fullmatch(base) and not (isinstance(value, str) and _COLOUR.fullmatch(value)):
            raise BadInput(path, value, f'a colour in quotes, such as "{base}"')
        if not _COLOUR.fullmatch(base) and value != base:
            raise BadInput(path, value, f"{base}, as the look underneath has it")
    elif isinstance(value, bool) or not isinstance(value, int | float) or not base / 10 <= value <= 4 * base:
        raise BadInput(path, value, f"a number from {base / 10:g} to {4 * base:g}; the look underneath has {base:g}")
