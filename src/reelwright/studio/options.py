"""The options of the verbs as models: what Python, JSON and a server may pass, checked before anything is done."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, PlainValidator, ValidationError, WithJsonSchema

from reelwright.errors import BadInput
from reelwright.reel.brief import Goal
from reelwright.reel.plan import Plan
from reelwright.reel.priority import PRIORITIES, Priority
from reelwright.studio.verb_options import Seconds
from reelwright.text_limits import (
    BRIEF_CHARS,
    LINE_CHARS,
    NAME_CHARS,
    PATH_CHARS,
    SCRIPT_CHARS,
    URL_CHARS,
    check_lengths,
    fill_limits,
)
from reelwright.units import Aspect

CONCURRENCY: Final = 5
"""Default number of rows of a batch that run at once. Source: S4-50."""
MAX_CONCURRENCY: Final = 64
MAX_SHOTS: Final = 600
"""Most shots that one edit names: as many as a film may have."""
Usd = str | int | float
"""An amount in US dollars: ``"5"``, ``"0.40"``, 5."""
File = Annotated[str, Field(max_length=PATH_CHARS)] | Path
"""A file by its path. The description of a field says, in its error and in the schema, what it accepts."""
_TYPES: Final = {
    "missing": "text", "string_type": "text", "bool_type": "True or False", "int_type": "a whole number",
    "float_type": "a number", "list_type": "a list", "tuple_type": "a list", "is_instance_of": "a list",
    "sequence_str": "a list of files", "mapping_type": "a mapping", "dict_type": "a mapping",
}  # fmt: skip


def _read_plan(value: Any) -> Any:
    """Read a plan from JSON; a ``Plan`` or the path of a file stays what it is."""
    if isinstance(value, Mapping):
        from reelwright.reel.document import from_public

        return from_public(Plan, value, "plan")
    return value


PlanOption = Annotated[
    Plan | Path | None,
    PlainValidator(_read_plan),
    WithJsonSchema({"type": ["object", "string", "null"], "description": "A plan as JSON, in public names; or a file"}),
]
LANGUAGE: Final = "a BCP 47 tag such as en, de or pt-BR"
SECONDS: Final = "seconds from 1 to 600, such as 20, 7.5, 20s or 0:20"
BriefText = Annotated[str, Field(max_length=BRIEF_CHARS)]
"""The text of a brief, or a prompt of its length."""
Url = Annotated[str, Field(max_length=URL_CHARS)]
Name = Annotated[str, Field(max_length=NAME_CHARS)]
"""A name, an id, or a cursor."""
ScriptText = Annotated[str, Field(max_length=SCRIPT_CHARS)]
Line = Annotated[str, Field(max_length=LINE_CHARS)]
"""A text of some sentences."""
Length = Annotated[Seconds | None, Field(description=SECONDS)]
Amount = Annotated[Usd | None, Field(description="an amount in US dollars such as 5 or 0.40")]
Place = Annotated[File | None, Field(description="a path")]
Resolution = Annotated[str | None, Field(description="a resolution that the model sells, such as 720p")]
Picture = Annotated[File | None, Field(description="a file that exists")]
Count = Annotated[int, Field(ge=1, le=4, description="a whole number from 1 to 4")]


class Options(BaseModel):
    """The base class of the options of verbs, checked by type.

    Unknown names are refused; the verbs check beyond the type, against catalogue and files. ``parse`` raises
    ``BadInput`` with the field, its value and what is accepted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True, defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core_schema)
        fill_limits(handler.resolve_ref_schema(schema))
        return schema

    @classmethod
    @cache
    def get_schema(cls) -> dict[str, Any]:
        """Return the JSON schema of these options, in which every text and list has its limit."""
        return cls.model_json_schema()

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Check keyword arguments by length, name and type, and return them as options. Raises ``BadInput``."""
        if not all(map(_is_short, values.values())):  # most are, and need no schema
            check_lengths(cls.get_schema(), values)
        try:
            return cls.model_validate(dict(values))
        except ValidationError as cause:
            raise _convert_error(cls, cause) from None

    def get_given(self, names: Container[str]) -> dict[str, Any]:
        """Return those of the options ``names`` that the caller gave, without defaults, in the order of the fields."""
        given = self.model_fields_set
        return {name: getattr(self, name) for name in type(self).model_fields if name in given and name in names}


def _is_short(value: object) -> bool:
    return not isinstance(value, (str, Mapping, Sequence)) or (isinstance(value, str) and len(value) <= NAME_CHARS)


def _convert_error(kind: type[Options], cause: ValidationError) -> BadInput:
    errors = cause.errors(include_url=False)
    error = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])  # it explains what is missing
    field = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        return BadInput("option", field, f"one of {', '.join(sorted(kind.model_fields))}")
    phrase = kind.model_fields[field].description
    if not phrase and error["type"] == "literal_error":
        phrase = str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
    value = None if error["type"] == "missing" else error["input"]
    return BadInput(field, value, str(phrase or _TYPES.get(error["type"], error["msg"])))


class Approval(Options):
    """Options by which a person agrees to a price.

    ``yes`` True agrees to whatever the quote says, and a quote (in Python) to its own price. ``budget``: the most that
    may be spent, in US dollars. ``accept_unconfirmed``: agree to prices without a reliable source too.
    ``unknown_at_most``: the most that one step may cost whose price nobody knows.
    """

    yes: Annotated[Any, WithJsonSchema({"type": "boolean"})] = False
    budget: Amount = None
    accept_unconfirmed: bool = False
    unknown_at_most: Amount = None


class FilmOptions(Options):
    """Options of a film beside the text of its brief.

    ``images`` and ``clips``: the person's own pictures and clips, which become shots in this order. ``models``: AI
    video models, the preferred one first. ``stills``, ``voice`` (``MODEL:voice``) and ``music``: the models for these.
    ``storyboard``: the person's own stills by beat, ``{"hook": "door.jpg"}``; a number from 1 names a beat too.
    ``references``: pictures that guide the models, ``{"person=Ana": "ana.png"}``. ``max_price``: a price in US dollars
    that the choice of models keeps to if it can. ``planner``: a language model that writes the plan; default
    ``rules``. ``archetype``: the dramatic shape. ``draft``: make a small film of a script that costs nothing: all of it
    is drawn, without a voice. ``successor``: replace a retired model by the one that follows it; None: as in the
    settings.
    """

    flavor: Annotated[str | None, Field(description="the name of a flavor, such as short")] = None
    language: Annotated[str | None, Field(description=LANGUAGE)] = None
    aspect: Aspect | None = None
    length: Length = None
    short_side: Annotated[int, Field(ge=90, le=2160, description="a whole number from 90 to 2160")] = 1080
    images: Annotated[Sequence[File], Field(description="a list of files")] = ()
    clips: Annotated[Sequence[File], Field(description="a list of files")] = ()
    planner: str | None = None
    archetype: str | None = None
    models: Annotated[Sequence[str], Field(description="a list of models")] = ()
    stills: str | None = None
    voice: str | None = None
    music: str | None = None
    continuity: Literal["beat", "loose"] = "beat"
    resolution: Resolution = None
    sound: bool | None = None
    storyboard: Annotated[Mapping[str, File], Field(description="a file for each beat, such as hook=door.jpg")] = {}
    references: Annotated[Mapping[str, File], Field(description="a file for each role, such as product=mug.png")] = {}
    max_price: Amount = None
    takes: Count = 1
    variation: Annotated[int, Field(ge=0, le=1_000_000, description="a whole number from 0 to 1000000")] = 0
    on_stuck: Literal["ask", "animatic"] = "ask"
    draft: bool = False
    successor: bool | None = None


class PlanOptions(FilmOptions):
    """Options of ``plan``. ``script``: a Markdown file, or its text, in place of a brief (``docs/script.md``)."""

    brief: BriefText | None = None
    script: Annotated[ScriptText | Path | None, Field(description="a Markdown file, or its text")] = None


class QuoteOptions(PlanOptions):
    """Options of ``quote``: those of ``plan``, with the goal, a plan of one's own, and ``again`` or ``new``.

    ``goal``: how far to go. ``plan``: the person's own plan. ``again``: make another film of the same; everything is
    bought again. ``new``: start a new project in place of one that was edited; what is equal is reused.
    """

    goal: Goal = "film"
    plan: PlanOption = None
    again: bool = False
    new: bool = False


class WriteOptions(Approval):
    """Options of ``write``, with the brief and the file to write.

    ``out``: the script's file; ``force``: overwrite an existing one. ``planner``: a language model that writes it;
    default ``rules``. ``archetype``: the dramatic shape, if a language model writes.
    """

    brief: BriefText
    out: Place = None
    force: bool = False
    language: Annotated[str | None, Field(description=LANGUAGE)] = None
    planner: str | None = None
    archetype: str | None = None


class QueueOptions(Options):
    """The option that orders a new job in the queue: its priority.

    ``priority``: ``low``, ``normal`` (default) or ``high``.
    """

    priority: Priority | None = None

    def list_job_options(self) -> dict[str, Any]:
        """Return the options that are stored with a job: its priority as a number, if one was given."""
        return {} if self.priority is None else {"priority": PRIORITIES[self.priority]}


class RunOptions(Approval):
    """Options of ``retry``, ``retake`` and ``apply``. ``out``: the film's file; None: ``films/`` in the home."""

    out: Place = None


class MakeOptions(QuoteOptions, RunOptions, QueueOptions):
    """Options of ``make``: of the film, of the agreement to its price, ``out``, and ``priority``."""


class ClipTermOptions(Options):
    """Options that describe a clip: one shot by one model.

    ``image`` and ``last_frame``: pictures for its first and last frame. ``references``: pictures that guide the model,
    ``{"person=Ana": file}``. ``aspect`` ``auto`` or left out: the aspect of the first picture. ``samples``: 1 to 4, in
    one purchase if the model sells several at once; ``apart``: buy each by itself. ``successor``: replace a retired
    model by the one that follows it.
    """

    prompt: BriefText
    model: str | None = None
    image: Picture = None
    last_frame: Picture = None
    references: Annotated[Mapping[str, File], Field(description="a file for each role, such as product=mug.png")] = {}
    samples: Count = 1
    apart: bool = False
    seconds: Length = None
    aspect: str | None = None
    resolution: Resolution = None
    negative: Line | None = None
    seed: int | None = None
    sound: bool | None = None
    successor: bool | None = None


class ClipQuoteOptions(ClipTermOptions):
    """Options of a quote for a clip. ``again``: make another clip of the same."""

    again: bool = False


class ClipOptions(ClipQuoteOptions, Approval, QueueOptions):
    """Options of ``clip``. ``out``: the folder of the files, or a name that ends in ``.mp4``.

    ``wants_archive``: also write a ZIP beside them.
    """

    out: Place = None
    wants_archive: bool = False


class RowOptions(Options):
    """Options that describe the rows of a batch.

    ``model``: for prompts that name none; if it is given, an entry of only text is a prompt, otherwise a brief.
    ``beside``: the folder in which pictures are looked for. ``out``: the folder for the files; None: ``films/`` in the
    home. ``successor``: whether to replace retired models in rows that do not say so themselves; None: as in the
    settings.
    """

    model: str | None = None
    beside: Annotated[File | None, Field(description="a folder")] = None
    out: Annotated[File | None, Field(description="a folder")] = None
    successor: bool | None = None


class BatchOptions(RowOptions, Approval, QueueOptions):
    """Options of ``batch``. ``concurrency``: rows that run at once; ``budget``: the most for all rows together."""

    concurrency: Annotated[
        int | None, Field(ge=1, le=MAX_CONCURRENCY, description=f"a whole number from 1 to {MAX_CONCURRENCY}")
    ] = CONCURRENCY

    def get_concurrency(self) -> int:
        """Return how many rows of the batch run at once; the default if None was given."""
        return CONCURRENCY if self.concurrency is None else self.concurrency


class ResumeOptions(RunOptions):
    """Options of ``resume``. ``goal`` None: the previous goal."""

    goal: Goal | None = None


class ChangeOptions(Options):
    """Options that describe an edit: of one or several shots, or of the whole film.

    With ``shot``: ``words`` (a line, or a mapping by role; empty text removes what is there), ``prompt``, ``length``,
    ``image``, ``clip``, ``move``, ``caption``, and ``model`` (an id or alias; ``animatic``: drawn on this machine). Of
    the whole film: ``look``, ``accent``, ``mood``, ``aspect``, ``storyboard`` (other stills of the person's own,
    ``{"hook": "door.jpg"}``), and ``length`` if no shot is named: the film is planned again from the brief, and edits
    of shots that are still there stay. ``continuation``: what happens if a later shot continues an edited one;
    default: a bridge if possible. ``successor``: replace a retired model by the one that follows it.
    """

    shot: Annotated[
        int | str | Annotated[Sequence[int | str], Field(max_length=MAX_SHOTS)] | None,
        Field(description="the number or id of a shot, or a list of them"),
    ] = None
    words: Annotated[Line | Mapping[str, Line] | None, Field(description="a line, or a text for each role")] = None
    prompt: Line | None = None
    length: Annotated[Seconds | None, Field(description="seconds, such as 2.5, 20s or 0:20")] = None
    image: Picture = None
    clip: Picture = None
    caption: Line | None = None
    model: str | None = None
    move: Literal["push", "pull", "left", "right", "up", "down"] | None = None
    look: str | None = None
    accent: Annotated[str | None, Field(description="a colour such as #FF5A1F")] = None
    mood: str | None = None
    aspect: Aspect | None = None
    storyboard: Annotated[
        Mapping[str, File] | None, Field(description="a file for each beat, such as hook=door.jpg")
    ] = None
    continuation: Literal["bridge", "reflow"] | None = None
    successor: bool | None = None


class EditOptions(ChangeOptions, RunOptions):
    """Options of ``edit``: the change, the agreement to its price, and ``out``."""


OPTION_MODELS: Final[Mapping[str, type[Options]]] = {
    "apply": RunOptions,
    "batch": BatchOptions,
    "clip": ClipOptions,
    "edit": EditOptions,
    "make": MakeOptions,
    "plan": PlanOptions,
    "quote": QuoteOptions,
    "resume": ResumeOptions,
    "retake": RunOptions,
    "retry": RunOptions,
    "write": WriteOptions,
}
"""The models of the keyword arguments, by verb."""
