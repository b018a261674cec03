"""API keys of providers, from the environment, a file of the user's own, or the system's keyring."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

from reelwright import late_libraries as late
from reelwright.errors import BadInput, KeyMissing, StoreUnavailable
from reelwright.known_providers import (
    OWN_HOLDERS,
    WEBHOOK_HOLDERS,
    Holder,
    is_provider_name,
    list_holders,
    list_openers,
    name_webhook_holder,
)
from reelwright.net.policy import MAX_KEY_FILE_BYTES
from reelwright.net.redact import remember_secret
from reelwright.reason import Action
from reelwright.settings import Settings

SERVICE: Final = "reelwright"
"""The name of the keyring's service that holds our keys."""
_SECRET: Final = re.compile(r"[\x21-\x7e]{4,4096}")
_MARK: Final = {"keyring": True}
"""The value in the file for a key that is stored in the keyring. The keyring is asked for such keys only."""


class Key:
    """A secret. Neither its repr nor its text shows it, and it cannot be pickled or turned into a document."""

    __slots__ = ("__secret", "fingerprint", "holder", "source")

    def __init__(self, holder: str, secret: str, source: str) -> None:
        """Create a key found in ``source``. Raises ``BadInput``, which never shows the text, if it cannot be a key."""
        if not _SECRET.fullmatch(secret):
            hint = f"it was found in {source}" if source else ""
            raise BadInput(f"the key of {holder}", HIDDEN, _ACCEPTED, hint=hint)
        self.__secret = secret
        self.holder, self.source = holder, source
        self.fingerprint: str = hashlib.sha256(b"reelwright key\0" + secret.encode()).hexdigest()[:12]
        remember_secret(secret)

    @property
    def secret(self) -> str:
        """The secret itself: for an HTTP header or the keyring, and nothing else."""
        return self.__secret

    def __repr__(self) -> str:
        return f"Key({self.holder}, {self.fingerprint}, from {self.source})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")


class _Hidden:
    def __repr__(self) -> str:
        return "(hidden)"


@cache
def _list_holders() -> Mapping[str, Holder]:
    return {**list_holders(), **OWN_HOLDERS, **WEBHOOK_HOLDERS}


HIDDEN: Final = _Hidden()
_ACCEPTED: Final = "4 to 4096 visible ASCII characters without spaces"


class Keys:
    """The keys of this user. ``environ`` None: that of this process. Nothing is read before a key is asked for."""

    def __init__(self, settings: Settings, environ: Mapping[str, str] | None = None) -> None:
        self.environ = os.environ if environ is None else environ
        self.file = settings.home / "keys.yaml"
        self._keyring_answers: dict[str, Key | None] = {}
        """Keys that the keyring returned: it may ask the person for a password each time."""

    def find(self, name: str) -> Key | None:
        """Find the key of the holder ``name``, or the first key that the provider ``name`` accepts; None without one.

        Raises ``BadInput`` for an unknown name, for a file that other users may read, and for one that is not accepted.
        """
        if name not in {**list_openers(), **_list_holders()}:
            raise BadInput("provider", name, f"one of {', '.join(sorted({*list_openers(), *_list_holders()}))}")
        holders = list_openers().get(name, (name,))
        return next((key for holder in holders if (key := self._find(_list_holders()[holder]))), None)

    def list_webhook_secrets(self, provider: str) -> tuple[str, ...]:
        """List the secrets that sign the webhooks of a provider: several, with commas between, while one replaces
        another. Empty without one. Raises what ``find`` raises.
        """
        key = self.find(name_webhook_holder(provider))
        found = tuple(one for one in key.secret.split(",") if one) if key else ()
        for one in found:
            remember_secret(one)
        return found

    def require(self, name: str) -> Key:
        """Find a key like ``find``, but raise ``BadInput`` without one, naming the variable and where to get a key."""
        if key := self.find(name):
            return key
        raise build_missing_key_error(name)

    def list_keys(self) -> Iterator[Key]:
        """Yield every key that ``find`` finds, by name of its holder; the keyring may ask for a password."""
        for name in sorted(_list_holders()):
            if key := self._find(_list_holders()[name]):
                yield key

    def _find(self, holder: Holder) -> Key | None:
        for variable in holder.variables:
            if secret := self.environ.get(variable, "").strip():
                return Key(holder.name, secret, f"environment {variable}")
        kept = self._read_file().get(holder.name)
        if kept == _MARK:
            if holder.name not in self._keyring_answers:
                self._keyring_answers[holder.name] = _from_keyring(holder.name)
            return self._keyring_answers[holder.name]
        return Key(holder.name, kept, f"file {self.file.name}") if kept else None

    # changes
    def keep(self, key: Key, *, keyring: bool = False) -> None:
        """Store ``key`` in ``keys.yaml`` in place of an earlier one, or in the keyring with a mark in that file.

        The file is replaced atomically, and other users cannot read it. Raises ``BadInput`` and ``StoreUnavailable``.
        """
        kept = self._read_file()
        if keyring:
            _keyring().set_password(SERVICE, key.holder, key.secret)
        elif kept.get(key.holder) == _MARK:
            _forget_in_keyring(key.holder)
        self._write({**kept, key.holder: _MARK if keyring else key.secret})

    def forget(self, holder: str) -> bool:
        """Remove the stored key of ``holder``, from the keyring too; never from the environment. False without one."""
        kept = self._read_file()
        if holder not in kept:
            return False
        if kept.pop(holder) == _MARK:
            _forget_in_keyring(holder)
        self._write(kept)
        return True

    def _read_file(self) -> dict[str, Any]:
        """Read the file. Raises ``BadInput``, whose message never holds a line of the file."""
        body = read_private_file(self.file)
        if body is None:
            return {}
        accepted = f"a mapping from {', '.join(sorted(_list_holders()))} to keys, in YAML"
        try:
            found = late.yaml.safe_load(body) or {}
        except (late.yaml.YAMLError, UnicodeDecodeError):
            raise BadInput(str(self.file), HIDDEN, accepted) from None  # the cause quotes the line
        if not isinstance(found, dict):
            raise BadInput(str(self.file), HIDDEN, accepted)
        for name, value in found.items():
            if name not in _list_holders() and not _may_be_foreign(name):
                raise BadInput(str(self.file), name if _is_word(name) else HIDDEN, accepted)
            if value != _MARK and not (isinstance(value, str) and _SECRET.fullmatch(value)):
                raise BadInput(f"{self.file}: {name}", HIDDEN, _ACCEPTED + ", in quotes where it is a number")
        return found

    def _write(self, kept: Mapping[str, Any]) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=".keys-")  # made with mode 0600
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                late.yaml.safe_dump(dict(kept), file, default_flow_style=False)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.file)
        except OSError as cause:
            raise StoreUnavailable(code="file_not_written", file=self.file, cause=cause.strerror) from cause


def _may_be_foreign(name: object) -> bool:
    """Whether a key may be of a package that is not installed now: it is kept. A misspelled name of ours is refused."""
    return is_provider_name(name) and not difflib.get_close_matches(str(name), _list_holders(), 1)


def _is_word(name: object) -> bool:
    """Whether ``name`` looks like a misspelled name rather than like a key in the wrong place."""
    return isinstance(name, str) and re.fullmatch(r"[a-z_]{2,20}", name) is not None


def get_holder(name: str) -> Holder:
    """Return who issues the keys called ``name``; raise ``BadInput``, naming all holders, for an unknown name."""
    if name not in _list_holders():
        raise BadInput("provider", name, f"one of {', '.join(_list_holders())}")
    return _list_holders()[name]


def build_missing_key_error(name: str) -> KeyMissing:
    """Return the error for a missing key: it names the variable for the key and where a person gets one."""
    holders = [_list_holders()[holder] for holder in list_openers().get(name, (name,))]
    variables = " or ".join(variable for holder in holders for variable in holder.variables)
    pages = "; ".join(f"{holder.name}: {holder.page}" for holder in holders)
    actions = [Action("add_key", {"provider": holders[0].name})]
    accepted = f"a key of {name}, stored here or set in {variables}"
    more = {"provider": name, "variables": variables}
    return KeyMissing("key", None, accepted, hint=pages, actions=actions, more=more)


def read_private_file(file: Path) -> bytes | None:
    """Read a file; None if there is none; raise ``BadInput`` if others may read it or it is above 64 KiB.

    Also if it belongs to another user, or is a link or no ordinary file.
    """
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as cause:
        raise BadInput(str(file), cause.strerror, "an ordinary file that you may read") from cause
    try:
        _check_private(file, os.fstat(handle))
        return os.read(handle, MAX_KEY_FILE_BYTES)
    finally:
        os.close(handle)


def _check_private(file: Path, seen: os.stat_result) -> None:
    if not stat.S_ISREG(seen.st_mode) or seen.st_size > MAX_KEY_FILE_BYTES:
        raise BadInput(str(file), f"{seen.st_size} bytes", "an ordinary file of at most 64 KiB")
    if seen.st_mode & 0o077 or seen.st_uid != os.geteuid():
        mode = f"mode {stat.S_IMODE(seen.st_mode):04o}, owner {seen.st_uid}"
        hint = f"chmod 600 {file}; whoever could read it may have the keys that are in it"
        raise BadInput(str(file), mode, "a file of your own that nobody else may read", hint=hint)


def _keyring() -> Any:
    """Return the system's keyring. Raises ``BadInput`` if the extra is not installed or there is no keyring."""
    try:
        import keyring.errors
        from keyring.backends.fail import Keyring as Nothing  # word-guard: the library's own name
    except ImportError as cause:
        accepted, actions = "only with the optional package keyring", [Action("install", {"extra": "keyring"})]
        raise BadInput("keyring", True, accepted, actions=actions) from cause
    if isinstance(keyring.get_keyring(), Nothing):
        raise BadInput("keyring", True, "only where the system has a keyring that is unlocked")
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
