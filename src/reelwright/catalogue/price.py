"""The most that one submission of a request can cost, and the source of that price."""

from __future__ import annotations

from datetime import date
from typing import Final

from reelwright.catalogue.lifecycle import may_be_retired
from reelwright.catalogue.model_row import Model, Rate
from reelwright.catalogue.models import UNITS, compute_catalogue_digest, find_model
from reelwright.reel.base.canonical import encode_canonical
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price
from reelwright.units import Micros, format_usd

FRAMING: Final = 1_024
"""Most tokens that a protocol for language models adds to the prompt."""
EARLIER: Final = 64 * 1024
"""Most bytes of an earlier answer that is sent back with a request."""
_MILLION: Final = 1_000_000


def compute_price(request: Request, today: date | None = None) -> Price:
    """Compute the most that one submission of ``request`` can cost, in micro-dollars, by the catalogue. Sends nothing,
    spends nothing.

    Options that the request leaves open count at their highest price. ``micros`` None: the price is unknown. The
    certainty ``unconfirmed``: no reliable source names the price, or the model may be retired; a person must agree.
    Raises ``BadInput`` on an unknown model.
    """
    row, day = find_model(request.model), today or date.today()
    rates = [rate for rate in row.prices.rates if _in_force(rate, day) and _matches(rate, request)]
    if row.prices.unit == "nothing" and row.resubmit == "free":
        return _price(row, Micros(0), "costs nothing here", "computed")
    untold = row.prices.unit in ("second", "minute") and request.ms is None and not row.seconds
    if untold or not rates or any(rate.micros is None for rate in rates):
        return _price(row, None, "nobody knows its price", "unknown")
    micros, basis = _tokens(row, rates, request) if row.prices.unit == "million_tokens" else _units(row, rates, request)
    sure = row.has_confirmed_price and not may_be_retired(row, day)
    basis += f"; {row.source}, {row.as_of}{'' if sure else ', not confirmed'}"
    return _price(row, micros, basis, "computed" if sure else "unconfirmed")


def _price(row: Model, micros: Micros | None, basis: str, certainty: str) -> Price:
    return Price(micros=micros, basis=basis, catalogue=compute_catalogue_digest(row.provider), certainty=certainty)  # type: ignore[arg-type]


def _in_force(rate: Rate, today: date) -> bool:
    return (rate.since is None or rate.since <= today) and (rate.until is None or today <= rate.until)


def _matches(rate: Rate, request: Request) -> bool:
    """Whether ``rate`` may apply to ``request``. A field that either of them leaves open matches."""
    return (
        (not rate.resolution or request.resolution is None or request.resolution in rate.resolution)
        and (not rate.seconds or request.ms is None or request.ms // 1000 in rate.seconds)
        and (rate.sound is None or request.sound is None or rate.sound == request.sound)
        and (not rate.modes or request.mode in rate.modes)
    )


def _units(row: Model, rates: list[Rate], request: Request) -> tuple[Micros, str]:
    """Return the price by units of the most expensive rate, rounded up to a micro-dollar, and its basis in words."""
    each = max(rate.micros or 0 for rate in rates)
    number, words = _number(row, request)
    micros = (-(-number * each // 1000) + row.prices.beside) * request.samples
    times = f" x {request.samples}" if request.samples > 1 else ""
    at = f" at {request.resolution}" if request.resolution else ""
    beside = f" and at most ${format_usd(row.prices.beside)} beside" if row.prices.beside else ""
    return Micros(micros), f"{words}{at}{times}, ${format_usd(each)} {UNITS[row.prices.unit]}{beside}"


def _number(row: Model, request: Request) -> tuple[int, str]:
    """Return the most thousandths of a unit that one sample uses, and that amount in words."""
    ms = request.ms if request.ms is not None else (row.seconds[-1] * 1000 if row.seconds else 0)
    match row.prices.unit:
        case "second":
            return ms, f"{ms / 1000:g} s"
        case "minute":
            return -(-ms // 60_000) * 1000, f"{ms / 1000:g} s"
        case "thousand_characters":
            return len(request.prompt), f"{len(request.prompt)} characters"
        case "machine_second":
            return (row.prices.most or 0) * 1000, f"at most {row.prices.most} s"
        case "megapixel":
            pixels = _megapixels(row, request)
            return pixels * 1000, f"{pixels} megapixels"
        case unit:
            return 1000, f"one {'clip' if unit == 'clip' else 'image' if unit == 'image' else 'song'}"


def _megapixels(row: Model, request: Request) -> int:
    given = request.extra.get("megapixels")
    if isinstance(given, int):
        return given
    size = request.extra.get("size")
    return -(-size[0] * size[1] // _MILLION) if size else row.prices.most or 1


def _tokens(row: Model, rates: list[Rate], request: Request) -> tuple[Micros, str]:
    """Return the price by tokens, and its basis in words.

    It is an upper bound: no token is shorter than a byte, and no answer is longer than ``max_tokens``.
    """
    out = int(request.extra.get("max_tokens", row.max_output))
    earlier = len(request.inputs) * min(EARLIER, out)  # an input is an earlier answer of the same model
    into = len(encode_canonical([request.prompt, request.extra])) + earlier + FRAMING
    each_in, each_out = (max(rate.micros or 0 for rate in rates if rate.of == of) for of in ("in", "out"))
    micros = -(-(into * each_in + out * each_out) // _MILLION) * request.samples
    return Micros(
        micros
    ), f"at most {into} tokens in (${format_usd(each_in)}) and {out} out (${format_usd(each_out)} a million)"
