"""Protocols: what the engine calls of the vault, of the hands and of the studio.

A provider's protocol is in ``providers/protocol.py``. The journal and the ledger are classes of ``store``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from reelwright.reel.base.value import Digest, Fingerprint, StepKey
from reelwright.reel.film.cut import Cut
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import StepInputs
from reelwright.reel.records.money import Quote
from reelwright.reel.records.operation import Lease, Standing, Verdict


class Vault(Protocol):
    """Store of files, each named by the SHA-256 of its bytes. Each account has its own; nothing is shared between
    them.
    """

    async def put(
        self,
        account: str,
        data: AsyncIterator[bytes],
        mime: str,
        cap: int,
        check: Callable[[Path], Awaitable[None]] | None = None,
    ) -> Digest:
        """Store the bytes of ``data``, hashed, checked and synced to disk; return their digest.

        Keeps nothing when it raises: ``BadInput`` above ``cap`` bytes, ``StoreUnavailable`` on a full disk, and
        whatever ``check`` raises.
        """
        ...

    async def put_file(self, account: str, path: Path, mime: str) -> Digest:
        """Copy a local file into the vault, synced to disk; return its digest."""
        ...

    def read(self, account: str, digest: Digest, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Stream the bytes of a stored file from ``start`` to ``end``."""
        ...

    def open_local(self, account: str, digest: Digest) -> AbstractAsyncContextManager[Path]:
        """Lend a read-only local file with the verified bytes of ``digest`` for the length of the block. Raises
        ``DamagedAsset``.
        """
        ...

    async def get_size(self, account: str, digest: Digest) -> int:
        """Return the size of a stored file in bytes, 0 if it is not there. Does not read its bytes."""
        ...

    async def has(self, account: str, digest: Digest) -> bool:
        """Whether the account has a file with this digest."""
        ...

    async def forget(self, account: str, digest: Digest) -> None:
        """Delete a stored file; nothing happens if it is not there."""
        ...


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

    async def close(self) -> None:
        """End every worker process."""
        ...


class Production(Protocol):
    """The part of the studio that the director calls; it knows films, while the director knows only steps."""

    def build_graph(self, standing: Standing) -> Graph:
        """Build the graph of steps for the job's goal; without a plan yet, it has only the step ``words/plan``.
        Pure.
        """
        ...

    def quote(self, standing: Standing, graph: Graph) -> Quote:
        """Quote the steps of the graph that are not done yet; spends nothing."""
        ...

    async def apply_outcome(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        """Update the plan from a step's outcome: ``words/plan`` makes the first revision, voices may change lengths.
        Idempotent.

        True: a revision may have been written, so that the director reads the project again.
        """
        ...

    def build_cut(self, standing: Standing, graph: Graph) -> Cut | None:
        """Build the cut of the film from the chosen takes; None if a part is missing, or the goal needs no cut.
        Pure.
        """
        ...

    async def unstick(self, lease: Lease, standing: Standing, stuck_steps: Collection[StepKey]) -> bool:
        """Write a revision of the plan that goes on without ``stuck_steps``, if that needs no decision of a person.

        Called when nothing runs any more and these steps were refused, or brought nothing, for good. True: there is
        such a revision; False: a person decides.
        """
        ...

    async def extend(self, lease: Lease, standing: Standing) -> bool:
        """Write a revision of the plan that wants more, within what was agreed to, when the job would be done.

        True: there is such a revision, and the job goes on. A job asks at most a few times.
        """
        ...

    def reach_verdict(self, standing: Standing, graph: Graph) -> Verdict:
        """Decide how the job ends when no step is missing any more. Pure."""
        ...
