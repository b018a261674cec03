"""Many rows at once: each a project of its own, so many under way at a time; what is had is not bought again.

One rule makes a second run safe, whatever ended the first: a row is known by what it asks for and how often the very
same one stood before it. That is the digest by which its project is found, and the number of its orders in the account.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from reelwright.errors import ReelwrightError
from reelwright.reel.command import Command, row_digest
from reelwright.reel.operation import LIVE_JOBS, Consent, Job, Standing
from reelwright.reel.wanted import wanted
from reelwright.settings import Settings
from reelwright.studio import deliver, editing, edits, making, shown
from reelwright.studio.account_orders import adopt, with_account
from reelwright.studio.answers import Planned, Quoted
from reelwright.studio.consent import consent_to
from reelwright.studio.drive import carry_out_cancel
from reelwright.studio.film_budget import refuse_above, with_spent
from reelwright.studio.first import first_plan, first_planned, first_quote, supposed, whole_way
from reelwright.studio.home import Home, hands_of, refuse_unsold
from reelwright.studio.listener import harmless
from reelwright.studio.produce import Produce
from reelwright.studio.quote import in_full
from reelwright.studio.rates import pace_of
from reelwright.studio.refused_rows import RefusedRows
from reelwright.studio.rows import Agreement, BatchQuoted, Row, RowMade, RowQuoted, batch_quoted, title_of
from reelwright.studio.taking import check_place, hand_over, take_had
from reelwright.studio.telling import Listen, Telling, with_numbers
from reelwright.studio.under_way import UnderWay

if TYPE_CHECKING:
    from reelwright.engine.director import Bring
    from reelwright.engine.errand import Progressed
    from reelwright.engine.operations import Pace
    from reelwright.providers.protocol import Provider

T = TypeVar("T")
U = TypeVar("U")
R = TypeVar("R")

CONCURRENCY: Final = 5
"""Rows under way at once unless told otherwise. Source: S4-50."""
MOST: Final = 64
_OPENING: Final = 3
"""Rows that are opened at once: more would hold up those that could be sent already."""
_AGAIN: Final = frozenset({"failed", "lost", "expired"})
"""Why a take may be missing so that a second run asks for another; one that was refused would be refused again."""

Place = Callable[[Row, str], Path]
"""Where a row's file goes that names no place, given its project."""


class Batch:
    """Brings rows to their files through one director. ``providers``: whom it buys from; ``produce`` prices them.

    Nothing is written before ``run``; ``quote`` comes first, and ``agree`` says who agreed to it.
    """

    def __init__(
        self,
        home: Home,
        providers: Mapping[str, Provider],
        produce: Produce,
        *,
        place: Place | None = None,
        pace: Pace | None = None,
        send_again_s: Sequence[float] | None = None,
    ) -> None:
        self._home, self._providers, self._produce = home, providers, produce
        self._place = place or self._in_films
        self._pace, self._send_again_s = pace, send_again_s
        self._listeners: dict[str, Callable[[Progressed], None]] = {}
        self._under_way: dict[str, UnderWay] = {}
        self._sent: dict[int, frozenset[str]] = {}
        """By row: what was sent for it before."""
        self._opening = asyncio.Semaphore(_OPENING)
        self._bring: Bring | None = None

    # the price first
    async def quote(self, rows: Sequence[Row], listen: Listen | None = None) -> BatchQuoted:
        """What every row wants now, and its price. Spends nothing. Raises ``BadInput`` naming every row that cannot be.

        A cancel of a row that was asked for before and is not carried out yet is, first.
        """
        prices = []
        refused = RefusedRows(alone=len(rows) == 1)
        for row in rows:
            with refused.row(row.n):
                prices.append(await self._price(row, listen))
        refused.refuse()
        return batch_quoted(rows, prices)

    async def _price(self, row: Row, listen: Listen | None) -> Quoted:
        if row.out and row.goal == "takes":
            await check_place(self._home, self._home.slates, row.out)
        elif row.out:
            deliver.refuse_foreign(row.out, self._home.slates)
        project = await self.project_of(row)
        if project:
            await carry_out_cancel(self._home, project, listen)
            standing = await self._standing(project, row)
            quoted = await making.quoted_on(self._home, self._produce, standing, 1)
            return await with_spent(self._home, replace(quoted, project=project))
        planned = None if row.plan else await asyncio.to_thread(first_plan, row.brief, None)
        plan = row.plan or (planned.plan if planned else None)
        assert plan
        standing = making.aimed(supposed(self._home.settings, row.brief, plan, nth=row.nth), row.goal)
        graph = whole_way(row.brief, plan, row.goal, own_plan=row.plan is not None)
        had = await with_account(self._home, standing, lambda stands: graph)
        full = in_full(had.standing, graph, self._produce.quote(had.standing, graph), project=None)
        return replace(full, said=(*(planned.said if planned else ()), *had.notes, *full.said))

    async def _standing(self, project: str, row: Row) -> Standing:
        """Where the project stands; a take that came to nothing for a passing reason is asked for once more."""
        standing = await self._home.journal.standing_with_spent(self._home.account, project)
        return making.aimed(await self._asked_again(standing), row.goal)

    async def refuse_unsold(self, rows: Sequence[Row]) -> None:
        """Raise ``BadInput``, naming the rows, where something that is wanted cannot be bought: also without a key."""
        refused = RefusedRows(alone=len(rows) == 1)
        for row in rows:
            with refused.row(row.n):
                plan = row.plan or (await asyncio.to_thread(first_planned, row.brief)).plan
                refuse_unsold(self._providers, whole_way(row.brief, plan, row.goal, own_plan=row.plan is not None))
        refused.refuse()

    async def project_of(self, row: Row) -> str | None:
        """The project that an earlier run opened for this row."""
        return await self._home.journal.find_project(self._home.account, row_digest(row.key, row.nth))

    async def is_handed_over(self, row: Row) -> bool:
        """Whether an earlier run brought this row to its file, and the file stands there."""
        project = await self.project_of(row)
        if project is None:
            return False
        jobs = await self._home.journal.jobs(self._home.account, project)
        return any(job.state == "done" and Path(job.options["out"]).is_file() for job in jobs if "out" in job.options)

    # then the work
    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """While inside, rows can be brought to their files (``bring``), any number at once."""
        from reelwright.engine.director import Director

        tempo = self._home.tempo
        director = Director(
            self._home.journal, self._home.ledger, self._home.vault, self._home.hands, self._providers,
            self._home.settings, self._produce, self._hear, pace=self._pace or tempo.pace,
            pace_of=None if self._pace else lambda model: tempo.scaled(pace_of(model)),
            send_again_s=tempo.send_again_s if self._send_again_s is None else self._send_again_s,
            at_once=self._under_way.get,
        )  # fmt: skip
        async with director.at_work() as bring:
            self._bring = bring
            try:
                yield
            finally:
                self._bring = None

    async def run(
        self,
        rows: Sequence[Row],
        quoted: BatchQuoted,
        *,
        concurrency: int = CONCURRENCY,
        agreed: Agreement,
        listen: Listen | None = None,
        ended: Callable[[RowMade], None] | None = None,
    ) -> list[RowMade]:
        """Every row to its file, ``concurrency`` at once; results in the order of the rows. Spends what was agreed to.

        A row that fails or waits is recorded, and the others go on. ``ended`` hears of each as it comes.
        """

        slots = asyncio.Semaphore(concurrency)
        tell = harmless(ended)

        async def one(row: Row, price: RowQuoted) -> RowMade:
            made = await self._recorded(row, price, agreed.to(price), slots, listen)
            tell(made)
            return made

        async with self.at_work():
            return await in_order(one, list(zip(rows, quoted.rows, strict=True)), concurrency)

    async def _recorded(
        self, row: Row, price: RowQuoted, consent: Consent, slots: asyncio.Semaphore, listen: Listen | None
    ) -> RowMade:
        began = time.monotonic()
        try:
            return await self.bring(row, price, consent, slots, listen=listen)
        except ReelwrightError as error:
            project = await self.project_of(row)
            purchases = await self._home.ledger.purchases(self._home.account, project) if project else ()
            return RowMade(
                n=row.n,
                title=title_of(row.brief.text),
                state="failed",
                path=None,
                micros=shown.spent(purchases),
                now_micros=shown.spent_since(purchases, self._sent.get(row.n)),
                elapsed_s=round(time.monotonic() - began, 3),
                project=project,
                said=f"{error.message} ({error.hint})" if error.hint else error.message,
            )

    async def bring(
        self,
        row: Row,
        price: RowQuoted,
        consent: Consent,
        slots: asyncio.Semaphore,
        *,
        within_s: float | None = None,
        listen: Listen | None = None,
    ) -> RowMade:
        """One row to its file. Spends at most what was consented to; when cancelled, the same call goes on later.

        It is under way while it holds one of ``slots``: a film from its first step to its last; a clip only while its
        provider works on it, so that nothing of ours stands between two of them. ``within_s``: the most seconds from
        then on until it has come, else ``TimeoutError``.
        """
        assert self._bring, "rows are brought while at work"
        async with self._opening:
            project, job, had = await self._opened(row, price, consent)
        began = time.monotonic()
        if not had:
            self._sent[row.n] = shown.sent_of(await self._home.ledger.purchases(self._home.account, project))
            async with asyncio.timeout(None) as until:
                under_way = UnderWay(slots, within_s, until)
                await self._drive(self._bring, row, project, under_way, listen)
            began = under_way.since or began
        return await self._made(row, project, job, had, began)

    async def _opened(self, row: Row, price: RowQuoted, consent: Consent) -> tuple[str, str, bool]:
        """Its project, its job, and whether all of it is had already."""
        project = await self._open(row)
        await adopt(self._home, project)
        had = await self._is_had(row, project)
        return project, await self._job(row, project, price, consent, had), had

    async def _drive(self, bring: Bring, row: Row, project: str, under_way: UnderWay, listen: Listen | None) -> None:
        if listen:
            self._listeners[project] = Telling(listen, row.plan, {}, hands_of(self._home.settings))
        try:
            if row.goal == "takes" and row.plan is not None and len(row.plan.shots) == 1:
                self._under_way[project] = under_way
                await bring(project)
            else:
                async with under_way.slots:
                    under_way.began()
                    await bring(project)
        finally:
            self._under_way.pop(project, None)
            self._listeners.pop(project, None)

    async def _open(self, row: Row) -> str:
        """The row's project: an earlier run's, or that of whoever opens it at this moment."""
        command = Command(
            name=title_of(row.brief.text), brief=row.brief, found_by=row_digest(row.key, row.nth), plan=row.plan,
            nth=row.nth,
        )  # fmt: skip
        return (await self._home.journal.open_once(self._home.account, command))[0]

    async def _is_had(self, row: Row, project: str) -> bool:
        standing = await self._standing(project, row)
        want = wanted(self._produce.graph(standing), standing.choices, standing.had, standing.gone)
        return not (want.certain or want.possible or want.stuck) and standing.plan is not None and not standing.open

    async def _job(self, row: Row, project: str, price: RowQuoted, consent: Consent, had: bool) -> str:
        """The row's job: the live one, agreed to anew if it waits; else a new one for what is wanted."""
        jobs = await self._home.journal.jobs(self._home.account, project)
        mine = [job for job in jobs if job.goal == row.goal and not job.cancel]
        live = next((job for job in mine if job.state in LIVE_JOBS), None)
        if live and (had or live.state != "waiting"):
            return live.id
        if had and mine:
            return mine[0].id
        await self._ask_again(project)
        return await self._enqueue(row, project, price, consent, jobs)

    async def _enqueue(self, row: Row, project: str, price: RowQuoted, consent: Consent, before: Sequence[Job]) -> str:
        place = row.out or next((Path(job.options["out"]) for job in before if "out" in job.options), None)
        options = {"out": str(place or self._place(row, project))}
        renew, spent = making.renewal(consent, price.spent), sum(price.spent.values())
        journal, account = self._home.journal, self._home.account
        return await journal.enqueue_once(account, project, row.goal, consent, options, renew, spent)

    async def _ask_again(self, project: str) -> None:
        """Ask for another round where the only take came to nothing for a reason that may pass."""
        standing = await self._home.journal.standing(self._home.account, project)
        asked = await self._asked_again(standing)
        if asked is not standing and asked.plan:
            plan, choices = asked.plan, asked.choices
            await self._home.journal.revise(self._home.account, project, standing.revision, plan, choices, "person")

    async def _asked_again(self, standing: Standing) -> Standing:
        """The same, with another round asked for where the only take came to nothing for a reason that may pass."""
        if standing.plan is None or len(standing.plan.shots) != 1 or standing.open:
            return standing
        stuck = wanted(_takes(standing), standing.choices, standing.had, standing.gone).stuck
        if not stuck or not _may_pass(standing):
            return standing
        shot = standing.plan.shots[0]
        highest = await editing.highest_of(self._home, standing, shot)
        plan, choices = edits.retaken(standing, shot, highest)
        return replace(standing, plan=plan, choices=choices)

    async def _made(self, row: Row, project: str, job: str, had: bool, began: float) -> RowMade:
        journal, account = self._home.journal, self._home.account
        ended = next(one for one in await journal.jobs(account, project) if one.id == job)
        path: Path | None = None
        said = ended.said
        state: Literal["done", "waiting", "failed", "cancelled"] = "waiting"
        if had or ended.state not in ("queued", "running"):
            state = "done" if had else ended.state  # type: ignore[assignment]  # the other states were left out
        if state == "done" and row.goal != "takes":
            film = await making.report(self._home, ended, row.out, 0.0, 0)
            path, said = (film.film.path if film.film else None), film.said
        elif state == "done":
            take = take_had(await journal.standing(account, project))
            assert take, "a job that is done has its take"
            path = row.out or Path(ended.options["out"])
            await hand_over(self._home, take, path)
        elif said:
            said = with_numbers(said, (await journal.standing(account, project)).plan)
        purchases = await self._home.ledger.purchases(account, project)
        return RowMade(
            n=row.n,
            title=title_of(row.brief.text),
            state=state,
            path=path,
            micros=shown.spent(purchases),
            now_micros=shown.spent_since(purchases, self._sent.pop(row.n, None)),
            elapsed_s=round(time.monotonic() - began, 3),
            had=had,
            project=project,
            job=ended.id,
            why=ended.why if state == "waiting" else None,
            said="" if path else said,
        )

    def _in_films(self, row: Row, project: str) -> Path:
        return deliver.place(None, self._home.settings.films, title_of(row.brief.text), project)

    def _hear(self, said: Progressed) -> None:
        if hear := self._listeners.get(said.project):
            hear(said)


def first_batch_quote(settings: Settings, rows: Sequence[Row]) -> BatchQuoted:
    """The price where there is no home yet: all of every row is wanted. Writes nothing."""
    prices = []
    refused = RefusedRows(alone=len(rows) == 1)
    for row in rows:
        with refused.row(row.n):
            given = Planned(plan=row.plan, understood={}) if row.plan else None
            prices.append(first_quote(settings, row.brief, row.goal, given)[1])
    refused.refuse()
    return batch_quoted(rows, prices)


async def in_order(way: Callable[[T, U], Awaitable[R]], asked: Sequence[tuple[T, U]], concurrency: int) -> list[R]:
    """What ``way`` makes of each, begun and given in their order. Twice ``concurrency`` are begun at once: ``way``
    holds one of so many slots while it is really under way, and those that wait for one are ready to be sent."""
    made: dict[int, R] = {}
    left = iter(enumerate(asked))

    async def work() -> None:
        for n, (one, other) in left:
            made[n] = await way(one, other)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(2 * concurrency, len(asked))):
            group.create_task(work())
    return [made[n] for n in range(len(asked))]


def agree(
    quoted: BatchQuoted,
    *,
    yes: bool | Quoted | BatchQuoted = False,
    budget: str | int | float | None = None,
    accept_unconfirmed: bool = False,
    unknown_at_most: str | int | float | None = None,
) -> Agreement:
    """The consent to a whole batch. Raises ``NeedsConsent`` or ``OverBudget``; nothing is written.

    As ``consent_to`` for one film: a budget caps all rows together, and each row is agreed to at its own ceiling. A
    row that passes what its flavor allows stops all of them, unless a budget was given.
    """
    shown = _as_one(yes) if isinstance(yes, BatchQuoted) else yes
    consent = consent_to(_as_one(quoted), shown, budget, accept_unconfirmed, unknown_at_most)
    agreed = Agreement(by=consent.by, unconfirmed=consent.unconfirmed, each=consent.each)
    if budget is None:
        for row in quoted.rows:
            refuse_above(row.budget, agreed.to(row).ceiling, f"row {row.n}: ")
    return agreed


def _as_one(quoted: BatchQuoted) -> Quoted:
    """The price of all rows together."""
    return Quoted(
        wanted=tuple(f"row {row.n}" for row in quoted.rows if not row.had),
        had=quoted.had,
        micros=quoted.micros,
        seconds=0.0,
        least_s=0.0,
        unknown=tuple(f"row {row.n}" for row in quoted.rows for _ in range(row.unknown)),
        unconfirmed=tuple(f"row {n}" for n in quoted.unconfirmed),
    )


def _takes(standing: Standing) -> Any:
    from reelwright.reel.breakdown import breakdown

    assert standing.plan
    return breakdown(standing.plan, "takes")


def _may_pass(standing: Standing) -> bool:
    """Whether every round came to nothing for a reason that may pass."""
    missing = [lost.reason for outcome in standing.had.values() for lost in outcome.missing if not outcome.assets]
    return bool(missing) and set(missing) <= _AGAIN
