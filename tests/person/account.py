"""Judges an account from outside: the provider's bill, the files and the rows as they lie, and what a person asked for.

Nothing of the engine, the studio or the store is imported here. ``wanted`` is the person's own memory: how often each
prompt was asked for, on purpose.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from person.sellers import digest_of_work
from reelwright.providers.fakes.bill import Charge

ENDED = ("settled", "released")


class Fault(NamedTuple):
    """One promise that was not held."""

    what: Literal["bought twice", "lost", "ledger", "budget", "delivery", "sent"]
    said: str

    def __str__(self) -> str:
        return f"{self.what}: {self.said}"


@dataclass(frozen=True)
class Bought:
    """One thing that the provider took on. ``micros``: all its lines. ``over``: why it brought nothing, if so."""

    id: str
    prompt: str
    micros: int
    over: Literal["", "failed", "filtered", "cancelled"]
    charge: Charge

    @property
    def digest(self) -> str:
        """sha256 of what was made for it."""
        return digest_of_work(self.charge)


def called(prompt: str) -> str:
    """What a person calls the thing: the first sentence of its prompt, whatever our casting wrote behind it."""
    return prompt.partition(".")[0].strip().lower()


def bought_on(bill: Sequence[Charge]) -> tuple[Bought, ...]:
    """What stands on the bill, in its order."""
    lines: dict[str, list[Charge]] = defaultdict(list)
    for charge in bill:
        lines[charge.submission].append(charge)
    found = []
    for name, charges in lines.items():
        begun = next((charge for charge in charges if "work" in charge.facts), None)
        if begun is None:
            continue
        work = begun.facts["work"]
        over: Literal["", "failed", "filtered", "cancelled"] = ""
        if any("cancelled" in charge.facts for charge in charges):
            over = "cancelled"
        elif work["fails"] or work["filtered"] >= work["samples"]:
            over = "failed" if work["fails"] else "filtered"
        micros = sum(charge.micros for charge in charges)
        found.append(Bought(name, called(work["asked"]["prompt"]), micros, over, begun))
    return tuple(found)


def find_double_buys(bill: Sequence[Charge], wanted: Mapping[str, int]) -> Iterator[Fault]:
    """More came of a prompt than the person asked for: in the whole account, whatever project bought it."""
    came: dict[str, list[str]] = defaultdict(list)
    for one in bought_on(bill):
        if not one.over:
            came[one.prompt].append(one.id)
    for prompt, ids in came.items():
        if len(ids) > wanted.get(prompt, 0):
            yield Fault(
                "bought twice", f"{prompt!r} was wanted {wanted.get(prompt, 0)} times, bought {len(ids)}: {ids}"
            )


def find_overspending(bill: Sequence[Charge], cap: int | None) -> Iterator[Fault]:
    """The bill stands above a cap."""
    total = sum(charge.micros for charge in bill)
    if cap is not None and total > cap:
        yield Fault("budget", f"{total} micro-dollars are on the bill, the cap is {cap}")


def find_wrong_deliveries(
    bill: Sequence[Charge], files: Mapping[str, Sequence[str]], least: int, edited: Collection[str] = ()
) -> Iterator[Fault]:
    """A verb said that it is done: each prompt has at least so many files, each made for it, no two the same.

    ``edited``: prompts for which a file may have been made as well, since it was edited to them. Edits to the same
    words have the same take.
    """
    made = defaultdict(set)
    for one in bought_on(bill):
        made[one.prompt].add(one.digest)
    after = {digest for prompt in edited for digest in made[prompt]}
    for prompt, paths in files.items():
        if len(paths) < least:
            yield Fault("delivery", f"{prompt!r} is done, with {len(paths)} files of {least}")
        digests = [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in paths if Path(path).is_file()]
        if len(digests) < len(paths):
            yield Fault("delivery", f"{prompt!r} is done, and a file is not where it was said to be: {paths}")
        if strange := [
            path for path, it in zip(paths, digests, strict=False) if it not in made[called(prompt)] | after
        ]:
            yield Fault("delivery", f"{prompt!r} is done, and these were not made for it: {strange}")
        own = [it for it in digests if it not in after]
        if len(set(own)) < len(own):
            yield Fault("delivery", f"{prompt!r} is done, and the same take stands for two: {paths}")


def find_wrong_takes(bill: Sequence[Charge], takes: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """A film's shot names a take that was not made for it."""
    for prompt, digests in takes.items():
        made = {one.digest for one in bought_on(bill) if one.prompt == called(prompt)}
        if strange := set(digests) - made:
            yield Fault("delivery", f"the take of {prompt!r} was not made for it: {strange}")


# ---- at rest, when nothing runs any more
def find_losses(bill: Sequence[Charge], database: str, vault: Path, excused: Collection[str] = ()) -> Iterator[Fault]:
    """Everything on the bill is landed and there byte for byte, or held for a person, or recorded as decided.

    ``excused``: works of which nobody can know, since the journal that sent them was replaced by an older one.
    """
    rows = _Rows(database)
    files = {path.name: path for path in vault.rglob("*") if path.is_file()}
    for one in bought_on(bill):
        if one.over or one.id in excused:
            continue
        path = files.get(one.digest)
        if one.digest in rows.landed:
            if path is None or hashlib.sha256(path.read_bytes()).hexdigest() != one.digest:
                yield Fault("lost", f"{one.prompt!r} ({one.id}) landed, and its bytes are not in the vault")
        elif one.id not in rows.decided and one.id not in rows.held and not rows.spoken_for(one.prompt):
            yield Fault("lost", f"{one.prompt!r} ({one.id}) is on the bill, and neither landed, held nor decided")


def find_false_ledger(bill: Sequence[Charge], database: str, excused: Collection[str] = ()) -> Iterator[Fault]:
    """The ledger is the bill, to the micro-dollar, and nothing is open or reserved that nobody sees to."""
    rows = _Rows(database)
    billed = sum(charge.micros for charge in bill if charge.submission not in excused)
    if rows.spent != billed:
        yield Fault("ledger", f"the ledger stands at {rows.spent} micro-dollars, the bill at {billed}")
    for purchase, state in rows.open.items():
        yield Fault("ledger", f"{purchase} is {state} at rest, and nobody sees to it")
    if not rows.open and rows.reserved:
        yield Fault("ledger", f"{rows.reserved} micro-dollars are reserved, and nothing is open")


def find_open(database: str) -> Mapping[str, str]:
    """Paid or held purchases that have not ended, with their projects."""
    rows = _Rows(database)
    return {purchase: rows.projects[purchase] for purchase in rows.open}


def find_named(database: str) -> frozenset[str]:
    """Operations that a purchase has, or has had."""
    return frozenset(_Rows(database).named)


class _Rows:
    """What the database says, read by plain SQL: only columns that an account cannot do without."""

    def __init__(self, database: str) -> None:
        url = make_url(database)
        with TemporaryDirectory() as folder:
            try:
                self._read(url)
            except OperationalError as error:
                if "disk I/O error" not in str(error) or not url.database:
                    raise
                # SQLite needs room for its shared memory: where the person's disk is full, a copy elsewhere is read
                for path in Path(url.database).parent.glob(f"{Path(url.database).name}*"):
                    if not path.name.endswith("-shm"):
                        shutil.copy(path, folder)
                self._read(url.set(database=str(Path(folder) / Path(url.database).name)))

    def _read(self, url: URL) -> None:
        # No pool: a connection that is left open after an error keeps SQLite's shared memory of files that are replaced
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as conn:
            purchases = conn.execute(
                text("SELECT id, project, state, settled_micros, operation, prepared_request FROM purchases")
            ).all()
            history = conn.execute(text("SELECT purchase, from_state, to_state, operation FROM purchase_history")).all()
            adjusted = conn.execute(text("SELECT coalesce(sum(micros), 0) FROM adjustments")).scalar_one()
            outcomes = conn.execute(text("SELECT assets FROM outcomes")).all()
            self.reserved = int(
                conn.execute(text("SELECT coalesce(sum(reserved_micros), 0) FROM allowances")).scalar_one()
            )
        self.spent = int(sum(row.settled_micros or 0 for row in purchases) + adjusted)
        self.open = {row.id: row.state for row in purchases if row.state not in ENDED}
        self.projects = {row.id: row.project for row in purchases}
        self.landed = {digest for row in outcomes for digest in json.loads(row.assets)}
        names = defaultdict(set)
        for row in purchases:
            names[row.id] |= _named(row.operation)
        for row in history:
            names[row.purchase] |= _named(row.operation)
        decided = {row.purchase for row in history if row.from_state == "unknown" and row.to_state in ENDED}
        self.named = {operation for operations in names.values() for operation in operations}
        self.decided = {operation for purchase in decided for operation in names[purchase]}
        self.held = {operation for row in purchases if row.state == "unknown" for operation in names[row.id]}
        self._nameless = [
            row.prepared_request
            for row in purchases
            if not names[row.id] and (row.state == "unknown" or row.id in decided)
        ]

    def spoken_for(self, prompt: str) -> bool:
        """Whether a purchase without an operation, sent for this prompt, is held or was decided; each counts once."""
        for prepared in self._nameless:
            if prompt in prepared.lower():
                self._nameless.remove(prepared)
                return True
        return False


def _named(operation: Any) -> set[str]:
    return {json.loads(operation)["id"]} if operation else set()
