"""Replicate's wire on recorded exchanges, and its official client as an oracle that our fake serves."""

from __future__ import annotations

import asyncio
import json
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from net.signed_webhooks import sign_webhook
from providers.conformance import AT_ONCE, SECRET
from providers.exchanges import Exchange, all_of
from reelwright.catalogue.models import get_sold_model, list_sold_models
from reelwright.errors import NotAccepted, OutcomeUnknown, Refused
from reelwright.providers.fakes.replicate import FakeReplicate
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.replicate import Replicate
from reelwright.providers.wires import replicate as wire
from reelwright.providers.wires.answers import parse_retry_after
from reelwright.providers.wires.replicate_inputs import NAMES
from reelwright.reel.graph.request import Input, Request
from reelwright.units import convert_frames_to_ms

ADVERT = Request(
    model="hailuo-2.3-fast", mode="image_to_video", prompt="slow push in", ms=6000, resolution="768p",
    inputs=(Input(role="first_frame", asset="0" * 64),), extra={"prompt_optimizer": True},
)  # fmt: skip
GIVEN = {"first_frame": ["https://example.com/f.png"]}
BED = Request(
    model="musicgen", mode="music", prompt="lofi", ms=8000,
    extra={"model_version": "stereo-large", "output_format": "mp3", "normalization_strategy": "peak"},
)  # fmt: skip


# ---- recorded exchanges
def test_an_official_models_body_is_the_recorded_one():
    sent = Exchange("replicate/submit_accepted").sent
    row = get_sold_model("hailuo-2.3-fast")
    assert wire.build_path(row.sold_as) == sent["path"]
    assert wire.build_body(ADVERT, row, GIVEN, None) == {"input": sent["json"]["input"]}


def test_a_versions_body_is_the_recorded_one():
    sent = Exchange("replicate/submit_community_version").sent
    row = get_sold_model("musicgen")
    assert wire.build_path(row.sold_as) == sent["path"]
    assert wire.build_body(BED, row, {}, None) == sent["json"]


@pytest.mark.parametrize("name", all_of("replicate", "submit_4") + all_of("replicate", "submit_5"))
def test_a_recorded_refusal_is_read_rightly(name):
    told = Exchange(name)
    error = wire.make_error(told.status, told.headers, told.json)
    expected = {429: NotAccepted, 503: OutcomeUnknown}.get(told.status, Refused)
    assert type(error) is expected and error.params["status"] == told.status and error.params["fault"]
    if isinstance(error, NotAccepted):
        assert error.after_s == 30
    if told.status == 503:
        assert isinstance(wire.make_error(503, {}, told.json, waits_on_503=True), NotAccepted)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("poll_pending", "running"), ("poll_success", "succeeded"), ("poll_success_list", "succeeded"),
        ("poll_failed", "failed"), ("poll_filtered", "refused"), ("poll_expired_data_removed", "expired"),
        ("cancel_ok", "cancelled"), ("submit_accepted", "queued"),
    ],
)  # fmt: skip
def test_a_recorded_prediction_stands_where_it_stands(name, state):
    told = Exchange(f"replicate/{name}").json
    assert wire.parse_id(told) == "gm3qorzdhgbfurvjtvhg6dckhu"
    progress = wire.parse_progress(told)
    assert progress.state == state
    if state == "succeeded":
        assert progress.outputs[0].url.startswith("https://replicate.delivery/")
        assert progress.outputs[0].expires == datetime(2026, 11, 20, 7, 0, 59, tzinfo=UTC)
    if name == "poll_failed":
        assert progress.can_retry and "E004" in progress.message
    if state == "refused":
        assert progress.missing[0].reason == "filtered"


def test_a_signed_webhook_names_its_prediction_and_a_forged_or_old_one_nothing():
    secret = Exchange("replicate/webhook_secret").json["key"]
    body = json.dumps(Exchange("replicate/webhook_completed").sent["json"]).encode()
    poke = Replicate.read_webhook
    headers = sign_webhook(secret, "msg_1", body)
    assert poke(None, headers, body, [secret]) == "gm3qorzdhgbfurvjtvhg6dckhu"
    assert poke(None, headers, body, ["whsec_bm90b3Vycw==", secret]) == "gm3qorzdhgbfurvjtvhg6dckhu"
    assert poke(None, headers, body + b" ", [secret]) is None
    assert poke(None, headers, body, ["whsec_bm90b3Vycw=="]) is None
    old = sign_webhook(secret, "msg_1", body, datetime.now(UTC) - timedelta(seconds=301))
    assert poke(None, old, body, [secret]) is None
    assert poke(None, sign_webhook(secret, "m", b"[1]"), b"[1]", [secret]) is None


# ---- our words to theirs
def test_every_model_that_is_sold_has_its_names():
    assert {row.sold_as.partition(":")[0] for row in list_sold_models("replicate")} <= set(NAMES)


@pytest.mark.parametrize("row", list_sold_models("replicate"), ids=lambda row: row.id)
def test_what_a_row_may_be_asked_for_has_a_name_there(row):
    names = NAMES[row.sold_as.partition(":")[0]]
    assert not row.has_seed or names.seed
    assert not row.has_negative_prompt or names.negative
    assert row.sound != "asked" or names.sound
    assert row.samples == 1 or names.samples
    assert len(row.seconds) < 2 or names.seconds
    assert len(row.resolutions) < 2 or names.resolution
    assert not row.aspects or names.aspect
    assert "first_last_frame" not in row.modes or names.last_frame
    assert "reference_to_video" not in row.modes or names.references
    assert "image_to_image" not in row.modes or names.references or names.source


def test_words_go_under_their_models_own_names():
    frames = Request(model="wan-2.2-i2v-fast", mode="image_to_video", prompt="p", ms=5000, resolution="480p", seed=3)
    told = wire.build_body(frames, get_sold_model(frames.model), GIVEN, 9)["input"]
    assert told == {
        "prompt": "p", "image": "https://example.com/f.png", "num_frames": 81, "resolution": "480p", "seed": 3,
    }  # fmt: skip
    kling = Request(model="kling", mode="image_to_video", prompt="p", ms=5000, aspect="16:9", resolution="1080p")
    told = wire.build_body(kling, get_sold_model("kling"), GIVEN, None)["input"]
    assert told == {"prompt": "p", "start_image": "https://example.com/f.png", "duration": 5}
    pro = replace(kling, model="kling-v3", sound=True, extra={"negative_prompt": "not said"})
    told = wire.build_body(pro, get_sold_model("kling-v3"), {}, None)["input"]
    assert told["mode"] == "pro" and told["generate_audio"] is True and told["aspect_ratio"] == "16:9"
    veo = Request(model="replicate-veo-3.1", mode="reference_to_video", prompt="p", ms=8000, aspect="16:9")
    told = wire.build_body(veo, get_sold_model(veo.model), {"reference": ["a", "b"]}, 5)["input"]
    assert told["reference_images"] == ["a", "b"] and told["seed"] == 5
    flux = Request(model="flux-2-pro", mode="text_to_image", prompt="p", aspect="1:1", extra={"megapixels": 2})
    assert wire.build_body(flux, get_sold_model(flux.model), {}, None)["input"]["resolution"] == "2 MP"


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("https://a/b.mp4", ["https://a/b.mp4"]), (["https://a/1", "https://a/2"], ["https://a/1", "https://a/2"]),
        ({"thumb": "https://a/t", "video": "https://a/v"}, ["https://a/v"]), ({"x": ["https://a/t"]}, ["https://a/t"]),
        ("some words", []), (None, []), (["words", 3], []), ({}, []), ("file:///etc/passwd", []),
    ],
)  # fmt: skip
def test_an_output_may_be_a_text_a_list_or_an_object(output, found):
    assert wire.collect_urls(output) == found


@pytest.mark.parametrize(
    ("headers", "said", "seconds"),
    [
        ({"retry-after": "30"}, "", 30), ({}, "Your rate limit resets in ~12s.", 12), ({}, "no", 0),
        ({"retry-after": "-5"}, "", 0), ({"retry-after": "99999999"}, "", 86_400),
        ({"retry-after": "\xb2"}, "", 0), ({"retry-after": "7200"}, "", 7200), ({"retry-after": "soon"}, "", 0),
        ({"retry-after": "Fri, 20 Nov 2020 06:00:00 GMT"}, "", 0),
        ({"retry-after": "Fri, 20 Nov 2020 06:01:00 GMT", "date": "Fri, 20 Nov 2020 06:00:00 GMT"}, "", 60),
    ],
)  # fmt: skip
def test_a_wait_is_read_wherever_it_is_told(headers, said, seconds):
    assert parse_retry_after(headers, said) == seconds


def test_a_listed_prediction_of_our_model_is_never_called_anothers():
    asset = {"$asset": "0" * 64, "mime": "image/png"}
    body = {"input": {"prompt": "A fox.", "first_frame_image": asset, "duration": 6, "sound": True}}
    prepared = {"model": "m/n", "body": body}
    given = {"prompt": "A fox.", "first_frame_image": "https://moved", "duration": 6.0, "sound": True, "more": True}
    row: dict[str, Any] = {"model": "m/n", "created_at": "2026-11-20T06:00:01.000Z", "input": given}
    changes = [
        ({}, "same"),
        ({"duration": "6"}, "same"),
        ({"duration": "6.0", "sound": "true"}, "same"),
        ({"prompt": " A  fox. "}, "same"),
        ({"prompt": "A fox"}, "possible"),
        ({"prompt": "A f…"}, "possible"),
        ({"duration": 10}, "possible"),
        ({"first_frame_image": "data:image/png;base64,AAAA"}, "possible"),
    ]
    for change, expected in changes:
        assert wire.match({**row, "input": {**given, **change}}, prepared) == expected, change
    for also, expected in (
        ({"model": "m/o"}, "other"),
        ({"model": "M/N:0123"}, "same"),
        ({"model": "n"}, "same"),
        ({"model": None}, "possible"),
        ({"created_at": None}, "possible"),
        ({"input": {}, "data_removed": True}, "possible"),
    ):
        assert wire.match({**row, **also}, prepared) == expected, also


def test_frames_and_lengths_of_wan_agree():
    assert convert_frames_to_ms(80, (16, 1)) == 5000


# ---- the official client
@pytest.fixture
def client():
    """replicate 1.0.7, which still stands on pydantic's first version."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import replicate
    made = []

    def opened(url: str) -> Any:
        made.append(replicate.Client(api_token=SECRET, base_url=url))
        return made[-1]

    yield opened
    for one in made:
        one._client.close()


async def test_the_official_client_sends_what_we_send_and_is_served_by_our_fake(client):
    async with FakeServer(FakeReplicate(script=AT_ONCE, secret=SECRET)) as server:
        theirs = client(server.url)

        def talk() -> Any:
            told = wire.build_body(ADVERT, get_sold_model(ADVERT.model), GIVEN, None)
            made = theirs.models.predictions.create(("minimax", "hailuo-2.3-fast"), input=told["input"])
            made.reload()
            bed = wire.build_body(BED, get_sold_model(BED.model), {}, None)
            later = theirs.predictions.create(version=bed["version"], input=bed["input"])
            return made, later, [one.id for one in theirs.predictions.list()], theirs.webhooks.default.secret()

        made, later, listed, secret = await asyncio.to_thread(talk)
        submits = [call for call in server.calls if call.kind == "submit"]
        assert submits[0].path == wire.build_path("minimax/hailuo-2.3-fast")
        assert submits[0].parse_json() == wire.build_body(ADVERT, get_sold_model(ADVERT.model), GIVEN, None)
        assert submits[1].path == "/v1/predictions"
        assert submits[1].parse_json() == wire.build_body(BED, get_sold_model(BED.model), {}, None)
        assert made.status == "succeeded" and made.output.startswith(server.url) and listed == [later.id, made.id]
        assert secret.key.startswith("whsec_")


async def test_the_official_client_uploads_cancels_and_is_refused_by_our_fake(client):
    async with FakeServer(FakeReplicate(secret=SECRET)) as server:
        theirs = client(server.url)

        def talk() -> Any:
            from io import BytesIO

            from replicate.exceptions import ReplicateError

            file = theirs.files.create(BytesIO(b"picture"), filename="input.png")
            made = theirs.models.predictions.create(("black-forest-labs", "flux-dev"), input={"prompt": "p"})
            stopped = theirs.predictions.cancel(made.id)
            with pytest.raises(ReplicateError) as raised:
                theirs.models.predictions.create(("black-forest-labs", "flux-dev"), input={})
            return file, stopped, raised.value, theirs.files.delete(file.id)

        file, stopped, refused, removed = await asyncio.to_thread(talk)
        assert file.size == 7 and removed and stopped.status == "canceled" and refused.status == 422
