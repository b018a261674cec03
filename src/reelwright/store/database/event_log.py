"""Log records of events: one for each change of a job, a purchase, a step or a lease, after its commit."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

from reelwright.messages import format_reason
from reelwright.reason import Reason
from reelwright.store.database.unit import EventRow

logger = logging.getLogger(__name__)

_LEVELS: Final[Mapping[str, int]] = {
    "job.failed": logging.WARNING,
    "lease.taken_over": logging.WARNING,
    "purchase.failed": logging.WARNING,
    "purchase.unknown": logging.WARNING,
    "step.again": logging.WARNING,
    "step.failed": logging.WARNING,
    "step.started": logging.DEBUG,
}
"""The level of each kind of event; INFO for all others."""


def log_events(events: Iterable[EventRow]) -> None:
    """Log one record for each event. Its fields: ``event``, ``account``, ``project``, ``job``, ``step``, ``purchase``,
    ``lease`` (the directors) and ``reason`` (the code).
    """
    for event in events:
        level = _LEVELS.get(event["kind"], logging.INFO)
        if logger.isEnabledFor(level):
            fields = _list_fields(event)
            reason = Reason.from_json(json.loads(event["body"]).get("reason"))
            why = f": {format_reason(reason)}" if reason else ""
            what = " ".join(f"{name}={value}" for name, value in fields.items() if name != "event")
            logger.log(level, "%s %s%s", event["kind"], what, why, extra={"fields": fields})


def _list_fields(event: EventRow) -> dict[str, Any]:
    body = json.loads(event["body"])
    reason, directors = body.get("reason"), [body[name] for name in ("from", "by") if "by" in body and name in body]
    fields = {
        "event": event["kind"],
        "account": event["account"],
        "project": event["project"],
        "job": event["job"],
        "step": body.get("step"),
        "purchase": body.get("purchase"),
        "lease": " → ".join(map(str, directors)) or None,
        "reason": reason["code"] if reason else None,
    }
    return {name: value for name, value in fields.items() if value is not None}
