"""Rows to nouns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from sqlalchemy import Row

from reelwright.errors import BadInput
from reelwright.reel import document
from reelwright.reel.cut import Cut
from reelwright.reel.noun import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.operation import Consent, Event, Job, Operation, Project, Purchase
from reelwright.reel.outcome import Missing, Outcome, Take
from reelwright.store.failures import damaged_row
from reelwright.store.sql import moment
from reelwright.units import Micros

T = TypeVar("T")
RECOVERED_FOR: Final = "recovered/"
"""Begins what a project is found by that holds purchases of another one, whose id follows."""


def from_json(kind: type[T], text: str, what: str) -> T:
    """A noun that we wrote ourselves. Raises ``JournalDamaged`` where it is none any more."""
    try:
        return document.from_json(kind, text, what)
    except (BadInput, ValueError) as cause:
        raise damaged_row(what, cause) from cause


def plain(text: str) -> Mapping[str, Any]:
    """A JSON object that we wrote ourselves."""
    if text == "{}":
        return {}
    found: Mapping[str, Any] = _loaded(text)
    return found


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as cause:
        raise damaged_row("a row", cause) from cause


def job_of(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        account=row.account,
        project=row.project,
        goal=row.goal,
        state=row.state,
        consent=_consent_of(row),
        options=plain(row.options),
        allowance=row.allowance,
        cancel=row.cancel,
        priority=row.priority,
        why=row.why,
        step=None if row.step is None else StepKey(row.step),
        said=row.said,
        created=moment(row.created_at),
        started=moment(row.started_at),
        finished=moment(row.finished_at),
        delivered=moment(row.delivered_at),
        cut=None if row.cut is None else from_json(Cut, row.cut, "cut"),
        film=None if row.film is None else Digest(row.film),
    )


def _consent_of(row: Row[Any]) -> Consent | None:
    if row.consent_by is None:
        return None
    return Consent(
        ceiling=Micros(row.consent_micros),
        by=row.consent_by,
        unconfirmed=row.consent_unconfirmed,
        each=None if row.consent_each is None else Micros(row.consent_each),
        until=moment(row.consent_until),
    )


def outcome_of(row: Row[Any]) -> Outcome:
    return Outcome(
        fingerprint=Fingerprint(row.fingerprint),
        assets=tuple(Digest(digest) for digest in _loaded(row.assets)),
        missing=from_json(tuple[Missing, ...], row.missing, "missing") if row.missing != "[]" else (),
        chosen=None if row.chosen is None else Digest(row.chosen),
        facts=plain(row.facts),
    )


class Had(Mapping[Fingerprint, Outcome]):
    """Outcomes by fingerprint, each made of its row when it is read: an account may have many, a film needs few."""

    def __init__(self, rows: Mapping[str, Row[Any]]) -> None:
        self._rows = rows
        self._made: dict[str, Outcome] = {}

    def __getitem__(self, fp: Fingerprint) -> Outcome:
        if fp not in self._made:
            self._made[fp] = outcome_of(self._rows[fp])
        return self._made[fp]

    def __contains__(self, fp: object) -> bool:
        return fp in self._rows

    def __iter__(self) -> Iterator[Fingerprint]:
        return (Fingerprint(fp) for fp in self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def take_of(row: Row[Any]) -> Take:
    return Take(
        id=row.id,
        shot=ShotId(row.shot),
        fingerprint=Fingerprint(row.fingerprint),
        asset=Digest(row.asset),
        round=row.round,
        sample=row.sample,
        purchase=row.purchase,
        facts=plain(row.facts),
    )


def purchase_of(row: Row[Any]) -> Purchase:
    return Purchase(
        id=row.id,
        account=row.account,
        project=row.project,
        job=row.job,
        allowance=row.allowance,
        step=StepKey(row.step),
        fingerprint=Fingerprint(row.fingerprint),
        try_=row._mapping["try"],
        state=row.state,
        provider=row.provider,
        model=row.model,
        quoted=Micros(row.quoted),
        settled=None if row.settled is None else Micros(row.settled),
        operation=None if row.operation is None else from_json(Operation, row.operation, "operation"),
        prepared=plain(row.prepared),
        staged=tuple(_loaded(row.staged)) if row.staged else (),
        resubmit=row.resubmit,
        attempts=row.sends,
        posted=moment(row.posted_at),
        not_before=moment(row.not_before),
        said=row.said,
        order=Fingerprint(row.order_fingerprint),
        n=row.n,
        samples=row.samples,
    )


def project_of(row: Row[Any]) -> Project:
    made = moment(row.created_at)
    assert made is not None
    return Project(
        id=row.id, account=row.account, name=row.name, created=made, revision=row.revision or 0,
        recovered=is_recovered(row),
    )  # fmt: skip


def is_recovered(row: Row[Any]) -> bool:
    """Whether a project only holds purchases of another one."""
    return (row.found_by or "").startswith(RECOVERED_FOR)


def event_of(row: Row[Any]) -> Event:
    at = moment(row.at)
    assert at is not None
    return Event(
        id=row.id, at=at, account=row.account, project=row.project, job=row.job, kind=row.kind, body=plain(row.body)
    )
