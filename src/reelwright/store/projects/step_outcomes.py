"""Outcomes of steps: written once per project and fingerprint, with the asset that dependent steps read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select, update

from reelwright.errors import BadInput, LeaseLost, NotFound
from reelwright.reel.base.document import to_plain
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.graph.choices import Choices, compute_round_fingerprint
from reelwright.reel.graph.outcome import KEPT, Outcome, Take, explain_missing
from reelwright.reel.records.operation import Lease
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import fence, find_lost_leases
from reelwright.store.projects.asset_uses import record_uses
from reelwright.store.projects.projects import read_newest_choices
from reelwright.store.schema.rows import to_take
from reelwright.store.schema.schema import outcomes, takes
from reelwright.store.schema.sql import NowMs, as_json, build_for_each_dialect, insert, shorten_reason
from reelwright.store.vault import assets


class LeasedOutcome(NamedTuple):
    """An outcome of a step, and the lease of its project."""

    lease: Lease
    step: StepKey
    outcome: Outcome


def record_outcomes(unit: Unit, leased_outcomes: Sequence[LeasedOutcome]) -> Sequence[LeaseLost | None]:
    """Record outcomes of our own work; return the error of each whose lease was lost.

    A second outcome never replaces the first, unless the first brought nothing, or its bytes were deleted.
    """
    lost = find_lost_leases(unit.conn, [one.lease for one in leased_outcomes])
    held = [one for one, refused in zip(leased_outcomes, lost, strict=True) if refused is None]
    for one in insert_outcomes(unit, held):
        _replace_deleted(unit, one.lease, one.outcome)
    assets.mark_present(unit.conn, list_files(held))
    return lost


def insert_outcomes(unit: Unit, leased_outcomes: Sequence[LeasedOutcome]) -> Sequence[LeasedOutcome]:
    """Insert each outcome that is the first of its fingerprint in its project, or the first with assets; return others.

    What failed, or was given up, may have brought something after all. The caller has fenced, and records that the
    bytes are there (``assets.mark_present``).
    """
    if not leased_outcomes:
        return ()
    written = unit.conn.execute(_RECORDED[unit.conn.dialect.name], [_to_columns(one) for one in leased_outcomes])
    first = {(row.project, row.fingerprint) for row in written.all()}
    record_uses(unit.conn, _list_uses(leased_outcomes))
    late: list[LeasedOutcome] = []
    for one in leased_outcomes:
        name = (one.lease.project, one.outcome.fingerprint)
        is_first = name in first
        first.discard(name)  # of two that land at once, one is the first
        if is_first or _fill_empty(unit, one):
            body = {"step": one.step, "fingerprint": name[1], "assets": list(one.outcome.assets)}
            reason = explain_missing(one.outcome)
            kind = "step.failed" if reason else "step.landed"
            why = {"reason": shorten_reason(reason)} if reason else {}
            unit.add_event(one.lease.account, one.lease.project, None, kind, {**body, **why})
        else:
            late.append(one)
    return late


_RECORDED: Final = build_for_each_dialect(
    lambda insert: (
        insert(outcomes)
        .values(landed_at=NowMs())
        .on_conflict_do_nothing()
        .returning(outcomes.c.project, outcomes.c.fingerprint)
    )
)


def _fill_empty(unit: Unit, landed: LeasedOutcome) -> bool:
    """Replace an outcome without assets by one that has some; False where there is no such outcome, or no asset."""
    columns = _to_columns(landed)
    name = [outcomes.c[column] == columns[column] for column in ("account", "project", "fingerprint")]
    fill = update(outcomes).where(*name, outcomes.c.assets == "[]").values(**columns, landed_at=NowMs())
    return bool(landed.outcome.assets) and bool(unit.conn.execute(fill).rowcount)


def _to_columns(landed: LeasedOutcome) -> dict[str, Any]:
    outcome = landed.outcome
    return {
        "account": landed.lease.account,
        "project": landed.lease.project,
        "fingerprint": outcome.fingerprint,
        "step": landed.step,
        "assets": as_json(outcome.assets),
        "missing": as_json([to_plain(missing) for missing in outcome.missing]),
        "chosen_asset": outcome.chosen_asset,
        "facts": as_json(outcome.facts),
    }


def choose_asset(unit: Unit, lease: Lease, fp: Fingerprint, asset: Digest) -> None:
    """Record once which asset of an outcome dependent steps read. Fenced.

    Raises ``NotFound`` where the project has no such outcome, and ``BadInput`` on an asset that is not one of its own.
    """
    fence(unit.conn, lease)
    which = (outcomes.c.account == lease.account, outcomes.c.project == lease.project, outcomes.c.fingerprint == fp)
    row = unit.conn.execute(select(outcomes.c.assets, outcomes.c.chosen_asset, outcomes.c.step).where(*which)).first()
    if row is None:
        raise NotFound(code="outcome_not_found", project=lease.project, fingerprint=fp)
    if asset not in json.loads(row.assets):
        raise BadInput("asset", asset, f"one of what {row.step} brought", step=row.step)
    if row.chosen_asset is None:
        unit.conn.execute(update(outcomes).where(*which).values(chosen_asset=asset))
        unit.add_event(lease.account, lease.project, None, "step.chosen", {"step": row.step, "asset": asset})


def insert_takes(unit: Unit, lease: Lease, shot: ShotId, purchase: str, outcome: Outcome) -> None:
    """Insert a row for each take that a purchase brought, numbered by round and sample."""
    round_ = _find_round(read_newest_choices(unit.conn, lease.account, lease.project), outcome.fingerprint)
    for sample, asset in zip(_number_samples(outcome), outcome.assets, strict=True):
        made = insert(unit.conn, takes).values(
            id=mint("take"),
            account=lease.account,
            project=lease.project,
            shot=shot,
            fingerprint=outcome.fingerprint,
            asset=asset,
            round=round_,
            sample=sample,
            purchase=purchase,
            facts=as_json(outcome.facts),
            landed_at=NowMs(),
        )
        unit.conn.execute(made.on_conflict_do_nothing())


def list_takes(conn: Connection, account: str, project: str) -> Sequence[Take]:
    """List all takes of a project, by shot, round and sample."""
    query = select(takes).where(takes.c.account == account, takes.c.project == project)
    return [to_take(row) for row in conn.execute(query.order_by(takes.c.shot, takes.c.round, takes.c.sample))]


def list_files(leased_outcomes: Iterable[LeasedOutcome]) -> list[tuple[str, Digest]]:
    """List account and digest of all bytes that outcomes put into the vault: assets, and files named in their facts."""
    found: list[tuple[str, Digest]] = []
    for one in leased_outcomes:
        named = one.outcome.facts.get("files", {})
        kept = (Digest(digest) for digest in one.outcome.facts.get(KEPT, ()))
        files = (*one.outcome.assets, *kept, *(Digest(digest) for digest in named.values() if isinstance(digest, str)))
        found += [(one.lease.account, digest) for digest in files]
    return found


def _list_uses(leased_outcomes: Iterable[LeasedOutcome]) -> list[tuple[str, str, str]]:
    return [(account, one.lease.project, digest) for one in leased_outcomes for account, digest in list_files([one])]


def _replace_deleted(unit: Unit, lease: Lease, outcome: Outcome) -> None:
    """Replace an outcome whose bytes were deleted: dependent steps must read the bytes that are there."""
    which = (
        outcomes.c.account == lease.account,
        outcomes.c.project == lease.project,
        outcomes.c.fingerprint == outcome.fingerprint,
    )
    had = json.loads(unit.conn.execute(select(outcomes.c.assets).where(*which)).scalar_one())
    if set(had) & assets.list_deleted(unit.conn, lease.account):
        columns = {
            "assets": as_json(outcome.assets),
            "chosen_asset": outcome.chosen_asset,
            "facts": as_json(outcome.facts),
        }
        unit.conn.execute(update(outcomes).where(*which).values(**columns))


def _number_samples(outcome: Outcome) -> list[int]:
    """Return the sample number of each asset: those that are not missing, in order."""
    missing = {absent.sample for absent in outcome.missing}
    every = range(len(outcome.assets) + len(missing))
    return [sample for sample in every if sample not in missing][: len(outcome.assets)]


def _find_round(choices: Choices, fp: Fingerprint) -> int:
    """Find the round that asked for this fingerprint; 1 where no retake did."""
    return next((ask.round for ask in choices.retakes if compute_round_fingerprint(ask) == fp), 1)
