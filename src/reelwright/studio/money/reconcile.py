"""Reconciling: find sends that the vault or providers' lists show and the journal lacks, then let the journal buy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from reelwright.messages import format_reason
from reelwright.net.redact import redact_line
from reelwright.reason import Reason
from reelwright.reel.records.ledger import ListedWork
from reelwright.studio import late_modules as late
from reelwright.studio.models.provider_lists import ask_lists
from reelwright.studio.policy import MAX_PROMPT_CHARS
from reelwright.studio.results.result_model import NOT_IN_JSON, Moment, ResultModel, Usd
from reelwright.units import Micros

if TYPE_CHECKING:
    from reelwright.store.vault.markers import Mark
    from reelwright.studio.runtime.home import Home


class UnrecordedSend(ResultModel):
    """A paid send that the vault has a marker of and the journal lacked. ``micros``: its quoted price.

    ``project``: the project it was sent for. After reconciling, the project that holds it: a "Recovered …" project if
    the original one is missing.
    """

    purchase: str
    project: str
    step: str
    provider: str
    model: str
    micros: Usd


class ListedOperation(ResultModel):
    """An operation on a provider's own list that belongs to no purchase of this journal.

    ``made_at``: by the provider's clock. ``model``: the provider's name for it. ``prompt``: as far as it is listed.
    """

    provider: str
    operation: str
    model: str
    made_at: Moment | None
    prompt: str


class UnreadList(ResultModel):
    """A provider whose list could not be read, with the reason."""

    provider: str
    message: str


class ReconcileResult(ResultModel):
    """The result of ``reconcile``: why this journal may not buy, and the sends that it lacks.

    ``state`` is ``asks`` while nothing is bought until a person says yes. ``reasons``: codes for programs;
    ``messages``: a sentence for each. ``unrecorded_sends``: become ``unknown`` purchases when a person says yes.
    ``listed_operations``: kept for the account then, each for a purchase with an equal request. ``works``: those
    operations as they are recorded; not part of the JSON.
    """

    state: Literal["fine", "asks", "reconciled"]
    reasons: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    unrecorded_sends: tuple[UnrecordedSend, ...] = ()
    listed_operations: tuple[ListedOperation, ...] = ()
    unread_lists: tuple[UnreadList, ...] = ()
    works: Annotated[tuple[ListedWork, ...], NOT_IN_JSON] = ()

    @property
    def micros(self) -> Micros:
        """Return the quoted price of all ``unrecorded_sends`` together."""
        return Micros(sum(one.micros for one in self.unrecorded_sends))


async def reconcile(home: Home, *, yes: bool | ReconcileResult, by: str, drop_listed: bool = False) -> ReconcileResult:
    """List the paid sends that this journal lacks; with ``yes`` record them, so that it may buy again. Buys nothing.

    The next ``resume`` of a project looks in the provider's list for its unknown purchases. ``yes`` may be the result
    that a person was asked about: what the lists showed then is recorded, even if they can no longer be read.
    ``drop_listed``: the listed operations belong to another program; none is recorded, and those recorded earlier are
    deleted.
    """
    if home.guard is None:  # a rehearsal: nothing is bought there
        return ReconcileResult(state="fine")
    amiss = await home.guard.check(home.account)
    if drop_listed and (yes or not amiss.reasons):
        await home.database.write(lambda unit: late.listed_work.forget_listed_work(unit, home.account))
    if not amiss.reasons:
        return ReconcileResult(state="fine")
    found = await ask_lists(home, amiss.unknown_sends)
    shown = yes.works if isinstance(yes, ReconcileResult) else ()
    works = {(work.provider, work.id): work for work in (*shown, *found.works)}
    recovered: Mapping[str, str] = {}
    if yes:
        amiss, recovered = await late.reconciliation.accept(
            home.database, home.guard, home.account, by, () if drop_listed else tuple(works.values())
        )
        home.policies.clear()  # what was recovered answers orders from now on
    return ReconcileResult(
        state="reconciled" if yes else "asks",
        reasons=amiss.reasons,
        messages=tuple(format_reason(Reason(f"journal_{why}")) for why in amiss.reasons),
        unrecorded_sends=tuple(_build_unrecorded_send(mark, recovered) for mark in amiss.unknown_sends),
        listed_operations=tuple(_build_listed_operation(work) for work in works.values()),
        unread_lists=tuple(UnreadList(provider=name, message=message) for name, message in found.errors.items()),
        works=tuple(works.values()),
    )


def _build_unrecorded_send(mark: Mark, recovered: Mapping[str, str]) -> UnrecordedSend:
    return UnrecordedSend(
        purchase=mark["id"], project=recovered.get(mark["project"], mark["project"]), step=mark["step"],
        provider=mark["provider"], model=mark["model"], micros=Micros(mark["quoted_micros"]),
    )  # fmt: skip


def _build_listed_operation(work: ListedWork) -> ListedOperation:
    return ListedOperation(
        provider=work.provider, operation=redact_line(work.id), model=redact_line(work.model), made_at=work.made_at,
        prompt=redact_line(work.prompt, MAX_PROMPT_CHARS),
    )  # fmt: skip
