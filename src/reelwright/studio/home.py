"""All that a user owns, opened: journal, ledger and vault in one folder, and the hands that work there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reelwright.errors import BadInput, StoreUnavailable
from reelwright.reel.graph import Graph
from reelwright.reel.ledger import ListedWork
from reelwright.reel.money import Price
from reelwright.reel.request import Request
from reelwright.settings import Settings
from reelwright.studio.produce import Produce
from reelwright.studio.rates import default_limit
from reelwright.studio.scratch import sweep
from reelwright.studio.slates import Slates
from reelwright.studio.tempo import Tempo

REHEARSAL: Final = "rehearsal.json"
"""Marks a home in which nothing is bought."""

if TYPE_CHECKING:
    from reelwright.engine.hands.here import HandsHere
    from reelwright.providers.protocol import Provider
    from reelwright.store.database import Database
    from reelwright.store.journal import SqlJournal
    from reelwright.store.ledger import SqlLedger
    from reelwright.store.vault import FolderVault


class Home:
    """Opened once by a studio. ``account`` is what every query and every path begins with.

    ``sellers``: whom it buys from; None: everybody whose key there is. ``tempo``: how fast their clock runs.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        sellers: Mapping[str, Provider] | None = None,
        tempo: Tempo | None = None,
    ) -> None:
        from reelwright.engine.hands.here import HandsHere
        from reelwright.store.journal import SqlJournal
        from reelwright.store.ledger import SqlLedger
        from reelwright.store.markers import Markers
        from reelwright.store.send_guard import SendGuard
        from reelwright.store.vault import FolderVault

        self.settings, self.account = settings, settings.account
        self.database = database
        self.providers = providers(settings) if sellers is None else sellers
        self.tempo = tempo or Tempo()
        self.slates = Slates(settings.home, rehearses=self.tempo.rehearsed)
        self.journal: SqlJournal = SqlJournal(database, lease_s=settings.lease_s, jobs_at_once=settings.jobs_at_once)
        self.vault: FolderVault = FolderVault.open(settings.vault)
        self.guard = None if self.tempo.rehearsed else SendGuard(database, Markers(self.vault))
        self.ledger: SqlLedger = SqlLedger(database, default=default_limit, lease_s=settings.lease_s, guard=self.guard)
        self.hands: HandsHere = HandsHere(settings, self.vault)
        self.listed: tuple[ListedWork, ...] = ()
        """What providers' lists showed when a person was asked whether to reconcile."""
        self.produce = Produce(self.journal, self.vault, price, hands_of(settings))

    async def close(self) -> None:
        """End the hands' processes, let go of connections, write what is queued, let go of the database."""
        from reelwright.providers.shop import close_providers

        await self.hands.close()
        await close_providers(self.providers.values())
        await asyncio.to_thread(self.database.close)


async def open_home(
    settings: Settings, sellers: Mapping[str, Provider] | None = None, tempo: Tempo | None = None
) -> Home:
    """Make the home on first use. Raises ``StoreUnavailable`` in plain words: read-only, full, locked, gone."""
    from reelwright.store.database import Database

    if not (tempo and tempo.rehearsed):
        refuse_rehearsal(settings.home)
    if settings.ffmpeg:
        os.environ["REELWRIGHT_FFMPEG"] = settings.ffmpeg  # how media and the hands are told which one to run
    await asyncio.to_thread(_make, settings.home)
    await asyncio.to_thread(sweep)
    home = Home(settings, await asyncio.to_thread(Database, settings.database_url), sellers, tempo)
    if home.guard:
        with suppress(StoreUnavailable):  # it is asked again before anything is bought
            await home.guard.look(home.account)
    return home


def _make(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise StoreUnavailable(
            f"{home} cannot be made: {cause.strerror}", hint="set REELWRIGHT_HOME to a folder that you may write to"
        ) from cause


def hands_of(settings: Settings) -> int:
    """How many steps are worked on at once."""
    return settings.hands or os.cpu_count() or 1


def providers(settings: Settings) -> Mapping[str, Provider]:
    """Whom this studio buys from, by name. Opens no connection and needs no key yet.

    Raises ``BadInput`` for the home of a rehearsal.
    """
    from reelwright.providers.shop import open_providers

    refuse_rehearsal(settings.home)
    return open_providers(settings)


def refuse_rehearsal(home: Path) -> None:
    """Raise ``BadInput`` where ``home`` is a rehearsal's: nothing is bought there, and what it has is no film."""
    if is_rehearsal(home):
        raise BadInput(
            "home", str(home), "a home in which things are bought; this one is a rehearsal's",
            hint="reelwright resume goes on with it, and buys nothing",
        )  # fmt: skip


def is_rehearsal(home: Path) -> bool:
    """Whether nothing is ever bought in this home."""
    return (home / REHEARSAL).is_file()


def refuse_unsold(sellers: Mapping[str, Provider], graph: Graph, wanted: Collection[str] | None = None) -> None:
    """Raise ``BadInput`` where something of the graph cannot be bought: its model, its terms, or the key is missing.

    Asked before anything is written, so that nothing is begun that could not be finished. ``wanted``: only these steps.
    """
    by_model = {model: seller for seller in sellers.values() for model in seller.models()}
    for key, step in graph.steps.items():
        if step.request is None or (wanted is not None and key not in wanted):
            continue
        if step.request.model not in by_model:
            raise BadInput("model", step.request.model, ", ".join(sorted(by_model)))
        by_model[step.request.model].check(step.request)


def price(request: Request) -> Price:
    """What one submission of ``request`` costs at most: nothing for what we make, else as the catalogue says.

    Needs no key. Raises ``BadInput`` on a model that nobody sells.
    """
    from reelwright.providers.shop import quoted

    return quoted(request)


def takes_last_frame(model: str) -> bool:
    """Whether ``model`` can be told what a shot ends on. None of those that draw on this machine can."""
    from reelwright.catalogue.models import models

    row = models().get(model)
    return row is not None and "first_last_frame" in row.modes
