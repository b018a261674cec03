"""The rows of a batch: requests, prices and results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.document import to_plain
from reelwright.reel.base.value import Digest, define_value
from reelwright.reel.film.brief import Brief, Goal
from reelwright.reel.film.command import leave_out_home_brand
from reelwright.reel.film.plan import OwnFootage, Plan
from reelwright.reel.graph.request import to_fingerprint_fields
from reelwright.reel.records.operation import Consent
from reelwright.studio.policy import MAX_TITLE_CHARS
from reelwright.studio.results.result_model import (
    NOT_IN_JSON,
    OMIT_EMPTY,
    OMIT_NONE,
    Moment,
    Number,
    ResultModel,
    ResultReason,
    Usd,
)
from reelwright.studio.results.results import FilmBudget, PlanResult, ProjectQuote, Shortfall
from reelwright.units import Micros, format_usd


@define_value
class Row:
    """A row of a batch: the request for one film or clip.

    ``plan``: a clip's only shot. ``rules_result``: the plan that the rules made of a film's brief. ``out``: the path of
    its file, None for the default path. ``order_number``: counts equal rows from 1; an equal row is another film or
    clip, not the same one again. ``notes``: what was repaired or replaced for it.
    """

    n: int
    brief: Brief
    plan: Plan | None = None
    rules_result: PlanResult | None = None
    goal: Goal = "film"
    out: Path | None = None
    order_number: int = 1
    notes: tuple[str, ...] = ()

    @property
    def first_plan(self) -> Plan:
        """The plan by which the row is quoted; only an estimate if a language model is yet to write the real one."""
        plan = self.plan or (self.rules_result.plan if self.rules_result else None)
        assert plan, "a film's row is planned when it is built"
        return plan

    @property
    def is_planned(self) -> bool:
        """Whether ``first_plan`` is the plan that will be filmed, not only an estimate."""
        return self.plan is not None or not self.brief.planner

    @property
    def key(self) -> Digest:
        """A digest of what the row requests, equal in every run, by which its project is found again."""
        plain, bare = leave_out_home_brand(self.brief), to_plain(Brief(text=""))
        options = {key: value for key, value in plain.items() if key == "text" or value != bare.get(key)}
        shots = [_asked_of(shot.source) for shot in self.plan.shots] if self.plan else None
        return compute_digest(["row", self.goal, options, shots])


def _asked_of(source: Any) -> Any:
    if isinstance(source, OwnFootage):
        return to_plain(source)
    return [to_fingerprint_fields(source), [[i.role, i.part, i.asset, i.of] for i in source.inputs]]


def shorten_title(words: str) -> str:
    """Shorten a prompt or a brief to one line of at most 60 characters, for lists."""
    line = " ".join(words.split())
    return line if len(line) <= MAX_TITLE_CHARS else line[: MAX_TITLE_CHARS - 1].rstrip() + "…"


def number_rows(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows numbered from 1; ``order_number`` counts the equal ones among them from 1."""
    seen: Counter[Digest] = Counter()
    made = []
    for n, row in enumerate(rows, 1):
        key = row.key
        seen[key] += 1
        made.append(replace(row, n=n, order_number=seen[key]))
    return tuple(made)


class RowQuote(ResultModel):
    """The price of one row of a batch. ``is_up_to_date``: everything exists already, and nothing is bought for it.

    ``notes``: what was repaired or replaced, and warnings about what is bought, such as the retirement of a model.
    ``unknown_price_steps`` and ``unconfirmed_price_steps``: how many steps have an unknown or unconfirmed price.
    ``budget``: the limit of the film's flavor. ``spent_by_job`` and ``recovered_micros``: as in ``ProjectQuote``.
    """

    n: int
    title: str
    is_up_to_date: bool
    micros: Usd
    project: str | None = None
    unknown_price_steps: int = 0
    unconfirmed_price_steps: int = 0
    expires_at: Moment | None = None
    notes: tuple[str, ...] = ()
    budget: FilmBudget | None = None
    spent_by_job: Annotated[Mapping[str, Micros], NOT_IN_JSON] = {}
    recovered_micros: Annotated[Micros, NOT_IN_JSON] = Micros(0)


class BatchQuote(ResultModel):
    """The price of a whole batch before any row starts.

    ``up_to_date`` and ``wanted_rows`` count rows. ``unknown_price_rows`` and ``unconfirmed_price_rows``: the numbers of
    rows with such prices.
    """

    micros: Usd
    up_to_date: int
    wanted_rows: int
    rows: tuple[RowQuote, ...]
    unknown_price_rows: tuple[int, ...] = ()
    unconfirmed_price_rows: tuple[int, ...] = ()

    @property
    def recovered_micros(self) -> Micros:
        """The micro-dollars that a lost journal had spent on the rows, as in ``ProjectQuote``."""
        return Micros(sum(row.recovered_micros for row in self.rows))

    @property
    def line(self) -> str:
        """Summary in one line, in rows, such as ``7 up to date, 93 to make, $74.40``."""
        return f"{self.up_to_date} up to date, {self.wanted_rows} to make, ${format_usd(self.micros)}"

    @property
    def notes(self) -> dict[str, list[int]]:
        """Every note of the rows, by sentence, with the numbers of the rows that have it."""
        found: dict[str, list[int]] = {}
        for row in self.rows:
            for note in row.notes:
                found.setdefault(note, []).append(row.n)
        return found


def build_batch_quote(rows: Sequence[Row], prices: Sequence[ProjectQuote]) -> BatchQuote:
    """Combine the quotes of the rows, in the same order, into the quote of their batch."""
    quoted = [
        RowQuote(
            n=row.n,
            title=shorten_title(row.brief.text),
            is_up_to_date=not price.wanted_steps,
            micros=price.micros,
            project=price.project,
            unknown_price_steps=len(price.unknown_price_steps),
            unconfirmed_price_steps=len(price.unconfirmed_price_steps),
            expires_at=price.expires_at,
            notes=tuple(dict.fromkeys((*row.notes, *price.notes))),
            budget=price.budget,
            spent_by_job=price.spent_by_job,
            recovered_micros=price.recovered_micros,
        )
        for row, price in zip(rows, prices, strict=True)
    ]
    had = sum(row.is_up_to_date for row in quoted)
    return BatchQuote(
        micros=Micros(sum(row.micros for row in quoted)),
        up_to_date=had,
        wanted_rows=len(quoted) - had,
        rows=tuple(quoted),
        unknown_price_rows=tuple(row.n for row in quoted if row.unknown_price_steps),
        unconfirmed_price_rows=tuple(row.n for row in quoted if row.unconfirmed_price_steps),
    )


class RowResult(ResultModel):
    """The result of one row of a batch. ``path`` None: there is no file; ``reason`` and ``message`` say why.

    ``micros``: what was or may have been paid for it in its project; ``now_micros``: the part of this call.
    ``is_up_to_date``: nothing was bought for it in this call. ``wait_reason``: why its job waits. Length, size, sound
    and ``shortfalls`` are those of a clip that was measured when it arrived, as in ``ClipFile``.
    """

    n: int
    title: str
    state: Literal["done", "waiting", "failed", "cancelled"]
    path: Path | None
    micros: Usd
    now_micros: Usd
    elapsed_s: Number
    is_up_to_date: bool = False
    project: str | None = None
    job: str | None = None
    wait_reason: str | None = None
    reason: ResultReason | None = None
    message: str = ""
    duration_s: Annotated[Number | None, OMIT_NONE] = None
    width: Annotated[int | None, OMIT_NONE] = None
    height: Annotated[int | None, OMIT_NONE] = None
    has_sound: Annotated[bool | None, OMIT_NONE] = None
    shortfalls: Annotated[tuple[Shortfall, ...], OMIT_EMPTY] = ()


class BatchResult(ResultModel):
    """The result of a batch: its rows in their order, counts of rows, and sums of money as in ``RowResult``.

    ``is_rehearsal``: nothing was bought.
    """

    total_rows: int
    done_rows: int
    up_to_date: int
    failed_rows: int
    waiting_rows: int
    micros: Usd
    now_micros: Usd
    elapsed_s: Number
    rows: tuple[RowResult, ...]
    is_rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A person's agreement to the price of a whole batch. ``by``: how it was given.

    ``ceiling``: the most in micro-dollars that all rows together may spend; None: each row its own price. The other
    fields are those of ``Consent``.
    """

    by: str
    ceiling: Micros | None = None
    may_buy_unconfirmed: bool = False
    unknown_at_most: Micros | None = None

    def build_consent(self, row: RowQuote) -> Consent:
        """Return the consent for the job of one row: up to its own quoted price, or with a budget up to that of all.

        A row of a batch with a budget may need more than its quote, and leaves less for the others.
        """
        ceiling = Micros(row.micros + (self.unknown_at_most or 0) * row.unknown_price_steps)
        if self.by == "budget" and self.ceiling is not None and ceiling:
            ceiling = self.ceiling
        until = row.expires_at if self.by == "yes" else None
        return Consent(
            ceiling=ceiling,
            by=self.by,
            may_buy_unconfirmed=self.may_buy_unconfirmed,
            unknown_at_most=self.unknown_at_most,
            expires_at=until,
        )


def build_batch_result(rows: Sequence[RowResult], elapsed_s: float, *, is_rehearsal: bool = False) -> BatchResult:
    """Combine the results of the rows into that of their batch; ``elapsed_s``: seconds for the whole batch."""
    return BatchResult(
        total_rows=len(rows),
        done_rows=sum(row.state == "done" for row in rows),
        up_to_date=sum(row.is_up_to_date for row in rows),
        failed_rows=sum(row.state in ("failed", "cancelled") for row in rows),
        waiting_rows=sum(row.state == "waiting" for row in rows),
        micros=Micros(sum(row.micros for row in rows)),
        elapsed_s=round(elapsed_s, 3),
        rows=tuple(rows),
        now_micros=Micros(sum(row.now_micros for row in rows)),
        is_rehearsal=is_rehearsal,
    )
