"""Servers that speak /v1/videos: the class that every adapter passes, for each habit; fixtures; OpenAI's own client."""

from __future__ import annotations

import json
import warnings
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.conformance import AT_ONCE, PNG, SECRET, Remote, Script
from providers.exchanges import Exchange
from reelwright.catalogue.models import get_sold_model
from reelwright.errors import BadInput, NotAccepted, OutcomeUnknown, Refused, Unreachable
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse
from reelwright.net.keys import Key
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.media_spec import make_tiny_file
from reelwright.providers.fakes.openai_videos import FakeOpenaiVideos
from reelwright.providers.fakes.script import answer_status, drop, fail_late, filter_samples, swallow
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.families.assets import Picture
from reelwright.providers.families.video_faults import make_submit_error, parse_fault
from reelwright.providers.families.videos_wire import build_submission, match, parse_page, parse_progress
from reelwright.providers.openai_videos import OpenaiVideos
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.operation import Operation

FIRST = Digest("f" * 64)
FOX = Request(
    model="local-video", mode="text_to_video", prompt="A red fox", ms=5000, aspect="16:9", resolution="720p", seed=7
)
BY_PROXY = Request(
    model="litellm-videos-veo-3.1", mode="text_to_video", prompt="A red fox", ms=8000, aspect="16:9", resolution="720p"
)


@asynccontextmanager
async def opened(url, secret):
    async with HttpClient("openai_videos", url, auth={"Authorization": f"Bearer {secret}"}) as http:
        yield OpenaiVideos(http, Key("litellm", secret, "a test"))


class Videos(Remote):
    name = "openai_videos"
    assets = {FIRST: PNG}

    def adapter(self, url, secret):
        return opened(url, secret)

    def fake(self, bill, script):
        return FakeOpenaiVideos(
            bill, script, make_tiny_file, SECRET, profile=get_sold_model(self.request.model).profile
        )


class TestVllmOmni(Videos):
    request = FOX
    bad = (replace(FOX, ms=500), replace(FOX, samples=2), replace(FOX, extra={"cfg": 7}), replace(FOX, resolution="4k"))
    finds = "list"
    cancels = ("cancelled",)


class TestVllmOmniFromAPicture(TestVllmOmni):
    request = replace(FOX, mode="image_to_video", inputs=(Input(role="first_frame", asset=FIRST),))


class TestSglang(Videos):
    """Its list tells no prompt, so that nothing can be found in it; a lost request of it is sent again for nothing."""

    request = replace(FOX, model="local-video-sglang")
    bad = (replace(request, sound=True), replace(request, extra={"negative_prompt": "fog"}))
    finds = "list"

    async def test_a_swallowed_submit_is_found_or_said_not_to_be_findable(self):
        async with self.opened(AT_ONCE.add_rule("submit", swallow())) as at:
            prepared = await self.prepared(at)
            with pytest.raises(OutcomeUnknown):
                await at.provider.submit(prepared, at.keep, at.make)
            assert isinstance(await at.provider.find(prepared, at.purchase, OwnWork()), CannotTell)


class TestLitellm(Videos):
    request = BY_PROXY
    looks = 1
    bad = (replace(BY_PROXY, ms=7000), replace(BY_PROXY, resolution="1080p", ms=4000), replace(BY_PROXY, sound=False))

    async def test_a_late_failure_is_told_with_what_it_cost(self):
        """The proxy calls it completed; only its content says that nothing came. It is told, and not sent again."""
        async with self.opened(AT_ONCE.add_rule("submit", fail_late(is_billed=True))) as at:
            progress = await self.over(at, await self.bought(at))
            assert progress.state == "refused" and "proxy does not say which" in progress.message
            assert at.server.count("submit") == 1

    async def test_a_server_error_on_the_content_is_no_failure_and_the_content_is_asked_for_again(self):
        script = AT_ONCE.add_rule("fetch", answer_status(500, body='{"error": {"message": "upstream reset"}}'))
        async with self.opened(script) as at:
            operation = await self.bought(at)
            for _ in range(2):
                with pytest.raises(Unreachable):
                    await at.provider.poll(operation)
            progress = await at.provider.poll(operation)
            assert progress.state == "succeeded", "fetching it is tried for long, and then a person is told"
            with pytest.raises(Unreachable):
                await anext(at.provider.fetch(operation, progress.outputs[0]))


# ---- the wire, replayed
SENT = [
    ("openai_videos/submit_accepted", replace(BY_PROXY, extra={"served": "sora-2"}), ""),
    ("litellm_proxy/submit_accepted", BY_PROXY, "litellm"),
    ("selfhosted_videos/sglang_submit", replace(FOX, model="local-video-sglang"), "sglang"),
    ("selfhosted_videos/vllm_submit", replace(FOX, extra={"steps": 40, "frames": 80}), "vllm_omni"),
]


@pytest.mark.parametrize(("name", "request_", "profile"), SENT, ids=[name for name, _, _ in SENT])
def test_what_is_sent_is_what_the_fixture_says(name, request_, profile):
    told = Exchange(name).sent
    made = build_submission(request_, replace(get_sold_model(request_.model), profile=profile), None)
    wanted = told.get("json") or told["form"]
    if profile == "vllm_omni":
        wanted = {**wanted, "num_frames": "81"}  # the fixture's 80 is no whole clip: 4·k + 1 frames are
    assert made.fields == wanted
    assert made.is_json == bool(told.get("json"))


STATES = [
    ("openai_videos/poll_pending", "running"), ("openai_videos/poll_success", "succeeded"),
    ("openai_videos/poll_failed", "failed"), ("openai_videos/poll_filtered", "refused"),
    ("openai_videos/submit_accepted", "queued"), ("litellm_proxy/submit_accepted", "running"),
    ("litellm_proxy/poll_success", "succeeded"), ("litellm_proxy/poll_error_reported_as_completed", "succeeded"),
    ("selfhosted_videos/vllm_poll_failed", "failed"), ("selfhosted_videos/vllm_poll_success", "succeeded"),
    ("selfhosted_videos/sglang_poll_failed", "failed"), ("selfhosted_videos/sglang_submit", "queued"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "state"), STATES, ids=[name for name, _ in STATES])
def test_polls_are_read_as_their_fixtures_mean_them(name, state):
    progress = parse_progress(Exchange(name).json)
    assert progress.state == state
    assert progress.message or state not in ("failed", "refused")
    assert progress.fraction_done == (
        0.33 if name.endswith("poll_pending") else 1.0 if state == "succeeded" else progress.fraction_done
    )


REFUSALS = [("400", Refused), ("401", Refused), ("403", Refused), ("404", Refused), ("429", NotAccepted),
            ("429_quota", Refused), ("503", OutcomeUnknown)]  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), REFUSALS)
def test_refusals_are_told_apart_as_their_fixtures_mean_them(name, kind):
    told = Exchange(f"openai_videos/submit_{name}")
    fault = parse_fault(HttpResponse(status=told.status, headers=told.headers, body=told.body))
    error = make_submit_error("it", fault, retry_on_503=False, key="LITELLM_API_KEY")
    assert type(error) is kind
    if kind is NotAccepted:
        assert error.after_s == 7
    if name == "503":
        assert type(make_submit_error("it", fault, retry_on_503=True, key="")) is NotAccepted


def test_a_throttled_proxy_and_a_lost_video_are_read_from_their_fixtures():
    throttled, lost = Exchange("litellm_proxy/submit_429"), Exchange("selfhosted_videos/sglang_lost_404")
    fault = parse_fault(HttpResponse(status=throttled.status, headers=throttled.headers, body=throttled.body))
    assert type(make_submit_error("it", fault, retry_on_503=False, key="")) is NotAccepted
    assert parse_fault(HttpResponse(status=lost.status, headers={}, body=lost.body)).message == "Video not found"


FIELDS = ["status", "error", "progress", "expires_at", "media_type"]
ANYTHING = st.text(max_size=8) | st.integers() | st.none() | st.dictionaries(st.text(max_size=4), st.text())


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_any_answer_to_a_poll_is_a_progress(told):
    assert parse_progress({"status": "completed", **told}).state


NAMES = st.sampled_from(["data", "id", "has_more"])
LEAVES = st.none() | st.integers() | st.text(max_size=5)


@given(st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner)))
def test_any_answer_to_a_list_is_a_page_or_none(told):
    try:
        rows, more = parse_page(told)
    except ValueError:
        return
    assert isinstance(more, bool) and all(row.id for row in rows)


def test_seconds_of_sglang_are_a_number_and_those_of_all_others_text():
    assert (
        build_submission(replace(FOX, model="local-video-sglang"), get_sold_model("local-video-sglang"), None).fields[
            "seconds"
        ]
        == 5
    )
    assert build_submission(BY_PROXY, get_sold_model("litellm-videos-veo-3.1"), None).fields["seconds"] == "8"


def test_a_picture_makes_a_form_of_every_wire_and_its_name_is_ours():
    picture = Picture(role="first_frame", asset=FIRST, mime="image/jpeg")
    for name in ("local-video", "local-video-sglang", "litellm-videos-veo-3.1"):
        made = build_submission(replace(FOX, model=name, seed=None), get_sold_model(name), picture)
        assert not made.is_json and all(isinstance(value, str) for value in made.fields.values())
        assert made.picture == {"$asset": FIRST, "mime": "image/jpeg"}


# ---- finding
async def swallowed(at, test, **changes):
    prepared = await test.prepared(at, replace(test.request, **changes))
    with pytest.raises(OutcomeUnknown):
        await at.provider.submit(prepared, at.keep, at.make)
    return prepared


async def test_a_picture_that_another_adapter_has_prepared_is_not_sent():
    test = TestVllmOmniFromAPicture()
    async with test.opened() as at:
        prepared = await test.prepared(at)
        async with test.adapter(at.server.url, SECRET) as other:
            with pytest.raises(NotAccepted):
                await other.submit(prepared, at.keep, at.make)
        assert at.server.count("submit") == 0


async def test_of_two_swallowed_submits_that_look_alike_nobody_can_tell():
    test = TestVllmOmni()
    async with test.opened(AT_ONCE.add_rule("submit", swallow())) as at:
        await swallowed(at, test)
        prepared = await swallowed(at, test)
        assert isinstance(await at.provider.find(prepared, at.purchase, OwnWork()), CannotTell)


async def test_what_another_purchase_of_ours_brought_is_not_taken_for_a_lost_one():
    test = TestVllmOmni()
    async with test.opened(AT_ONCE.add_rule("submit", drop(), [2])) as at:
        operation = await test.bought(at)
        first, at.purchase = at.purchase, mint("purchase")
        prepared = await swallowed(at, test)
        answer = await at.provider.find(prepared, at.purchase, OwnWork())
        assert isinstance(answer, Absent) and answer.listed_after_s == 30
        assert await at.provider.find(prepared, first, OwnWork()) == FoundOperation(operation=operation)


async def test_a_lost_submit_is_found_pages_deep_and_an_older_twin_is_not_it():
    test = TestVllmOmni()
    async with test.opened(AT_ONCE.add_rule("submit", swallow(), [2])) as at:
        asked = (await test.submit(at), at.server.fake.remote.get(at.bill.submissions[0]))[1]
        assert asked
        at.purchase = mint("purchase")
        older = at.server.fake.remote.accept(asked.spec, 0, (0, 0))
        works = at.server.fake.remote._works
        twin = replace(works.pop(older.id), accepted_at=older.accepted_at - 3600)
        at.server.fake.remote._works = {older.id: twin, **works}
        prepared = await swallowed(at, test)
        lost = at.bill.submissions[-1]
        for number in range(240):
            at.server.fake.remote.accept(replace(asked.spec, prompt=f"another {number}"), 0, (0, 0))
        known = frozenset(at.bill.submissions[:1])
        answer = await at.provider.find(prepared, at.purchase, OwnWork(claimed_ids=known, earlier_ids=known))
        assert isinstance(answer, FoundOperation) and answer.operation.id == lost
        assert at.server.count("find") >= 3


async def test_a_list_that_cannot_be_had_tells_nothing():
    test = TestVllmOmni()
    async with test.opened(AT_ONCE.add_rule("find", answer_status(404))) as at:
        prepared = await test.prepared(at)
        assert isinstance(await at.provider.find(prepared, at.purchase, OwnWork()), CannotTell)


def test_a_listed_row_of_our_model_is_never_called_anothers():
    fields = {"prompt": "A red fox", "seconds": "8", "size": "1280x720", "model": "sora-2"}
    row = {"id": "v", "created_at": 1_790_000_000, "prompt": "A red fox", "seconds": "8", "size": "1280x720"}
    told = [
        ({}, "same"),
        ({"model": "sora-2-2025-10-06"}, "same"),
        ({"model": "another"}, "other"),
        ({"seconds": 8}, "same"),
        ({"seconds": 8.0}, "same"),
        ({"prompt": " A red  fox "}, "same"),
        ({"seconds": "4"}, "possible"),
        ({"prompt": "a fox"}, "possible"),
        ({"prompt": None}, "possible"),
        ({"created_at": None}, "possible"),
        ({"created_at": "1790000000"}, "same"),
    ]
    for change, alike in told:
        rows, _ = parse_page({"data": [{**row, **change}]})
        assert match(rows[0], fields, "") == alike, change
    rows, _ = parse_page({"data": [{**row, "model": "/models/wan"}]})
    assert match(rows[0], fields, "sglang") == "same", "a server of one's own names its one model as it likes"


# ---- the official client
async def create_by_theirs(server, **said):
    import openai

    client = openai.AsyncOpenAI(api_key=SECRET, base_url=f"{server.url}/v1", max_retries=0)
    async with client, warnings_of_theirs():
        return await client.videos.create(**said)


@asynccontextmanager
async def warnings_of_theirs():
    """They call the whole wire deprecated: OpenAI's own service is gone, the wire is not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@pytest.mark.parametrize("with_picture", [False, True])
async def test_what_we_send_equals_what_their_client_sends_for_the_same_call(with_picture):
    test = TestVllmOmni()
    request = replace(BY_PROXY, extra={"served": "sora-2"})
    row = replace(get_sold_model(BY_PROXY.model), profile="")
    picture = Picture(role="first_frame", asset=FIRST, mime="image/png") if with_picture else None
    async with test.opened() as at:
        ours = build_submission(request, row, picture)
        prepared = {"purchase": "p", "profile": "", "retry_on_503": False, "fields": ours.fields,
                    "picture": ours.picture, "as_json": ours.is_json}  # fmt: skip
        at.provider._reads["p"] = test.read
        assert isinstance(await at.provider.submit(prepared, at.keep, at.make), Operation)
        sent_by_us = at.server.calls[-1]
        files = {"input_reference": ("input.png", PNG, "image/png")} if with_picture else {}
        await create_by_theirs(at.server, **ours.fields, **files)
        sent_by_them = at.server.calls[-1]
        assert sent_by_us.parse_form() == sent_by_them.parse_form()
        assert (sent_by_us.method, sent_by_us.path) == (sent_by_them.method, sent_by_them.path)
        kinds = [call.headers["content-type"].partition(";")[0] for call in (sent_by_us, sent_by_them)]
        assert kinds == ["multipart/form-data"] * 2


@pytest.mark.parametrize("profile", ["", "litellm", "vllm_omni", "sglang"])
async def test_our_fake_satisfies_their_client_from_create_to_content(profile):
    import openai

    script = Script(latency_s=(0, 0)).add_rule("submit", filter_samples(), [2])
    fake = FakeOpenaiVideos(Bill(), script, profile=profile)
    client = openai.AsyncOpenAI(api_key=SECRET, base_url="http://127.0.0.1:9/v1", max_retries=0)
    async with FakeServer(fake) as server, warnings_of_theirs():
        async with client.with_options(base_url=f"{server.url}/v1") as theirs:
            made = await theirs.videos.create(prompt="A red fox", model="sora-2", seconds="4", size="1280x720")
            told = await theirs.videos.retrieve(made.id)
            assert told.status == "completed"
            work = fake.remote.get(made.id)
            body = await theirs.videos.download_content(made.id)
            assert work and body.read() == await fake.remote.get_output(work, 0)
            assert made.id in [video.id async for video in theirs.videos.list(limit=5)]
            filtered_one = await theirs.videos.create(prompt="A red fox")
            state = (await theirs.videos.retrieve(filtered_one.id)).status
            assert state == ("completed" if profile == "litellm" else "failed")
            if profile == "litellm":
                with pytest.raises(openai.InternalServerError):
                    await theirs.videos.download_content(filtered_one.id)
            else:
                assert (await theirs.videos.delete(made.id)).deleted
        await client.close()


# ---- what only some servers do
async def test_a_server_of_ones_own_needs_no_key():
    fake = FakeOpenaiVideos(Bill(), AT_ONCE, make_tiny_file, SECRET, profile="sglang")
    async with FakeServer(fake) as server, HttpClient("openai_videos", server.url) as http:
        provider = OpenaiVideos(http)
        request = replace(FOX, model="local-video-sglang")
        prepared = await provider.prepare(request, (), "purchase_1", TestSglang().read)
        made = await provider.submit(prepared, None, None)
        assert (await provider.poll(made)).state == "succeeded"


@pytest.mark.parametrize("ending", ["", "/v1", "/gemini", "/gemini/v1beta"])
async def test_an_address_that_ends_in_a_part_of_the_server_is_the_same_server(ending):
    fake = FakeOpenaiVideos(Bill(), AT_ONCE, make_tiny_file, SECRET, profile="vllm_omni")
    async with FakeServer(fake) as server, opened(f"{server.url}{ending}", SECRET) as provider:
        prepared = await provider.prepare(FOX, (), "purchase_1", TestVllmOmni().read)
        made = await provider.submit(prepared, None, None)
        assert (await provider.poll(made)).state == "succeeded"
        assert {call.path for call in server.calls} == {"/v1/videos", f"/v1/videos/{made.id}"}


async def test_two_pictures_are_more_than_the_wire_has_places_for():
    test = TestVllmOmni()
    request = replace(FOX, inputs=(Input(role="first_frame", asset=FIRST), Input(role="last_frame", asset=FIRST)))
    async with test.opened() as at:
        with pytest.raises(BadInput):
            await at.provider.prepare(request, [(one, FIRST) for one in request.inputs], "p", test.read)
        assert not at.server.calls


async def test_no_long_and_hidden_id_of_a_proxy_changes_where_it_is_asked():
    test = TestLitellm()
    async with test.opened() as at:
        operation = await test.bought(at)
        assert len(operation.id) > 100
        strange = replace(operation, id="../admin?x=1#y")
        await at.provider.poll(strange)
        assert at.server.calls[-1].path == "/v1/videos/../admin?x=1#y"
        assert json.dumps(dict(operation.facts)) == '{"profile": "litellm"}'
