"""Turns a script's screens into parts, one per shot: a name with its descriptor, a list of steps, small print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Final

import regex

from reelwright.documents.script import Picture, Screen, Script
from reelwright.documents.write import write_script, write_spoken
from reelwright.errors import BadInput
from reelwright.media.letters.graphemes import measure_width
from reelwright.planner.screens.roles import choose_role
from reelwright.planner.screens.wording import get_words_by_role
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import define_value

MAX_CELLS: Final = 110
"""Most letters of a spoken line on one screen, if it is read."""
PARAGRAPH_BEATS: Final = ("hook", "problem", "agitate", "demo", "benefit", "brand")
"""Beats that show a paragraph well."""
_SENTENCE: Final = regex.compile(r"(?<=[.!?…।؟])\s+|(?<=[。！？])")
_CLAUSE: Final = regex.compile(r"(?<=[,;:،–—])\s+|(?<=[、，；])")
_UNSPACED: Final = "。！？、，；"
MAX_SCREENS: Final = 600
"""Most screens of a film."""
MAX_STEPS: Final = 4
"""Most steps of one list on one screen; longer lists have a screen for each step."""


@define_value
class ScriptPart:
    """A part becomes one shot. ``line``: of the script, from 1. ``turn``: number of its beat in the script, from 0.

    ``spoken_over``: how many shots, from this one on, its line is spoken over.

    ``key``: what its id and chance follow from: its own words and form, and how often these stood before.
    ``length_ms``: as a comment asks; None: as long as its words take. ``markdown``: the Markdown of its screens; empty
    if it does not come from a script. ``camera``, ``setting``, ``light``, ``sound``, ``style``: of a picture that a
    model makes; ``action``: what happens in it, with the sign that parts it from the description, which names the
    subject alone; ``first_frame``: all that its still shows, where that is another; ``nth``: how many pictures of its
    beat came before, so that its size and camera differ from theirs; ``size``: of the shot, where what is seen asks for
    one. ``is_item``: an item of a list whose beat nobody chose. ``is_narrated``: what is spoken are its own words, and
    nobody wrote them to be spoken.
    """

    line: int
    turn: int
    role: str
    key: str
    markdown: str
    words: Mapping[str, str] = field(default_factory=dict)
    picture: Picture | None = None
    spoken_text: str = ""
    spoken_over: int = 0
    length_ms: int | None = None
    model: str = ""
    voice: str = ""
    camera: str = ""
    setting: str = ""
    light: str = ""
    sound: str = ""
    action: str = ""
    first_frame: str = ""
    nth: int = 0
    size: str = ""
    style: str = ""
    is_item: bool = False
    is_narrated: bool = False


def build_parts(script: Script, name: str, *, is_voiced: bool) -> tuple[ScriptPart, ...]:
    """Build all parts, in order. ``name``: of the script's file. Raises ``BadInput`` naming the line. Pure.

    ``is_voiced``: somebody speaks. Otherwise a line that is spoken over words is shown after them, on screens of its
    own.
    """
    groups = list(_group_screens(script.screens))
    if len(groups) > MAX_SCREENS:
        raise BadInput(name, f"{len(groups)} screens", f"at most {MAX_SCREENS} screens")
    first = {number: index for index, group in enumerate(groups) for number in group}
    spoken = {one.first: one for one in script.spoken_lines}
    seen: Counter[str] = Counter()
    roles: list[str] = []
    made: list[ScriptPart] = []
    for group in groups:
        screens = [script.screens[number] for number in group]
        line = next((spoken[number] for number in group if number in spoken), None)
        quoted = screens[0].form == "quote"
        written = "\n\n".join(_write_screen(one) for one in _drop_held_pictures(screens))
        own = compute_digest(["screen", written])
        seen[own] += 1
        key = compute_digest([own, seen[own]])
        role = choose_role(script.screens, group, roles, key)
        roles.append(role)
        last = screens[-1]
        made.append(
            ScriptPart(
                line=screens[0].line,
                turn=screens[0].beat,
                role=role,
                key=key,
                markdown=written,
                words=_add_name(get_words_by_role(screens, role, name), role, script.screens),
                picture=_find_picture(screens),
                spoken_text=line.text if line else "",
                spoken_over=first.get(line.end, len(groups)) - len(made) if line else 0,
                length_ms=next((one.settings.length for one in screens if one.settings.length), None),
                model=next((one.settings.model for one in screens if one.settings.model), ""),
                voice=(line.settings.voice if line else "") or last.settings.voice,
                is_item=screens[0].form == "item" and not any(one.settings.beat for one in screens),
            )
        )
        if quoted and line:
            made[-1] = replace(made[-1], spoken_over=1)
    if not is_voiced:
        made = [one for part in made for one in _show_unspoken(part)]
    if not any(part.words or part.picture for part in made):
        raise BadInput(name, "no screen", "at least one paragraph: each is a screen")
    return tuple(made)


def _group_screens(screens: Sequence[Screen]) -> Iterator[list[int]]:
    """Yield the numbers of screens that are shown together."""
    at = 0
    while at < len(screens):
        end = at + 1
        if screens[at].form == "reveal" and end < len(screens) and screens[end].form == "descriptor":
            end += 1
        elif screens[at].form == "step":
            while end < len(screens) and end - at <= MAX_STEPS and _is_same_list(screens[end - 1], screens[end]):
                end += 1
            if end - at > MAX_STEPS:
                end = at + 1
        while end < len(screens) and _is_small_print(screens[end - 1], screens[end]):
            end += 1
        yield list(range(at, end))
        at = end


def _is_small_print(before: Screen, screen: Screen) -> bool:
    """Return whether a screen is small print of the one before it. A picture that stays for both is no picture of its
    own.
    """
    picture = screen.picture
    is_same = (
        picture is not None and picture.is_held and before.picture is not None and (picture.file == before.picture.file)
    )
    return screen.settings.is_legal and (picture is None or is_same)


def _show_unspoken(part: ScriptPart) -> list[ScriptPart]:
    """Return the parts of a film in which nobody speaks: a line under a picture is a caption, a line over words comes
    after them.
    """
    if part.voice:
        return [part]
    if part.spoken_text and part.words:
        read = [] if "quote" in part.words else _make_text_parts(part)
        silent = replace(part, spoken_text="", spoken_over=0)
        return [*read, silent] if part.role == "end_card" else [silent, *read]
    return [replace(part, spoken_over=1) if part.spoken_text else part]


def _add_name(words: dict[str, str], role: str, screens: Sequence[Screen]) -> dict[str, str]:
    """Add the name to a film that ends on its call, if the script has a name."""
    name = next((" ".join(one.text.split()) for one in screens if one.form == "reveal"), "")
    if role != "end_card" or not name or "name" in words:
        return words
    return {"name": name, **{key: text for key, text in words.items() if text.casefold() != name.casefold()}}


def _is_same_list(before: Screen, after: Screen) -> bool:
    joined = before.form == after.form == "step" and before.beat == after.beat
    apart = after.number == "1" or after.settings.length or (after.picture and not after.picture.is_held)
    return joined and not apart


def _find_picture(screens: Sequence[Screen]) -> Picture | None:
    """Return the picture of the screens. Code and charts fill the frame; a picture that is held waits under them."""
    if screens[0].form in ("code", "chart"):
        return None
    return next((one.picture for one in screens if one.picture), None)


def _drop_held_pictures(screens: Sequence[Screen]) -> list[Screen]:
    """Return the screens with a held picture on the first of them only: a list cannot hold it between its steps."""
    return [
        replace(one, picture=None) if n and one.picture and one.picture.is_held else one
        for n, one in enumerate(screens)
    ]


def _write_screen(screen: Screen) -> str:
    """Return the screen's own Markdown, one spelling for one meaning; without what is spoken over it."""
    return write_script(Script(screens=(replace(screen, beat=0),))).strip()


def _make_text_parts(part: ScriptPart) -> list[ScriptPart]:
    """Build the parts that show the line of a part that nobody speaks."""
    made = []
    for n, text in enumerate(split_spoken(part.spoken_text)):
        key = compute_digest([part.key, "spoken", n])
        role = part.role if part.role in PARAGRAPH_BEATS else "benefit"
        made.append(ScriptPart(
            line=part.line, turn=part.turn, role=role, key=key, markdown=write_spoken(text), words={"line": text},
            picture=part.picture,
        ))  # fmt: skip
    return made


def split_spoken(text: str) -> list[str]:
    """Split a spoken text into screens: by sentences, short ones together; a long one by its clauses."""
    made: list[str] = []
    for sentence in _split_text(text, _SENTENCE):
        for piece in _split_text(sentence, _CLAUSE) if measure_width(sentence) > MAX_CELLS else [sentence]:
            if made and measure_width(made[-1]) + measure_width(piece) < MAX_CELLS:
                made[-1] = f"{made[-1]}{'' if made[-1][-1:] in _UNSPACED else ' '}{piece}"
            else:
                made.append(piece)
    return made


def _split_text(text: str, ends: regex.Pattern[str]) -> list[str]:
    return [piece.strip() for piece in ends.split(text) if piece.strip()]
