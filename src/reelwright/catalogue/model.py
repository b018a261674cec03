"""An AI model as the catalogue knows it: what it takes, what it costs, how long it will be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal

from reelwright.reel.noun import noun
from reelwright.units import Micros

Kind = Literal["video", "image", "speech", "music", "sound_effect", "text"]
Stage = Literal["preview", "current", "deprecated", "retired"]
Unit = Literal[
    "second", "minute", "clip", "image", "megapixel", "thousand_characters", "song", "million_tokens",
    "machine_second", "nothing",
]  # fmt: skip
Billed = Literal["free", "billed", "unknown"]
Value = str | int | bool


@noun
class Lifecycle:
    """``retires``: the last day it is sold. ``disputed``: sources contradict each other about that day."""

    stage: Stage
    source: str
    released: date | None = None
    retires: date | None = None
    disputed: bool = False
    successor: str | None = None


@noun
class Condition:
    """``field`` of a request (``seconds``, ``resolution``, ``inputs``, an option …) has one of ``values``."""

    field: str
    values: tuple[Value, ...]


@noun
class Limit:
    """Where all of ``when`` hold, all of ``needs`` must and none of ``bars`` may."""

    when: tuple[Condition, ...]
    needs: tuple[Condition, ...]
    bars: tuple[Condition, ...]
    said: str


@noun
class Option:
    """What an option accepts: one of ``values``, a whole number from ``least`` to ``most``, or text."""

    values: tuple[Value, ...] = ()
    least: int | None = None
    most: int | None = None
    longest: int | None = None


@noun
class Rate:
    """One price of one unit; empty fields match every request. ``micros`` None: nobody knows. ``of``: tokens only."""

    micros: Micros | None
    resolution: tuple[str, ...] = ()
    seconds: tuple[int, ...] = ()
    sound: bool | None = None
    modes: tuple[str, ...] = ()
    of: Literal["", "in", "out"] = ""
    since: date | None = None
    until: date | None = None


@noun
class Prices:
    """``most``: units that one request can use at most, where the request does not tell (seconds of a machine).

    ``beside``: what a sample costs at most on top of its units, such as the words that a film is asked for with.
    """

    unit: Unit
    rates: tuple[Rate, ...]
    most: int | None = None
    beside: Micros = Micros(0)


@noun
class Failures:
    """What is billed of a request that was taken on and brought nothing, where the provider's answer does not tell.

    ``failed``: there; ``filtered``: by its content filter; ``cancelled``: because we asked. ``unknown``: no source says
    so, and then it counts as quoted until somebody knows better.
    """

    failed: Billed = "unknown"
    filtered: Billed = "unknown"
    cancelled: Billed = "unknown"
    source: str = ""


@noun
class FrameRule:
    """Whole clips have ``step``·k + ``plus`` frames, from ``least`` to ``most``, at ``fps`` unless told otherwise."""

    fps: int
    step: int
    plus: int
    least: int
    most: int


@noun
class SizeRule:
    """Sizes sold: those ``listed``, or any whose sides are multiples of ``multiple`` from ``least`` to ``most``."""

    listed: tuple[tuple[int, int], ...] = ()
    multiple: int = 1
    least: int = 1
    most: int = 1


@noun
class Model:
    """One AI model as one provider sells it.

    ``sold_as``: its name on the wire; ``profile``: which of its adapter's wires. ``key``: whose key it needs, empty
    for none. ``seconds``: lengths that one purchase may have, rising; empty where it is not timed. ``aspects`` empty:
    that of its first frame, or none. ``resolutions``: the first is what an unsaid one means. ``prompt_most``:
    characters, 0 where no source names it. ``max_output``: tokens. ``rate``: most open at once, most starts a minute.
    ``latency_s``: what one request usually takes, least and most; an estimate where no source names it.
    ``certain`` False: no reliable source names the price. ``structured``: its answers can be held to a JSON schema.
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
    seed: bool = False
    sound: Literal["always", "never", "asked"] = "never"
    negative_prompt: bool = False
    prompt_most: int = 0
    max_output: int = 0
    options: Mapping[str, Option] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    frames: FrameRule | None = None
    sizes: SizeRule | None = None
    latency_s: tuple[float, float] = (0.0, 0.0)
    aliases: tuple[str, ...] = ()
    licence: str = ""
    certain: bool = True
    resubmit: Literal["never", "free"] = "never"
    retry_on_503: bool = False
    rate: tuple[int | None, int | None] = (None, None)
    key: str = ""
    profile: str = ""
    structured: bool = False
    note: str = ""
    failures: Failures = Failures()
