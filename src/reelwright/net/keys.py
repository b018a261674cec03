"""Keys of providers: found in the environment, in a file of the user's own, or in the system's keyring."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn

from reelwright.errors import BadInput, StoreUnavailable
from reelwright.net.redact import remember
from reelwright.reel.noun import noun
from reelwright.settings import Settings

SERVICE: Final = "reelwright"
"""The name under which the keyring holds keys."""
_MOST_BYTES: Final = 64 * 1024
_SECRET: Final = re.compile(r"[\x21-\x7e]{4,4096}")
_MARK: Final = {"keyring": True}
"""What stands in the file for a key that lies in the keyring: nothing else is ever looked for there."""


@noun
class Holder:
    """Whoever gives out a key. ``variables``: where it is looked for, in this order; ``page``: where one gets it."""

    name: str
    variables: tuple[str, ...]
    page: str


HOLDERS: Final[Mapping[str, Holder]] = MappingProxyType(
    {
        holder.name: holder
        for holder in (
            Holder(name="openrouter", variables=("OPENROUTER_API_KEY",), page="https://openrouter.ai/keys"),
            Holder(
                name="google",
                variables=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
                page="https://aistudio.google.com/apikey",
            ),
            Holder(
                name="vertex",
                variables=("GOOGLE_ACCESS_TOKEN",),
                page="`gcloud auth print-access-token`, or application default credentials with the extra `vertex`",
            ),
            Holder(
                name="replicate",
                variables=("REPLICATE_API_TOKEN",),
                page="https://replicate.com/account/api-tokens",
            ),
            Holder(
                name="elevenlabs",
                variables=("ELEVENLABS_API_KEY",),
                page="https://elevenlabs.io/app/settings/api-keys",
            ),
            Holder(name="openai", variables=("OPENAI_API_KEY",), page="https://platform.openai.com/api-keys"),
            Holder(name="anthropic", variables=("ANTHROPIC_API_KEY",), page="https://console.anthropic.com"),
            Holder(name="litellm", variables=("LITELLM_API_KEY",), page="whoever runs your LiteLLM proxy"),
        )
    }
)
OPENS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "openrouter": ("openrouter",),
        "google": ("google",),
        "gemini_longrunning": ("vertex", "litellm"),
        "replicate": ("replicate",),
        "elevenlabs": ("elevenlabs",),
        "openai_videos": ("litellm",),
        "text": ("openai", "anthropic", "google"),
    }
)
"""Providers, and whose keys open them: the first that is there is used unless the provider asks for one by name."""


class Key:
    """A secret. Neither its repr nor its text shows it, and it cannot be pickled or turned into a document."""

    __slots__ = ("__secret", "fingerprint", "holder", "source")

    def __init__(self, holder: str, secret: str, source: str) -> None:
        """``source``: where it was found, if it was. Raises ``BadInput`` for what cannot be a key; never shows it."""
        if not _SECRET.fullmatch(secret):
            hint = f"it was found in {source}" if source else ""
            raise BadInput(f"the key of {holder}", HIDDEN, _ACCEPTED, hint=hint)
        self.__secret = secret
        self.holder, self.source = holder, source
        self.fingerprint: str = hashlib.sha256(b"reelwright key\0" + secret.encode()).hexdigest()[:12]
        remember(secret)

    @property
    def secret(self) -> str:
        """What goes into a header, and nowhere else."""
        return self.__secret

    def __repr__(self) -> str:
        return f"Key({self.holder}, {self.fingerprint}, from {self.source})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")


class _Hidden:
    def __repr__(self) -> str:
        return "what was given (not shown)"


HIDDEN: Final = _Hidden()
_ACCEPTED: Final = "4 to 4096 visible ASCII characters without spaces"


class Keys:
    """What this user holds. ``environ`` None: that of this process. Nothing is read before it is asked for."""

    def __init__(self, settings: Settings, environ: Mapping[str, str] | None = None) -> None:
        self.environ = os.environ if environ is None else environ
        self.file = settings.home / "keys.yaml"
        self._told: dict[str, Key | None] = {}
        """What the keyring told: it may ask a person each time."""

    def of(self, name: str) -> Key | None:
        """The key of a holder, or the first that opens the provider ``name``; None where there is none.

        Raises ``BadInput`` for a name that nobody has, and for a file that others may read or that is none.
        """
        if name not in OPENS and name not in HOLDERS:
            raise BadInput("provider", name, f"one of {', '.join(sorted({*OPENS, *HOLDERS}))}")
        holders = OPENS.get(name, (name,))
        return next((key for holder in holders if (key := self._of(HOLDERS[holder]))), None)

    def needed(self, name: str) -> Key:
        """As ``of``; where there is none, raises ``BadInput`` that names the variable and where one gets a key."""
        if key := self.of(name):
            return key
        raise missing(name)

    def all(self) -> Iterator[Key]:
        """Every key that is there, in the order of the holders' names."""
        for name in sorted(HOLDERS):
            if key := self._of(HOLDERS[name]):
                yield key

    def _of(self, holder: Holder) -> Key | None:
        for variable in holder.variables:
            if secret := self.environ.get(variable, "").strip():
                return Key(holder.name, secret, f"environment {variable}")
        kept = self._kept().get(holder.name)
        if kept == _MARK:
            if holder.name not in self._told:
                self._told[holder.name] = _from_keyring(holder.name)
            return self._told[holder.name]
        return Key(holder.name, kept, f"file {self.file.name}") if kept else None

    # changing what is kept
    def keep(self, key: Key, *, keyring: bool = False) -> None:
        """Write ``key`` into the file, or into the keyring with a mark in the file. Atomic; readable to nobody else."""
        kept = self._kept()
        if keyring:
            _keyring().set_password(SERVICE, key.holder, key.secret)
        elif kept.get(key.holder) == _MARK:
            _forget_in_keyring(key.holder)
        self._write({**kept, key.holder: _MARK if keyring else key.secret})

    def forget(self, holder: str) -> bool:
        """Remove what is kept for ``holder``, in the keyring also. False where nothing is; never the environment."""
        kept = self._kept()
        if holder not in kept:
            return False
        if kept.pop(holder) == _MARK:
            _forget_in_keyring(holder)
        self._write(kept)
        return True

    def _kept(self) -> dict[str, Any]:
        """What the file says. Raises ``BadInput``; a message never holds a line of the file."""
        import yaml

        body = _private(self.file)
        if body is None:
            return {}
        accepted = f"a mapping from {', '.join(sorted(HOLDERS))} to keys, in YAML"
        try:
            found = yaml.safe_load(body) or {}
        except (yaml.YAMLError, UnicodeDecodeError):
            raise BadInput(str(self.file), HIDDEN, accepted) from None  # the cause quotes the line
        if not isinstance(found, dict):
            raise BadInput(str(self.file), HIDDEN, accepted)
        for name, value in found.items():
            if name not in HOLDERS:
                raise BadInput(str(self.file), name if _is_word(name) else HIDDEN, accepted)
            if value != _MARK and not (isinstance(value, str) and _SECRET.fullmatch(value)):
                raise BadInput(f"{self.file}: {name}", HIDDEN, _ACCEPTED + ", in quotes where it is a number")
        return found

    def _write(self, kept: Mapping[str, Any]) -> None:
        import yaml

        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=".keys-")  # made with mode 0600
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                yaml.safe_dump(dict(kept), file, default_flow_style=False)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.file)
        except OSError as cause:
            raise StoreUnavailable(f"{self.file} cannot be written: {cause.strerror}") from cause


def _is_word(name: object) -> bool:
    """Whether it looks like a misspelled name rather than like a key in the wrong place."""
    return isinstance(name, str) and re.fullmatch(r"[a-z_]{2,20}", name) is not None


def holder_called(name: str) -> Holder:
    """The holder of that name. Raises ``BadInput`` naming those that there are."""
    if name not in HOLDERS:
        raise BadInput("provider", name, f"one of {', '.join(HOLDERS)}")
    return HOLDERS[name]


def missing(name: str) -> BadInput:
    """The error for a key that is needed and not there: which variable holds it, and where one gets it."""
    holders = [HOLDERS[holder] for holder in OPENS.get(name, (name,))]
    variables = " or ".join(variable for holder in holders for variable in holder.variables)
    pages = "; ".join(f"{holder.name}: {holder.page}" for holder in holders)
    return BadInput(
        "key", None, f"for {name} a key in {variables}, or kept by `reelwright keys add {holders[0].name}`", hint=pages
    )


def _private(file: Path) -> bytes | None:
    """The bytes of a file that only its owner may read; None where there is none."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as cause:
        raise BadInput(str(file), cause.strerror, "an ordinary file that you may read") from cause
    try:
        _check_private(file, os.fstat(handle))
        return os.read(handle, _MOST_BYTES)
    finally:
        os.close(handle)


def _check_private(file: Path, seen: os.stat_result) -> None:
    if not stat.S_ISREG(seen.st_mode) or seen.st_size > _MOST_BYTES:
        raise BadInput(str(file), f"{seen.st_size} bytes", "an ordinary file of at most 64 KiB")
    if seen.st_mode & 0o077 or seen.st_uid != os.geteuid():
        mode = f"mode {stat.S_IMODE(seen.st_mode):04o}, owner {seen.st_uid}"
        hint = f"chmod 600 {file}; whoever could read it may have the keys that are in it"
        raise BadInput(str(file), mode, "a file of your own that nobody else may read", hint=hint)


def _keyring() -> Any:
    """The system's keyring. Raises ``BadInput`` where the extra is not installed or no keyring is there."""
    try:
        import keyring
        import keyring.errors
        from keyring.backends.fail import Keyring as Nothing  # word-guard: the library's own name
    except ImportError as cause:
        raise BadInput("--keyring", True, "only with the extra: pip install 'reelwright[keyring]'") from cause
    if isinstance(keyring.get_keyring(), Nothing):
        raise BadInput("--keyring", True, "only where the system has a keyring that is unlocked")
    return keyring


def _from_keyring(holder: str) -> Key | None:
    ring = _keyring()
    try:
        secret = ring.get_password(SERVICE, holder)
    except ring.errors.KeyringError as cause:
        raise BadInput(f"the key of {holder}", HIDDEN, f"one that the keyring tells: {cause}") from cause
    return Key(holder, secret, "keyring") if secret else None


def _forget_in_keyring(holder: str) -> None:
    ring = _keyring()
    try:
        ring.delete_password(SERVICE, holder)
    except ring.errors.PasswordDeleteError:
        return  # gone already
