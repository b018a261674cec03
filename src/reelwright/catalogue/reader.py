"""Reads a provider's YAML strictly: unknown keys, wrong types, money as floats and missing sources are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final, get_args

from reelwright.catalogue.model_row import (
    Billed,
    Condition,
    FailureCharges,
    FrameRule,
    Kind,
    Lifecycle,
    Limit,
    Model,
    Option,
    Prices,
    Rate,
    SizeRule,
    Stage,
    Unit,
    Value,
)
from reelwright.errors import BadInput
from reelwright.units import Micros, parse_usd

MODES: Final[Mapping[str, tuple[str, ...]]] = {
    "video": ("text_to_video", "image_to_video", "first_last_frame", "reference_to_video"),
    "image": ("text_to_image", "image_to_image"),
    "speech": ("speech",),
    "music": ("music",),
    "sound_effect": ("sound_effect",),
    "text": ("plan",),
}
"""The modes that a model of each kind can have."""

Read = Callable[[Any, str], Any]
_NEEDED: Final = ("name", "kind", "lifecycle", "source", "as_of")
_NEEDED_WHEN_SOLD: Final = ("sold_as", "modes", "prices", "latency_s", "licence", "certain")
_UNPRICED: Final = Prices(unit="nothing", rates=())
_FLAGS: Final = {"certain": True, "negative_prompt": False, "retry_on_503": False, "seed": False, "structured": False}
"""Keys of a row that are true or false, with their defaults."""


def read_rows(text: bytes, provider: str, where: str) -> dict[str, Model]:
    """Read the models of one file, by id. Raises ``BadInput`` naming file, row and key."""
    import yaml

    try:
        found = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        raise BadInput(where, str(cause)[:100], "YAML in UTF-8") from cause
    return parse_rows(found, provider, where)


def parse_rows(values: Any, provider: str, where: str) -> dict[str, Model]:
    """Parse the models of one file from its YAML values. Raises ``BadInput`` naming file, row and key."""
    top = _keys(values, where, ("models",), ("models", "shared", "failures"))
    body = top["models"]
    if not isinstance(body, dict) or not body:
        raise BadInput(f"{where}: models", body, "a mapping of models by id")
    defaults = {key: top[key] for key in ("failures",) if key in top}
    return {
        _text(name, where): _model(str(name), row, defaults, provider, f"{where}: {name}") for name, row in body.items()
    }


def _model(name: str, row: Any, defaults: Mapping[str, Any], provider: str, where: str) -> Model:
    """Parse one model. ``defaults``: values for keys that the row does not have."""
    row = {**defaults, **_keys(row, where, _NEEDED, (*_NEEDED, *_READ))}
    life = _lifecycle(row["lifecycle"], f"{where}.lifecycle")
    if life.stage != "retired":
        _keys(row, where, _NEEDED_WHEN_SOLD, tuple(row))
    given = {key: _READ[key](value, f"{where}.{key}") for key, value in row.items()}
    given = {"sold_as": name, "prices": _UNPRICED, "key": provider, **given, "lifecycle": life}
    # The names of these keys in the YAML differ from the names of the fields.
    flags = {key: given.pop(key, is_default) for key, is_default in _FLAGS.items()}
    made = Model(
        id=name,
        provider=provider,
        has_confirmed_price=flags["certain"],
        has_negative_prompt=flags["negative_prompt"],
        can_retry_on_503=flags["retry_on_503"],
        has_seed=flags["seed"],
        has_structured_answers=flags["structured"],
        **given,
    )
    _agree(made, where)
    return made


def _agree(row: Model, where: str) -> None:
    """Check that the keys of one row fit each other. Raises ``BadInput`` naming the key."""
    accepted = MODES[row.kind]
    if wrong := [mode for mode in row.modes if mode not in accepted]:
        raise BadInput(f"{where}.modes", wrong, ", ".join(accepted))
    sizes = {size for rate in row.prices.rates for size in rate.resolution}
    if row.lifecycle.stage != "retired" and (lost := sizes - set(row.resolutions)):
        raise BadInput(f"{where}.prices", sorted(lost), f"resolutions of the row: {', '.join(row.resolutions)}")
    if row.lifecycle.stage != "retired" and row.prices.unit != "nothing" and not row.failures.source:
        raise BadInput(f"{where}.failures", None, "what is billed where nothing came, and its source")
    if "reference_to_video" in row.modes and not row.references:
        raise BadInput(f"{where}.references", row.references, "1 or more, since it makes videos of references")
    known = {"mode", "seconds", "aspect", "resolution", "sound", "samples", "inputs", "references", *row.options}
    for limit in row.limits:
        for condition in (*limit.when, *limit.needs, *limit.bars):
            if condition.field not in known:
                raise BadInput(f"{where}.limits", condition.field, ", ".join(sorted(known)))


def _keys(value: Any, where: str, needed: Iterable[str], known: Iterable[str]) -> dict[str, Any]:
    known = tuple(known)
    if not isinstance(value, dict):
        raise BadInput(where, value, f"a mapping with {', '.join(needed)}")
    for key in value:
        if key not in known:
            raise BadInput(f"{where}.{key}", value[key], f"keys among {', '.join(known)}")
    for key in needed:
        if key not in value:
            raise BadInput(f"{where}.{key}", None, "something: it is missing")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadInput(where, value, "text")
    return value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    return tuple(_text(item, where) for item in _list(value, where))


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadInput(where, value, "a list")
    return value


def _whole(value: Any, where: str, least: int = 0) -> int:
    if type(value) is not int or value < least:
        raise BadInput(where, value, f"a whole number, {least} or more")
    return value


def _yes_no(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise BadInput(where, value, "yes or no")
    return value


def _day(value: Any, where: str) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise BadInput(where, value, "a day such as 2026-11-20")
    return value


def _one_of(*accepted: str) -> Read:
    def read(value: Any, where: str) -> str:
        if value not in accepted:
            raise BadInput(where, value, ", ".join(accepted))
        return str(value)

    return read


def _aspects(value: Any, where: str) -> tuple[str, ...]:
    for item in _list(value, where):
        if not isinstance(item, str) or not re.fullmatch(r"[1-9]\d?:[1-9]\d?", item):
            raise BadInput(where, item, 'aspects as text, such as "16:9"')
    return tuple(value)


def _seconds(value: Any, where: str) -> tuple[int, ...]:
    accepted = "whole seconds, rising, as a list such as [5, 10], or {least, most}"
    if isinstance(value, dict) and set(value) == {"least", "most"} and all(type(v) is int for v in value.values()):
        value = list(range(value["least"], value["most"] + 1))
    if not isinstance(value, list) or not value or any(type(v) is not int or v < 1 for v in value):
        raise BadInput(where, value, accepted)
    if value != sorted(set(value)):
        raise BadInput(where, value, accepted)
    return tuple(value)


def _latency(value: Any, where: str) -> tuple[float, float]:
    pair = _list(value, where)
    if len(pair) != 2 or any(type(v) is not int or v < 0 for v in pair) or pair[0] > pair[1]:
        raise BadInput(where, value, "whole seconds, least and most, such as [30, 90]")
    return float(pair[0]), float(pair[1])


def _rate_limit(value: Any, where: str) -> tuple[int | None, int | None]:
    row = _keys(value, where, (), ("open", "starts_per_minute"))
    found = [_whole(row[k], f"{where}.{k}", 1) if k in row else None for k in ("open", "starts_per_minute")]
    return found[0], found[1]


def _lifecycle(value: Any, where: str) -> Lifecycle:
    days = dict.fromkeys(("released", "retires"), _day)
    reads: dict[str, Read] = {
        "stage": _one_of(*get_args(Stage)), "source": _text, **days, "disputed": _yes_no, "successor": _text,
    }  # fmt: skip
    row = _keys(value, where, ("stage", "source"), reads)
    given = {key: reads[key](item, f"{where}.{key}") for key, item in row.items()}
    return Lifecycle(
        stage=given["stage"],
        source=given["source"],
        released_on=given.get("released"),
        retires_on=given.get("retires"),
        is_disputed=given.get("disputed", False),
        successor=given.get("successor"),
    )


def _options(value: Any, where: str) -> dict[str, Option]:
    if not isinstance(value, dict):
        raise BadInput(where, value, "a mapping of options")
    return {_text(name, where): _option(item, f"{where}.{name}") for name, item in value.items()}


def _option(value: Any, where: str) -> Option:
    if isinstance(value, list) and value and all(isinstance(item, str | int) for item in value):
        return Option(values=tuple(value))
    if isinstance(value, dict) and set(value) == {"least", "most"}:
        return Option(least=_signed(value["least"], where), most=_signed(value["most"], where))
    if isinstance(value, dict) and set(value) == {"longest"}:
        return Option(longest=_whole(value["longest"], where, 1))
    raise BadInput(where, value, "a list of values, {least, most} as whole numbers, or {longest} for text")


def _signed(value: Any, where: str) -> int:
    if type(value) is not int:
        raise BadInput(where, value, "a whole number")
    return value


def _limits(value: Any, where: str) -> tuple[Limit, ...]:
    return tuple(_limit(item, f"{where}[{n}]") for n, item in enumerate(_list(value, where)))


def _limit(value: Any, where: str) -> Limit:
    row = _keys(value, where, ("said",), ("when", "needs", "bars", "said"))
    if not row.get("needs") and not row.get("bars"):
        raise BadInput(where, value, "something that it needs or bars")
    when, needs, bars = (_conditions(row.get(key, {}), f"{where}.{key}") for key in ("when", "needs", "bars"))
    return Limit(when=when, needs=needs, bars=bars, message=_text(row["said"], f"{where}.said"))


def _conditions(value: Any, where: str) -> tuple[Condition, ...]:
    if not isinstance(value, dict):
        raise BadInput(where, value, "a mapping of fields to lists of values")
    return tuple(Condition(field=_text(name, where), values=_values(v, f"{where}.{name}")) for name, v in value.items())


def _values(value: Any, where: str) -> tuple[Value, ...]:
    if not isinstance(value, list) or not value or any(not isinstance(item, str | int) for item in value):
        raise BadInput(where, value, "a list of text, whole numbers, yes or no")
    return tuple(value)


def _prices(value: Any, where: str) -> Prices:
    row = _keys(value, where, ("unit",), ("unit", "rates", "most", "beside"))
    unit = _one_of(*get_args(Unit))(row["unit"], f"{where}.unit")
    rates = tuple(_rate(item, f"{where}.rates[{n}]") for n, item in enumerate(_list(row.get("rates", []), where)))
    if not rates and unit != "nothing":
        raise BadInput(f"{where}.rates", [], "at least one rate")
    if unit == "million_tokens" and not {"in", "out"} <= {rate.of for rate in rates}:
        raise BadInput(f"{where}.rates", [rate.of for rate in rates], "rates of in and of out")
    if unit == "machine_second" and "most" not in row:
        raise BadInput(f"{where}.most", None, "the most seconds that one request can take")
    most = _whole(row["most"], f"{where}.most", 1) if "most" in row else None
    beside = parse_usd(row["beside"], f"{where}.beside") if "beside" in row else Micros(0)
    return Prices(unit=unit, rates=rates, most=most, beside=beside)


def _rate(value: Any, where: str) -> Rate:
    reads: dict[str, Read] = {
        "resolution": _texts, "seconds": _seconds, "sound": _yes_no, "modes": _texts, "of": _one_of("in", "out"),
        "since": _day, "until": _day,
    }  # fmt: skip
    row = _keys(value, where, ("usd",), ("usd", *reads))
    amount = row["usd"]
    if amount is not None and not isinstance(amount, str):
        raise BadInput(f"{where}.usd", amount, 'an amount as text, such as "0.07", or null where nobody knows')
    micros = None if amount is None else parse_usd(amount, f"{where}.usd")
    return Rate(micros=micros, **{key: reads[key](item, f"{where}.{key}") for key, item in row.items() if key != "usd"})


def _frames(value: Any, where: str) -> FrameRule:
    names = [one.name for one in fields(FrameRule)]
    row = _keys(value, where, names, names)
    return FrameRule(**{key: _whole(item, f"{where}.{key}") for key, item in row.items()})


def _sizes(value: Any, where: str) -> SizeRule:
    if isinstance(value, list):
        pairs = [tuple(_whole(side, where, 1) for side in _list(pair, where)) for pair in value]
        if not pairs or any(len(pair) != 2 for pair in pairs):
            raise BadInput(where, value, "sizes as [width, height]")
        return SizeRule(choices=tuple((pair[0], pair[1]) for pair in pairs))
    row = _keys(value, where, ("multiple", "least", "most"), ("multiple", "least", "most"))
    multiple, least, most = (_whole(row[key], f"{where}.{key}", 1) for key in ("multiple", "least", "most"))
    return SizeRule(multiple=multiple, least=least, most=most)


def _failures(value: Any, where: str) -> FailureCharges:
    kinds = ("failed", "filtered", "cancelled")
    row = _keys(value, where, ("source",), (*kinds, "source"))
    one_of = _one_of(*get_args(Billed))
    given = {kind: one_of(row.get(kind, "unknown"), f"{where}.{kind}") for kind in kinds}
    return FailureCharges(
        source=_text(row["source"], f"{where}.source"),
        on_failure=given["failed"],
        on_filter=given["filtered"],
        on_cancel=given["cancelled"],
    )


def _key(value: Any, where: str) -> str:
    return "" if value is False else _text(value, where)


_READ: Final[Mapping[str, Read]] = {
    "name": _text, "sold_as": _text, "kind": _one_of(*get_args(Kind)), "modes": _texts, "seconds": _seconds,
    "aspects": _aspects, "resolutions": _texts, "fps": _whole, "samples": _whole, "references": _whole,
    "seed": _yes_no, "sound": _one_of("always", "never", "asked"), "negative_prompt": _yes_no,
    "prompt_most": _whole, "max_output": _whole, "options": _options, "limits": _limits, "frames": _frames,
    "sizes": _sizes, "prices": _prices, "latency_s": _latency, "lifecycle": _lifecycle, "aliases": _texts,
    "licence": _text, "source": _text, "as_of": _day, "certain": _yes_no,
    "resubmit": _one_of("never", "free"), "retry_on_503": _yes_no, "rate": _rate_limit, "key": _key,
    "profile": _text, "structured": _yes_no, "note": _text, "failures": _failures,
}  # fmt: skip
"""How each key of a row is read."""
