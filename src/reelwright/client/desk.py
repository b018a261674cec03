"""Where a generator's prompts are bought: the caller's own home, one wire, and a director that drives its clips."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from reelwright.client.answers import VideoRequest
from reelwright.client.asking import row_of
from reelwright.client.exceptions import VideoGenerationError
from reelwright.client.hearing import Listening
from reelwright.client.naming import generate_filename
from reelwright.client.options import ClientOptions
from reelwright.client.saying import error_of, not_again
from reelwright.client.wiring import client_of, open_wire
from reelwright.engine.operations import Pace
from reelwright.errors import BadInput, NeedsConsent
from reelwright.settings import Settings, load
from reelwright.studio.batching import Batch, agree
from reelwright.studio.checked import money
from reelwright.studio.consent import each_at_most
from reelwright.studio.home import hands_of, open_home, refuse_rehearsal
from reelwright.studio.in_vain import spent_in_vain
from reelwright.studio.produce import Produce
from reelwright.studio.rows import Agreement, BatchQuoted, Row, RowMade, RowQuoted
from reelwright.units import Micros, usd

if TYPE_CHECKING:
    from reelwright.net.questions import Client
    from reelwright.providers.protocol import Provider


class Desk:
    """Opened by a generator; ``client`` asks its service. Nothing is written before a price was agreed to."""

    def __init__(self, options: ClientOptions, wire: Provider | None, settings: Settings | None) -> None:
        self._options, self._given, self._told = options, wire, settings
        self._open: AsyncExitStack | None = None
        self._each: Micros | None = None
        self.http: Any = None
        self.client: Client | None = None

    async def __aenter__(self) -> Self:
        money(self._options.max_usd, "max_usd")
        self._each = each_at_most(self._options.unknown_at_most)
        async with AsyncExitStack() as opening:
            settings = self._settings = self._told or load()
            refuse_rehearsal(settings.home)
            self.http, wire = await open_wire(self._options, self._given, settings, opening)
            self.client = await opening.enter_async_context(client_of(self.http))
            self._wire = Listening(wire)
            home = self._home = await open_home(settings, {self._wire.name: self._wire})
            opening.push_async_callback(home.close)
            produce = Produce(home.journal, home.vault, self._wire.price, hands_of(home.settings))
            self._batch = Batch(
                home,
                {self._wire.name: self._wire},
                produce,
                place=_place_in(self._options.output_dir),
                pace=Pace(least_s=self._options.poll_initial_delay, most_s=self._options.poll_max_delay),
                send_again_s=self._options.send_again_s,
            )
            await opening.enter_async_context(self._batch.at_work())
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        opened, self._open, self.http, self.client = self._open, None, None, None
        if opened:
            await opened.aclose()

    def row_of(self, asked: VideoRequest) -> Row | VideoGenerationError:
        """The row that buys ``asked``, or what is wrong with it. Talks to nobody."""
        try:
            return row_of(asked, self._options, self._settings, self._wire)
        except BadInput as error:
            return error_of(error)

    async def quoted(self, rows: Sequence[Row]) -> BatchQuoted:
        """The price of all rows, agreed to: by ``max_usd``, else by the call itself. Raises ``MoneyError``.

        What a proxy charges is set by its owner, so that no price of it is sure: the call agrees to that as well.
        """
        quoted = await self._batch.quote(rows)
        if quoted.unknown and self._each is None:
            raise NeedsConsent(
                "nobody knows the price of a model by a name of the proxy's own; nothing was sent",
                hint="unknown_at_most=USD says what one such video may cost; another model has a price",
            )
        each = self._options.unknown_at_most
        agree(quoted, yes=True, budget=self._options.max_usd, accept_unconfirmed=True, unknown_at_most=each)
        return quoted

    async def bring(self, row: Row, price: RowQuoted, slots: asyncio.Semaphore) -> RowMade:
        """One row to its file. Spends what was agreed to. Raises the builtin ``TimeoutError``."""
        by = "the call" if self._options.max_usd is None else "max_usd"
        consent = Agreement(by=by, unconfirmed=True, each=self._each).to(price)
        return await self._batch.bring(row, price, consent, slots, within_s=self._options.max_wait_time)

    async def not_agreed_to(self, row: Row, price: RowQuoted) -> VideoGenerationError | None:
        """Why another try is not paid for by the call alone: the tries before were billed, and nothing came of them."""
        project = None if price.had else await self._batch.project_of(row)
        lost = await spent_in_vain(self._home, project) if project else None
        cap = money(self._options.max_usd, "max_usd")
        needed = Micros(price.micros + (self._each or 0) * price.unknown)
        if lost is None or (cap is not None and lost.micros + needed <= cap):
            return None
        return not_again(lost, needed, None if cap is None else usd(cap))

    async def is_handed_over(self, row: Row) -> bool:
        """Whether an earlier run brought this row to its file."""
        return await self._batch.is_handed_over(row)


def _place_in(folder: Path) -> Callable[[Row, str], Path]:
    """A name of its own in ``folder`` for every video that names no place."""
    return lambda row, project: folder.absolute() / generate_filename(row.brief.text)
