"""Behaviours of a fake: by the number of a call, by chance with a seed, or in a window of time.

    Script().add_rule("submit", answer_status(429, retry_after="7"), calls=(1,))  throttles the first submit
    Script(seed=3).add_rule("poll", drop(), chance=0.05)                          one poll in twenty gets no answer
    Script().add_rule("submit", answer_status(429), window=(60, 90))              a storm, in the provider's seconds
    Script(latency_s=(8, 8), speed=60)                                            renders for 8 s, which pass in 133 ms
    Script(bills=(1.5, 5))                                                   bills 1.5 times the price, then 5 times
    Script(listing=Listing(habits=("cut",), clock_s=-86400))                      cuts prompts, dates a day too early

Kinds of calls are the methods of the ``Provider`` protocol. Seconds are the provider's; ``speed`` is how many of them
pass in one of ours.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection
from dataclasses import field, replace
from typing import Literal

from reelwright.providers.fakes.listing import Listing
from reelwright.reel.base.value import define_value

Kind = Literal["submit", "poll", "fetch", "find", "cancel", "prepare", "other"]
Do = Literal[
    "slow", "drop", "hang", "swallow", "status", "filtered", "fails_late", "expires", "wrong_type", "trickle",
    "nonsense", "short", "small", "mute",
]  # fmt: skip


@define_value
class Behaviour:
    """Way in which a fake treats a call, such as answering late or dropping it. The functions below make behaviours,
    and say what the fields mean.
    """

    do: Do
    seconds: float = 0
    status: int = 0
    retry_after: str | None = None
    samples: int | None = None
    is_billed: bool = False
    rate: int = 0
    body: str = ""
    size: tuple[int, int] = (0, 0)


def answer_late(seconds: float) -> Behaviour:
    """Behaviour: answer correctly after ``seconds`` of the provider's time."""
    return Behaviour(do="slow", seconds=seconds)


def drop() -> Behaviour:
    """Behaviour: read the whole call, accept nothing, and close the connection without an answer."""
    return Behaviour(do="drop")


def hang() -> Behaviour:
    """Behaviour: read the whole call, accept nothing, and never answer."""
    return Behaviour(do="hang")


def swallow() -> Behaviour:
    """Behaviour: accept and bill the work, and close the connection without an answer."""
    return Behaviour(do="swallow")


def answer_status(code: int, retry_after: str | None = None, body: str = "", *, is_billed: bool = False) -> Behaviour:
    """Behaviour: accept nothing, and answer with the HTTP status ``code`` and the provider's own error body, or
    ``body``. ``is_billed``: accept and bill the work all the same, as a faulty front end does.
    """
    return Behaviour(do="status", status=code, retry_after=retry_after, body=body, is_billed=is_billed)


def filter_samples(samples: int | None = None) -> Behaviour:
    """Behaviour: let the provider's safety filter remove the last ``samples`` of a submission; None: all of them."""
    return Behaviour(do="filtered", samples=samples)


def fail_late(is_billed: bool = False) -> Behaviour:
    """Behaviour: accept a submission, and report that it failed when it would have been ready. It is billed in full or
    not at all.
    """
    return Behaviour(do="fails_late", is_billed=is_billed)


def expire_after(seconds: float) -> Behaviour:
    """Behaviour: let the outputs of a submission expire ``seconds`` of the provider's time after they are ready."""
    return Behaviour(do="expires", seconds=seconds)


def answer_wrong_type() -> Behaviour:
    """Behaviour: answer a fetch with an HTML page and status 200, as a proxy's login page does."""
    return Behaviour(do="wrong_type")


def trickle(rate: int) -> Behaviour:
    """Behaviour: send the body of the answer slowly, at ``rate`` bytes per second of real time."""
    return Behaviour(do="trickle", rate=rate)


def answer_nonsense(body: str = "<html>busy</html>") -> Behaviour:
    """Behaviour: accept and bill the work, and answer 200 with a body that is not the provider's."""
    return Behaviour(do="nonsense", body=body)


def deliver_short(seconds: float) -> Behaviour:
    """Behaviour: sell and bill what was ordered, and deliver only its first ``seconds``."""
    return Behaviour(do="short", seconds=seconds)


def deliver_small(width: int, height: int) -> Behaviour:
    """Behaviour: sell and bill what was ordered, and deliver it in ``width`` x ``height`` pixels."""
    return Behaviour(do="small", size=(width, height))


def deliver_mute() -> Behaviour:
    """Behaviour: sell and bill what was ordered, and deliver it without its sound."""
    return Behaviour(do="mute")


@define_value
class Rule:
    """Condition under which a fake applies a behaviour: the kinds and numbers of calls, a chance, a window of time.
    Every given condition must hold; ``calls`` empty: calls of any number.
    """

    behaviour: Behaviour
    on: tuple[Kind, ...]
    calls: tuple[int, ...] = ()
    chance: float = 1.0
    window: tuple[float, float] | None = None


@define_value
class Script:
    """Behaviour of a fake as a whole: its speed, its latency, and the rules for faults. Without rules it is a provider
    on a good day.

    ``latency_s``: least and most usual seconds from submit to ready, log-normal between them (equal: exactly that);
    None: the latency of the model in the catalogue. ``sigma``: spread of the log-normal, unless it follows from the
    two. ``speed``: the provider's seconds in one of ours. ``listing``: how its list repeats its work. ``bills``: what
    each submission is billed, as a multiple of its price; the last holds for all further ones.
    """

    seed: int = 0
    speed: float = 1.0
    latency_s: tuple[float, float] | None = None
    sigma: float | None = None
    rules: tuple[Rule, ...] = ()
    listing: Listing = field(default_factory=Listing)
    bills: tuple[float, ...] = (1.0,)

    def compute_bill(self, number: int, micros: int) -> int:
        """Return what submission ``number``, counted from 1, is billed at a price of ``micros``, in micro-dollars."""
        return round(micros * self.bills[min(number, len(self.bills)) - 1])

    def add_rule(
        self,
        kinds: Kind | Collection[Kind],
        behaviour: Behaviour,
        calls: Collection[int] = (),
        chance: float = 1.0,
        window: tuple[float, float] | None = None,
    ) -> Script:
        """Return a copy of this script with one more rule. ``calls`` count from 1 within their kind."""
        named = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        rule = Rule(behaviour=behaviour, on=named, calls=tuple(calls), chance=chance, window=window)
        return replace(self, rules=(*self.rules, rule))

    def select_behaviours(self, kind: Kind, number: int, at_s: float) -> tuple[Behaviour, ...]:
        """Return the behaviours that apply to call ``number`` of ``kind``, ``at_s`` seconds of the provider's time
        after the fake began.
        """
        return tuple(
            rule.behaviour
            for index, rule in enumerate(self.rules)
            if self._is_rule_met(index, rule, kind, number, at_s)
        )

    def _is_rule_met(self, index: int, rule: Rule, kind: Kind, number: int, at_s: float) -> bool:
        if kind not in rule.on or (rule.calls and number not in rule.calls):
            return False
        if rule.window and not rule.window[0] <= at_s < rule.window[1]:
            return False
        return rule.chance >= 1 or random.Random(f"{self.seed}/{index}/{kind}/{number}").random() < rule.chance

    def compute_latency_s(self, number: int, usual_s: tuple[float, float]) -> float:
        """Return how many seconds of the provider's time submission ``number`` takes; always the same for the same
        seed.

        Pure: benchmarks compute their bound with it.
        """
        least, most = self.latency_s or usual_s
        if most <= 0:
            return 0.0
        least = max(least, 0.001)
        spread = math.log(most / least) / 2 if self.sigma is None else self.sigma
        middle = math.log(least * most) / 2
        return random.Random(f"{self.seed}/latency/{number}").lognormvariate(middle, spread)


def build_faulty_script(share: float, seed: int = 0, speed: float = 1.0) -> Script:
    """Build a script in which this share of submissions is throttled, and of polls and fetches dropped or answered with
    502.

    No fault leaves an outcome unknown: a submit is told to come later, and everything else may be asked again.
    """
    script = Script(seed=seed, speed=speed).add_rule("submit", answer_status(429, retry_after="1"), chance=share)
    reads: tuple[Kind, ...] = ("poll", "fetch", "find")
    return script.add_rule(reads, drop(), chance=share / 2).add_rule(reads, answer_status(502), chance=share / 2)
