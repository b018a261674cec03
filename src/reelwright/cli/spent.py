"""The ledger in 80 columns, and as comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from reelwright.units import usd

if TYPE_CHECKING:
    from reelwright.studio.spent import Bought, Capped, Limited, Spent, Total

_SHOWN: Final = 8
"""Names in one list of totals; the rest is one line."""
_STATES: Final = {
    "intent": "not sent yet", "posting": "being sent", "submitted": "at work", "succeeded": "landed",
    "failed": "failed", "released": "not bought", "unknown": "unknown",
}  # fmt: skip
_HOW: Final = {"reported": "reported", "computed": "computed", "quoted": "as quoted"}
_COLUMNS: Final = (
    "purchase", "project", "job", "step", "shot", "try", "state", "provider", "model", "quoted_usd", "usd",
    "held_usd", "how", "basis", "waits", "written_off", "corrected_usd", "sends", "operation", "said", "intended",
    "posted", "ended", "noticed", "billed_usd", "dispute",
)  # fmt: skip


def lines(found: Spent) -> Iterator[str]:
    """The ledger for a terminal or a pipe, oldest first, its sums at the end."""
    if not found.rows:
        yield "nothing was spent yet"
    for one in found.rows:
        yield from row_in_full(one)
    for used in found.reused:
        what = used.step.partition("/")[0] + (f" of shot {used.shot}" if used.shot else "")
        when = f", bought {_local(used.bought):%Y-%m-%d}" if used.bought else ""
        whose = f"project {used.reused_from[-6:]}{when} for ${usd(used.micros)}; it counts there"
        yield f"        {what}: used from {whose}"
    for title, totals in (
        ("model", found.models), ("provider", found.providers), ("step", found.steps), ("day", found.days),
        ("project", found.projects),
    ):  # fmt: skip
        if len(totals) > 1:
            yield from _totals(title, totals)
    if found.budgets:
        yield ""
        yield from budget_lines(found.budgets)
    if found.rows:
        yield ""
        yield _sums(found)


def row(one: Bought) -> str:
    """One purchase: its end of an id, when, what, from whom, how much, and how that is known."""
    what = f"{one.step.partition('/')[0]}" + (f" of shot {one.shot}" if one.shot else "")
    what += f", try {one.try_}" if one.try_ > 1 else ""
    cost = f"≤ ${usd(one.held_micros)}" if one.how == "held" else f"${usd(one.micros)}"
    when = f"{_local(one.posted or one.intended):%m-%d %H:%M}"
    return f"{one.purchase[-6:]}  {when}  {_cut(what, 17):<17} {_cut(one.model, 17):<17} {cost:>9} {_how(one)}".rstrip()


def row_in_full(one: Bought) -> Iterator[str]:
    """The purchase, its corrections, and what a person must see to."""
    yield row(one)
    if one.ended and one.how == "quoted" and not (one.landed or one.written_off):
        yield f"        {one.basis}"
    for change in one.corrections:
        yield f"        corrected by {_signed(change.micros)} ({change.by}: {change.because})"
    for said in one.noticed:
        yield f"        {said}"
    if one.dispute == "open":
        billed = f"billed ${usd(one.billed_micros or 0)}, far above the quote"
        yield f"        {billed}; counted as ${usd(one.micros)} until you decide:"
        yield f"        reelwright spend decide {one.purchase[-6:]} as-billed|as-quoted"
    if one.noticed and not one.corrections and one.dispute is None:
        yield f"        look at {one.provider}'s own list; where the price is not what was billed:"
        yield f"        reelwright spend adjust {one.purchase[-6:]} --usd USD --because WORDS"
    if one.state == "unknown":
        yield f"        we may have bought this (${usd(one.held_micros)}). Look at {one.provider}'s own list, then:"
        yield f"        reelwright spend decide {one.purchase[-6:]} arrived|never|written-off"


def budget_lines(found: Iterable[Capped]) -> Iterator[str]:
    """One line for each cap."""
    for one in found:
        whose = {"deployment": "this deployment", "account": "this account"}.get(
            one.scope, f"{one.scope} {one.of[-6:]}"
        )
        per = f" per {one.period}" if one.period else ""
        used = f"${usd(one.spent_micros)} spent, ${usd(one.reserved_micros)} held"
        yield f"budget of {whose}: ${usd(one.cap_micros)}{per}; {used}, ${usd(one.left_micros)} left"


def limit_line(one: Limited) -> str:
    """One limit."""
    most = [f"{one.open} at once"] if one.open is not None else []
    most += [f"{one.starts} starts in {one.per_s} s"] if one.starts is not None else []
    whose = f"{one.scope} {one.of[-6:] if one.scope == 'project' else one.of}".strip()
    return f"{_cut(whose, 44):<44} {', '.join(most)}" + ("" if one.source == "set" else " (by default)")


def as_csv(found: Spent) -> str:
    """A header and a line for each purchase; no cell can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in found.rows:
        corrected = usd(sum(c.micros for c in one.corrections))
        plain = one.to_json() | {"corrected_usd": corrected, "noticed": "; ".join(one.noticed)}
        writer.writerow([_cell(plain[name]) for name in _COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> str:
    said = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    formula = said.startswith(("=", "+", "@", "\t", "\r")) or (said.startswith("-") and not _is_amount(said))
    return f"'{said}" if formula else said


def _is_amount(said: str) -> bool:
    return said[1:].replace(".", "", 1).isdigit()


def _totals(title: str, totals: Sequence[Total]) -> Iterator[str]:
    yield ""
    for one in totals[:_SHOWN]:
        held = f"   held ≤ ${usd(one.held_micros)}" if one.held_micros else ""
        name = one.name[-6:] if title == "project" else one.name
        yield f"by {title:<9}{_cut(name, 34):<34}{one.rows:>5}  ${usd(one.micros):>9}{held}"
    if rest := totals[_SHOWN:]:
        micros = sum(one.micros for one in rest)
        yield f"by {title:<9}{f'{len(rest)} more':<34}{sum(one.rows for one in rest):>5}  ${usd(micros):>9}"


def _sums(found: Spent) -> str:
    held = f" · ≤ ${usd(found.held_micros)} held by what is open" if found.held_micros else ""
    unknown = f" · {len(found.unknown)} that nobody knows of" if found.unknown else ""
    doubtful = f" · {len(found.doubtful)} to look into" if found.doubtful else ""
    disputed = f" · {len(found.disputed)} disputed" if found.disputed else ""
    return f"${usd(found.micros)} spent{held}{unknown}{doubtful}{disputed}"


def _how(one: Bought) -> str:
    if one.written_off:
        return "written off"
    if one.dispute == "open":
        return "disputed"
    if one.dispute == "as_quoted":
        return "as quoted"
    if one.corrections:
        return "corrected"
    if one.how in _HOW:
        return _HOW[one.how]
    if one.waits:
        return "its turn" if one.waits == "turn" else "sent later"
    return _STATES.get(one.state, one.state)


def _signed(micros: int) -> str:
    return f"-${usd(-micros)}" if micros < 0 else f"+${usd(micros)}"


def _local(at: datetime) -> datetime:
    return at.astimezone()


def _cut(said: str, most: int) -> str:
    return said if len(said) <= most else said[: most - 1] + "…"
