"""The plan: beats in order with shots, words and sound. Immutable; an edit makes the next revision.

Every length is in frames at ``Plan.fps``. A shot's window on the timeline starts where the shot before it ends.
A transition runs under the first ``over`` frames of the *next* shot's window, so the film's length is the sum
of its windows and a shot's take must last ``length + over`` frames (``footage``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import Literal

from reelwright.reel.noun import Digest, ShotId, noun
from reelwright.reel.request import Request
from reelwright.units import Frames, ms_to_frames

SCHEMA = 1

TransitionKind = Literal["cut", "dissolve", "dip", "push", "wipe"]
Timed = tuple[tuple[str, int, int], ...]
"""Words in the order in which they are heard: text, first and last millisecond."""


@noun
class Opening:
    """What a shot opens on. ``image``: of a storyboard too, where the still is a picture of the person's own."""

    on: Literal["storyboard", "previous", "image", "nothing"] = "nothing"
    image: Digest | None = None


@noun
class Own:
    """Own footage: a clip from ``start``, in frames at the plan's rate, for as long as the shot lasts."""

    asset: Digest
    start: Frames = Frames(0)


@noun
class Transition:
    """How a shot gives way to the next. ``over`` frames of both are on screen; 0 for a cut."""

    kind: TransitionKind = "cut"
    over: Frames = Frames(0)


@noun
class Overlay:
    """Text or a mark drawn over a shot. ``start`` counts from the shot's window; ``length`` None: to its end.

    A ``title`` sets ``words`` by role in the look's display type over footage, as its beat, ``text``, has them.
    """

    kind: Literal["label", "source", "bug", "title"]
    text: str
    start: Frames = Frames(0)
    length: Frames | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@noun
class Shot:
    """One camera idea to obtain. ``words`` are its on-screen words by role (``line``, ``name``, ``number`` …).

    ``shows``: ``drawn``, the picture itself carries the beat's words; ``caption``, captions are burnt over it;
    ``nothing``, neither. ``corrections`` replace a caption's text by line id. ``sound``: what becomes of the
    take's own sound in the mix. ``waits``: its length follows from lines that are not spoken yet, and what it would
    be bought at depends on them. ``written``: the Markdown of the script's screens that it was made from; ``scripted``:
    a digest of the shot as the script has it (``scripted_digest``), by which an edit since is told.
    """

    id: ShotId
    prompt: str
    length: Frames
    source: Request | Own
    opening: Opening = field(default_factory=Opening)
    still: Request | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    shows: Literal["drawn", "caption", "nothing"] = "caption"
    overlays: tuple[Overlay, ...] = ()
    corrections: Mapping[str, str] = field(default_factory=dict)
    sound: Literal["keep", "duck", "mute"] = "mute"
    into: Transition = field(default_factory=Transition)
    waits: bool = False
    written: tuple[str, ...] = ()
    scripted: str = ""


@noun
class Line:
    """Words that are said, or would be: narration and captions. ``start`` counts from the beat's start.

    ``request`` None: nobody speaks it, it is read as a caption. ``spoken`` and ``timed`` are set by ``fit``; ``timed``:
    every word as its voice says it, with its first and last millisecond from the line's start, where the voice told.
    """

    id: str
    text: str
    start: Frames
    room: Frames
    request: Request | None = None
    spoken: Frames | None = None
    timed: Timed = ()


@noun
class Bed:
    """Music under the film. ``bpm_milli`` is beats per minute times 1000."""

    mood: str
    bpm_milli: int | None
    request: Request


@noun
class Beat:
    """One story turn. ``name`` is one of the fifteen beats of an ad, or a role of an archetype."""

    id: str
    name: str
    start: Frames
    length: Frames
    shots: tuple[Shot, ...]
    lines: tuple[Line, ...] = ()


@noun
class Plan:
    """One immutable state of the film to be. ``size`` in pixels; ``brief`` is the digest of the brief it answers.

    ``accent``: the brand's colour (``#RRGGBB``) in what is drawn over footage; empty: the look's own. ``written``: the
    front matter of the script that it was made from.
    """

    schema: int
    brief: Digest
    title: str
    fps: tuple[int, int]
    size: tuple[int, int]
    look: str
    tone: str
    language: str
    beats: tuple[Beat, ...]
    bed: Bed | None = None
    caption_style: str = "clean"
    accent: str = ""
    author: Literal["rules", "model", "person"] = "rules"
    written: str = ""

    @property
    def shots(self) -> tuple[Shot, ...]:
        """All shots, in the order of the film."""
        return tuple(shot for beat in self.beats for shot in beat.shots)

    @property
    def length(self) -> Frames:
        """Frames of the whole film."""
        return Frames(sum(shot.length for shot in self.shots))

    @property
    def seconds(self) -> Fraction:
        """Exact length of the film in seconds."""
        return Fraction(self.length * self.fps[1], self.fps[0])

    def windows(self) -> dict[ShotId, tuple[Frames, Frames]]:
        """Of each shot: first frame on the timeline, and the frame after its last."""
        found: dict[ShotId, tuple[Frames, Frames]] = {}
        at = 0
        for shot in self.shots:
            found[shot.id] = (Frames(at), Frames(at + shot.length))
            at += shot.length
        return found

    def lines(self) -> tuple[tuple[Frames, Line], ...]:
        """All lines with their first frame on the timeline."""
        return tuple((Frames(beat.start + line.start), line) for beat in self.beats for line in beat.lines)


def each_shot(plan: Plan, change: Callable[[Shot], Shot]) -> Plan:
    """The plan with every shot changed by ``change``; lengths stay."""
    return replace(plan, beats=tuple(replace(b, shots=tuple(change(shot) for shot in b.shots)) for b in plan.beats))


def footage(shot: Shot) -> Frames:
    """Frames that the shot's take must bring: its window and the transition that follows it."""
    return Frames(shot.length + shot.into.over)


def shown_from(plan: Plan, shot: Shot) -> Frames:
    """First frame of the source that the shot's window shows.

    A take that ends on a given frame is shown to its end; every other one from its start.
    """
    if isinstance(shot.source, Own):
        return shot.source.start
    if shot.source.ms is None or not any(i.role == "last_frame" for i in shot.source.inputs):
        return Frames(0)
    return Frames(max(0, ms_to_frames(shot.source.ms, plan.fps) - footage(shot)))
