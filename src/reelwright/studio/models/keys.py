"""API keys of providers: list them with the models that they open, add one, remove one."""

from __future__ import annotations

from typing import Final, Literal

from reelwright.catalogue.models import is_retired, load_models
from reelwright.errors import BadInput, NotFound, ProviderError
from reelwright.known_providers import OWN_HOLDERS, WEBHOOK_HOLDERS, Endpoint, find_endpoint, list_holders
from reelwright.net.keys import Key, Keys, get_holder
from reelwright.providers.open_provider import build_auth_headers, resolve_base_url
from reelwright.settings import Settings, load_settings
from reelwright.studio import late_modules as late
from reelwright.studio.results.result_model import ResultModel

_REFUSAL_STATUSES: Final = frozenset({401, 403})
Verdict = Literal["accepted", "refused", "not asked", "no answer"]


class KeySummary(ResultModel):
    """A provider, or other owner of an API key, and where its key was found (``source``, None without a key).

    Never has the secret. ``models``: ids of the models that the key opens. ``variables``: environment variables that
    can hold the key. ``page``: where to get a key.
    """

    holder: str
    source: str | None
    fingerprint: str | None
    models: tuple[str, ...]
    variables: tuple[str, ...]
    page: str

    def describe_use(self) -> str:
        """Return in words what the key is for: so many models, the sign-in, weights, or webhooks."""
        if self.holder in OWN_HOLDERS:
            return "weights" if self.holder == "hub" else "sign-in"
        return "webhooks" if self.holder in WEBHOOK_HOLDERS else f"{len(self.models)} models"


class KeyList(ResultModel):
    """Every provider that needs an API key, with where its key was found."""

    keys: tuple[KeySummary, ...]


class RemovedKey(ResultModel):
    """Result of removing a provider's API key. ``message``: whether an environment variable still holds one."""

    holder: str
    message: str


class KeyResult(ResultModel):
    """Result of adding a provider's API key.

    ``location``: where it is stored. ``verdict`` and ``message``: the provider's answer.
    """

    holder: str
    location: str
    fingerprint: str
    verdict: Verdict
    message: str


def list_keys(keys: Keys) -> tuple[KeySummary, ...]:
    """List every provider that needs a key and where its key was found, then other stored secrets; shows no secret.

    Raises ``BadInput`` for a key file that others may read.
    """
    found = {key.holder: key for key in keys.list_keys()}
    return tuple(_build_key_summary(name, found.get(name)) for name in dict.fromkeys((*list_holders(), *found)))


async def add_key(
    settings: Settings, holder: str, secret: str, *, keyring: bool = False, ask: bool = True
) -> KeyResult:
    """Store ``secret`` as the API key of the provider ``holder``, after trying it for nothing unless ``ask`` is false.

    Raises ``BadInput``, with nothing stored, for a key that the provider refuses. ``keyring``: store the key in the
    system's keyring instead of the key file.
    """
    key = Key(get_holder(holder).name, secret.strip(), "")
    verdict, message = await try_key(settings, key) if ask else ("not asked", "not asked, as you wished")
    if verdict == "refused":
        raise BadInput(
            f"the key of {holder}", key, f"one that the provider takes; it says: {message}", hint="nothing was kept"
        )
    Keys(settings).keep(key, keyring=keyring)
    where = "the system's keyring" if keyring else str(Keys(settings).file)
    return KeyResult(holder=key.holder, location=where, fingerprint=key.fingerprint, verdict=verdict, message=message)


def remove_key(settings: Settings, holder: str) -> str:
    """Delete the stored API key of ``holder``; return a sentence on where a key is still found. Raises ``NotFound``."""
    name = get_holder(holder).name
    gone = Keys(settings).forget(name)
    left = Keys(settings).find(name)
    if not gone:
        where = f"; it stands in the {left.source}, which is yours to change" if left else ""
        raise NotFound(code="key_not_stored", name=name, where=where)
    return f"still found in the {left.source}" if left else "none is left"


async def try_key(settings: Settings, key: Key) -> tuple[Verdict, str]:
    """Ask a free endpoint of the key's provider whether it accepts the key; return its verdict and a message.

    Never raises for a bad key.
    """
    door = find_endpoint(key.holder)
    holder = get_holder(key.holder)
    if door is None or not holder.free_path:
        return "not asked", f"{key.holder} has nothing free to ask: the first use will tell"
    base = _find_base_url(door, settings)
    if base is None:
        return "not asked", f"its address is not known: set REELWRIGHT_{door.setting_name.upper()}_BASE_URL"
    async with late.http.HttpClient(key.holder, base, auth=build_auth_headers(door, key)) as http:
        try:
            answer = await http.get(holder.free_path, headers=dict(holder.free_headers))
        except ProviderError as error:
            return "no answer", f"kept, but not tried: {error}"
    reply = answer.describe_body(160)
    if answer.status in _REFUSAL_STATUSES or (
        answer.status == 400 and "API_KEY_INVALID" in answer.body.decode("latin-1")
    ):
        if "missing_permissions" in reply:
            return "accepted", "it is a key of theirs, with fewer rights than to be asked this"
        return "refused", f"{answer.status} {reply}"
    if answer.status == 200:
        return "accepted", "the provider knows it"
    return "no answer", f"kept, but the provider answered {answer.status} {reply}"


def list_opened_models(holder: str) -> tuple[str, ...]:
    """List the ids of models that are still sold and that need the API key of ``holder``."""
    return tuple(row.id for row in load_models().values() if row.key == holder and not is_retired(row))


def load_keys() -> Keys:
    """Return access to the API keys in the environment and home of the user who runs this process."""
    return Keys(load_settings())


def _find_base_url(door: Endpoint, settings: Settings) -> str | None:
    try:
        return resolve_base_url(door, settings)
    except BadInput:
        return None


def _build_key_summary(name: str, key: Key | None) -> KeySummary:
    holder = get_holder(name)
    return KeySummary(
        holder=name,
        source=key.source if key else None,
        fingerprint=key.fingerprint if key else None,
        models=list_opened_models(name),
        variables=holder.variables,
        page=holder.page,
    )
