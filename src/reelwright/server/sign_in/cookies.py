"""The cookies of the sign-in. Scripts cannot read them, and no other host can set those of a server with https."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from reelwright.sign_in_times import MAX_SESSION_MS, SIGN_IN_ATTEMPT_MS

if TYPE_CHECKING:
    from reelwright.server.sign_in.sign_in_options import SignInOptions

_HOST_ONLY: Final = "__Host-"
"""Browsers accept a cookie of such a name only with ``Secure``, for ``/``, and from the very host that gets it back."""


def get_session_name(options: SignInOptions) -> str:
    """Return the name of the session cookie."""
    return _prefix(options) + "reelwright-session"


def build_attempt_name(options: SignInOptions, state: str) -> str:
    """Return the name of the cookie of one sign-in in progress, which ``state`` identifies."""
    return f"{_prefix(options)}reelwright-sign-in-{hashlib.sha256(state.encode()).hexdigest()[:12]}"


def set_session(answer: Response, options: SignInOptions, secret: str) -> None:
    """Add to a response the cookie with the secret of a session, valid for the longest that a session lasts."""
    _set(answer, options, get_session_name(options), secret, MAX_SESSION_MS // 1000)


def set_attempt(answer: Response, options: SignInOptions, state: str, secret: str) -> None:
    """Add to a response the cookie with the secret of a sign-in in progress."""
    _set(answer, options, build_attempt_name(options, state), secret, SIGN_IN_ATTEMPT_MS // 1000)


def clear_cookie(answer: Response, options: SignInOptions, name: str) -> None:
    """Add to a response the header that deletes a cookie."""
    _set(answer, options, name, "", 0)


def _set(answer: Response, options: SignInOptions, name: str, value: str, max_age: int) -> None:
    # Lax and not strict: the issuer's page sends the browser back here, with the cookie of the sign-in.
    answer.set_cookie(name, value, max_age, path="/", secure=options.is_secure, httponly=True, samesite="lax")


def _prefix(options: SignInOptions) -> str:
    return _HOST_ONLY if options.is_secure else ""
