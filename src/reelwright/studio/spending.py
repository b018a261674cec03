"""The ledger as a person asks for it: rows and totals, decisions about unknowns, corrections, budgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from reelwright.errors import BadInput
from reelwright.reel.ledger import Budget, BudgetScope, Decision, Entry, Period
from reelwright.reel.noun import ShotId
from reelwright.studio import checked
from reelwright.studio.home import Home
from reelwright.studio.naming import one_id, project_called
from reelwright.studio.shown import reused_in
from reelwright.studio.spent import Bought, Capped, Corrected, How, Reused, Spent, Total
from reelwright.studio.telling import number_of, numbers
from reelwright.units import Micros

SCOPES: tuple[BudgetScope, ...] = ("deployment", "account", "key", "project")
DECISIONS: Mapping[str, Decision] = {"arrived": "arrived", "never": "never", "written-off": "written_off",
    "as-billed": "as_billed", "as-quoted": "as_quoted",
}  # fmt: skip


async def spent(home: Home, project: str | None, *, free: bool) -> Spent:
    """The ledger of the account, or of one project. Writes nothing."""
    entries = await home.ledger.entries(home.account, project)
    shown = [entry for entry in entries if free or entry.quote.micros or entry.spent or entry.noticed]
    shots = {name: await _shots(home, name) for name in {entry.project for entry in shown}}
    waiting = await home.ledger.out_of_turn(home.account)
    rows = tuple(bought(entry, shots[entry.project], waiting) for entry in shown)
    return Spent(
        micros=Micros(sum(row.micros for row in rows)),
        held_micros=Micros(sum(row.held_micros for row in rows)),
        rows=rows,
        models=_totals(rows, lambda row: row.model),
        providers=_totals(rows, lambda row: row.provider),
        projects=_totals(rows, lambda row: row.project),
        steps=_totals(rows, lambda row: row.step.partition("/")[0]),
        days=_totals(rows, lambda row: f"{row.posted or row.intended:%Y-%m-%d}"),
        budgets=await budgets(home),
        reused=await _reused(home, project) if project else (),
    )


async def _reused(home: Home, project: str) -> tuple[Reused, ...]:
    standing = await home.journal.standing(home.account, project)
    return reused_in(home.produce.graph(standing), standing)


def nothing() -> Spent:
    """The ledger where there is no home yet."""
    none: tuple[Total, ...] = ()
    return Spent(
        micros=Micros(0), held_micros=Micros(0), rows=(), models=none, providers=none, projects=none, steps=none,
        days=none, budgets=(),
    )  # fmt: skip


def bought(entry: Entry, shots: Mapping[ShotId, int], waiting: frozenset[str] = frozenset()) -> Bought:
    """A purchase as a row of the ledger."""
    settled = entry.settlement
    return Bought(
        purchase=entry.id,
        project=entry.project,
        job=entry.job,
        step=entry.step,
        shot=number_of(entry.step, shots),
        try_=entry.try_,
        state=entry.state,
        provider=entry.provider,
        model=entry.model,
        quoted_micros=Micros(entry.quote.micros or 0),
        micros=entry.spent,
        held_micros=entry.held,
        how=_how(entry),
        basis=settled.basis if settled else entry.quote.basis,
        waits=_waits(entry, waiting),
        written_off=entry.written_off,
        landed=entry.landed,
        sends=entry.sends,
        operation=entry.operation.id if entry.operation else None,
        said=entry.said,
        intended=entry.intended,
        posted=entry.posted,
        ended=entry.ended,
        corrections=tuple(Corrected(micros=a.micros, because=a.because, by=a.by, at=a.at) for a in entry.adjustments),
        noticed=entry.noticed,
        billed_micros=Micros(settled.micros or 0) if settled and settled.certainty != "quoted" else None,
        dispute=entry.dispute,
    )


async def decided(
    home: Home, called: str, verdict: str, by: str, operation: str | None, file: str | Path | None
) -> Bought:
    """A person's word on an unknown. Sends nothing; what it brought as a ``file`` becomes the take."""
    from reelwright.engine.decide import decide

    verdict = checked.one_of("verdict", verdict.replace("_", "-"), tuple(DECISIONS))
    if (operation or file) and verdict != "arrived":
        raise BadInput(
            "operation" if operation else "file", operation or str(file), "nothing: only what arrived has one"
        )
    entry = await _entry(home, called)
    given = _file(entry, file) if file is not None else None
    made = await decide(
        home.journal, home.ledger, home.vault, home.account, entry, DECISIONS[verdict], checked.text("by", by, 200),
        operation=operation, file=given,
    )  # fmt: skip
    return bought(made, await _shots(home, made.project))


def _file(entry: Entry, file: str | Path) -> tuple[Path, str]:
    """A file that a person has of what was bought, and its type. Raises ``BadInput`` on one that cannot be it."""
    import mimetypes

    from reelwright.media.sniff import head_of, sniff

    path = checked.place("file", file)
    if path is None or not path.is_file():
        raise BadInput("file", str(file), "a file on this machine")
    kind = sniff(head_of(path))
    if entry.step.partition("/")[0] in ("take", "still") and kind.opener is None:
        raise BadInput("file", str(file), f"a video or a picture; this is {kind.name}", hint=kind.hint)
    return path, kind.mime or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


async def adjusted(home: Home, called: str, usd: str | int | float, because: str, by: str) -> Bought:
    """A correction, appended to a settled row."""
    micros = checked.signed_money("usd", usd)
    said = checked.text("because", because, 500)
    entry = await _entry(home, called)
    made = await home.ledger.adjust(home.account, entry.id, micros, said, checked.text("by", by, 200))
    return bought(made, await _shots(home, made.project))


async def budgets(home: Home) -> tuple[Capped, ...]:
    """Every cap that stands, where its current period stands."""
    return tuple(capped(budget) for budget in await home.ledger.budgets(home.account))


async def set_budget(home: Home, scope: str, usd: str | int | float, per: str | None, of: str | None) -> Capped:
    """Make or change a cap. Raises ``BadInput``, also if live jobs could pass it with what is reserved for them."""
    micros = checked.money(usd, "usd")
    if micros is None:
        raise BadInput("usd", usd, "an amount in US dollars such as 20 or 0.40")
    known, subject, period = await _cap_named(home, scope, per, of)
    return capped(await home.ledger.set_budget(home.account, known, subject, micros, period))


async def remove_budget(home: Home, scope: str, per: str | None, of: str | None) -> None:
    """It caps nothing any more; what was counted under it stays in the ledger."""
    known, subject, period = await _cap_named(home, scope, per, of)
    await home.ledger.remove_budget(home.account, known, subject, period)


def capped(budget: Budget) -> Capped:
    return Capped(
        scope=budget.scope,
        of=budget.subject,
        period=budget.period,
        cap_micros=budget.cap,
        reserved_micros=budget.reserved,
        spent_micros=budget.settled,
        left_micros=budget.left,
        ends=budget.ends,
    )


async def _cap_named(home: Home, scope: str, per: str | None, of: str | None) -> tuple[BudgetScope, str, Period | None]:
    known = next((one for one in SCOPES if one == scope), None)
    if known is None:
        raise BadInput("scope", scope, ", ".join(SCOPES))
    periods: tuple[Period, ...] = ("day", "month")
    period = next((one for one in periods if one == per), None)
    if per is not None and period is None:
        raise BadInput("per", per, "day or month; without it the budget is for good")
    return known, await _subject(home, known, of), period


async def _subject(home: Home, scope: BudgetScope, of: str | None) -> str:
    if scope == "project":
        if of is None:
            raise BadInput("of", of, "the project's id, the end of it, or last")
        rows = await home.journal.projects(home.account)
        return project_called(of, rows)
    if scope == "key":
        return checked.text("of", of, 200)
    if of is not None and of != home.account:
        raise BadInput("of", of, f"nothing: it is the {scope}'s")
    return home.account if scope == "account" else ""


async def _entry(home: Home, called: str) -> Entry:
    entries = await home.ledger.entries(home.account)
    found = one_id("purchase", called, [entry.id for entry in entries])
    return next(entry for entry in entries if entry.id == found)


async def _shots(home: Home, project: str) -> Mapping[ShotId, int]:
    return numbers((await home.journal.standing(home.account, project)).plan)


def _how(entry: Entry) -> How:
    if entry.settlement is None:
        return "nothing" if entry.ended else "held"
    certainty = entry.settlement.certainty
    return certainty if certainty in ("reported", "computed") else "quoted"


def _waits(entry: Entry, waiting: frozenset[str]) -> Literal["turn", "later"] | None:
    if entry.state != "intent":
        return None
    if entry.not_before is not None:
        return "later"
    return "turn" if entry.id in waiting else None


def _totals(rows: Sequence[Bought], of: Callable[[Bought], str]) -> tuple[Total, ...]:
    """The dearest first; those that cost the same in the order of their names."""
    names = sorted({of(row) for row in rows})
    found = [_total(name, [row for row in rows if of(row) == name]) for name in names]
    return tuple(sorted(found, key=lambda total: -total.micros))


def _total(name: str, rows: Sequence[Bought]) -> Total:
    spent_, held = (sum(micros) for micros in ([r.micros for r in rows], [r.held_micros for r in rows]))
    return Total(name=name, rows=len(rows), micros=Micros(spent_), held_micros=Micros(held))
