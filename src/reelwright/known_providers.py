"""The registration of every provider: its adapter, its addresses, and the keys that open them. Opens nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEntry:
    """Registration of a provider: its name, its adapter and its endpoints.

    ``adapter``: ``module:class``; the catalogue's file has the module's name. ``has_many_endpoints``: the adapter takes
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

    @property
    def file(self) -> str:
        """Name of the provider's adapter module and of its catalogue file, without folder and suffix."""
        return self.adapter.partition(":")[0]

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
"""All else about keys, addresses and providers is read from here."""
_ENDPOINTS: Final = tuple(door for entry in PROVIDER_ENTRIES for door in entry.endpoints)
ADDRESSED: Final = tuple(sorted({door.setting_name for door in _ENDPOINTS}))
"""Names whose address can be changed: providers, and the language model services behind the provider ``text``."""
HOLDERS: Final[Mapping[str, Holder]] = {door.key.name: door.key for door in _ENDPOINTS if door.key}

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


def _list_openers() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for entry in PROVIDER_ENTRIES:
        found.setdefault(entry.file, {}).update({door.holder: None for door in entry.endpoints if door.key})
    return {file: tuple(holders) for file, holders in found.items() if holders}


OPENS: Final[Mapping[str, tuple[str, ...]]] = _list_openers()
"""Adapters, and the holders whose keys they accept. The first key found is used, unless the adapter names a holder."""


def needs_turn(resubmit: str, provider: str) -> bool:
    """Whether a purchase waits for room under the limits of its model: paid ones do, and those of this machine's
    engines, which compute as many at once as they have slots.
    """
    return resubmit != "free" or provider == ENGINES


_TITLES: Final[Mapping[str, str]] = {
    ENGINES: "this machine",
    "local_text": "own language model",
    **{file: HOLDERS[openers[0]].title for file, openers in OPENS.items() if len(openers) == 1},
    **{entry.name: entry.own_title or HOLDERS[entry.endpoints[0].holder].title for entry in PROVIDER_ENTRIES},
}


def name_provider(name: str, variable: str | None = None) -> str:
    """Return how people write a provider: ``OpenRouter`` for ``openrouter``; a name that is not known here as it is.

    ``variable``: where the key of a model is looked for, as one adapter may buy from several.
    """
    return next((one.title for one in HOLDERS.values() if variable in one.variables), _TITLES.get(name, name))


def find_endpoint(holder: str) -> Endpoint | None:
    """Return the first endpoint that the key of ``holder`` opens; None if it opens none."""
    return next((door for door in _ENDPOINTS if door.holder == holder), None)
