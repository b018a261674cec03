"""Reconcile: what the vault and providers' lists show and the journal does not know; then it may buy where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from reelwright.net.redact import plainly
from reelwright.studio.spelling import Spoken
from reelwright.units import Micros

if TYPE_CHECKING:
    from reelwright.reel.ledger import ListedWork
    from reelwright.store.markers import Mark
    from reelwright.studio.home import Home


_PROMPT: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecorded(Spoken):
    """A send that the vault records and the journal did not know. ``micros``: what it was quoted at.

    ``project``: that it was sent for; once reconciled, the one that holds it, "Recovered …" where that one is missing.
    """

    purchase: str
    project: str
    step: str
    provider: str
    model: str
    micros: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Spoken):
    """An operation that a provider's list shows and no purchase of this journal has. ``at``: by the provider's clock.

    ``model``: as the provider calls it; ``prompt``: as much of it as the list tells.
    """

    provider: str
    operation: str
    model: str
    at: datetime | None
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked(Spoken):
    """A provider whose list could not be read, and why."""

    provider: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled(Spoken):
    """What stood between the journal and its next purchase. ``asks``: nothing is bought until somebody says yes.

    ``why``: a word for a program; ``said``: a sentence for each. ``unrecorded``: purchases in ``unknown`` from then on.
    ``listed``: operations of the account from then on, each for the purchase that asks for the very same.
    """

    state: Literal["fine", "asks", "reconciled"]
    why: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    unrecorded: tuple[Unrecorded, ...] = ()
    listed: tuple[Listed, ...] = ()
    unasked: tuple[Unasked, ...] = ()

    @property
    def micros(self) -> Micros:
        """What all of ``unrecorded`` was quoted at."""
        return Micros(sum(one.micros for one in self.unrecorded))


async def reconcile(home: Home, *, yes: bool, by: str, drop_listed: bool = False) -> Reconciled:
    """List what is amiss; with ``yes`` record it, and buy from here on. Sends nothing.

    Where the provider has a list, the next ``resume`` of the project looks there for what was unknown. What a list
    showed before the question is recorded after it, also where the list cannot be read any more by then.
    ``drop_listed``: it is another program's; none of it is recorded, and what was recorded earlier is forgotten.
    """
    from reelwright.store.listed import forget
    from reelwright.store.reconciling import accept
    from reelwright.store.send_guard import SAID
    from reelwright.studio.provider_lists import ask_lists

    if home.guard is None:  # a rehearsal: nothing is bought there
        return Reconciled(state="fine")
    amiss = await home.guard.look(home.account)
    if drop_listed and (yes or not amiss.why):
        await home.database.write(lambda unit: forget(unit, home.account))
    if not amiss.why:
        return Reconciled(state="fine")
    found = await ask_lists(home, amiss.unknown)
    works = {(work.provider, work.id): work for work in (*home.listed, *found.works)}
    home.listed = tuple(works.values())
    recovered: Mapping[str, str] = {}
    if yes:
        amiss, recovered = await accept(home.database, home.guard, home.account, by, () if drop_listed else home.listed)
        home.listed = ()
    return Reconciled(
        state="reconciled" if yes else "asks",
        why=amiss.why,
        said=tuple(SAID[why] for why in amiss.why),
        unrecorded=tuple(_unrecorded(mark, recovered) for mark in amiss.unknown),
        listed=tuple(_listed(work) for work in works.values()),
        unasked=tuple(Unasked(provider=name, said=said) for name, said in found.unasked.items()),
    )


def _unrecorded(mark: Mark, recovered: Mapping[str, str]) -> Unrecorded:
    return Unrecorded(
        purchase=mark["id"], project=recovered.get(mark["project"], mark["project"]), step=mark["step"],
        provider=mark["provider"], model=mark["model"], micros=Micros(mark["quoted"]),
    )  # fmt: skip


def _listed(work: ListedWork) -> Listed:
    return Listed(
        provider=work.provider, operation=plainly(work.id), model=plainly(work.model), at=work.at,
        prompt=plainly(work.prompt, _PROMPT),
    )  # fmt: skip
