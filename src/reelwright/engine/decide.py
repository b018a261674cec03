"""A person's word on a purchase of which nobody knows what became: it arrived, it never did, it is written off."""

from __future__ import annotations

from pathlib import Path

from reelwright.engine.waist import Journal, Ledger, Vault
from reelwright.errors import BadInput, NotFound
from reelwright.reel.ledger import Decision, Entry
from reelwright.reel.operation import Operation
from reelwright.reel.outcome import Outcome


async def decide(
    journal: Journal, ledger: Ledger, vault: Vault, account: str, purchase: Entry, verdict: Decision, by: str,
    *, operation: str | None = None, file: tuple[Path, str] | None = None,
) -> Entry:  # fmt: skip
    """Record the verdict; what arrived as an ``operation`` is followed by whoever drives the project next.

    ``file``: what it brought, as the person has it, with its type; it lands as the take. Spends nothing, sends
    nothing. Raises ``BadInput``, ``NotFound``.
    """
    if verdict != "arrived":
        return await ledger.decide(account, purchase.id, verdict, by)
    if (operation is None) == (file is None):
        raise BadInput("operation", operation, "the operation's id at the provider, or the file that it brought")
    if operation is not None:
        return await ledger.decide(account, purchase.id, verdict, by, operation=_operation(operation))
    assert file is not None
    return await ledger.decide(
        account, purchase.id, verdict, by, outcome=await _brought(journal, vault, account, purchase, *file)
    )


def _operation(said: str) -> Operation:
    if not said.strip() or len(said) > 4000 or not said.isprintable():
        raise BadInput("operation", said, "the operation's id as the provider's own list shows it")
    return Operation(id=said.strip())


async def _brought(journal: Journal, vault: Vault, account: str, purchase: Entry, file: Path, mime: str) -> Outcome:
    if not file.is_file():
        raise NotFound(f"there is no file {file}")
    digest = await vault.put_file(account, file, mime)
    await journal.know(account, digest, mime, file.stat().st_size)
    return Outcome(fingerprint=purchase.fingerprint, assets=(digest,), chosen=digest)
