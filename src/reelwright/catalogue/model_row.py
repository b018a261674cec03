"""The values of a catalogue row: what an AI model accepts, what it costs, and how long it is sold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal

from reelwright.reel.value import define_value
from reelwright.units import Micros

Kind = Literal["video", "image", "speech", "music", "sound_effect", "text"]
Stage = Literal["preview", "current", "deprecated", "retired"]
Unit = Literal[
    "second", "minute", "clip", "image", "megapixel", "thousand_characters", "song", "million_tokens",
    "machine_second", "nothing",
]  # fmt: skip
Billed = Literal["free", "billed", "unknown"]
Value = str | int | bool


@define_value
class Lifecycle:
    """The stage of a model. ``retires_on``: the last day it is sold. ``is_disputed``: sources disagree about it."""

    stage: Stage
    source: str
    released_on: date | None = None
    retires_on: date | None = None
    is_disputed: bool = False
    successor: str | None = None


@define_value
class Condition:
    """A condition that ``field`` of a request (``seconds``, ``inputs``, an option …) has one of ``values``."""

    field: str
    values: tuple[Value, ...]


@define_value
class Limit:
    """A rule for requests: if all of ``when`` hold, all of ``needs`` must hold too, and none of ``bars`` may.

    ``message``: the reason, for errors.
    """

    when: tuple[Condition, ...]
    needs: tuple[Condition, ...]
    bars: tuple[Condition, ...]
    message: str


@define_value
class Option:
    """The values that an option accepts: one of ``values``, a whole number from ``least`` to ``most``, or text.

    ``longest``: most characters of text.
    """

    values: tuple[Value, ...] = ()
    least: int | None = None
    most: int | None = None
    longest: int | None = None


@define_value
class Rate:
    """The price of a unit; empty fields match every request. ``micros`` None: the price is unknown.

    ``of``: for tokens, whether it is the price of input or of output.
    """

    micros: Micros | None
    resolution: tuple[str, ...] = ()
    seconds: tuple[int, ...] = ()
    sound: bool | None = None
    modes: tuple[str, ...] = ()
    of: Literal["", "in", "out"] = ""
    since: date | None = None
    until: date | None = None


@define_value
class Prices:
    """The prices of a model. ``most``: most units of one request, if the request does not say (machine seconds).

    ``beside``: the most that a sample costs in addition to its units, such as the tokens of its prompt.
    """

    unit: Unit
    rates: tuple[Rate, ...]
    most: int | None = None
    beside: Micros = Micros(0)


@define_value
class FailureCharges:
    """Whether a provider bills accepted requests without a result, where its answer does not say.

    ``on_failure``: the request failed at the provider. ``on_filter``: its content filter refused the result.
    ``on_cancel``: we cancelled it. The value ``unknown``: no source says so; the quote counts until a person corrects
    it.
    """

    on_failure: Billed = "unknown"
    on_filter: Billed = "unknown"
    on_cancel: Billed = "unknown"
    source: str = ""


@define_value
class FrameRule:
    """A rule for the frames of a clip: ``step``·k + ``plus``, from ``least`` to ``most``, by default at ``fps``."""

    fps: int
    step: int
    plus: int
    least: int
    most: int


@define_value
class SizeRule:
    """The sizes sold: ``choices``, or any with sides that are multiples of ``multiple`` from ``least`` to ``most``."""

    choices: tuple[tuple[int, int], ...] = ()
    multiple: int = 1
    least: int = 1
    most: int = 1


@define_value
class Model:
    """An AI model as one provider sells it.

    ``sold_as``: the provider's name for it; ``profile``: the variant of the adapter's protocol. ``key``: the holder of
    the key that it needs; empty: none. ``seconds``: lengths that one purchase may have, rising; empty: no length.
    ``aspects`` empty: it uses the aspect ratio of the first frame, or none. ``resolutions``: the first is the default.
    ``has_seed``, ``has_negative_prompt``: requests accept one. ``prompt_most``: characters; 0: no source names it.
    ``max_output``: tokens. ``rate``: most requests at once, most starts per minute. ``latency_s``: shortest and longest
    usual time of a request; an estimate if no source names it. ``has_confirmed_price`` False: no reliable source names
    the price. ``has_structured_answers``: its answers can follow a JSON schema. ``can_retry_on_503``: a status 503
    means that the request was not accepted.
    """

    id: str
    name: str
    provider: str
    sold_as: str
    kind: Kind
    prices: Prices
    lifecycle: Lifecycle
    source: str
    as_of: date
    modes: tuple[str, ...] = ()
    seconds: tuple[int, ...] = ()
    aspects: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    fps: int | None = None
    samples: int = 1
    references: int = 0
    has_seed: bool = False
    sound: Literal["always", "never", "asked"] = "never"
    has_negative_prompt: bool = False
    prompt_most: int = 0
    max_output: int = 0
    options: Mapping[str, Option] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    frames: FrameRule | None = None
    sizes: SizeRule | None = None
    latency_s: tuple[float, float] = (0.0, 0.0)
    aliases: tuple[str, ...] = ()
    licence: str = ""
    has_confirmed_price: bool = True
    resubmit: Literal["never", "free"] = "never"
    can_retry_on_503: bool = False
    rate: tuple[int | None, int | None] = (None, None)
    key: str = ""
    profile: str = ""
    has_structured_answers: bool = False
    note: str = ""
    failures: FailureCharges = FailureCharges()
