"""A submit that is answered with nothing usable: accepted as far as anyone knows, looked up, and never sent again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from engine.production import TinyProduction, plan_of
from engine.rig import ACCOUNT, Rig
from providers import test_openai_videos, test_openrouter, test_replicate
from providers.conformance import AT_ONCE, Remote
from reelwright.messages import format_reason
from reelwright.providers.fakes.script import answer_nonsense
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import Step
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Consent, Lease, Purchase, Standing
from reelwright.store.database.database import Database
from reelwright.units import Micros

ANSWERS: Final = {
    "nothing": "", "an empty object": "{}", "an empty list": "[]", "null": "null", "a page": "<html>Sign in</html>",
    "an id that is none": '{"id": ""}',
}  # fmt: skip
WIRES: Final[dict[str, type[Remote]]] = {
    "openrouter": test_openrouter.TestOpenRouter,
    "replicate": test_replicate.TestReplicate,
    "openai videos with a list": test_openai_videos.TestVllmOmni,
    "openai videos without one": test_openai_videos.TestLitellm,
}


def produce(request: Request) -> type[TinyProduction]:
    """Return a production whose one take is ``request``."""

    class OneTake(TinyProduction):
        async def apply_outcome(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
            if standing.plan is not None:
                return False
            plan = plan_of(standing.brief)
            (beat,) = plan.beats
            one = replace(beat.shots[0], source=request)
            plan = replace(plan, beats=(replace(beat, shots=(one,)),))
            await self._journal.revise_under_lease(lease, 0, plan, Choices(), "rules")
            return True

    return OneTake


async def paid(rig: Rig, project: str) -> Purchase:
    (bought,) = [one for one in await rig.purchases(project) if one.provider != "offline"]
    return bought


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", WIRES)
async def test_a_submit_that_is_answered_with_nothing_usable_is_looked_up_and_never_sent_again(
    name: str, answer: str, tmp_path: Path
) -> None:
    wire = WIRES[name]()
    database = Database(f"sqlite:///{tmp_path / 'journal.db'}")
    async with wire.opened(AT_ONCE.add_rule("submit", answer_nonsense(ANSWERS[answer]))) as at:
        rig = Rig(database, tmp_path, paid=at.provider, production=produce(wire.request), hands=1)
        project = await rig.journal.open_project(ACCOUNT, "a", Brief(text="a"))
        consent = Consent(ceiling=Micros(5_000_000), by="--yes", may_buy_unconfirmed=True, unknown_at_most=Micros(1))
        await rig.journal.enqueue(ACCOUNT, project, "takes", consent, {})
        await rig.drive(project)
        job, bought = await rig.job(project), await paid(rig, project)
        if wire.finds == "list":
            assert (job.state, bought.state) == ("done", "settled")
            assert bought.operation and [bought.operation.id] == list(at.bill.submissions), "found in its list"
        else:
            assert (job.state, job.wait_reason, bought.state) == ("waiting", "decision", "unknown")
            assert bought.settled_micros is None and bought.spent_micros == bought.quoted_micros, "still held"
            assert job.reason and "may have been bought" in format_reason(job.reason)
            await rig.journal.requeue(ACCOUNT, job.id)
            await rig.drive(project)
            assert (await rig.job(project)).state == "waiting" and (await paid(rig, project)).state == "unknown"
        assert len(at.bill.submissions) == at.server.count("submit") == 1
        await rig.hands.close()
    database.close()
