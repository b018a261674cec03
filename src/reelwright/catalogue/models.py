"""The rows of models.yaml as nouns, read once and strictly."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.reel.noun import Digest, noun
from reelwright.units import ASPECTS, Micros, parse_usd

FILE: Final = Path(__file__).parent / "models.yaml"


@noun
class Model:
    """A video model. ``seconds``: lengths that one purchase may have, rising; ``micros`` a second by short side.

    ``certain`` False: only a reseller names the price.
    """

    id: str
    name: str
    provider: str
    seconds: tuple[int, ...]
    aspects: tuple[str, ...]
    micros: Mapping[int, Micros]
    source: str
    as_of: str
    certain: bool


_KEYS: Final[Mapping[str, type]] = {
    "name": str, "provider": str, "seconds": object, "aspects": list, "usd": dict, "source": str, "as_of": str,
    "certain": bool,
}  # fmt: skip


@cache
def models() -> Mapping[str, Model]:
    """All models of the catalogue by id."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return read_models(yaml.load(FILE.read_bytes(), Loader=loader), FILE.name)  # noqa: S506 - both are the safe ones


@cache
def catalogue_digest() -> Digest:
    """Digest of the catalogue that a price came from."""
    return Digest(hashlib.sha256(FILE.read_bytes()).hexdigest())


def model(name: str) -> Model:
    """The model of that id. Raises ``BadInput`` with those that there are."""
    if name not in models():
        raise BadInput("model", name, ", ".join(models()))
    return models()[name]


def read_models(rows: Any, where: str) -> Mapping[str, Model]:
    """Models from a mapping of rows. Raises ``BadInput`` naming the key that is unknown, missing or wrong."""
    if not isinstance(rows, dict) or not rows:
        raise BadInput(where, rows, "a mapping of models")
    return {str(name): _model(str(name), row, f"{where}: {name}") for name, row in rows.items()}


def _model(name: str, row: Any, where: str) -> Model:
    if not isinstance(row, dict):
        raise BadInput(where, row, f"a mapping with {', '.join(_KEYS)}")
    for key in row:
        if key not in _KEYS:
            raise BadInput(f"{where}.{key}", row[key], f"keys among {', '.join(_KEYS)}")
    for key, kind in _KEYS.items():
        if key not in row or not isinstance(row[key], kind):
            raise BadInput(f"{where}.{key}", row.get(key), kind.__name__)
    if any(aspect not in ASPECTS for aspect in row["aspects"]):
        raise BadInput(f"{where}.aspects", row["aspects"], ", ".join(ASPECTS))
    return Model(
        id=name,
        name=row["name"],
        provider=row["provider"],
        seconds=_seconds(row["seconds"], f"{where}.seconds"),
        aspects=tuple(row["aspects"]),
        micros=_prices(row["usd"], f"{where}.usd"),
        source=row["source"],
        as_of=row["as_of"],
        certain=row["certain"],
    )


def _seconds(value: Any, where: str) -> tuple[int, ...]:
    accepted = "whole seconds as a list such as [5, 10], or {least, most}"
    if isinstance(value, dict) and set(value) == {"least", "most"}:
        value = list(range(value["least"], value["most"] + 1)) if all(type(v) is int for v in value.values()) else []
    if not isinstance(value, list) or not value or any(type(v) is not int or v < 1 for v in value):
        raise BadInput(where, value, accepted)
    return tuple(sorted(set(value)))


def _prices(value: Any, where: str) -> Mapping[int, Micros]:
    """Prices by short side; amounts are text, since a float is not an amount of money."""
    found: dict[int, Micros] = {}
    for key, amount in value.items():
        side = str(key).removesuffix("p")
        if not side.isdigit() or not isinstance(amount, str):
            raise BadInput(f"{where}.{key}", amount, 'an amount as text by resolution, such as 720p: "0.07"')
        found[int(side)] = parse_usd(amount, f"{where}.{key}")
    if not found:
        raise BadInput(where, value, "at least one resolution")
    return found
