"""What each shot shows, in slots that a video model's prompt is made from: one subject, one verb, one camera move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Final

from reelwright.reel.noun import noun

if TYPE_CHECKING:
    from reelwright.planner.flavors import Flavor

SIZES: Final = {
    "EWS": "extreme wide shot", "WS": "wide shot", "MWS": "medium-wide shot", "MS": "medium shot",
    "MCU": "medium close-up", "CU": "close-up", "ECU": "extreme close-up", "INSERT": "insert",
}  # fmt: skip
_LENSES: Final = {
    "EWS": "24mm", "WS": "24mm", "MWS": "35mm", "MS": "50mm", "MCU": "50mm", "CU": "85mm", "ECU": "100mm macro",
    "INSERT": "100mm macro",
}  # fmt: skip
NEVER: Final = "no readable text, logos or numbers in the picture"


@noun
class Idea:
    """One shot in slots. ``size``: a code of craft.md 1.2 such as ``CU``, or nothing; ``action``: who does what where.

    ``style`` is the flavor's, for all of it; ``still`` for its still alone. Where only ``action`` is said, a person or
    a model wrote the prompt freely.
    """

    action: str
    size: str = ""
    light: str = ""
    lens: str = ""
    camera: str = ""
    grade: str = ""
    sound: str = ""
    style: str = ""
    still: str = ""
    barred: tuple[str, ...] = ()

    def text(self) -> str:
        """As ``Shot.prompt`` keeps it. Opens with the size, which the grammar reads; ``read_idea`` gives it back."""
        opens = f"{self.size}, {SIZES[self.size]} of {self.action}" if self.size else self.action
        said = {
            "light": self.light, "lens": self.lens, "camera": self.camera, "grade": self.grade, "style": self.style,
            "still": self.still, "audio": self.sound,
        }  # fmt: skip
        parts = [opens, *(f"{slot}: {value}" for slot, value in said.items() if value)]
        if self.size:
            parts.append(NEVER)
        if self.barred:
            parts.append(f"leave out: {', '.join(self.barred)}")
        return "; ".join(parts)


@noun
class Extra:
    """What a flavor adds to every shot: to all, to those of a beat, to stills, and what must not be seen."""

    style: str = ""
    never: tuple[str, ...] = ()
    beats: Mapping[str, str] = field(default_factory=dict)
    image: Mapping[str, str] = field(default_factory=dict)


def extra_of(chosen: Flavor) -> Extra:
    """What the flavor adds to what shots and stills show."""
    return Extra(style=chosen.style, never=chosen.never, beats=chosen.beats, image=chosen.image)


def read_idea(text: str) -> Idea:
    """The slots of a shot's prompt; what has none is all action. Pure; never fails."""
    slots = dict.fromkeys(("light", "lens", "camera", "grade", "style", "still", "audio", "leave out"), "")
    free: list[str] = []
    for part in text.split("; "):
        slot, found, value = part.partition(": ")
        if found and slot in slots and not slots[slot]:
            slots[slot] = value.strip()
        elif part.strip() != NEVER:
            free.append(part.strip())
    opens, size = "; ".join(part for part in free if part), ""
    code, _, rest = opens.partition(", ")
    if code in SIZES:
        size, opens = code, rest.removeprefix(f"{SIZES[code]} of ")
    barred = tuple(part.strip() for part in slots["leave out"].split(",") if part.strip())
    return Idea(
        action=opens, size=size, light=slots["light"], lens=slots["lens"], camera=slots["camera"],
        grade=slots["grade"], style=slots["style"], still=slots["still"], sound=slots["audio"], barred=barred,
    )  # fmt: skip


def in_the_same_film(text: str, before: str) -> str:
    """A new prompt for a shot, with what the flavor and the brief say of every shot, where it says nothing of that."""
    new, old = read_idea(text), read_idea(before)
    if new.style or new.still or new.barred or not (old.style or old.still or old.barred):
        return text
    return replace(new, style=old.style, still=old.still, barred=old.barred).text()


_PEOPLE: Final = frozenset({"hook", "problem", "agitate", "benefit", "transformation", "testimonial"})
_THINGS: Final = frozenset({"reveal", "demo", "benefit", "offer", "cta"})


def _still(beat: str, extra: Extra) -> str:
    """What a flavor says of stills, and of those with a person or with the product in them."""
    parts = (
        extra.image.get("style"),
        extra.image.get("person") if beat in _PEOPLE else "",
        extra.image.get("product") if beat in _THINGS else "",
    )
    return _plain(", ".join(part for part in parts if part))


def _plain(text: str) -> str:
    """Without what parts a prompt's slots from one another."""
    return text.replace(";", ",").strip().rstrip(".")


def written_prompt(
    beat: str, size: str, action: str, *, light: str, camera: str, grade: str, sound: str, barred: Sequence[str] = (),
    extra: Extra | None = None,
) -> str:  # fmt: skip
    """A prompt from slots that somebody wrote freely: none of them can end its slot or begin another.

    The flavor's own words (``extra``) are added as they are to what the rules write.
    """
    extra = extra or Extra()
    return Idea(
        action=", ".join(part for part in (_free(action), extra.beats.get(beat, "")) if part),
        size=size,
        light=_free(light),
        lens=_LENSES[size],
        camera=_free(camera),
        grade=grade,
        sound=_free(sound),
        style=_plain(extra.style),
        still=_still(beat, extra),
        barred=(*barred, *extra.never),
    ).text()


def _free(text: str) -> str:
    return " ".join(text.replace(";", ",").split()).rstrip(".")


NOBODY: Final = frozenset({"people", "person", "persons", "humans", "faces", "actors", "anyone"})
"""Words of a brief by which nobody is to be seen."""
