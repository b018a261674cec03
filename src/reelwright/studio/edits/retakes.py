"""The verb ``retake``: one more round of takes of a shot, quoted and written as the next revision of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reelwright.errors import BadInput
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.plan import Plan, get_shot
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.orders import NumberedOrder
from reelwright.reel.records.operation import Standing
from reelwright.studio.edits import plan_changes
from reelwright.studio.films.project_run import aim_at_goal, quote_standing, require_plan
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.shot_orders import LastOrder, find_last_order


@dataclass(frozen=True, slots=True)
class Retake:
    """A request for one more round of takes of each shot."""

    shots: Mapping[ShotId, LastOrder]

    def revise(self, standing: Standing) -> tuple[Plan, Choices]:
        """Return the project's plan and choices with the new rounds added; writes nothing. Raises ``BadInput``."""
        plan, choices, _ = self.add_rounds(standing)
        return plan, choices

    def add_rounds(self, standing: Standing) -> tuple[Plan, Choices, list[NumberedOrder]]:
        """Return what ``revise`` does, and the orders that the new rounds ask for. Raises ``BadInput``."""
        orders: list[NumberedOrder] = []
        for shot, last in self.shots.items():
            plan, choices = plan_changes.add_round(standing, get_shot(require_plan(standing)[1], shot), last.number)
            if last.fingerprint and choices != standing.choices:
                orders.append((last.fingerprint, choices.retakes[-1].round))
            standing = replace(standing, plan=plan, choices=choices)
        return require_plan(standing)[1], standing.choices, orders

    def quote(self, home: Home, standing: Standing) -> ProjectQuote:
        """Price the project with the new rounds of takes. Spends nothing."""
        plan, choices = self.revise(standing)
        return quote_standing(home, aim_at_goal(replace(standing, plan=plan, choices=choices), standing.goal))


async def build_retake(home: Home, standing: Standing, shots: int | str | Sequence[int | str]) -> Retake:
    """Build the request for new takes of ``shots``, given by number from 1 or by id. Raises ``BadInput``."""
    plan = require_plan(standing)[1]
    named = plan_changes.list_named_shots(plan, {"shot": shots})
    if not named:
        raise BadInput("shot", shots, f"a number from 1 to {len(plan.shots)}, or a shot's id")
    return Retake({shot: await find_last_order(home.ledger, standing, get_shot(plan, shot)) for shot in named})


async def request_takes(home: Home, standing: Standing, retake: Retake) -> None:
    """Write the request for other takes as the project's next revision.

    Its orders get their numbers in that transaction, so that nobody else's order is taken for them. Raises
    ``StaleRevision`` where somebody was quicker, with a revision or an order.
    """
    plan, choices, orders = retake.add_rounds(standing)
    if plan != standing.plan or choices != standing.choices:
        await home.journal.revise(
            home.account, standing.project, standing.revision, plan, choices, "person", home.key, orders
        )
