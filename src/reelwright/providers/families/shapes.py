"""Readers of answers of any shape: a value that has not the expected shape counts as absent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeGuard
from urllib.parse import urlsplit

from reelwright.net.http_response import parse_json

_MIME: Final = re.compile(r"[A-Za-z0-9][\w.+-]{0,60}/[A-Za-z0-9][\w.+-]{0,60}")
_LONGEST_NAME: Final = 4000


def as_mapping(value: Any) -> Mapping[str, Any]:
    """Return ``value`` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a list; empty for anything else."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def as_texts(value: Any) -> list[str]:
    """Return the texts of a list; empty for anything else."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def as_count(value: Any) -> int:
    """Return a non-negative whole number that is given as a number or in digits; 0 for anything else."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def as_name(value: Any) -> str:
    """Return a provider's name for its work; empty if it is no text, not printable or too long for a journal."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME and value.isprintable() else ""


def parse_notice_id(body: bytes) -> str | None:
    """Return ``data.id`` of a webhook's body: the work that it tells of. None if there is none."""
    try:
        found = as_name(as_mapping(as_mapping(parse_json(body)).get("data")).get("id"))
    except ValueError:
        return None
    return found or None


def as_mime(value: Any, otherwise: str) -> str:
    """Return a media type without its parameters; ``otherwise`` for anything else."""
    mime = value.partition(";")[0].strip() if isinstance(value, str) else ""
    return mime if _MIME.fullmatch(mime) else otherwise


def as_address(value: Any) -> str:
    """Return a URL of any scheme; empty for anything else."""
    try:
        return value if isinstance(value, str) and value.isprintable() and urlsplit(value).scheme else ""
    except ValueError:
        return ""


def is_address(value: Any) -> bool:
    """Whether ``value`` is an address on the web."""
    return as_address(value).partition(":")[0].lower() in ("https", "http")


def is_text(value: Any) -> TypeGuard[str]:
    """Whether ``value`` is text that can be encoded: JSON may spell halves of characters."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)
