"""What came of steps: write-once by project and fingerprint, and what dependants read of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select, update

from reelwright.errors import BadInput, LeaseLost, NotFound
from reelwright.reel.choices import Choices, again
from reelwright.reel.document import to_plain
from reelwright.reel.ids import mint
from reelwright.reel.noun import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.operation import Lease
from reelwright.reel.outcome import Outcome, Take, why_nothing
from reelwright.store import assets
from reelwright.store.leases import fence, refusals
from reelwright.store.projects import newest_choices
from reelwright.store.rows import take_of
from reelwright.store.schema import outcomes, takes
from reelwright.store.sql import as_json, insert, now_ms, on_each
from reelwright.store.unit import Unit


class Landed(NamedTuple):
    """An outcome and whose it is."""

    lease: Lease
    step: StepKey
    outcome: Outcome


def land(unit: Unit, landed: Sequence[Landed]) -> Sequence[LeaseLost | None]:
    """Outcomes of our own work. A second one never replaces the first, unless the first's bytes were deleted."""
    lost = refusals(unit.conn, [one.lease for one in landed])
    held = [one for one, refused in zip(landed, lost, strict=True) if refused is None]
    for one in record(unit, held):
        _replace_gone(unit, one.lease, one.outcome)
    assets.landed(unit.conn, files_of(held))
    return lost


def record(unit: Unit, landed: Sequence[Landed]) -> Sequence[Landed]:
    """Write each outcome that is the first of its fingerprint in its project; returns the others.

    The caller has fenced, and says of the bytes that they are there.
    """
    if not landed:
        return ()
    written = unit.conn.execute(_RECORDED[unit.conn.dialect.name], [_columns(one) for one in landed])
    first = {(row.project, row.fingerprint) for row in written.all()}
    late: list[Landed] = []
    for one in landed:
        name = (one.lease.project, one.outcome.fingerprint)
        if name in first:
            first.remove(name)  # of two that land at once, one is the first
            told = {"step": one.step, "fingerprint": name[1], "assets": list(one.outcome.assets)}
            why = why_nothing(one.outcome)
            kind = "step.failed" if why else "step.landed"
            unit.tell(one.lease.account, one.lease.project, None, kind, {**told, "said": why} if why else told)
        else:
            late.append(one)
    return late


_RECORDED: Final = on_each(
    lambda insert: (
        insert(outcomes)
        .values(landed_at=now_ms())
        .on_conflict_do_nothing()
        .returning(outcomes.c.project, outcomes.c.fingerprint)
    )
)


def _columns(landed: Landed) -> dict[str, Any]:
    outcome = landed.outcome
    return {
        "account": landed.lease.account,
        "project": landed.lease.project,
        "fingerprint": outcome.fingerprint,
        "step": landed.step,
        "assets": as_json(outcome.assets),
        "missing": as_json([to_plain(missing) for missing in outcome.missing]),
        "chosen": outcome.chosen,
        "facts": as_json(outcome.facts),
    }


def choose(unit: Unit, lease: Lease, fp: Fingerprint, asset: Digest) -> None:
    """Record once what dependants read of an outcome. Raises ``NotFound`` or ``BadInput`` on what is not its own."""
    fence(unit.conn, lease)
    which = (
        outcomes.c.account == lease.account,
        outcomes.c.project == lease.project,
        outcomes.c.fingerprint == fp,
    )
    row = unit.conn.execute(select(outcomes.c.assets, outcomes.c.chosen, outcomes.c.step).where(*which)).first()
    if row is None:
        raise NotFound(f"{lease.project} has no outcome {fp}")
    if asset not in json.loads(row.assets):
        raise BadInput("asset", asset, f"one of what {row.step} brought", step=row.step)
    if row.chosen is None:
        unit.conn.execute(update(outcomes).where(*which).values(chosen=asset))
        unit.tell(lease.account, lease.project, None, "step.chosen", {"step": row.step, "asset": asset})


def keep_takes(unit: Unit, lease: Lease, shot: ShotId, purchase: str, outcome: Outcome) -> None:
    """A row for each take that a purchase brought, numbered by its sample and round."""
    round_ = _round_of(newest_choices(unit.conn, lease.account, lease.project), outcome.fingerprint)
    for sample, asset in zip(_samples(outcome), outcome.assets, strict=True):
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
            landed_at=now_ms(),
        )
        unit.conn.execute(made.on_conflict_do_nothing())


def all_takes(conn: Connection, account: str, project: str) -> Sequence[Take]:
    """All takes of a project, by shot, round and sample."""
    query = select(takes).where(takes.c.account == account, takes.c.project == project)
    return [take_of(row) for row in conn.execute(query.order_by(takes.c.shot, takes.c.round, takes.c.sample))]


def files_of(landed: Iterable[Landed]) -> list[tuple[str, Digest]]:
    """All bytes that outcomes put into the vault, with their accounts: assets, and the files that their facts name."""
    found: list[tuple[str, Digest]] = []
    for one in landed:
        named = one.outcome.facts.get("files", {})
        files = (*one.outcome.assets, *(Digest(digest) for digest in named.values() if isinstance(digest, str)))
        found += [(one.lease.account, digest) for digest in files]
    return found


def _replace_gone(unit: Unit, lease: Lease, outcome: Outcome) -> None:
    """Made again because its bytes were deleted: the bytes now there are what dependants must read."""
    which = (
        outcomes.c.account == lease.account,
        outcomes.c.project == lease.project,
        outcomes.c.fingerprint == outcome.fingerprint,
    )
    had = json.loads(unit.conn.execute(select(outcomes.c.assets).where(*which)).scalar_one())
    if set(had) & assets.gone(unit.conn, lease.account):
        told = {"assets": as_json(outcome.assets), "chosen": outcome.chosen, "facts": as_json(outcome.facts)}
        unit.conn.execute(update(outcomes).where(*which).values(**told))


def _samples(outcome: Outcome) -> list[int]:
    """The sample of each asset: those that are not missing, in order."""
    missing = {absent.sample for absent in outcome.missing}
    every = range(len(outcome.assets) + len(missing))
    return [sample for sample in every if sample not in missing][: len(outcome.assets)]


def _round_of(choices: Choices, fp: Fingerprint) -> int:
    """Which asking for the very same thing this was."""
    return next((ask.round for ask in choices.asks if again(ask) == fp), 1)
