"""What failed after it was taken on: bought again within what was agreed to, a few times; else a person decides."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.paper import Paper
from engine.production import WORDS, TinyProduction
from engine.rig import ACCOUNT, Rig
from reasons import has_code, has_field
from reelwright.engine.purchases.decide import decide
from reelwright.errors import BadInput
from reelwright.providers.protocol import Keep, Make, Output, Progress
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Consent, Operation, Purchase, Standing
from reelwright.units import Micros

HANDS = 1

Rigging = Callable[..., Rig]


async def paid(rig: Rig, project: str) -> list[Purchase]:
    return [p for p in await rig.purchases(project) if p.provider == "paper"]


async def test_what_failed_for_a_reason_that_may_pass_is_bought_again_with_a_row_of_its_own(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", fails=1)
    rig = rigged(paid=paper)
    standing = await rig.make("a", models=("paper/1",), usd=0.4)
    assert standing.job.state == "done", standing.job.reason
    rows = await paid(rig, standing.project)
    assert [(p.try_, p.state) for p in rows] == [(1, "released"), (2, "settled")]
    assert paper.submissions == ["a", "a"] and "take a" in await rig.film(standing.project)


async def test_after_so_many_tries_the_shot_is_stuck_and_stays_so(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", fails=9)
    rig = rigged(paid=paper)
    project = (await rig.make("a", models=("paper/1",), usd=5)).project
    for _ in range(2):
        job = await rig.job(project)
        assert (job.state, job.wait_reason, job.step) == ("waiting", "decision", "take/a")
        (cause,) = job.reason.params["causes"]
        assert has_code("sample_missing", kind="failed", message="out of memory over there")(cause)
        await rig.journal.requeue(ACCOUNT, job.id)
        await rig.drive(project)
    assert paper.submissions == ["a", "a"]


async def test_what_failed_for_good_is_bought_once(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", fails=1, again=False)
    rig = rigged(paid=paper)
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert standing.job.wait_reason == "decision" and paper.submissions == ["a"]


async def test_a_failure_that_was_charged_leaves_less_for_the_next_try_and_is_never_passed_over(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", fails=1, charges=400_000)
    rig = rigged(paid=paper)
    project = (await rig.make("a", models=("paper/1",), usd=0.4)).project
    job = await rig.job(project)
    assert (job.state, job.wait_reason) == ("waiting", "approval") and has_code("another_try")(job.reason)
    assert job.reason.params["failure"].code == "failed_there"
    assert has_code("above_agreement", needed_micros=800_000)(job.reason.params["cause"])
    assert paper.submissions == ["a"]
    assert [(p.state, p.settled_micros) for p in await paid(rig, project)] == [("settled", 400_000)]
    await rig.journal.approve(ACCOUNT, job.id, Consent(ceiling=Micros(800_000), by="--budget"))
    await rig.drive(project)
    assert (await rig.job(project)).state == "done"
    assert [(p.try_, p.settled_micros) for p in await paid(rig, project)] == [(1, 400_000), (2, 400_000)]


# --- an unknown


async def test_a_small_text_call_without_an_answer_is_written_off_visibly_and_asked_again(rigged, tmp_path):
    rig = texting(rigged, tmp_path, micros=40_000)
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert standing.job.state == "done", standing.job.reason
    first, second, *_ = await rig.ledger.list_entries(ACCOUNT, standing.project)
    assert (first.state, first.spent_micros, first.is_written_off) == ("settled", 40_000, True)
    assert has_code("written_off_small", quoted_micros=40_000)(first.reason)
    assert (second.try_, second.state, second.is_written_off) == (2, "settled", False)


@pytest.mark.parametrize(("micros", "more"), [(50_001, {}), (40_000, {"write_off_usd": "0"})])
async def test_a_larger_one_is_held_and_so_is_every_one_where_that_is_off(rigged, tmp_path, micros, more):
    rig = texting(rigged, tmp_path, micros=micros, settings=more)
    job = (await rig.make("a", models=("paper/1",), usd=5)).job
    assert (job.state, job.wait_reason) == ("waiting", "decision")
    assert [action.kind for action in job.reason.actions] == ["decide_purchase"]


async def test_it_is_asked_again_only_so_often(rigged, tmp_path):
    rig = texting(rigged, tmp_path, micros=40_000, gone=5)
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert standing.job.wait_reason == "decision"
    rows = await rig.ledger.list_entries(ACCOUNT, standing.project)
    assert [(e.try_, e.state) for e in rows] == [(1, "settled"), (2, "unknown")]


class Writer(Paper):
    """Sells words: its answer is the plan itself. The first ``gone`` answers are lost on the way."""

    def __init__(self, folder: Path, *, gone: int, **more: Any) -> None:
        super().__init__(folder, **more)
        self.gone = gone

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        if prepared["prompt"] == "a" and prepared["text"] == "take a":
            return await super().submit(prepared, keep, make)
        self.gone -= 1
        if self.gone >= 0:
            raise ConnectionResetError("gone")
        asset = await keep(once(b"a plan"), "text/plain")
        return Progress(state="succeeded", outputs=(Output(sample=0, mime="text/plain", asset=asset),))


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


class Written(TinyProduction):
    """Its plan is bought."""

    def build_graph(self, standing: Standing) -> Graph:
        if standing.plan is not None:
            return super().build_graph(standing)
        words = Request(model="paper/1", mode="plan", prompt="write")
        return Graph(steps={WORDS: Step(key=WORDS, kind="words", request=words)}, goal=(WORDS,))


def texting(rigged: Rigging, tmp_path: Path, *, micros: int, gone: int = 1, settings: Any = None) -> Rig:
    """A studio whose plan is written by a model that sells words, and whose first answers are lost."""
    paper = Writer(tmp_path / "paper", micros=micros, finds=False, gone=gone)
    return rigged(paid=paper, production=Written, settings=settings or {})


async def held(rigged: Rigging, tmp_path: Path) -> tuple[Rig, str, str]:
    """A film whose only take was sent, and of which nothing was heard."""
    rig = rigged(paid=Paper(tmp_path / "paper", answers=[ConnectionResetError("gone")], finds=False))
    project = (await rig.make("a", models=("paper/1",), usd=0.8)).project
    (purchase,) = await paid(rig, project)
    assert purchase.state == "unknown"
    return rig, project, purchase.id


async def say(rig: Rig, purchase: str, verdict: Any, **what: Any) -> Any:
    (entry,) = [e for e in await rig.ledger.list_entries(ACCOUNT) if e.id == purchase]
    return await decide(rig.journal, rig.ledger, rig.vault, ACCOUNT, entry, verdict, "zoe", **what)


async def go_on(rig: Rig, project: str) -> Any:
    await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
    await rig.drive(project)
    return await rig.job(project)


@pytest.mark.parametrize(("verdict", "settled"), [("never", [None, 400_000]), ("written_off", [400_000, 400_000])])
async def test_what_a_person_gives_up_is_bought_again(rigged, tmp_path, verdict, settled):
    rig, project, purchase = await held(rigged, tmp_path)
    await say(rig, purchase, verdict)
    job = await go_on(rig, project)
    assert job.state == "done", job.reason
    assert [p.settled_micros for p in await paid(rig, project)] == settled


async def test_what_a_person_says_arrived_is_followed_and_lands(rigged, tmp_path):
    rig, project, purchase = await held(rigged, tmp_path)
    paper = rig.providers["paper"]
    prepared = (await paid(rig, project))[0].prepared_request
    operation = await paper.submit(prepared, None, None)  # as it stands in the provider's list
    await say(rig, purchase, "arrived", operation=operation.id)
    job = await go_on(rig, project)
    assert job.state == "done", job.reason
    assert paper.submissions == ["a"] and [p.state for p in await paid(rig, project)] == ["settled"]


class Named(Paper):
    """Its operations have full names, of which a person may know the last part."""

    def resolve_operation(self, model: str, name: str) -> str:
        if "/" in name:
            raise BadInput("operation", name, "its last part")
        return f"{model}-{name}"


async def test_what_a_person_names_by_its_last_part_gets_its_full_name(rigged, tmp_path):
    rig, _, purchase = await held(rigged, tmp_path)
    with pytest.raises(BadInput, check=has_field("operation", "its last part")):
        await say(rig, purchase, "arrived", operation="a/b", provider=Named(tmp_path / "named"))
    named = Named(tmp_path / "named")
    named._accept({"operation": "paper/1-it", "prompt": "a", "purchase": purchase, "samples": 1, "text": ""})
    entry = await say(rig, purchase, "arrived", operation="it", provider=named)
    assert (entry.state, entry.operation.id) == ("submitted", "paper/1-it")


async def test_a_file_that_a_person_has_is_the_take(rigged, tmp_path):
    rig, project, purchase = await held(rigged, tmp_path)
    mine = tmp_path / "mine.txt"
    mine.write_text("take of mine")
    await say(rig, purchase, "arrived", file=(mine, "text/plain"))
    job = await go_on(rig, project)
    assert job.state == "done", job.reason
    assert "take of mine" in await rig.film(project) and rig.providers["paper"].submissions == []


@pytest.mark.parametrize("what", [{}, {"operation": " "}, {"operation": "a\nb"}, {"operation": "x" * 5000}])
async def test_an_arrival_names_what_arrived(rigged, tmp_path, what):
    rig, project, purchase = await held(rigged, tmp_path)
    with pytest.raises(BadInput, check=has_field("operation")):
        await say(rig, purchase, "arrived", **what)
    assert (await paid(rig, project))[0].state == "unknown"
