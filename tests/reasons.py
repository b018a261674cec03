"""Checks of errors by code and values, for ``pytest.raises(…, check=…)``: their sentences may change at any time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def has_code(code: str, **params: object) -> Callable[[Any], bool]:
    """The error has that code, and these values among its own."""

    def check(error: Any) -> bool:
        return error.code == code and {name: error.params.get(name) for name in params} == params

    return check


def has_field(field: str, accepted: str = "") -> Callable[[Any], bool]:
    """The error is about a value of that field (or of one inside it), and tells that much of what is accepted."""

    def check(error: Any) -> bool:
        return (error.field == field or error.field.startswith(f"{field}.")) and accepted in error.accepted

    return check
