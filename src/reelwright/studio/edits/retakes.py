"""Takes of a shot: one more round of them, quoted and written as the next revision, and the one that a film uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reelwright.errors import BadInput
from reelwright.reason import Action
from reelwright.reel.base.value import Digest, ShotId
from reelwright.reel.film.breakdown import ANIMATIC_MODEL, build_graph, make_take_key
from reelwright.reel.film.plan import OwnFootage, Plan, Shot, get_shot
from reelwright.reel.graph.choices import Choices, Circle, RetakeRequest, compute_round_fingerprint
from reelwright.reel.graph.orders import NumberedOrder
from reelwright.reel.graph.request import compute_request_digest
from reelwright.reel.graph.wanted_steps import resolve_steps
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
            plan, choices = add_round(standing, get_shot(require_plan(standing)[1], shot), last.number)
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


def _get_shot_number(plan: Plan, shot: Shot) -> int:
    return [one.id for one in plan.shots].index(shot.id) + 1


def add_round(standing: Standing, shot: Shot, highest: int = 0) -> tuple[Plan, Choices]:
    """Return plan and choices with one more round of takes of ``shot`` requested. Buys nothing. Raises ``BadInput``.

    Adds nothing while a requested round has not landed yet. ``highest``: the number of the account's last order of this
    request, in any project.
    """
    assert standing.plan
    if isinstance(shot.source, OwnFootage):
        raise BadInput("shot", _get_shot_number(standing.plan, shot), "a shot that is made, not own footage")
    if shot.source.model == ANIMATIC_MODEL and shot.source.mode == "picture":
        hint = "another move, length or image makes it another one"
        raise BadInput(
            "shot",
            _get_shot_number(standing.plan, shot),
            "a shot that can come out differently; a picture's move is always the same",
            hint=hint,
        )
    there = resolve_steps(
        build_graph(standing.plan, "takes", standing.encoding),
        standing.choices,
        standing.outcomes,
        standing.deleted_assets,
    )
    fp = there[make_take_key(shot.id)].fingerprint
    if fp is None or fp not in standing.outcomes:
        raise BadInput(
            "shot",
            _get_shot_number(standing.plan, shot),
            "a shot that has a take already",
            actions=[Action("resume_job", {"project": standing.project})],
        )
    rounds = [ask for ask in standing.choices.retakes if ask.fingerprint == fp]
    if any(compute_round_fingerprint(ask) not in standing.outcomes for ask in rounds):
        return standing.plan, standing.choices
    last = max((highest, *(ask.round for ask in rounds), 1))
    ask = RetakeRequest(fingerprint=fp, round=last + 1, samples=shot.source.samples)
    return standing.plan, replace(standing.choices, retakes=(*standing.choices.retakes, ask))


def circle_take(standing: Standing, shot: Shot, asset: Digest, take: str = "") -> tuple[Plan, Choices]:
    """Return plan and choices with a take chosen for ``shot``, as long as the shot keeps its request.

    ``asset``: its bytes. ``take``: its id, where another take may have the same bytes.

    Raises ``BadInput`` for own footage.
    """
    assert standing.plan
    if isinstance(shot.source, OwnFootage):
        raise BadInput("shot", _get_shot_number(standing.plan, shot), "a shot that is made, not own footage")
    circle = Circle(asset=asset, request=compute_request_digest(shot.source), take=take)
    return standing.plan, replace(standing.choices, circles={**standing.choices.circles, shot.id: circle})
