"""A log of this task's HTTP exchanges: method, host, path, status and times, without bodies and without secrets."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from reelwright.net.http_response import HttpResponse
from reelwright.net.policy import LOGGED_DEPTH, MAX_LOGGED_WORDS
from reelwright.net.redact import redact_line
from reelwright.tracing import NO_SPAN, Span, trace_span

_WORDS: Final = frozenset({"status", "state", "done", "code", "type"})


@dataclass(slots=True)
class Exchange:
    """An exchange in the log. ``at_s``: seconds after the log began.

    ``words``: values of ``status`` and similar keys of the response, by their path in the JSON.
    """

    at_s: float
    method: str
    host: str
    path: str
    status: int | None = None
    seconds: float = 0.0
    words: dict[str, str] = field(default_factory=dict)
    error: str = ""


class ExchangeLog:
    """A log of exchanges, in the order in which they began."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self._began = time.monotonic()

    def get_elapsed_s(self) -> float:
        """Return the seconds since the log began."""
        return round(time.monotonic() - self._began, 3)


class ExchangeRecorder:
    """Records one running exchange, in its span. ``exchange`` None: there is no log."""

    def __init__(self, exchange: Exchange | None, span: Span) -> None:
        self._exchange, self._span = exchange, span

    def record_status(self, status: int) -> None:
        """Record the HTTP status of the response."""
        self._span.note(status=status)
        if self._exchange:
            self._exchange.status = status

    def record_answer(self, answer: HttpResponse) -> HttpResponse:
        """Record the HTTP status and what ``find_state_words`` finds in the body; return ``answer`` unchanged."""
        self._span.note(status=answer.status)
        if self._exchange:
            self._exchange.status, self._exchange.words = answer.status, find_state_words(answer.body)
        return answer


_UNHEARD: Final = ExchangeRecorder(None, NO_SPAN)
_open: ContextVar[ExchangeLog | None] = ContextVar("tap", default=None)


@contextmanager
def record_exchanges() -> Iterator[ExchangeLog]:
    """Yield a log of every HTTP exchange of this task, and of tasks that it starts, during the block."""
    tap = ExchangeLog()
    token = _open.set(tap)
    try:
        yield tap
    finally:
        _open.reset(token)


@contextmanager
def record_exchange(method: str, host: str, path: str) -> Iterator[ExchangeRecorder]:
    """Trace one HTTP exchange, and add it, its time and its error to this task's log, if ``record_exchanges`` began
    one.

    ``path`` comes without its query, which may be a signature.
    """
    tap = _open.get()
    with trace_span("http.send", is_leaf=True, method=method, host=host) as span:
        if tap is None:
            yield _UNHEARD if span is NO_SPAN else ExchangeRecorder(None, span)
        else:
            with _log_exchange(tap, method, host, path) as exchange:
                yield ExchangeRecorder(exchange, span)


@contextmanager
def _log_exchange(tap: ExchangeLog, method: str, host: str, path: str) -> Iterator[Exchange]:
    exchange = Exchange(at_s=tap.get_elapsed_s(), method=method, host=host, path=redact_line(path, 120))
    tap.exchanges.append(exchange)
    fine = False
    try:
        yield exchange
        fine = True
    finally:
        error = None if fine else sys.exception()
        exchange.error = type(error).__name__ if error else ""
        exchange.seconds = round(tap.get_elapsed_s() - exchange.at_s, 3)


def find_state_words(body: bytes) -> dict[str, str]:
    """Find ``status`` and similar keys in a JSON response, such as ``{"status": "pending", "error.code": "429"}``."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return dict(list(_walk_state_words(document, "", LOGGED_DEPTH))[:MAX_LOGGED_WORDS])


def _walk_state_words(document: Any, where: str, deep: int) -> Iterator[tuple[str, str]]:
    if not isinstance(document, Mapping) or not deep:
        return
    for name, value in document.items():
        at = f"{where}{name}"
        if name in _WORDS and isinstance(value, str | int | bool):
            yield redact_line(at, 60), redact_line(str(value), 60)
        yield from _walk_state_words(value, f"{at}.", deep - 1)
