"""Answers of any shape: whatever a provider says, its adapter makes of it one of the things that an adapter can say."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import islice
from typing import Any, Final

import pytest

from providers import (
    test_elevenlabs,
    test_gemini_longrunning,
    test_google,
    test_local_text,
    test_openai_videos,
    test_openrouter,
    test_replicate,
    test_text,
)
from providers.conformance import AT_ONCE, Conformance, Opened, Remote
from reelwright.engine.purchases.bills import choose_bill, to_quoted_price
from reelwright.errors import NotFound, OutcomeUnknown, ProviderError
from reelwright.providers.fakes.script import Kind, swallow
from reelwright.providers.fakes.wire import Call, Fake, Reply
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Progress
from reelwright.reel.base.document import from_json, to_json
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.operation import Operation, Purchase
from reelwright.units import Micros

ADAPTERS: Final[dict[str, type[Conformance]]] = {
    "openrouter": test_openrouter.TestOpenRouter,
    "google films": test_google.TestFilms,
    "google pictures": test_google.TestPictures,
    "vertex": test_gemini_longrunning.TestVertexWithStorage,
    "litellm passed through": test_gemini_longrunning.TestThroughAProxy,
    "replicate": test_replicate.TestReplicate,
    "elevenlabs": test_elevenlabs.TestElevenLabs,
    "vllm_omni": test_openai_videos.TestVllmOmni,
    "sglang": test_openai_videos.TestSglang,
    "litellm videos": test_openai_videos.TestLitellm,
    "openai text": test_text.TestOpenAI,
    "anthropic text": test_text.TestAnthropic,
    "google text": test_text.TestGoogle,
    "ollama": test_local_text.TestOllama,
    "lm studio": test_local_text.TestLMStudio,
}
REMOTE: Final = [name for name, kind in ADAPTERS.items() if issubclass(kind, Remote)]
LISTING: Final = [name for name, kind in ADAPTERS.items() if kind.finds == "list" and name != "sglang"]
"""SGLang tells no prompt, so that nobody can tell in any case."""
GONE: Final = object()
NONSENSE: Final[tuple[Any, ...]] = (
    None, True, -1, 10**30, math.nan, "x", "https://[", "9999-12-31T23:59:59Z", "\ud800\0", [1, None], {"a": [1]}, GONE,
)  # fmt: skip
"""What stands where something else was hoped for; ``GONE``: nothing does."""
TOO_DEEP: Final = b"[" * 100_000
PURCHASE: Final = Purchase(
    id="p", account="a", project="p", job="j", allowance="a", step=StepKey("take/a"), fingerprint=Fingerprint("f"),
    try_=1, state="submitted", provider="p", model="m", quoted_micros=Micros(1),
)  # fmt: skip


class Garbling:
    """A fake whose answers of one kind are replaced, once it is told by what; before, it remembers the last one."""

    def __init__(self, fake: Fake, kind: Kind) -> None:
        self.kind, self.body, self.last = kind, None, None
        self._fake, self._answer = fake, fake.answer
        fake.answer = self  # type: ignore[assignment,method-assign]
        self.body: bytes | None
        self.last: Any

    async def __call__(self, call: Call, met: Any) -> Reply:
        reply = await self._answer(call, met)
        if call.kind != self.kind or reply.status >= 300:
            return reply
        if self.body is None:
            self.last = json.loads(reply.body)
            return reply
        return replace(reply, body=self.body)

    def shapes(self) -> Iterator[tuple[tuple[Any, ...], Any, bytes]]:
        """Where, what, and the whole answer with it there."""
        for where in _places(self.last):
            for what in NONSENSE:
                yield where, what, json.dumps(_with(self.last, where, what)).encode()
        yield (), "too deep", TOO_DEEP


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    if isinstance(value, dict):
        for name in value:
            yield from _places(value[name], (*at, name))
    elif isinstance(value, list):
        for number in range(min(len(value), 2)):
            yield from _places(value[number], (*at, number))


def _with(value: Any, where: tuple[Any, ...], what: Any) -> Any:
    if not where:
        return None if what is GONE else what
    made = copy.deepcopy(value)
    *way, last = where
    inner = made
    for part in way:
        inner = inner[part]
    if what is GONE:
        del inner[last]
    else:
        inner[last] = what
    return made


def bears_being_journaled(answer: Operation | Progress) -> None:
    text = to_json(answer)
    text.encode()
    assert from_json(type(answer), text, "answer") == answer
    if isinstance(answer, Progress):
        price = choose_bill(answer, PURCHASE, to_quoted_price(PURCHASE))
        assert price.micros is not None and 0 <= price.micros < 2**63
        assert len(answer.missing) < 100


@asynccontextmanager
async def opened(name: str, kind: Kind) -> AsyncIterator[tuple[Conformance, Opened, Garbling]]:
    adapter = ADAPTERS[name]()
    async with adapter.opened(AT_ONCE) as at:
        yield adapter, at, Garbling(at.server.fake, kind)


@pytest.mark.filterwarnings("ignore")  # a library warns of what it cannot read
@pytest.mark.parametrize("name", ADAPTERS)
async def test_a_submit_brings_something_that_can_be_recorded_or_is_unknown(name):
    async with opened(name, "submit") as (adapter, at, garbling):
        await adapter.submit(at)
        assert garbling.last is not None
        for where, what, body in islice(garbling.shapes(), 0, None, 5 if "text" in name else 1):
            garbling.body = body
            try:
                bears_being_journaled(await adapter.submit(at))
            except OutcomeUnknown:
                continue
            except Exception as error:
                raise AssertionError(f"{what!r} at {where}") from error


@pytest.mark.parametrize("name", REMOTE)
async def test_a_poll_tells_where_it_stands_or_that_nothing_was_told(name):
    async with opened(name, "poll") as (adapter, at, garbling):
        assert isinstance(adapter, Remote)
        operation = await adapter.bought(at)
        assert (await adapter.over(at, operation)).state == "succeeded"
        for where, what, body in garbling.shapes():
            garbling.body = body
            try:
                progress = await at.provider.poll(operation)
                bears_being_journaled(progress)
                for output in progress.outputs:
                    await fetched(at, operation, output)
            except (ProviderError, NotFound):
                continue
            except Exception as error:
                raise AssertionError(f"{what!r} at {where}") from error


async def fetched(at: Opened, operation: Operation, output: Any) -> None:
    try:
        async for _ in at.provider.fetch(operation, output):
            return
    except (ProviderError, NotFound):
        return


@pytest.mark.parametrize("name", LISTING)
async def test_a_list_tells_whose_it_is_or_nothing_and_never_that_what_it_garbles_is_not_there(name):
    adapter = ADAPTERS[name]()
    async with adapter.opened(AT_ONCE.add_rule("submit", swallow())) as at:
        garbling = Garbling(at.server.fake, "find")
        prepared = await adapter.prepared(at)
        with pytest.raises(OutcomeUnknown):
            await at.provider.submit(prepared, at.keep, at.make)
        assert isinstance(await at.provider.find(prepared, at.purchase, OwnWork()), FoundOperation)
        for where, what, body in garbling.shapes():
            garbling.body = body
            try:
                answer = await at.provider.find(prepared, at.purchase, OwnWork())
                assert isinstance(answer, FoundOperation | Absent | CannotTell)
                if isinstance(answer, FoundOperation):
                    bears_being_journaled(answer.operation)
                if isinstance(answer, Absent):
                    assert could_be_meant(garbling.last, where, what), "it is there, and its row is garbled"
            except ProviderError:
                continue
            except Exception as error:
                raise AssertionError(f"{what!r} at {where}") from error


def could_be_meant(told: Any, where: tuple[Any, ...], what: Any) -> bool:
    """Whether it is of the shape that it should be: another row, an empty list, another input."""
    for part in where:
        told = told[part]
    one_less = what is GONE and isinstance(where[-1], int)
    return one_less or type(told) is type(what) or "input" in where[:-1]


@pytest.mark.parametrize("name", REMOTE)
async def test_a_cancellation_is_answered_in_one_of_four_ways(name):
    async with opened(name, "cancel") as (adapter, at, garbling):
        assert isinstance(adapter, Remote)
        operation = await adapter.bought(at)
        first = await at.provider.cancel(operation)
        for where, what, body in garbling.shapes() if garbling.last is not None else ():
            garbling.body = body
            try:
                assert await at.provider.cancel(operation) in ("cancelled", "asked", "too_late", "cannot"), first
            except ProviderError:
                continue
            except Exception as error:
                raise AssertionError(f"{what!r} at {where}") from error


def test_an_amount_that_nobody_can_have_billed_counts_as_quoted_and_is_kept_as_reported() -> None:
    quoted = to_quoted_price(PURCHASE)
    for micros in (-1, 10**12 + 1, 10**30):
        bill = replace(quoted, micros=Micros(micros), certainty="reported")
        found = choose_bill(Progress(state="failed", bill=bill), PURCHASE, quoted)
        assert (found.micros, found.certainty) == (quoted.micros, "unknown") and str(micros) in found.basis
