"""The home of an account: what a runtime has open, with the account of every query, and checks of what it can buy."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reelwright.catalogue.models import load_models
from reelwright.engines.registration import open_engine_provider
from reelwright.errors import BadInput, ReelwrightError
from reelwright.providers import open_provider
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.reel.film.encoding_options import EncodingOptions
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price
from reelwright.reel.records.retention import RetentionPolicies
from reelwright.settings import Settings
from reelwright.studio.policy import ROOM_CHECK_LIFETIME_S
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.runtime.slates import Slates

if TYPE_CHECKING:
    from reelwright.engine.steps.interfaces import Hands
    from reelwright.providers.protocol import Provider
    from reelwright.store.database.database import Database
    from reelwright.store.journal import Journal
    from reelwright.store.ledger import Ledger
    from reelwright.store.purchases.send_guard import SendGuard
    from reelwright.store.vault.vault import FolderVault
    from reelwright.studio.runtime.driver import Driver
    from reelwright.studio.runtime.policy_cache import PolicyCache
    from reelwright.studio.runtime.produce import Producer

REHEARSAL: Final = "rehearsal.json"
"""Name of the file that marks a rehearsal's home, in which nothing is bought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A runtime as one account sees it: ``account`` stands in every query and every vault path.

    ``settings``: those of the process, with this account. ``providers``: the ones to buy from. ``encoding``: how
    pictures are encoded. ``rules_plans``: by project, the plan by rules for its quote and its progress before it has a
    plan (``estimate_plan``). ``progress``: by job, the highest percent that was told. ``key``: the budgets of this
    scope that pay for the jobs it queues, such as an agent's wallet; None: those of the account alone. ``is_serving``:
    it answers requests of programs or agents, which wait for no provider.
    """

    account: str
    settings: Settings
    database: Database
    journal: Journal
    ledger: Ledger
    vault: FolderVault
    guard: SendGuard | None
    hands: Hands
    providers: Mapping[str, Provider]
    tempo: Tempo
    slates: Slates
    encoding: EncodingOptions
    producer: Producer
    driver: Driver
    rules_plans: dict[str, Plan]
    progress: dict[str, int]
    policies: PolicyCache
    key: str | None = None
    is_serving: bool = False

    async def refuse_disputed(self, requests: Iterable[Request]) -> None:
        """Raise ``OverBudget`` if a bill of the account is disputed at a model that a new order would buy from.

        The journal decides again before each send. Writes nothing.
        """
        models = {request.model for request in requests}
        for one in await self.policies.read_disputed_bills(self.ledger, self.account):
            if one.model in models:
                raise one.build_error()

    async def has_recovered_orders(self) -> bool:
        """Return whether a new order may be answered by a purchase that ``reconcile`` recovered."""
        return await self.policies.has_recovered_orders(self.ledger, self.account)

    async def refuse_full_space(self, files: int = 0, size_bytes: int = 0) -> None:
        """Raise ``ReelwrightError`` if the account has no room in the vault for so many more files and bytes.

        Only a server has caps. Files whose size nobody recorded, such as takes, are measured in a vault that is a
        folder, a thousand at a time. An order (no ``files``) is not measured again within five seconds in which the
        account had a tenth of its room left.
        """
        caps, roomy_until = self.database.caps, self.database.roomy_until
        if caps is None or (not files and time.monotonic() < roomy_until.get(self.account, 0.0)):
            return
        used = await self.journal.measure_space(self.account)
        while used.unmeasured_files and (sizes := await asyncio.to_thread(self._measure, used.unmeasured_files)):
            await self.journal.record_sizes(self.account, sizes)
            used = await self.journal.measure_space(self.account)
        count, size = used.files + max(1, files), used.size_bytes + max(1, size_bytes)
        is_roomy = count < 0.9 * caps.files and size < 0.9 * caps.size_bytes
        roomy_until[self.account] = time.monotonic() + ROOM_CHECK_LIFETIME_S if is_roomy else 0.0
        if count > caps.files or size > caps.size_bytes:
            actions = [Action("delete_job_files", {"job": job}) for job in used.oldest_jobs]
            raise ReelwrightError(
                code="account_has_no_room", files=used.files, most_files=caps.files,
                megabytes=used.size_bytes // 10**6, most_megabytes=caps.size_bytes // 10**6,
                actions=[*actions, Action("set_retention")],
            )  # fmt: skip

    def _measure(self, digests: Iterable[Digest]) -> dict[Digest, int]:
        """Return the sizes of files that are in the vault's folder; 0 for one that is not there."""
        if self.settings.vault_url:
            return {}
        paths = {digest: self.vault.get_path(self.account, digest) for digest in digests}
        return {digest: path.stat().st_size if path.is_file() else 0 for digest, path in paths.items()}

    async def read_policies(self) -> RetentionPolicies:
        """Return the retention policies of the deployment from the journal, at most two seconds old."""
        return await self.policies.read(self.journal)


def count_hands(settings: Settings) -> int:
    """Return how many worker processes run steps at once: the setting, otherwise the number of CPU cores."""
    return settings.hands or os.cpu_count() or 1


def open_home_providers(settings: Settings) -> Mapping[str, Provider]:
    """Create the client of every provider that models are bought from, by name. Opens no connection, needs no key.

    With them, the provider of this machine's engines, if the home has models for them.

    Raises ``BadInput`` for the home of a rehearsal.
    """
    refuse_rehearsal(settings.home)
    return {**open_provider.open_providers(settings), **open_engine_provider(settings)}


def refuse_rehearsal(home: Path) -> None:
    """Raise ``BadInput`` if the folder ``home`` is that of a rehearsal, in which nothing may be bought."""
    if is_rehearsal(home):
        raise BadInput(
            "home", str(home), "a home in which things are bought; this one is a rehearsal's",
            actions=[Action("resume_job")],
        )  # fmt: skip


def is_rehearsal(home: Path) -> bool:
    """Return whether the folder ``home`` is that of a rehearsal, in which nothing is ever bought."""
    return (home / REHEARSAL).is_file()


def refuse_unsold(sellers: Mapping[str, Provider], graph: Graph, wanted_steps: Collection[str] | None = None) -> None:
    """Raise ``BadInput`` if a bought step of the graph has an unknown model, refused options or a missing key.

    Call it before anything is written, so that no job starts that could not be finished. ``wanted_steps``: check only
    these steps.
    """
    wanted = (step.request for key, step in graph.steps.items() if wanted_steps is None or key in wanted_steps)
    refuse_unsold_requests(sellers, [request for request in wanted if request is not None])


def refuse_unsold_requests(sellers: Mapping[str, Provider], requests: Iterable[Request]) -> None:
    """Raise ``BadInput`` if a request has an unknown model, refused options or a missing key. Asks no provider."""
    for request in requests:
        seller = next((one for one in reversed([*sellers.values()]) if request.model in one.list_models()), None)
        if seller is None:
            sold = {model for one in sellers.values() for model in one.list_models()}
            raise BadInput("model", request.model, ", ".join(sorted(sold)))
        seller.check(request)


def price_request(request: Request) -> Price:
    """Return the most that one submission of ``request`` may cost by the catalogue; 0 for what this machine draws.

    Needs no key. Raises ``BadInput`` for a model that nobody sells.
    """
    return open_provider.price_request(request)


def can_take_last_frame(model: str) -> bool:
    """Return whether the video model with the id ``model`` can be told the picture that its video ends on."""
    row = load_models().get(model)
    return row is not None and "first_last_frame" in row.modes
