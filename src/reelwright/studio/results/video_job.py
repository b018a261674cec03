"""The state, the progress and the files of a job that makes a clip or a film."""

from __future__ import annotations

from typing import Annotated, Literal

from reelwright.reel.base.value import Digest
from reelwright.reel.records.operation import WaitReason
from reelwright.reel.records.priority import Priority
from reelwright.studio.results.listings import PublicJobState
from reelwright.studio.results.result_model import OMIT_EMPTY, OMIT_NONE, Moment, Number, ResultModel, ResultReason
from reelwright.studio.results.results import Shortfall

VideoPhase = Literal["none", "sending", "generating", "fetching"]


class VideoJob(ResultModel):
    """The state, progress and files of a job that makes a clip or a film.

    ``progress``: percent, an estimate while the job runs. ``has_started``: something of it was sent or made. ``model``:
    the AI model of a clip, the flavor of a film. ``files``: the digests of what is made and still there: the samples of
    a clip, or the film. ``missing``: how many samples of a clip did not come, and why. ``duration_s``, ``width`` and
    ``height``: as ordered, and of a clip that is made as it came; of several samples, the least. ``shortfalls``: in
    what a clip falls short of its order. ``pictures``: the digests of the person's own pictures of a clip.
    ``expires_at``: when a retention policy ends the files, or ended them. ``labels``: the texts that its program sent
    along. ``phase``: what the purchases of a clip wait for; ``replacement``: by which model a retired one was replaced,
    as a sentence; ``retry_count``: how often the provider was too busy to take it on. ``position``: where a queued job
    stands, from 1; None where it was not asked for.
    """

    job: str
    project: str
    video_kind: Literal["clip", "film"]
    state: PublicJobState
    wait_reason: WaitReason | None
    has_started: bool
    phase: VideoPhase
    retry_count: int
    position: int | None = None
    priority: Priority = "normal"
    progress: int
    model: str
    replacement: Annotated[str, OMIT_EMPTY] = ""
    prompt: str
    duration_s: Number
    width: int
    height: int
    files: tuple[Digest, ...]
    shortfalls: Annotated[tuple[Shortfall, ...], OMIT_EMPTY] = ()
    missing: Annotated[str, OMIT_EMPTY] = ""
    is_deleted: bool
    expires_at: Annotated[Moment | None, OMIT_NONE] = None
    pictures: tuple[Digest, ...]
    created_at: Moment | None
    finished_at: Moment | None
    reason: ResultReason | None
    message: str
    labels: dict[str, str] = {}
