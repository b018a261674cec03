"""The AI models that are sold, as nouns: what each takes, what it costs, how long it will be there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from reelwright.errors import BadInput
from reelwright.reel.noun import Digest, noun
from reelwright.units import Micros, usd

FOLDER: Final = Path(__file__).parent / "models"
"""One YAML a provider; its name is the provider's and the adapter's."""

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
    ``certain`` False: no reliable source names the price.
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
    note: str = ""
    failures: Failures = Failures()


@cache
def providers() -> tuple[str, ...]:
    """Every provider with a file, by name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def rows_of(provider: str) -> Mapping[str, Model]:
    """All rows of one provider, retired ones too, by id. Read once; raises ``BadInput`` naming file, row and key."""
    from reelwright.catalogue.reading import read_rows

    path = FOLDER / f"{provider}.yaml"
    return MappingProxyType(read_rows(path.read_bytes(), provider, path.name))


@cache
def models() -> Mapping[str, Model]:
    """All rows of all providers by id, retired ones too."""
    return MappingProxyType({name: row for provider in providers() for name, row in rows_of(provider).items()})


def sold_by(provider: str, today: date | None = None) -> tuple[Model, ...]:
    """What ``provider`` still sells, in the order of its file."""
    return tuple(row for row in rows_of(provider).values() if not is_retired(row, today))


@cache
def catalogue_digest(provider: str | None = None) -> Digest:
    """Digest of the file that a provider's prices came from; None: of all of them."""
    named = providers() if provider is None else (provider,)
    digests = b"".join(hashlib.sha256((FOLDER / f"{name}.yaml").read_bytes()).digest() for name in named)
    return Digest(digests.hex() if provider else hashlib.sha256(digests).hexdigest())


def known(name: str) -> Model:
    """The row of that id or alias, retired or not. Raises ``BadInput`` naming the nearest ones."""
    for provider in providers():
        if found := rows_of(provider).get(name):
            return found
    for row in models().values():
        if name in row.aliases:
            return row
    raise BadInput("model", name, _nearest(name), hint="`reelwright models` lists them")


def model(name: str, today: date | None = None) -> Model:
    """The model of that id or alias. Raises ``BadInput``: unknown, or retired, naming successor and price."""
    row = known(name)
    if is_retired(row, today):
        raise BadInput("model", name, _successor(row), hint=_gone(row))
    return row


def is_retired(row: Model, today: date | None = None) -> bool:
    """Whether it can no longer be bought. A disputed day alone retires nothing: it is warned of."""
    life = row.lifecycle
    if life.stage == "retired":
        return True
    return bool(life.retires and not life.disputed and (today or date.today()) > life.retires)


def _nearest(name: str) -> str:
    import difflib

    names = sorted({*models(), *(alias for row in models().values() for alias in row.aliases)})
    near = difflib.get_close_matches(name, names, n=5, cutoff=0.4)
    sold = [row.id for row in models().values() if row.kind == "video" and not is_retired(row)]
    return f"a model of the catalogue, such as {', '.join(near or sold[:5])}"


def _gone(row: Model) -> str:
    day = f" on {row.lifecycle.retires}" if row.lifecycle.retires else ""
    said = f"{row.name} retired{day} ({row.lifecycle.source})"
    return f"{said}; {row.note}" if row.note else said


def _successor(row: Model) -> str:
    named = row.lifecycle.successor
    if not named or named not in models():
        return f"a model that is sold: {row.name} is retired and its provider names no successor that is sold here"
    return f"its successor {named}{difference(row, models()[named])}"


def difference(old: Model, new: Model) -> str:
    """The difference in price at the same resolution, where both are sold by the same unit."""
    if old.prices.unit != new.prices.unit:
        return ""
    before, after = {_rung(r): r.micros for r in old.prices.rates}, {_rung(r): r.micros for r in new.prices.rates}
    for rung, was in before.items():
        now = after.get(rung)
        if was is not None and now is not None:
            where = f" at {rung[0]}" if rung[0] else f" {rung[1]}" if rung[1] else ""
            unit = UNITS[old.prices.unit]
            if was == now:
                return f" (the same ${usd(now)} {unit}{where})"
            less = "less" if now < was else "more"
            return f" (${usd(now)} instead of ${usd(was)} {unit}{where}: ${usd(abs(now - was))} {less})"
    return ""


def _rung(rate: Rate) -> tuple[str, str]:
    return (rate.resolution[0] if rate.resolution else "", rate.of)


UNITS: Final[Mapping[Unit, str]] = MappingProxyType(
    {
        "second": "a second",
        "minute": "a minute begun",
        "clip": "a clip",
        "image": "an image",
        "megapixel": "a megapixel",
        "thousand_characters": "per 1000 characters",
        "song": "a song",
        "million_tokens": "a million tokens",
        "machine_second": "a machine second",
        "nothing": "",
    }
)
"""How a unit is said after its price."""
