"""Buys the videos of a generator: opens the caller's home and one wire, and runs a director for the clips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from reelwright.client.clip_rows import build_row
from reelwright.client.connection import build_client, open_wire
from reelwright.client.error_mapping import build_retry_error, convert_error
from reelwright.client.exceptions import VideoGenerationError
from reelwright.client.naming import generate_filename
from reelwright.client.options import ClientOptions
from reelwright.client.recording import RecordingProvider
from reelwright.client.videos import VideoRequest
from reelwright.engine.purchases.operations import Pace
from reelwright.errors import BadInput, NeedsConsent
from reelwright.reason import Action
from reelwright.reel.records.ledger import Limit
from reelwright.settings import Settings, load_settings
from reelwright.studio.batches.batch_quote import quote_rows, require_batch_consent
from reelwright.studio.batches.batch_runner import BatchRunner
from reelwright.studio.batches.row_projects import RowProjects
from reelwright.studio.money.wasted_spend import find_wasted_spend
from reelwright.studio.quotes.consent import parse_unknown_at_most
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.quotes.validation import parse_money
from reelwright.studio.results.options import Approval
from reelwright.studio.results.rows import Agreement, BatchQuote, Row, RowQuote, RowResult
from reelwright.studio.runtime.home import refuse_rehearsal
from reelwright.studio.runtime.runtime import open_runtime
from reelwright.units import Micros, format_usd

if TYPE_CHECKING:
    from reelwright.net.httpx_client import Client
    from reelwright.providers.protocol import Provider


class PurchaseSession:
    """Context manager that opens what a generator needs to buy videos: the home, the provider and a director. Writes
    nothing before a price is agreed to.

    ``client`` asks the generator's service questions that cost nothing.
    """

    def __init__(self, options: ClientOptions, wire: Provider | None, settings: Settings | None) -> None:
        self._options, self._given_wire, self._given_settings = options, wire, settings
        self._open: AsyncExitStack | None = None
        self._unknown_at_most: Micros | None = None
        self.http: Any = None
        self.client: Client | None = None

    async def __aenter__(self) -> Self:
        parse_money(self._options.max_usd, "max_usd")
        self._unknown_at_most = parse_unknown_at_most(self._options.unknown_at_most)
        async with AsyncExitStack() as opening:
            settings = self._settings = self._given_settings or load_settings()
            refuse_rehearsal(settings.home)
            self.http, wire = await open_wire(self._options, self._given_wire, settings, opening)
            self.client = await opening.enter_async_context(build_client(self.http))
            self._wire = RecordingProvider(wire)
            pace = Pace(least_s=self._options.poll_initial_delay, most_s=self._options.poll_max_delay)
            tempo = Tempo(fixed_pace=pace, fixed_send_again_s=self._options.send_again_s)
            sellers = {self._wire.name: self._wire}
            runtime = await open_runtime(settings, sellers, tempo, price=self._wire.price)
            opening.push_async_callback(runtime.close)
            self._home = runtime.get_home()
            self._projects = RowProjects(self._home)
            self._batch = BatchRunner(self._home, place=_make_namer(self._options.output_dir))
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        opened, self._open, self.http, self.client = self._open, None, None, None
        if opened:
            await opened.aclose()

    def build_row(self, request: VideoRequest) -> Row | VideoGenerationError:
        """Build the batch row that buys the requested video, or return the error in the request. Sends nothing."""
        try:
            return build_row(request, self._options, self._settings, self._wire)
        except BadInput as error:
            return convert_error(error)

    async def approve_price(self, rows: Sequence[Row]) -> BatchQuote:
        """Quote all rows, and raise ``MoneyError`` if their price is above ``max_usd``; without it, any price is agreed
        to. Spends nothing.

        The owner of a proxy decides what it charges, so none of its prices is certain. The call agrees to that, too.
        """
        quoted = await quote_rows(self._home, rows)
        if quoted.unknown_price_rows and self._unknown_at_most is None:
            actions = [Action("cap_unknown_price"), Action("choose_model")]
            raise NeedsConsent(code="proxy_price_unknown", actions=actions)
        most, each = self._options.max_usd, self._options.unknown_at_most
        approval = Approval(yes=True, budget=most, accept_unconfirmed=True, unknown_at_most=each)
        require_batch_consent(quoted, approval)
        return quoted

    def get_cap(self) -> Micros | None:
        """Return the most in micro-dollars that all rows of a call may spend together, ``max_usd``; None: no cap."""
        return parse_money(self._options.max_usd, "max_usd")

    async def make_video(self, row: Row, price: RowQuote, batch: Limit | None) -> RowResult:
        """Make the video of one row and write its file; may spend up to the price that was agreed to.

        ``batch``: the limit of the rows of one call.
        """
        by = "the call" if self._options.max_usd is None else "max_usd"
        consent = Agreement(by=by, may_buy_unconfirmed=True, unknown_at_most=self._unknown_at_most).build_consent(price)
        return await self._batch.run_row(row, price, consent, batch)

    async def check_retry_consent(self, row: Row, price: RowQuote) -> VideoGenerationError | None:
        """Return an error if earlier tries of the row were billed without a result and ``max_usd`` does not cover
        another one.

        Without ``max_usd``, a call agrees to the price of one video only. None means that the row may be bought.
        """
        project = None if price.is_up_to_date else await self._projects.find(row)
        lost = await find_wasted_spend(self._home, project) if project else None
        cap = self.get_cap()
        needed = Micros(price.micros + (self._unknown_at_most or 0) * price.unknown_price_steps)
        if lost is None or (cap is not None and lost.micros + needed <= cap):
            return None
        return build_retry_error(lost, needed, None if cap is None else format_usd(cap))

    async def is_handed_over(self, row: Row) -> bool:
        """Whether an earlier run has delivered the video file of this row."""
        return await self._projects.is_handed_over(row)


def _make_namer(folder: Path) -> Callable[[Row, str], Path]:
    """Return a function that generates a path in ``folder`` for a video without an output path of its own."""
    return lambda row, project: folder.absolute() / generate_filename(row.brief.text)
