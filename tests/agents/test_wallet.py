"""The wallet: one budget of the ledger for all agents and processes, that nothing but its person changes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agents.served import BRIEF, KLING, SMALL, answer_with, serve
from reelwright.errors import BadInput
from studio.shelf import Shelf

CLIP: dict[str, Any] = {"clip": "A fox crosses a frozen lake", "model": KLING, "length": 5}


async def test_what_fits_needs_no_question_and_what_does_not_is_refused(tmp_path: Path) -> None:
    shelf = Shelf()
    person, questions = answer_with("accept", {"agree": True})
    async with serve(tmp_path / "home", shelf, wallet="1", person=person) as agent:
        begun = await agent.call("make", **CLIP)
        assert not begun.is_refused
        await agent.finish(begun.fields["project"])
        spent = await agent.call("spend")
        assert spent.fields["wallet"]["spent_usd"] == begun.fields["usd"] == spent.fields["spent_usd"]
        refused = await agent.call("make", clip="another", model=KLING, length=15)
    assert refused.code == "above_budget" and not questions
    assert refused.fields["wallet_left_usd"] == spent.fields["wallet"]["left_usd"]
    assert refused.fields["ask_person"].startswith("reelwright spend budget set key --usd ")
    assert len(shelf.sent) == 1


async def test_equal_calls_buy_one_clip(tmp_path: Path) -> None:
    shelf = Shelf()
    async with serve(tmp_path / "home", shelf, wallet="3") as agent:
        begun = await asyncio.gather(*(agent.call("make", **CLIP) for _ in range(8)))
        await agent.finish(begun[0].fields["project"])
        assert (await agent.call("make", **CLIP)).fields["state"] == "done"
        assert {one.fields["project"] for one in begun} == {begun[0].fields["project"]}
    assert len(shelf.sent) == 1


async def test_parallel_orders_never_pass_what_it_holds(tmp_path: Path) -> None:
    shelf = Shelf()
    async with serve(tmp_path / "home", shelf, wallet="1.50") as agent, serve(
        tmp_path / "home", shelf, wallet="1.50"
    ) as other:  # fmt: skip
        begun = await asyncio.gather(
            *((agent, other)[n % 2].call("make", clip=f"a fox {n}", model=KLING, length=5) for n in range(8))
        )
        ended = [await agent.finish(one.fields["project"]) for one in begun if not one.is_refused]
        left = (await agent.call("spend")).fields["wallet"]
    assert 0 < shelf.spent <= 1_500_000 and float(left["left_usd"]) == (1_500_000 - shelf.spent) / 1e6
    assert all(one.fields["state"] == "done" for one in ended), "what cannot be paid is refused, and does not wait"
    refused = [one for one in begun if one.is_refused]
    assert {one.code for one in refused} == {"above_budget"} and len(refused) + len(shelf.sent) == 8


async def test_starting_again_does_not_fill_it(tmp_path: Path) -> None:
    shelf = Shelf()
    for _ in range(3):
        async with serve(tmp_path / "home", shelf, wallet="0.80") as agent:
            begun = await agent.call("make", **CLIP, again=True)
            if not begun.is_refused:
                await agent.finish(begun.fields["project"])
    assert len(shelf.sent) == 1 and begun.code == "above_budget"
    async with serve(tmp_path / "home", shelf, wallet="2") as agent:  # the person typed another amount
        assert not (await agent.call("make", **CLIP, again=True)).is_refused


async def test_a_wallet_holds_more_than_nothing(tmp_path: Path) -> None:
    for usd in ("0", "-3", "much"):
        with pytest.raises(BadInput):
            async with serve(tmp_path / "home", wallet=usd):
                pass


@pytest.mark.parametrize("rest", ["cancelled", "waiting"])
async def test_a_job_that_a_person_left_is_paid_from_the_wallet_when_an_agent_takes_it_up(
    tmp_path: Path, rest: str
) -> None:
    """The danger: a person agreed to $10, the job rests, and an agent asks for the very same thing."""
    shelf = Shelf()
    terms: Any = {"model": KLING, "seconds": 5}
    async with serve(tmp_path / "home", shelf, wallet="3", is_driven=False) as agent:
        if rest == "waiting":
            await agent.studio.set_budget("account", "0.01")
            mine = await agent.studio.clip(CLIP["clip"], **terms, budget=10)
            await agent.studio.remove_budget("account")
            project, job = mine.project, mine.job
        else:
            queued = await agent.studio.enqueue_clip(CLIP["clip"], **terms, yes=True)
            project, job = queued.project, queued.job
            await agent.studio.cancel(job)
        assert not shelf.sent and (await agent.call("status", project=project)).fields["state"] == rest
    async with serve(tmp_path / "home", shelf, wallet="0.10", name="small") as agent:
        refused = await agent.call("make", **CLIP)
        assert refused.code == "above_budget" and not shelf.sent
    async with serve(tmp_path / "home", shelf, wallet="3") as agent:
        begun = await agent.call("make", **CLIP)
        assert begun.fields["job"] == job, begun.fields
        await agent.finish(project)
        wallet = (await agent.call("spend")).fields["wallet"]
    assert len(shelf.sent) == 1 and wallet["spent_usd"] == begun.fields["usd"]


async def test_a_job_of_a_person_is_joined_and_never_raised(tmp_path: Path) -> None:
    shelf = Shelf()
    async with serve(tmp_path / "home", shelf, wallet="3", is_driven=False) as agent:
        mine = await agent.studio.enqueue_make(BRIEF, **SMALL, models=(KLING,), yes=True)
        assert mine.quote.micros > 0
        same = await agent.call("make", brief=BRIEF, model=KLING, **SMALL)
        assert same.fields["job"] == mine.job
        home = agent.studio.home
        assert home and (await home.journal.read_job("local", mine.job)).options.get("key") is None
        for tool, arguments in (
            ("edit", {"shot": 1, "prompt": "a red fox"}), ("retake", {"shot": 1}),
        ):  # fmt: skip
            refused = await agent.call(tool, project=mine.project, **arguments)
            assert refused.is_refused, refused.fields
        assert (await home.journal.read_standing("local", mine.project)).revision <= 1
        assert (await agent.call("spend")).fields["wallet"]["reserved_usd"] == "0.00"
