"""What we make ourselves is bought like anything else: requests become works, at a price of 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from reasons import has_field
from reelwright.engine.hands.work import WORKS
from reelwright.errors import BadInput, MediaError
from reelwright.providers.offline import WORKS as SOLD
from reelwright.providers.offline import Offline
from reelwright.reel.base.value import Digest, Fingerprint
from reelwright.reel.graph.outcome import MissingSample, Outcome
from reelwright.reel.graph.request import Input, Request

PICTURE = Digest("ab" * 32)


async def sell(request: Request, inputs: Sequence[tuple[Input, Digest]] = (), brings: int = 1) -> tuple[Any, list[Any]]:
    """What a submission answers, and what hands were asked to make."""
    asked: list[Any] = []

    async def make(work: str, args: Mapping[str, Any], inputs: Sequence[tuple[Input, Digest]]) -> Outcome:
        asked.append((work, dict(args), list(inputs)))
        assets = tuple(Digest(f"{len(asked)}{n}") for n in range(brings))
        missing = () if brings else (MissingSample(sample=0, reason="failed", message="no ink"),)
        return Outcome(fingerprint=Fingerprint("take:0"), assets=assets, missing=missing, facts={"frames": 24})

    provider = Offline()
    provider.check(request)
    prepared = await provider.prepare(request, inputs, "purchase_1", None)  # type: ignore[arg-type]
    return await provider.submit(prepared, None, make), asked  # type: ignore[arg-type]


async def test_a_request_becomes_a_work_with_its_defaults_left_out_and_its_extra_beside_the_rest():
    request = Request(
        model="animatic/2026.1", mode="picture", prompt="a kettle", ms=2000, extra={"move": "push", "seed": 3},
        inputs=(Input(role="reference", asset=PICTURE),),
    )  # fmt: skip
    answer, asked = await sell(request, [(request.inputs[0], PICTURE)])
    args = {"model": "animatic/2026.1", "mode": "picture", "prompt": "a kettle", "ms": 2000, "move": "push", "seed": 3}
    assert asked == [("animatic.picture", args, [(request.inputs[0], PICTURE)])]
    assert answer.state == "succeeded" and answer.outputs[0].facts == {"frames": 24} and answer.bill.micros == 0


async def test_samples_are_made_one_by_one_from_seeds_that_follow_each_other():
    request = Request(model="animatic/2026.1", mode="take", prompt="a", samples=3, extra={"seed": 7})
    answer, asked = await sell(request)
    assert [args["seed"] for _, args, _ in asked] == [7, 8, 9]
    assert [o.sample for o in answer.outputs] == [0, 1, 2]


async def test_a_sample_that_is_missing_is_told_with_its_reason():
    answer, _ = await sell(Request(model="composer/2026.1", mode="music", prompt="calm"), brings=0)
    assert answer.outputs == () and answer.missing == (MissingSample(sample=0, reason="failed", message="no ink"),)


async def test_what_a_work_raises_is_raised_as_it_is():
    async def make(work: str, args: Mapping[str, Any], inputs: Any) -> Outcome:
        raise MediaError("no font")

    provider = Offline()
    prepared = await provider.prepare(Request(model="rules/2026.1", mode="plan", prompt="x"), (), "p", None)  # type: ignore[arg-type]
    with pytest.raises(MediaError, match="no font"):
        await provider.submit(prepared, None, make)  # type: ignore[arg-type]


def test_a_mode_that_is_not_sold_is_refused_with_those_that_are():
    with pytest.raises(BadInput, check=has_field("mode", "animatic/2026.1 one of picture, still, take")):
        Offline().check(Request(model="animatic/2026.1", mode="dance", prompt="x"))
    with pytest.raises(BadInput, check=has_field("samples")):
        Offline().check(Request(model="animatic/2026.1", mode="take", prompt="x", samples=0))


def test_everything_that_is_sold_is_a_work_that_hands_know():
    assert set(SOLD.values()) <= set(WORKS)


@pytest.mark.parametrize("name", sorted(WORKS))
def test_every_work_names_a_function_that_exists(name: str):
    from reelwright.engine.hands.work import load_work

    assert callable(load_work(WORKS[name]))
