"""The request for a bed: its plain values, checked and named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from reelwright.errors import BadInput
from reelwright.media.sound.dsp import RATE
from reelwright.media.sound.forms import FORMS, Form
from reelwright.media.sound.moods import load_mood

LONGEST_MS = 600_000
HitKind = Literal["hit", "whoosh", "riser", "tick", "drop"]
HIT_KINDS = ("hit", "whoosh", "riser", "tick", "drop")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the film and its energy, 1 to 5."""

    at_ms: int
    ms: int
    energy: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A designed accent whose transient, peak or end falls on ``at_ms``."""

    at_ms: int
    kind: HitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class BedRequest:
    """A request with everything that decides a bed. ``form``: None lets mood and seed choose it."""

    mood: str
    ms: int
    bpm_milli: int
    lift_ms: int | None
    button_ms: int
    sections: tuple[Section, ...]
    hits: tuple[Hit, ...]
    seed: int
    form: Form | None = None

    @property
    def samples(self) -> int:
        """Exact length at 48 kHz."""
        return self.ms * RATE // 1000

    def get_energy(self, sample: int) -> int:
        """Return the energy at a sample: of the section that covers it, else of the one before it, else 3."""
        ms = sample * 1000 // RATE
        begun = [section for section in self.sections if section.at_ms <= ms]
        return begun[-1].energy if begun else 3


def read_bed_request(args: Mapping[str, Any]) -> BedRequest:
    """Read the arguments of ``composer.bed``. Raises ``BadInput`` naming the field."""
    name = str(args.get("prompt", ""))
    load_mood(name)
    ms = _whole(args, "ms", 20, LONGEST_MS)
    lift = _whole(args, "lift_ms", 0, ms) if args.get("lift_ms") is not None else None
    return BedRequest(
        mood=name,
        ms=ms,
        bpm_milli=_whole(args, "bpm_milli", 40_000, 240_000),
        lift_ms=lift,
        button_ms=_whole(args, "button_ms", 0, ms),
        sections=tuple(sorted((_section(s, ms) for s in args.get("sections", ())), key=lambda s: s.at_ms)),
        hits=tuple(sorted((_hit(h, ms) for h in args.get("hits", ())), key=lambda h: h.at_ms)),
        seed=_whole(args, "seed", 0, 2**63) if args.get("seed") is not None else 0,
        form=_form(args.get("form")),
    )


def _whole(args: Mapping[str, Any], field: str, low: int, high: int) -> int:
    value = args.get(field)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadInput(field, value, f"a whole number from {low} to {high}")
    return value


def _form(given: Any) -> Form | None:
    if given is not None and given not in FORMS:
        raise BadInput("form", given, "one of " + ", ".join(FORMS))
    return cast(Form | None, given)


def _section(given: Mapping[str, Any], ms: int) -> Section:
    return Section(_whole(given, "at_ms", 0, ms), _whole(given, "ms", 0, ms), _whole(given, "energy", 1, 5))


def _hit(given: Mapping[str, Any], ms: int) -> Hit:
    kind = given.get("kind")
    if kind not in HIT_KINDS:
        raise BadInput("hits.kind", kind, "one of " + ", ".join(HIT_KINDS))
    return Hit(_whole(given, "at_ms", 0, ms), cast(HitKind, kind))
