"""The options of the verbs as models: what Python, JSON and a server may pass, checked before anything is done."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, PlainValidator, ValidationError, WithJsonSchema

from reelwright.errors import BadInput
from reelwright.input_limits import (
    BRIEF_CHARS,
    END_CARD_CHARS,
    LINE_CHARS,
    MAX_TAKES_PER_ROUND,
    NAME_CHARS,
    PATH_CHARS,
    SCRIPT_CHARS,
    URL_CHARS,
    check_lengths,
    fill_limits,
)
from reelwright.reel.base.document import from_public
from reelwright.reel.film.brief import Goal
from reelwright.reel.film.plan import MAX_CAPTION_SHIFT_S, MOST_PIECES, MUSIC_LEVELS_DB, CaptionChoice, Plan
from reelwright.reel.records.priority import PRIORITIES, Priority
from reelwright.studio.policy import BATCH_CONCURRENCY, MAX_BATCH_CONCURRENCY, MAX_SHOTS_OF_AN_EDIT
from reelwright.studio.results.verb_options import Seconds
from reelwright.units import ACCEPTED_ASPECTS, ASPECTS, Aspect, parse_aspects

Usd = str | int | float
"""An amount in US dollars: ``"5"``, ``"0.40"``, 5."""
File = Annotated[str, Field(max_length=PATH_CHARS)] | Path
"""A file by its path. The description of a field says in the schema what it accepts and, after a colon, what it does;
its error says the first."""
_TYPES: Final = {
    "missing": "text", "string_type": "text", "bool_type": "True or False", "int_type": "a whole number",
    "float_type": "a number", "list_type": "a list", "tuple_type": "a list", "is_instance_of": "a list",
    "sequence_str": "a list of files", "mapping_type": "a mapping", "dict_type": "a mapping",
}  # fmt: skip


def _read_plan(value: Any) -> Any:
    """Read a plan from JSON; a ``Plan`` or the path of a file stays what it is."""
    if isinstance(value, Mapping):
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
Archetype = Annotated[str | None, Field(description="the dramatic shape of what a language model writes")]
GoalOption = Annotated[Goal, Field(description="how far to go; film: all of it")]
Picture = Annotated[File | None, Field(description="a file that exists")]
TAKES: Final = f"a whole number from 1 to {MAX_TAKES_PER_ROUND}"
Takes = Annotated[int, Field(ge=1, le=MAX_TAKES_PER_ROUND, description=TAKES)]
References = Annotated[
    Mapping[str, File],
    Field(description="a file for each role, such as product=mug.png: pictures that guide the model"),
]
Sound = Annotated[bool | None, Field(description="whether takes have their own sound, if the model gives the choice")]
Successor = Annotated[
    bool | None, Field(description="replace a retired model by the one that follows it; default: as in the settings")
]


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
        if not all(map(_is_short, filter(None, values.values()))):  # most are, and need no schema
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
    if error["type"] == "literal_error":
        phrase = str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
    elif error["type"] == "bool_type":
        phrase = _TYPES["bool_type"]
    else:
        about = kind.model_fields[field].description or ""
        phrase = about.partition(": ")[0] or _TYPES.get(error["type"], error["msg"])
    value = None if error["type"] == "missing" else error["input"]
    return BadInput(field, value, phrase)


class Approval(Options):
    """Options by which a person agrees to a price.

    ``yes`` True agrees to whatever the quote says, and a quote (in Python) to its own price. ``budget``: the most that
    may be spent, in US dollars.
    """

    yes: Annotated[Any, WithJsonSchema({"type": "boolean"})] = False
    budget: Amount = None
    accept_unconfirmed: Annotated[bool, Field(description="agree to prices without a reliable source too")] = False
    unknown_at_most: Annotated[
        Usd | None,
        Field(description="an amount in US dollars such as 5 or 0.40: the most for each step without a known price"),
    ] = None


Accent = Annotated[str | None, Field(description="a colour such as #FF5A1F, or none: the film's strong colour")]
Logo = Annotated[
    File | Literal["none"] | None,
    Field(description="a file, or none: the logo, which ends the film"),
]
Font = Annotated[
    File | Literal["none"] | None,
    Field(description="a file, or none: the font of the display type"),
]
EndCard = Annotated[
    Annotated[str, Field(max_length=END_CARD_CHARS)] | None,
    Field(description="text, or none: what the last screen says, too"),
]
"""Options of a brand may say ``none``: a film without what a flavor or the home would give it."""


def _read_aspects(value: Any) -> Any:
    """Check one or several aspects. What is returned is what was given."""
    try:
        parse_aspects(value)
    except BadInput as error:
        if value is not None:
            raise ValueError(error.accepted) from error
    return value


Aspects = Annotated[
    str | Sequence[Aspect] | None,
    PlainValidator(_read_aspects),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": NAME_CHARS},
                {"type": "array", "items": {"type": "string", "enum": list(ASPECTS)}, "maxItems": len(ASPECTS)},
                {"type": "null"},
            ]
        }
    ),
    Field(
        description=f"{ACCEPTED_ASPECTS}: width to height; several make one film in each, from the same takes. "
        "Default: that of the flavor"
    ),
]


Presets = Annotated[
    Annotated[str, Field(max_length=NAME_CHARS)] | Sequence[Annotated[str, Field(max_length=NAME_CHARS)]] | None,
    Field(
        description="names of delivery presets, such as youtube or tiktok, with commas between: what the film is made "
        "for; they set aspect, loudness and safe areas"
    ),
]


class BrandOptions(Options):
    """The brand of the home. What is not given stays as it is."""

    accent: Accent = None
    logo: Logo = None
    font: Font = None
    end_card: EndCard = None


class FilmOptions(Options):
    """Options of a film beside the text of its brief."""

    flavor: Annotated[str | None, Field(description="the name of a flavor, such as short")] = None
    language: Annotated[str | None, Field(description=LANGUAGE)] = None
    aspect: Aspects = None
    presets: Presets = None
    native: Annotated[
        bool, Field(description="with several aspects: models make takes in each, not in the first alone")
    ] = False
    look: Annotated[
        str | None, Field(description="the look of all that is drawn; default: that of the script, then the flavor")
    ] = None
    accent: Accent = None
    logo: Logo = None
    font: Font = None
    end_card: EndCard = None
    length: Length = None
    short_side: Annotated[int, Field(ge=90, le=2160, description="a whole number from 90 to 2160")] = 1080
    images: Annotated[
        Sequence[File], Field(description="a list of files: pictures, which become shots in this order")
    ] = ()
    clips: Annotated[Sequence[File], Field(description="a list of files: clips, which become shots in this order")] = ()
    planner: Annotated[str | None, Field(description="a language model that writes the plan; default rules")] = None
    archetype: Archetype = None
    models: Annotated[
        Sequence[str], Field(description="a list of models: AI video models, the preferred one first")
    ] = ()
    stills: Annotated[str | None, Field(description="an image model that first draws a still for each beat")] = None
    voice: Annotated[str | None, Field(description="the voice that speaks the lines, as MODEL:voice, or kokoro")] = None
    music: Annotated[
        str | None, Field(description="a music model in place of composed music; or none, for no music")
    ] = None
    continuity: Annotated[
        Literal["beat", "loose"],
        Field(description="beat: a take continues the one before in its beat; loose: none does, so all run at once"),
    ] = "beat"
    resolution: Resolution = None
    sound: Sound = None
    storyboard: Annotated[
        Mapping[str, File],
        Field(
            description="a file for each beat, such as hook=door.jpg: the still there; a number from 1 names a beat too"
        ),
    ] = {}
    references: References = {}
    max_price: Annotated[
        Usd | None,
        Field(description="an amount in US dollars such as 5 or 0.40: the choice of models keeps to it if it can"),
    ] = None
    takes: Annotated[Takes, Field(description=f"{TAKES}: takes of each shot")] = 1
    variation: Annotated[
        int, Field(ge=0, le=1_000_000, description="a whole number from 0 to 1000000: another film of the same words")
    ] = 0
    on_stuck: Annotated[
        Literal["ask", "animatic"],
        Field(description="where a model refuses a shot, ask: the job waits for a decision; animatic: it is drawn"),
    ] = "ask"
    draft: Annotated[
        bool, Field(description="make a small film of a script that costs nothing: all is drawn, without a voice")
    ] = False
    successor: Successor = None


class SourceOptions(Options):
    """Options that say what a film is made of: a brief, or a script (``docs/script.md``)."""

    brief: Annotated[BriefText | None, Field(description="what the film is about, in your own words")] = None
    script: Annotated[
        ScriptText | Path | None,
        Field(description="a Markdown file, or its text: every word of the film, in place of a brief"),
    ] = None


class PlanOptions(FilmOptions, SourceOptions):
    """Options of ``plan``. Fields of the last base come first: what the film is made of."""


class QuoteOptions(PlanOptions):
    """Options of ``quote``: those of ``plan``, with the goal, a plan of one's own, and ``again`` or ``new``.

    ``plan``: the person's own plan. ``again``: make another film of the same; everything is bought again. ``new``:
    start a new project in place of one that was edited; what is equal is reused.
    """

    goal: GoalOption = "film"
    plan: PlanOption = None
    again: bool = False
    new: bool = False


class WriteOptions(Approval):
    """Options of ``write``, with the brief and the file to write.

    ``out``: the script's file; ``force``: overwrite an existing one.
    """

    brief: Annotated[BriefText, Field(description="what the film is about, in your own words")]
    out: Place = None
    force: bool = False
    language: Annotated[str | None, Field(description=LANGUAGE)] = None
    planner: Annotated[str | None, Field(description="a language model that writes the script; default rules")] = None
    archetype: Archetype = None


class QueueOptions(Options):
    """The option that orders a new job in the queue: its priority."""

    priority: Annotated[Priority | None, Field(description="which jobs of the account run first; default normal")] = (
        None
    )

    def list_job_options(self) -> dict[str, Any]:
        """Return the options that are stored with a job: its priority as a number, if one was given."""
        return {} if self.priority is None else {"priority": PRIORITIES[self.priority]}


class RunOptions(Approval):
    """Options of ``retry``, ``retake`` and ``apply``. ``out``: the film's file; None: ``films/`` in the home."""

    out: Place = None


class MakeOptions(QueueOptions, RunOptions, QuoteOptions):
    """Options of ``make``: of the film, of the agreement to its price, ``out``, and ``priority``."""


class ClipTermOptions(Options):
    """Options that describe a clip: one shot by one model."""

    prompt: Annotated[BriefText, Field(description="what the clip shows, in your own words")]
    model: Annotated[str | None, Field(description="an AI video model; default: that of the settings")] = None
    image: Annotated[File | None, Field(description="a file that exists: the first frame")] = None
    last_frame: Annotated[File | None, Field(description="a file that exists: the last frame")] = None
    references: References = {}
    samples: Annotated[Takes, Field(description=f"{TAKES}: takes, in one purchase if the model sells that")] = 1
    apart: Annotated[bool, Field(description="buy each of the samples by itself")] = False
    seconds: Length = None
    aspect: Annotated[
        str | None,
        Field(description="an aspect that the model sells, such as 16:9, or auto: that of the first picture"),
    ] = None
    resolution: Resolution = None
    negative: Annotated[Line | None, Field(description="what the clip must not show")] = None
    seed: Annotated[int | None, Field(description="a whole number: the random seed, if the model accepts one")] = None
    sound: Sound = None
    successor: Successor = None


class ClipQuoteOptions(ClipTermOptions):
    """Options of a quote for a clip. ``again``: make another clip of the same."""

    again: bool = False


class ClipOptions(QueueOptions, Approval, ClipQuoteOptions):
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
        int | None,
        Field(ge=1, le=MAX_BATCH_CONCURRENCY, description=f"a whole number from 1 to {MAX_BATCH_CONCURRENCY}"),
    ] = BATCH_CONCURRENCY

    def get_concurrency(self) -> int:
        """Return how many rows of the batch run at once; the default if None was given."""
        return BATCH_CONCURRENCY if self.concurrency is None else self.concurrency


class ResumeOptions(RunOptions):
    """Options of ``resume``."""

    goal: Annotated[Goal | None, Field(description="how far to go; default: as far as before")] = None


class ChangeOptions(Options):
    """Options that describe an edit: of one or several shots, or of the whole film.

    With ``shot``: ``words`` to ``move``. Of the whole film: ``look`` to ``order``, and ``length`` if no shot is
    named: the film is planned again from the brief, and edits of shots that are still there stay.
    """

    shot: Annotated[
        int | str | Annotated[Sequence[int | str], Field(max_length=MAX_SHOTS_OF_AN_EDIT)] | None,
        Field(description="the number or id of a shot, or a list of them"),
    ] = None
    words: Annotated[
        Line | Mapping[str, Line] | None,
        Field(description="a line, or a text for each role: empty text removes what is there"),
    ] = None
    prompt: Annotated[Line | None, Field(description="text that says what an AI model makes of the shot")] = None
    length: Annotated[
        Seconds | None, Field(description="seconds, such as 2.5, 20s or 0:20: of the shot, or else of the film")
    ] = None
    image: Annotated[File | None, Field(description="a file that exists: the picture of the shot")] = None
    clip: Annotated[File | None, Field(description="a file that exists: the footage of the shot")] = None
    caption: Annotated[Line | None, Field(description="text that is shown as the shot's caption")] = None
    model: Annotated[
        str | None, Field(description="the AI model of the shot, or animatic: it is drawn on this machine")
    ] = None
    move: Annotated[
        Literal["push", "pull", "left", "right", "up", "down"] | None,
        Field(description="how the camera moves over the shot's picture"),
    ] = None
    look: Annotated[str | None, Field(description="the look of all that is drawn in the film")] = None
    accent: Accent = None
    emblem: Annotated[str | None, Field(description="an emblem, or none: the drawing of what the film is about")] = None
    logo: Logo = None
    font: Font = None
    end_card: EndCard = None
    brand: Annotated[
        bool,
        Field(description="True or False: take the rest from the home's brand"),
    ] = False
    mood: Annotated[str | None, Field(description="the mood of the film's music")] = None
    music: Annotated[
        Annotated[int, Field(ge=1, le=MOST_PIECES)] | Literal["another", "none"] | None,
        Field(
            description=f"another, or the number of a piece from 1 to {MOST_PIECES}: another piece of music "
            "of the same mood; 1 is the first one; none: no music"
        ),
    ] = None
    music_level: Annotated[
        float | None,
        Field(
            ge=MUSIC_LEVELS_DB[0],
            le=MUSIC_LEVELS_DB[1],
            description=f"decibels from {MUSIC_LEVELS_DB[0]} to {MUSIC_LEVELS_DB[1]}: how much louder than usual the "
            "music is mixed under voice and sound; 0 is as usual",
        ),
    ] = None
    voice: Annotated[
        str | None,
        Field(description="MODEL:voice, or a voice of the same model: another voice for all lines that are spoken"),
    ] = None
    captions: Annotated[
        CaptionChoice | None,
        Field(description="how captions are drawn over the picture; off: the caption files alone have them"),
    ] = None
    caption_shift: Annotated[
        float | None,
        Field(
            ge=-MAX_CAPTION_SHIFT_S,
            le=MAX_CAPTION_SHIFT_S,
            description=f"seconds from -{MAX_CAPTION_SHIFT_S} to {MAX_CAPTION_SHIFT_S}: how much later than planned "
            "all captions come; 0 is as planned",
        ),
    ] = None
    aspect: Aspects = None
    native: Annotated[
        bool | None, Field(description="with several aspects: whether models make takes in each; default: as before")
    ] = None
    storyboard: Annotated[
        Mapping[str, File] | None, Field(description="a file for each beat, such as hook=door.jpg: another still there")
    ] = None
    order: Annotated[
        Sequence[int | str] | None,
        Field(
            max_length=MAX_SHOTS_OF_AN_EDIT,
            description="a list of shots, by number or id: the film has these alone, in this order",
        ),
    ] = None
    continuation: Annotated[
        Literal["bridge", "reflow"] | None,
        Field(
            description="if a later shot continues an edited one, bridge: its take stays (the default, if possible); "
            "reflow: it is made again"
        ),
    ] = None
    successor: Successor = None


class EditOptions(RunOptions, ChangeOptions):
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
