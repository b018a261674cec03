"""Removes secrets from text before it is shown or logged: known secrets, and values in places where secrets stand."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from reelwright.errors import ReelwrightError
from reelwright.net.policy import MAX_LINE_CHARS, MAX_SHOWN_CHARS, MIN_SECRET_CHARS
from reelwright.reason import Action, Reason, build_reason

REDACTED: Final = "[redacted]"

_names = (
    r"(?:x-(?:goog|amz)-(?:signature|credential|security-token)|(?:[\w-]*[-_])?(?:api[-_]?key|apikey)|"
    r"(?:access|refresh|id|auth|session|security)[-_]?token|token|(?:client[-_]?)?secret|password|passwd|"
    r"authorization|proxy-authorization|set-cookie|cookie|signature|sig|key-pair-id|policy|hdnts|hmac)"
)
_PAIR: Final = re.compile(
    rf"""(?ix) (?P<name> (?<![\w-]) ["']? (?:{_names}|key) ["']? )
        (?P<gap> \s*=\s*["']? | ["']?\s*:\s*["'] ) (?P<value> [^\s"'&,;#<>\\]{{3,}} )"""
)
"""``key=…`` of a query and ``"api_key": "…"`` of a document."""
_HEADER: Final = re.compile(
    rf"""(?imx) (?P<name> (?<![\w-]) (?:{_names}) ) (?P<gap> ["']?\s*[:=]\s*["']? )
        (?P<value> (?:(?:bearer|basic|key|token)\s+)? [^\s"'&,;#<>\\]+ )"""
)
"""``Authorization: Bearer …`` as a header is written down."""
_BEARER: Final = re.compile(r"""(?ix) (?P<name> \b(?:bearer|basic) ) (?P<gap> \s+ ) (?P<value> [\w.~+/=:-]{8,} )""")
_USER: Final = re.compile(
    r"""(?P<name> ://[^\s/:@"']* ) (?P<gap> : ) (?P<value> (?!\*+@) [^\s/@"']+ ) (?=@)""", re.VERBOSE
)
"""``postgresql://user:password@host``; ``user:***@`` hides it already."""
_SHAPES: Final = re.compile(
    r"""(?x) (?<![A-Za-z0-9]) (?:
        sk-[A-Za-z0-9_-]{8,} | sk_[A-Za-z0-9_-]{16,} | r8_[A-Za-z0-9]{8,} | rw_[A-Za-z0-9_-]{16,} |
        AIza[0-9A-Za-z_-]{20,} |
        ya29\.[0-9A-Za-z_.-]{8,} | whsec_[A-Za-z0-9+/=_-]{8,} | AKIA[0-9A-Z]{16}
    )"""
)
"""The shapes of providers' keys, anywhere in a text."""
_TOKEN: Final = re.compile(
    r"""(?x) (?<![\w-]) (?P<name> (?> [\w-]*? (?<![A-Za-z0-9]) (?=eyJ[\w-]{8}) ) ) [\w-]++ \.[\w-]{8,}+ \.[\w-]*+"""
)
"""A JSON Web Token. The search begins only where a word does, and goes back to nothing: one that began at every
``eyJ`` took 12 s for 240 KB (2026-11-24).
"""

_known: dict[str, None] = {}
_lock = threading.Lock()


def remember_secret(secret: str) -> None:
    """Remember ``secret``, so that ``redact`` removes it in this process, also percent-encoded and in base64."""
    if len(secret) < MIN_SECRET_CHARS or secret in _known:
        return
    raw = secret.encode()
    forms = {secret, quote(secret, safe=""), base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    with _lock:
        _known.update(dict.fromkeys(forms))


def redact(text: str) -> str:
    """Replace known secrets, key-like parameters and headers, passwords in URLs, and texts with the shape of a key."""
    with _lock:
        known = sorted(_known, key=len, reverse=True)
    for secret in known:
        text = text.replace(secret, REDACTED)
    text = _HEADER.sub(_without, text)
    text = _PAIR.sub(_without, text)
    text = _BEARER.sub(_without, text)
    text = _USER.sub(_without, text)
    text = _TOKEN.sub(rf"\g<name>{REDACTED}", text)
    return _SHAPES.sub(REDACTED, text)


def redact_shown(text: str) -> str:
    """Return the first ``MAX_SHOWN_CHARS`` characters of a text that is echoed or logged, redacted.

    Twice as many are looked at: a secret that stands across the cut is still whole there.
    """
    if len(text) <= MAX_SHOWN_CHARS:
        return redact(text)
    return redact(text[: 2 * MAX_SHOWN_CHARS])[: MAX_SHOWN_CHARS - 1] + "…"


def redact_reason(reason: Reason) -> Reason:
    """Return the reason with every text in it redacted, and cut to ``MAX_SHOWN_CHARS``."""
    actions = tuple(Action(action.kind, _redact_value(action.params)) for action in reason.actions)
    return replace(reason, params=_redact_value(reason.params), actions=actions)


def redact_error(error: BaseException, step: str | None = None) -> Reason:
    """Return an error as a reason without secrets. ``step``: the step that it is about, if the error names none."""
    if isinstance(error, ReelwrightError):
        reason = error.to_reason()
    else:
        reason = build_reason("internal_error", kind=type(error).__name__, message=str(error))
    return redact_reason(replace(reason, step=reason.step or step))


def _redact_value(value: Any) -> Any:
    if isinstance(value, str):
        return redact_shown(value)
    if isinstance(value, Reason):
        return redact_reason(value)
    if isinstance(value, Mapping):
        return {name: _redact_value(each) for name, each in value.items()}
    return [_redact_value(each) for each in value] if isinstance(value, list) else value


def redact_line(text: str, max_chars: int = MAX_LINE_CHARS) -> str:
    """Return foreign text as one line of a message: redacted, no control characters, at most ``max_chars``."""
    if not text:
        return ""
    clean = "".join(c if c.isprintable() else " " for c in redact(text[: max_chars * 20]))
    words = " ".join(clean.split())
    return words if len(words) <= max_chars else words[: max_chars - 1] + "…"


def _without(found: re.Match[str]) -> str:
    return f"{found['name']}{found['gap']}{REDACTED}"
