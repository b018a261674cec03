"""Describes each shot in the slots of a video prompt: one subject, one verb, one camera move."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

import regex

from reelwright.planner.flavors import Flavor, ImagePrompts, ScenePrompts
from reelwright.planner.screens.subject_phrase import CLAUSE, SCENE
from reelwright.planner.subject_kind import WIDER_KINDS, WORK, SubjectKind
from reelwright.planner.tables import load_beat_pictures, load_pattern
from reelwright.reel.base.value import define_value
from reelwright.reel.film.beats import BEAT_ROWS

SIZES: Final = {
    "EWS": "extreme wide shot", "WS": "wide shot", "MWS": "medium-wide shot", "MS": "medium shot",
    "MCU": "medium close-up", "CU": "close-up", "ECU": "extreme close-up", "INSERT": "insert",
}  # fmt: skip
_SMALL_KINDS: Final = ("thing", "food", "app", "software", "worn", "drink", "care", "device")
"""Kinds that are seen in every size; a place or somebody is seen as wide as what happens there."""
_SIZES_SEEN: Final = (
    (regex.compile(r"\balone (?:fill|in the)"), ("ECU", "ECU")),
    (regex.compile(r"\b(?:edge of the frame|plenty of room|empty (?:space|frame)|inside)\b"), ("MS", "MWS")),
    (regex.compile(r"\bsharp focus\b|\b(?:(?:very|quite|seen) close|close on)\b"), ("CU", "MCU")),
    (regex.compile(r"\b(?:friends?|leans?|walk|stride|step)\b"), ("MS", "MWS")),
    (regex.compile(r"\b(?:hands?|somebody|work|smil\w+|eyes|look|face|frown\w*|laugh\w*|quietly)\b"), ("MS", "MCU")),
    (regex.compile(r"\b(?:far (?:off|away)|across the way|people|(?:small|wide) (?:in|and|frame))\b"), ("EWS", "WS")),
    (regex.compile(""), ("MWS", "WS")),
)  # fmt: skip
"""Sizes by what is seen, the first that matches; two, so that shots in a row differ."""
_SMALL_SIZES: Final = ("CU", "MCU")
"""Sizes of a thing with nobody beside it: it would be lost in a wide shot."""
_AT_WORK_SIZES: Final = ("MS", "MWS")
_WIDE_KINDS: Final = ("place", "outdoors", "vehicle", "event", "large")
"""Kinds of which a close-up shows too little."""
_WITH_PEOPLE: Final = 4
"""The last of the sizes that show people."""
_SEEN_LIKE: Final[dict[SubjectKind, SubjectKind]] = {"trade": "service", "name": "person", "software": "app"}
_ACTS_ALONE: Final = ("person", "show", "service", "story", "animal", "lesson", "sport", "event", "outing", "club")
"""Kinds of people and animals: what is seen of any thing does not suit them."""
_ACTING_BEATS: Final = ("hook", "reveal", "demo", "benefit")
"""Beats in which a thing is seen while something is done to it."""
_SAID_ALIKE: Final = tuple(
    regex.compile(rf"\b(?:{one})\b", regex.I)
    for one in ("seen|caught from", "rim of light|along one edge|catching the light|in clear light|in shadow", "front")
)
"""What a flavor adds to a beat's act, or to its still, is left out where the act says the like."""
_GOES_ON, _STAYS = "as the action goes on", "quite still for one moment more"
"""What is seen of a sentence, and of a thing, whose take goes on without an act of its own."""
_SUBJECT_AND_ACT: Final = regex.compile(r"(.+)(, | – )(.*)")
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


def choose_size(act: str, kind: SubjectKind, count: int) -> str:
    """Choose the size of a shot by what is seen in it. ``count``: of the shot, so that those in a row differ. Pure."""
    nth, sizes = next((nth, sizes) for nth, (seen, sizes) in enumerate(_SIZES_SEEN) if seen.search(act))
    if kind in _WIDE_KINDS and {*sizes} & {*_SMALL_SIZES}:
        sizes = _AT_WORK_SIZES
    if nth > _WITH_PEOPLE and kind in _SMALL_KINDS:
        return _SMALL_SIZES[count % 2]
    return (_AT_WORK_SIZES if sizes == _SIZES_SEEN[-1][1] and kind in (*WORK, "person") else sizes)[count % 2]


def choose_action(
    beat: str, kind: SubjectKind, count: int, *, shows_people: bool = True, does: Sequence[str] = (),
    deeds: Sequence[str] = (), earlier: Container[str] = (), is_solemn: bool = False,
) -> str:  # fmt: skip
    """Choose what is seen of a subject in the shot number ``count`` (from 0) of a beat, with what its still shows
    behind a sign. ``shows_people``: some may be in it. ``does``: what people of its trade do. ``deeds``: what the brief
    says is done to it. ``earlier``: what other shots show, which comes last. ``is_solemn``: nobody laughs in it. Pure.
    """
    acts, further = load_beat_pictures()[beat], load_beat_pictures()["goes_on"]
    kind = "thing" if kind in WORK and not shows_people else _SEEN_LIKE.get(kind, kind)
    kinds = dict.fromkeys([kind, WIDER_KINDS.get(kind, kind)])
    if kind not in _ACTS_ALONE or not any(one in acts for one in (*kinds, "person")):
        kinds["any"] = None
    elif kind == "service":
        kinds["person"] = None
    texts = [text for one in kinds for text in acts.get(one, ())]
    if kind in ("service", "person", "show", "club"):
        texts = [*{"hook": does[:1], "demo": does[1:]}.get(beat, ()), *texts]
    elif kind == "place" and beat in ("demo", "benefit", "brand"):
        first = 1 if beat == "brand" else 0
        texts[first:first] = [f"with somebody {one}" for one in does]
    elif beat in _ACTING_BEATS:
        texts = [*deeds, *texts]
    texts += next((further[one] for one in kinds if one in further), further["any"])
    bars = {"seen_people": not shows_people, "merry": is_solemn}
    barred = [load_pattern(name) for name, is_barred in bars.items() if is_barred]
    texts = [text for text in dict.fromkeys(texts) if not any(one.search(text) for one in barred)]
    count %= len(texts)
    return next((text for text in (*texts[count:], *texts[:count]) if text not in earlier), texts[count])


def list_deeds(kind: SubjectKind, brief: str, subject: str) -> list[str]:
    """List what a brief says is done to a subject of a kind, as its pictures show it; of what the subject itself says
    ("hand-poured candles") the state alone. Pure.
    """
    rows = ((row.split(), texts) for row, texts in load_beat_pictures()["deeds"].items())
    words = subject.casefold().replace("-", " ").split()
    wanted = ("thing", "food") if kind == "any" else (WIDER_KINDS.get(kind, kind),)
    return [
        text.rpartition(" | ")[2] if text.split()[0] in words else text
        for (name, *of), texts in rows if {*of} & {*wanted} and load_pattern("deed", name).search(brief)
        for text in texts
    ]  # fmt: skip


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
    found = _SUBJECT_AND_ACT.fullmatch(new.action)
    if not found or not _load_acts().fullmatch(found[3]):
        return text
    subject, sign, act = found.groups()
    people = {*load_pattern("seen_people").findall(act), *_ONE_OF_CAST.findall(act)}
    is_new = bool(load_pattern("view").search(act)) or any(one not in old.action for one in people)
    if not (is_new or old.action.endswith(act)):
        return text
    goes_on = _GOES_ON if subject.startswith((SCENE, CLAUSE)) else _STAYS
    return replace(new, action=f"{subject}{sign}{goes_on}", size=old.size, lens=old.lens).to_text()


@cache
def _load_acts() -> regex.Pattern[str]:
    """Load a pattern of every act that the planner chooses from its table, with the one person of a film in it."""
    acts = {act for by_kind in load_beat_pictures().values() for texts in by_kind.values() for act in texts}
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
