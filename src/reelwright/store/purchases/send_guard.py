"""The check that this journal may buy: it is where it was, owns its vault, and knows every marked send."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, delete, select

from reelwright.errors import NotReconciled, ReelwrightError, StoreUnavailable
from reelwright.reason import Action, Reason
from reelwright.reel.base.document import from_plain, to_plain
from reelwright.reel.base.ids import mint
from reelwright.reel.records.operation import Operation
from reelwright.store.database.database import Database
from reelwright.store.database.unit import Unit
from reelwright.store.policy import COMPARISON_RECORDED_ABOVE_BYTES
from reelwright.store.purchases import listed_work
from reelwright.store.schema.schema import PAID, projects, purchases, vault_marks
from reelwright.store.schema.sql import InArray, insert
from reelwright.store.vault import identity
from reelwright.store.vault.markers import Mark, Owner, SendMarkers

BlockReason = Literal["moved", "restored", "behind", "new_beside_full", "vault_older", "others_vault", "another_vault"]
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendCheck:
    """The result of a check whether this journal may buy: it may where ``reasons`` is empty.

    ``unknown_sends``: sends that the vault records and the journal does not know. ``log_sizes``: how many bytes of each
    of the vault's logs were compared. ``listed_providers``: those whose lists showed operations that no purchase had,
    when the journal was reconciled. ``operations``: by purchase, those that the vault's newest lines name.
    """

    reasons: tuple[BlockReason, ...] = ()
    unknown_sends: tuple[Mark, ...] = ()
    log_sizes: dict[str, int] = field(default_factory=dict)
    owner: Owner | None = None
    listed_providers: frozenset[str] = frozenset()
    operations: Mapping[str, Operation] = field(default_factory=dict)

    def raise_if_blocked(self) -> None:
        """Raise ``NotReconciled`` unless this journal may buy."""
        if self.reasons:
            causes = [Reason(f"journal_{one}") for one in self.reasons]
            raise NotReconciled(code="buying_blocked", causes=causes, actions=[Action("reconcile")])


class SendGuard:
    """Checks before each paid send that this journal may buy, and marks the send in the vault.

    Checks each account once in full, then only who owns the vault.
    """

    def __init__(self, database: Database, markers: SendMarkers) -> None:
        self._db, self._markers = database, markers
        self._fine: dict[str, SendCheck] = {}
        self._looking = asyncio.Lock()

    @property
    def markers(self) -> SendMarkers:
        """The markers that the journal is compared with."""
        return self._markers

    async def check(self, account: str) -> SendCheck:
        """Check whether the journal may buy, by its recorded place and the vault; claim a vault without an owner.

        Buys nothing. Keeps the records of the place and of compared logs up to date.
        """
        async with self._looking:
            fine = self._fine.get(account)
            if fine is not None and await asyncio.to_thread(self._markers.read_owner, account) == fine.owner:
                return fine
            self._fine.pop(account, None)
            found = await self._check(account)
            if not found.reasons and found.owner:
                self._fine[account] = found
            return found

    async def find_block(self, account: str) -> SendCheck | None:
        """Return why this journal may not buy, for a price; None where it may, or where the vault has no record.

        Reads nothing for an account that was found in order before. It may record what ``check`` records; where
        nothing can be written, such as on a full disk, it returns None: a price is given then, too, and the send itself
        is checked again.
        """
        if account in self._fine or not await asyncio.to_thread(self._markers.measure_logs, account):
            return None
        try:
            check = await self.check(account)
        except StoreUnavailable:
            return None
        return check if check.reasons else None

    def mark_send(self, account: str, mark: Mark) -> None:
        """Write one synced line about a paid send into the vault, before its first byte leaves.

        Raises ``StoreUnavailable``: then nothing may be sent.
        """
        self._markers.append(account, mark)

    def note_operation(self, account: str, purchase: str, operation: Operation) -> None:
        """Write one line about the operation of a paid send into the vault, in the background.

        With it, a journal that is lost later asks the provider about the send, and no person. The journal has the
        operation already, so that a line which cannot be written is only logged.
        """
        note = {"id": purchase, "operation": to_plain(operation)}
        asyncio.get_running_loop().run_in_executor(None, self._append_note, account, note)

    def _append_note(self, account: str, note: Mark) -> None:
        try:
            self._markers.append(account, note)
        except StoreUnavailable as error:
            _LOG.warning("the vault did not take the operation of %s: %s", note["id"], error)

    async def _check(self, account: str) -> SendCheck:
        owner = await asyncio.to_thread(self._markers.read_owner, account)
        found = await self._db.read(lambda conn: _read_state(conn, account, owner))
        compared = await asyncio.to_thread(self._compare, account, found.seen)
        unknown = await self._db.read(
            lambda conn: _find_unknown_sends(conn, account, compared.marks)
        )  # newer than the marks
        if found.row is None:
            return await self._check_first(account, owner, found, compared, unknown)
        before = identity.parse_place(found.row)
        why: list[BlockReason] = []
        if not identity.is_same(before, found.place):
            why.append("moved" if before else "new_beside_full" if found.row.reason == "beside_full" else "restored")
        if unknown:
            why.append("behind")
        if compared.is_shorter or (owner is None and identity.is_file(found.place) and found.has_sent):
            why.append("vault_older")
        if owner is not None and owner.epoch != found.row.epoch and "new_beside_full" not in why:
            if not found.knows_owner:
                why.append("others_vault")
            elif identity.is_file(found.place):  # from before this place was accepted, for this account or another
                why.append(("restored" if found.was_restored else "moved") if not found.has_accepted else "vault_older")
        if not why and found.vaults and (owner is None or owner.vault not in found.vaults):
            why.append("another_vault")  # its takes are not where this home looks for them
        if why:
            return SendCheck(
                tuple(dict.fromkeys(why)), unknown, compared.sizes, owner, operations=_parse_operations(compared.marks)
            )
        if owner is None or owner.epoch != found.row.epoch:  # a vault without an owner, or another machine reconciled
            owner = await asyncio.to_thread(self._markers.claim, account, found.row.epoch)
        await self._record_unimportant_changes(account, found, compared, owner)
        return SendCheck(owner=owner, listed_providers=found.listed_providers)

    def _compare(self, account: str, seen: Mapping[str, int]) -> _Comparison:
        logs = self._markers.measure_logs(account)
        marks: list[Mark] = []
        sizes = {}
        for log, size in logs.items():
            start = seen.get(log, 0)
            more, sizes[log] = self._markers.read_marks(account, log, start) if size > start else ((), size)
            marks += more
        return _Comparison(marks, sizes, any(logs.get(log, 0) < size for log, size in seen.items()))

    async def _check_first(
        self, account: str, owner: Owner | None, found: _JournalState, compared: _Comparison, unknown: tuple[Mark, ...]
    ) -> SendCheck:
        """Check a journal without a recorded place: a new one, or one of before places were recorded.

        Both may buy at once, unless their vault knows more than they do.
        """
        full = found.is_empty and await asyncio.to_thread(self._markers.has_bytes, account)
        if unknown or full or (found.is_empty and compared.sizes):
            # Recorded, since the next check would find projects that were opened meanwhile. Where another program
            # recorded a place since we looked, it may have put the first bytes there: check again.
            if found.is_empty and not await self._db.write(identity.record_beside_full):
                return await self._check(account)
            why: BlockReason = "new_beside_full" if found.is_empty else "behind"
            return SendCheck((why,), unknown, compared.sizes, owner, operations=_parse_operations(compared.marks))
        epoch = owner.epoch if owner else mint("epoch")
        claimed = await asyncio.to_thread(lambda: self._markers.claim(account, epoch, must_be_unclaimed=True))
        recorded = await self._db.write(lambda unit: identity.record_first(unit, claimed.epoch))
        if recorded != claimed.epoch:  # another machine was quicker, maybe with another vault
            return await self._check(account)
        await self._db.write(lambda unit: record_vault(unit, account, claimed.vault))
        return SendCheck(owner=claimed)

    async def _record_unimportant_changes(
        self, account: str, found: _JournalState, compared: _Comparison, owner: Owner
    ) -> None:
        """Record changes that mean nothing: a new start of the system, and how far the logs were compared."""
        row, place = found.row, found.place
        if row is not None and identity.parse_place(row) != place:
            await self._db.write(lambda unit: identity.update_place(unit, row.seq, place))
        if owner.vault not in found.vaults:
            await self._db.write(lambda unit: record_vault(unit, account, owner.vault))
        if sum(compared.sizes.values()) - sum(found.seen.values()) > COMPARISON_RECORDED_ABOVE_BYTES:
            await self._db.write(lambda unit: record_compared_sizes(unit, account, owner.vault, compared.sizes))


class _Comparison(NamedTuple):
    """Marks that were not compared before, where each log's last full line ends, and whether a log is shorter now."""

    marks: Sequence[Mark]
    sizes: dict[str, int]
    is_shorter: bool


class _JournalState(NamedTuple):
    """The journal's own data for the check. ``seen``: bytes compared of each log. ``is_empty``: it has no project.

    ``has_sent``: looked up only where the vault has no owner. ``vaults``: ids of the vaults that it may buy beside;
    none where no vault was recorded yet. ``was_restored``: since the vault's owner was claimed. ``has_accepted``: its
    place was accepted for this account.
    """

    row: Row[Any] | None
    place: identity.Place
    seen: Mapping[str, int]
    vaults: frozenset[str]
    is_empty: bool
    has_sent: bool
    knows_owner: bool
    was_restored: bool
    has_accepted: bool
    listed_providers: frozenset[str]


def _read_state(conn: Connection, account: str, owner: Owner | None) -> _JournalState:
    marks = conn.execute(select(vault_marks).where(vault_marks.c.account == account)).all()
    place = identity.read_newest_place(conn)
    return _JournalState(
        row=place,
        place=identity.read_place(conn),
        seen={row.log: row.size for row in marks if row.log and owner and row.vault == owner.vault},
        vaults=frozenset(row.vault for row in marks),
        is_empty=conn.execute(select(projects.c.id).limit(1)).first() is None,
        has_sent=owner is None and _has_sent(conn, account),
        knows_owner=owner is not None and identity.is_known(conn, owner.epoch),
        was_restored=owner is not None and identity.was_restored_since(conn, owner.epoch),
        has_accepted=place is not None and any(not row.log and row.size == place.seq for row in marks),
        listed_providers=listed_work.list_providers(conn, account),
    )


def record_vault(unit: Unit, account: str, vault: str, accepted_place: int = 0) -> None:
    """Record that the journal may buy beside a vault.

    ``accepted_place``: the number of the place that a person accepted for the account; then it may buy beside no other
    vault that was recorded before. The row has no log's name, and that number as its size.
    """
    if accepted_place:
        others = (vault_marks.c.account == account, vault_marks.c.vault != vault)
        unit.conn.execute(delete(vault_marks).where(*others))
    record_compared_sizes(unit, account, vault, {"": accepted_place})


def record_compared_sizes(unit: Unit, account: str, vault: str, sizes: dict[str, int]) -> None:
    """Record how many bytes of each log of a vault were compared with the journal."""
    for log, size in sizes.items():
        made = insert(unit.conn, vault_marks).values(account=account, vault=vault, log=log, size=size)
        unit.conn.execute(made.on_conflict_do_update(index_elements=["account", "vault", "log"], set_={"size": size}))


def list_accounts_with_vaults(conn: Connection, but: str) -> Sequence[str]:
    """List the accounts that the journal may buy for beside a vault, without ``but``."""
    return conn.execute(select(vault_marks.c.account).where(vault_marks.c.account != but).distinct()).scalars().all()


def _find_unknown_sends(conn: Connection, account: str, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Find the newest mark of each purchase that the journal does not have, or has with fewer sends."""
    newest: dict[str, Mark] = {}
    for mark in marks:
        if "send_count" not in mark:
            continue
        before = newest.get(mark["id"])
        if before is None or mark["send_count"] > before["send_count"]:
            newest[mark["id"]] = mark
    if not newest:
        return ()
    known = select(purchases.c.id, purchases.c.send_count).where(purchases.c.account == account)
    rows = conn.execute(known.where(InArray(purchases.c.id, "ids")), {"ids": list(newest)})
    sends: dict[str, int] = {row.id: row.send_count for row in rows}
    return tuple(mark for name, mark in newest.items() if sends.get(name, 0) < mark["send_count"])


def _parse_operations(marks: Sequence[Mark]) -> Mapping[str, Operation]:
    """Parse the operations that lines of the vault name, by purchase; a line of an unknown form is left out."""
    found = {}
    for mark in marks:
        if "send_count" not in mark:
            with suppress(ReelwrightError):
                found[str(mark["id"])] = from_plain(Operation, mark["operation"], "operation")
    return found


def _has_sent(conn: Connection, account: str) -> bool:
    return conn.execute(select(purchases.c.id).where(purchases.c.account == account, PAID).limit(1)).first() is not None
