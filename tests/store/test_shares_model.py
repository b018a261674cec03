"""Shared reservations under whatever is done in whatever order: nothing is bought that no budget holds."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from reelwright.errors import OverBudget
from reelwright.reason import Reason
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.operation import Operation, Purchase
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.units import Micros
from store.making import SHOT, STEP, another, fp_of, outcome, price, step

T = TypeVar("T")
CAP = 500
NAMES = ("a", "b", "c")
ENDS = ("landed", "failed", "refused", "submitted", "never")
WHO = st.integers(0, 2)


class Shares(RuleBasedStateMachine):
    """Three projects of an account that want some of three things, at prices that may change."""

    db: Database

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.account = f"account-{uuid4().hex}"
        self.journal, self.ledger = Journal(self.db), Ledger(self.db)
        self.await_(self.ledger.set_budget(self.account, "account", self.account, Micros(CAP)))
        self.leases: list[Any] = []
        self.jobs: list[str] = []
        self.allowances: list[str] = ["", "", ""]
        self.bought: dict[str, Purchase] = {}
        for number in range(3):
            project = self.await_(self.journal.open_project(self.account, "p", Brief(text="x")))
            self.jobs.append(self.await_(self.journal.enqueue(self.account, project, "film", None, {})))
            holder = another(make_holder("d"), f"{self.account} {number}")
            self.leases.append(self.await_(self.journal.claim_project(holder, project)))

    def await_(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(doing)

    @rule(who=WHO, wanted=st.dictionaries(st.sampled_from(NAMES), st.integers(1, 150)), more=st.integers(0, 100))
    def allow(self, who: int, wanted: dict[str, int], more: int) -> None:
        prices = {fp_of(step(name)): Micros(micros) for name, micros in wanted.items()}
        ceiling = Micros(sum(prices.values()) + more)
        try:
            self.allowances[who] = self.await_(
                self.ledger.ensure_allowance(self.leases[who], self.jobs[who], ceiling, "model", prices)
            )
        except OverBudget:
            return

    @rule(who=WHO, name=st.sampled_from(NAMES), quoted=st.integers(1, 150))
    def intend(self, who: int, name: str, quoted: int) -> None:
        if not self.allowances[who]:
            return
        try:
            made = self.await_(
                self.ledger.intend(
                    self.leases[who], self.allowances[who], self.jobs[who], STEP, fp_of(step(name)), self.account, "p",
                    "m", price(quoted), "never",
                )
            )  # fmt: skip
        except OverBudget:
            return
        self.bought.setdefault(made.id, made)

    @rule(
        number=st.integers(0, 9),
        end=st.sampled_from(["landed", "failed", "refused", "submitted", "never"]),
        part=st.integers(0, 100),
    )
    def go_on(self, number: int, end: str, part: int) -> None:
        if not self.bought:
            return
        purchase = list(self.bought.values())[number % len(self.bought)]
        lease = next(one for one in self.leases if one.project == purchase.project)
        self.await_(self.ledger.begin_posting(lease, purchase.id, {}))
        (state,) = self.column("SELECT state FROM purchases WHERE id = :id", id=purchase.id)
        bill = price(purchase.quoted_micros * part // 100)
        if end in ("submitted", "landed", "failed") and state in ("posting", "unknown"):
            self.await_(self.ledger.record_operation(purchase.id, Operation(id=purchase.id)))
            state = "submitted"
        if end == "landed" and state == "submitted":
            brought = outcome(purchase.fingerprint, purchase.id)
            self.await_(self.ledger.record_success(lease, purchase.id, STEP, brought, SHOT))
            self.await_(self.ledger.settle(purchase.id, bill, "settled", None))
        elif end == "failed" and state == "submitted":
            self.await_(self.ledger.record_failure(lease, purchase.id, bill, Reason("failed_there")))
        elif end in ("refused", "never"):
            self.await_(self.ledger.move(purchase.id, ("posting", "unknown"), "released", Reason(end)))

    @rule(who=WHO)
    def finish(self, who: int) -> None:
        self.await_(self.journal.finish(self.leases[who], self.jobs[who], "done", None, None))
        self.allowances[who] = ""
        project = self.leases[who].project
        self.jobs[who] = self.await_(self.journal.enqueue(self.account, project, "film", None, {}))

    def column(self, query: str, **values: object) -> list[Any]:
        return self.await_(self.db.read(lambda conn: list(conn.execute(text(query), values).scalars())))

    @invariant()
    def every_purchase_is_held_by_its_allowance_and_every_allowance_by_the_budget(self) -> None:
        under = self.column(
            "SELECT count(*) FROM allowances a "
            "JOIN allowance_budgets b ON b.allowance = a.id "
            "WHERE a.account = :a AND b.reserved_micros < a.reserved_micros",
            a=self.account,
        )
        assert under == [0], "bought, and held in no budget"
        held = self.column(
            "SELECT coalesce(sum(b.reserved_micros), 0) FROM allowances a "
            "JOIN allowance_budgets b ON b.allowance = a.id WHERE a.account = :a",
            a=self.account,
        )
        assert self.column("SELECT reserved_micros FROM budgets WHERE account = :a", a=self.account) == [int(held[0])]
        assert (
            self.column("SELECT reserved_micros + settled_micros FROM budgets WHERE account = :a", a=self.account)[0]
            <= CAP
        )

    @invariant()
    def of_all_that_want_the_same_one_holds_it_at_most(self) -> None:
        twice = "SELECT count(*) FROM allowance_shares WHERE account = :a AND is_held GROUP BY fingerprint"
        assert all(count == 1 for count in self.column(twice, a=self.account))

    def teardown(self) -> None:
        self.loop.close()


@pytest.mark.timeout(400)
def test_nothing_is_bought_that_no_budget_holds_whoever_shares_it(db: Database) -> None:
    machine = type("SharesOnThisDatabase", (Shares,), {"db": db})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            phases=(Phase.explicit, Phase.generate),
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
