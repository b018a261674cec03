"""Readers of answers of any shape: a value that has not the expected shape counts as absent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeGuard
from urllib.parse import urlsplit

from reelwright.net.http_response import parse_json
from reelwright.net.redact import redact_line
from reelwright.providers.policy import MAX_ID_CHARS
from reelwright.reel.base.value import Digest
from reelwright.reel.records.money import Price

_MIME: Final = re.compile(r"[A-Za-z0-9][\w.+-]{0,60}/[A-Za-z0-9][\w.+-]{0,60}")


def as_mapping(value: Any) -> Mapping[str, Any]:
    """Return ``value`` if it is a JSON object, else an empty mapping."""
    return value if isinstance(value, Mapping) else {}


def as_mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the JSON objects in the list ``value``; empty if it is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def as_texts(value: Any) -> list[str]:
    """Return the strings in the list ``value``; empty if it is no list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def as_count(value: Any) -> int:
    """Return ``value`` if it is a non-negative whole number, given as a number or in digits; else 0."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def as_name(value: Any) -> str:
    """Return ``value`` if it can be a provider's id of its work; empty if it is no string, not printable or too long to
    store.
    """
    return value if isinstance(value, str) and len(value) <= MAX_ID_CHARS and value.isprintable() else ""


def parse_notice_id(body: bytes) -> str | None:
    """Return the provider's id of the work that a webhook tells of, ``data.id`` of its JSON body. None if there is
    none.
    """
    try:
        found = as_name(as_mapping(as_mapping(parse_json(body)).get("data")).get("id"))
    except ValueError:
        return None
    return found or None


def as_mime(value: Any, otherwise: str) -> str:
    """Return ``value`` as a MIME type without its parameters; ``otherwise`` if it is none."""
    mime = value.partition(";")[0].strip() if isinstance(value, str) else ""
    return mime if _MIME.fullmatch(mime) else otherwise


def as_address(value: Any) -> str:
    """Return ``value`` if it is a URL of any scheme, else an empty text."""
    try:
        return value if isinstance(value, str) and value.isprintable() and urlsplit(value).scheme else ""
    except ValueError:
        return ""


def is_address(value: Any) -> bool:
    """Whether ``value`` is an http or https URL."""
    return as_address(value).partition(":")[0].lower() in ("https", "http")


def is_text(value: Any) -> TypeGuard[str]:
    """Whether ``value`` is a string that UTF-8 can encode: JSON may spell lone surrogates."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)


def build_unreadable_bill(provider: str, bill: Any, catalogue: Digest) -> Price:
    """Return an unknown price for a bill that is no amount. Its ``basis`` keeps what was reported."""
    try:
        text = redact_line(str(bill), 60)
    except ValueError:  # Python converts no integer of more than 4300 digits
        text = "a number of thousands of digits"
    return Price(
        micros=None, basis=f"{provider} billed {text!r}, which is no amount", catalogue=catalogue, certainty="unknown"
    )
