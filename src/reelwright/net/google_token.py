"""Who asks on Google Cloud: a token from the environment, or those that application default credentials give out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput, Unreachable
from reelwright.net.keys import Key, missing
from reelwright.net.redact import plainly

SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
FRESH: Final = timedelta(minutes=5)
"""A token that ends sooner is replaced before it is used: a send must not meet its end."""
_MACHINE: Final = Path("/sys/class/dmi/id/product_name")
_EXTRA: Final = "the extra: pip install 'reelwright[vertex]'"


class GoogleToken:
    """Headers for Google Cloud. ``key`` None: application default credentials, asked for when they are first needed.

    Nothing of it is ever written down. A token from the environment is used as it is: nobody here can renew it.
    """

    def __init__(self, key: Key | None = None) -> None:
        self._key = key
        self._credentials: Any = None
        self._one = asyncio.Lock()

    def __repr__(self) -> str:
        return "GoogleToken()"

    async def __call__(self) -> Mapping[str, str]:
        """Raises ``BadInput`` where no credentials are there or they are refused, ``Unreachable`` where Google is."""
        if self._key:
            return {"authorization": f"Bearer {self._key.secret}"}
        async with self._one:
            token = await asyncio.to_thread(self._fresh)
        return {"authorization": f"Bearer {token}"}

    def _fresh(self) -> str:
        try:
            import google.auth
            from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, RefreshError
            from google.auth.transport.requests import Request
        except ImportError as cause:
            raise BadInput("key", None, f"GOOGLE_ACCESS_TOKEN, or default credentials with {_EXTRA}") from cause
        try:
            if self._credentials is None:
                self._credentials, _ = google.auth.default(scopes=[SCOPE])
            if _ends_soon(self._credentials):
                self._credentials.refresh(Request())
        except DefaultCredentialsError as cause:
            raise missing("vertex") from cause
        except RefreshError as cause:
            if cause.retryable:
                raise Unreachable("Google gives out no token just now") from cause
            said = plainly(str(cause), 160)
            raise BadInput(
                "key", f"credentials that Google refuses ({said})", "credentials that are in force"
            ) from cause
        except GoogleAuthError as cause:
            raise Unreachable(f"Google gives out no token ({plainly(str(cause), 160)})") from cause
        return str(self._credentials.token)


def has_default_credentials(environ: Mapping[str, str]) -> bool:
    """Whether application default credentials may be there: a file, or a machine of Google's. Asks nobody."""
    if find_spec("google") is None or find_spec("google.auth") is None:
        return False
    home = environ.get("HOME")
    folder = environ.get("CLOUDSDK_CONFIG") or (home and f"{home}/.config/gcloud")
    kept = bool(folder) and Path(folder or "", "application_default_credentials.json").is_file()
    if kept or environ.get("GOOGLE_APPLICATION_CREDENTIALS"):
        return True
    try:
        return _MACHINE.read_text(encoding="utf-8").startswith("Google")
    except OSError:
        return False


def _ends_soon(credentials: Any) -> bool:
    if not credentials.valid:
        return True
    ends = credentials.expiry  # naive, in UTC
    return ends is not None and ends.replace(tzinfo=UTC) - datetime.now(UTC) < FRESH
