"""Whether this journal may buy: it lives where it did, its vault is its own, and it knows every marked send."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, select

from reelwright.errors import NotReconciled
from reelwright.reel.ids import mint
from reelwright.store import identity, listed
from reelwright.store.database import Database
from reelwright.store.markers import Mark, Markers, Owner
from reelwright.store.schema import projects, purchases, vault_marks
from reelwright.store.sql import among, insert
from reelwright.store.unit import Unit

Why = Literal["moved", "restored", "behind", "new_beside_full", "vault_older", "others_vault"]
SAID: Final[dict[Why, str]] = {
    "moved": "this journal was moved or copied; the other copy may have bought since",
    "restored": "this journal was restored from a backup; more may have been bought since it was made",
    "behind": "the vault records purchases that this journal does not know; the journal is older than the vault",
    "new_beside_full": "this journal is new, and its vault is not; the journal that belongs to the vault is missing",
    "vault_older": "the vault is older than this journal, or another one; takes that were paid for may be missing",
    "others_vault": "another copy of this journal was reconciled, and buys with this vault now",
}
RECONCILE: Final = "reelwright spend reconcile"
_COMPARE_BYTES: Final = 1 << 16
"""Marks in a log beyond this size are recorded as compared, so that the next program does not read them again."""


@dataclass(frozen=True, slots=True)
class Amiss:
    """What stands between this journal and its next purchase. Nothing does where ``why`` is empty.

    ``unknown``: sends that the vault records and the journal does not know. ``sizes``: the vault's logs as compared.
    ``listed``: providers whose lists showed operations that no purchase had, when the journal was reconciled.
    """

    why: tuple[Why, ...] = ()
    unknown: tuple[Mark, ...] = ()
    sizes: dict[str, int] = field(default_factory=dict)
    owner: Owner | None = None
    listed: frozenset[str] = frozenset()

    def refuse(self) -> None:
        """Raise ``NotReconciled`` where something is amiss."""
        if self.why:
            raise NotReconciled(
                f"nothing is bought: {'; '.join(SAID[one] for one in self.why)}",
                hint=f"{RECONCILE} lists what is not known here, and asks once; free work goes on without it",
            )


class SendGuard:
    """Asked before each paid send, and told of it. Looks once for each account, then only at whose the vault is."""

    def __init__(self, database: Database, markers: Markers) -> None:
        self._db, self._markers = database, markers
        self._fine: dict[str, Amiss] = {}
        self._looking = asyncio.Lock()

    @property
    def markers(self) -> Markers:
        """The markers that the journal is compared with."""
        return self._markers

    async def look(self, account: str) -> Amiss:
        """Compare the journal with where it was and with the vault. Claims what nobody claimed; else writes nothing."""
        async with self._looking:
            fine = self._fine.get(account)
            if fine is not None and await asyncio.to_thread(self._markers.owner, account) == fine.owner:
                return fine
            self._fine.pop(account, None)
            found = await self._look(account)
            if not found.why and found.owner:
                self._fine[account] = found
            return found

    def mark(self, account: str, mark: Mark) -> None:
        """Record a send in the vault, synced. Raises ``StoreUnavailable``: then nothing may be sent."""
        self._markers.append(account, mark)

    async def _look(self, account: str) -> Amiss:
        owner = await asyncio.to_thread(self._markers.owner, account)
        found = await self._db.read(lambda conn: _read(conn, account, owner))
        compared = await asyncio.to_thread(self._compare, account, found.seen)
        unknown = await self._db.read(lambda conn: _unknown(conn, account, compared.marks))  # newer than the marks
        if found.row is None:
            return await self._first(account, owner, found, compared, unknown)
        before = identity.place_in(found.row)
        why: list[Why] = []
        if not identity.is_same(before, found.place):
            why.append("moved" if before else "new_beside_full" if found.row.why == "beside_full" else "restored")
        if unknown:
            why.append("behind")
        if compared.is_shorter or (owner is None and identity.is_file(found.place) and found.has_sent):
            why.append("vault_older")
        if owner is not None and owner.epoch != found.row.epoch and "new_beside_full" not in why:
            if not found.knows_owner:
                why.append("others_vault")
            elif identity.is_file(found.place):
                why.append("vault_older")
        if why:
            return Amiss(tuple(dict.fromkeys(why)), unknown, compared.sizes, owner)
        if owner is None or owner.epoch != found.row.epoch:  # a vault that joins, or another machine reconciled
            owner = await asyncio.to_thread(self._markers.claim, account, found.row.epoch)
        await self._settle_in(account, found, compared, owner)
        return Amiss(owner=owner, listed=found.listed)

    def _compare(self, account: str, seen: Mapping[str, int]) -> _Compared:
        logs = self._markers.logs(account)
        marks: list[Mark] = []
        sizes = {}
        for log, size in logs.items():
            start = seen.get(log, 0)
            more, sizes[log] = self._markers.after(account, log, start) if size > start else ((), size)
            marks += more
        return _Compared(marks, sizes, any(logs.get(log, 0) < size for log, size in seen.items()))

    async def _first(
        self, account: str, owner: Owner | None, found: _Read, compared: _Compared, unknown: tuple[Mark, ...]
    ) -> Amiss:
        """Of a journal that was never recorded: a new one, or one of an older release. Both begin without a question,
        unless their vault knows more than they do.
        """
        full = found.is_empty and await asyncio.to_thread(self._markers.has_bytes, account)
        if unknown or full or (found.is_empty and compared.sizes):
            # Written down: the next look finds projects that were made meanwhile. Another program may have begun here
            # between our two looks, and put the first bytes there.
            if found.is_empty and not await self._db.write(identity.record_beside_full):
                return await self._look(account)
            why: Why = "new_beside_full" if found.is_empty else "behind"
            return Amiss((why,), unknown, compared.sizes, owner)
        epoch = owner.epoch if owner else mint("epoch")
        claimed = await asyncio.to_thread(lambda: self._markers.claim(account, epoch, only_first=True))
        recorded = await self._db.write(lambda unit: identity.record_first(unit, claimed.epoch))
        if recorded != claimed.epoch:  # another machine's vault was quicker
            claimed = await asyncio.to_thread(self._markers.claim, account, recorded)
        return Amiss(owner=claimed)

    async def _settle_in(self, account: str, found: _Read, compared: _Compared, owner: Owner) -> None:
        """Write down what changes without meaning anything: the system's start, and how far the logs were compared."""
        row, place = found.row, found.place
        if row is not None and identity.place_in(row) != place:
            await self._db.write(lambda unit: identity.refresh(unit, row.seq, place))
        if sum(compared.sizes.values()) - sum(found.seen.values()) > _COMPARE_BYTES:
            await self._db.write(lambda unit: keep_sizes(unit, account, owner.vault, compared.sizes))


class _Compared(NamedTuple):
    """Marks that were never compared before, where each log's last whole line ends, and whether one was cut."""

    marks: Sequence[Mark]
    sizes: dict[str, int]
    is_shorter: bool


class _Read(NamedTuple):
    """What the journal says of itself. ``seen``: how much of each log was compared. ``is_empty``: it has no project.

    ``has_sent``: looked up only where nobody has claimed the vault.
    """

    row: Row[Any] | None
    place: identity.Place
    seen: Mapping[str, int]
    is_empty: bool
    has_sent: bool
    knows_owner: bool
    listed: frozenset[str]


def _read(conn: Connection, account: str, owner: Owner | None) -> _Read:
    return _Read(
        row=identity.newest(conn),
        place=identity.place_of(conn),
        seen=compared_sizes(conn, account, owner.vault) if owner else {},
        is_empty=conn.execute(select(projects.c.id).limit(1)).first() is None,
        has_sent=owner is None and _has_sent(conn, account),
        knows_owner=owner is not None and identity.is_known(conn, owner.epoch),
        listed=listed.providers_of(conn, account),
    )


def compared_sizes(conn: Connection, account: str, vault: str) -> dict[str, int]:
    """How much of each log of a vault was compared with the journal."""
    which = (vault_marks.c.account == account, vault_marks.c.vault == vault)
    return {row.log: row.size for row in conn.execute(select(vault_marks).where(*which))}


def keep_sizes(unit: Unit, account: str, vault: str, sizes: dict[str, int]) -> None:
    """Record that the logs were compared as far as ``sizes`` says."""
    for log, size in sizes.items():
        made = insert(unit.conn, vault_marks).values(account=account, vault=vault, log=log, size=size)
        unit.conn.execute(made.on_conflict_do_update(index_elements=["account", "vault", "log"], set_={"size": size}))


def _unknown(conn: Connection, account: str, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The newest mark of each purchase that the journal has not, or not as sent so often."""
    newest: dict[str, Mark] = {}
    for mark in marks:
        before = newest.get(mark["id"])
        if before is None or mark["sends"] > before["sends"]:
            newest[mark["id"]] = mark
    if not newest:
        return ()
    known = select(purchases.c.id, purchases.c.sends).where(purchases.c.account == account)
    rows = conn.execute(known.where(among(purchases.c.id, "ids")), {"ids": list(newest)})
    sends: dict[str, int] = {row.id: row.sends for row in rows}
    return tuple(mark for name, mark in newest.items() if sends.get(name, 0) < mark["sends"])


def _has_sent(conn: Connection, account: str) -> bool:
    sent = (purchases.c.account == account, purchases.c.sends > 0, purchases.c.resubmit != "free")
    return conn.execute(select(purchases.c.id).where(*sent).limit(1)).first() is not None
