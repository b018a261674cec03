"""Access tokens for Google Cloud, from the environment or from application default credentials."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput, Unreachable
from reelwright.net.keys import Key, build_missing_key_error
from reelwright.net.policy import TOKEN_REPLACED_BEFORE_END
from reelwright.net.redact import redact_line
from reelwright.reason import Action

SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_MACHINE: Final = Path("/sys/class/dmi/id/product_name")


class GoogleToken:
    """Returns the authorization header for Google Cloud when called.

    ``key`` None: application default credentials, which are loaded when they are first needed. Tokens are never stored.
    A token from the environment is used as it is, since it cannot be renewed here.
    """

    def __init__(self, key: Key | None = None) -> None:
        self._key = key
        self._credentials: Any = None
        self._one = asyncio.Lock()

    def __repr__(self) -> str:
        return "GoogleToken()"

    async def __call__(self) -> Mapping[str, str]:
        """Return the header.

        Raises ``BadInput`` if credentials are missing or refused, and ``Unreachable`` if Google cannot be reached.
        """
        if self._key:
            return {"authorization": f"Bearer {self._key.secret}"}
        async with self._one:
            token = await asyncio.to_thread(self._get_fresh_token)
        return {"authorization": f"Bearer {token}"}

    def _get_fresh_token(self) -> str:
        try:
            import google.auth
            from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, RefreshError
            from google.auth.transport.requests import Request
        except ImportError as cause:
            accepted = "GOOGLE_ACCESS_TOKEN, or default credentials with the optional package vertex"
            raise BadInput("key", None, accepted, actions=[Action("install", {"extra": "vertex"})]) from cause
        try:
            if self._credentials is None:
                self._credentials, _ = google.auth.default(scopes=[SCOPE])
            if _ends_soon(self._credentials):
                self._credentials.refresh(Request())
        except DefaultCredentialsError as cause:
            raise build_missing_key_error("vertex") from cause
        except RefreshError as cause:
            if cause.retryable:
                raise Unreachable(code="token_unavailable", provider="Google", cause="") from cause
            raise BadInput(
                "key",
                f"credentials that Google refuses ({redact_line(str(cause), 160)})",
                "credentials that are in force",
                actions=[Action("fix_key", {"provider": "vertex"})],
            ) from cause
        except GoogleAuthError as cause:
            words = redact_line(str(cause), 160)
            raise Unreachable(code="token_unavailable", provider="Google", cause=words) from cause
        return str(self._credentials.token)


def has_default_credentials(environ: Mapping[str, str]) -> bool:
    """Whether Google's application default credentials may exist: a file, or a machine of Google's.

    Sends no request.
    """
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
    return ends is not None and ends.replace(tzinfo=UTC) - datetime.now(UTC) < TOKEN_REPLACED_BEFORE_END
