"""OpenRouter's adapter: the class that every adapter passes, its fixtures, and its official client as an oracle."""

from __future__ import annotations

import base64
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.conformance import AT_ONCE, PNG, SECRET, Remote, Script
from providers.exchanges import Exchange
from reelwright.catalogue.models import get_sold_model
from reelwright.errors import BadInput, NotAccepted, OutcomeUnknown, Refused
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse
from reelwright.net.keys import Key
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.openrouter import FakeOpenRouter
from reelwright.providers.fakes.script import fail_late, filter_samples
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.families.video_faults import make_submit_error, parse_fault, parse_retry_after
from reelwright.providers.openrouter import OpenRouter, build_body, parse_bill, parse_progress
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request

FOX = Request(
    model="openrouter-veo-3.1", mode="text_to_video", prompt="A red fox", ms=8000, aspect="16:9", resolution="720p",
    sound=True, seed=7,
)  # fmt: skip
FIRST = Digest("f" * 64)
FROM_A_PICTURE = replace(FOX, mode="image_to_video", inputs=(Input(role="first_frame", asset=FIRST),))


@asynccontextmanager
async def opened(url, secret):
    async with HttpClient("openrouter", url, auth={"Authorization": f"Bearer {secret}"}) as http:
        yield OpenRouter(http, Key("openrouter", secret, "a test"))


class TestOpenRouter(Remote):
    name = "openrouter"
    request = replace(FOX, ms=4000)
    bad = (
        replace(FOX, ms=5000),
        replace(FOX, aspect="1:1"),
        replace(FOX, resolution="144p"),
        replace(FOX, samples=2),
        replace(FOX, mode="image_to_video"),
        replace(FOX, extra={"cfg_scale": 7}),
        replace(FOX, extra={"negative_prompt": "fog"}, model="openrouter-kling-v3-std", seed=None),
    )
    assets = {FIRST: PNG}
    reports = True

    def adapter(self, url, secret):
        return opened(url, secret)


class TestOpenRouterFromAPicture(TestOpenRouter):
    """The same with an input that is sent as a data URI and journaled by its digest."""

    request = FROM_A_PICTURE

    async def test_the_picture_is_sent_whole_and_not_journaled(self):
        async with self.opened() as at:
            prepared = await self.prepared(at)
            assert base64.b64encode(PNG).decode() not in json.dumps(prepared)
            await self.submit(at)
            sent = at.server.calls[-1].parse_json()["frame_images"]
            url = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
            assert sent == [{"type": "image_url", "image_url": {"url": url}, "frame_type": "first_frame"}]

    async def test_what_was_prepared_by_another_adapter_is_not_sent(self):
        async with self.opened() as at:
            prepared = await self.prepared(at)
            async with self.adapter(at.server.url, SECRET) as other:
                with pytest.raises(NotAccepted):
                    await other.submit(prepared, at.keep, at.make)
            assert at.server.count("submit") == 0


# ---- the wire, replayed
def test_what_is_completed_and_names_no_address_is_fetched_all_the_same():
    for told in ({}, {"unsigned_urls": None, "urls": []}):
        progress = parse_progress({"status": "completed", "usage": {"cost": 0.4}, **told})
        assert progress.state == "succeeded" and [output.sample for output in progress.outputs] == [0]


def test_what_is_sent_is_what_the_fixture_of_an_accepted_submit_says():
    said = Exchange("openrouter/submit_accepted").sent["json"]
    row = get_sold_model("openrouter-veo-3.1")
    sent = build_body(FOX, row, (), "purchase_1")
    assert {**sent, "frame_images": said["frame_images"]} == {**said, "session_id": "purchase_1"}


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("poll_pending", "running"),
        ("poll_success", "succeeded"),
        ("poll_failed", "refused"),
        ("poll_expired", "expired"),
    ],
)
def test_polls_are_read_as_their_fixtures_mean_them(name, state):
    progress = parse_progress(Exchange(f"openrouter/{name}").json)
    assert progress.state == state
    if state == "succeeded":
        assert progress.bill and progress.bill.micros == 3_200_000
        assert [output.sample for output in progress.outputs] == [0]
        assert progress.outputs[0].expires == datetime(2025, 11, 21, 6, 0, tzinfo=UTC)
    if state == "refused":
        assert progress.missing[0].reason == "filtered" and "content policy" in progress.message


@pytest.mark.parametrize(
    ("status", "kind", "code", "action"),
    [
        (400, Refused, "request_refused", None),
        (401, Refused, "wrong_credentials", "fix_key"),
        (402, Refused, "funds_missing", "add_funds"),
        (403, Refused, "content_filtered", None),
        (404, Refused, "model_not_sold", "choose_model"),
        (429, NotAccepted, "rate_limited", None),
        (503, OutcomeUnknown, "answered_with_error", None),
    ],
)
def test_refusals_are_told_apart_as_their_fixtures_mean_them(status, kind, code, action):
    told = Exchange(f"openrouter/submit_{status}")
    fault = parse_fault(HttpResponse(status=told.status, headers=told.headers, body=told.body))
    error = make_submit_error("OpenRouter", fault, retry_on_503=False, key="OPENROUTER_API_KEY")
    assert (type(error), error.code) == (kind, code) and fault.message in error.params["fault"]
    assert next((each.kind for each in error.actions), None) == action


@given(st.floats() | st.integers() | st.text(max_size=9) | st.booleans() | st.none() | st.lists(st.integers()))
def test_whatever_is_told_as_a_cost_is_micro_dollars_or_unknown(cost):
    bill = parse_bill({"cost": cost})
    if cost is None:
        assert bill is None
    elif bill.micros is None:
        assert bill.certainty == "unknown"
    else:
        assert bill.micros >= 0 and bill.certainty == "reported"


@pytest.mark.parametrize(
    ("cost", "micros"), [(3.2, 3_200_000), (0.1 + 0.2, 300_000), (1e-7, 0), (0, 0), ("0.40", 400_000)]
)
def test_a_cost_is_read_to_the_micro_dollar(cost, micros):
    bill = parse_bill({"cost": cost})
    assert bill and bill.micros == micros


@pytest.mark.parametrize("cost", ["1e999999", "1e400", 10**40, "9" * 40, float("inf"), "nan", "sNaN", -0.01, True])
def test_a_cost_beyond_all_money_is_an_unknown_price(cost):
    assert parse_bill({"cost": cost}).micros is None


@pytest.mark.parametrize("cost", ["1_000", "\u0661", "1e3", "+5", " 5", "5 USD", [], {}])
def test_a_cost_that_is_no_amount_is_unknown_and_kept_as_reported(cost):
    bill = parse_bill({"cost": cost})
    assert (bill.micros, bill.certainty) == (None, "unknown") and str(cost).strip() in bill.basis


FIELDS = ["id", "status", "error", "urls", "unsigned_urls", "usage", "expires_at"]
ANYTHING = st.text(max_size=8) | st.integers() | st.none() | st.lists(st.text(max_size=3), max_size=3)


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_any_answer_to_a_poll_is_a_progress(told):
    assert parse_progress({"status": "completed", **told}).state


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7), ("-5", 0), ("1e9", 0), ("999999999999", 86_400), ("soon", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
     ("Wed, 21 Oct 2099 07:28:00 GMT", 86_400), ("", 0), ("٣", 0)],
)  # fmt: skip
def test_a_wait_is_obeyed_and_an_absurd_one_is_not(said, seconds):
    assert parse_retry_after({"retry-after": said}) == seconds


@given(st.binary(max_size=200), st.sampled_from([400, 404, 422, 429, 500]))
def test_any_error_body_is_told_in_words(body, status):
    fault = parse_fault(HttpResponse(status=status, headers={}, body=body))
    assert fault.message and fault.message.isprintable()


def test_a_negative_prompt_goes_where_veo_takes_it_and_is_refused_where_it_would_be_dropped():
    body = build_body(replace(FOX, extra={"negative_prompt": "fog"}), get_sold_model("openrouter-veo-3.1"), (), "p")
    assert body["provider"] == {"options": {"google-vertex": {"parameters": {"negativePrompt": "fog"}}}}


# ---- the official client
async def call_of_theirs(server, **said):
    from openrouter import OpenRouter as Client

    async with Client(api_key=SECRET, server_url=f"{server.url}/api/v1") as client:
        return await client.video_generation.generate_async(**said, retries=None)


@pytest.mark.parametrize("request_", [FOX, FROM_A_PICTURE, replace(FOX, extra={"negative_prompt": "fog"})])
async def test_what_we_send_equals_what_their_client_sends_for_the_same_call(request_):
    test = TestOpenRouter()
    async with test.opened() as at:
        await test.submit(at, request_)
        ours = at.server.calls[-1]
        body = ours.parse_json()
        assert (await call_of_theirs(at.server, **body)).status == "pending"
        theirs = at.server.calls[-1]
        assert theirs.parse_json() == body
        assert (theirs.method, theirs.path, theirs.query) == (ours.method, ours.path, ours.query)
        assert theirs.headers["content-type"] == ours.headers["content-type"]
        assert theirs.headers["authorization"].startswith("Bearer ")


async def test_our_fake_satisfies_their_client_from_submit_to_content():
    from openrouter import OpenRouter as Client

    script = AT_ONCE.add_rule("submit", filter_samples(), [2]).add_rule("submit", fail_late(is_billed=True), [3])
    fake = FakeOpenRouter(Bill(), script)
    async with FakeServer(fake) as server, Client(api_key="theirs", server_url=f"{server.url}/api/v1") as client:
        videos = client.video_generation
        sent = {"model": "google/veo-3.1", "prompt": "A red fox", "duration": 4, "resolution": "720p"}
        made = await videos.generate_async(**sent, generate_audio=True, retries=None)
        told = await videos.get_generation_async(job_id=made.id, retries=None)
        assert told.status == "completed" and told.usage and told.usage.cost == 1.6
        body = await videos.get_video_content_async(job_id=made.id, index=0, retries=None)
        work = fake.remote.get(made.id)
        assert work and await body.aread() == await fake.remote.get_output(work, 0)
        for error in ("content policy", "internal"):
            made = await videos.generate_async(**sent, retries=None)
            told = await videos.get_generation_async(job_id=made.id, retries=None)
            assert told.status == "failed" and error in (told.error or "")
        listed = await videos.list_videos_models_async(retries=None)
        assert "google/veo-3.1" in [one.id for one in listed.data]


@pytest.mark.parametrize("code", [400, 401, 402, 403, 404, 429, 503])
async def test_our_fakes_refusals_are_their_clients_errors(code):
    from reelwright.providers.fakes.script import answer_status

    async with FakeServer(FakeOpenRouter(Bill(), Script().add_rule("submit", answer_status(code)))) as server:
        with pytest.raises(Exception) as raised:
            await call_of_theirs(server, model="google/veo-3.1", prompt="A red fox")
        assert raised.value.status_code == code


async def test_a_picture_that_is_none_is_refused_before_anything_leaves():
    test = TestOpenRouterFromAPicture()
    test.assets = {FIRST: b"%PDF-1.7 no picture"}
    async with test.opened() as at:
        with pytest.raises(BadInput):
            await test.prepared(at)
        assert not at.server.calls
