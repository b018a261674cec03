"""The key of a home, from which the secrets of webhooks and links are derived.

The journal has only seeds, which are worth nothing alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from reelwright.errors import BadInput, StoreUnavailable
from reelwright.net.keys import HIDDEN, read_private_file
from reelwright.net.policy import MIN_SIGNING_KEY_CHARS
from reelwright.net.redact import remember_secret
from reelwright.settings import Settings

VARIABLE: Final = "REELWRIGHT_SIGNING_KEY"
"""The variable that replaces the file, where several homes share one database."""
_FILE: Final = "signing.key"


class SigningKey:
    """A key that makes seeds, and derives secrets from them. Its repr shows nothing of it."""

    __slots__ = ("__key", "fingerprint")

    def __init__(self, key: str, source: str) -> None:
        """Create a key found in ``source``. Raises ``BadInput``, which never shows the text, if it is too short."""
        if len(key) < MIN_SIGNING_KEY_CHARS or not key.isascii() or not key.isprintable():
            raise BadInput(source, HIDDEN, f"at least {MIN_SIGNING_KEY_CHARS} visible ASCII characters")
        self.__key = key.encode()
        self.fingerprint: str = hashlib.sha256(b"reelwright signing key\0" + self.__key).hexdigest()[:12]
        remember_secret(key)

    def __repr__(self) -> str:
        return f"SigningKey({self.fingerprint})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")

    def make_seed(self) -> str:
        """Make a random seed, no secret, from which this key alone can derive secrets.

        It names this key.
        """
        return f"{self.fingerprint}.{secrets.token_hex(32)}"

    def derive_link_secret(self, seed: str) -> bytes | None:
        """Derive the secret that signs the links of an account; None for the seed of another key."""
        return self._derive("link", seed)

    def derive_form_secret(self, account: str) -> bytes:
        """Derive the secret that signs the forms of an account's pages."""
        return hmac.new(self.__key, f"form of pages\0{account}".encode(), hashlib.sha256).digest()

    def derive_webhook_secret(self, seed: str) -> str | None:
        """Derive a webhook's secret (``whsec_…``) from its seed; None for the seed of another key."""
        digest = self._derive("webhook", seed)
        if digest is None:
            return None
        secret = f"whsec_{base64.b64encode(digest).decode()}"
        remember_secret(secret)
        return secret

    def _derive(self, purpose: str, seed: str) -> bytes | None:
        """Derive 32 bytes that no other purpose has; None for the seed of another key."""
        if seed.partition(".")[0] != self.fingerprint:
            return None
        return hmac.new(self.__key, f"reelwright {purpose} secret\0{seed}".encode(), hashlib.sha256).digest()


def load_signing_key(settings: Settings, environ: Mapping[str, str] | None = None) -> SigningKey | None:
    """Load the signing key from ``REELWRIGHT_SIGNING_KEY``, else from a file in the home; None if there is none.

    Raises ``BadInput`` for a file that other users may read, and for a key that is too short.
    """
    environ = os.environ if environ is None else environ
    if found := environ.get(VARIABLE, "").strip():
        return SigningKey(found, VARIABLE)
    file = settings.home / _FILE
    content = read_private_file(file)
    return None if content is None else SigningKey(content.decode("latin-1").strip(), str(file))


def ensure_signing_key(settings: Settings) -> SigningKey:
    """Load the signing key, or make one and store it in the home if there is none.

    Of several processes that make it at once, all get the same one.
    """
    if key := load_signing_key(settings):
        return key
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=settings.home, prefix=".signing-")  # made with mode 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(f"{secrets.token_urlsafe(32)}\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(name, settings.home / _FILE)
        finally:
            Path(name).unlink()
    except OSError as cause:
        raise StoreUnavailable(code="file_not_written", file=settings.home / _FILE, cause=cause.strerror) from cause
    made = load_signing_key(settings)
    assert made, "it was made, or was there"
    return made
