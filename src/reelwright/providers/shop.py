"""Who can be bought from: one row an adapter, opened by the first who buys; prices hang outside and need no key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from reelwright.catalogue.limits import check
from reelwright.catalogue.model import Failures
from reelwright.catalogue.models import known, rows_of
from reelwright.catalogue.price import price_of
from reelwright.errors import BadInput
from reelwright.net.keys import Key, Keys, missing
from reelwright.providers.offline import Offline
from reelwright.providers.protocol import (
    Absent,
    CannotTell,
    Found,
    Keep,
    Lists,
    Make,
    Match,
    Output,
    Progress,
    Provider,
    Read,
)
from reelwright.reel.ledger import ListedWork, OwnWork
from reelwright.reel.money import Price
from reelwright.reel.noun import Digest, noun
from reelwright.reel.operation import Operation
from reelwright.reel.request import Input, Request
from reelwright.settings import Settings

if TYPE_CHECKING:
    from reelwright.net.http import Http


@noun
class Door:
    """One place that an adapter talks to. ``holder``: whose key opens it, empty for none; ``header``: how it is shown.

    ``base``: its own address, empty where it has none; ``named``: what ``REELWRIGHT_<NAMED>_BASE_URL`` is called.
    """

    holder: str
    base: str
    named: str
    header: Literal["Authorization", "x-goog-api-key", "xi-api-key", "x-api-key"] = "Authorization"


@noun
class Seller:
    """One adapter. ``file``: of the catalogue. ``many``: how it is made of its doors; see ``_one`` and ``_many``.

    ``opens``: a function beside the adapter that finds its own credentials and address; it gives adapter and ``Http``.
    ``only``: the rows of its file that it sells; empty: those whose key opens one of its doors.
    """

    name: str
    file: str
    adapter: str
    doors: tuple[Door, ...]
    many: bool = False
    opens: str = ""
    only: tuple[str, ...] = ()
    resubmit: Literal["never", "free"] = "never"

    @property
    def holders(self) -> frozenset[str]:
        return frozenset(door.holder for door in self.doors)


_LITELLM: Final = Door(holder="litellm", base="", named="litellm")
SELLERS: Final[tuple[Seller, ...]] = (
    Seller(
        name="openrouter",
        file="openrouter",
        adapter="openrouter:OpenRouter",
        doors=(Door(holder="openrouter", base="https://openrouter.ai", named="openrouter"),),
    ),
    Seller(
        name="google",
        file="google",
        adapter="google:Google",
        doors=(
            Door(
                holder="google",
                base="https://generativelanguage.googleapis.com",
                named="google",
                header="x-goog-api-key",
            ),
        ),
    ),
    Seller(
        name="replicate",
        file="replicate",
        adapter="replicate:Replicate",
        doors=(Door(holder="replicate", base="https://api.replicate.com", named="replicate"),),
    ),
    Seller(
        name="elevenlabs",
        file="elevenlabs",
        adapter="elevenlabs:ElevenLabs",
        doors=(
            Door(holder="elevenlabs", base="https://api.elevenlabs.io", named="elevenlabs", header="xi-api-key"),
        ),
    ),
    Seller(
        name="openai_videos",
        file="openai_videos",
        adapter="openai_videos:OpenaiVideos",
        doors=(Door(holder="", base="", named="openai_videos"),),
        resubmit="free",
    ),
    Seller(
        name="vertex",
        file="gemini_longrunning",
        adapter="gemini_longrunning:GeminiLongrunning",
        doors=(Door(holder="vertex", base="", named="gemini_longrunning"),),
        opens="gemini_longrunning:open_on_vertex",
    ),
    Seller(
        name="litellm_longrunning",
        file="gemini_longrunning",
        adapter="gemini_longrunning:GeminiLongrunning",
        doors=(replace(_LITELLM, header="x-goog-api-key"),),
    ),
    Seller(name="litellm_videos", file="openai_videos", adapter="openai_videos:OpenaiVideos", doors=(_LITELLM,)),
    Seller(
        name="text",
        file="text",
        adapter="text:Text",
        doors=(
            Door(holder="openai", base="https://api.openai.com", named="openai"),
            Door(holder="anthropic", base="https://api.anthropic.com", named="anthropic", header="x-api-key"),
            Door(
                holder="google",
                base="https://generativelanguage.googleapis.com",
                named="google",
                header="x-goog-api-key",
            ),
        ),
        many=True,
    ),
    Seller(
        name="ollama", file="local_text", adapter="local_text:LocalText", only=("ollama",), resubmit="free",
        doors=(Door(holder="", base="http://127.0.0.1:11434", named="ollama"),),
    ),
    Seller(
        name="lmstudio", file="local_text", adapter="local_text:LocalText", only=("lmstudio",), resubmit="free",
        doors=(Door(holder="", base="http://127.0.0.1:1234", named="lmstudio"),),
    ),
    Seller(
        name="own_text", file="local_text", adapter="local_text:LocalText", only=("own-text",), resubmit="free",
        doors=(Door(holder="", base="", named="text"),),
    ),
)  # fmt: skip
"""A new adapter is one more row here, one YAML in ``catalogue/models`` and one file beside this one."""


def open_providers(settings: Settings, keys: Keys | None = None) -> Mapping[str, Provider]:
    """Everyone by name: ``offline`` and a counter for each seller. Nothing is read, asked or connected yet."""
    keys = keys or Keys(settings)
    counters = {seller.name: Counter(seller, settings, keys) for seller in SELLERS}
    return {"offline": Offline(), **counters}


async def close_providers(providers: Iterable[Provider]) -> None:
    """Let go of the connections of those that were opened."""
    for provider in providers:
        if isinstance(provider, Counter):
            await provider.close()


def quoted(request: Request) -> Price:
    """What one submission of ``request`` costs at most, whoever sells it. Needs no key. Raises ``BadInput``."""
    own = Offline()
    if request.model in own.models():
        return own.price(request)
    return price_of(request)


class Counter:
    """A seller whose adapter is opened by the first who buys. Prices and rules come from the catalogue, without a key.

    ``check`` refuses what cannot be bought before anything is reserved: also where the key is missing.
    """

    def __init__(self, seller: Seller, settings: Settings, keys: Keys) -> None:
        self._seller, self._settings, self._keys = seller, settings, keys
        self.name, self.resubmit = seller.name, seller.resubmit
        self._adapter: Provider | None = None
        self._opened: list[Http] = []

    def models(self) -> frozenset[str]:
        if self._seller.only:
            return frozenset(self._seller.only)
        holders = self._seller.holders
        return frozenset(row.id for row in rows_of(self._seller.file).values() if row.key in holders)

    def check(self, request: Request) -> None:
        """Raise ``BadInput``: what the model does not take, the key that is missing, the address that is not known."""
        check(request)
        holder = "" if self._seller.opens else known(request.model).key
        if holder and self._keys.of(holder) is None:
            raise missing(holder)
        self._open().check(request)

    def price(self, request: Request) -> Price:
        return price_of(request)

    def failures(self, model: str) -> Failures:
        row = rows_of(self._seller.file).get(model)
        return row.failures if row else Failures()

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        return await self._open().prepare(request, inputs, purchase, read)

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        return await self._open().submit(prepared, keep, make)

    async def poll(self, operation: Operation) -> Progress:
        return await self._open().poll(operation)

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        return self._open().fetch(operation, output)

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        return await self._open().cancel(operation)

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Found | Absent | CannotTell:
        return await self._open().find(prepared, purchase, own)

    @property
    def has_list(self) -> bool:
        """Whether its work can be listed, and the key or the address to ask with is there."""
        if not hasattr(_named(self._seller.adapter), "list_work"):
            return False
        try:
            self._open()
        except BadInput:
            return False
        return True

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        return [replace(work, provider=self.name) for work in await self._listing().list_work(own)]

    def compare(self, prepared: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        return self._listing().compare(prepared, work, by_another=by_another)

    def listed_operation(self, prepared: Mapping[str, Any], work: ListedWork) -> Operation:
        return self._listing().listed_operation(prepared, work)

    def _listing(self) -> Lists:
        return cast(Lists, self._open())

    async def unstage(self, staged: Sequence[Any]) -> None:
        await self._open().unstage(staged)

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output]) -> None:
        await self._open().remove_outputs(operation, outputs)

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return self._open().poke(headers, body, secrets)

    def addresses(self) -> tuple[str, ...]:
        """Where the doors lead that are open."""
        return tuple(http.base for http in self._opened)

    async def close(self) -> None:
        """Let go of its connections; it opens again when it is needed."""
        opened, self._opened, self._adapter = self._opened, [], None
        for http in opened:
            await http.close()

    def _open(self) -> Provider:
        """Raises ``BadInput`` where no key and no address is there for any of its doors."""
        if self._adapter is None and self._seller.opens:
            self._adapter, http = _named(self._seller.opens)(self._settings, self._keys)
            self._opened.append(http)
        if self._adapter is None:
            kind = _named(self._seller.adapter)
            self._adapter = self._many(kind) if self._seller.many else self._one(kind)
        return self._adapter

    def _one(self, kind: Callable[..., object]) -> Provider:
        door = self._seller.doors[0]
        key = self._key(door)
        return cast(Provider, kind(self._http(door, key), key))

    def _many(self, kind: Callable[..., object]) -> Provider:
        """With every door whose key is there; a request for another was refused by ``check``."""
        found = {door.holder: (door, key) for door in self._seller.doors if (key := self._keys.of(door.holder))}
        doors = {holder: self._http(door, key) for holder, (door, key) in found.items()}
        return cast(Provider, kind(doors, {holder: key for holder, (_, key) in found.items()}))

    def _key(self, door: Door) -> Key | None:
        if not door.holder:
            return None
        if key := self._keys.of(door.holder):
            return key
        raise missing(door.holder)

    def _http(self, door: Door, key: Key | None) -> Http:
        from reelwright.net.http import Http

        http = Http(self.name, address_of(door, self._settings), auth=proof(door, key))
        self._opened.append(http)
        return http


def _named(place: str) -> Any:
    """What ``module:name`` among the adapters is."""
    module, _, name = place.partition(":")
    return getattr(import_module(f"reelwright.providers.{module}"), name)


def address_of(door: Door, settings: Settings) -> str:
    """Where a door is: as the settings say, else its own. Raises ``BadInput`` where it has none of its own."""
    if base := settings.base_urls.get(door.named) or door.base:
        return base
    variable = f"REELWRIGHT_{door.named.upper()}_BASE_URL"
    raise BadInput(variable, None, f"the address of your {door.holder or door.named} server")


def door_of(holder: str) -> Door | None:
    """The first door that the key of ``holder`` opens."""
    doors = (door for seller in SELLERS for door in seller.doors)
    return next((door for door in doors if door.holder == holder), None)


def proof(door: Door, key: Key | None) -> Mapping[str, str]:
    """The headers under which ``key`` is shown at ``door``; they go to its host and nowhere else."""
    if key is None:
        return {}
    return {door.header: f"Bearer {key.secret}" if door.header == "Authorization" else key.secret}
