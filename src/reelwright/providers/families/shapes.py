"""Parts of an answer that may be of any shape: what is not of the shape that was hoped for counts as absent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeGuard
from urllib.parse import urlsplit

_MIME: Final = re.compile(r"[A-Za-z0-9][\w.+-]{0,60}/[A-Za-z0-9][\w.+-]{0,60}")
_LONGEST_NAME: Final = 4000


def mapping(value: Any) -> Mapping[str, Any]:
    """``value`` where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; empty for anything else."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def texts(value: Any) -> list[str]:
    """The texts of a list; empty for anything else."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def count(value: Any) -> int:
    """A whole number that is not negative, as a number or in digits; 0 for anything else."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def name_of(value: Any) -> str:
    """What a provider calls its work; empty for what is no name, or none that a journal could hold."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME and value.isprintable() else ""


def mime_of(value: Any, otherwise: str) -> str:
    """A type of media, without its parameters; ``otherwise`` for anything else."""
    told = value.partition(";")[0].strip() if isinstance(value, str) else ""
    return told if _MIME.fullmatch(told) else otherwise


def address_of(value: Any) -> str:
    """An address, wherever it leads; empty for what is none."""
    try:
        return value if isinstance(value, str) and value.isprintable() and urlsplit(value).scheme else ""
    except ValueError:
        return ""


def is_address(value: Any) -> bool:
    """Whether ``value`` is an address on the web."""
    return address_of(value).partition(":")[0].lower() in ("https", "http")


def is_text(value: Any) -> TypeGuard[str]:
    """Whether it is text that can be written down: JSON may spell halves of characters."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)
