"""Verifying a provider with the user's own key: buy its cheapest request through the gate, and report each step."""

from __future__ import annotations

import json
import platform
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from reelwright.catalogue.models import load_models
from reelwright.engine.purchases.operations import Pace
from reelwright.errors import BadInput, StoreUnavailable
from reelwright.known_providers import ProviderEntry, list_provider_entries
from reelwright.messages import format_reason
from reelwright.net.exchange_log import Exchange, record_exchanges
from reelwright.net.redact import redact
from reelwright.providers.open_provider import LazyProvider, close_providers, open_providers, resolve_base_url
from reelwright.reel.base.value import StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.cut import Cut
from reelwright.reel.graph.graph import Graph, Kind, Step
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price, Quote
from reelwright.reel.records.operation import Consent, Lease, Purchase, Standing, Verdict
from reelwright.settings import Settings, is_loopback
from reelwright.studio.films.project_run import add_key
from reelwright.studio.models.cheapest import find_cheapest_request
from reelwright.studio.models.observed_provider import ObservedProvider, VerifyEvent, VerifyOutput
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.results.result_model import Number, ResultModel
from reelwright.studio.runtime.home import Home
from reelwright.units import Micros, format_usd

Place = Literal["live", "an address of your own", "this machine"]
_STEPS: Final[Mapping[str, tuple[Kind, str]]] = {
    "video": ("take", "take/verify"),
    "image": ("still", "still/verify"),
    "speech": ("voice", "voice/verify"),
    "music": ("bed", "bed/verify"),
    "sound_effect": ("bed", "bed/verify"),
    "text": ("words", "words/verify"),
}


class VerifyResult(ResultModel):
    """The result of ``verify``, a small test purchase at a provider.

    ``place``: ``live`` at the provider's own address, else where the address leads. ``quoted_usd`` and ``billed_usd``
    in dollars; ``billed_by``: reported, computed or quoted. ``events``: what happened, in order. ``exchanges``: the
    HTTP exchanges, by host, with the words in which the provider reported its state. ``report``: the file with all of
    this.
    """

    provider: str
    model: str
    mode: str
    place: Place
    address: str
    fingerprint: str
    state: str
    message: str
    quoted_usd: str
    quoted_basis: str
    billed_usd: str
    billed_by: str
    duration_s: Number
    events: tuple[VerifyEvent, ...]
    outputs: tuple[VerifyOutput, ...]
    exchanges: tuple[Exchange, ...]
    report: Path

    @property
    def has_succeeded(self) -> bool:
        """Whether the test purchase was settled and brought a file or text."""
        return self.state == "settled" and bool(self.outputs)


def choose_request(settings: Settings, provider: str, most: Micros, model: str | None = None) -> tuple[Request, Price]:
    """Return the request that ``verify`` would buy for at most ``most`` micro-dollars, and its price. Sends nothing.

    Raises ``BadInput``, ``OverBudget``.
    """
    return find_cheapest_request(_counter(settings, _seller(provider)), most, model)


async def verify(
    settings: Settings,
    provider: str,
    most: Micros,
    *,
    model: str | None = None,
    out: Path | None = None,
    notify: Callable[[VerifyEvent], None] | None = None,
) -> VerifyResult:
    """Buy the cheapest request of ``provider``, for at most ``most`` micro-dollars, and write a report. Spends money.

    The purchase is in the ledger like any other. ``notify`` is called with each event.
    Raises ``BadInput`` and ``OverBudget`` before anything is sent.
    """
    seller = _seller(provider)
    counter = _counter(settings, seller)
    request, price = find_cheapest_request(counter, most, model)
    address, place = _find_address(settings, seller, counter, request)
    report = _check_report_path(out, provider)
    watched = ObservedProvider(counter, notify)
    production = _SingleStepProduction(request, price)
    tempo = Tempo(fixed_pace=Pace())  # a person watches: poll before the model's usual latency is over
    from reelwright.studio.runtime.runtime import open_runtime  # loads the database, and results are described without

    runtime = await open_runtime(settings, {watched.name: watched}, tempo, production=production)
    try:
        with record_exchanges() as tap:
            began = time.monotonic()
            bought = await _buy(runtime.get_home(), watched.name, request, most)
            took = time.monotonic() - began
    finally:
        await runtime.close()
        await close_providers([counter])
    result = _build_result((address, place), request, price, bought, watched, tap.exchanges, took, report)
    _write(report, result)
    return result


async def _buy(home: Home, provider: str, request: Request, most: Micros) -> Purchase | None:
    """Drive a project of a single step until it rests. Return its purchase as it is in the ledger then."""
    brief = Brief(text=request.prompt, goal="takes")
    project = await home.journal.open_project(home.account, f"verify {provider}", brief)
    consent = Consent(ceiling=most, by="verify max_usd", may_buy_unconfirmed=True)
    await home.journal.enqueue(home.account, project, "takes", consent, add_key(home))
    await home.driver.drive(home.account, project)
    rows = await home.ledger.list_purchases(home.account, project)
    return rows[-1] if rows else None


class _SingleStepProduction:
    """The production of a single step, which is done when that step exists."""

    def __init__(self, request: Request, price: Price) -> None:
        kind, key = _STEPS[load_models()[request.model].kind]
        step = Step(key=StepKey(key), kind=kind, request=request)
        self._graph = Graph(steps={step.key: step}, goal=(step.key,))
        self._key, self._price = step.key, price

    def build_graph(self, standing: Standing) -> Graph:
        return self._graph

    def quote(self, standing: Standing, graph: Graph) -> Quote:
        until = datetime.now(UTC) + timedelta(hours=24)
        return Quote(
            certain={self._key: self._price}, possible={}, ceiling=self._price.micros or Micros(0), seconds=(0, 0),
            expires_at=until,
        )  # fmt: skip

    async def apply_outcome(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        return False

    def build_cut(self, standing: Standing, graph: Graph) -> Cut | None:
        return None

    async def unstick(self, lease: Lease, standing: Standing, stuck_steps: Collection[StepKey]) -> bool:
        return False

    async def extend(self, lease: Lease, standing: Standing) -> bool:
        return False

    def reach_verdict(self, standing: Standing, graph: Graph) -> Verdict:
        return Verdict(state="done")


def _seller(provider: str) -> ProviderEntry:
    for seller in list_provider_entries():
        if seller.name == provider:
            return seller
    raise BadInput("provider", provider, f"one of {', '.join(seller.name for seller in list_provider_entries())}")


def _counter(settings: Settings, seller: ProviderEntry) -> LazyProvider:
    found = open_providers(settings)[seller.name]
    assert isinstance(found, LazyProvider)
    return found


def _build_result(
    met_at: tuple[str, Place], request: Request, price: Price, bought: Purchase | None, watched: ObservedProvider,
    exchanges: list[Exchange], took: float, report: Path,
) -> VerifyResult:  # fmt: skip
    settled = bought.settled_micros if bought else None
    return VerifyResult(
        provider=watched.name,
        model=request.model,
        mode=request.mode,
        place=met_at[1],
        address=met_at[0],
        fingerprint=bought.operation.key if bought and bought.operation else "",
        state=bought.state if bought else "not sent",
        message=format_reason(bought.reason) if bought else "nothing was bought",
        quoted_usd=format_usd(price.micros or 0),
        quoted_basis=price.basis,
        billed_usd="" if settled is None else format_usd(settled),
        billed_by=watched.bill or ("quoted" if settled is not None else ""),
        duration_s=round(took, 2),
        events=tuple(watched.events),
        outputs=tuple(watched.outputs),
        exchanges=tuple(exchanges),
        report=report,
    )


def _find_address(
    settings: Settings, seller: ProviderEntry, counter: LazyProvider, request: Request
) -> tuple[str, Place]:
    """Return the address that is bought from, and whose it is. The adapter's own address counts as the provider's."""
    door = next((d for d in seller.endpoints if d.holder == load_models()[request.model].key), seller.endpoints[0])
    own = door.base or (counter.list_base_urls()[0] if seller.factory else "")
    address = settings.base_urls.get(door.setting_name) or own or resolve_base_url(door, settings)
    return address, _classify_address(address, own)


def _classify_address(address: str, own: str) -> Place:
    if is_loopback(urlsplit(address).hostname or ""):
        return "this machine"
    return "live" if own and address == own else "an address of your own"


def _check_report_path(out: Path | None, provider: str) -> Path:
    """Return the path of the report. Raises ``BadInput``, before anything is spent, if it cannot be a new file."""
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    path = (out or Path(f"verified-{provider}-{now}.json")).absolute()
    if path.exists() or not path.parent.is_dir() or path.suffix != ".json":
        raise BadInput("out", str(path), "a new file that ends in .json, in a folder that is there")
    return path


def _write(path: Path, result: VerifyResult) -> None:
    polls = Counter(f"{one.method} {one.host}" for one in result.exchanges)
    body = {
        "reelwright": _version(),
        "python": platform.python_version(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **{name: value for name, value in result.to_json().items() if name != "report"},
        "request_count": dict(polls),
    }
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(json.dumps(_redact_all(body), indent=2, ensure_ascii=False) + "\n")
    except OSError as cause:
        raise StoreUnavailable(code="file_not_written", file=path, cause=cause.strerror) from cause


def _redact_all(value: Any) -> Any:
    """Redact every text in ``value`` again: people send reports to others."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {name: _redact_all(item) for name, item in value.items()}
    return [_redact_all(item) for item in value] if isinstance(value, list | tuple) else value


def _version() -> str:
    try:
        return version("reelwright")
    except PackageNotFoundError:
        return "from its sources"
