"""The ledger against a model of 80 lines: whatever is done in whatever order, the sums are the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import create_engine, text

from reelwright.errors import BadInput, OverBudget
from reelwright.reason import Reason
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.operation import Lease, Operation
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.store.limits.states import ENDED
from reelwright.units import Micros
from store.making import SHOT, STEP, another, fp_of, outcome, price, step

T = TypeVar("T")
CAP = 1000
DAY = 800
MS_A_DAY = 86_400_000


@dataclass
class Bought:
    """A purchase as the model knows it."""

    quoted: int
    shot: int
    state: str = "intent"
    cost: int = 0
    operation: str = ""


@dataclass
class Job:
    """A job as the model knows it: what was agreed to and on which day, what was bought, spent and corrected."""

    project: str
    lease: Lease
    ceiling: int | None = None
    allowance: str = ""
    spent: int = 0
    corrected: int = 0
    day: int = 0
    failures: Counter[int] = field(default_factory=Counter)
    over: bool = False
    bought: dict[str, Bought] = field(default_factory=dict)

    @property
    def held(self) -> int:
        return sum(b.quoted for b in self.bought.values() if b.state not in ENDED)

    @property
    def reserved(self) -> int:
        """What the job keeps others from spending."""
        return self.held if self.over else max(self.held, (self.ceiling or 0) - self.spent)

    def ended(self, bought: Bought, state: str, bill: int = 0) -> None:
        bought.state = state
        if state == "settled":
            bought.cost = bill
            self.spent += bill


class LedgerMachine(RuleBasedStateMachine):
    """Doors, directors and providers do what they may, in any order."""

    db: Database
    jobs = Bundle("jobs")
    purchases = Bundle("purchases")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.journal, self.ledger = Journal(self.db), Ledger(self.db)
        self.account = f"account-{uuid4().hex}"
        self.model: dict[str, Job] = {}
        self.day = 0
        self.await_(self.ledger.set_budget(self.account, "account", self.account, Micros(CAP)))
        self.await_(self.ledger.set_budget(self.account, "account", self.account, Micros(DAY), "day"))

    def await_(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(doing)

    @rule(target=jobs)
    def a_job(self) -> str:
        number = len(self.model)
        project = self.await_(self.journal.open_project(self.account, "p", Brief(text="a door")))
        job = self.await_(self.journal.enqueue(self.account, project, "film", None, {}))
        lease = self.await_(self.journal.claim_project(another(make_holder("d"), f"{self.account}-{number}"), project))
        assert lease is not None
        self.model[job] = Job(project, lease)
        return job

    @rule(job=jobs, ceiling=st.integers(0, 700))
    def approve(self, job: str, ceiling: int) -> None:
        known = self.model[job]
        if known.over:
            return
        grown = max(ceiling, known.ceiling or 0)
        day = self.day if known.ceiling is None else known.day
        more = max(known.held, grown - known.spent) - known.reserved
        fits = more == 0 or (self.used() + more <= CAP and self.used(day) + more <= DAY)
        try:
            known.allowance = self.await_(self.ledger.ensure_allowance(known.lease, job, Micros(ceiling), "model"))
            assert fits
            known.ceiling, known.day = grown, day
        except OverBudget:
            assert not fits

    @rule()
    def a_day_passes(self) -> None:
        """The clock is the database's: what was this day is moved to where it would be tomorrow."""
        self.day += 1
        moved = text(
            "UPDATE budgets SET starts_at = starts_at - :d, ends_at = ends_at - :d, id = id || :n "
            "WHERE account = :a AND period = 'day'"
        )
        far = 10_000 * MS_A_DAY  # and back: on the way no row takes another's place
        links = text(
            "UPDATE allowance_budgets SET budget = budget || :n WHERE budget IN "
            "(SELECT id FROM budgets WHERE account = :a AND period = 'day')"
        )
        engine = create_engine(self.db.url)
        with engine.begin() as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(text("SET session_replication_role = replica"))  # no foreign keys meanwhile
            name = {"a": self.account, "n": f"-{self.day}"}  # of its own each day: no row takes another's for a moment
            conn.execute(links, name)
            conn.execute(moved, {**name, "d": MS_A_DAY + far})
            conn.execute(moved, {**name, "n": "", "d": -far})
        engine.dispose()

    @rule(target=purchases, job=jobs, shot=st.integers(0, 3), quoted=st.integers(0, 400))
    def intend(self, job: str, shot: int, quoted: int) -> Any:
        known = self.model[job]
        if known.ceiling is None or known.over:
            return multiple()
        fits = quoted == 0 or known.held + known.spent + quoted <= known.ceiling
        made = step(f"shot {shot}")
        try:
            bought = self.await_(
                self.ledger.intend(
                    known.lease, known.allowance, job, made.key, fp_of(made), f"project:{known.project}", "p",
                    self.account,
                    price(quoted), "never",
                )
            )  # fmt: skip
        except OverBudget:
            assert not fits
            return multiple()
        if bought.id not in known.bought:
            assert fits and bought.quoted_micros == quoted and bought.state == "intent"
            known.bought[bought.id] = Bought(quoted, shot)
        return (job, bought.id)

    @rule(which=purchases)
    def send(self, which: tuple[str, str]) -> None:
        known, bought = self.known(which)
        sent = self.await_(self.ledger.begin_posting(known.lease, which[1], {}))
        assert bool(sent) == (bought.state == "intent")
        if sent:
            bought.state = "posting"

    @rule(which=purchases)
    def answered(self, which: tuple[str, str]) -> None:
        _, bought = self.known(which)
        self.await_(self.ledger.record_operation(which[1], Operation(id=which[1])))
        if bought.state in ("intent", "posting", "unknown"):
            bought.state, bought.operation = "submitted", which[1]

    @rule(which=purchases, number=st.integers(0, 2))
    def found(self, which: tuple[str, str], number: int) -> None:
        """One of three operations that a list shows; whose it is, only the order of finding can tell."""
        _, bought = self.known(which)
        others = [b for job in self.model.values() for b in job.bought.values() if b is not bought]
        name = f"{self.account}-{number}"
        whose = self.await_(self.ledger.record_found_operation(which[1], Operation(id=name)))
        if bought.state not in ("intent", "posting", "unknown"):
            assert whose == ("ours" if (bought.state, bought.operation) == ("submitted", name) else "over")
        elif any(other.operation == name for other in others):
            assert whose == "anothers"
        elif any(other.state == "posting" for other in others):
            assert whose == "not_yet"
        else:
            assert whose == "ours"
            bought.state, bought.operation = "submitted", name

    @rule(which=purchases, to=st.sampled_from(["unknown", "failed", "intent", "released"]))
    def told(self, which: tuple[str, str], to: Any) -> None:
        known, bought = self.known(which)
        sources: dict[str, Any] = {
            "unknown": ("posting",), "failed": ("posting", "submitted"), "intent": ("posting", "unknown"),
            "released": ("intent", "posting", "unknown"),
        }  # fmt: skip
        moved = self.await_(self.ledger.move(which[1], sources[to], to, Reason("no_answer_seen")))
        assert moved == (bought.state in sources[to])
        if moved:
            bought.state = to
            known.failures[bought.shot] += to == "failed"

    @rule(which=purchases)
    def land(self, which: tuple[str, str]) -> None:
        known, bought = self.known(which)
        if bought.state in ("posting", "submitted", "unknown"):
            (row,) = self.rows("SELECT fingerprint FROM purchases WHERE id = :id", id=which[1])
            self.await_(self.ledger.record_success(known.lease, which[1], STEP, outcome(row[0], which[1]), SHOT))
            bought.state = "succeeded"

    @rule(which=purchases, bill=st.integers(0, 600), state=st.sampled_from(["settled", "released"]))
    def settle(self, which: tuple[str, str], bill: int, state: Any) -> None:
        known, bought = self.known(which)
        if bought.state in ("succeeded", "failed", "unknown"):
            known.ended(bought, state, bill)
            self.await_(self.ledger.settle(which[1], price(bill), state, Reason("settled")))
        elif bought.state in ENDED:
            self.await_(self.ledger.settle(which[1], price(bill), state, Reason("settled")))

    @rule(which=purchases, bill=st.integers(0, 600), tries=st.integers(1, 3))
    def fail(self, which: tuple[str, str], bill: int, tries: int) -> None:
        known, bought = self.known(which)
        if bought.state not in ("posting", "submitted"):
            return
        known.failures[bought.shot] += 1
        again = self.await_(
            self.ledger.record_failure(known.lease, which[1], price(bill), Reason("failed_there"), None, tries)
        )
        assert again == (known.failures[bought.shot] < tries)
        known.ended(bought, "settled" if bill else "released", bill)

    @rule(which=purchases, verdict=st.sampled_from(["arrived", "never", "written_off", "file"]))
    def decide(self, which: tuple[str, str], verdict: Any) -> None:
        known, bought = self.known(which)
        (row,) = self.rows("SELECT fingerprint FROM purchases WHERE id = :id", id=which[1])
        what: dict[str, Any] = {"arrived": {"operation": Operation(id=which[1])}}.get(verdict, {})
        if verdict == "file":
            verdict, what = "arrived", {"outcome": outcome(row[0], which[1])}
        try:
            entry = self.await_(self.ledger.decide(self.account, which[1], verdict, "model", **what))
        except BadInput:
            assert bought.state != "unknown"
            return
        state = {"never": "released", "written_off": "settled"}.get(verdict, "settled" if "outcome" in what else "")
        known.ended(bought, state or "submitted", bought.quoted)
        assert (entry.state, entry.spent_micros) == (bought.state, bought.cost)

    @rule(which=purchases, micros=st.integers(-300, 300))
    def adjust(self, which: tuple[str, str], micros: int) -> None:
        known, bought = self.known(which)
        may = bought.state in ("settled", "released") and micros != 0 and bought.cost + micros >= 0
        try:
            self.await_(self.ledger.adjust(self.account, which[1], micros, "because", "model"))
            assert may
            bought.cost += micros
            known.corrected += micros
        except BadInput:
            assert not may

    @rule(job=jobs)
    def finish(self, job: str) -> None:
        known = self.model[job]
        self.await_(self.journal.finish(known.lease, job, "done", None, None))
        if not known.over:
            known.over = True
            for bought in known.bought.values():
                bought.state = "released" if bought.state == "intent" else bought.state

    def known(self, which: tuple[str, str]) -> tuple[Job, Bought]:
        return self.model[which[0]], self.model[which[0]].bought[which[1]]

    def used(self, day: int | None = None) -> int:
        """What is held and was spent in all, or under the cap of one day."""
        some = [job for job in self.model.values() if day is None or (job.ceiling is not None and job.day == day)]
        return sum(job.reserved + job.spent + job.corrected for job in some)

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        return self.await_(self.db.read(lambda conn: [tuple(row) for row in conn.execute(text(query), values)]))

    @invariant()
    def the_sums_are_those_of_the_model(self) -> None:
        known = "SELECT reserved_micros, settled_micros FROM budgets WHERE account = :a AND period"
        jobs = self.model.values()
        ever = (sum(job.reserved for job in jobs), sum(job.spent + job.corrected for job in jobs))
        assert self.rows(f"{known} IS NULL", a=self.account) == [ever]
        days = [[job for job in jobs if job.day == day and job.ceiling is not None] for day in range(self.day + 1)]
        sums = [(sum(j.reserved for j in some), sum(j.spent + j.corrected for j in some)) for some in days]
        found = self.rows(f"{known} = 'day' ORDER BY starts_at", a=self.account)
        assert [one for one in found if any(one)] == [one for one in sums if any(one)]
        held = self.rows("SELECT reserved_micros, settled_micros FROM allowances WHERE account = :a", a=self.account)
        assert sorted(held) == sorted((job.held, job.spent) for job in jobs if job.ceiling is not None)

    @invariant()
    def every_purchase_stands_where_the_model_says(self) -> None:
        found = dict(self.rows("SELECT id, state FROM purchases WHERE account = :a", a=self.account))
        assert found == {id_: b.state for job in self.model.values() for id_, b in job.bought.items()}

    def teardown(self) -> None:
        self.loop.close()


@pytest.mark.timeout(400)
def test_the_sums_agree_with_a_model_whatever_happens(db: Database) -> None:
    machine = type("LedgerOnThisDatabase", (LedgerMachine,), {"db": db})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            phases=(Phase.explicit, Phase.generate),  # each step is a synced commit: shrinking takes minutes
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
