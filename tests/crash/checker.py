"""Looks at what is left after a crash, from outside: the providers' bills, the journal's rows, the vault's bytes.

It uses nothing of the code that it judges but the shape of a bill's line: rows are read with SQL of its own, and the
bytes that a fake brings are hashed anew.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text


@dataclass(frozen=True)
class Submission:
    """One thing that a provider took on. ``micros``: all that it billed for it."""

    id: str
    prompt: str
    model: str
    micros: int
    cancelled: bool
    brings: bool


@dataclass(frozen=True)
class Row:
    """One purchase as its row says."""

    id: str
    state: str
    provider: str
    fingerprint: str
    prompt: str
    operation: str | None
    quoted: int
    settled: int | None
    reserved: int = 0


@dataclass
class Judged:
    """What is wrong, in words; all four empty: the promises hold.

    ``unknown``: purchases that say so themselves, and wait for a person; ``held``: what is reserved for them.
    """

    bought_twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    left_open: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    submissions: int = 0
    billed: int = 0
    settled: int = 0
    held: int = 0

    @property
    def faults(self) -> list[str]:
        return [*self.bought_twice, *self.lost, *self.differs, *self.left_open]


def judge(bills: Iterable[Path], url: str, vault: Path) -> Judged:
    """Compare. Only looks."""
    submissions = read_bills(bills)
    rows, landed, open_money = read_journal(url)
    found = Judged(submissions=len(submissions), billed=sum(one.micros for one in submissions))
    found.unknown = [row.id for row in rows if row.state == "unknown"]
    found.settled = sum(row.settled or 0 for row in rows)
    found.held = sum(row.quoted for row in rows if row.state == "unknown")
    by_operation = _by_operation(rows, found)
    _bought_once(submissions, rows, found)
    _none_lost(submissions, by_operation, landed, rows, vault, found)
    _ledger_is_the_bill(submissions, by_operation, rows, found)
    _all_ended(rows, open_money, found)
    return found


# ---- reading
def read_bills(bills: Iterable[Path]) -> list[Submission]:
    """Lines that a killed fake left half written are passed over: their answers never left."""
    told: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for bill in bills:
        for line in bill.read_text(encoding="utf-8").split("\n") if bill.exists() else ():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            told[row["submission"]].append(row)
    return [_submission(id_, lines) for id_, lines in told.items()]


def _submission(id_: str, lines: Sequence[Mapping[str, Any]]) -> Submission:
    work = next(line["facts"]["work"] for line in lines if "work" in line["facts"])
    return Submission(
        id=id_,
        prompt=work["asked"]["prompt"],
        model=work["asked"]["model"],
        micros=sum(line["micros"] for line in lines),
        cancelled=any("cancelled" in line["facts"] for line in lines),
        brings=not work["fails"] and work["filtered"] < work["samples"],
    )


def read_journal(url: str) -> tuple[list[Row], dict[str, list[str]], list[str]]:
    """Purchases from providers, digests by fingerprint, and whatever money is still held, in words."""
    engine = create_engine(make_url(url))
    with engine.connect() as conn:
        rows = [
            Row(
                id=row.id, state=row.state, provider=row.provider, fingerprint=row.fingerprint,
                prompt=_prompt(row.prepared), operation=json.loads(row.operation)["id"] if row.operation else None,
                quoted=row.quoted, settled=row.settled,
            )
            for row in conn.execute(text("SELECT * FROM purchases WHERE provider <> 'offline' ORDER BY intent_at, id"))
        ]  # fmt: skip
        landed = {row.fingerprint: json.loads(row.assets) for row in conn.execute(text("SELECT * FROM outcomes"))}
        held = [
            f"{table} {row.id} holds {row.reserved}"
            for table in ("allowances", "budgets")
            for row in conn.execute(text(f"SELECT id, reserved FROM {table} WHERE reserved <> 0"))
        ]
    engine.dispose()
    return rows, landed, held


def _prompt(prepared: str) -> str:
    """The prompt that was sent, wherever the wire puts it."""

    def search(value: Any) -> str:
        if isinstance(value, dict):
            if isinstance(value.get("prompt"), str):
                return str(value["prompt"])
            return next(filter(None, map(search, value.values())), "")
        return next(filter(None, map(search, value)), "") if isinstance(value, list) else ""

    return search(json.loads(prepared or "{}"))


# ---- the promises
def _by_operation(rows: Sequence[Row], found: Judged) -> dict[str, Row]:
    named: dict[str, Row] = {}
    for row in rows:
        if row.operation and row.operation in named:
            found.differs.append(f"{row.id} and {named[row.operation].id} both name {row.operation}")
        elif row.operation:
            named[row.operation] = row
    return named


def _bought_once(submissions: Sequence[Submission], rows: Sequence[Row], found: Judged) -> None:
    """One submission for each thing wanted, and one more for each that brought nothing and was tried again."""
    asked: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for one in submissions:
        asked[(one.model, one.prompt)].append(one)
    for (model, prompt), sent in asked.items():
        bringing = [one for one in sent if one.brings and not one.cancelled]
        if len(bringing) > 1:
            found.bought_twice.append(f"{prompt!r} of {model} was bought {len(bringing)} times")


def _none_lost(
    submissions: Sequence[Submission],
    by_operation: Mapping[str, Row],
    landed: Mapping[str, Sequence[str]],
    rows: Sequence[Row],
    vault: Path,
    found: Judged,
) -> None:
    """What was rendered has landed with its bytes, or its purchase says that nobody knows."""
    unknown = {row.prompt for row in rows if row.state == "unknown"}
    for one in submissions:
        row = by_operation.get(one.id)
        if row is None:
            if one.prompt not in unknown:
                found.lost.append(f"{one.id} ({one.prompt!r}) was taken on and no purchase knows of it")
            continue
        if row.state == "settled" and one.brings and not one.cancelled:
            if not landed.get(row.fingerprint):
                found.lost.append(f"{row.id} is settled and nothing of it has landed")
            for digest in landed.get(row.fingerprint, ()):
                _bytes_are_there(vault, digest, found)


def _bytes_are_there(vault: Path, digest: str, found: Judged) -> None:
    paths = list(vault.rglob(digest))
    if not paths:
        found.lost.append(f"{digest} is not in the vault")
    elif hashlib.sha256(paths[0].read_bytes()).hexdigest() != digest:
        found.lost.append(f"{digest} has other bytes")


def _ledger_is_the_bill(
    submissions: Sequence[Submission], by_operation: Mapping[str, Row], rows: Sequence[Row], found: Judged
) -> None:
    """To the micro-dollar, purchase by purchase; an unknown holds what it was quoted."""
    billed = {one.id: one.micros for one in submissions}
    for row in rows:
        if row.state == "settled" and row.operation and row.settled != billed.get(row.operation):
            found.differs.append(f"{row.id} is settled at {row.settled}, billed {billed.get(row.operation)}")
        if row.state == "settled" and not row.operation and row.settled:
            found.differs.append(f"{row.id} is settled at {row.settled} for something without an operation")
        if row.state == "released" and row.operation and billed.get(row.operation):
            found.differs.append(f"{row.id} is released and was billed {billed[row.operation]}")
    unsettled = sum(one.micros for one in submissions if one.id not in by_operation)
    if not found.unknown and unsettled:
        found.differs.append(f"{unsettled} micro-dollars were billed for what no purchase knows of")
    if not found.settled <= found.billed <= found.settled + found.held:
        more = f" and holds {found.held}" if found.held else ""
        found.differs.append(f"the ledger has {found.settled}{more}, the bills {found.billed} micro-dollars")


def _all_ended(rows: Sequence[Row], open_money: Sequence[str], found: Judged) -> None:
    for row in rows:
        if row.state not in ("settled", "released", "unknown"):
            found.left_open.append(f"{row.id} is left {row.state}")
    if not found.unknown:
        found.left_open += open_money
