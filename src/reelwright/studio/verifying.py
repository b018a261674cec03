"""A provider tried on one's own key: its cheapest request, bought through the gate, and told step by step."""

from __future__ import annotations

import json
import platform
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from reelwright.catalogue.models import models
from reelwright.engine.waist import Verdict
from reelwright.errors import BadInput, StoreUnavailable
from reelwright.net.redact import redact
from reelwright.net.tap import Exchange, listening
from reelwright.providers.protocol import Provider
from reelwright.providers.shop import SELLERS, Seller, address_of, close_providers, open_providers
from reelwright.providers.shop import Counter as Shop
from reelwright.reel.brief import Brief
from reelwright.reel.cut import Cut
from reelwright.reel.graph import Graph, Kind, Step
from reelwright.reel.money import Price, Quote
from reelwright.reel.noun import StepKey
from reelwright.reel.operation import Consent, Lease, Purchase, Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.request import Request
from reelwright.settings import Settings, is_loopback
from reelwright.studio.cheapest import cheapest
from reelwright.studio.home import Home, open_home
from reelwright.studio.spelling import Spoken
from reelwright.studio.watched import Brought, Met, Watched
from reelwright.units import Micros, usd

Place = Literal["live", "an address of your own", "this machine"]
_STEPS: Final[Mapping[str, tuple[Kind, str]]] = {
    "video": ("take", "take/verify"),
    "image": ("still", "still/verify"),
    "speech": ("voice", "voice/verify"),
    "music": ("bed", "bed/verify"),
    "sound_effect": ("bed", "bed/verify"),
    "text": ("words", "words/verify"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified(Spoken):
    """What was met. ``place``: ``live`` at the provider's own address, else where the address was set to lead.

    ``quoted`` and ``billed`` in dollars; ``billed_by``: reported, computed or quoted. ``exchanges``: what went over
    the wire, by host, with the words in which the provider told its state. ``report``: the file that says all this.
    """

    provider: str
    model: str
    mode: str
    place: Place
    address: str
    fingerprint: str
    state: str
    said: str
    quoted: str
    quoted_basis: str
    billed: str
    billed_by: str
    seconds: float
    met: tuple[Met, ...]
    brought: tuple[Brought, ...]
    exchanges: tuple[Mapping[str, Any], ...]
    report: Path

    @property
    def fine(self) -> bool:
        """It was bought, settled, and brought what it was asked for."""
        return self.state == "settled" and bool(self.brought)


def chosen(settings: Settings, provider: str, most: Micros, model: str | None = None) -> tuple[Request, Price]:
    """What ``verify`` would ask, and its price. Raises ``BadInput``, ``OverBudget``. Never talks, never spends."""
    return cheapest(_counter(settings, _seller(provider)), most, model)


async def verify(
    settings: Settings,
    provider: str,
    most: Micros,
    *,
    model: str | None = None,
    out: Path | None = None,
    tell: Callable[[Met], None] | None = None,
) -> Verified:
    """Buy the cheapest request of ``provider`` for at most ``most``, and write down what it did. Spends.

    The purchase stands in the ledger like any other. ``tell`` hears of each thing as it happens.
    Raises ``BadInput`` and ``OverBudget`` before anything is sent.
    """
    seller = _seller(provider)
    counter = _counter(settings, seller)
    request, price = cheapest(counter, most, model)
    address, place = _met_at(settings, seller, counter, request)
    report = _place_of(out, provider)
    home = await open_home(settings)
    watched = Watched(counter, tell)
    try:
        with listening() as tap:
            began = time.monotonic()
            bought = await _buy(home, watched, request, price, most)
            took = time.monotonic() - began
    finally:
        await close_providers([counter])
        await home.close()
    told = _told((address, place), request, price, bought, watched, tap.exchanges, took, report)
    _write(report, told)
    return told


async def _buy(home: Home, watched: Watched, request: Request, price: Price, most: Micros) -> Purchase | None:
    """A project of one step, driven to its rest; its purchase as the ledger has it then."""
    from reelwright.engine.director import Director

    brief = Brief(text=request.prompt, goal="takes")
    project = await home.journal.open_project(home.account, f"verify {watched.name}", brief)
    consent = Consent(ceiling=most, by="verify --max-usd", unconfirmed=True)
    await home.journal.enqueue(home.account, project, "takes", consent, {})
    only = _OneStep(request, price)
    providers: dict[str, Provider] = {watched.name: watched}
    director = Director(home.journal, home.ledger, home.vault, home.hands, providers, home.settings, only)
    await director.run(only=project)
    rows = await home.ledger.purchases(home.account, project)
    return rows[-1] if rows else None


class _OneStep:
    """What the director is handed: one step, and done when it is had."""

    def __init__(self, request: Request, price: Price) -> None:
        kind, key = _STEPS[models()[request.model].kind]
        step = Step(key=StepKey(key), kind=kind, request=request)
        self._graph = Graph(steps={step.key: step}, goal=(step.key,))
        self._key, self._price = step.key, price

    def graph(self, standing: Standing) -> Graph:
        return self._graph

    def quote(self, standing: Standing, graph: Graph) -> Quote:
        until = datetime.now(UTC) + timedelta(hours=24)
        return Quote(
            certain={self._key: self._price}, possible={}, ceiling=self._price.micros or Micros(0), seconds=(0, 0),
            until=until,
        )  # fmt: skip

    async def landed(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        return False

    def cut(self, standing: Standing, graph: Graph) -> Cut | None:
        return None

    async def unstick(self, lease: Lease, standing: Standing, stuck: Collection[StepKey]) -> bool:
        return False

    def verdict(self, standing: Standing, graph: Graph) -> Verdict:
        return Verdict(state="done")


def _seller(provider: str) -> Seller:
    for seller in SELLERS:
        if seller.name == provider:
            return seller
    raise BadInput("provider", provider, f"one of {', '.join(seller.name for seller in SELLERS)}")


def _counter(settings: Settings, seller: Seller) -> Shop:
    found = open_providers(settings)[seller.name]
    assert isinstance(found, Shop)
    return found


def _told(
    met_at: tuple[str, Place], request: Request, price: Price, bought: Purchase | None, watched: Watched,
    exchanges: list[Exchange], took: float, report: Path,
) -> Verified:  # fmt: skip
    settled = bought.settled if bought else None
    return Verified(
        provider=watched.name,
        model=request.model,
        mode=request.mode,
        place=met_at[1],
        address=met_at[0],
        fingerprint=bought.operation.key if bought and bought.operation else "",
        state=bought.state if bought else "not sent",
        said=bought.said if bought else "nothing was bought",
        quoted=usd(price.micros or 0),
        quoted_basis=price.basis,
        billed="" if settled is None else usd(settled),
        billed_by=watched.bill or ("quoted" if settled is not None else ""),
        seconds=round(took, 2),
        met=tuple(watched.met),
        brought=tuple(watched.brought),
        exchanges=tuple(asdict(one) for one in exchanges),
        report=report,
    )


def _met_at(settings: Settings, seller: Seller, counter: Shop, request: Request) -> tuple[str, Place]:
    """The address that is bought at, and whose it is. One that its adapter finds by itself is the provider's own."""
    door = next((d for d in seller.doors if d.holder == models()[request.model].key), seller.doors[0])
    own = door.base or (counter.addresses()[0] if seller.opens else "")
    address = settings.base_urls.get(door.named) or own or address_of(door, settings)
    return address, _place(address, own)


def _place(address: str, own: str) -> Place:
    from urllib.parse import urlsplit

    if is_loopback(urlsplit(address).hostname or ""):
        return "this machine"
    return "live" if own and address == own else "an address of your own"


def _place_of(out: Path | None, provider: str) -> Path:
    """Where the report goes; looked at before anything is spent."""
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    path = (out or Path(f"verified-{provider}-{now}.json")).absolute()
    if path.exists() or not path.parent.is_dir() or path.suffix != ".json":
        raise BadInput("out", str(path), "a new file that ends in .json, in a folder that is there")
    return path


def _write(path: Path, told: Verified) -> None:
    polls = Counter(f"{one['method']} {one['host']}" for one in told.exchanges)
    body = {
        "reelwright": _version(),
        "python": platform.python_version(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **{name: value for name, value in told.to_json().items() if name != "report"},
        "request_count": dict(polls),
    }
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(json.dumps(_clean(body), indent=2, ensure_ascii=False) + "\n")
    except OSError as cause:
        raise StoreUnavailable(f"the report cannot be written to {path}: {cause.strerror}") from cause


def _clean(value: Any) -> Any:
    """Every text in it redacted once more: a report is made to be sent around."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {name: _clean(item) for name, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("reelwright")
    except PackageNotFoundError:
        return "from its sources"
