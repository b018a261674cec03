"""The values of a catalogue row: what an AI model accepts, what it costs, and how long it is sold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from reelwright.reel.base.yaml_rows import ReadAs, accept_if, define_row
from reelwright.units import Micros, parse_usd

T = TypeVar("T")

Kind = Literal["video", "image", "speech", "music", "sound_effect", "text"]
Stage = Literal["preview", "current", "deprecated", "retired"]
Unit = Literal[
    "second", "minute", "clip", "image", "megapixel", "thousand_characters", "song", "million_tokens",
    "machine_second", "nothing",
]  # fmt: skip
Billed = Literal["free", "billed", "unknown"]
Value = str | int | bool


def _parse_usd(given: Any) -> Micros:
    if not isinstance(given, str):
        raise ValueError('an amount as text, such as "0.07"')
    return parse_usd(given)


def _parse_seconds(given: Any) -> tuple[int, ...]:
    if isinstance(given, dict) and set(given) == {"least", "most"} and all(type(one) is int for one in given.values()):
        given = list(range(given["least"], given["most"] + 1))
    if not isinstance(given, list) or any(type(one) is not int for one in given):
        given = []
    if not given or given[0] < 1 or given != sorted(set(given)):
        raise ValueError("whole seconds, rising, as a list such as [5, 10], or {least, most}")
    return tuple(given)


Text = Annotated[str, ReadAs(str, accept_if(str.strip, "text"))]
Count = Annotated[int, ReadAs(int, accept_if(lambda number: number >= 0, "a whole number, 0 or more"))]
Positive = Annotated[int, ReadAs(int, accept_if(lambda number: number > 0, "a whole number, 1 or more"))]
Usd = Annotated[Micros, ReadAs(Any, _parse_usd)]
Seconds = Annotated[tuple[int, ...], ReadAs(Any, _parse_seconds)]
AspectRatio = Annotated[
    str, ReadAs(str, accept_if(re.compile(r"[1-9]\d?:[1-9]\d?").fullmatch, 'aspects as text, such as "16:9"'))
]
Values = Annotated[tuple[Value, ...], ReadAs(tuple[Value, ...], accept_if(len, "at least one value"))]
Conditions = Mapping[Text, Values]
"""The values that a field of a request may have (``seconds``, ``inputs``, an option …), by field."""


@define_row(released_on="released", retires_on="retires", is_disputed="disputed")
class Lifecycle:
    """Whether a model is sold: its stage, dates and successor. ``retires_on``: the last day it is sold.
    ``is_disputed``: sources disagree about it. ``twins``: ids of the same model as others sell it.
    ``next_versions``: ids of the maker's next version of it, for who has no key for the successor.
    """

    stage: Stage
    source: Text
    released_on: date | None = None
    retires_on: date | None = None
    is_disputed: bool = False
    successor: Text | None = None
    twins: tuple[Text, ...] = ()
    next_versions: tuple[Text, ...] = ()


@define_row(message="said")
class Limit:
    """A rule for requests to a model: if all of ``when`` hold, all of ``needs`` must hold too, and none of ``bars``
    may.

    ``message``: the reason, for errors.
    """

    when: Conditions = field(default_factory=dict)
    needs: Conditions = field(default_factory=dict)
    bars: Conditions = field(default_factory=dict)
    message: Text


@define_row()
class Option:
    """The values that a model's option accepts: one of ``values``, a whole number from ``least`` to ``most``, or text.

    ``longest``: most characters of text.
    """

    values: tuple[Value, ...] = ()
    least: int | None = None
    most: int | None = None
    longest: Positive | None = None


def _make_option(given: tuple[Value, ...] | Option) -> Option:
    option = Option(values=given) if isinstance(given, tuple) else given
    named = tuple(name for name in ("values", "least", "most", "longest") if getattr(option, name) not in (None, ()))
    if named not in (("values",), ("least", "most"), ("longest",)):
        raise ValueError("a list of values, {least, most} as whole numbers, or {longest} for text")
    return option


@define_row(micros="usd")
class Rate:
    """A price in micro-dollars for one unit, for the requests that match its fields; an empty field matches every
    request. ``micros`` None: the price is unknown.

    ``of``: for tokens, whether it is the price of input or of output.
    """

    micros: Usd | None
    resolution: tuple[Text, ...] = ()
    seconds: Seconds = ()
    sound: bool | None = None
    modes: tuple[Text, ...] = ()
    of: Literal["", "in", "out"] = ""
    since: date | None = None
    until: date | None = None


@define_row()
class Prices:
    """The prices of a model: the unit that is billed, and the rates per unit. ``most``: most units of one request, if
    the request does not say (machine seconds).

    ``beside``: the most that a sample costs in addition to its units, such as the tokens of its prompt.
    """

    unit: Unit
    rates: tuple[Rate, ...] = ()
    most: Positive | None = None
    beside: Usd = Micros(0)


@define_row(on_failure="failed", on_filter="filtered", on_cancel="cancelled")
class FailureCharges:
    """The provider's terms for accepted requests that brought nothing, where its answer does not state a bill.

    ``on_failure``: the request failed at the provider. ``on_filter``: its content filter refused the result.
    ``on_cancel``: we cancelled it. The value ``unknown``: no source says so; the quote counts until a person corrects
    it.
    """

    on_failure: Billed = "unknown"
    on_filter: Billed = "unknown"
    on_cancel: Billed = "unknown"
    source: Text = ""


@define_row()
class FrameRule:
    """The numbers of frames that a model makes: ``step``·k + ``plus``, from ``least`` to ``most``, by default at
    ``fps``.

    ``usual``: the number that a clip asks for where the person says no length; 0: that of the shortest length.
    """

    fps: Count
    step: Count
    plus: Count
    least: Count
    most: Count
    usual: Count = 0


@define_row()
class SizeRule:
    """The sizes in pixels that a model makes: ``choices``, or sides that are multiples of ``multiple`` from ``least``
    to ``most``.
    """

    choices: tuple[tuple[Positive, Positive], ...] = ()
    multiple: Positive
    least: Positive
    most: Positive


def _make_size_rule(given: tuple[tuple[int, int], ...] | SizeRule) -> SizeRule:
    if given == ():
        raise ValueError("sizes as [width, height]")
    return SizeRule(choices=given, multiple=1, least=1, most=1) if isinstance(given, tuple) else given


SizeRuleOfFile = Annotated[SizeRule, ReadAs(tuple[tuple[Positive, Positive], ...] | SizeRule, _make_size_rule)]
"""A ``SizeRule`` as a file spells it: a list of sizes, or the rule."""


@define_row()
class RateLimit:
    """The most requests that a provider takes at once, and the most starts per minute; None: no limit is known."""

    open: Positive | None = None
    starts_per_minute: Positive | None = None


@define_row(
    has_seed="seed",
    has_negative_prompt="negative_prompt",
    has_confirmed_price="certain",
    can_retry_on_503="retry_on_503",
    has_structured_answers="structured",
)
class Model:
    """An AI model as one provider sells it.

    ``sold_as``: the provider's name for it; ``profile``: the variant of the adapter's protocol. ``key``: the holder of
    the key that it needs; empty: none. ``seconds``: lengths that one purchase may have, rising; empty: no length.
    ``aspects`` empty: it uses the aspect ratio of the first frame, or none. ``resolutions``: the first is the default.
    ``has_seed``, ``has_negative_prompt``: requests accept one. ``prompt_most``: characters; 0: no source names it.
    ``max_output``: tokens. ``latency_s``: shortest and longest usual time of a request; an estimate if no source names
    it. ``has_confirmed_price`` False: no reliable source names the price. ``has_structured_answers``: its answers can
    follow a JSON schema. ``can_retry_on_503``: a status 503 means that the request was not accepted.
    """

    id: str
    name: Text
    provider: str
    sold_as: Text
    kind: Kind
    prices: Prices = Prices(unit="nothing")
    lifecycle: Lifecycle
    source: Text
    as_of: date
    modes: tuple[Text, ...] = ()
    seconds: Seconds = ()
    aspects: tuple[AspectRatio, ...] = ()
    resolutions: tuple[Text, ...] = ()
    fps: Count | None = None
    samples: Count = 1
    references: Count = 0
    has_seed: bool = False
    sound: Literal["always", "never", "asked"] = "never"
    has_negative_prompt: bool = False
    prompt_most: Count = 0
    max_output: Count = 0
    options: Mapping[Text, Annotated[Option, ReadAs(tuple[Value, ...] | Option, _make_option)]] = field(
        default_factory=dict
    )
    limits: tuple[Limit, ...] = ()
    frames: FrameRule | None = None
    sizes: SizeRuleOfFile | None = None
    latency_s: Annotated[
        tuple[float, float],
        ReadAs(tuple[Count, Count], accept_if(lambda pair: pair[0] <= pair[1], "the least and then the most seconds")),
    ] = (0.0, 0.0)
    aliases: tuple[Text, ...] = ()
    licence: Text = ""
    has_confirmed_price: bool = True
    resubmit: Literal["never", "free"] = "never"
    can_retry_on_503: bool = False
    rate: RateLimit | None = None
    key: Annotated[str, ReadAs(Text | Literal[False], lambda key: key or "")] = ""
    profile: Text = ""
    has_structured_answers: bool = False
    note: Text = ""
    failures: FailureCharges = FailureCharges()
    default_voices: Mapping[Text, Text] = field(default_factory=dict)
