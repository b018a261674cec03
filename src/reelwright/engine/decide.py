"""Decisions of a person on a purchase whose outcome is unknown: it arrived, it never arrived, or it is written off."""

from __future__ import annotations

from pathlib import Path

from reelwright.engine.interfaces import Vault
from reelwright.errors import BadInput, NotFound
from reelwright.reel.ledger import Decision, LedgerEntry
from reelwright.reel.operation import Operation
from reelwright.reel.outcome import Outcome
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger


async def decide(
    journal: Journal, ledger: Ledger, vault: Vault, account: str, purchase: LedgerEntry, verdict: Decision, by: str,
    *, operation: str | None = None, file: tuple[Path, str] | None = None,
) -> LedgerEntry:  # fmt: skip
    """Record a person's verdict on a purchase whose outcome is unknown: it arrived, it never arrived, or it is written
    off. Spends nothing and sends nothing.

    Something that arrived needs exactly one of two: ``operation``, its id at the provider, which the next director of
    the project follows; or ``file``, the path and MIME type of the result, which lands as the take.

    Raises ``BadInput``, ``NotFound``.
    """
    if verdict != "arrived":
        return await ledger.decide(account, purchase.id, verdict, by)
    if (operation is None) == (file is None):
        raise BadInput("operation", operation, "the operation's id at the provider, or the file that it brought")
    if operation is not None:
        return await ledger.decide(account, purchase.id, verdict, by, operation=_operation(operation))
    assert file is not None
    return await ledger.decide(
        account, purchase.id, verdict, by, outcome=await _store_file(journal, vault, account, purchase, *file)
    )


def _operation(operation_id: str) -> Operation:
    if not operation_id.strip() or len(operation_id) > 4000 or not operation_id.isprintable():
        raise BadInput("operation", operation_id, "the operation's id as the provider's own list shows it")
    return Operation(id=operation_id.strip())


async def _store_file(
    journal: Journal, vault: Vault, account: str, purchase: LedgerEntry, file: Path, mime: str
) -> Outcome:
    if not file.is_file():
        raise NotFound(code="file_not_found", file=file)
    digest = await vault.put_file(account, file, mime)
    await journal.record_asset(account, digest, mime, file.stat().st_size)
    return Outcome(fingerprint=purchase.fingerprint, assets=(digest,), chosen_asset=digest)
