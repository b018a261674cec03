"""Decisions of a person on a purchase whose outcome is unknown: it arrived, it never arrived, or it is written off."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from reelwright.engine.purchases.operations import note_measures
from reelwright.engine.steps.interfaces import Vault
from reelwright.errors import BadInput, NotFound, ProviderError
from reelwright.media.pictures.decoding import find_medium, measure_take
from reelwright.net.redact import redact_error
from reelwright.providers.protocol import Provider, as_operation_namer
from reelwright.reason import Reason, build_reason
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.records.ledger import Decision, LedgerEntry
from reelwright.reel.records.operation import Operation
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger


async def decide(
    journal: Journal, ledger: Ledger, vault: Vault, account: str, purchase: LedgerEntry, verdict: Decision, by: str,
    *, provider: Provider | None = None, operation: str | None = None, file: tuple[Path, str] | None = None,
    request: Request | None = None,
) -> LedgerEntry:  # fmt: skip
    """Record a person's verdict on a purchase whose outcome is unknown: it arrived, it never arrived, or it is written
    off. Spends nothing and sends no purchase.

    Something that arrived needs exactly one of two: ``operation``, its id at the provider, which the next director of
    the project follows; or ``file``, the path and MIME type of the result, which lands as the take and is compared
    with ``request``, what was ordered, if that is still known. ``provider`` is asked whether it knows the operation;
    where it cannot be asked, the entry's reason says so.

    Raises ``BadInput``, ``NotFound``.
    """
    if verdict != "arrived":
        return await ledger.decide(account, purchase.id, verdict, by)
    if (operation is None) == (file is None):
        raise BadInput("operation", operation, "the operation's id at the provider, or the file that it brought")
    if operation is not None:
        named = _parse_operation(operation)
        if namer := as_operation_namer(provider):
            named = replace(named, id=namer.resolve_operation(purchase.model, named.id))
        fault = await _ask_about(provider, named, purchase)
        return await ledger.decide(account, purchase.id, verdict, by, operation=named, fault=fault)
    assert file is not None
    return await ledger.decide(
        account, purchase.id, verdict, by, outcome=await _store_file(journal, vault, account, purchase, *file, request)
    )


def _parse_operation(text: str) -> Operation:
    operation_id = text.strip()
    if not 0 < len(operation_id) <= 4000 or not operation_id.isprintable() or len(operation_id.split()) > 1:
        raise BadInput("operation", text, "the operation's id as the provider's own list shows it")
    return Operation(id=operation_id)


async def _ask_about(provider: Provider | None, operation: Operation, purchase: LedgerEntry) -> Reason | None:
    """Ask the provider for an operation that a person names; return why it could not be asked, else None.

    Raises ``BadInput`` if the provider knows no such operation.
    """
    if provider is None:
        return build_reason("provider_not_registered", provider=purchase.provider)
    try:
        is_known = (await provider.poll(operation)).state != "lost"
    except NotFound:
        is_known = False
    except (ProviderError, OSError) as error:
        return redact_error(error)
    if not is_known:
        raise BadInput(
            "operation",
            operation.id,
            f"an id that {provider.name} knows; it knows none like this one",
            step=purchase.step,
        )
    return None


async def _store_file(
    journal: Journal, vault: Vault, account: str, purchase: LedgerEntry, file: Path, mime: str, request: Request | None
) -> Outcome:
    if not file.is_file():
        raise NotFound(code="file_not_found", file=file)
    digest = await vault.put_file(account, file, mime)
    await journal.record_asset(account, digest, mime, file.stat().st_size)
    outcome = Outcome(fingerprint=purchase.fingerprint, assets=(digest,), chosen_asset=digest)
    if find_medium(mime) != "video" or (measures := await asyncio.to_thread(measure_take, file)) is None:
        return outcome
    return note_measures(outcome, request, {digest: measures})
