"""Results of the verbs that show what films can be made with: flavors, AI models, and the checks of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reelwright.catalogue.model_row import Kind, Stage
from reelwright.studio.results.result_model import OMIT_NONE, Number, ResultAction, ResultModel


class FlavorSummary(ResultModel):
    """A flavor, as a row of a list.

    ``is_own``: it is a folder in the home. ``fault``: why it cannot be used; empty if it can.
    """

    name: str
    aspect: str
    look: str
    duration_s: Number
    has_voice: bool
    description: str
    is_own: bool = False
    fault: str = ""


class FlavorList(ResultModel):
    """The flavors that come with Reelwright, and those in the home."""

    flavors: tuple[FlavorSummary, ...]


class LookSummary(ResultModel):
    """A look, in which Reelwright draws, as a row of a list. ``palette``: its colours as ``#RRGGBB``.

    ``tones``: those that the look suits best. ``is_own``: it is a folder in the home. ``fault``: why it cannot be used;
    empty if it can.
    """

    name: str
    palette: dict[str, str]
    description: str = ""
    use_when: str = ""
    avoid_when: str = ""
    tones: tuple[str, ...] = ()
    is_own: bool = False
    fault: str = ""


class LookList(ResultModel):
    """The looks that a film can have."""

    looks: tuple[LookSummary, ...]


class LookSheet(ResultModel):
    """A sheet of stills in a look, or of one shot in every look. ``file``: where the JPEG was written."""

    looks: tuple[str, ...]
    file: str


class FilmPictures(ResultModel):
    """Pictures of a project's film. ``files``: where each was written."""

    project: str
    files: tuple[str, ...]


class OpenedFilm(ResultModel):
    """A film for the machine's player. ``file``: the film. ``is_opened``: whether a program was started with it."""

    project: str
    file: str
    is_opened: bool


class PresetSummary(ResultModel):
    """A delivery preset as a row of a list. ``max_s``: seconds of the longest film; None: as long as films here can be.

    ``fps``: the frame rate that it requires; None: any. ``unsafe_areas``: parts of the frame, as left, top, right and
    bottom in pixels, that are under its buttons and captions, or outside its safe area. ``checked_on``: when these
    facts were read in ``source``.
    """

    name: str
    title: str
    aspect: str
    width: int
    height: int
    fps: float | None
    max_s: int | None
    lufs: int
    dbtp: int
    unsafe_areas: tuple[tuple[int, int, int, int], ...]
    checked_on: str
    source: str


class PresetList(ResultModel):
    """The delivery presets: what a film can be made for."""

    presets: tuple[PresetSummary, ...]


class MoodSummary(ResultModel):
    """A mood of the music as a row of a list. ``bpm``: its least and most beats a minute.

    ``tones``: those whose films have it unless a person names another.
    """

    name: str
    bpm: tuple[int, int]
    description: str
    use_when: str
    tones: tuple[str, ...]


class MoodList(ResultModel):
    """The moods that the music of a film can have."""

    moods: tuple[MoodSummary, ...]


class MoodSamples(ResultModel):
    """Samples of moods. ``folder``: where they were written, each as ``MOOD.m4a``; ``files``: their paths."""

    moods: tuple[str, ...]
    folder: str
    files: tuple[str, ...]


class VoiceSummary(ResultModel):
    """A voice that can read a film's lines. ``id``: what ``--voice`` and a flavor name, after the model and a colon.

    ``languages``: those that its provider has checked it in. ``sample_url``: where it can be heard; empty if nowhere.
    """

    id: str
    name: str
    provider: str
    description: str
    languages: tuple[str, ...]
    labels: dict[str, str]
    sample_url: str


class VoiceList(ResultModel):
    """The voices of the providers whose key was found.

    ``providers``: those that were asked.
    """

    providers: tuple[str, ...]
    voices: tuple[VoiceSummary, ...]


class AddedVoice(ResultModel):
    """The voice of this machine whose weights were added. ``needs_extra``: its packages are still missing."""

    name: str
    folder: str
    voices: int
    needs_extra: bool


class RateSummary(ResultModel):
    """Price of a model in US dollars per ``unit`` under one condition.

    ``where``: the condition, empty for always. ``usd`` None: unknown.
    """

    where: str
    usd: str | None
    unit: str


class ModelDetails(ResultModel):
    """An AI model of the catalogue, with its options, prices and dates.

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
    latency_s: tuple[Number, Number]
    aliases: tuple[str, ...]
    note: str
    failure_costs: str
    warnings: tuple[str, ...]


class LocalModels(ResultModel):
    """A server of language models on this machine. ``planners``: its models as values for ``--planner``."""

    server: str
    address: str
    planners: tuple[str, ...]


class ModelList(ResultModel):
    """The AI models of the catalogue. ``local``: the servers on this machine, if planners were asked for."""

    models: tuple[ModelDetails, ...]
    local: Annotated[tuple[LocalModels, ...] | None, OMIT_NONE] = None


class Check(ResultModel):
    """Result of one check by ``doctor``. ``fix`` and ``actions``: what to do; empty if nothing is wrong."""

    name: str
    state: Literal["good", "poor", "bad"]
    message: str
    fix: str = ""
    actions: tuple[ResultAction, ...] = ()


class SupportBundle(ResultModel):
    """A support bundle that was written. ``parts``: the names of the files in it."""

    path: str
    parts: tuple[str, ...]
    size_bytes: int


class EngineSummary(ResultModel):
    """An engine that can run on this machine, by its card. ``fault``: what is missing for it; empty: nothing."""

    name: str
    label: str
    licence: str
    fault: str = ""


class OwnModelSummary(ResultModel):
    """A model of one's own and its engine. ``fault``: why it cannot be used; empty: it can.

    ``loaded_s``: how long its engine took to load, the last time. ``idle_s``: since it was used.
    """

    model: str
    engine: str
    state: Literal["stopped", "loading", "ready"]
    label: str = ""
    licence: str = ""
    may_be_sold: bool | None = None
    card: str
    fault: str = ""
    pid: int | None = None
    address: str = ""
    gpus: tuple[int, ...] = ()
    loaded_s: float | None = None
    idle_s: float | None = None
    is_kept: bool = False


class WeightsSummary(ResultModel):
    """A download of weights from the hub, before it begins. ``revision``: the commit whose files are downloaded.

    ``may_be_sold``: the licence permits commercial use. ``present_bytes``: those that arrived earlier; ``is_resumed``:
    a download that stopped goes on, with the revision that it began with. ``free_bytes``: on the disk of ``folder``.
    """

    model: str
    revision: str
    pipeline: str
    licence: str
    may_be_sold: bool
    files: int
    total_bytes: int
    present_bytes: int
    free_bytes: int
    folder: str
    is_resumed: bool = False


class EngineList(ResultModel):
    """The engines of this machine, and the models of one's own."""

    engines: tuple[EngineSummary, ...]
    models: tuple[OwnModelSummary, ...]


class EngineLog(ResultModel):
    """The end of an engine's log, without secrets."""

    model: str
    path: str
    text: str


def _rate(checkup: dict[str, Any]) -> int:
    states = {check.state for check in checkup["checks"]}
    return 2 if "bad" in states else 1 if "poor" in states else 0


class Checkup(ResultModel):
    """Results of all checks by ``doctor``.

    ``exit_code`` 0: all good. 1: a check is ``poor``, but films can be made. 2: a check is ``bad``, and no film can be
    made.
    """

    checks: tuple[Check, ...]
    exit_code: int = Field(default_factory=_rate)
