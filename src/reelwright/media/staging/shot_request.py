"""The request for one drawn shot: plain arguments are checked once, and an error names each one that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.media.drawing import colour
from reelwright.media.emblems import check_emblem, check_emblems
from reelwright.media.letters.quotation_marks import set_marks
from reelwright.media.letters.streets import is_street_line
from reelwright.media.letters.word_styles import mark_listing, mark_styles, strip_styles
from reelwright.reel.film.beats import BEATS
from reelwright.reel.film.plan import MOVES

TREATMENTS = ("cutout", "screen", "photo")
_MOST_FRAMES = 60 * 60 * 5
_MOST_PIXELS = 4096 * 4096
_MOST_LETTERS = 400
_AS_TYPED = ("listing", "code", "url")
"""Roles that a person copies letter by letter: their straight marks stay."""


_SINGLE: Final = ("reveal", "end_card")
_TAKEN: Final = 7
"""What a seed is divided by for ``own_turn``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotRequest:
    """A request to draw one shot. Sizes in pixels, times in frames, ``fps`` as numerator and denominator.

    ``words``: by role, with private signs for their styles (``letters.word_styles``), and ``|`` where a line ends.
    ``emblem``: name of the drawing of what the film is about, or, where ``is_emblem_named``, of a thing that this
    screen's own words name; empty: none. ``film_emblem``: always what the film is about. ``things``: the
    name of one for each row of a list, of steps or of figures. ``about``: what the film's name is, and when, for its
    last card. ``is_again``: a film's first words, which have stood whole, are set once more, in another picture.
    """

    staging: str
    size: tuple[int, int]
    fps: tuple[int, int]
    frames: int
    look: str = "slam"
    words: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    accent: str | None = None
    emblem: str = ""
    film_emblem: str = ""
    about: str = ""
    is_emblem_named: bool = False
    things: tuple[str, ...] = ()
    hits: tuple[int, ...] = ()
    variant: int = 0
    seed: int = 0
    treatment: str | None = None
    move: str = "push"
    previous_beat: str | None = None
    next_beat: str | None = None
    is_again: bool = False

    def choose_composition(self, count: int) -> int:
        """Choose one of ``count`` compositions: the next shot of a beat has the next one.

        A variant counts the shots of a beat from 0 to 7 and, in eights, how often a person asked for another one. The
        name and the last card, of which a film has one each, begin with one that its own seed chooses.
        """
        own = self.own_turn if self.staging in _SINGLE else 0
        return (self.variant % 8 + self.variant // 8 + own) % count

    @property
    def own_turn(self) -> int:
        """A number by which shots alike in two films differ: of the seed, but not the part that other choices take."""
        return self.seed // _TAKEN

    @property
    def pace(self) -> float:
        """Frames of this shot that last as long as one frame at 30 fps."""
        return self.fps[0] / self.fps[1] / 30


def read_shot_request(args: Mapping[str, Any]) -> ShotRequest:
    """Read the arguments of the works ``animatic.take``, ``animatic.picture`` and ``animatic.still``.

    Raises ``BadInput`` naming the field, its value and what is accepted.
    """
    mode = args.get("mode", "take")
    staging = args.get("staging", "cold_open" if mode == "picture" else None)
    accent, language = args.get("accent"), str(args.get("language", "en"))
    words = _raise_address(staging, _words(args.get("words", {}), language))
    return ShotRequest(
        staging=_one_of("staging", staging, BEATS), size=_size(args.get("size")), fps=_fps(args.get("fps", [30, 1])),
        frames=_whole("frames", args.get("frames"), 1, _MOST_FRAMES), look=str(args.get("look", "slam")), words=words,
        language=language, accent=None if accent is None else colour.parse_colour(accent),
        emblem=_choose_emblem(args) or _find_emblem_of_address(staging, words),
        film_emblem=str(args.get("emblem", "")), is_emblem_named=bool(args.get("subject")),
        hits=_hits(args.get("hits", [])),
        things=check_emblems("things", args.get("things", [])),
        about=_words({"about": args.get("about", "")}, language).get("about", ""),
        variant=_whole("variant", args.get("variant", 0), 0, 2**31),
        seed=_whole("seed", args.get("seed", 0), 0, 2**63),
        treatment=None if args.get("treatment") is None else _one_of("treatment", args["treatment"], TREATMENTS),
        move=_one_of("move", args.get("move", "push"), MOVES), previous_beat=_neighbour(args.get("after")),
        next_beat=_neighbour(args.get("before")),
    )  # fmt: skip


def _one_of(field: str, value: object, accepted: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in accepted:
        return value
    raise BadInput(field, value, " | ".join(accepted))


def _choose_emblem(args: Mapping[str, Any]) -> str:
    given = {key: check_emblem(key, args[key]) for key in ("subject", "emblem") if args.get(key)}
    return next(iter(given.values()), "")


def _find_emblem_of_address(staging: object, words: Mapping[str, str]) -> str:
    """Return the emblem of a last card without a name, by its address: a telephone, a letter, the world."""
    address = words.get("url", "")
    if staging != "end_card" or words.get("name") or not address:
        return ""
    if is_street_line(address):
        return "pin"
    return "letter" if "@" in address.strip("@") else "globe" if any(c.isalpha() for c in address) else "phone"


def _neighbour(value: object) -> str | None:
    return value if isinstance(value, str) and value in BEATS else None


def _whole(field: str, value: object, least: int, most: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    raise BadInput(field, value, f"a whole number from {least} to {most}")


def _pair(field: str, value: object, accepted: str) -> tuple[int, int]:
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(v, int) and v > 0 for v in value):
        return value[0], value[1]
    raise BadInput(field, value, accepted)


def _size(value: object) -> tuple[int, int]:
    accepted = "[width, height], both even, 64 pixels or more, 4096x4096 at most"
    width, height = _pair("size", value, accepted)
    if width % 2 or height % 2 or min(width, height) < 64 or width * height > _MOST_PIXELS:
        raise BadInput("size", value, accepted)
    return width, height


def _fps(value: object) -> tuple[int, int]:
    accepted = "[numerator, denominator] of 1 to 120 frames a second"
    top, bottom = _pair("fps", value, accepted)
    if not bottom <= top <= 120 * bottom:
        raise BadInput("fps", value, accepted)
    return top, bottom


def _hits(value: object) -> tuple[int, ...]:
    if isinstance(value, list | tuple) and all(isinstance(v, int) and v >= 0 for v in value):
        return tuple(sorted(set(value)))
    raise BadInput("hits", value, "a list of frames, 0 or more")


def _words(value: object, language: str) -> dict[str, str]:
    accepted = f"a mapping of role to text of at most {_MOST_LETTERS} letters"
    if not isinstance(value, Mapping):
        raise BadInput("words", value, accepted)
    words = {}
    for role, text in value.items():
        # ratio_milli and its like are numbers in the request; all other roles are text.
        raw = str(text) if isinstance(text, str | int) else None
        shown = "" if raw is None else mark_listing(raw) if role == "listing" else mark_styles(raw)
        cleaned = shown if role in _AS_TYPED else set_marks(shown, language)
        if raw is None or len(strip_styles(cleaned)) > _MOST_LETTERS:
            raise BadInput(f"words.{role}", text, accepted)
        if cleaned:
            words[str(role)] = cleaned
    return words


def _raise_address(staging: object, words: dict[str, str]) -> dict[str, str]:
    """Return the words of a call with its address as the line, where it says nothing else: no look draws a button
    below nothing.
    """
    if staging != "cta" or "line" in words or "url" not in words:
        return words
    return {"line" if role == "url" else role: text for role, text in words.items()}
