"""Replicate: conformance on the fake, and what its wire alone has: lists, uploads, versions, tokens, webhooks."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from PIL import Image

from providers.conformance import AT_ONCE, PNG, SECRET, Opened, Remote
from reelwright.errors import NotAccepted, OutcomeUnknown, Refused
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.fakes.script import Script, answer_status, fail_late, swallow
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation
from reelwright.providers.replicate import INLINE_BYTES, Replicate
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import OwnWork


def upright() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (90, 160), "teal").save(kept, "PNG")
    return kept.getvalue()


SMALL, LARGE = PNG, PNG + bytes(INLINE_BYTES)
SMALL_ID, LARGE_ID = (Digest(hashlib.sha256(data).hexdigest()) for data in (SMALL, LARGE))
ADVERT = Request(
    model="hailuo-2.3-fast", mode="image_to_video", prompt="slow push in", ms=6000, resolution="768p",
    inputs=(Input(role="first_frame", asset=SMALL_ID),), extra={"prompt_optimizer": True},
)  # fmt: skip
TALL = {Digest(hashlib.sha256(data).hexdigest()): data for data in (upright(), upright() + bytes(INLINE_BYTES))}
PICTURES = Request(model="flux-dev", mode="text_to_image", prompt="a lamp", aspect="9:16", samples=2)


class TestReplicate(Remote):
    name = "replicate"
    request = Request(model="flux-dev", mode="text_to_image", prompt="a lamp", aspect="9:16")
    bad = (
        replace(request, model="kling"), replace(request, ms=5000), replace(request, samples=5),
        replace(ADVERT, inputs=()), replace(ADVERT, ms=10_000, resolution="1080p"), replace(ADVERT, ms=5000),
    )  # fmt: skip
    assets = {SMALL_ID: SMALL, LARGE_ID: LARGE, **TALL}
    finds = "list"
    cancels = ("cancelled", "asked")
    samples = 2

    @asynccontextmanager
    async def adapter(self, url: str, secret: str) -> AsyncIterator[Replicate]:
        async with HttpClient("replicate", url, auth={"authorization": f"Bearer {secret}"}) as http:
            yield Replicate(http, Key("replicate", secret, "a test"))

    # ---- what is sent
    async def test_a_small_picture_goes_in_the_body_and_never_into_the_journal(self):
        async with self.opened() as at:
            prepared = await self.prepared(at, ADVERT)
            assert prepared["body"]["input"]["first_frame_image"]["$asset"] == SMALL_ID and not prepared["staged"]
            await at.provider.submit(prepared, at.keep, at.make)
            sent = next(call for call in at.server.calls if call.kind == "submit")
            assert sent.parse_json()["input"]["first_frame_image"].startswith("data:image/png;base64,")
            assert sent.headers["cancel-after"] == "30m" and "prefer" not in sent.headers
            assert sent.path == "/v1/models/minimax/hailuo-2.3-fast/predictions"

    async def test_a_large_picture_is_uploaded_named_as_staged_and_removed(self):
        async with self.opened() as at:
            large = replace(ADVERT, inputs=(Input(role="first_frame", asset=LARGE_ID),))
            prepared = await self.prepared(at, large)
            fake = at.server.fake
            assert list(fake.files.values()) == [LARGE] and prepared["staged"] == list(fake.files)
            await at.provider.submit(prepared, at.keep, at.make)
            sent = next(call for call in at.server.calls if call.kind == "submit")
            assert (
                sent.parse_json()["input"]["first_frame_image"] == f"{at.server.url}/v1/files/{prepared['staged'][0]}"
            )
            await at.provider.unstage(prepared["staged"])
            assert not fake.files
            await at.provider.unstage(prepared["staged"])

    async def test_two_uploads_of_one_picture_never_share_a_name(self):
        """Source: systems.md S0-36."""
        async with self.opened() as at:
            large = replace(ADVERT, inputs=(Input(role="first_frame", asset=LARGE_ID),))
            first, second = [await self.prepared(at, large) for _ in range(2)]
            assert len({*first["staged"], *second["staged"]}) == 2 == len(at.server.fake.files)
            await at.provider.unstage(first["staged"])
            assert list(at.server.fake.files) == second["staged"], "the other job's stays"

    @pytest.mark.parametrize("digest", TALL)
    async def test_what_starts_from_a_picture_is_rehearsed_in_its_shape(self, digest):
        """Whether it travels in the body or is uploaded before."""
        async with self.opened() as at:
            asked = replace(ADVERT, inputs=(Input(role="first_frame", asset=digest),))
            await at.provider.submit(await self.prepared(at, asked), at.keep, at.make)
            (work,) = at.server.fake.remote
            assert work.spec.size == (768, 1364)

    async def test_a_community_model_is_asked_for_by_its_version_within_the_time_that_was_priced(self):
        async with self.opened() as at:
            bed = Request(model="musicgen", mode="music", prompt="lofi", ms=8000, extra={"output_format": "mp3"})
            operation = await self.bought(at, bed)
            sent = next(call for call in at.server.calls if call.kind == "submit")
            told = sent.parse_json()
            assert sent.path == "/v1/predictions" and len(told["version"]) == 64
            assert told["input"]["duration"] == 8 and told["input"]["output_format"] == "mp3"
            assert sent.headers["cancel-after"] == "120s"
            progress = await self.over(at, operation)
            assert progress.bill and progress.bill.micros == at.bill.sum_micros() == 0

    async def test_the_machines_time_is_billed_as_it_was_used(self):
        async with self.opened(Script(latency_s=(30, 30), speed=300)) as at:
            bed = Request(model="musicgen", mode="music", prompt="lofi", ms=8000)
            progress = await self.over(at, await self.bought(at, bed))
            assert progress.bill and progress.bill.micros == at.bill.sum_micros() == 30 * 1400
            assert progress.bill.micros <= (at.provider.price(bed).micros or 0)

    @pytest.mark.parametrize("megapixels", [1, 2, 4])
    async def test_a_picture_is_billed_by_the_megapixels_that_were_asked_for(self, megapixels):
        async with self.opened() as at:
            still = Request(
                model="flux-2-pro", mode="text_to_image", prompt="a lamp", extra={"megapixels": megapixels}
            )  # fmt: skip
            await self.bought(at, still)
            assert at.bill.sum_micros() == at.provider.price(still).micros == megapixels * 30_000

    async def test_what_was_prepared_by_another_adapter_is_not_sent(self):
        async with self.opened() as at:
            prepared = await self.prepared(at, ADVERT)
            async with self.adapter(at.server.url, SECRET) as other:
                with pytest.raises(NotAccepted):
                    await other.submit(prepared, at.keep, at.make)
            assert at.server.count("submit") == 0

    # ---- the token stays at home
    async def test_the_token_never_goes_to_where_outputs_lie(self):
        async with self.opened() as at, self.opened() as elsewhere:
            await self.bought(at)
            operation = await self.bought(elsewhere)
            output = (await self.over(elsewhere, operation)).outputs[0]
            elsewhere.server.calls.clear()
            assert await self.fetched(at, operation, output)
            assert [call.secret for call in elsewhere.server.calls] == [""]

    async def test_another_tokens_prediction_is_not_asked_for(self):
        async with self.opened() as at:
            operation = replace(await self.bought(at), key="somebodyelse")
            with pytest.raises(Refused):
                await at.provider.poll(operation)
            assert at.server.count("poll") == 0

    # ---- waits
    async def test_a_wait_told_only_in_words_is_obeyed(self):
        body = '{"detail": "Request was throttled. Your rate limit resets in ~30s."}'
        async with self.opened(AT_ONCE.add_rule("submit", answer_status(429, body=body))) as at:
            with pytest.raises(NotAccepted) as raised:
                await self.submit(at)
            assert raised.value.after_s == 30

    async def test_a_fault_that_may_pass_is_told_apart_from_one_that_stays(self):
        async with self.opened(AT_ONCE.add_rule("submit", fail_late(False))) as at:
            progress = await self.over(at, await self.bought(at))
            assert progress.state == "failed" and progress.can_retry

    # ---- found again
    async def swallowed(self, at: Opened, request: Request, purchase: str):
        prepared = await at.provider.prepare(
            request, [(one, one.asset) for one in request.inputs if one.asset], purchase, self.read
        )
        with pytest.raises(OutcomeUnknown):
            await at.provider.submit(prepared, at.keep, at.make)
        return prepared

    async def test_two_lost_predictions_of_one_request_are_told_apart_by_the_purchases_own_seed(self):
        async with self.opened(AT_ONCE.add_rule("submit", swallow())) as at:
            both = [(await self.swallowed(at, PICTURES, p), p) for p in (mint("purchase"), mint("purchase"))]
            found = [await at.provider.find(prepared, purchase, OwnWork()) for prepared, purchase in both]
            assert [one.operation.id for one in found if isinstance(one, FoundOperation)] == list(at.bill.submissions)

    async def test_where_no_seed_tells_two_apart_a_person_decides(self):
        async with self.opened(AT_ONCE.add_rule("submit", swallow())) as at:
            purchase = mint("purchase")
            prepared = await self.swallowed(at, ADVERT, purchase)
            assert isinstance(await at.provider.find(prepared, purchase, OwnWork()), FoundOperation)
            await self.swallowed(at, ADVERT, mint("purchase"))
            assert isinstance(await at.provider.find(prepared, purchase, OwnWork()), CannotTell)

    async def test_ours_is_found_on_a_later_page_of_the_list(self):
        async with self.opened(AT_ONCE.add_rule("submit", swallow(), [1])) as at:
            at.server.fake.page = 2
            purchase = mint("purchase")
            prepared = await self.swallowed(at, PICTURES, purchase)
            for n in range(4):
                await self.submit(at, replace(PICTURES, prompt=f"another {n}"))
            answer = await at.provider.find(prepared, purchase, OwnWork())
            assert isinstance(answer, FoundOperation) and answer.operation.id == at.bill.submissions[0]
            assert at.server.count("find") == 3

    async def test_absence_is_only_told_of_what_would_stand_in_the_list_by_now(self):
        async with self.opened() as at:
            prepared = await self.prepared(at)
            answer = await at.provider.find(prepared, at.purchase, OwnWork())
            assert isinstance(answer, Absent)
            assert answer.listed_after_s == 30

    async def test_what_was_answered_here_is_known_where_recording_it_failed_and_is_never_called_absent(self):
        async with self.opened() as at:
            prepared = await self.prepared(at)
            operation = await at.provider.submit(prepared, at.keep, at.make)
            answer = await at.provider.find(prepared, at.purchase, OwnWork())
            assert answer == FoundOperation(operation=operation)
            assert isinstance(await at.provider.find(prepared, mint("purchase"), OwnWork()), Absent)

    async def test_another_accounts_list_tells_nothing(self):
        async with self.opened() as at:
            prepared = {**await self.prepared(at), "key": "somebodyelse"}
            assert isinstance(await at.provider.find(prepared, at.purchase, OwnWork()), CannotTell)
            assert at.server.count("find") == 0
