"""Conversions from database rows to the values of ``reel``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from sqlalchemy import Row

from reelwright.errors import BadInput
from reelwright.reason import Reason
from reelwright.reel.base import document
from reelwright.reel.base.value import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.film.cut import Cut
from reelwright.reel.graph.outcome import MissingSample, Outcome, Take
from reelwright.reel.records.operation import Consent, Event, Job, Operation, Project, Purchase
from reelwright.store.schema.failures import build_damaged_row_error
from reelwright.store.schema.sql import to_datetime
from reelwright.units import Micros

T = TypeVar("T")
RECOVERED_FOR: Final = "recovered/"
"""Prefix of ``lookup_key`` of a project that holds the purchases of a missing one, whose id follows."""
RECONCILE: Final = "reconcile"
"""``approved_by`` of an allowance for sends that only the vault knew."""


def from_json(kind: type[T], text: str, name: str) -> T:
    """Parse a value of type ``kind`` that we wrote ourselves.

    Raises ``JournalDamaged`` where it is not valid any more.
    """
    try:
        return document.from_json(kind, text, name)
    except (BadInput, ValueError) as cause:
        raise build_damaged_row_error(name, cause) from cause


def parse_object(text: str) -> Mapping[str, Any]:
    """Parse a JSON object that we wrote ourselves. Raises ``JournalDamaged``."""
    if text == "{}":
        return {}
    found: Mapping[str, Any] = _parse_json(text)
    return found


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as cause:
        raise build_damaged_row_error("a row", cause) from cause


def to_job(row: Row[Any]) -> Job:
    """Parse a row of ``jobs``; raise ``JournalDamaged`` where it is not what we wrote."""
    return Job(
        id=row.id,
        account=row.account,
        project=row.project,
        goal=row.goal,
        state=row.state,
        consent=_to_consent(row),
        options=parse_object(row.options),
        allowance=row.allowance,
        is_cancel_requested=row.cancel_requested,
        priority=row.priority,
        wait_reason=row.wait_reason,
        step=None if row.step is None else StepKey(row.step),
        reason=Reason.from_text(row.reason),
        created_at=to_datetime(row.created_at),
        started_at=to_datetime(row.started_at),
        finished_at=to_datetime(row.finished_at),
        delivered_at=to_datetime(row.delivered_at),
        cut=None if row.cut is None else from_json(Cut, row.cut, "cut"),
        film=None if row.film is None else Digest(row.film),
        batch_key=row.batch_key,
        is_removed=row.removed_at is not None,
        downloaded_at=to_datetime(row.downloaded_at),
        expired_at=to_datetime(row.expired_at),
        collected_at=to_datetime(row.collected_at),
        sent_s=max(0, row._mapping.get("sent_ms") or 0) / 1000,
    )


def _to_consent(row: Row[Any]) -> Consent | None:
    if row.consent_by is None:
        return None
    return Consent(
        ceiling=Micros(row.consent_micros),
        by=row.consent_by,
        may_buy_unconfirmed=row.consent_unconfirmed,
        unknown_at_most=None if row.consent_unknown_micros is None else Micros(row.consent_unknown_micros),
        expires_at=to_datetime(row.consent_expires_at),
    )


def to_outcome(row: Row[Any]) -> Outcome:
    """Parse a row of ``outcomes``; raise ``JournalDamaged`` where it is not what we wrote."""
    return Outcome(
        fingerprint=Fingerprint(row.fingerprint),
        assets=tuple(Digest(digest) for digest in _parse_json(row.assets)),
        missing=from_json(tuple[MissingSample, ...], row.missing, "missing") if row.missing != "[]" else (),
        chosen_asset=None if row.chosen_asset is None else Digest(row.chosen_asset),
        facts=parse_object(row.facts),
    )


class LazyOutcomes(Mapping[Fingerprint, Outcome]):
    """Outcomes by fingerprint, each parsed from its row when first read: a project may have many, a film needs few."""

    def __init__(self, rows: Mapping[str, Row[Any]]) -> None:
        self._rows = rows
        self._made: dict[str, Outcome] = {}

    def __getitem__(self, fp: Fingerprint) -> Outcome:
        if fp not in self._made:
            self._made[fp] = to_outcome(self._rows[fp])
        return self._made[fp]

    def __contains__(self, fp: object) -> bool:
        return fp in self._rows

    def __iter__(self) -> Iterator[Fingerprint]:
        return (Fingerprint(fp) for fp in self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def to_take(row: Row[Any]) -> Take:
    """Parse a row of ``takes``; raise ``JournalDamaged`` where it is not what we wrote."""
    return Take(
        id=row.id,
        shot=ShotId(row.shot),
        fingerprint=Fingerprint(row.fingerprint),
        asset=Digest(row.asset),
        round=row.round,
        sample=row.sample,
        purchase=row.purchase,
        facts=parse_object(row.facts),
    )


def to_purchase(row: Row[Any]) -> Purchase:
    """Parse a row of ``purchases``; raise ``JournalDamaged`` where it is not what we wrote."""
    return Purchase(
        id=row.id,
        account=row.account,
        project=row.project,
        job=row.job,
        allowance=row.allowance,
        step=StepKey(row.step),
        fingerprint=Fingerprint(row.fingerprint),
        try_=row.attempt,
        state=row.state,
        provider=row.provider,
        model=row.model,
        quoted_micros=Micros(row.quoted_micros),
        settled_micros=None if row.settled_micros is None else Micros(row.settled_micros),
        operation=None if row.operation is None else from_json(Operation, row.operation, "operation"),
        prepared_request=parse_object(row.prepared_request),
        staged_inputs=tuple(_parse_json(row.staged_inputs)) if row.staged_inputs else (),
        resubmit=row.resubmit,
        attempts=row.send_count,
        intended_at=to_datetime(row.intent_at),
        posted_at=to_datetime(row.posted_at),
        answered_at=to_datetime(row.answered_at),
        is_stopped=row.stopped_at is not None,
        not_before=to_datetime(row.not_before),
        reason=Reason.from_text(row.reason),
        order_fingerprint=Fingerprint(row.order_fingerprint),
        n=row.order_number,
        samples=row.samples,
        billed_micros=None if row.billed_micros is None else Micros(row.billed_micros),
        corrected_micros=Micros(row._mapping.get("corrected") or 0),
    )


def to_project(row: Row[Any]) -> Project:
    """Convert a row of ``projects`` with the number of its newest ``revision``."""
    made = to_datetime(row.created_at)
    assert made is not None
    return Project(
        id=row.id, account=row.account, name=row.name, created_at=made, revision=row.revision or 0,
        is_recovered=is_recovered(row),
    )  # fmt: skip


def is_recovered(row: Row[Any]) -> bool:
    """Whether a project only holds the purchases of a missing one."""
    return (row.lookup_key or "").startswith(RECOVERED_FOR)


def to_event(row: Row[Any]) -> Event:
    """Parse a row of ``events``; raise ``JournalDamaged`` where it is not what we wrote."""
    at = to_datetime(row.at)
    assert at is not None
    return Event(
        id=row.id,
        at=at,
        account=row.account,
        project=row.project,
        job=row.job,
        kind=row.kind,
        body=parse_object(row.body),
    )
