"""What became of a project's money, by somebody who trusts nobody's memory: database, vault and bill, as they lie.

    python -m crash.checker VAULT DATABASE BILL...

Reads rows by plain SQL, files by their sha256, bills line by line, and compares: was anything bought twice, did
anything that was billed or landed get lost without a word, is the ledger the bill to the micro-dollar. Nothing of the
engine or the store is imported here. Exit 1 with one line for each fault.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sqlalchemy import create_engine, make_url, text

from reelwright.providers.fakes.bill import Charge, read_bill

ENDED = ("settled", "released")
HELD = ("unknown",)
"""States at rest in which a purchase may stay: a person is asked."""
ON_THE_WAY = ("posting", "unknown", "submitted", "succeeded", "failed")
"""States, at any moment, in which something that was billed is being seen to."""


class Fault(NamedTuple):
    """``what``: bought twice, lost without a word, or a ledger that is not the bill."""

    what: Literal["double buy", "silent loss", "ledger"]
    said: str

    def __str__(self) -> str:
        return f"{self.what}: {self.said}"


@dataclass
class Submission:
    """One thing that a provider took on: all its lines. ``micros``: what they come to. ``prompt``: what it was for."""

    id: str
    micros: int = 0
    prompt: str = ""
    over: str = ""
    charges: list[Charge] = field(default_factory=list)


@dataclass
class Row:
    """One purchase with what else the database says of it."""

    id: str
    scope: str
    fingerprint: str
    number: int
    state: str
    settled: int
    quoted: int
    posted: bool
    succeeded: bool
    prompts: frozenset[str]
    project: str
    account: str
    operations: set[str] = field(default_factory=set)
    history: list[tuple[str, str, str]] = field(default_factory=list)
    adjusted: int = 0
    bought: list[Submission] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.id} ({self.state}, try {self.number} of {self.fingerprint[:17]})"

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def decided(self) -> bool:
        """A person said what became of it."""
        return any(source == "unknown" and to in ENDED for source, to, _ in self.history)

    @property
    def failed(self) -> bool:
        """The provider said that it took it on and brought nothing, and that is recorded."""
        return any(to == "failed" for _, to, _ in self.history)


@dataclass(frozen=True)
class Checked:
    """``held``: billed, and waiting for a person's word. Money in micro-dollars."""

    faults: tuple[Fault, ...]
    submissions: int
    purchases: int
    held: int
    billed: int
    ledger: int

    def count(self, what: str) -> int:
        return sum(1 for fault in self.faults if fault.what == what)


Made = Callable[[Charge], str]
"""sha256 of what the provider made for a charge, where that can be known."""


def check(
    vault: Path, database: str, bills: Sequence[Path], made: Made | None = None, *, at_rest: bool = True
) -> Checked:
    """Compare. ``at_rest``: nothing runs any more, so that only what a person is asked about may be open."""
    rows, tables = _read(database)
    subs = _submissions(bills)
    faults = [*_attribute(rows, subs)]
    faults += _bought_twice(rows)
    faults += _lost(rows, tables, vault, made)
    faults += _money(rows, tables, at_rest)
    paid = [row for row in rows if row.bought or row.settled]
    return Checked(
        faults=tuple(faults),
        submissions=len(subs),
        purchases=len(paid),
        held=sum(1 for row in rows if row.state in HELD and row.bought),
        billed=sum(sub.micros for sub in subs) + sum(map(_count_presumed, rows)),
        ledger=sum(row.settled + row.adjusted for row in rows),
    )


# ---- what lies there
def _read(database: str) -> tuple[list[Row], Mapping[str, list[Any]]]:
    engine = create_engine(make_url(database))
    try:
        with engine.connect() as conn:
            names = ("purchases", "purchase_history", "adjustments", "outcomes", "assets", "allowances")
            orders = {"purchases": "scope, fingerprint, attempt", "purchase_history": "seq", "adjustments": "seq"}
            tables = {
                name: conn.execute(text(f"SELECT * FROM {name} ORDER BY {orders.get(name, '1')}")).all()
                for name in names
            }
    finally:
        engine.dispose()
    rows = {one.id: _row(one) for one in tables["purchases"]}
    for line in tables["purchase_history"]:
        if (row := rows.get(line.purchase)) is not None:
            row.history.append((line.from_state or "", line.to_state, line.reason))
            row.operations |= _operation(line.operation)
    for line in tables["adjustments"]:
        if (row := rows.get(line.purchase)) is not None:
            row.adjusted += line.micros
    return list(rows.values()), {name: list(found) for name, found in tables.items()}


def _row(one: Any) -> Row:
    return Row(
        id=one.id,
        scope=one.scope,
        fingerprint=one.fingerprint,
        number=one.attempt,
        state=one.state,
        settled=one.settled_micros or 0,
        quoted=one.quoted_micros,
        posted=one.posted_at is not None,
        succeeded=one.succeeded_at is not None,
        prompts=frozenset(_texts(json.loads(one.prepared_request))),
        project=one.project,
        account=one.account,
        operations=_operation(one.operation),
    )


def _operation(said: str | None) -> set[str]:
    return {json.loads(said)["id"]} if said else set()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _submissions(bills: Iterable[Path]) -> list[Submission]:
    """What providers took on: not yet what one was asked and has neither begun nor charged; that line comes next."""
    found: dict[str, Submission] = {}
    for charge in (charge for bill in bills for charge in read_bill(bill)):
        sub = found.setdefault(charge.submission, Submission(charge.submission))
        sub.micros += charge.micros
        sub.charges.append(charge)
        work = charge.facts.get("work")
        if work:
            sub.prompt = work["asked"]["prompt"]
            sub.over = "failed" if work["fails"] else "filtered" if work["filtered"] >= work["samples"] else ""
        if "cancelled" in charge.facts:
            sub.over = "cancelled"
    return [sub for sub in found.values() if sub.prompt or sub.micros]


# ---- whose is it
def _attribute(rows: Sequence[Row], subs: Sequence[Submission]) -> Iterator[Fault]:
    """Give each submission to the purchase that names it, else to one that was sent for the same and names none."""
    for sub in subs:
        naming = [row for row in rows if sub.id in row.operations]
        if len(naming) > 1:
            yield Fault("ledger", f"{sub.id} is named by {len(naming)} purchases: {', '.join(map(str, naming))}")
        for row in naming[:1]:
            row.bought.append(sub)
    named = {sub.id for row in rows for sub in row.bought}
    for sub in subs:
        if sub.id not in named:
            yield from _unnamed(rows, sub)


def _unnamed(rows: Sequence[Row], sub: Submission) -> Iterator[Fault]:
    alike = [row for row in rows if sub.prompt in row.prompts]
    free = [row for row in alike if not row.bought and not row.operations and (row.posted or row.state == "posting")]
    seen_to = [row for row in free if row.state in ON_THE_WAY or (row.ended and (row.succeeded or row.decided))]
    if seen_to:
        seen_to[0].bought.append(sub)
    elif free:
        free[0].bought.append(sub)
        yield Fault("silent loss", f"{sub.id} was taken on and billed, but {free[0]} is recorded as never taken on")
    elif taken := [row for row in alike if row.bought]:
        taken[0].bought.append(sub)
        yield Fault("silent loss", f"{sub.id} is billed for the same as {taken[0]}, and no purchase names it")
    else:
        yield Fault("silent loss", f"{sub.id} is billed, and no purchase names it or was sent for it")


# ---- the three questions
def _bought_twice(rows: Sequence[Row]) -> Iterator[Fault]:
    """More than one for a purchase; or a further try where the one before was neither in vain nor decided."""
    tries: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        tries[row.scope, row.fingerprint].append(row)
        if len(row.bought) > 1:
            yield Fault("double buy", f"{row} was taken on {len(row.bought)} times: {_ids(row.bought)}")
    for alike in tries.values():
        bought = [row for row in alike if row.bought]
        for before, after in pairwise(bought):
            explained = before.ended and not before.succeeded and (before.failed or before.decided)
            if not explained:
                yield Fault("double buy", f"{after} was sent although {before} was bought: {_ids(after.bought)}")


def _ids(subs: Iterable[Submission]) -> str:
    return ", ".join(sub.id for sub in subs)


def _lost(rows: Sequence[Row], tables: Mapping[str, list[Any]], vault: Path, made: Made | None) -> Iterator[Fault]:
    """What was bought is landed, or recorded as missing with its reason; what was landed is there, byte for byte."""
    outcomes = {(one.account, one.project, one.fingerprint): one for one in tables["outcomes"]}
    gone = {(one.account, one.digest) for one in tables["assets"] if one.gone_at is not None}
    for one in outcomes.values():
        for digest in json.loads(one.assets):
            if (one.account, digest) not in gone:
                yield from _absent(vault / one.account / digest[:2] / digest, digest, one.step)
    for row in rows:
        outcome = outcomes.get((row.account, row.project, row.fingerprint))
        if row.succeeded and outcome is None:
            yield Fault("silent loss", f"{row} succeeded, and has no outcome")
        for sub in row.bought:
            yield from _landed(row, sub, outcome, made)


def _landed(row: Row, sub: Submission, outcome: Any, made: Made | None) -> Iterator[Fault]:
    if not row.ended or sub.over == "cancelled" or row.decided:
        return
    if sub.over:
        if outcome is None and not row.failed:
            yield Fault("silent loss", f"{sub.id} {sub.over} there, and {row} says nothing of it")
        return
    if not row.succeeded or outcome is None:
        yield Fault("silent loss", f"{sub.id} was made, and {row} landed nothing")
        return
    assets = json.loads(outcome.assets)
    if not assets and not json.loads(outcome.missing):
        yield Fault("silent loss", f"{sub.id} was made, and {row} landed nothing and says nothing of it")
    if made and assets and made(next(c for c in sub.charges if "work" in c.facts)) not in assets:
        yield Fault("silent loss", f"{row} landed something else than what was made for {sub.id}")


def _absent(path: Path, digest: str, step: str) -> Iterator[Fault]:
    if not path.is_file():
        yield Fault("silent loss", f"{step} landed as {digest[:12]}, and the vault has no such file")
    elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        yield Fault("silent loss", f"{step} landed as {digest[:12]}, and the file's bytes are others")


def _count_presumed(row: Row) -> int:
    """The micro-dollars by which a cancelled purchase stands above its bill, as it should.

    Some providers do not tell what a cancel gives back: then the purchase counts as quoted until a person corrects it.
    """
    given_back = -sum(line.micros for sub in row.bought for line in sub.charges if "cancelled" in line.facts)
    was_cancelled = any(to == "failed" and '"cancelled"' in said for _, to, said in row.history)
    above = row.settled + row.adjusted - sum(sub.micros for sub in row.bought)
    return above if was_cancelled and above == given_back else 0


def _money(rows: Sequence[Row], tables: Mapping[str, list[Any]], at_rest: bool) -> Iterator[Fault]:
    held = 0
    for row in rows:
        billed = sum(sub.micros for sub in row.bought)
        if not row.ended:
            held += row.quoted
            if at_rest and row.state not in HELD:
                yield Fault("ledger", f"{row} is open, and nobody sees to it")
        elif row.settled + row.adjusted != billed + _count_presumed(row):
            yield Fault("ledger", f"{row} stands at {row.settled + row.adjusted} micro-dollars, the bill at {billed}")
    reserved = sum(one.reserved_micros for one in tables["allowances"])
    if at_rest and reserved != held:
        yield Fault("ledger", f"{reserved} micro-dollars are reserved, {held} for what is open")


def main(args: Sequence[str]) -> int:
    if len(args) < 3:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    found = check(Path(args[0]), args[1], [Path(bill) for bill in args[2:]])
    for fault in found.faults:
        print(fault)
    print(
        f"{found.submissions} submissions, {found.purchases} paid purchases, {found.held} held; "
        f"billed {found.billed}, ledger {found.ledger} micro-dollars"
    )
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
