"""What a fake does with a call: behaviours by the call's number, by chance with a seed, or in a window of time.

    Script().on("submit", status(429, retry_after="7"), calls=(1,))     the first submit is throttled
    Script(seed=3).on("poll", drop(), chance=0.05)                      one poll in twenty gets no answer
    Script().on("submit", status(429), window=(60, 90))                 a storm, in seconds of the provider's clock
    Script(latency_s=(8, 8), speed=60)                                  renders for 8 s, which pass in 133 ms
    Script(listing=Listing(habits=("cut",), clock_s=-86400))            lists cut prompts, dated a day too early

Kinds of calls are the protocol's own verbs. Seconds are the provider's; ``speed`` says how many pass in one of ours.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection
from dataclasses import field, replace
from typing import Literal

from reelwright.providers.fakes.listing import Listing
from reelwright.reel.noun import noun

Kind = Literal["submit", "poll", "fetch", "find", "cancel", "prepare", "other"]
Do = Literal[
    "slow", "drop", "hang", "swallow", "status", "filtered", "fails_late", "expires", "wrong_type", "trickle",
    "nonsense",
]  # fmt: skip


@noun
class Behaviour:
    """One way to behave. What its fields mean stands at the functions below, which make them."""

    do: Do
    seconds: float = 0
    status: int = 0
    retry_after: str | None = None
    samples: int | None = None
    charges: bool = False
    rate: int = 0
    body: str = ""


def slow(seconds: float) -> Behaviour:
    """Answers rightly, after so many seconds."""
    return Behaviour(do="slow", seconds=seconds)


def drop() -> Behaviour:
    """Reads all of the call, takes nothing on, and closes without an answer."""
    return Behaviour(do="drop")


def hang() -> Behaviour:
    """Reads all of the call, takes nothing on, and never answers."""
    return Behaviour(do="hang")


def swallow() -> Behaviour:
    """Takes it on and bills it, and closes without an answer."""
    return Behaviour(do="swallow")


def status(code: int, retry_after: str | None = None, body: str = "") -> Behaviour:
    """Takes nothing on; this status with the provider's own error body, or with ``body``."""
    return Behaviour(do="status", status=code, retry_after=retry_after, body=body)


def filtered(samples: int | None = None) -> Behaviour:
    """On a submit: the provider's safety filter takes so many samples of the round; None: all of them."""
    return Behaviour(do="filtered", samples=samples)


def fails_late(charges: bool = False) -> Behaviour:
    """On a submit: taken on, and failed when it would have been ready; billed in full or not at all."""
    return Behaviour(do="fails_late", charges=charges)


def expires(seconds: float) -> Behaviour:
    """On a submit: what it brings can be fetched for so many seconds after it is ready."""
    return Behaviour(do="expires", seconds=seconds)


def wrong_type() -> Behaviour:
    """On a fetch: a page of HTML with status 200, as a proxy's login page is."""
    return Behaviour(do="wrong_type")


def trickle(rate: int) -> Behaviour:
    """The answer's body comes at so many bytes a second of ours."""
    return Behaviour(do="trickle", rate=rate)


def nonsense(body: str = "<html>busy</html>") -> Behaviour:
    """Takes it on and bills it, and answers 200 with this body."""
    return Behaviour(do="nonsense", body=body)


@noun
class Rule:
    """When a behaviour is met. Everything that is said must hold; ``calls`` empty: at every number."""

    behaviour: Behaviour
    on: tuple[Kind, ...]
    calls: tuple[int, ...] = ()
    chance: float = 1.0
    window: tuple[float, float] | None = None


@noun
class Script:
    """How a fake behaves. Without rules it is a provider on a good day.

    ``latency_s``: least and most usual seconds from submit to ready, log-normal between them (the same twice: exactly
    that); None: what the catalogue says of the model. ``sigma``: spread of the log-normal, where it is not to follow
    from the two. ``speed``: the provider's seconds in one of ours. ``listing``: how its list repeats its work.
    """

    seed: int = 0
    speed: float = 1.0
    latency_s: tuple[float, float] | None = None
    sigma: float | None = None
    rules: tuple[Rule, ...] = ()
    listing: Listing = field(default_factory=Listing)

    def on(
        self,
        kinds: Kind | Collection[Kind],
        behaviour: Behaviour,
        calls: Collection[int] = (),
        chance: float = 1.0,
        window: tuple[float, float] | None = None,
    ) -> Script:
        """This script and one rule more. ``calls`` count from 1 within their kind."""
        named = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        rule = Rule(behaviour=behaviour, on=named, calls=tuple(calls), chance=chance, window=window)
        return replace(self, rules=(*self.rules, rule))

    def meets(self, kind: Kind, number: int, at_s: float) -> tuple[Behaviour, ...]:
        """What the call of this number meets, ``at_s`` provider's seconds after the fake began."""
        return tuple(
            rule.behaviour for index, rule in enumerate(self.rules) if self._holds(index, rule, kind, number, at_s)
        )

    def _holds(self, index: int, rule: Rule, kind: Kind, number: int, at_s: float) -> bool:
        if kind not in rule.on or (rule.calls and number not in rule.calls):
            return False
        if rule.window and not rule.window[0] <= at_s < rule.window[1]:
            return False
        return rule.chance >= 1 or random.Random(f"{self.seed}/{index}/{kind}/{number}").random() < rule.chance

    def latency(self, number: int, usual_s: tuple[float, float]) -> float:
        """The provider's seconds that its submission of this number takes. Pure: a bench computes its bound with it."""
        least, most = self.latency_s or usual_s
        if most <= 0:
            return 0.0
        least = max(least, 0.001)
        spread = math.log(most / least) / 2 if self.sigma is None else self.sigma
        middle = math.log(least * most) / 2
        return random.Random(f"{self.seed}/latency/{number}").lognormvariate(middle, spread)


def faulty(share: float, seed: int = 0, speed: float = 1.0) -> Script:
    """Faults that pass, in this share of submits (throttled), polls and fetches (dropped, or a 502).

    None of them leaves an outcome unknown: a submit is told to come later, all else may be asked again.
    """
    script = Script(seed=seed, speed=speed).on("submit", status(429, retry_after="1"), chance=share)
    reads: tuple[Kind, ...] = ("poll", "fetch", "find")
    return script.on(reads, drop(), chance=share / 2).on(reads, status(502), chance=share / 2)
