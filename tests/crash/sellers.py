"""Three kinds of providers, each the real adapter against its fake: what an unknown send did is found by a key of our
own, by looking through a list, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from engine.production import TinyProduction, plan_of
from reelwright.net.http import Http
from reelwright.net.keys import Key
from reelwright.providers.openrouter import OpenRouter
from reelwright.providers.protocol import Provider
from reelwright.providers.replicate import Replicate
from reelwright.reel.choices import Choices
from reelwright.reel.operation import Lease, Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.request import Request

SECRET = "a-key-that-no-fake-minds"


@dataclass(frozen=True)
class Seller:
    """``fake``: whose wire is faked. ``request``: what each shot asks for, but for its prompt."""

    fake: str
    request: Request

    def open(self, url: str) -> Provider:
        http = Http(self.fake, url, auth={"Authorization": f"Bearer {SECRET}"})
        key = Key(self.fake, SECRET, "a test")
        if self.fake == "replicate":
            return Replicate(http, key, listed_after=timedelta(seconds=0.3))
        return OpenRouter(http, key)


SELLERS = {
    "key": Seller(
        "replicate",
        Request(model="replicate-veo-3.1-fast", mode="text_to_video", prompt="", ms=4000, aspect="16:9",
                resolution="720p", sound=True),
    ),
    "list": Seller(
        "replicate", Request(model="hailuo-2.3", mode="text_to_video", prompt="", ms=6000, resolution="768p")
    ),
    "none": Seller(
        "openrouter",
        Request(model="openrouter-veo-3.1-fast", mode="text_to_video", prompt="", ms=4000, aspect="16:9",
                resolution="720p", sound=True),
    ),
}  # fmt: skip
"""``key``: its seed is made of the purchase's id. ``list``: it takes no seed, so only its words tell."""


def production_for(seller: Seller) -> type[TinyProduction]:
    """Films of text whose takes are bought from ``seller``."""

    class Bought(TinyProduction):
        async def landed(self, lease: Lease, standing: Standing, step: Any, outcome: Outcome) -> bool:
            if step.kind != "words" or standing.plan is not None:
                return False
            plan = plan_of(standing.brief)
            beat = plan.beats[0]
            shots = tuple(replace(one, source=replace(seller.request, prompt=one.prompt)) for one in beat.shots)
            plan = replace(plan, beats=(replace(beat, shots=shots),))
            await self._journal.revise_leased(lease, 0, plan, Choices(), "rules")
            return True

    return Bought
