"""Results of the studio's verbs: frozen values that the CLI prints as text, or as JSON with ``--json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from reelwright.catalogue.model_row import Kind, Stage
from reelwright.errors import DecisionNeeded
from reelwright.reason import Action, Reason
from reelwright.reel.brief import Goal
from reelwright.reel.operation import JobState, WaitReason
from reelwright.reel.plan import Plan
from reelwright.reel.request import Request
from reelwright.reel.value import Digest, ShotId
from reelwright.studio.json_record import NOT_IN_JSON, JsonRecord
from reelwright.studio.spending_report import ReusedStep
from reelwright.units import Micros, format_usd

if TYPE_CHECKING:
    from reelwright.planner.pacing import Pacing

_OMIT_EMPTY: Final = {"omit_empty": True}
"""Metadata of a field that ``FilmResult.to_json`` leaves out while it is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRow(JsonRecord):
    """Price of one shot in a quote. A last row named ``film`` has what belongs to no shot.

    ``n``: the shot's number from 1. ``wanted_steps``: the number of steps to do; ``up_to_date``: the number of steps
    that are done. ``is_certain``: all inputs of the paid steps exist; otherwise the price is a maximum. ``basis``: how
    each paid step is priced, with source and date.
    """

    n: int | None
    shot: ShotId | None
    name: str
    wanted_steps: int
    up_to_date: int
    micros: Micros
    is_certain: bool
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWithKey(JsonRecord):
    """Price of the same film from one video model that needs an API key, by the catalogue."""

    model: str
    provider: str
    micros: Micros
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmBudget(JsonRecord):
    """Budget that the ``flavor`` sets for a whole film. ``spent_micros``: what the film has cost so far.

    ``is_exceeded``: the quoted price exceeds it, so that nothing starts without a ``--budget`` that covers the price.
    """

    flavor: str
    micros: Micros
    spent_micros: Micros
    is_exceeded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange(JsonRecord):
    """Change of a shot's text on screen: its text by role ``before`` and ``after`` an edit. ``n``: number from 1."""

    n: int
    shot: ShotId
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectQuote(JsonRecord):
    """Price of a project before anything is bought. ``micros`` is the maximum; in JSON it is ``usd``.

    ``wanted_steps``: keys of the steps to do, in the order of the graph. ``possible_steps``: those whose inputs do not
    exist yet; if an input turns out unchanged, they are not needed. ``up_to_date``: the number of steps that are done.
    ``max_duration_s`` and ``min_duration_s``: the most and the least time along the critical path, on this machine.
    ``prices_by_step``: the price of all takes, stills, voice lines or the bed, by kind of step, where anything costs.
    ``prices_by_continuation``: for an edit of a shot that a later shot continues, the price of ``bridge`` and of
    ``reflow``; otherwise empty. ``durations_by_continuity``: seconds with shots that continue each other (``beat``) and
    without (``loose``); empty if no shot continues another. ``prices_with_key``: for a film that is drawn, its price
    from models that need a key.
    ``unknown_price_steps``: steps whose price nobody knows. ``unconfirmed_price_steps``: steps whose price has no
    reliable source. ``sent_takes``: the number of takes that are bought already and not delivered yet; their price was
    agreed to earlier and is not part of this one. ``budget``: the budget of the film's flavor.
    ``notes``: repairs of materials, and decisions made for the person. ``text_changes``: for an edit, the changed text
    on screen, shot by shot. ``spent_by_job``: what each job of the project had spent when this price was computed.
    ``requests``: what would be sent. Both are not part of the JSON.
    """

    wanted_steps: tuple[str, ...]
    up_to_date: int
    micros: Micros
    max_duration_s: float
    min_duration_s: float
    possible_steps: tuple[str, ...] = ()
    shots: tuple[QuoteRow, ...] = ()
    prices_by_continuation: Mapping[str, Micros] = field(default_factory=dict)
    prices_by_step: Mapping[str, Micros] = field(default_factory=dict)
    durations_by_continuity: Mapping[str, float] = field(default_factory=dict)
    prices_with_key: tuple[PriceWithKey, ...] = ()
    unknown_price_steps: tuple[str, ...] = ()
    unconfirmed_price_steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    project: str | None = None
    expires_at: datetime | None = None
    sent_takes: int = 0
    budget: FilmBudget | None = None
    text_changes: tuple[TextChange, ...] = ()
    spent_by_job: Mapping[str, Micros] = field(default_factory=dict, metadata=NOT_IN_JSON)
    requests: tuple[Request, ...] = field(default=(), metadata=NOT_IN_JSON)

    @property
    def line(self) -> str:
        """Summary in one line, such as ``7 up to date, 1 to make, $0.40``; takes that are sent already come first."""
        line = f"{self.up_to_date} up to date, {len(self.wanted_steps)} to make, ${format_usd(self.micros)}"
        if not self.sent_takes:
            return line
        on_its_way = f"{self.sent_takes} {'take' if self.sent_takes == 1 else 'takes'} already sent"
        return (
            f"{on_its_way}, nothing new to buy"
            if not (self.micros or self.unknown_price_steps)
            else f"{on_its_way}; {line}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult(JsonRecord):
    """A plan. ``interpretation``: what was read from the brief, ``{"value", "span"}`` by field.

    ``notes``: what the person should know about the plan. ``pacing``: its pacing and legibility, only for verbs that
    show a plan.
    """

    plan: Plan
    interpretation: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    project: str | None = None
    revision: int = 0
    pacing: Pacing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptResult(JsonRecord):
    """A script as Markdown. ``file``: where it was written. ``project``: the project that it was exported from.

    For a script made from a brief, ``directions`` are the parts that were read as instructions and are not shown in the
    film; ``unused_parts`` are the parts that were not used at all.
    """

    script: str
    name: str = ""
    directions: tuple[str, ...] = ()
    unused_parts: tuple[str, ...] = ()
    file: Path | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFile(JsonRecord):
    """A film on disk. ``captions``: sidecar files by format (``srt``, ``vtt``, ``ass``). Width and height in pixels."""

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
class ShotSummary(JsonRecord):
    """A shot of a project. ``start_s`` and ``duration_s`` are on the film's timeline.

    ``take``: the take that the film uses. ``take_count``: how many takes the shot has.
    """

    n: int
    id: ShotId
    beat: str
    duration_s: float
    start_s: float
    prompt: str
    words: Mapping[str, str]
    take: Digest | None = None
    take_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CutEntry(JsonRecord):
    """An entry of the cut: ``duration_s`` of ``asset`` from ``source_start_s`` on, at ``start_s`` of the film.

    ``n``: its number from 1. ``transition``: how it changes to the next entry, within ``transition_s`` seconds.
    """

    n: int
    shot: ShotId
    asset: Digest
    start_s: float
    source_start_s: float
    duration_s: float
    transition: str
    transition_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(JsonRecord):
    """Result of a check of the film. ``id`` is what ``accept`` takes. ``is_fault``: a fault, not only a remark.

    ``is_accepted``: a person has overruled it.
    """

    id: str
    check: str
    shot: str | None
    reason: Reason | None
    message: str
    is_fault: bool
    is_accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmResult(JsonRecord):
    """Result of a job that makes a film. ``film`` None: the job stopped earlier (``--until``, cancelled, or waiting).

    ``micros``: what the film cost in all; ``now_micros``: the part that this call bought. Both count what may have been
    paid. ``wait_reason`` and ``reason``: what the job waits for; ``message``: the same for a person. ``new_steps``:
    the number of steps that this call obtained; ``finished_steps``: the number of the others. ``notes``: repairs of
    materials, and decisions made for the person. ``seconds_by_step``: for each kind of step that this call
    obtained, the seconds in which any step of that kind was running; kinds overlap. ``up_to_date_message``: if
    nothing was left to do, when the film was bought and for how much. ``reused_steps``: what other projects of the
    account bought. ``is_rehearsal``: nothing was bought, and all takes are slates.
    """

    project: str
    job: str | None
    state: JobState
    film: FilmFile | None
    micros: Micros
    now_micros: Micros
    elapsed_s: float
    shots: tuple[ShotSummary, ...]
    new_steps: int = field(default=0, metadata=NOT_IN_JSON)
    finished_steps: int = field(default=0, metadata=NOT_IN_JSON)
    wait_reason: WaitReason | None = field(default=None, metadata=_OMIT_EMPTY)
    reason: Reason | None = field(default=None, metadata=_OMIT_EMPTY)
    message: str = field(default="", metadata=_OMIT_EMPTY)
    findings: tuple[Finding, ...] = field(default=(), metadata=_OMIT_EMPTY)
    notes: tuple[str, ...] = field(default=(), metadata=_OMIT_EMPTY)
    seconds_by_step: Mapping[str, float] = field(default_factory=dict)
    up_to_date_message: str = field(default="", metadata=_OMIT_EMPTY)
    reused_steps: tuple[ReusedStep, ...] = field(default=(), metadata=_OMIT_EMPTY)
    is_rehearsal: bool = field(default=False, metadata=_OMIT_EMPTY)

    @property
    def path(self) -> Path:
        """The film's file. Raises ``DecisionNeeded`` if the job stopped before there was one."""
        if self.film is None:
            raise self.to_error()
        return self.film.path

    def to_error(self) -> DecisionNeeded:
        """Return the error for a caller who needs the film of a job that waits."""
        actions = [Action("resume_job", {"project": self.project})]
        if self.reason is None:
            return DecisionNeeded(code="no_film_yet", state=self.state, actions=actions)
        return DecisionNeeded.from_reason(replace(self.reason, actions=self.reason.actions or tuple(actions)))

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``make --json`` prints. Empty messages, findings, notes and flags are left out."""
        spelled = JsonRecord.to_json(self)
        for each in fields(self):
            if each.metadata == _OMIT_EMPTY and not spelled[each.name]:
                del spelled[each.name]
        return spelled


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFile(JsonRecord):
    """A take of a clip on disk."""

    path: Path
    take: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredSample(JsonRecord):
    """A sample that was not delivered, with its reason and the provider's message.

    ``reason``: ``filtered``, ``refused``, ``failed``, ``expired`` or ``lost``; or ``edited``: the clip was edited
    since, and its edit has fewer samples.
    """

    reason: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipResult(JsonRecord):
    """Result of a clip: a file for each sample that arrived, and the reason for each one that did not.

    The fields that ``FilmResult`` has too mean the same as there. ``archive``: a ZIP file of all files.
    """

    project: str
    job: str
    state: JobState
    files: tuple[ClipFile, ...]
    missing: tuple[UndeliveredSample, ...]
    archive: Path | None
    micros: Micros
    now_micros: Micros
    elapsed_s: float
    wait_reason: WaitReason | None = None
    reason: Reason | None = None
    message: str = ""
    notes: tuple[str, ...] = ()
    up_to_date_message: str = ""
    reused_steps: tuple[ReusedStep, ...] = ()
    is_rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleResult(JsonRecord):
    """Result of ``circle``: the choice is part of ``revision``; ``quote`` is the price of the film with it."""

    project: str
    revision: int
    quote: ProjectQuote


PublicJobState = JobState | Literal["stopped"]
"""State of a job as a person sees it. ``stopped``: the job was started, and no living process works on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSummary(JsonRecord):
    """A row of the queue. ``reason`` and ``message``: what the job waits for, why it failed, or how to continue it."""

    id: str
    project: str
    goal: Goal
    state: PublicJobState
    wait_reason: WaitReason | None
    reason: Reason | None
    message: str
    created_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSummary(JsonRecord):
    """A row of the list of projects. ``state``: the state of the project's newest job."""

    id: str
    title: str
    revision: int
    state: PublicJobState | None
    duration_s: float | None
    film: Digest | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSummary(JsonRecord):
    """A take. ``n``: its number within its shot, from 1, by arrival. ``is_circled``: the film uses it."""

    n: int
    shot: ShotId
    asset: Digest
    round: int
    sample: int
    is_circled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDetails(JsonRecord):
    """A project in full, as ``show`` prints it. ``marking``: what the film file states about how it was made.

    ``cut``: the edit decision list of the newest job; empty until all takes, voice lines and the bed exist.
    ``money_warnings``: purchases that a person should look into.
    """

    project: str
    title: str
    revision: int
    brief: str
    flavor: str | None
    look: str | None
    job: JobSummary | None
    shots: tuple[ShotSummary, ...]
    takes: tuple[TakeSummary, ...]
    cut: tuple[CutEntry, ...]
    film: FilmFile | None
    findings: tuple[Finding, ...]
    micros: Micros
    marking: str | None
    quote: ProjectQuote | None
    money_warnings: tuple[str, ...] = ()
    is_rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(JsonRecord):
    """An event of a job while it runs. ``fraction``: how much of this step is done, from 0 to 1, if known.

    ``finished_steps`` and ``wanted_steps`` are counts for the job; their sum is the length of its progress bar.
    ``left_s``: estimated seconds left, if known. ``event_id``: the event's id in the journal; 0 if it is not recorded.
    """

    event_id: int
    kind: str
    project: str
    job: str | None
    step: str | None = None
    shot: int | None = None
    reason: Reason | None = None
    message: str = ""
    fraction: float | None = None
    finished_steps: int = 0
    wanted_steps: int = 0
    left_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlavorSummary(JsonRecord):
    """A flavor. ``is_own``: it is a folder in the home. ``fault``: why it cannot be used; empty if it can."""

    name: str
    aspect: str
    look: str
    duration_s: float
    has_voice: bool
    description: str
    is_own: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSummary(JsonRecord):
    """Price of a model under one condition. ``where``: the condition, empty for always. ``usd`` None: unknown."""

    where: str
    usd: str | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDetails(JsonRecord):
    """An AI model that can be bought.

    ``key_variable``: the variable that holds its API key; None: it needs no key. ``has_key``: the key is there, or none
    is needed. ``price``: all ``rates`` in one phrase. ``has_confirmed_price``: a reliable source names the price.
    ``as_of``: the day on which the source was read. ``durations_s``: the lengths that are sold. ``failure_costs``: what
    is billed if a request fails, is filtered or is cancelled. ``is_retirement_disputed``: ``retires_on`` is past, but
    sources contradict each other about it. ``latency_s``: the least and the most seconds that a request usually takes.
    ``warnings``: what to know before buying.
    """

    id: str
    name: str
    kind: Kind
    provider: str
    sold_as: str
    key_variable: str | None
    key_page: str | None
    has_key: bool
    modes: tuple[str, ...]
    durations_s: tuple[int, ...]
    aspects: tuple[str, ...]
    resolutions: tuple[str, ...]
    samples: int
    references: int
    sound: Literal["always", "never", "asked"]
    has_seed: bool
    has_negative_prompt: bool
    options: Mapping[str, str]
    rules: tuple[str, ...]
    price: str
    rates: tuple[RateSummary, ...]
    has_confirmed_price: bool
    source: str
    as_of: str
    stage: Stage
    released_on: str | None
    retires_on: str | None
    is_retirement_disputed: bool
    successor: str | None
    licence: str
    latency_s: tuple[float, float]
    aliases: tuple[str, ...]
    note: str
    failure_costs: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModels(JsonRecord):
    """A server of language models on this machine. ``planners``: its models as values for ``--planner``."""

    server: str
    address: str
    planners: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult(JsonRecord):
    """A ZIP archive with a project's film, sidecars, film.yaml and materials. ``files``: names in the archive."""

    project: str
    path: Path
    files: tuple[str, ...]
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PullResult(JsonRecord):
    """A project that was written as files. ``film``: its film.yaml."""

    project: str
    revision: int
    folder: Path
    film: Path
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TidyResult(JsonRecord):
    """Result of ``tidy``: how much was removed, or would be removed if ``is_dry_run``."""

    workrooms: int
    takes: int
    size_bytes: int
    is_dry_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(JsonRecord):
    """Result of one check by ``doctor``. ``fix`` and ``actions``: what to do; empty if nothing is wrong."""

    name: str
    state: Literal["good", "poor", "bad"]
    message: str
    fix: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup(JsonRecord):
    """Results of all checks by ``doctor``."""

    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """0: all good. 1: a check is ``poor``, but films can be made. 2: a check is ``bad``, no film can be made."""
        states = {check.state for check in self.checks}
        return 2 if "bad" in states else 1 if "poor" in states else 0
