"""The registration of every provider: its adapter, its addresses, and the keys that open them. Opens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from typing import Final, Literal

from reelwright.plugins import Plugin, find_plugins, report_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A company or server that issues keys, and where its key is looked for. ``variables``: where a key is looked for,
    in this order.

    ``title``: its name as people write it. ``page``: where a person gets a key. ``free_path``: a path at the provider's
    address that costs nothing and accepts only a valid key, asked with ``free_headers``; empty if there is none.
    Source: the providers' own references, read 2026-11-20.
    """

    name: str
    variables: tuple[str, ...]
    page: str
    title: str = ""
    free_path: str = ""
    free_headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Base URL that an adapter connects to, and the key that opens it.

    ``key``: who issues the key that opens it, None if it needs none; ``header``: the header that carries the key.
    ``base``: the default address, empty if there is none. ``setting_name``: NAME in the setting
    ``REELWRIGHT_<NAME>_BASE_URL``.
    """

    key: Holder | None = None
    base: str = ""
    setting_name: str
    header: Literal["Authorization", "x-goog-api-key", "xi-api-key", "x-api-key"] = "Authorization"

    @property
    def holder(self) -> str:
        """Name of the key's issuer; empty if the endpoint needs no key."""
        return self.key.name if self.key else ""


OUR_PACKAGE: Final = "reelwright.providers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEntry:
    """Registration of a provider: its name, its adapter and its endpoints.

    ``adapter``: ``module:class`` in ``package``; the catalogue's file has the module's name. In another package, the
    files beside the adapter are called ``models.yaml`` and ``fake.py``. ``has_many_endpoints``: the adapter takes
    a mapping of clients instead of one client. ``factory``: ``module:function`` beside the adapter that finds
    credentials and address by itself and returns adapter and ``HttpClient``. ``only_models``: the rows of the file that
    this provider sells; empty: those whose key opens one of its endpoints. ``own_title``: its name for people where it
    is not its key's issuer.
    """

    name: str
    adapter: str
    endpoints: tuple[Endpoint, ...]
    has_many_endpoints: bool = False
    factory: str = ""
    only_models: tuple[str, ...] = ()
    own_title: str = ""
    resubmit: Literal["never", "free"] = "never"
    package: str = OUR_PACKAGE

    @property
    def file(self) -> str:
        """Name under which adapter, fake and models are found: that of our files, or a foreign provider's own."""
        return self.adapter.partition(":")[0] if self.package == OUR_PACKAGE else self.name

    @property
    def holders(self) -> frozenset[str]:
        """Names of the issuers of the keys that open its endpoints; an empty text for an endpoint that needs no key."""
        return frozenset(door.holder for door in self.endpoints)


ENGINES: Final = "engines"
"""Provider of the models that engines of this machine run. It has no address and no key, so no row below."""
_GOOGLE: Final = Endpoint(
    key=Holder(
        name="google",
        title="Google",
        variables=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        page="https://aistudio.google.com/apikey",
        free_path="/v1beta/models?pageSize=1",
    ),
    base="https://generativelanguage.googleapis.com",
    setting_name="google",
    header="x-goog-api-key",
)
_LITELLM: Final = Endpoint(
    key=Holder(
        name="litellm",
        title="LiteLLM",
        variables=("LITELLM_API_KEY",),
        page="whoever runs your LiteLLM proxy",
        free_path="/v1/models",
    ),
    setting_name="litellm",
)
PROVIDER_ENTRIES: Final[tuple[ProviderEntry, ...]] = (
    ProviderEntry(
        name="openrouter",
        adapter="openrouter:OpenRouter",
        endpoints=(
            Endpoint(
                key=Holder(
                    name="openrouter",
                    title="OpenRouter",
                    variables=("OPENROUTER_API_KEY",),
                    page="https://openrouter.ai/keys",
                    free_path="/api/v1/key",
                ),
                base="https://openrouter.ai",
                setting_name="openrouter",
            ),
        ),
    ),
    ProviderEntry(name="google", adapter="google:Google", endpoints=(_GOOGLE,)),
    ProviderEntry(
        name="replicate",
        adapter="replicate:Replicate",
        endpoints=(
            Endpoint(
                key=Holder(
                    name="replicate",
                    title="Replicate",
                    variables=("REPLICATE_API_TOKEN",),
                    page="https://replicate.com/account/api-tokens",
                    free_path="/v1/account",
                ),
                base="https://api.replicate.com",
                setting_name="replicate",
            ),
        ),
    ),
    ProviderEntry(
        name="elevenlabs",
        adapter="elevenlabs:ElevenLabs",
        endpoints=(
            Endpoint(
                key=Holder(
                    name="elevenlabs",
                    title="ElevenLabs",
                    variables=("ELEVENLABS_API_KEY",),
                    page="https://elevenlabs.io/app/settings/api-keys",
                    free_path="/v1/models",
                ),
                base="https://api.elevenlabs.io",
                setting_name="elevenlabs",
                header="xi-api-key",
            ),
        ),
    ),
    ProviderEntry(
        name="openai_videos",
        own_title="own video server",
        adapter="openai_videos:OpenaiVideos",
        endpoints=(Endpoint(setting_name="openai_videos"),),
        resubmit="free",
    ),
    ProviderEntry(
        name="vertex",
        adapter="gemini_longrunning:GeminiLongrunning",
        endpoints=(
            Endpoint(
                key=Holder(
                    name="vertex",
                    title="Google Vertex",
                    variables=("GOOGLE_ACCESS_TOKEN",),
                    page="`gcloud auth print-access-token`, or application default credentials with the extra `vertex`",
                ),
                setting_name="gemini_longrunning",
            ),
        ),
        factory="gemini_longrunning:open_on_vertex",
    ),
    ProviderEntry(
        name="litellm_longrunning",
        adapter="gemini_longrunning:GeminiLongrunning",
        endpoints=(replace(_LITELLM, header="x-goog-api-key"),),
    ),
    ProviderEntry(name="litellm_videos", adapter="openai_videos:OpenaiVideos", endpoints=(_LITELLM,)),
    ProviderEntry(
        name="text",
        own_title="language model",
        adapter="text:Text",
        endpoints=(
            Endpoint(
                key=Holder(
                    name="openai",
                    title="OpenAI",
                    variables=("OPENAI_API_KEY",),
                    page="https://platform.openai.com/api-keys",
                    free_path="/v1/models",
                ),
                base="https://api.openai.com",
                setting_name="openai",
            ),
            Endpoint(
                key=Holder(
                    name="anthropic",
                    title="Anthropic",
                    variables=("ANTHROPIC_API_KEY",),
                    page="https://console.anthropic.com",
                    free_path="/v1/models?limit=1",
                    free_headers=(("anthropic-version", "2023-06-01"),),
                ),
                base="https://api.anthropic.com",
                setting_name="anthropic",
                header="x-api-key",
            ),
            _GOOGLE,
        ),
        has_many_endpoints=True,
    ),
    ProviderEntry(
        name="ollama",
        own_title="Ollama",
        adapter="local_text:LocalText",
        only_models=("ollama",),
        resubmit="free",
        endpoints=(Endpoint(base="http://127.0.0.1:11434", setting_name="ollama"),),
    ),
    ProviderEntry(
        name="lmstudio",
        own_title="LM Studio",
        adapter="local_text:LocalText",
        only_models=("lmstudio",),
        resubmit="free",
        endpoints=(Endpoint(base="http://127.0.0.1:1234", setting_name="lmstudio"),),
    ),
    ProviderEntry(
        name="own_text",
        own_title="own language model",
        adapter="local_text:LocalText",
        only_models=("own-text",),
        resubmit="free",
        endpoints=(Endpoint(setting_name="text"),),
    ),
)
"""Our own. All else about keys, addresses and providers is read from ``list_provider_entries``."""

OWN_HOLDERS: Final[Mapping[str, Holder]] = {
    "oidc": Holder(
        name="oidc",
        variables=("REELWRIGHT_OIDC_CLIENT_SECRET",),
        page="the page of your issuer where this server is registered",
    ),
    "hub": Holder(name="hub", variables=("HF_TOKEN",), page="https://huggingface.co/settings/tokens"),
}
"""Who issues secrets that open no provider: the client secret of the sign-in, the token of the hub of weights."""
_WEBHOOKS: Final = "_webhooks"
WEBHOOK_HOLDERS: Final[Mapping[str, Holder]] = {
    holder.name: holder
    for holder in (
        Holder(
            name=f"replicate{_WEBHOOKS}",
            variables=("REPLICATE_WEBHOOK_SECRET",),
            page="https://api.replicate.com/v1/webhooks/default/secret, asked with your token",
        ),
        Holder(
            name=f"openrouter{_WEBHOOKS}",
            variables=("OPENROUTER_WEBHOOK_SECRET",),
            page="https://openrouter.ai/settings",
        ),
        Holder(
            name=f"google{_WEBHOOKS}",
            variables=("GEMINI_WEBHOOK_SECRET",),
            page="the answer of Google when the webhook is made; https://ai.google.dev/gemini-api/docs/webhooks",
        ),
    )
}
"""Providers that tell us when work is done: the secrets that sign what they send. Kept like keys; they open nothing."""
WEBHOOK_PATH: Final = "/api/v1/provider-webhooks/"
"""Where a server receives them: this path with the name of the provider."""
WEBHOOK_PROVIDERS: Final = tuple(name.removesuffix(_WEBHOOKS) for name in WEBHOOK_HOLDERS)


def name_webhook_holder(provider: str) -> str:
    """Return the name under which ``Keys`` stores the secrets that sign a provider's webhooks."""
    return provider + _WEBHOOKS


@cache
def list_provider_entries() -> tuple[ProviderEntry, ...]:
    """List the registrations of all providers: ours, then those that other packages add, by name."""
    found = list(PROVIDER_ENTRIES)
    for plugin in find_plugins("providers").values():
        found += _load(plugin, found)
    return tuple(found)


def _load(plugin: Plugin, others: Sequence[ProviderEntry]) -> Iterator[ProviderEntry]:
    """Yield the registration of another package's provider, unless something in it, or beside ``others``, is wrong."""
    try:
        entry = plugin.load()
        _check_foreign(entry, plugin.name, others)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, the other providers are there
        report_fault(plugin, error)
    else:
        yield entry


def _check_foreign(entry: ProviderEntry, name: str, others: Sequence[ProviderEntry]) -> None:
    """Raise ``ValueError`` unless another package's registration is one that nothing of ours can be mistaken for.

    It has one address and at most one key, which are its own: no key of another provider is ever sent there. What it
    sells is never sent twice. ``others``: the registrations before it.
    """
    if not isinstance(entry, ProviderEntry):
        raise ValueError(f"it names a {type(entry).__name__}, not a ProviderEntry")
    door = entry.endpoints[0]
    key = door.key or Holder(name=name, variables=(), page="")
    taken = {"offline", ENGINES, *OWN_HOLDERS, *WEBHOOK_HOLDERS}
    held = (*OWN_HOLDERS.values(), *WEBHOOK_HOLDERS.values())
    variables = {variable for holder in held for variable in holder.variables}
    for other in others:
        taken |= {other.name, other.file, *other.holders, *(one.setting_name for one in other.endpoints)}
        variables |= {variable for one in other.endpoints if one.key for variable in one.key.variables}
    own = ProviderEntry(
        name=name, package=entry.package, adapter=entry.adapter, own_title=entry.own_title, endpoints=(door,)
    )
    for rule, holds in (
        ("name: small letters, digits and _", is_provider_name(name)),
        (f"name: {name} is one of ours", name not in taken),
        (f"setting_name and key.name: {name}, as the entry point", {name} == {entry.name, door.setting_name, key.name}),
        ("base: an address that begins with https://", door.base.startswith("https://")),
        ("key.variables: of this provider alone", variables.isdisjoint(key.variables)),
        (
            "key.variables: none that begins with REELWRIGHT_",
            not any(variable.startswith("REELWRIGHT_") for variable in key.variables),
        ),
        ("a name, a package, an adapter, an own_title and one endpoint, no more", entry == own),
    ):
        if not holds:
            raise ValueError(rule)
    for module in (entry.adapter.partition(":")[0], "fake"):
        if find_spec(f"{entry.package}.{module}") is None:
            raise ValueError(f"there is no {entry.package}.{module}")


def is_provider_name(name: object) -> bool:
    """Return whether another package's provider may have this name: small letters, digits and _, 2 to 31 of them."""
    return isinstance(name, str) and re.fullmatch("[a-z][a-z0-9_]{1,30}", name) is not None


@cache
def _list_endpoints() -> tuple[Endpoint, ...]:
    return tuple(door for entry in list_provider_entries() for door in entry.endpoints)


@cache
def list_addressed() -> tuple[str, ...]:
    """List the names whose address can be changed: providers, and the language model services behind ``text``.

    A provider of another package that has a fault is there, too, so that its address in the settings stops nothing.
    """
    return tuple(sorted({*find_plugins("providers"), *(door.setting_name for door in _list_endpoints())}))


@cache
def list_holders() -> Mapping[str, Holder]:
    """List who issues the keys of providers, by name."""
    return {door.key.name: door.key for door in _list_endpoints() if door.key}


@cache
def list_openers() -> Mapping[str, tuple[str, ...]]:
    """List by adapter the holders whose keys it accepts. The first key found is used, unless the adapter names one."""
    found: dict[str, dict[str, None]] = {}
    for entry in list_provider_entries():
        found.setdefault(entry.file, {}).update({door.holder: None for door in entry.endpoints if door.key})
    return {file: tuple(holders) for file, holders in found.items() if holders}


def needs_turn(resubmit: str, provider: str) -> bool:
    """Whether a purchase waits for room under the limits of its model: paid ones do, and those of this machine's
    engines, which compute as many at once as they have slots.
    """
    return resubmit != "free" or provider == ENGINES


@cache
def _list_titles() -> Mapping[str, str]:
    holders = list_holders()
    return {
        ENGINES: "this machine",
        "local_text": "own language model",
        "kokoro": "Kokoro, on this machine",
        **{file: " / ".join(holders[one].title or one for one in openers) for file, openers in list_openers().items()},
        **{
            entry.name: entry.own_title or (door.key.title if (door := entry.endpoints[0]).key else "") or entry.name
            for entry in list_provider_entries()
        },
    }


def name_provider(name: str, variable: str | None = None) -> str:
    """Return how people write a provider: ``OpenRouter`` for ``openrouter``; a name that is not known here as it is.

    ``variable``: where the key of a model is looked for, as one adapter may buy from several.
    """
    named = (one.title or one.name for one in list_holders().values() if variable in one.variables)
    return next(named, _list_titles().get(name, name))


def find_missing_address(provider: str, base_urls: Mapping[str, str]) -> str:
    """Return the variable for the address of a provider's server, where nothing says it yet; else empty text.

    ``base_urls``: those of the settings.
    """
    doors = next((one.endpoints for one in list_provider_entries() if one.name == provider), ())
    if not doors or any(door.base or base_urls.get(door.setting_name) for door in doors):
        return ""
    return f"REELWRIGHT_{doors[0].setting_name.upper()}_BASE_URL"


def find_endpoint(holder: str) -> Endpoint | None:
    """Return the first endpoint that the key of ``holder`` opens; None if it opens none."""
    return next((door for door in _list_endpoints() if door.holder == holder), None)
