"""The table of AI models: which are sold by whom, found by id or alias; retired ones with their successor."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from reelwright.catalogue.model import Model, Rate, Unit
from reelwright.catalogue.reading import read_rows
from reelwright.errors import BadInput
from reelwright.reel.noun import Digest
from reelwright.units import usd

FOLDER: Final = Path(__file__).parent / "models"
"""One YAML a provider; its name is the provider's and the adapter's."""
_NAMED: Final = 5
"""Models that a refusal names."""


@cache
def providers() -> tuple[str, ...]:
    """Every provider with a file, by name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def rows_of(provider: str) -> Mapping[str, Model]:
    """All rows of one provider, retired ones too, by id. Read once; raises ``BadInput`` naming file, row and key."""
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

    sold = [row for row in models().values() if not is_retired(row)]
    names = [name for row in sold for name in (row.id, *row.aliases)]
    same = [one for one in names if name and name in one]
    near = dict.fromkeys((*same, *difflib.get_close_matches(name, sorted(names), n=_NAMED, cutoff=0.4)))
    one_each = {row.provider: row.id for row in reversed(sold) if row.kind == "video"}
    return f"a model of the catalogue, such as {', '.join([*(near or one_each.values())][:_NAMED])}"


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
