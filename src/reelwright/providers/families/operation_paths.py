"""Paths made of ids and addresses that a provider chose: they are data, and never lead to another path than meant."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from reelwright.errors import NotFound
from reelwright.providers.policy import MAX_ENCODINGS_OF_A_PATH
from reelwright.reel.records.operation import Operation

_CHANGES_PATH: Final = re.compile(r"[/\\?#\x00-\x20\x7f]|^\.\.?$")


def quote_operation_id(operation: Operation, provider: str) -> str:
    """Quote an operation's id as one part of a path. Raises ``NotFound`` for one that would be another path.

    Clients and servers resolve the parts ``.`` and ``..``, quoted or not: a poll would ask for the list, and a delete
    would be sent to what is above it. A slash in an id stays in it, quoted.
    """
    if not operation.id or operation.id in (".", ".."):
        raise NotFound(code="operation_not_kept", provider=provider, operation=operation.id)
    return quote(operation.id, safe="")


def is_plain_path(path: str) -> bool:
    """Whether no part of ``path`` leads elsewhere, also after servers on the way decoded it several times."""
    return all(_is_plain_part(part) for part in path.split("/"))


def _is_plain_part(part: str) -> bool:
    for _ in range(MAX_ENCODINGS_OF_A_PATH):
        if _CHANGES_PATH.search(part):
            return False
        if (decoded := unquote(part)) == part:
            return True
        part = decoded
    return False
