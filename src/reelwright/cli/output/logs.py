"""Sets up logging for a program: to standard error, as text or as JSON lines, without secrets."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import typer

from reelwright.errors import BadInput
from reelwright.net.redact import redact
from reelwright.settings import LOG_LEVELS, PREFIX, Settings

_FOREIGN: Final = ("uvicorn", "asyncio", "opentelemetry")
"""Loggers of the web server, the event loop and the traces, whose warnings are logged in our format at every level."""
_typed_level = ""
"""The level that ``--log-level`` names."""
_is_json = False
"""Whether standard error is for JSON lines only."""


def choose_log_level(level: str) -> None:
    """Set the log level that ``set_up_logging`` uses in place of the setting. Raises ``BadInput``."""
    global _typed_level
    if level not in LOG_LEVELS:
        raise BadInput("log_level", level, ", ".join(LOG_LEVELS))
    _typed_level = level


def choose_log_format(environ: Mapping[str, str]) -> None:
    """Read from the environment whether standard error is JSON or text, because an error may come before the settings
    are read.
    """
    global _is_json
    _is_json = environ.get(f"{PREFIX}LOG_FORMAT") == "json"


def is_stderr_json() -> bool:
    """Whether standard error carries JSON lines only, so that nobody watches progress there."""
    return _is_json


def print_notice(text: str, level: int = logging.INFO) -> None:
    """Print text for people on standard error, without secrets; as one JSON line where JSON is logged there."""
    if not _is_json:
        typer.echo(redact(text), err=True)
        return
    record = logging.LogRecord("reelwright.cli", level, "", 0, text.removeprefix("reelwright: "), None, None)
    typer.echo(_JsonFormatter().format(record), err=True)


def set_up_logging(settings: Settings) -> None:
    """Start logging to standard error at the chosen level; by default nothing is logged but warnings of the web server,
    the event loop and the traces. All records have one format, and no secrets.
    """
    global _is_json
    chosen, _is_json = _typed_level or settings.log_level, settings.log_format == "json"
    for name in ("reelwright", *_FOREIGN):
        logger = logging.getLogger(name)
        for handler in [one for one in logger.handlers if isinstance(one, _StderrHandler)]:
            logger.removeHandler(handler)
        if not chosen and name not in _FOREIGN:
            continue
        handler = _StderrHandler()
        handler.setFormatter(_JsonFormatter() if _is_json else _TextFormatter())
        logger.addHandler(handler)
        if name not in _FOREIGN:
            logger.setLevel(chosen.upper())
            logger.propagate = False


class _StderrHandler(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    """Writes to what standard error is at the moment. A reader that is gone ends nothing."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging names it
        """Ignore the failure: a log that cannot be written must not stop a film."""


class _TextFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object: ``at`` (UTC), ``level``, ``logger``, ``message`` and its fields."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return redact(json.dumps(line, default=str))
