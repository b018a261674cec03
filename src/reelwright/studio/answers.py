"""What the studio answers: frozen values, each of which spells itself as the JSON that every door prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reelwright.catalogue.model import Kind, Stage
from reelwright.errors import DecisionNeeded
from reelwright.reel.brief import Goal
from reelwright.reel.noun import Digest, ShotId
from reelwright.reel.operation import JobState, WaitReason
from reelwright.reel.plan import Plan
from reelwright.studio.spelling import UNSPOKEN, Spoken
from reelwright.studio.spent import Reused
from reelwright.units import Micros, usd

if TYPE_CHECKING:
    from reelwright.planner.pacing import Pacing


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced(Spoken):
    """One row of a quote: a shot, or ``words``, ``sound`` or ``film`` for what belongs to none.

    ``n`` counts shots from 1. ``certain``: its inputs are there; else its price is the most it can be. ``basis``: how
    what is bought for it is priced, with source and date.
    """

    n: int | None
    shot: ShotId | None
    name: str
    wanted: int
    had: int
    micros: Micros
    certain: bool
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WithKey(Spoken):
    """The same film bought from one model that a key would open, as the catalogue says."""

    model: str
    provider: str
    micros: Micros
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmBudget(Spoken):
    """What the ``flavor`` of a film allows it to cost in all. ``spent_micros``: what it has cost before.

    ``stops``: the quoted price passes it, so that nothing starts unless a budget of one's own agrees.
    """

    flavor: str
    micros: Micros
    spent_micros: Micros
    stops: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded(Spoken):
    """What is read in a shot before and after an edit, by role. ``n`` counts shots from 1."""

    n: int
    shot: ShotId
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted(Spoken):
    """The price before. ``wanted``: step keys in the order of the work; ``micros``: the ceiling, spelled ``usd``.

    ``possible``: those of ``wanted`` whose inputs are not there yet; an input that turns out unchanged saves them.
    ``seconds`` is the most and ``least_s`` the least time along the critical path, on this machine. ``ways``: where
    a later shot continues the edited one, the price of each way (``bridge``, ``reflow``); empty otherwise.
    ``by_step``: what takes, stills, voice and bed cost together, where anything does. ``times``: seconds with shots
    that continue one another (``beat``) and without (``loose``), where there are any.
    ``unknown``: steps whose price nobody knows; ``unconfirmed``: those that have a price without a reliable source.
    ``said``: repairs of materials, and what was decided for the person. ``sent``: how many takes are bought already and
    on their way; their price was agreed to before and is not in this one. ``budget``: what the film's flavor allows it.
    ``words``: of an edit, what is read on screen before and after, shot by shot.
    ``spent``: what each job of the project had spent when this price was made; not part of the JSON.
    """

    wanted: tuple[str, ...]
    had: int
    micros: Micros
    seconds: float
    least_s: float
    possible: tuple[str, ...] = ()
    shots: tuple[Priced, ...] = ()
    ways: Mapping[str, Micros] = field(default_factory=dict)
    by_step: Mapping[str, Micros] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    with_key: tuple[WithKey, ...] = ()
    unknown: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    project: str | None = None
    until: datetime | None = None
    sent: int = 0
    budget: FilmBudget | None = None
    words: tuple[Reworded, ...] = ()
    spent: Mapping[str, Micros] = field(default_factory=dict, metadata=UNSPOKEN)

    @property
    def line(self) -> str:
        """As a build says it: ``7 had, 1 wanted, $0.40``; what is on its way already stands first."""
        line = f"{self.had} had, {len(self.wanted)} wanted, ${usd(self.micros)}"
        if not self.sent:
            return line
        on_its_way = f"{self.sent} {'take' if self.sent == 1 else 'takes'} already sent"
        return f"{on_its_way}, nothing new to buy" if not (self.micros or self.unknown) else f"{on_its_way}; {line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned(Spoken):
    """A plan, and what of the brief was understood: field to ``{"value", "span"}``.

    ``said``: what the person should know about it, in plain sentences. ``pacing``: its pacing and legibility, where
    it was asked for to be looked at.
    """

    plan: Plan
    understood: Mapping[str, Any]
    said: tuple[str, ...] = ()
    project: str | None = None
    revision: int = 0
    pacing: Pacing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written(Spoken):
    """A script as Markdown. Of a brief: ``directions`` were read and are not shown, ``unused`` is the rest of it.

    ``file``: where it was written. ``project``: whose film has it.
    """

    script: str
    name: str = ""
    directions: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    file: Path | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFile(Spoken):
    """A film on disk. ``captions``: sidecar files by format (``srt``, ``vtt``, ``ass``). Size in pixels."""

    path: Path
    width: int
    height: int
    fps: float
    frames: int
    duration_s: float
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    captions: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotMade(Spoken):
    """One shot of a project. ``start_s`` and ``seconds`` on the film's timeline; ``take``: what is circled or first."""

    n: int
    id: ShotId
    beat: str
    seconds: float
    start_s: float
    prompt: str
    words: Mapping[str, str]
    take: Digest | None = None
    takes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EditShown(Spoken):
    """One entry of the cut, ``n`` from 1: ``seconds`` of ``asset`` from ``from_s`` on, at ``at_s`` of the film.

    ``into`` with ``over_s``: how it gives way to the next.
    """

    n: int
    shot: ShotId
    asset: Digest
    at_s: float
    from_s: float
    seconds: float
    into: str
    over_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Spoken):
    """What a check found. ``id`` is what ``accept`` takes; ``fails`` tells a fault from a remark."""

    id: str
    check: str
    shot: str | None
    said: str
    fails: bool
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmMade(Spoken):
    """What came of a job. ``film`` None: it stopped before a film (``until``, cancelled, or waits for a decision).

    ``micros``: what the film cost in all, ``now_micros`` what of it this call bought; what may have been paid counts.
    ``why`` and ``said`` tell what it waits for. ``made`` counts the steps that this call obtained, ``had`` the others.
    ``notes``: repairs of materials, and what was decided for the person. ``step_s``: of each kind of step that this
    call obtained, seconds in which any was under way; they overlap. ``up_to_date``: said where nothing
    was left to do, with when it was bought and for how much. ``reused``: what other projects of the account bought.
    ``rehearsed``: nothing was bought, and what came of it are slates.
    """

    project: str
    job: str | None
    state: JobState
    film: FilmFile | None
    micros: Micros
    now_micros: Micros
    elapsed_s: float
    shots: tuple[ShotMade, ...]
    made: int = 0
    had: int = 0
    why: WaitReason | None = None
    said: str = ""
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    step_s: Mapping[str, float] = field(default_factory=dict)
    up_to_date: str = ""
    reused: tuple[Reused, ...] = ()
    rehearsed: bool = False

    @property
    def path(self) -> Path:
        """The film's file. Raises ``DecisionNeeded`` where the job stopped before there was one."""
        if self.film is None:
            raise DecisionNeeded(
                self.said or f"the job is {self.state}; there is no film yet", hint=f"reelwright resume {self.project}"
            )
        return self.film.path

    def to_json(self) -> dict[str, Any]:
        """The object that ``make --json`` prints; what it waits for and what checks found only where there is some."""
        spelled = Spoken.to_json(self)
        for name in ("why", "said", "findings", "notes", "up_to_date", "reused", "rehearsed"):
            if not spelled[name]:
                del spelled[name]
        for name in ("made", "had"):
            del spelled[name]
        return spelled


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFile(Spoken):
    """One take of a clip on disk."""

    path: Path
    take: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDelivered(Spoken):
    """A sample that did not come, and what was said: ``filtered``, ``refused``, ``failed``, ``expired``, ``lost``, or
    ``edited``: the clip was edited since, and its edit has fewer.
    """

    reason: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipMade(Spoken):
    """What came of a clip: a file for each sample that arrived, and why the others did not.

    ``micros``, ``now_micros``, ``notes``, ``up_to_date``, ``reused``, ``rehearsed``: as of a film.
    """

    project: str
    job: str
    state: JobState
    files: tuple[ClipFile, ...]
    missing: tuple[NotDelivered, ...]
    archive: Path | None
    micros: Micros
    now_micros: Micros
    elapsed_s: float
    why: WaitReason | None = None
    said: str = ""
    notes: tuple[str, ...] = ()
    up_to_date: str = ""
    reused: tuple[Reused, ...] = ()
    rehearsed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen(Spoken):
    """A choice was recorded as ``revision``; ``quote`` says what the film wants now."""

    project: str
    revision: int
    quote: Quoted


ShownState = JobState | Literal["stopped"]
"""``stopped``: a job that was begun, and that no living process works on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobShown(Spoken):
    """A row of the queue. ``said``: what it waits for, why it failed, or how to go on, with shots by their number."""

    id: str
    project: str
    goal: Goal
    state: ShownState
    why: WaitReason | None
    said: str
    created: datetime | None
    finished: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectShown(Spoken):
    """A row of the projects. ``state`` is its newest job's."""

    id: str
    title: str
    revision: int
    state: ShownState | None
    seconds: float | None
    film: Digest | None
    created: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeShown(Spoken):
    """One obtained version of a shot; ``n`` counts a shot's takes from 1, as they came."""

    n: int
    shot: ShotId
    asset: Digest
    round: int
    sample: int
    circled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Spoken):
    """All that a person opens a project for. ``marking``: how the film says how it was made.

    ``cut``: the edit decision list of the newest job, empty before all takes, voice lines and the bed were had.
    ``doubtful``: what of its money a person should look into.
    """

    project: str
    title: str
    revision: int
    brief: str
    flavor: str | None
    look: str | None
    job: JobShown | None
    shots: tuple[ShotMade, ...]
    takes: tuple[TakeShown, ...]
    cut: tuple[EditShown, ...]
    film: FilmFile | None
    findings: tuple[Finding, ...]
    micros: Micros
    marking: str | None
    quote: Quoted | None
    doubtful: tuple[str, ...] = ()
    rehearsed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Spoken):
    """One thing that happened while a job is driven. ``done`` from 0 to 1 of this step, where known.

    ``had`` and ``wanted`` count the job's steps: their sum is the length of its bar. ``left_s``: time left, where
    it can be told. ``at``: the journal's id of the event, 0 for what is only told and not kept.
    """

    at: int
    kind: str
    project: str
    job: str | None
    step: str | None = None
    shot: int | None = None
    said: str = ""
    done: float | None = None
    had: int = 0
    wanted: int = 0
    left_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlavorShown(Spoken):
    """A named way of making. ``own``: a folder of the home; ``fault``: why it cannot be used, empty where it can."""

    name: str
    aspect: str
    look: str
    seconds: float
    voice: bool
    said: str
    own: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateShown(Spoken):
    """One price of a model. ``where`` it holds, empty for always; ``usd`` None: nobody knows; ``unit`` in words."""

    where: str
    usd: str | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShown(Spoken):
    """An AI model that can be bought.

    ``key``: the variable that holds the key it needs, None where it needs none. ``price``: all ``rates`` in a phrase.
    ``certain``: a reliable source names the price. ``as_of``: the day it was read. ``seconds``: lengths sold.
    ``disputed``: ``retires`` is past, but sources contradict each other about it.
    ``latency_s``: what one request usually takes. ``warnings``: what to know before one buys.
    """

    id: str
    name: str
    kind: Kind
    provider: str
    sold_as: str
    key: str | None
    key_page: str | None
    key_here: bool
    modes: tuple[str, ...]
    seconds: tuple[int, ...]
    aspects: tuple[str, ...]
    resolutions: tuple[str, ...]
    samples: int
    references: int
    sound: Literal["always", "never", "asked"]
    seed: bool
    negative_prompt: bool
    options: Mapping[str, str]
    rules: tuple[str, ...]
    price: str
    rates: tuple[RateShown, ...]
    certain: bool
    source: str
    as_of: str
    stage: Stage
    released: str | None
    retires: str | None
    disputed: bool
    successor: str | None
    licence: str
    latency_s: tuple[float, float]
    aliases: tuple[str, ...]
    note: str
    nothing_came: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModels(Spoken):
    """A server of language models on this machine. ``planners``: its models, as ``--planner`` takes them."""

    server: str
    address: str
    planners: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported(Spoken):
    """An archive with a project's film, sidecars, film.yaml and materials. ``size`` in bytes."""

    project: str
    path: Path
    files: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled(Spoken):
    """A project as files: ``film`` is its film.yaml."""

    project: str
    revision: int
    folder: Path
    film: Path
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied(Spoken):
    """What was, or with ``dry`` would be, given back. ``size`` in bytes."""

    workrooms: int
    takes: int
    size: int
    dry: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Spoken):
    """One line of the doctor's, with its fix where something is wrong."""

    name: str
    state: Literal["good", "poor", "bad"]
    said: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup(Spoken):
    """``exit_code``: 0 all good · 1 something is poor, films can be made · 2 no film can be made here."""

    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        states = {check.state for check in self.checks}
        return 2 if "bad" in states else 1 if "poor" in states else 0
