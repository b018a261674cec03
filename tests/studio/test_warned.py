"""A quote says of the models that it would buy from what retires, what is unsure, what must not be sold."""

from __future__ import annotations

from datetime import UTC, date, datetime

from reelwright.providers.open_provider import price_request
from reelwright.reel.base.value import StepKey
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Quote
from reelwright.studio.quotes.quote_warnings import list_quote_warnings
from reelwright.units import Micros


def said(*requests: Request, today: date = date(2026, 11, 20)) -> tuple[str, ...]:
    steps = {StepKey(f"take/{n}"): Step(key=StepKey(f"take/{n}"), kind="take", request=one)
             for n, one in enumerate(requests)}  # fmt: skip
    prices = {key: price_request(step.request) for key, step in steps.items() if step.request}
    quote = Quote(certain=prices, possible={}, ceiling=Micros(0), seconds=(0, 0), expires_at=datetime.now(UTC))
    return list_quote_warnings(Graph(steps=steps, goal=tuple(steps)), quote, today)


def clip(model: str) -> Request:
    return Request(model=model, mode="text_to_video", prompt="a fox", ms=6_000)


def test_a_model_that_retires_soon_is_warned_of_by_its_date_and_once() -> None:
    plan = Request(model="claude-sonnet-4-5", mode="plan", prompt="x", extra={"max_tokens": 100})
    assert said(plan, plan) == (
        "Claude Sonnet 4.5 retires on 2026-11-30, in 10 days; its successor is claude-sonnet-5-5",
    )


def test_an_unsure_price_a_disputed_day_and_a_licence_are_said() -> None:
    found = said(clip("hailuo-2.3"), clip("vertex-veo-3.1"),
                 Request(model="musicgen", mode="music", prompt="calm", ms=8_000))  # fmt: skip
    assert any("the price of Hailuo 2.3 is not confirmed" in one for one in found)
    assert any("Veo 3.1 (Vertex) may be gone since 2026-11-17" in one for one in found)
    assert any("not for commercial" in one for one in found)


def test_nothing_is_said_of_what_is_made_here_or_is_simply_sold() -> None:
    assert said(Request(model="animatic/2026.1", mode="take", prompt=""), clip("openrouter-veo-3.1-fast")) == ()
