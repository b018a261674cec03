"""What every adapter must do, against its fake that ships: one POST, honest outcomes, no key anywhere.

A provider's test subclasses ``Conformance`` (the answer is the result itself) or ``Remote`` (an operation is polled),
says what it sells, and opens its adapter:

    class TestOpenRouter(Remote):
        name = "openrouter"
        request = Request(model="…", mode="text_to_video", prompt="A red fox", ms=4000, aspect="16:9")
        bad = (replace(request, ms=999),)

        @asynccontextmanager
        async def adapter(self, url, secret): ...
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

import pytest

from reelwright.errors import BadInput, NotAccepted, NotFound, OutcomeUnknown, ProviderError, ReelwrightError, Refused
from reelwright.message_texts import MESSAGES
from reelwright.providers.fakes.bill import Bill, read_bill
from reelwright.providers.fakes.lookup import load_fake_class
from reelwright.providers.fakes.media_spec import make_tiny_file
from reelwright.providers.fakes.script import (
    Behaviour,
    Script,
    answer_late,
    answer_nonsense,
    answer_status,
    answer_wrong_type,
    drop,
    expire_after,
    fail_late,
    filter_samples,
    hang,
    swallow,
    trickle,
)
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.fakes.wire import Fake
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Progress, Provider
from reelwright.reel.base.document import from_json, to_json
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Request
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.operation import Operation

SECRET = "canary-5f1d0c2e-never-shown"
AT_ONCE = Script(latency_s=(0, 0))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)

CERTAIN: Mapping[str, tuple[Behaviour, type[ReelwrightError]]] = {
    "drop": (drop(), OutcomeUnknown),
    "hang": (hang(), OutcomeUnknown),
    "swallow": (swallow(), OutcomeUnknown),
    "nonsense": (answer_nonsense(), OutcomeUnknown),
    "nonsense that is JSON": (answer_nonsense('{"ok": [1, null]}'), OutcomeUnknown),
    "an empty answer": (answer_nonsense(""), OutcomeUnknown),
    "500": (answer_status(500), OutcomeUnknown),
    "502": (answer_status(502), OutcomeUnknown),
    "504": (answer_status(504), OutcomeUnknown),
    "429": (answer_status(429), NotAccepted),
    "429 with Retry-After": (answer_status(429, retry_after="7"), NotAccepted),
    "429 with an absurd Retry-After": (answer_status(429, retry_after="-5"), NotAccepted),
    "400": (answer_status(400), Refused),
    "401": (answer_status(401), Refused),
    "402": (answer_status(402), Refused),
    "403": (answer_status(403), Refused),
    "404": (answer_status(404), Refused),
}
"""What becomes of a submit, by what it meets, for every provider alike."""


@dataclass
class Opened:
    """An adapter and the fake that it talks to, with what was kept of inline answers."""

    provider: Any
    server: FakeServer
    kept: dict[Digest, bytes] = field(default_factory=dict)
    purchase: str = field(default_factory=lambda: mint("purchase"))

    @property
    def bill(self) -> Bill:
        return self.server.fake.bill

    async def keep(self, data: AsyncIterator[bytes], mime: str) -> Digest:
        body = b"".join([part async for part in data])
        digest = Digest(hashlib.sha256(body).hexdigest())
        self.kept[digest] = body
        return digest

    async def make(self, *args: object) -> Any:
        raise AssertionError("a sold model is not drawn here")


class Conformance:
    """``read_s`` is how long an adapter waits for an answer to its POST; every adapter has it as an attribute."""

    name: ClassVar[str]
    """The provider's and the fake's."""
    request: ClassVar[Request]
    """Something cheap that it sells; its inputs name digests of ``assets``."""
    bad: ClassVar[tuple[Request, ...]]
    """Requests that it must refuse before anything leaves."""
    assets: ClassVar[Mapping[Digest, bytes]] = {}
    says_503: ClassVar[type[ReelwrightError]] = OutcomeUnknown
    """``NotAccepted`` where the catalogue's row says ``retry_on_503``."""
    finds: ClassVar[Literal["no", "list"]] = "no"

    def adapter(self, url: str, secret: str) -> AbstractAsyncContextManager[Provider]:
        """The adapter as a studio would open it, talking to ``url``."""
        raise NotImplementedError

    def fake(self, bill: Bill, script: Script) -> Fake:
        return load_fake_class(self.name)(bill, script, make_tiny_file, SECRET)

    @asynccontextmanager
    async def opened(
        self, script: Script = AT_ONCE, bill: Bill | None = None, secret: str = SECRET
    ) -> AsyncIterator[Opened]:
        async with (
            FakeServer(self.fake(bill or Bill(), script)) as server,
            self.adapter(server.url, secret) as provider,
        ):
            provider.read_s = 2.0  # type: ignore[attr-defined]
            yield Opened(provider=provider, server=server)

    def read(self, digest: Digest) -> AsyncIterator[bytes]:
        async def parts() -> AsyncIterator[bytes]:
            yield self.assets[digest]

        return parts()

    async def prepared(self, at: Opened, request: Request | None = None) -> Mapping[str, Any]:
        asked = request or self.request
        at.provider.check(asked)
        inputs = [(one, one.asset) for one in asked.inputs if one.asset]
        made: Mapping[str, Any] = await at.provider.prepare(asked, inputs, at.purchase, self.read)
        return made

    async def submit(self, at: Opened, request: Request | None = None) -> Operation | Progress:
        answer: Operation | Progress = await at.provider.submit(await self.prepared(at, request), at.keep, at.make)
        return answer

    # ---- one POST, and what it means
    async def test_a_submit_is_one_post_that_is_billed_as_it_was_priced(self):
        async with self.opened() as at:
            await self.submit(at)
            assert at.server.count("submit") == 1
            assert len(at.bill.submissions) == 1
            price = at.provider.price(self.request)
            assert price.micros is None or 0 <= at.bill.sum_micros() <= price.micros

    @pytest.mark.parametrize("met", CERTAIN)
    async def test_a_submit_is_one_post_whatever_becomes_of_it(self, met):
        behaviour, expected = CERTAIN[met]
        async with self.opened(AT_ONCE.add_rule("submit", behaviour)) as at:
            at.provider.read_s = 0.3
            with pytest.raises(expected) as raised:
                await self.submit(at)
            assert type(raised.value) is expected and raised.value.code in MESSAGES
            assert at.server.count("submit") == 1

    async def test_an_overloaded_provider_is_believed_only_where_the_catalogue_says_so(self):
        async with self.opened(AT_ONCE.add_rule("submit", answer_status(503))) as at:
            with pytest.raises(self.says_503) as raised:
                await self.submit(at)
            assert type(raised.value) is self.says_503
            assert at.server.count("submit") == 1

    async def test_a_throttled_submit_is_told_when_to_come_again(self):
        async with self.opened(AT_ONCE.add_rule("submit", answer_status(429, retry_after="7"))) as at:
            with pytest.raises(NotAccepted) as raised:
                await self.submit(at)
            assert raised.value.after_s == 7

    async def test_a_refused_submit_bills_nothing_and_an_unknown_one_is_billed_once(self):
        async with self.opened(
            AT_ONCE.add_rule("submit", answer_status(400), [1]).add_rule("submit", swallow(), [2])
        ) as at:
            with pytest.raises(Refused):
                await self.submit(at)
            assert at.bill.charges == ()
            with pytest.raises(OutcomeUnknown):
                await self.submit(at)
            assert len(at.bill.submissions) == 1

    async def test_where_nobody_listens_nothing_was_accepted(self):
        async with self.opened() as at:
            gone = at.server.url
        async with self.adapter(gone, SECRET) as provider:
            provider.read_s = 2.0  # type: ignore[attr-defined]
            with pytest.raises(NotAccepted):
                await self.submit(Opened(provider=provider, server=at.server))

    async def test_a_slow_and_trickling_answer_is_still_an_answer(self):
        script = AT_ONCE.add_rule("submit", answer_late(0.2)).add_rule("submit", trickle(20_000))
        async with self.opened(script) as at:
            assert isinstance(await self.submit(at), Operation | Progress)

    # ---- before anything leaves
    async def test_what_it_does_not_sell_is_refused_before_anything_leaves(self):
        assert self.bad
        async with self.opened() as at:
            for request in self.bad:
                with pytest.raises(BadInput) as raised:
                    at.provider.check(request)
                assert raised.value.field and raised.value.accepted
            at.provider.check(self.request)
            assert at.provider.price(self.request).basis
            assert not at.server.calls

    async def test_it_answers_for_the_models_of_the_catalogue(self):
        async with self.opened() as at:
            assert self.request.model in at.provider.list_models()
            assert at.provider.name == self.name

    # ---- secrets
    async def test_no_key_stands_in_what_is_kept_or_told(self, tmp_path):
        bill = Bill(tmp_path / "bill.jsonl")
        script = AT_ONCE.add_rule("submit", answer_status(401, body=f'{{"error": "bad key {SECRET}"}}'), [1])
        async with self.opened(script, bill) as at:
            with pytest.raises(Refused) as raised:
                await self.submit(at)
            prepared = await self.prepared(at)
            answer = await self.submit(at)
            told = [str(raised.value), repr(raised.value), raised.value.hint, repr(at.provider), json.dumps(prepared)]
            told += [repr(vars(at.provider)), to_json(answer), repr(answer), (tmp_path / "bill.jsonl").read_text()]
            assert not [text for text in told if SECRET in text]
            assert any(SECRET in str(dict(call.headers)) or call.secret == SECRET for call in at.server.calls)

    async def test_a_wrong_key_is_refused_once_and_named(self):
        async with self.opened(secret="canary-of-somebody-else") as at:
            with pytest.raises(Refused) as raised:
                await self.submit(at)
            assert "fix_key" in [action.kind for action in raised.value.actions]
            assert "canary" not in f"{raised.value} {raised.value.hint}"
            assert at.server.count("submit") == 1 and not at.bill.charges

    async def test_what_was_prepared_is_plain_and_bears_being_journaled(self):
        async with self.opened() as at:
            prepared = await self.prepared(at)
            again = json.loads(json.dumps(prepared))
            assert again == prepared
            assert len(json.dumps(prepared)) < 64_000, "big inputs are named by digest, not copied into the journal"
            await at.provider.submit(again, at.keep, at.make)

    # ---- after a send without an answer
    async def test_a_swallowed_submit_is_found_or_said_not_to_be_findable(self):
        async with self.opened(AT_ONCE.add_rule("submit", swallow())) as at:
            prepared = await self.prepared(at)
            with pytest.raises(OutcomeUnknown):
                await at.provider.submit(prepared, at.keep, at.make)
            answer = await at.provider.find(prepared, at.purchase, OwnWork())
            if self.finds == "no":
                assert isinstance(answer, CannotTell)
            else:
                assert isinstance(answer, FoundOperation) and answer.operation.id in at.bill.submissions
            assert at.server.count("submit") == 1

    async def test_a_dropped_submit_is_never_found(self):
        async with self.opened(AT_ONCE.add_rule("submit", drop())) as at:
            prepared = await self.prepared(at)
            with pytest.raises(OutcomeUnknown):
                await at.provider.submit(prepared, at.keep, at.make)
            answer = await at.provider.find(prepared, at.purchase, OwnWork())
            assert isinstance(answer, CannotTell if self.finds == "no" else Absent)
            assert at.server.count("submit") == 1


class Remote(Conformance):
    """Also for operations: polled, fetched, cancelled."""

    reports: ClassVar[bool] = False
    """Whether the wire says what it billed."""
    cancels: ClassVar[tuple[str, ...]] = ("cannot",)
    """What may come of asking to cancel."""
    outlives: ClassVar[bool] = True
    """Whether the provider still knows its work after a restart."""
    samples: ClassVar[int] = 1
    """As many as it sells at once, at most 2."""
    looks: ClassVar[int] = 0
    """Fetches with which a poll makes sure that an output is there."""

    async def bought(self, at: Opened, request: Request | None = None) -> Operation:
        answer = await self.submit(at, request)
        assert isinstance(answer, Operation), answer
        assert from_json(Operation, to_json(answer), "operation") == answer, "it must bear being journaled"
        return answer

    async def over(self, at: Opened, operation: Operation, seconds: float = 5) -> Progress:
        until = time.monotonic() + seconds
        while (progress := await at.provider.poll(operation)).state in ("queued", "running"):
            assert time.monotonic() < until, progress
            assert progress.poll_in_s >= 0
            await asyncio.sleep(0.02)
        found: Progress = progress
        return found

    async def fetched(self, at: Opened, operation: Operation, output: Any) -> bytes:
        return b"".join([part async for part in at.provider.fetch(operation, output)])

    # ---- a whole life
    async def test_what_it_brings_is_what_was_drawn_and_its_bill_is_the_fakes(self):
        async with self.opened() as at:
            operation = await self.bought(at)
            progress = await self.over(at, operation)
            assert progress.state == "succeeded" and not progress.missing
            assert [output.sample for output in progress.outputs] == list(range(self.request.samples))
            for output in progress.outputs:
                work = at.server.fake.remote.get(at.bill.submissions[0])
                assert work
                assert await self.fetched(at, operation, output) == await at.server.fake.remote.get_output(
                    work, output.sample
                )
                assert output.mime
            if self.reports:
                assert progress.bill and progress.bill.micros == at.bill.sum_micros()
                assert progress.bill.certainty == "reported"
            assert at.server.count("submit") == 1

    async def test_work_in_hand_is_queued_or_running_and_never_over_too_soon(self):
        async with self.opened(Script(latency_s=(0.4, 0.4))) as at:
            operation = await self.bought(at)
            first = await at.provider.poll(operation)
            assert first.state in ("queued", "running") and not first.outputs
            assert first.fraction_done is None or 0 <= first.fraction_done < 1
            assert (await self.over(at, operation)).state == "succeeded"

    @pytest.mark.parametrize(
        "met",
        [drop(), answer_status(500), answer_status(503), answer_status(429, "3"), answer_nonsense()],
        ids=lambda b: b.do,
    )
    async def test_a_poll_that_fails_told_nothing_and_the_next_one_does(self, met):
        async with self.opened(AT_ONCE.add_rule("poll", met, [1])) as at:
            operation = await self.bought(at)
            with pytest.raises(ProviderError) as raised:
                await at.provider.poll(operation)
            assert not isinstance(raised.value, Refused | OutcomeUnknown)
            assert (await self.over(at, operation)).state == "succeeded"

    async def test_a_poll_that_is_refused_says_so(self):
        async with self.opened(AT_ONCE.add_rule("poll", answer_status(401), [1])) as at:
            operation = await self.bought(at)
            with pytest.raises(Refused):
                await at.provider.poll(operation)

    async def test_an_operation_that_the_provider_does_not_know_is_lost(self):
        async with self.opened() as at:
            operation = await self.bought(at)
            at.server.fake.remote.forget()
            assert (await at.provider.poll(operation)).state == "lost"

    async def test_an_operation_that_another_key_made_is_not_taken_for_lost(self):
        """Else a changed key would write off what was paid for."""
        async with self.opened() as at:
            operation = await self.bought(at)
            at.server.fake.remote.forget()  # as an account that never had it
            async with self.adapter(at.server.url, "canary-of-another-account") as other:
                with pytest.raises(Refused) as raised:
                    await other.poll(operation)
            assert raised.value.code in ("made_with_another_key", "wrong_credentials")
            assert "fix_key" in [action.kind for action in raised.value.actions]

    async def test_an_operation_outlives_the_provider_that_is_killed(self, tmp_path):
        script, path = Script(latency_s=(0.3, 0.3)), tmp_path / "bill.jsonl"
        async with self.opened(script, Bill(path)) as at:
            operation = await self.bought(at)
        async with self.opened(script, Bill(path)) as at:
            assert (await self.over(at, moved(operation, at.server.url))).state == "succeeded"
        assert len({charge.submission for charge in read_bill(path)}) == 1

    # ---- what goes wrong after it was accepted
    async def test_everything_filtered_is_told_plainly(self):
        async with self.opened(AT_ONCE.add_rule("submit", filter_samples())) as at:
            progress = await self.over(at, await self.bought(at))
            assert not progress.outputs
            assert progress.state == "refused" or {one.reason for one in progress.missing} == {"filtered"}
            assert progress.message or all(one.message for one in progress.missing)

    async def test_a_filtered_sample_is_missing_and_the_rest_comes(self):
        if self.samples < 2:
            return
        async with self.opened(AT_ONCE.add_rule("submit", filter_samples(1))) as at:
            progress = await self.over(at, await self.bought(at, replace(self.request, samples=2)))
            assert progress.state == "succeeded" and len(progress.outputs) == 1
            assert [one.reason for one in progress.missing] == ["filtered"]

    @pytest.mark.parametrize("charges", [False, True])
    async def test_a_late_failure_is_told_with_what_it_cost(self, charges):
        async with self.opened(AT_ONCE.add_rule("submit", fail_late(charges))) as at:
            progress = await self.over(at, await self.bought(at))
            assert progress.state == "failed" and progress.message
            if self.reports:
                assert progress.bill and progress.bill.micros == at.bill.sum_micros()

    async def test_what_has_expired_is_not_there(self):
        async with self.opened(AT_ONCE.add_rule("submit", expire_after(0.5))) as at:
            operation = await self.bought(at)
            progress = await self.over(at, operation)
            assert progress.state == "succeeded"
            await asyncio.sleep(0.6)
            with pytest.raises(NotFound):
                await self.fetched(at, operation, progress.outputs[0])
            later = await at.provider.poll(operation)
            assert later.state in ("succeeded", "expired", "lost")

    @pytest.mark.parametrize("met", [drop(), answer_status(502), answer_wrong_type()], ids=lambda b: b.do)
    async def test_a_fetch_that_fails_is_an_error_and_the_next_one_brings_it(self, met):
        async with self.opened(AT_ONCE.add_rule("fetch", met, [1 + self.looks])) as at:
            operation = await self.bought(at)
            progress = await self.over(at, operation)
            with pytest.raises(ProviderError) as raised:
                await self.fetched(at, operation, progress.outputs[0])
            assert not isinstance(raised.value, Refused | OutcomeUnknown)
            assert await self.fetched(at, operation, progress.outputs[0])

    async def test_a_trickling_output_comes_whole(self):
        async with self.opened(AT_ONCE.add_rule("fetch", trickle(4000))) as at:
            operation = await self.bought(at)
            progress = await self.over(at, operation)
            assert len(await self.fetched(at, operation, progress.outputs[0])) > 500

    # ---- cancelling
    async def test_asking_to_cancel_says_what_came_of_it(self):
        async with self.opened(Script(latency_s=(30, 30))) as at:
            operation = await self.bought(at)
            said = await at.provider.cancel(operation)
            assert said in self.cancels
            if said == "cancelled":
                assert (await at.provider.poll(operation)).state == "cancelled"
                assert at.bill.sum_micros() == 0

    async def test_cancelling_what_is_over_is_too_late(self):
        async with self.opened() as at:
            operation = await self.bought(at)
            await self.over(at, operation)
            assert await at.provider.cancel(operation) in ("too_late", "cannot")
            assert at.server.count("submit") == 1


def moved(operation: Operation, url: str) -> Operation:
    """The same operation at a provider that came back at another address."""
    urls = {name: re.sub(r"http://127\.0\.0\.1:\d+", url, one) for name, one in operation.urls.items()}
    return replace(operation, urls=urls)
