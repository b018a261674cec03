"""The keys that a person holds: which are there and what they open, one more kept, one removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from reelwright.catalogue.models import is_retired, models
from reelwright.errors import BadInput, NotFound, ProviderError
from reelwright.net.keys import HOLDERS, Key, Keys, holder_called
from reelwright.providers.shop import Door, address_of, door_of, proof
from reelwright.settings import Settings, load
from reelwright.studio.spelling import Spoken

_ASKED: Final[Mapping[str, str]] = {
    "openrouter": "/api/v1/key",
    "google": "/v1beta/models?pageSize=1",
    "replicate": "/v1/account",
    "elevenlabs": "/v1/models",
    "openai": "/v1/models",
    "anthropic": "/v1/models?limit=1",
    "litellm": "/v1/models",
}
"""What costs nothing and is answered to a good key only. Source: the providers' own references, read 2026-11-20."""
_SAYS_NO: Final = frozenset({401, 403})
_VERSION: Final = {"anthropic-version": "2023-06-01"}
Verdict = Literal["accepted", "refused", "not asked", "no answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShown(Spoken):
    """One holder. ``found``: where its key is, None where there is none. ``opens``: models. The secret is nowhere."""

    holder: str
    found: str | None
    fingerprint: str | None
    opens: tuple[str, ...]
    variables: tuple[str, ...]
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyKept(Spoken):
    """What became of a key that was added. ``verdict``: what its provider said of it, ``said`` in words."""

    holder: str
    kept: str
    fingerprint: str
    verdict: Verdict
    said: str


def keys_shown(keys: Keys) -> tuple[KeyShown, ...]:
    """Every holder, with its key where it is there. Raises ``BadInput`` on a file that others may read."""
    found = {key.holder: key for key in keys.all()}
    return tuple(_shown(name, found.get(name)) for name in HOLDERS)


async def add_key(settings: Settings, holder: str, secret: str, *, keyring: bool = False, ask: bool = True) -> KeyKept:
    """Keep ``secret`` for ``holder``, unless its provider says that it is wrong. Spends nothing.

    ``ask``: ask a free endpoint of the provider first. Raises ``BadInput`` with nothing written.
    """
    key = Key(holder_called(holder).name, secret.strip(), "")
    verdict, said = await tried(settings, key) if ask else ("not asked", "not asked, as you wished")
    if verdict == "refused":
        raise BadInput(
            f"the key of {holder}", key, f"one that the provider takes; it says: {said}", hint="nothing was kept"
        )
    Keys(settings).keep(key, keyring=keyring)
    where = "the system's keyring" if keyring else str(Keys(settings).file)
    return KeyKept(holder=key.holder, kept=where, fingerprint=key.fingerprint, verdict=verdict, said=said)


def remove_key(settings: Settings, holder: str) -> str:
    """Forget what is kept for ``holder``; says what still opens it. Raises ``NotFound`` where nothing is kept."""
    name = holder_called(holder).name
    gone = Keys(settings).forget(name)
    left = Keys(settings).of(name)
    if not gone:
        where = f"; it stands in the {left.source}, which is yours to change" if left else ""
        raise NotFound(f"no key of {name} is kept here{where}")
    return f"still found in the {left.source}" if left else "none is left"


async def tried(settings: Settings, key: Key) -> tuple[Verdict, str]:
    """What the provider says of a key when it is asked something that costs nothing."""
    from reelwright.net.http import Http

    door = door_of(key.holder)
    path = _ASKED.get(key.holder)
    if door is None or path is None:
        return "not asked", f"{key.holder} has nothing free to ask: the first use will tell"
    base = _base(door, settings)
    if base is None:
        return "not asked", f"its address is not known: set REELWRIGHT_{door.named.upper()}_BASE_URL"
    headers = _VERSION if key.holder == "anthropic" else {}
    async with Http(key.holder, base, auth=proof(door, key)) as http:
        try:
            answer = await http.get(path, headers=headers)
        except ProviderError as error:
            return "no answer", f"kept, but not tried: {error}"
    said = answer.said(160)
    if answer.status in _SAYS_NO or (answer.status == 400 and "API_KEY_INVALID" in answer.body.decode("latin-1")):
        if "missing_permissions" in said:
            return "accepted", "it is a key of theirs, with fewer rights than to be asked this"
        return "refused", f"{answer.status} {said}"
    if answer.status == 200:
        return "accepted", "the provider knows it"
    return "no answer", f"kept, but the provider answered {answer.status} {said}"


def opened_by(holder: str) -> tuple[str, ...]:
    """Ids of the models that a key of ``holder`` opens and that are still sold."""
    return tuple(row.id for row in models().values() if row.key == holder and not is_retired(row))


def current() -> Keys:
    """The keys of whoever runs this process."""
    return Keys(load())


def _base(door: Door, settings: Settings) -> str | None:
    try:
        return address_of(door, settings)
    except BadInput:
        return None


def _shown(name: str, key: Key | None) -> KeyShown:
    holder = HOLDERS[name]
    return KeyShown(
        holder=name,
        found=key.source if key else None,
        fingerprint=key.fingerprint if key else None,
        opens=opened_by(name),
        variables=holder.variables,
        page=holder.page,
    )
