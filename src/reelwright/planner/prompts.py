"""Describes each shot in the slots of a video prompt: one subject, one verb, one camera move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final

import regex

from reelwright.planner.flavors import Flavor, ImagePrompts, ScenePrompts
from reelwright.planner.tables import load_pattern, load_pictures
from reelwright.reel.base.value import define_value
from reelwright.reel.film.beats import BEAT_ROWS

SIZES: Final = {
    "EWS": "extreme wide shot", "WS": "wide shot", "MWS": "medium-wide shot", "MS": "medium shot",
    "MCU": "medium close-up", "CU": "close-up", "ECU": "extreme close-up", "INSERT": "insert",
}  # fmt: skip
_SAID_ALIKE: Final = tuple(
    regex.compile(rf"\b(?:{one})\b", regex.I)
    for one in ("seen|caught from", "rim of light|along one edge|catching the light|in clear light|in shadow", "front")
)
"""What a flavor adds to a beat's act, or to its still, is left out where the act says the like."""
_GOES_ON: Final = "with a small natural movement"
_ONE_OF_CAST: Final = regex.compile(r"\ba (?:wo)?man of about")
_LENSES: Final = {
    "EWS": "24mm", "WS": "24mm", "MWS": "35mm", "MS": "50mm", "MCU": "50mm", "CU": "85mm", "ECU": "100mm macro",
    "INSERT": "100mm macro",
}  # fmt: skip
_SLOTS: Final = ("setting", "light", "lens", "camera", "grade", "style", "still", "audio", "first frame", "leave out")
NO_TEXT_CLAUSE: Final = "no readable text, logos or numbers in the picture"


@define_value
class ShotPrompt:
    """The picture of one shot, in slots. ``size``: a code of craft.md 1.2 such as ``CU``, or empty; ``action``: who
    does what where; ``setting``: where else the picture plays.

    ``style`` is the flavor's, for takes and stills; ``still`` for the still alone; ``first_frame``: all that is
    seen as the take begins, where the action is a motion. If only ``action`` is set, a person or a model wrote the
    prompt freely.
    """

    action: str
    size: str = ""
    setting: str = ""
    light: str = ""
    lens: str = ""
    camera: str = ""
    grade: str = ""
    sound: str = ""
    style: str = ""
    still: str = ""
    first_frame: str = ""
    exclusions: tuple[str, ...] = ()

    def to_text(self) -> str:
        """Return the text that ``Shot.prompt`` keeps. It begins with the size, which ``grammar`` reads.
        ``parse_prompt`` reverses it.
        """
        opens = f"{self.size}, {SIZES[self.size]} of {self.action}" if self.size else self.action
        slots = {
            "setting": self.setting, "light": self.light, "lens": self.lens, "camera": self.camera,
            "grade": self.grade, "style": self.style, "still": self.still, "audio": self.sound,
            "first frame": self.first_frame,
        }  # fmt: skip
        parts = [opens, *(f"{slot}: {value}" for slot, value in slots.items() if value)]
        if self.size:
            parts.append(NO_TEXT_CLAUSE)
        if self.exclusions:
            parts.append(f"leave out: {', '.join(self.exclusions)}")
        return "; ".join(parts)


def parse_prompt(text: str) -> ShotPrompt:
    """Parse a shot's prompt into slots. Text without a slot belongs to the action. Pure; never fails."""
    slots = dict.fromkeys(_SLOTS, "")
    free: list[str] = []
    for part in text.split("; "):
        slot, found, value = part.partition(": ")
        if found and slot in slots and not slots[slot]:
            slots[slot] = value.strip()
        elif part.strip() != NO_TEXT_CLAUSE:
            free.append(part.strip())
    opens, size = "; ".join(part for part in free if part), ""
    code, _, rest = opens.partition(", ")
    if code in SIZES:
        size, opens = code, rest.removeprefix(f"{SIZES[code]} of ")
    barred = tuple(part.strip() for part in slots["leave out"].split(",") if part.strip())
    return ShotPrompt(
        action=opens, size=size, setting=slots["setting"], light=slots["light"], lens=slots["lens"],
        camera=slots["camera"], grade=slots["grade"], style=slots["style"], still=slots["still"],
        sound=slots["audio"], first_frame=slots["first frame"], exclusions=barred,
    )  # fmt: skip


def keep_style(text: str, before: str) -> str:
    """Return ``text`` as a shot's new prompt, with style and exclusions of ``before`` if it sets none of them."""
    new, old = parse_prompt(text), parse_prompt(before)
    if new.style or new.still or new.exclusions or not (old.style or old.still or old.exclusions):
        return text
    return replace(new, style=old.style, still=old.still, exclusions=old.exclusions).to_text()


def copy_framing(text: str, before: str, *, has_camera: bool) -> str:
    """Return a prompt with the size and the lens of ``before`` and, where it ``has_camera``, its camera."""
    new, old = parse_prompt(text), parse_prompt(before)
    camera = old.camera if has_camera else new.camera
    return replace(new, size=old.size, lens=old.lens, camera=camera).to_text()


def continue_prompt(text: str, before: str) -> str:
    """Return the prompt of a take that goes on from the one with the prompt ``before`` without a cut: an act of the
    table that is the same again, would change the view or bring in somebody else gives way to a small movement. What a
    person or a brief wrote stays as it is.
    """
    new, old = parse_prompt(text), parse_prompt(before)
    subject, _, act = new.action.rpartition(", ")
    if not _load_acts().fullmatch(act):
        return text
    people = {*load_pattern("seen_people").findall(act), *_ONE_OF_CAST.findall(act)}
    is_new = bool(load_pattern("view").search(act)) or any(one not in old.action for one in people)
    if not subject or not (is_new or old.action.endswith(act)):
        return text
    return replace(new, action=f"{subject}, {_GOES_ON}", size=old.size, lens=old.lens).to_text()


@cache
def _load_acts() -> regex.Pattern[str]:
    """Load a pattern of every act that the planner chooses from its table, with the one person of a film in it."""
    acts = {act for by_kind in load_pictures().values() for texts in by_kind.values() for act in texts}
    texts = {text for act in acts for text in act.split(" | ")}
    listed = "|".join(sorted(map(regex.escape, texts), key=len, reverse=True))
    return regex.compile(listed.replace("somebody", r"a (?:wo)?man of about \w+ in \w+(?: \w+)?"))


def _describe_still(beat: str, prompts: ImagePrompts, action: str = "") -> str:
    """Describe what a flavor asks of stills, and of stills with a person or with the product in them."""
    row = BEAT_ROWS.get(beat)
    parts = (
        prompts.style,
        prompts.person if row and row.has_person else "",
        prompts.product if row and row.has_product and not _SAID_ALIKE[-1].search(action) else "",
    )
    return _remove_separators(", ".join(part for part in parts if part))


def _remove_separators(text: str) -> str:
    """Remove the characters that separate the slots of a prompt."""
    return text.replace(";", ",").strip().rstrip(".")


def write_prompt(
    beat: str,
    size: str,
    action: str,
    *,
    light: str,
    camera: str,
    grade: str,
    sound: str,
    setting: str = "",
    style: str = "",
    first_frame: str = "",
    exclusions: Sequence[str] = (),
    flavor: Flavor | None = None,
) -> str:
    """Write a prompt from slots that somebody wrote freely: none of them can end its slot or begin another.

    The flavor's own words are added as they are to what the rules write.
    """
    scenes = flavor.scene_prompts if flavor else ScenePrompts()
    manner = _join_styles(_normalize_slot(style), _remove_separators(scenes.style))
    is_photographed = not is_drawn_style(manner)
    added = scenes.beats.get(beat, "")
    added = "" if any(one.search(added) and one.search(action) for one in _SAID_ALIKE) else added
    action, first = (
        ", ".join(part for part in (_normalize_slot(text), added) if part) for text in (action, first_frame)
    )
    return ShotPrompt(
        action=action, first_frame=first if first_frame else "", size=size, setting=_normalize_slot(setting),
        light=_normalize_slot(light), lens=_LENSES[size] if is_photographed else "", camera=_normalize_slot(camera),
        grade=grade if is_photographed else "", sound=_normalize_slot(sound), style=manner,
        still=_describe_still(beat, flavor.image_prompts, action) if flavor else "",
        exclusions=(*exclusions, *scenes.never),
    ).to_text()  # fmt: skip


def is_drawn_style(style: str) -> bool:
    """Return whether no camera takes pictures of a style ("pixar style", "Aquarell"), so that lenses mean nothing."""
    return bool(load_pattern("not_photographed").search(style))


def _join_styles(own: str, flavor: str) -> str:
    """Join the manner of the brief with that of the flavor, in one sentence."""
    return f"{own}, {flavor[:1].lower()}{flavor[1:]}" if own and flavor else own or flavor


def _normalize_slot(text: str) -> str:
    return " ".join(text.replace(";", ",").split()).rstrip(".")


_PEOPLE_WORDS: Final = frozenset({"people", "person", "persons", "humans", "faces", "actors", "anyone"})
"""Words of an exclusion that means: show no people."""


def is_without_people(exclusions: Sequence[str]) -> bool:
    """Return whether nobody may be seen: "people" bars everybody, "people asleep in doorways" does not."""
    return any(thing.casefold().split(" in the ")[0].rpartition(" ")[2] in _PEOPLE_WORDS for thing in exclusions)
