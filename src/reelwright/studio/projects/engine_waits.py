"""The reasons why running jobs wait for engines of one's own, added to their state as it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol, Self, TypeVar

from reelwright.known_providers import ENGINES
from reelwright.messages import format_step_reason
from reelwright.reason import Reason
from reelwright.studio import late_modules as late
from reelwright.studio.runtime.home import Home


class ShownJob(Protocol):
    """A job as a list or a page shows it."""

    @property
    def project(self) -> str:
        """The id of its project."""
        ...

    @property
    def state(self) -> str:
        """Its public state."""
        ...

    def replace(self, **changes: Any) -> Self:
        """Return it with other values."""
        ...


Shown = TypeVar("Shown", bound=ShownJob)


async def find_engine_waits(home: Home) -> Mapping[str, Reason]:
    """Return by project what its first video that is not sent yet waits for. Costs nothing without models of one's own.

    A project is left out while one of its videos is made.
    """
    folder = home.settings.home
    if not (folder / "models").is_dir():
        return {}
    before: Counter[str] = Counter()
    sent: set[str] = set()
    first: dict[str, tuple[str, int]] = {}
    for project, model, is_sent in await home.ledger.list_unfinished(ENGINES):
        if is_sent:
            sent.add(project)
        else:
            first.setdefault(project, (model, before[model]))
        before[model] += 1
    found = {name: late.engine_delays.explain_wait(folder, *place) for name, place in first.items() if name not in sent}
    return {name: reason for name, reason in found.items() if reason}


def add_engine_wait(job: Shown, waits: Mapping[str, Reason]) -> Shown:
    """Return the state of a job with the reason why it waits for an engine, if it runs and does."""
    reason = waits.get(job.project)
    if job.state != "running" or reason is None:
        return job
    return job.replace(reason=reason, message=format_step_reason(reason))
