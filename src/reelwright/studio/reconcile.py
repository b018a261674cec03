"""Reconcile: what the vault knows of purchases and the journal does not; then the journal may buy where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reelwright.studio.spelling import Spoken
from reelwright.units import Micros

if TYPE_CHECKING:
    from reelwright.store.markers import Mark
    from reelwright.studio.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecorded(Spoken):
    """A send that the vault records and the journal did not know. ``micros``: what it was quoted at."""

    purchase: str
    project: str
    step: str
    provider: str
    model: str
    micros: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled(Spoken):
    """What stood between the journal and its next purchase. ``asks``: nothing is bought until somebody says yes.

    ``why``: a word for a program; ``said``: a sentence for each. ``unrecorded``: purchases in ``unknown`` from then on.
    """

    state: Literal["fine", "asks", "reconciled"]
    why: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    unrecorded: tuple[Unrecorded, ...] = ()

    @property
    def micros(self) -> Micros:
        """What all of ``unrecorded`` was quoted at."""
        return Micros(sum(one.micros for one in self.unrecorded))


async def reconcile(home: Home, *, yes: bool, by: str) -> Reconciled:
    """List what is amiss; with ``yes`` record it, and buy from here on. Sends nothing.

    Where the provider has a list, the next ``resume`` of the project looks there for what was unknown.
    """
    from reelwright.store.reconciling import accept
    from reelwright.store.send_guard import SAID

    if home.guard is None:  # a rehearsal: nothing is bought there
        return Reconciled(state="fine")
    amiss = await home.guard.look(home.account)
    if not amiss.why:
        return Reconciled(state="fine")
    if yes:
        amiss = await accept(home.database, home.guard, home.account, by)
    return Reconciled(
        state="reconciled" if yes else "asks",
        why=amiss.why,
        said=tuple(SAID[why] for why in amiss.why),
        unrecorded=tuple(_unrecorded(mark) for mark in amiss.unknown),
    )


def _unrecorded(mark: Mark) -> Unrecorded:
    return Unrecorded(
        purchase=mark["id"], project=mark["project"], step=mark["step"], provider=mark["provider"],
        model=mark["model"], micros=Micros(mark["quoted"]),
    )  # fmt: skip
