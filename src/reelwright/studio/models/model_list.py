"""Lists the AI models that can be bought, filtered, each with its key, price and dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import get_args

from reelwright.catalogue.lifecycle import list_warnings, may_be_retired
from reelwright.catalogue.limits import format_numbers
from reelwright.catalogue.model_row import Kind, Model, Option, Rate
from reelwright.catalogue.models import UNITS, find_model, is_retired, list_providers, load_models
from reelwright.catalogue.reader import MODES
from reelwright.errors import BadInput
from reelwright.known_providers import list_holders
from reelwright.net.keys import Keys
from reelwright.studio import late_modules as late
from reelwright.studio.results.inventory import ModelDetails, RateSummary
from reelwright.units import format_usd


def list_models(
    keys: Keys, *, can: str | None, kind: str | None, provider: str | None, needs_key: bool, wants_retired: bool
) -> tuple[ModelDetails, ...]:
    """List the catalogue's models that pass every filter (None: any), by kind. Raises ``BadInput`` for a bad filter.

    ``can``: a mode of the model. ``provider``: a provider of the catalogue, or a holder whose key opens the model.
    ``needs_key``: only models whose key is there, or that need none. ``wants_retired``: include retired models.
    """
    _check_filter("can", can, [mode for row in MODES.values() for mode in row])
    _check_filter("kind", kind, get_args(Kind))
    _check_filter("provider", provider, dict.fromkeys((*list_holders(), *list_providers())))
    today = date.today()
    rows = [
        row
        for row in load_models().values()
        if (can is None or can in row.modes)
        and (kind is None or row.kind == kind)
        and (provider is None or provider in (row.provider, row.key))
        and (wants_retired or not is_retired(row, today))
    ]
    here = {holder: is_held(holder, keys) for holder in sorted({row.key for row in rows if row.key})}
    order = get_args(Kind)
    shown = [
        build_model_details(row, here.get(row.key, True), today)
        for row in rows
        if not needs_key or here.get(row.key, True)
    ]
    return tuple(sorted(shown, key=lambda row: order.index(row.kind)))


def describe_model(keys: Keys, name: str) -> ModelDetails:
    """Return all that the catalogue has on one model, also a retired one, by id or alias. Raises ``BadInput``."""
    row = find_model(name)
    return build_model_details(row, is_held(row.key, keys) if row.key else True, date.today())


def is_held(holder: str, keys: Keys) -> bool:
    """Return whether the API key of ``holder`` was found; for Google Cloud, default credentials count too."""
    return keys.find(holder) is not None or (
        holder == "vertex" and late.google_token.has_default_credentials(keys.environ)
    )


def _check_filter(field: str, value: str | None, accepted: Iterable[str]) -> None:
    if value is not None and value not in (words := list(accepted)):
        raise BadInput(field, value, ", ".join(words))


def build_model_details(row: Model, has_key: bool, today: date) -> ModelDetails:
    """Convert a row of the catalogue to the details that are shown, with the prices of ``today``."""
    holder = list_holders().get(row.key)
    life = row.lifecycle
    return ModelDetails(
        id=row.id,
        name=row.name,
        kind=row.kind,
        provider=row.provider,
        sold_as=row.sold_as,
        key_variable=holder.variables[0] if holder else None,
        key_page=holder.page if holder else None,
        has_key=has_key,
        modes=row.modes,
        durations_s=row.seconds,
        aspects=row.aspects,
        resolutions=row.resolutions,
        samples=row.samples,
        references=row.references,
        sound=row.sound,
        has_seed=row.has_seed,
        has_negative_prompt=row.has_negative_prompt,
        options={name: _describe_option(one) for name, one in row.options.items()},
        rules=tuple(limit.message for limit in row.limits),
        price=describe_price(row, today),
        rates=tuple(_build_rate_summary(row, rate) for rate in _list_current_rates(row, today)),
        has_confirmed_price=row.has_confirmed_price,
        source=row.source,
        as_of=row.as_of.isoformat(),
        stage="retired" if is_retired(row, today) else life.stage,
        released_on=life.released_on.isoformat() if life.released_on else None,
        retires_on=life.retires_on.isoformat() if life.retires_on else None,
        is_retirement_disputed=may_be_retired(row, today),
        successor=life.successor,
        licence=row.licence,
        latency_s=row.latency_s,
        aliases=row.aliases,
        note=row.note,
        failure_costs=_describe_failure_costs(row),
        warnings=list_warnings(row, today),
    )


def _describe_failure_costs(row: Model) -> str:
    """Describe what is billed for a request without a result: ``failed: free, filtered: free, cancelled: unknown``."""
    if row.prices.unit == "nothing":
        return ""
    costs = row.failures
    return f"failed: {costs.on_failure}, filtered: {costs.on_filter}, cancelled: {costs.on_cancel} ({costs.source})"


def describe_price(row: Model, today: date) -> str:
    """Return a model's price ``today`` as text, such as ``$0.03 to $0.08 a second``; ``~`` if it is not confirmed."""
    rates = _list_current_rates(row, today)
    if row.prices.unit == "nothing":
        if row.default_voices:
            return "free, on this machine"
        return "free, on your own server" if row.resubmit == "free" else "not sold"
    if any(rate.micros is None for rate in rates) and len({rate.micros for rate in rates}) == 1:
        return "not known"
    sure = "" if row.has_confirmed_price else "~"
    if row.prices.unit == "million_tokens":
        into, out = (min(r.micros or 0 for r in rates if r.of == of) for of in ("in", "out"))
        return f"{sure}${format_usd(into)} in, ${format_usd(out)} out a million tokens"
    found = sorted(rate.micros for rate in rates if rate.micros is not None)
    low, high = format_usd(found[0]), format_usd(found[-1])
    unit = UNITS[row.prices.unit]
    phrase = f"{sure}${low} {unit}" if low == high else f"{sure}${low} to ${high} {unit}"
    return phrase if len(found) == len(rates) else f"{phrase}, or unknown"


def _list_current_rates(row: Model, today: date) -> list[Rate]:
    return [
        rate
        for rate in row.prices.rates
        if (rate.since is None or rate.since <= today) and (rate.until is None or today <= rate.until)
    ]


def _build_rate_summary(row: Model, rate: Rate) -> RateSummary:
    sound = {True: "with sound", False: "silent", None: ""}[rate.sound]
    length = f"{format_numbers(rate.seconds)} s" if rate.seconds else ""
    tokens = {"in": "tokens in", "out": "tokens out", "": ""}[rate.of]
    most = f"at most {row.prices.most}" if row.prices.most else ""
    parts = (", ".join(rate.resolution), length, sound, tokens, most)
    amount = None if rate.micros is None else format_usd(rate.micros)
    return RateSummary(where=" ".join(part for part in parts if part), usd=amount, unit=UNITS[row.prices.unit])


def _describe_option(option: Option) -> str:
    if option.values:
        words = {True: "yes", False: "no"}
        return ", ".join(words[one] if isinstance(one, bool) else str(one) for one in option.values)
    if option.longest is not None:
        return f"text of at most {option.longest} characters"
    return f"{option.least} to {option.most}"
