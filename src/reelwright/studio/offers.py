"""The models that can be bought, as a door shows them: filtered, with the key each needs, its price and its days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import get_args

from reelwright.catalogue.lifecycle import is_disputed, warnings
from reelwright.catalogue.limits import spans
from reelwright.catalogue.model import Kind, Model, Option, Rate
from reelwright.catalogue.models import UNITS, is_retired, known, models, providers
from reelwright.catalogue.reading import MODES
from reelwright.errors import BadInput
from reelwright.net.keys import HOLDERS, Keys
from reelwright.studio.answers import ModelShown, RateShown
from reelwright.units import usd


def offered(
    keys: Keys, *, can: str | None, kind: str | None, provider: str | None, key: bool, retired: bool
) -> tuple[ModelShown, ...]:
    """Those that pass every filter, by kind, in the order of their files. Raises ``BadInput`` on a filter's word.

    ``provider`` is one of the catalogue's, or one whose key opens the model, as `keys` names them.
    """
    _known("can", can, [mode for row in MODES.values() for mode in row])
    _known("kind", kind, get_args(Kind))
    _known("provider", provider, dict.fromkeys((*HOLDERS, *providers())))
    today = date.today()
    rows = [
        row
        for row in models().values()
        if (can is None or can in row.modes)
        and (kind is None or row.kind == kind)
        and (provider is None or provider in (row.provider, row.key))
        and (retired or not is_retired(row, today))
    ]
    here = {holder: is_held(holder, keys) for holder in sorted({row.key for row in rows if row.key})}
    order = get_args(Kind)
    shown = [shown_of(row, here.get(row.key, True), today) for row in rows if not key or here.get(row.key, True)]
    return tuple(sorted(shown, key=lambda row: order.index(row.kind)))


def offer(keys: Keys, name: str) -> ModelShown:
    """One model in full, by its id or an old name, also a retired one. Raises ``BadInput``."""
    row = known(name)
    return shown_of(row, is_held(row.key, keys) if row.key else True, date.today())


def is_held(holder: str, keys: Keys) -> bool:
    """Whether the key of ``holder`` is here, or for Google Cloud what stands in for it."""
    from reelwright.net.google_token import has_default_credentials

    return keys.of(holder) is not None or (holder == "vertex" and has_default_credentials(keys.environ))


def _known(field: str, value: str | None, accepted: Iterable[str]) -> None:
    if value is not None and value not in (words := list(accepted)):
        raise BadInput(field, value, ", ".join(words))


def shown_of(row: Model, here: bool, today: date) -> ModelShown:
    """``row`` in words; ``here``: whether its key is."""
    holder = HOLDERS.get(row.key)
    life = row.lifecycle
    return ModelShown(
        id=row.id,
        name=row.name,
        kind=row.kind,
        provider=row.provider,
        sold_as=row.sold_as,
        key=holder.variables[0] if holder else None,
        key_page=holder.page if holder else None,
        key_here=here,
        modes=row.modes,
        seconds=row.seconds,
        aspects=row.aspects,
        resolutions=row.resolutions,
        samples=row.samples,
        references=row.references,
        sound=row.sound,
        seed=row.seed,
        negative_prompt=row.negative_prompt,
        options={name: _option(one) for name, one in row.options.items()},
        rules=tuple(limit.said for limit in row.limits),
        price=price_said(row, today),
        rates=tuple(_rate(row, rate) for rate in _in_force(row, today)),
        certain=row.certain,
        source=row.source,
        as_of=row.as_of.isoformat(),
        stage="retired" if is_retired(row, today) else life.stage,
        released=life.released.isoformat() if life.released else None,
        retires=life.retires.isoformat() if life.retires else None,
        disputed=is_disputed(row, today),
        successor=life.successor,
        licence=row.licence,
        latency_s=row.latency_s,
        aliases=row.aliases,
        note=row.note,
        nothing_came=_nothing_came(row),
        warnings=warnings(row, today),
    )


def _nothing_came(row: Model) -> str:
    """What is billed where nothing came: ``failed: free, filtered: free, cancelled: unknown``."""
    if row.prices.unit == "nothing":
        return ""
    told = row.failures
    return f"failed: {told.failed}, filtered: {told.filtered}, cancelled: {told.cancelled} ({told.source})"


def price_said(row: Model, today: date) -> str:
    """The price in one phrase: ``$0.03 to $0.08 a second``; ``~`` before what no reliable source confirms."""
    rates = _in_force(row, today)
    if row.prices.unit == "nothing":
        return "nothing here" if row.resubmit == "free" else "not sold"
    if any(rate.micros is None for rate in rates) and len({rate.micros for rate in rates}) == 1:
        return "nobody knows"
    sure = "" if row.certain else "~"
    if row.prices.unit == "million_tokens":
        into, out = (min(r.micros or 0 for r in rates if r.of == of) for of in ("in", "out"))
        return f"{sure}${usd(into)} in, ${usd(out)} out a million tokens"
    found = sorted(rate.micros for rate in rates if rate.micros is not None)
    low, high = usd(found[0]), usd(found[-1])
    unit = UNITS[row.prices.unit]
    said = f"{sure}${low} {unit}" if low == high else f"{sure}${low} to ${high} {unit}"
    return said if len(found) == len(rates) else f"{said}, or unknown"


def _in_force(row: Model, today: date) -> list[Rate]:
    return [
        rate
        for rate in row.prices.rates
        if (rate.since is None or rate.since <= today) and (rate.until is None or today <= rate.until)
    ]


def _rate(row: Model, rate: Rate) -> RateShown:
    sound = {True: "with sound", False: "silent", None: ""}[rate.sound]
    length = f"{spans(rate.seconds)} s" if rate.seconds else ""
    tokens = {"in": "tokens in", "out": "tokens out", "": ""}[rate.of]
    most = f"at most {row.prices.most}" if row.prices.most else ""
    parts = (", ".join(rate.resolution), length, sound, tokens, most)
    amount = None if rate.micros is None else usd(rate.micros)
    return RateShown(where=" ".join(part for part in parts if part), usd=amount, unit=UNITS[row.prices.unit])


def _option(option: Option) -> str:
    if option.values:
        words = {True: "yes", False: "no"}
        return ", ".join(words[one] if isinstance(one, bool) else str(one) for one in option.values)
    if option.longest is not None:
        return f"text of at most {option.longest} characters"
    return f"{option.least} to {option.most}"
