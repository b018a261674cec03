"""The table of AI models by provider, with look-up by id or alias. Retired models name their successor."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from reelwright.catalogue.foreign import find_foreign_file, load_foreign_models
from reelwright.catalogue.model_row import Kind, Model, Rate, Unit
from reelwright.catalogue.reader import parse_rows
from reelwright.errors import BadInput
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.reel.base.yaml_rows import load_yaml
from reelwright.units import format_usd

FOLDER: Final = Path(__file__).parent / "models"
"""The folder with one YAML file per provider of ours, which has the name of the provider and its adapter."""
_NAMED: Final = 5
"""Most models that an error names."""
_registered: dict[str, Mapping[str, Model]] = {}
"""Models by provider that are in no file of the package: those of engines on this machine."""
_refused: dict[str, BadInput] = {}
"""Registered models that cannot be used, with the reason."""


def register_models(provider: str, rows: Mapping[str, Model], errors: Mapping[str, BadInput]) -> None:
    """Put the models of a provider that has no file into this process's catalogue, in place of its earlier ones.

    ``errors``: by name, of models that cannot be used; who asks for one gets that error.
    """
    before = (dict(_registered), dict(_refused))
    _registered[provider] = MappingProxyType(dict(rows))
    _refused.clear()
    _refused.update(errors)
    if (dict(_registered), dict(_refused)) != before:
        for cached in (load_models, _list_sold_on, compute_catalogue_digest, find_model, _list_names):
            cached.cache_clear()


def is_shipped_name(name: str) -> bool:
    """Whether ``name`` is the id of a model in a file of the package."""
    return any(name in load_provider_models(provider) for provider in list_providers())


@cache
def list_providers() -> tuple[str, ...]:
    """List the names of all providers that have a file in the catalogue: ours, then those of other packages."""
    return (*_list_ours(), *_load_foreign())


@cache
def _list_ours() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def _load_foreign() -> Mapping[str, Mapping[str, Model]]:
    ours = (row for name in _list_ours() for row in _load_file(name).values())
    return load_foreign_models({name for row in ours for name in (row.id, *row.aliases)})


def load_provider_models(provider: str) -> Mapping[str, Model]:
    """Return all models of one provider by id, including retired ones. The file is read once.

    Raises ``BadInput`` naming file, row and key.
    """
    found = _registered.get(provider)
    return _load_file(provider) if found is None else found


@cache
def _load_file(provider: str) -> Mapping[str, Model]:
    if provider not in _list_ours() and find_foreign_file(provider):
        return _load_foreign().get(provider, {})
    path = FOLDER / f"{provider}.yaml"
    return MappingProxyType(parse_rows(load_yaml(path), provider, path.name))


@cache
def load_models() -> Mapping[str, Model]:
    """Return all models of all providers by id, including retired ones. Raises what ``load_provider_models`` raises."""
    return MappingProxyType(
        {
            name: row
            for provider in (*list_providers(), *_registered)
            for name, row in load_provider_models(provider).items()
        }
    )


def list_sold_models(provider: str, today: date | None = None) -> tuple[Model, ...]:
    """Return the models that ``provider`` still sells, in the order of its file."""
    return _list_sold_on(provider, today or date.today())


@lru_cache(maxsize=64)  # asked for each order
def _list_sold_on(provider: str, day: date) -> tuple[Model, ...]:
    return tuple(row for row in load_provider_models(provider).values() if not is_retired(row, day))


@cache
def compute_catalogue_digest(provider: str | None = None) -> Digest:
    """Return the SHA-256, as hex, of a provider's catalogue file; ``provider`` None: of all files."""
    if provider in _registered:
        return Digest(hashlib.sha256(repr(sorted(_registered[provider].items())).encode()).hexdigest())
    named = list_providers() if provider is None else (provider,)
    files = (FOLDER / f"{name}.yaml" if name in _list_ours() else find_foreign_file(name) for name in named)
    digests = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files if file)
    return Digest(digests.hex() if provider else hashlib.sha256(digests).hexdigest())


@cache  # an unknown name raises each time, and is not kept
def find_model(name: str) -> Model:
    """Return the model with that id or alias, even if it is retired. Raises ``BadInput`` naming similar models."""
    for provider in (*list_providers(), *_registered):
        if found := load_provider_models(provider).get(name):
            return found
    if name in _refused:
        raise _refused[name]
    for row in load_models().values():
        if name in row.aliases:
            return row
    raise BadInput("model", name, _suggest_models(name), actions=[Action("list_models")])


def list_models_sold_as(name: str) -> tuple[Model, ...]:
    """List the video models that some provider sells under its own name ``name``."""
    return tuple(row for row in load_models().values() if row.kind == "video" and row.sold_as == name)


def is_model_name(name: str | None) -> bool:
    """Whether ``name`` is the id or alias of a model in the catalogue, even of a retired one."""
    return name in _list_names()


@cache
def _list_names() -> frozenset[str]:
    return frozenset(name for row in load_models().values() for name in (row.id, *row.aliases))


def get_sold_model(name: str, today: date | None = None, kind: Kind | None = None) -> Model:
    """Return the model with that id or alias; raise ``BadInput`` if it is not sold any more.

    Raises ``BadInput`` if it is unknown, or if it is retired, naming the successor and the difference in price.
    ``kind``: that of the models which the error may suggest.
    """
    if kind and not is_model_name(name) and name not in _refused:
        raise BadInput("model", name, _suggest_models(name, kind), actions=[Action("list_models")])
    row = find_model(name)
    if is_retired(row, today):
        raise BadInput("model", name, _describe_successor(row), hint=_describe_end(row))
    return row


def is_retired(row: Model, today: date | None = None) -> bool:
    """Whether a model can no longer be bought. A disputed day does not retire a model: it only causes a warning."""
    life = row.lifecycle
    if life.stage == "retired":
        return True
    return bool(life.retires_on and not life.is_disputed and (today or date.today()) > life.retires_on)


def _suggest_models(name: str, kind: Kind | None = None) -> str:
    sold = [row for row in load_models().values() if not is_retired(row) and kind in (None, row.kind)]
    names = [name for row in sold for name in (row.id, *row.aliases)]
    same = [one for one in names if name and name in one]
    near = dict.fromkeys((*same, *difflib.get_close_matches(name, sorted(names), n=_NAMED, cutoff=0.4)))
    one_each = {row.provider: row.id for row in reversed(sold) if row.kind == "video"}
    return f"a model of the catalogue, such as {', '.join([*(near or one_each.values())][:_NAMED])}"


def _describe_end(row: Model) -> str:
    day = f" on {row.lifecycle.retires_on}" if row.lifecycle.retires_on else ""
    message = f"{row.name} retired{day} ({row.lifecycle.source})"
    return f"{message}; {row.note}" if row.note else message


def _describe_successor(row: Model) -> str:
    named = row.lifecycle.successor
    if not named or named not in load_models():
        return f"a model that is sold: {row.name} is retired and its provider names no successor that is sold here"
    return f"its successor {named}{describe_price_change(row, load_models()[named])}"


def describe_price_change(old: Model, new: Model) -> str:
    """Return in words how much more or less ``new`` costs than ``old``; empty if the units differ or a price is
    unknown.
    """
    if old.prices.unit != new.prices.unit:
        return ""
    before, after = {_rung(r): r.micros for r in old.prices.rates}, {_rung(r): r.micros for r in new.prices.rates}
    for rung, was in before.items():
        now = after.get(rung)
        if was is not None and now is not None:
            where = f" at {rung[0]}" if rung[0] else f" {rung[1]}" if rung[1] else ""
            unit = UNITS[old.prices.unit]
            if was == now:
                return f" (the same ${format_usd(now)} {unit}{where})"
            less = "less" if now < was else "more"
            return (
                f" (${format_usd(now)} instead of ${format_usd(was)} {unit}{where}: "
                f"${format_usd(abs(now - was))} {less})"
            )
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
"""The words for a unit after its price."""
