"""Canonical bytes and hashes of values: RFC 8785 JSON, NFC text, no floats."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any, Final

from reelwright import late_libraries as late
from reelwright.reel.base.stored_fields import get_stored_fields
from reelwright.reel.base.value import Digest, Fingerprint


def encode_canonical(value: Any) -> bytes:
    """Encode ``value`` as RFC 8785 JSON with NFC text; raise ``TypeError`` on a float.

    5 and 5.0 would be two purchases.
    """
    plain = _plain(value)
    if _is_usual(plain):
        return _ENCODER.encode(plain).encode()

    return late.rfc8785.dumps(plain)


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
"""Encodes RFC 8785 in a third of the time, for values with ASCII keys and whole numbers that a double holds."""
_LARGEST: Final = 2**53 - 1


def _is_usual(plain: Any) -> bool:
    """Whether ``_ENCODER`` encodes ``plain`` as RFC 8785 does: ASCII keys, no lone surrogates, no large numbers."""
    if isinstance(plain, str):
        return plain.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in plain)
    if isinstance(plain, dict):
        return all(key.isascii() for key in plain) and all(map(_is_usual, plain.values()))
    if isinstance(plain, list):
        return all(map(_is_usual, plain))
    return plain is None or -_LARGEST <= plain <= _LARGEST


def compute_fingerprint(kind: str, value: Any) -> Fingerprint:
    """Return ``kind:sha256`` over the canonical bytes of ``value``. Raises ``TypeError`` on a float."""
    return Fingerprint(f"{kind}:{hashlib.sha256(encode_canonical(value)).hexdigest()}")


def compute_digest(value: Any) -> Digest:
    """Return the SHA-256 of the canonical bytes of ``value``. Raises ``TypeError`` on a float."""
    return Digest(hashlib.sha256(encode_canonical(value)).hexdigest())


def _plain(value: Any) -> Any:
    if type(value) is str:  # the most frequent type
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    match value:
        case None | bool() | int():
            return value
        case str():
            return unicodedata.normalize("NFC", value)
        case float():
            raise TypeError(f"no floats in what is hashed: {value!r}")
        case Mapping():
            return {str(_plain(k)): _plain(v) for k, v in value.items()}
        case list() | tuple():
            return [_plain(v) for v in value]
        case set() | frozenset():
            return sorted(_plain(v) for v in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _plain(get_stored_fields(value))
    raise TypeError(f"cannot be hashed: {type(value).__name__}")
