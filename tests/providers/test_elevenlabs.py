"""ElevenLabs: conformance on the fake, and what its wire alone has: alignments, credits, a history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import elevenlabs
import httpx
import pytest

from providers.conformance import AT_ONCE, SECRET, Conformance
from reelwright.errors import NotAccepted, OutcomeUnknown, Refused, StoreUnavailable, Unreachable
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.elevenlabs import ElevenLabs
from reelwright.providers.fakes.elevenlabs import REST_MS
from reelwright.providers.fakes.script import answer_nonsense, answer_status, drop, filter_samples, swallow
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Progress
from reelwright.reel.base.ids import mint
from reelwright.reel.graph.request import Request
from reelwright.reel.records.ledger import OwnWork

MUSIC = Request(model="eleven-music", mode="music", prompt="warm lofi", ms=30_000)
SOUND = Request(model="eleven-sfx", mode="sound_effect", prompt="door creak", ms=2000)


class TestElevenLabs(Conformance):
    name = "elevenlabs"
    request = Request(model="eleven_multilingual_v2", mode="speech", prompt="Light, where you want it.")
    bad = (
        replace(request, extra={"voice": "../v1/user"}), replace(request, prompt=" "),
        replace(request, extra={"language": "de"}), replace(MUSIC, ms=2000), replace(SOUND, ms=31_000),
    )  # fmt: skip
    finds = "list"

    @asynccontextmanager
    async def adapter(self, url: str, secret: str) -> AsyncIterator[ElevenLabs]:
        async with HttpClient("elevenlabs", url, auth={"xi-api-key": secret}) as http:
            yield ElevenLabs(http, Key("elevenlabs", secret, "a test"))

    # ---- speech
    async def test_speech_is_kept_before_it_is_told_with_its_words_in_time(self):
        async with self.opened() as at:
            progress = await self.submit(at)
            assert isinstance(progress, Progress) and progress.state == "succeeded"
            output = progress.outputs[0]
            work = at.server.fake.remote.get(at.bill.submissions[0])
            assert at.kept[output.asset] == await at.server.fake.remote.get_output(work, 0)
            assert [word for word, _, _ in output.facts["words"]] == ["Light,", "where", "you", "want", "it."]
            assert output.facts["words"][0] == ["Light,", 0, 300], "the comma is silent"
            assert output.facts["words"][1][1] == 360 + REST_MS, "and there is a rest after it"
            assert output.facts["duration_ms"] == 288, "as long as its bytes are, whatever was said of the letters"

    async def test_credits_of_the_answer_are_what_is_settled(self):
        async with self.opened() as at:
            progress = await self.submit(at)
            assert progress.bill.micros == at.bill.sum_micros() == 80 * len(self.request.prompt)
            assert progress.bill.micros <= at.provider.price(self.request).micros
            half = await self.submit(at, replace(self.request, model="eleven_flash_v2_5"))
            assert half.bill.micros <= at.provider.price(replace(self.request, model="eleven_flash_v2_5")).micros

    async def test_a_language_is_told_only_to_models_that_take_one(self):
        async with self.opened() as at:
            await self.submit(at, replace(self.request, model="eleven_v4", extra={"language": "pt-BR"}))
            sent = at.server.calls[-1]
            assert sent.parse_json()["language_code"] == "pt" and sent.query["output_format"] == "mp3_44100_128"
            assert sent.path == "/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/with-timestamps"

    @pytest.mark.parametrize("request_", [MUSIC, SOUND], ids=["music", "a sound"])
    async def test_music_and_sounds_come_as_bytes(self, request_):
        async with self.opened() as at:
            progress = await self.submit(at, request_)
            assert at.kept[progress.outputs[0].asset].startswith(b"ID3")
            told = at.server.calls[-1].parse_json()
            assert told.get("music_length_ms", 30_000) == 30_000 and told.get("duration_seconds", 2) == 2

    # ---- voices
    async def test_every_page_of_the_voices_is_read_as_the_official_client_reads_it(self, monkeypatch):
        async with self.opened() as at:
            voices = await at.provider.list_voices()
            async with httpx.AsyncClient() as connection:
                official = elevenlabs.AsyncElevenLabs(base_url=at.server.url, api_key=SECRET, httpx_client=connection)
                theirs = (await official.voices.search(page_size=100)).voices
            assert [(one.id, one.name) for one in voices] == [(one.voice_id, one.name) for one in theirs]
            assert voices[0].languages == ("en-GB",) and voices[1].languages == ("en",)
            assert voices[0].labels["accent"] == theirs[0].labels["accent"]
            monkeypatch.setattr("reelwright.providers.elevenlabs.VOICES_PER_PAGE", 1)
            assert await at.provider.list_voices() == voices
            assert [call.query["next_page_token"] for call in list(at.server.calls)[-2:]] == ["1", "2"]
            assert not at.bill.submissions, "a list costs nothing"

    @pytest.mark.parametrize(("status", "error"), [(401, Refused), (500, Unreachable), (404, Unreachable)])
    async def test_a_list_of_voices_that_cannot_be_read_is_an_error(self, status, error):
        async with self.opened(AT_ONCE.add_rule("other", answer_status(status))) as at:
            with pytest.raises(error):
                await at.provider.list_voices()

    # ---- what it says no with
    @pytest.mark.parametrize(
        ("status", "detail", "expected", "code"),
        [
            (401, "quota_exceeded", Refused, "quota_used_up"),
            (401, "invalid_api_key", Refused, "wrong_credentials"),
            (429, "too_many_concurrent_requests", NotAccepted, "rate_limited"),
            (429, "system_busy", NotAccepted, "rate_limited"),
        ],
    )
    async def test_a_status_means_what_its_words_say(self, status, detail, expected, code):
        body = f'{{"detail": {{"status": "{detail}", "message": "as told"}}}}'
        async with self.opened(AT_ONCE.add_rule("submit", answer_status(status, body=body))) as at:
            with pytest.raises(expected) as raised:
                await self.submit(at)
            assert raised.value.code == code and "as told" in raised.value.params["fault"]
            assert bool(raised.value.hint) == (detail != "system_busy")

    async def test_refused_music_comes_with_their_suggestion(self):
        async with self.opened(AT_ONCE.add_rule("submit", filter_samples())) as at:
            with pytest.raises(Refused) as raised:
                await self.submit(at, MUSIC)
            assert "Something kinder" in raised.value.hint

    async def test_a_document_in_the_place_of_music_is_no_music(self):
        async with self.opened(AT_ONCE.add_rule("submit", answer_nonsense('{"song_id": 1}'))) as at:
            with pytest.raises(OutcomeUnknown):
                await self.submit(at, MUSIC)

    # ---- found again
    async def test_lost_speech_is_found_in_the_history_and_had_for_nothing(self):
        async with self.opened(AT_ONCE.add_rule("submit", swallow())) as at:
            prepared = await self.prepared(at)
            with pytest.raises(OutcomeUnknown):
                await at.provider.submit(prepared, at.keep, at.make)
            found = await at.provider.find(prepared, at.purchase, OwnWork())
            assert isinstance(found, FoundOperation)
            progress = await at.provider.poll(found.operation)
            assert progress.state == "succeeded" and progress.bill.micros == at.bill.sum_micros()
            assert progress.outputs[0].facts["words"][-1][0] == "it."
            sound = b"".join([part async for part in at.provider.fetch(found.operation, progress.outputs[0])])
            work = at.server.fake.remote.get(found.operation.id)
            assert sound == await at.server.fake.remote.get_output(work, 0)
            assert len(at.bill.submissions) == 1 and at.server.count("submit") == 1

    async def test_an_account_that_keeps_no_history_cannot_tell(self):
        async with self.opened(AT_ONCE.add_rule("submit", drop())) as at:
            at.server.fake.has_history = False
            prepared = await self.prepared(at)
            assert isinstance(await at.provider.find(prepared, at.purchase, OwnWork()), CannotTell)

    async def test_a_dropped_submit_is_never_found(self):
        async with self.opened(AT_ONCE.add_rule("submit", drop(), [2])) as at:
            await self.submit(at, replace(self.request, prompt="Something else was said before."))
            at.purchase = mint("purchase")
            prepared = await self.prepared(at)
            with pytest.raises(OutcomeUnknown):
                await at.provider.submit(prepared, at.keep, at.make)
            answer = await at.provider.find(prepared, at.purchase, OwnWork())
            assert isinstance(answer, Absent) and answer.listed_after_s == 30

    async def test_lost_music_is_for_a_person_to_decide(self):
        async with self.opened(AT_ONCE.add_rule("submit", swallow())) as at:
            prepared = await self.prepared(at, MUSIC)
            with pytest.raises(OutcomeUnknown):
                await at.provider.submit(prepared, at.keep, at.make)
            assert isinstance(await at.provider.find(prepared, at.purchase, OwnWork()), CannotTell)

    async def test_speech_that_was_answered_is_never_taken_for_speech_that_was_lost(self):
        async with self.opened(AT_ONCE.add_rule("submit", swallow(), [2]).add_rule("submit", drop(), [3])) as at:
            await self.submit(at)
            at.purchase = mint("purchase")
            prepared = await self.prepared(at)
            with pytest.raises(OutcomeUnknown):
                await at.provider.submit(prepared, at.keep, at.make)
            found = await at.provider.find(prepared, at.purchase, OwnWork())
            assert isinstance(found, FoundOperation) and found.operation.id == at.bill.submissions[1]

    async def test_speech_that_was_answered_and_could_not_be_kept_is_had_from_the_history(self):
        async def full(data, mime):
            raise StoreUnavailable("the disk is full")

        async with self.opened() as at:
            prepared = await self.prepared(at)
            with pytest.raises(StoreUnavailable):
                await at.provider.submit(prepared, full, at.make)
            found = await at.provider.find(prepared, at.purchase, OwnWork())
            assert isinstance(found, FoundOperation) and found.operation.id == at.bill.submissions[0]
            assert (await at.provider.poll(found.operation)).state == "succeeded"

    async def test_two_lost_ones_of_the_same_words_are_for_a_person_to_decide(self):
        async with self.opened(AT_ONCE.add_rule("submit", swallow())) as at:
            for _ in range(2):
                prepared = await self.prepared(at)
                with pytest.raises(OutcomeUnknown):
                    await at.provider.submit(prepared, at.keep, at.make)
            assert isinstance(await at.provider.find(prepared, at.purchase, OwnWork()), CannotTell)

    async def test_speech_that_was_answered_is_named_as_the_history_names_it(self):
        async with self.opened() as at:
            progress = await self.submit(at)
            assert progress.operation.id == at.bill.submissions[0]
            async with self.adapter(at.server.url, SECRET) as later:
                found = await later.find(await self.prepared(at), at.purchase, OwnWork())
            assert found == FoundOperation(operation=progress.operation), (
                "by this name nobody else takes it for his own"
            )
