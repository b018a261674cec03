"""The plan: beats in order with shots, words and sound. Immutable; an edit makes the next revision.

Every length is in frames at ``Plan.fps``. A shot's window on the timeline starts where the shot before it ends.
A transition runs during the first frames of the *next* shot's window, so the film's length is the sum of its windows,
and a shot's take must last as long as the shot and its transition together (``compute_take_length``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import Any, Final, Literal

from reelwright.reel.base.value import Digest, ShotId, define_value
from reelwright.reel.film.preset import Preset
from reelwright.reel.graph.request import Request
from reelwright.units import Aspect, Frames, convert_ms_to_frames, find_nearest_aspect, name_aspect

SCHEMA = 1

MOVES = ("push", "pull", "left", "right", "up", "down")
"""How a picture moves: the camera's way over it."""
TransitionKind = Literal["cut", "dissolve", "dip", "push", "wipe"]
CaptionChoice = Literal["clean", "bold", "box", "off"]
"""How captions are drawn over the picture; ``off``: not at all, and the caption files have them alone."""
MAX_CAPTION_SHIFT_S: Final = 3
"""Most seconds by which a person moves all captions: a caption that far from its words belongs to others."""
MUSIC_LEVELS_DB: Final = (-18, 3)
"""Lowest and highest level of music, in decibels from its usual loudness of -19 LUFS, which a voice lowers further. At
the highest it is as loud as a voice (-16 LUFS) in its pauses; below the lowest it is not heard. Source: craft.md 5.2,
read 2026-11-20.
"""
MOST_PIECES: Final = 99
"""Most pieces of one mood that a person chooses from by number."""
WordTimes = tuple[tuple[str, int, int], ...]
"""Words in the order in which the voice speaks them: text, first and last millisecond."""


def _is_empty(value: object) -> bool:
    return not value


_OMIT_EMPTY: Final[Mapping[str, Any]] = {"exclude_if": _is_empty}
"""Of fields that came with a later release: where one says nothing it is written nowhere, not in ``film.yaml`` either.

Pydantic reads it from the field; it is not imported here, so that the planner starts quickly.
"""


@define_value
class Opening:
    """The picture that a shot opens on. ``source``: where it comes from.

    ``image``: a picture of the person's own; also with the source ``storyboard``, where that picture is the still.
    """

    source: Literal["storyboard", "previous", "image", "nothing"] = "nothing"
    image: Digest | None = None


@define_value
class OwnFootage:
    """The person's own footage: a clip from ``start``, in frames at the plan's rate, for as long as the shot lasts."""

    asset: Digest
    start: Frames = Frames(0)


@define_value
class Transition:
    """The change from a shot to the next. For ``length`` frames both are on screen; 0 for a cut."""

    kind: TransitionKind = "cut"
    length: Frames = Frames(0)


@define_value
class Overlay:
    """Text or a mark drawn over a shot. ``start`` counts from the shot's window; ``length`` None: to its end.

    A ``title`` sets ``words``, by role, over footage in the look's headline type. Its ``text`` is the name of the beat
    or role, which decides the layout.
    """

    kind: Literal["label", "source", "bug", "title"]
    text: str
    start: Frames = Frames(0)
    length: Frames | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@define_value
class Shot:
    """A camera idea to film, buy or draw. ``words``: its words on screen by role (``line``, ``name``, ``number`` …).

    ``text_mode``: ``drawn``, the picture itself has the beat's words; ``caption``, captions are burnt over it;
    ``nothing``, neither. ``corrections`` replace a caption's text by line id. ``sound``: the level of the take's own
    sound in the mix. ``length_needs_voice``: its length, and so what is bought for it, depends on lines that are not
    spoken yet. ``markdown``: the Markdown of the script's screens that it was made from. ``script_digest``: a digest of
    the shot as the script has it (``planner.edits.carrying``); a shot that no longer matches it was edited.
    """

    id: ShotId
    prompt: str
    length: Frames
    source: Request | OwnFootage
    opening: Opening = field(default_factory=Opening)
    still: Request | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    text_mode: Literal["drawn", "caption", "nothing"] = "caption"
    overlays: tuple[Overlay, ...] = ()
    corrections: Mapping[str, str] = field(default_factory=dict)
    sound: Literal["keep", "duck", "mute"] = "mute"
    transition: Transition = field(default_factory=Transition)
    length_needs_voice: bool = False
    markdown: tuple[str, ...] = ()
    script_digest: str = ""


@define_value
class Line:
    """A line of narration or captions. ``start`` counts from the beat's start.

    ``request`` None: no voice speaks it, it is only read as a caption. ``spoken_length`` and ``word_times`` are set by
    ``fit``. ``word_times``: every spoken word with its first and last millisecond from the line's start, if the voice
    reported them.
    """

    id: str
    text: str
    start: Frames
    room: Frames
    request: Request | None = None
    spoken_length: Frames | None = None
    word_times: WordTimes = ()


@define_value
class Bed:
    """The music under the film. ``bpm_milli``: beats per minute times 1000.

    ``level_milli_db``: how much louder than usual it is mixed, in thousandths of a decibel. ``piece_index``: which
    piece of the mood it is; 0 is the first.
    """

    mood: str
    bpm_milli: int | None
    request: Request
    level_milli_db: int = field(default=0, metadata=_OMIT_EMPTY)
    piece_index: int = field(default=0, metadata=_OMIT_EMPTY)


@define_value
class Beat:
    """A turn of the story. ``name`` is one of the fifteen beats of an ad, or a role of an archetype."""

    id: str
    name: str
    start: Frames
    length: Frames
    shots: tuple[Shot, ...]
    lines: tuple[Line, ...] = ()


@define_value
class Format:
    """A further aspect in which the film is cut, from the plan's own takes, voice and music. ``size`` in pixels.

    ``is_native``: takes and stills of AI models are bought in this format too; else those of the plan are reframed.
    ``model_aspects``: the aspect that each model is then asked for; empty text where it takes that of its first frame.
    """

    size: tuple[int, int]
    is_native: bool = False
    model_aspects: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of its aspect in keys of steps and in names of files, such as ``9x16``."""
        return name_format(self.size)


def name_format(size: tuple[int, int]) -> str:
    """Return the name of a size's aspect in keys of steps and in names of files, such as ``9x16``."""
    return name_aspect(find_nearest_aspect(size))


@define_value
class Plan:
    """A plan of the whole film, unchangeable. ``size`` in pixels; ``brief`` is the digest of the brief it was made for.

    ``accent``: the brand's colour (``#RRGGBB``) for drawings over footage; empty: the look's own. ``front_matter``: of
    the script that it was made from. ``replaced_voices``: voices of its brief or script that a person replaced, each
    ``MODEL:voice``, with the voice that speaks in their place. ``caption_choice``: how a person wants the captions
    drawn; empty: in ``caption_style``, that of the flavor. ``caption_shift_ms``: how much later they all come.
    ``end_card``: the text that stands on the last screen beside the film's own words. ``font``: the file in which the
    display type is set; empty: in the look's own. ``formats``: further aspects in which the film is cut, besides that
    of ``size``. ``look``: its name; ``own_look``: all that it says, as text, where it is a person's own. ``presets``:
    what the film is made for, each for its aspect.
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
    front_matter: str = ""
    replaced_voices: Mapping[str, str] = field(default_factory=dict, metadata=_OMIT_EMPTY)
    caption_choice: CaptionChoice | Literal[""] = field(default="", metadata=_OMIT_EMPTY)
    caption_shift_ms: int = field(default=0, metadata=_OMIT_EMPTY)
    end_card: str = field(default="", metadata=_OMIT_EMPTY)
    font: Digest | Literal[""] = field(default="", metadata=_OMIT_EMPTY)
    formats: tuple[Format, ...] = field(default=(), metadata=_OMIT_EMPTY)
    own_look: str = field(default="", metadata=_OMIT_EMPTY)
    presets: tuple[Preset, ...] = field(default=(), metadata=_OMIT_EMPTY)

    @property
    def drawn_look(self) -> str:
        """The look by which drawings are asked for: its name, or its text where it is a person's own."""
        return self.own_look or self.look

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

    def compute_windows(self) -> dict[ShotId, tuple[Frames, Frames]]:
        """Return the window of each shot: its first frame on the timeline, and the frame after its last."""
        found: dict[ShotId, tuple[Frames, Frames]] = {}
        at = 0
        for shot in self.shots:
            found[shot.id] = (Frames(at), Frames(at + shot.length))
            at += shot.length
        return found

    def list_lines(self) -> tuple[tuple[Frames, Line], ...]:
        """Return all lines with their first frame on the timeline."""
        return tuple((Frames(beat.start + line.start), line) for beat in self.beats for line in beat.lines)


def map_shots(plan: Plan, change: Callable[[Shot], Shot]) -> Plan:
    """Return ``plan`` with every shot replaced by ``change(shot)``; the lengths of beats stay as they are."""
    return replace(plan, beats=tuple(replace(b, shots=tuple(change(shot) for shot in b.shots)) for b in plan.beats))


def list_aspects(plan: Plan) -> tuple[Aspect, ...]:
    """Return the aspects that the film is cut in, the first one first."""
    return tuple(find_nearest_aspect(size) for size in (plan.size, *(one.size for one in plan.formats)))


def has_other_sound(plan: Plan) -> bool:
    """Return whether the film has a voice or a shot's own sound, beside its music."""
    return any(line.request for _, line in plan.list_lines()) or any(shot.sound != "mute" for shot in plan.shots)


def compute_take_length(shot: Shot) -> Frames:
    """Return how many frames the take of ``shot`` must have: its window and the transition that follows it."""
    return Frames(shot.length + shot.transition.length)


def find_source_start(plan: Plan, shot: Shot) -> Frames:
    """Return the frame of the shot's take or clip, at the plan's rate, at which the shot's window begins.

    A take that ends on a given frame is shown to its end; every other one from its start.
    """
    if isinstance(shot.source, OwnFootage):
        return shot.source.start
    if shot.source.ms is None or not any(i.role == "last_frame" for i in shot.source.inputs):
        return Frames(0)
    return Frames(max(0, convert_ms_to_frames(shot.source.ms, plan.fps) - compute_take_length(shot)))


def get_shot(plan: Plan, shot_id: ShotId) -> Shot:
    """Return the shot with this id; raise ``StopIteration`` if the plan has none."""
    return next(shot for shot in plan.shots if shot.id == shot_id)
