"""Results of the verbs that show what there is: jobs, projects, and one project in full."""

from __future__ import annotations

from typing import Annotated, Literal

from reelwright.reel.base.value import Digest, ShotId
from reelwright.reel.film.brief import Goal
from reelwright.reel.records.operation import JobState, WaitReason
from reelwright.reel.records.priority import Priority
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
from reelwright.studio.results.results import FilmFile, Finding, ProjectQuote, ShotSummary

PublicJobState = JobState | Literal["stopped"]
"""State of a job as a person sees it. ``stopped``: the job was started, and no living process works on it."""


class JobSummary(ResultModel):
    """A job, as a row of a list.

    ``reason`` and ``message``: what the job waits for, why it failed, or how to continue it. ``position``: where a
    queued job stands in the order in which jobs start; 1 starts next. None if it is not queued. ``batch_key``: the id
    of the batch that the job is a row of. ``ordered_by``: the member, API key or wallet that ordered the job and whose
    budgets pay for it; left out for the owner of the machine.
    """

    id: str
    project: str
    goal: Goal
    state: PublicJobState
    position: int | None
    wait_reason: WaitReason | None
    reason: ResultReason | None
    message: str
    created_at: Moment | None
    finished_at: Moment | None
    batch_key: str | None = None
    priority: Priority = "normal"
    ordered_by: Annotated[str | None, OMIT_NONE] = None


class QueueState(ResultModel):
    """The queue of an account. ``paused_since``: since when no job of it is started; None: it goes on."""

    paused_since: Moment | None


class ProjectSummary(ResultModel):
    """A project, as a row of a list. ``state``: the state of the project's newest job.

    ``micros``: what it has cost so far, or may have. ``picture``: the film, or where there is none the first take that
    exists; a page shows a frame of it.
    """

    id: str
    title: str
    revision: int
    state: PublicJobState | None
    duration_s: Number | None
    film: Digest | None
    created_at: Moment | None
    micros: Usd
    picture: Annotated[Digest | None, NOT_IN_JSON] = None


class TakeSummary(ResultModel):
    """A take of a project, as a row of a list.

    ``n``: its number within its shot, from 1, by arrival. ``is_circled``: the film uses it. Length, size and sound are
    those that it really has, measured when it arrived; left out of takes that were not measured. ``purchase``: the row
    of the ledger that brought it; left out where another project bought it.
    """

    n: int
    shot: ShotId
    asset: Digest
    round: int
    sample: int
    is_circled: bool
    duration_s: Annotated[Number | None, OMIT_NONE] = None
    width: Annotated[int | None, OMIT_NONE] = None
    height: Annotated[int | None, OMIT_NONE] = None
    has_sound: Annotated[bool | None, OMIT_NONE] = None
    purchase: Annotated[str | None, OMIT_NONE] = None
    id: Annotated[str, NOT_IN_JSON] = ""


class RevisionSummary(ResultModel):
    """A revision of a project's plan, as a row of its history. ``author``: ``person``, ``rules``, ``model`` or
    ``system``.

    ``changes``: what differs from the revision before, such as ``words``, ``prompt``, ``length`` or ``circle``; empty
    for the first. ``shots``: the numbers of the shots that differ, in the film of this revision.
    """

    number: int
    author: str
    made_at: Moment | None
    changes: tuple[str, ...]
    shots: tuple[int, ...]


class MaterialSummary(ResultModel):
    """A picture, clip or font of the person's own that is stored. ``id``: its digest. ``ms``: the length of a clip.

    ``width``, ``height``: in pixels; 0 of a font.
    """

    id: Digest
    material_kind: Literal["picture", "clip", "font"]
    width: int
    height: int
    ms: int | None


class JobList(ResultModel):
    """The jobs, newest first."""

    jobs: tuple[JobSummary, ...]


class ProjectList(ResultModel):
    """The projects, newest first."""

    projects: tuple[ProjectSummary, ...]


class CutEntry(ResultModel):
    """An entry of the cut: ``duration_s`` of ``asset`` from ``source_start_s`` on, at ``start_s`` of the film.

    ``n``: its number from 1. ``transition``: how it changes to the next entry, within ``transition_s`` seconds.
    """

    n: int
    shot: ShotId
    asset: Digest
    start_s: Number
    source_start_s: Number
    duration_s: Number
    transition: str
    transition_s: Number


class ProjectDetails(ResultModel):
    """A project in full, as ``show`` prints it. ``marking``: what the film file states about how it was made.

    ``cut``: the edit decision list of the newest job; empty until all takes, voice lines and the bed exist.
    ``money_warnings``: purchases that a person should look into. ``films``: of a film in several aspects, the file in
    each that is delivered.
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
    micros: Usd
    marking: str | None
    quote: ProjectQuote | None
    money_warnings: tuple[str, ...] = ()
    is_rehearsal: bool = False
    films: Annotated[tuple[FilmFile, ...], OMIT_EMPTY] = ()
