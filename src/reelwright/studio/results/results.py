"""Results of the verbs that make films and clips, and their prices: what the CLI prints as text, or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from reelwright.errors import DecisionNeeded
from reelwright.planner.pacing import Pacing
from reelwright.reason import Action
from reelwright.reel.base.value import Digest, ShotId
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import JobState, WaitReason
from reelwright.studio.results.result_model import (
    NOT_IN_JSON,
    OMIT_EMPTY,
    OMIT_NONE,
    Moment,
    Number,
    ResultModel,
    ResultReason,
    Usd,
)
from reelwright.studio.results.spending_report import ReusedStep
from reelwright.units import Micros, format_usd


class QuoteRow(ResultModel):
    """Price of one shot in a quote. A last row named ``film`` has what belongs to no shot.

    ``n``: the shot's number from 1. ``name``: of its beat; ``first_words``: that it shows, on one line, empty for a
    picture alone. ``wanted_steps``: the number of steps to do; ``up_to_date``: the number of steps
    that are done. ``is_certain``: all inputs of the paid steps exist; otherwise the price is a maximum. ``basis``: how
    each paid step is priced, with source and date.
    """

    n: int | None
    shot: ShotId | None
    name: str
    wanted_steps: int
    up_to_date: int
    micros: Usd
    is_certain: bool
    basis: tuple[str, ...] = ()
    first_words: Annotated[str, OMIT_EMPTY] = ""


class PriceWithKey(ResultModel):
    """Price of the same film from one video model that needs an API key, by the catalogue."""

    model: str
    provider: str
    micros: Usd
    basis: str


class FilmBudget(ResultModel):
    """Budget that the ``flavor`` sets for a whole film. ``spent_micros``: what the film has cost so far.

    ``is_exceeded``: the quoted price exceeds it, so that nothing starts without a ``--budget`` that covers the price.
    ``excess_micros``: how far above its quote the price is expected to be billed, because of ``bill``; neither is part
    of the JSON.
    """

    flavor: str
    micros: Usd
    spent_micros: Usd
    is_exceeded: bool = False
    excess_micros: Annotated[Micros, NOT_IN_JSON] = Micros(0)
    bill: Annotated[ResultReason | None, NOT_IN_JSON] = None


class TextChange(ResultModel):
    """Change of a shot's text on screen: its text by role ``before`` and ``after`` an edit. ``n``: number from 1."""

    n: int
    shot: ShotId
    before: Mapping[str, str]
    after: Mapping[str, str]


class BriefSpan(ResultModel):
    """A span of the brief: its ``text``, the characters from offset ``start`` up to, not including, ``end``."""

    text: str
    start: int
    end: int


class BriefFact(ResultModel):
    """A fact read from the brief, with the ``span`` that states it. ``spans``: of each value, if it has several."""

    value: str | int | tuple[str | int, ...]
    span: BriefSpan | None
    spans: Annotated[tuple[BriefSpan, ...], OMIT_EMPTY] = ()


class DraftLine(ResultModel):
    """A line that the film of a brief shows. ``tier``: how sure it is that the line is meant to be shown.

    ``form``: what it is, such as a name (``reveal``), words or the call to action. ``probability``: 0 to 1, by the
    model that read the brief. ``span``: where the words stand in the brief.
    """

    text: str
    form: str
    tier: Literal["certain", "likely", "unlikely"]
    probability: Number
    span: BriefSpan


class ScriptResult(ResultModel):
    """A script as Markdown, written from a brief or of a project.

    ``file``: where it was written. ``project``: the project that it was exported from. For a script made from a brief,
    ``directions`` are the parts that were read as instructions and are not shown in the film; ``unused_parts`` are the
    parts that were not used at all; ``lines`` are the screens with how sure each is, and ``unlikely_lines`` those that
    were read and are not shown, because they are probably wrong.
    """

    script: str
    name: str = ""
    directions: tuple[str, ...] = ()
    unused_parts: tuple[str, ...] = ()
    lines: Annotated[tuple[DraftLine, ...], OMIT_EMPTY] = ()
    unlikely_lines: Annotated[tuple[DraftLine, ...], OMIT_EMPTY] = ()
    file: Path | None = None
    project: str | None = None

    @property
    def is_certain(self) -> bool:
        """Whether every line may be filmed without a question."""
        return bool(self.lines) and all(line.tier == "certain" for line in self.lines)


class ProjectQuote(ResultModel):
    """Price of a project before anything is bought. ``micros`` is the maximum.

    ``wanted_steps``: keys of the steps to do, in the order of the graph. ``possible_steps``: those whose inputs do not
    exist yet; if an input turns out unchanged, they are not needed. ``up_to_date``: the number of steps that are done.
    ``max_duration_s`` and ``min_duration_s``: the most and the least time along the critical path, on this machine.
    ``prices_by_step``: the price of all takes, stills, voice lines or the bed, by kind of step, where anything costs.
    ``prices_by_continuation``: for an edit of a shot that a later shot continues, the price of ``bridge`` and of
    ``reflow``; otherwise empty. ``prices_by_framing``: for a film in several aspects that models film, its price with
    ``reframed`` takes, which serve all of them, and with ``native`` ones, bought in each. ``durations_by_continuity``:
    seconds with shots that continue each other (``beat``) and without (``loose``); empty if no shot continues another.
    ``prices_with_key``: for a film that is drawn, its price from models that need a key. ``unknown_price_steps``: steps
    whose price nobody knows. ``unconfirmed_price_steps``: steps whose price has no reliable source. ``sent_takes``: the
    number of takes that are bought already and not delivered yet; their price was agreed to earlier and is not part of
    this one. ``budget``: the budget of the film's flavor. ``notes``: repairs of materials, and decisions made for the
    person. ``draft``: what was read in a brief as the words of the film; None: they come from a script, a plan or a
    language model. ``text_changes``: for an edit, the changed text on screen, shot by shot. ``lost_edits``: the earlier
    edits that a new length, another model or a changed script does not keep. ``film_micros``: for a
    change of a project that was not ordered as a film yet, such as one that is only planned, what its film costs at
    most after the change; None: this price is that of the film, or nobody knows a price in it. ``spent_by_job``: what
    each job of the project had spent when this price was computed. ``bill_ratios``: by provider, how many times its
    quotes it is expected to bill, which this price counts. ``recovered_by_job``: what a lost journal had spent
    on it, by the job under which ``reconcile`` recorded it; it counts in the budget that is given. ``requests``: what
    would be sent. ``is_agreed``: the budget that a person gave the waiting job covers this price. ``plan``: of an edit
    or a new script, the plan that the project would have. None of these is part of the JSON.
    """

    wanted_steps: tuple[str, ...]
    up_to_date: int
    micros: Usd
    max_duration_s: Number
    min_duration_s: Number
    possible_steps: tuple[str, ...] = ()
    shots: tuple[QuoteRow, ...] = ()
    prices_by_continuation: Mapping[str, Usd] = {}
    prices_by_framing: Annotated[Mapping[str, Usd], OMIT_EMPTY] = {}
    prices_by_step: Mapping[str, Usd] = {}
    durations_by_continuity: Mapping[str, Number] = {}
    prices_with_key: tuple[PriceWithKey, ...] = ()
    unknown_price_steps: tuple[str, ...] = ()
    unconfirmed_price_steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    project: str | None = None
    draft: Annotated[ScriptResult | None, OMIT_EMPTY] = None
    expires_at: Moment | None = None
    sent_takes: int = 0
    budget: FilmBudget | None = None
    text_changes: tuple[TextChange, ...] = ()
    lost_edits: Annotated[tuple[ResultReason, ...], OMIT_EMPTY] = ()
    film_micros: Annotated[Usd | None, OMIT_NONE] = None
    spent_by_job: Annotated[Mapping[str, Micros], NOT_IN_JSON] = {}
    bill_ratios: Annotated[Mapping[str, Fraction], NOT_IN_JSON] = {}
    recovered_by_job: Annotated[Mapping[str, Micros], NOT_IN_JSON] = {}
    requests: Annotated[tuple[Request, ...], NOT_IN_JSON] = ()
    is_agreed: Annotated[bool, NOT_IN_JSON] = False
    plan: Annotated[Plan | None, NOT_IN_JSON] = None

    @property
    def recovered_micros(self) -> Micros:
        """The sum that a lost journal had spent on it, in micro-dollars."""
        return Micros(sum(self.recovered_by_job.values()))

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


class PlanResult(ResultModel):
    """A plan, as ``plan`` makes it or a project has it. ``interpretation``: what was read from the brief, by field.

    ``notes``: what the person should know about the plan. ``pacing``: its pacing and legibility, only for verbs that
    show a plan.
    """

    plan: Plan
    interpretation: Mapping[str, BriefFact]
    notes: tuple[str, ...] = ()
    project: str | None = None
    revision: int = 0
    pacing: Pacing | None = None
    draft: Annotated[ScriptResult | None, OMIT_EMPTY] = None


class FilmFile(ResultModel):
    """A film file on disk, with its measured values.

    ``captions``: sidecar files by format (``srt``, ``vtt``, ``ass``). Width and height in pixels. ``aspect``: of a film
    that is cut in several, this one's.
    """

    path: Path
    width: int
    height: int
    fps: Number
    frames: int
    duration_s: Number
    loudness_lufs: Number | None
    true_peak_dbtp: Number | None
    captions: Mapping[str, Path] = {}
    aspect: Annotated[str, OMIT_EMPTY] = ""


class ShotSummary(ResultModel):
    """A shot of a project, as a row of a list. ``start_s`` and ``duration_s`` are on the film's timeline. Of a clip,
    ``duration_s`` is the length of the take that came.

    ``take``: the take that the film uses. ``take_count``: how many takes the shot has.
    """

    n: int
    id: ShotId
    beat: str
    duration_s: Number
    start_s: Number
    prompt: str
    words: Mapping[str, str]
    take: Digest | None = None
    take_count: int = 0


class Finding(ResultModel):
    """A finding of an automatic check of a film.

    ``id`` is what ``accept`` takes. ``is_fault``: a fault, not only a remark. ``is_accepted``: a person has overruled
    it. ``aspect``: where not the first format of the film has it, the one that has.
    """

    id: str
    check: str
    shot: str | None
    reason: ResultReason | None
    message: str
    is_fault: bool
    is_accepted: bool = False
    aspect: Annotated[str, OMIT_EMPTY] = ""


class Shortfall(ResultModel):
    """A shortfall of a take against its order. ``check``: ``short`` (its length), ``small``, ``shape`` (its
    aspect ratio) or ``mute``. ``message``: what was ordered, and what came.
    """

    check: str
    reason: ResultReason
    message: str


class ClipFile(ResultModel):
    """A file on disk with one take of a clip; ``take`` is the take's digest.

    Length, size and sound are those that it really has; left out of takes that were not measured. ``shortfalls``: in
    what it falls short of the order.
    """

    path: Path
    take: Digest
    duration_s: Annotated[Number | None, OMIT_NONE] = None
    width: Annotated[int | None, OMIT_NONE] = None
    height: Annotated[int | None, OMIT_NONE] = None
    has_sound: Annotated[bool | None, OMIT_NONE] = None
    shortfalls: Annotated[tuple[Shortfall, ...], OMIT_EMPTY] = ()


class FilmResult(ResultModel):
    """Result of a job that makes a film. ``film`` None: the job stopped earlier (``--until``, cancelled, or waiting).

    ``micros``: what the film cost in all; ``now_micros``: the part that this call bought. Both count what may have been
    paid. ``wait_reason`` and ``reason``: what the job waits for; ``message``: the same for a person. ``new_steps``:
    the number of steps that this call obtained; ``finished_steps``: of those that existed before; ``unmade_steps``: of
    those that do not exist yet. ``notes``: repairs of materials, and decisions made for the person.
    ``seconds_by_step``: for each kind of step that this call obtained, the seconds in which any step of that kind was
    running; kinds overlap. ``up_to_date_message``: if nothing was left to do, when the film was bought and for how
    much. ``reused_steps``: what other projects of the
    account bought. ``is_rehearsal``: nothing was bought, and all takes are slates. ``films``: of a film in several
    aspects, the file in each; ``film`` is the first of them. ``files``: of a clip, which has no film, its takes.
    """

    project: str
    job: str | None
    state: JobState
    film: FilmFile | None
    micros: Usd
    now_micros: Usd
    elapsed_s: Number
    shots: tuple[ShotSummary, ...]
    new_steps: Annotated[int, NOT_IN_JSON] = 0
    finished_steps: Annotated[int, NOT_IN_JSON] = 0
    unmade_steps: Annotated[int, NOT_IN_JSON] = 0
    wait_reason: Annotated[WaitReason | None, OMIT_EMPTY] = None
    reason: Annotated[ResultReason | None, OMIT_EMPTY] = None
    message: Annotated[str, OMIT_EMPTY] = ""
    findings: Annotated[tuple[Finding, ...], OMIT_EMPTY] = ()
    notes: Annotated[tuple[str, ...], OMIT_EMPTY] = ()
    draft: Annotated[ScriptResult | None, OMIT_EMPTY] = None
    seconds_by_step: Mapping[str, Number] = {}
    up_to_date_message: Annotated[str, OMIT_EMPTY] = ""
    reused_steps: Annotated[tuple[ReusedStep, ...], OMIT_EMPTY] = ()
    is_rehearsal: Annotated[bool, OMIT_EMPTY] = False
    films: Annotated[tuple[FilmFile, ...], OMIT_EMPTY] = ()
    files: Annotated[tuple[ClipFile, ...], OMIT_EMPTY] = ()

    @property
    def path(self) -> Path:
        """The path of the film's file. Raises ``DecisionNeeded`` if the job stopped before there was one."""
        if self.film is None:
            raise self.to_error()
        return self.film.path

    def to_error(self) -> DecisionNeeded:
        """Build, without raising it, the error that says why this job has no film, and what to do."""
        actions = [Action("resume_job", {"project": self.project})]
        if self.reason is None:
            return DecisionNeeded(code="no_film_yet", state=self.state, actions=actions)
        return DecisionNeeded.from_reason(replace(self.reason, actions=self.reason.actions or tuple(actions)))


class UndeliveredSample(ResultModel):
    """A sample that was not delivered, with its reason and the provider's message.

    ``reason``: ``filtered``, ``refused``, ``failed``, ``expired`` or ``lost``; ``deleted``: its file was deleted since;
    or ``edited``: the clip was edited since, and its edit has fewer samples.
    """

    reason: str
    message: str


class ClipResult(ResultModel):
    """Result of a clip: a file for each sample that arrived, and the reason for each one that did not.

    The fields that ``FilmResult`` has too mean the same as there. ``archive``: a ZIP file of all files.
    """

    project: str
    job: str
    state: JobState
    files: tuple[ClipFile, ...]
    missing: tuple[UndeliveredSample, ...]
    archive: Path | None
    micros: Usd
    now_micros: Usd
    elapsed_s: Number
    wait_reason: WaitReason | None = None
    reason: ResultReason | None = None
    message: str = ""
    notes: tuple[str, ...] = ()
    up_to_date_message: str = ""
    reused_steps: tuple[ReusedStep, ...] = ()
    is_rehearsal: bool = False


class CircleResult(ResultModel):
    """Result of ``circle``: the choice is part of ``revision``; ``quote`` is the price of the film with it."""

    project: str
    revision: int
    quote: ProjectQuote


class Progress(ResultModel):
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
    reason: ResultReason | None = None
    message: str = ""
    fraction: Number | None = None
    finished_steps: int = 0
    wanted_steps: int = 0
    left_s: Number | None = None


class ExportResult(ResultModel):
    """Result of ``export``: a ZIP archive of a project. ``files``: names in the archive."""

    project: str
    path: Path
    files: tuple[str, ...]
    size_bytes: int


class PullResult(ResultModel):
    """Result of ``pull``: a project written as files. ``film``: the path of its film.yaml."""

    project: str
    revision: int
    folder: Path
    film: Path
    files: tuple[str, ...]


class TidyResult(ResultModel):
    """Result of ``tidy``: how much was removed, or would be removed if ``is_dry_run``."""

    workrooms: int
    takes: int
    size_bytes: int
    is_dry_run: bool
