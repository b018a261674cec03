"""All that a user owns, opened: journal, ledger and vault in one folder, and the hands that work there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.errors import StoreUnavailable
from reelwright.reel.money import Price
from reelwright.reel.request import Request
from reelwright.settings import Settings
from reelwright.studio.produce import Produce
from reelwright.studio.rates import default_limit
from reelwright.studio.scratch import sweep

if TYPE_CHECKING:
    from reelwright.engine.hands.here import HandsHere
    from reelwright.providers.protocol import Provider
    from reelwright.store.database import Database
    from reelwright.store.journal import SqlJournal
    from reelwright.store.ledger import SqlLedger
    from reelwright.store.vault import FolderVault


class Home:
    """Opened once by a studio. ``account`` is what every query and every path begins with."""

    def __init__(self, settings: Settings, database: Database) -> None:
        from reelwright.engine.hands.here import HandsHere
        from reelwright.store.journal import SqlJournal
        from reelwright.store.ledger import SqlLedger
        from reelwright.store.vault import FolderVault

        self.settings, self.account = settings, settings.account
        self._database = database
        self.journal: SqlJournal = SqlJournal(database, lease_s=settings.lease_s, jobs_at_once=settings.jobs_at_once)
        self.ledger: SqlLedger = SqlLedger(database, default=default_limit, lease_s=settings.lease_s)
        self.vault: FolderVault = FolderVault.open(settings.vault)
        self.hands: HandsHere = HandsHere(settings, self.vault)
        self.produce = Produce(self.journal, self.vault, price, hands_of(settings))

    async def close(self) -> None:
        """End the hands' processes, write what is queued, let go of the database."""
        await self.hands.close()
        await asyncio.to_thread(self._database.close)


async def open_home(settings: Settings) -> Home:
    """Make the home on first use. Raises ``StoreUnavailable`` in plain words: read-only, full, locked, gone."""
    from reelwright.store.database import Database

    if settings.ffmpeg:
        os.environ["REELWRIGHT_FFMPEG"] = settings.ffmpeg  # how media and the hands are told which one to run
    await asyncio.to_thread(_make, settings.home)
    await asyncio.to_thread(sweep)
    return Home(settings, await asyncio.to_thread(Database, settings.database_url))


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


def providers() -> Mapping[str, Provider]:
    """Whom this studio buys from, by name."""
    from reelwright.providers.offline import Offline

    return {"offline": Offline()}


def price(request: Request) -> Price:
    """What one submission of ``request`` costs at most, as its provider says. Raises ``BadInput`` on its model."""
    from reelwright.errors import BadInput

    sold = {model: provider for provider in providers().values() for model in provider.models()}
    if request.model not in sold:
        raise BadInput("model", request.model, ", ".join(sorted(sold)))
    return sold[request.model].price(request)


def takes_last_frame(model: str) -> bool:
    """Whether ``model`` can be told what a shot ends on. None of those that draw on this machine can."""
    return False
