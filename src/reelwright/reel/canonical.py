"""One spelling for every value that is hashed: RFC 8785 JSON, NFC text, no floats."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any, Final

from reelwright.reel.noun import Digest, Fingerprint
from reelwright.reel.stored_names import stored_fields


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of ``value``. Raises ``TypeError`` on a float: 5 and 5.0 would be two purchases."""
    plain = _plain(value)
    if _is_usual(plain):
        return _ENCODER.encode(plain).encode()
    import rfc8785

    return rfc8785.dumps(plain)


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
"""RFC 8785, in a third of the time, of what has plain keys and whole numbers that a double holds."""
_LARGEST: Final = 2**53 - 1


def _is_usual(plain: Any) -> bool:
    """Else there is something in it of which RFC 8785 has its own opinion: the order of keys, what is refused."""
    if isinstance(plain, str):
        return plain.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in plain)
    if isinstance(plain, dict):
        return all(key.isascii() for key in plain) and all(map(_is_usual, plain.values()))
    if isinstance(plain, list):
        return all(map(_is_usual, plain))
    return plain is None or -_LARGEST <= plain <= _LARGEST


def fingerprint_of(kind: str, value: Any) -> Fingerprint:
    """``kind:sha256`` over the canonical bytes of ``value``."""
    return Fingerprint(f"{kind}:{hashlib.sha256(canonical(value)).hexdigest()}")


def digest_of(value: Any) -> Digest:
    """Plain sha256 over the canonical bytes of ``value``."""
    return Digest(hashlib.sha256(canonical(value)).hexdigest())


def _plain(value: Any) -> Any:
    if type(value) is str:  # most of it
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
            return _plain(stored_fields(value))
    raise TypeError(f"cannot be hashed: {type(value).__name__}")
