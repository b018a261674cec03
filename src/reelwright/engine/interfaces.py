"""Protocols: what the engine calls of the vault, of the hands and of the studio.

A provider's protocol is in ``providers/protocol.py``. The journal and the ledger are classes of ``store``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from reelwright.reel.cut import Cut
from reelwright.reel.graph import Graph, Step
from reelwright.reel.money import Quote
from reelwright.reel.operation import Lease, Standing, Verdict
from reelwright.reel.outcome import Outcome
from reelwright.reel.request import StepInputs
from reelwright.reel.value import Digest, Fingerprint, StepKey


class Vault(Protocol):
    """A store of files named by the sha256 of their bytes. Each account has its own; nothing is shared between them."""

    async def put(
        self,
        account: str,
        data: AsyncIterator[bytes],
        mime: str,
        cap: int,
        check: Callable[[Path], Awaitable[None]] | None = None,
    ) -> Digest:
        """Write, hash, check and sync the bytes of ``data``, then make them visible; return their digest.

        Keeps nothing when it raises: ``BadInput`` above ``cap`` bytes, ``StoreUnavailable`` on a full disk, and
        whatever ``check`` raises.
        """
        ...

    async def put_file(self, account: str, path: Path, mime: str) -> Digest:
        """Copy a local file into the vault, synced, and return its digest."""
        ...

    def read(self, account: str, digest: Digest, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]: ...

    def open_local(self, account: str, digest: Digest) -> AbstractAsyncContextManager[Path]:
        """Lend a read-only local file with these bytes, which were verified. Raises ``DamagedAsset``."""
        ...

    async def get_size(self, account: str, digest: Digest) -> int:
        """Return the size of the file in bytes, 0 if it is not there. Does not read its bytes."""
        ...

    async def has(self, account: str, digest: Digest) -> bool: ...

    async def forget(self, account: str, digest: Digest) -> None: ...


class Hands(Protocol):
    """Worker processes for heavy work: each reads from the vault, works on local files, and writes to the vault.

    Work is idempotent by fingerprint; it may run twice.
    """

    async def execute(
        self, account: str, work: str, args: Mapping[str, Any], inputs: StepInputs, fp: Fingerprint,
        report: Callable[[float], None] | None = None,
    ) -> Outcome:  # fmt: skip
        """Run the work called ``work`` in a worker process; return its outcome. ``report`` gets the fraction done."""
        ...

    async def close(self) -> None: ...


class Production(Protocol):
    """The part of the studio that the director calls: it knows films, the director knows steps."""

    def build_graph(self, standing: Standing) -> Graph:
        """Build the graph of steps: ``words/plan`` alone while there is no plan, else all for the job's goal. Pure."""
        ...

    def quote(self, standing: Standing, graph: Graph) -> Quote: ...

    async def apply_outcome(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        """Apply a step's outcome to the plan: ``words/plan`` makes the first revision, voices may fit it. Idempotent.

        True: a revision may have been written, so that the director reads the project again.
        """
        ...

    def build_cut(self, standing: Standing, graph: Graph) -> Cut | None:
        """Build the cut, with the place of each take. None: a part is missing, or the goal needs none. Pure."""
        ...

    async def unstick(self, lease: Lease, standing: Standing, stuck_steps: Collection[StepKey]) -> bool:
        """Write a revision that goes on without ``stuck_steps``, if that needs no decision of a person.

        Called when nothing runs any more and these steps were refused, or brought nothing, for good. True: there is
        such a revision; False: a person decides.
        """
        ...

    async def extend(self, lease: Lease, standing: Standing) -> bool:
        """Write a revision that wants more, within what was agreed to; called when the job would be done.

        True: there is such a revision, and the job goes on. A job asks at most a few times.
        """
        ...

    def reach_verdict(self, standing: Standing, graph: Graph) -> Verdict:
        """Decide how the job ends; called when no step is missing any more. Pure."""
        ...
