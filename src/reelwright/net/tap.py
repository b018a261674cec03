"""Listening to one's own exchanges: what was asked, what was answered and when, without a body and without a secret."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from reelwright.net.answer import Answer
from reelwright.net.redact import plainly

_WORDS: Final = frozenset({"status", "state", "done", "code", "type"})
_DEEP: Final = 3
_MOST: Final = 12


@dataclass(slots=True)
class Exchange:
    """``at_s`` after listening began; ``words``: what the answer calls its state, by where it stands in it."""

    at_s: float
    method: str
    host: str
    path: str
    status: int | None = None
    seconds: float = 0.0
    words: dict[str, str] = field(default_factory=dict)
    error: str = ""


class Tap:
    """``exchanges`` in the order in which they were begun."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self._began = time.monotonic()

    def now(self) -> float:
        """Seconds since listening began."""
        return round(time.monotonic() - self._began, 3)


class Note:
    """One exchange on its way; None where nobody listens."""

    def __init__(self, exchange: Exchange | None) -> None:
        self._exchange = exchange

    def head(self, status: int) -> None:
        if self._exchange:
            self._exchange.status = status

    def whole(self, answer: Answer) -> Answer:
        """``answer`` as it is, with its words noted."""
        if self._exchange:
            self._exchange.status, self._exchange.words = answer.status, words_of(answer.body)
        return answer


_UNHEARD: Final = Note(None)
_open: ContextVar[Tap | None] = ContextVar("tap", default=None)


@contextmanager
def listening() -> Iterator[Tap]:
    """Every exchange of this task, and of those that it starts, is noted while the block lasts."""
    tap = Tap()
    token = _open.set(tap)
    try:
        yield tap
    finally:
        _open.reset(token)


@contextmanager
def noted(method: str, host: str, path: str) -> Iterator[Note]:
    """Note one exchange, where somebody listens. ``path`` without its query: it may be a signature."""
    tap = _open.get()
    if tap is None:
        yield _UNHEARD
        return
    exchange = Exchange(at_s=tap.now(), method=method, host=host, path=plainly(path, 120))
    tap.exchanges.append(exchange)
    fine = False
    try:
        yield Note(exchange)
        fine = True
    finally:
        error = None if fine else sys.exception()
        exchange.error = type(error).__name__ if error else ""
        exchange.seconds = round(tap.now() - exchange.at_s, 3)


def words_of(body: bytes) -> dict[str, str]:
    """``status`` and its like in a JSON answer, such as ``{"status": "pending", "error.code": "429"}``."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return dict(list(_words(told, "", _DEEP))[:_MOST])


def _words(told: Any, where: str, deep: int) -> Iterator[tuple[str, str]]:
    if not isinstance(told, Mapping) or not deep:
        return
    for name, value in told.items():
        at = f"{where}{name}"
        if name in _WORDS and isinstance(value, str | int | bool):
            yield plainly(at, 60), plainly(str(value), 60)
        yield from _words(value, f"{at}.", deep - 1)
