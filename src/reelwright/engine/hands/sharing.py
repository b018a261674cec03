"""``SharingHands``: hands that work on local copies of a vault elsewhere: inputs are fetched before, outputs put after.

So a hand needs neither the network nor the credentials of an object store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from reelwright.engine.steps.interfaces import Hands
from reelwright.reel.base.value import Digest, Fingerprint
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import StepInputs


class SharedVault(Protocol):
    """A vault elsewhere, such as ``store.object_vault.ObjectVault``."""

    async def fetch(self, account: str, digest: Digest) -> None:
        """Copy the bytes to this machine, verified, unless they are here. Raises ``DamagedAsset``."""
        ...

    async def publish(self, account: str, digest: Digest) -> None:
        """Put a copy that was made on this machine into the vault."""
        ...


class SharingHands:
    """Runs works by ``hands``, whose vault is the folder of copies of ``vault``."""

    def __init__(self, hands: Hands, vault: SharedVault) -> None:
        self._hands, self._vault = hands, vault

    async def execute(
        self, account: str, work: str, args: Mapping[str, Any], inputs: StepInputs, fp: Fingerprint,
        report: Callable[[float], None] | None = None,
    ) -> Outcome:  # fmt: skip
        """Fetch the inputs, run the work, and put what it made into the vault before its outcome is returned.

        Raises what ``Hands.execute`` raises, ``DamagedAsset`` for an input that the vault has no longer, and
        ``StoreUnavailable``: then the work is done again later.
        """
        await asyncio.gather(*(self._vault.fetch(account, digest) for digest in {one for _, one in inputs}))
        outcome = await self._hands.execute(account, work, args, inputs, fp, report)
        await asyncio.gather(*(self._vault.publish(account, digest) for digest in set(outcome.assets)))
        return outcome

    async def close(self) -> None:
        """End the hands."""
        await self._hands.close()
