"""The home of a user, opened: journal, ledger and vault in one folder, with the hands that work for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reelwright.errors import BadInput, HandDied, StoreUnavailable, ToolMissing
from reelwright.reason import Action
from reelwright.reel.encoding_options import DEFAULT_ENCODING, EncodingOptions
from reelwright.reel.graph import Graph
from reelwright.reel.ledger import ListedWork
from reelwright.reel.money import Price
from reelwright.reel.request import Request
from reelwright.settings import Settings
from reelwright.studio.catalogue_limits import find_default_limit
from reelwright.studio.produce import Producer
from reelwright.studio.scratch import sweep
from reelwright.studio.slates import Slates
from reelwright.studio.tempo import Tempo

REHEARSAL: Final = "rehearsal.json"
"""Name of the file that marks a rehearsal's home, in which nothing is bought."""

if TYPE_CHECKING:
    from reelwright.engine.hands.here import HandsHere
    from reelwright.providers.protocol import Provider
    from reelwright.store.database import Database
    from reelwright.store.journal import Journal
    from reelwright.store.ledger import Ledger
    from reelwright.store.vault import FolderVault


class Home:
    """An open home. ``account``: the account of every query and every vault path.

    ``sellers``: the providers to buy from; None: all of them. ``tempo``: how fast the providers' clock runs, and
    whether this is a rehearsal. ``encoding``: how pictures are encoded for this home.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        sellers: Mapping[str, Provider] | None = None,
        tempo: Tempo | None = None,
        encoding: EncodingOptions = DEFAULT_ENCODING,
    ) -> None:
        from reelwright.engine.hands.here import HandsHere
        from reelwright.store.journal import Journal
        from reelwright.store.ledger import Ledger
        from reelwright.store.markers import Markers
        from reelwright.store.send_guard import SendGuard
        from reelwright.store.vault import FolderVault

        self.settings, self.account = settings, settings.account
        self.database = database
        self.providers = open_home_providers(settings) if sellers is None else sellers
        self.tempo = tempo or Tempo()
        self.slates = Slates(settings.home, is_rehearsal=self.tempo.is_rehearsal)
        self.encoding = encoding
        self.journal: Journal = Journal(
            database, lease_s=settings.lease_s, jobs_at_once=settings.jobs_at_once, encoding=encoding
        )
        self.vault: FolderVault = FolderVault.open(settings.vault)
        self.guard = None if self.tempo.is_rehearsal else SendGuard(database, Markers(self.vault))
        self.ledger: Ledger = Ledger(
            database, find_default_limit=find_default_limit, lease_s=settings.lease_s, guard=self.guard
        )
        self.hands: HandsHere = HandsHere(settings, self.vault)
        self.listed_works: tuple[ListedWork, ...] = ()
        """Work that providers' lists showed when a person was asked whether to reconcile."""
        self.producer = Producer(self.journal, self.vault, price_request, count_hands(settings))

    async def close(self) -> None:
        """Stop the hands, close connections to providers, write queued changes, and close the database."""
        from reelwright.providers.registry import close_providers

        await self.hands.close()
        await close_providers(self.providers.values())
        await asyncio.to_thread(self.database.close)


async def open_home(
    settings: Settings, sellers: Mapping[str, Provider] | None = None, tempo: Tempo | None = None
) -> Home:
    """Open the home, and make it on first use.

    Raises ``StoreUnavailable`` if it is read-only, full, locked or gone, and ``BadInput`` for the home of a rehearsal
    unless ``tempo`` is a rehearsal's.
    """
    from reelwright.store.database import Database

    if not (tempo and tempo.is_rehearsal):
        refuse_rehearsal(settings.home)
    encoding = await asyncio.to_thread(_read_encoding, settings)
    await asyncio.to_thread(_make_folder, settings.home)
    await asyncio.to_thread(sweep)
    home = Home(settings, await asyncio.to_thread(Database, settings.database_url), sellers, tempo, encoding)
    if home.guard:
        with suppress(StoreUnavailable):  # it is checked again before anything is bought
            await home.guard.check(home.account)
    return home


def _read_encoding(settings: Settings) -> EncodingOptions:
    """Return the encoding options of this process, and have it run the ffmpeg of the settings. Raises ``BadInput``.

    Without an ffmpeg that works, what was made can still be shown, and the first step that needs one says so.
    """
    from reelwright.media.ffmpeg import choose_program, find_program, read_build

    choose_program(settings.ffmpeg)
    try:
        encoder = read_build(find_program())
    except (ToolMissing, HandDied):
        encoder = "none"
    return EncodingOptions(preset=settings.preset, crf=settings.crf, encoder=encoder)


def _make_folder(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        actions = [Action("set_home")]
        raise StoreUnavailable(code="home_not_created", home=home, cause=cause.strerror, actions=actions) from cause


def count_hands(settings: Settings) -> int:
    """Return how many steps the hands work on at once: the setting, otherwise the number of CPU cores."""
    return settings.hands or os.cpu_count() or 1


def open_home_providers(settings: Settings) -> Mapping[str, Provider]:
    """Create the providers to buy from, by name. Opens no connection and needs no key yet.

    Raises ``BadInput`` for the home of a rehearsal.
    """
    from reelwright.providers.registry import open_providers

    refuse_rehearsal(settings.home)
    return open_providers(settings)


def refuse_rehearsal(home: Path) -> None:
    """Raise ``BadInput`` for the home of a rehearsal: nothing may be bought there, and its films are of slates."""
    if is_rehearsal(home):
        raise BadInput(
            "home", str(home), "a home in which things are bought; this one is a rehearsal's",
            actions=[Action("resume_job")],
        )  # fmt: skip


def is_rehearsal(home: Path) -> bool:
    """Return whether the home is a rehearsal's, in which nothing is ever bought."""
    return (home / REHEARSAL).is_file()


def refuse_unsold(sellers: Mapping[str, Provider], graph: Graph, wanted_steps: Collection[str] | None = None) -> None:
    """Raise ``BadInput`` if a step of the graph cannot be bought: unknown model, refused options, or missing key.

    Call it before anything is written, so that no job starts that could not be finished. ``wanted_steps``: check only
    these steps.
    """
    wanted = (step.request for key, step in graph.steps.items() if wanted_steps is None or key in wanted_steps)
    refuse_unsold_requests(sellers, [request for request in wanted if request is not None])


def refuse_unsold_requests(sellers: Mapping[str, Provider], requests: Iterable[Request]) -> None:
    """Raise ``BadInput`` if one of the requests cannot be bought: unknown model, refused options, or missing key."""
    by_model = {model: seller for seller in sellers.values() for model in seller.list_models()}
    for request in requests:
        if request.model not in by_model:
            raise BadInput("model", request.model, ", ".join(sorted(by_model)))
        by_model[request.model].check(request)


def price_request(request: Request) -> Price:
    """Return the maximum price of one submission by the catalogue; 0 for what this machine draws.

    Needs no key. Raises ``BadInput`` for a model that nobody sells.
    """
    from reelwright.providers.registry import price_request

    return price_request(request)


def can_take_last_frame(model: str) -> bool:
    """Return whether the model takes a last frame. Models that draw on this machine do not."""
    from reelwright.catalogue.models import load_models

    row = load_models().get(model)
    return row is not None and "first_last_frame" in row.modes
