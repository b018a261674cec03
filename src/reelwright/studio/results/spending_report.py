"""Results of the verbs on money: the ledger by rows, its totals, budgets and limits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reelwright.reel.records.ledger import BudgetScope, Dispute, LimitScope, Period
from reelwright.reel.records.operation import PurchaseState
from reelwright.studio.results.result_model import OMIT_EMPTY, Moment, ResultModel, ResultReason, Usd

PriceSource = Literal["reported", "computed", "quoted", "held", "nothing"]
"""The source of a row's price: settled as reported by the provider, as computed, or as quoted; held; or not bought."""


class Correction(ResultModel):
    """A correction of a purchase's cost that a person made later. ``micros`` may be negative."""

    micros: Usd
    because: str
    by: str
    at: Moment


class PurchaseRow(ResultModel):
    """A row of the ledger: one purchase. ``micros``: what it cost, with all corrections.

    ``held_micros``: reserved while it is open. ``wait_reason``: it waits for its turn, or until it is sent again later;
    None if it does not wait. ``has_landed``: it brought something. ``is_written_off``: it counts as paid, and nothing
    came. ``notices``: what a person should check, such as a second operation that may have been paid.
    ``billed_micros``: the provider's bill, None if it reported none. ``dispute``: ``open`` if the bill is so far above
    the quote that ``micros`` is the quote until a person decides; ``short`` if less came than was ordered, until a
    person decides; else how the dispute ended. ``is_job_deleted``: a program deleted its job, so that nothing goes on;
    set only in the answer to a decision.
    """

    purchase: str
    project: str
    job: str
    step: str
    shot: int | None
    try_: int
    state: PurchaseState
    provider: str
    model: str
    quoted_micros: Usd
    micros: Usd
    held_micros: Usd
    price_source: PriceSource
    basis: str
    wait_reason: Literal["turn", "later"] | None
    is_written_off: bool
    has_landed: bool
    sends: int
    operation: str | None
    reason: ResultReason | None
    message: str
    intended_at: Moment
    posted_at: Moment | None
    ended_at: Moment | None
    corrections: tuple[Correction, ...] = ()
    notices: tuple[str, ...] = ()
    billed_micros: Usd | None = None
    dispute: Dispute | None = None
    is_job_deleted: Annotated[bool, OMIT_EMPTY] = False


class Total(ResultModel):
    """The total of all ledger rows of one ``name``, such as a model or a day. ``micros``: what they cost.

    ``held_micros``: what the open ones reserve.
    """

    name: str
    rows: int
    micros: Usd
    held_micros: Usd


class BudgetSummary(ResultModel):
    """A spending cap, with what is spent and left in its current period.

    ``of``: its account, key or project. ``left_micros``: what may still be agreed to in this period.
    """

    scope: BudgetScope
    of: str
    period: Period | None
    cap_micros: Usd
    reserved_micros: Usd
    spent_micros: Usd
    left_micros: Usd
    ends_at: Moment | None


class BudgetList(ResultModel):
    """The budgets that can cap an account, as the list that is printed."""

    budgets: tuple[BudgetSummary, ...]


class BudgetName(ResultModel):
    """The scope, period and owner by which a budget is named. ``per`` None: it is for good."""

    scope: str
    per: str | None
    of: str | None


class RemovedBudget(ResultModel):
    """Result of removing a budget: which one."""

    budget: Annotated[BudgetName, Field(alias="removed")]


class LimitSummary(ResultModel):
    """A limit on how many purchases, jobs or rows may be open at once, or start in a time.

    ``open``: concurrent purchases (of ``jobs``: running jobs; of ``batch``: rows that run). ``starts``: starts within
    ``per_s`` seconds. ``of``: the provider, model, account, project or batch; empty for the jobs of the whole
    deployment.
    """

    scope: LimitScope
    of: str
    open: int | None
    starts: int | None
    per_s: int | None
    source: Literal["set", "default"]


class LimitList(ResultModel):
    """The limits that a person set, and the default ones."""

    limits: tuple[LimitSummary, ...]


class LimitName(ResultModel):
    """The scope and owner by which a limit is named."""

    scope: str
    of: str | None


class RemovedLimit(ResultModel):
    """Result of removing a limit: which one."""

    limit: Annotated[LimitName, Field(alias="removed")]


class ReusedStep(ResultModel):
    """A step that another project of the account bought and this project uses. It was paid once, in that project.

    ``micros``: what it cost there. ``bought_at``: when it arrived.
    """

    step: str
    shot: int | None
    reused_from: str
    purchase: str
    micros: Usd
    bought_at: Moment | None


class SpendingReport(ResultModel):
    """The ledger of an account or a project: rows, totals and budgets.

    Free purchases on this machine are left out unless they were requested. ``micros``: spent in all. ``held_micros``:
    reserved by open purchases. ``steps``: totals by kind of step. ``days``: totals by the UTC day of the send.
    ``reused_steps``: of a single project, the steps it uses from other projects.
    """

    micros: Usd
    held_micros: Usd
    rows: tuple[PurchaseRow, ...]
    models: tuple[Total, ...]
    providers: tuple[Total, ...]
    projects: tuple[Total, ...]
    steps: tuple[Total, ...]
    days: tuple[Total, ...]
    budgets: tuple[BudgetSummary, ...]
    reused_steps: tuple[ReusedStep, ...] = ()

    @property
    def unknown_rows(self) -> tuple[PurchaseRow, ...]:
        """The rows of purchases whose outcome is unknown; a person must decide on each."""
        return tuple(row for row in self.rows if row.state == "unknown")

    @property
    def disputed_rows(self) -> tuple[PurchaseRow, ...]:
        """The rows whose bill is far above the quote and still disputed; a person must decide on each."""
        return tuple(row for row in self.rows if row.dispute == "open")

    @property
    def short_rows(self) -> tuple[PurchaseRow, ...]:
        """The rows whose takes fell short of their order; they count in full until a person corrects them."""
        return tuple(row for row in self.rows if row.dispute == "short")

    @property
    def doubtful_rows(self) -> tuple[PurchaseRow, ...]:
        """The rows with a notice that no correction answers yet; more or less may have been paid for them."""
        return tuple(row for row in self.rows if row.notices and not row.corrections and row.dispute is None)
