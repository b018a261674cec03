"""Google's two video wires as pure functions: what is sent, and every recorded answer read as ours."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import BadInput, NotAccepted, OutcomeUnknown, Refused
from reelwright.providers.families import interactions, long_running
from reelwright.providers.families.assets import Picture, embed_base64
from reelwright.providers.families.google_faults import make_submit_error, parse_fault
from reelwright.providers.families.inline import InlineExtractor, parse_without_inline
from reelwright.providers.families.support_codes import explain_reason
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request

from providers.exchanges import Exchange, all_of  # isort: skip

PNG = base64.b64decode(
    Exchange("google_interactions/submit_i2v_accepted").sent["json"]["input"][0]["content"][0]["data"]
)
FRAME = Picture(role="first_frame", asset=Digest("a" * 64), mime="image/png")
LAST = replace(FRAME, role="last_frame")
REFERENCE = replace(FRAME, role="reference")
OMNI = Request(
    model="gemini-omni-1.1-flash",
    mode="text_to_video",
    prompt="A red fox walks through snow, morning light",
    ms=8000,
    aspect="16:9",
    resolution="720p",
)
VEO = Request(
    model="vertex-veo-3.1", mode="text_to_video", prompt="A red fox walks through snow", ms=8000, aspect="16:9"
)


async def png(digest: Digest) -> Any:
    yield PNG[:20]
    yield PNG[20:]


async def sent(body: Any) -> Any:
    return await embed_base64(body, png)


# ---- Omni: what is sent
async def test_a_film_from_words_is_what_was_recorded():
    body = interactions.build_body(OMNI, "gemini-omni-1.1-flash", ())
    assert body == Exchange("google_interactions/submit_accepted").sent["json"]


async def test_a_film_from_a_picture_is_what_was_recorded():
    request = replace(OMNI, mode="image_to_video", prompt="slow push in")
    body = interactions.build_body(request, "gemini-omni-1.1-flash", (FRAME,))
    assert "a" * 64 in json.dumps(body) and "iVBOR" not in json.dumps(body)
    assert await sent(body) == Exchange("google_interactions/submit_i2v_accepted").sent["json"]


def parts_of(body: Any) -> list[Any]:
    return list(body["input"][0]["content"])


def test_a_last_frame_is_the_second_picture_whatever_order_it_came_in():
    pictures = (replace(LAST, asset=Digest("b" * 64)), FRAME)
    body = interactions.build_body(replace(OMNI, mode="first_last_frame"), "gemini-omni-1.1-flash", pictures)
    first, last, words = parts_of(body)
    assert first["data"] == {"$asset": "a" * 64} and last["data"] == {"$asset": "b" * 64}
    assert words["text"].startswith("<FIRST_FRAME> <LAST_FRAME> A red fox")
    assert body["generation_config"]["video_config"]["task"] == "image_to_video"


def test_references_are_named_by_number_role_and_name():
    request = replace(
        OMNI,
        mode="reference_to_video",
        extra={"references": [{"role": "person", "name": "Mia"}, {"role": "product", "name": "mug"}]},
    )
    words = parts_of(interactions.build_body(request, "gemini-omni-1.1-flash", (REFERENCE, REFERENCE)))[-1]["text"]
    assert words.startswith("[# References <IMAGE_REF_0>@Image1 <IMAGE_REF_1>@Image2] A red fox")
    assert "<IMAGE_REF_0> is Mia (person). <IMAGE_REF_1> is mug (product)." in words


def test_a_first_frame_and_a_reference_are_told_apart():
    request = replace(OMNI, mode="reference_to_video")
    words = parts_of(interactions.build_body(request, "gemini-omni-1.1-flash", (REFERENCE, FRAME)))[-1]["text"]
    assert words.startswith("[# Sources <FIRST_FRAME>@Image1] [# References <IMAGE_REF_0>@Image2] A red fox")


def test_tags_of_a_prompt_are_left_as_they_are():
    request = replace(OMNI, mode="reference_to_video", prompt="<IMAGE_REF_0> waves")
    body = interactions.build_body(request, "gemini-omni-1.1-flash", (REFERENCE,))
    assert parts_of(body)[-1]["text"] == "<IMAGE_REF_0> waves"


@pytest.mark.parametrize(("ms", "said"), [(8000, "8s"), (10000, "10s"), (7500, "7.5s"), (3001, "3.001s")])
def test_a_length_is_a_duration_as_text(ms, said):
    body = interactions.build_body(replace(OMNI, ms=ms), "gemini-omni-1.1-flash", ())
    assert body["response_format"]["duration"] == said


def test_a_picture_is_asked_for_in_one_answer_and_not_kept_there():
    request = Request(model="gemini-3.1-flash-image", mode="text_to_image", prompt="a fox", aspect="9:16")
    body = interactions.build_body(request, "gemini-3.1-flash-image", ())
    assert body["response_format"] == {"type": "image", "aspect_ratio": "9:16"}
    assert body["background"] is False and body["store"] is False and "generation_config" not in body


# ---- Omni: what comes back
def omni(name: str) -> Any:
    exchange = Exchange(f"google_interactions/{name}")
    assert exchange.status == 200
    return interactions.parse_progress(parse_without_inline(exchange.body, interactions.FILM_MEMBERS))


def test_what_waits_and_runs_is_not_over():
    assert omni("poll_queued").state == "queued"
    assert omni("poll_pending").state == "running"
    assert omni("submit_accepted").state == "running"


@pytest.mark.parametrize("word", ["requires_action", "requires_continuation", "warming_up", "", None])
def test_a_status_that_nobody_knows_goes_on(word):
    assert interactions.parse_progress({"id": "v1_x", "status": word}).state == "running"


def test_a_finished_film_lies_at_an_address_and_is_billed_by_its_tokens():
    progress = omni("poll_success_uri")
    (output,) = progress.outputs
    assert progress.state == "succeeded" and output.mime == "video/mp4"
    assert output.url == "https://generativelanguage.googleapis.com/v1beta/files/fox123:download?alt=media"
    assert output.expires and output.expires.isoformat() == "2026-11-22T06:01:10+00:00"
    assert progress.bill and progress.bill.certainty == "computed"
    assert progress.bill.micros == -(-(46336 * 17_500_000 + 12 * 1_500_000) // 1_000_000)


def test_a_film_inside_of_an_answer_stays_there_until_it_is_fetched():
    assert [output.url for output in omni("poll_success_inline").outputs] == ["inline:0"]


def test_words_without_a_film_are_the_content_filter():
    progress = omni("poll_filtered_textonly")
    assert progress.state == "refused" and "I can't create that video." in progress.message
    assert [(lost.reason, lost.sample) for lost in progress.missing] == [("filtered", 0)]


def test_a_film_that_was_counted_and_not_given_has_failed_and_was_billed():
    told = dict(Exchange("google_interactions/poll_success_uri").json)
    progress = interactions.parse_progress({**told, "steps": []})
    assert progress.state == "failed" and progress.bill and progress.bill.micros


def test_a_failure_is_told_in_its_own_words():
    progress = omni("poll_failed")
    assert progress.state == "failed" and "Internal error during generation." in progress.message
    assert progress.can_retry, "Google's own trouble may pass"


def test_what_failed_and_was_billed_is_not_bought_again_by_itself():
    told = dict(Exchange("google_interactions/poll_success_uri").json)
    failed = {**told, "steps": [], "status": "failed", "errors": [{"code": "api_error", "message": "x"}]}
    progress = interactions.parse_progress(failed)
    assert progress.bill and not progress.can_retry


@pytest.mark.parametrize("code", sorted(interactions.FILTERED))
def test_a_failure_by_the_content_filter_is_a_refusal(code):
    progress = interactions.parse_progress({"status": "failed", "errors": [{"code": code, "message": "Blocked."}]})
    assert progress.state == "refused" and progress.missing[0].reason == "filtered"


def test_a_cancelled_one_is_cancelled():
    assert omni("cancel_ok").state == "cancelled"


# ---- errors of a submit, on all wires
EXPECTED = {
    "submit_400": Refused,
    "submit_401": Refused,
    "submit_403": Refused,
    "submit_403_frontend_array": Refused,
    "submit_404_model": Refused,
    "submit_404_retired": Refused,
    "submit_429": NotAccepted,
    "submit_429_quota": Refused,
    "submit_429_rate": NotAccepted,
    "submit_500": OutcomeUnknown,
    "submit_503": OutcomeUnknown,
    "submit_filtered_400": Refused,
}


def failed_submits() -> list[Any]:
    named = [*all_of("google_interactions", "submit_"), *all_of("google_veo_geminiapi", "submit_")]
    named += all_of("google_veo_vertex", "submit_")
    return [one for one in named if Exchange(one.values[0]).status != 200]


@pytest.mark.parametrize("name", failed_submits())
def test_an_error_answer_to_a_submit_means_what_it_means(name):
    exchange = Exchange(name)
    fault = parse_fault(exchange.status, exchange.headers, exchange.body)
    error = make_submit_error(fault)
    assert type(error) is EXPECTED[name.partition("/")[2]]
    told = exchange.json[0] if isinstance(exchange.json, list) else exchange.json
    assert told["error"]["message"] in error.params["fault"] and error.params["status"] == exchange.status
    if exchange.status == 503:
        assert type(make_submit_error(fault, retry_on_503=True)) is NotAccepted


def test_a_wait_is_read_from_wherever_it_stands():
    def wait(name: str) -> float:
        exchange = Exchange(name)
        return parse_fault(exchange.status, exchange.headers, exchange.body).after_s

    assert wait("google_interactions/submit_429_rate") == 30
    assert wait("google_veo_geminiapi/submit_429") == 38
    assert wait("google_veo_vertex/submit_429") == 0
    said = json.dumps({"error": {"code": 429, "message": "Quota hit. Please retry in 23.397s."}}).encode()
    assert parse_fault(429, {}, said).after_s == 23.397
    never = json.dumps({"error": {"code": 429, "details": [{"retryDelay": f"{'9' * 30}s"}]}}).encode()
    assert parse_fault(429, {}, never).after_s == 86_400


@given(st.binary(max_size=300), st.integers(400, 599))
def test_an_error_of_any_bytes_is_still_an_error(body, status):
    error = make_submit_error(parse_fault(status, {"retry-after": "-5"}, body))
    assert isinstance(error, Refused | NotAccepted | OutcomeUnknown) and len(str(error)) < 700


# ---- Veo: what is sent
def test_a_submission_to_vertex_is_what_was_recorded():
    want = Exchange("google_veo_vertex/submit_accepted").sent["json"]
    request = replace(
        VEO,
        mode="image_to_video",
        resolution="1080p",
        samples=2,
        seed=7,
        sound=True,
        extra={
            "negative_prompt": "blurry",
            "person_generation": "allow_adult",
            "enhance_prompt": True,
            "compression_quality": "OPTIMIZED",
            "resize_mode": "PAD",
        },
    )
    body = long_running.build_body(request, (FRAME,), "vertex", "gs://b/out/", "j1")
    assert body["parameters"] == want["parameters"]
    assert body["labels"] == {"reelwright": "j1"}
    assert set(body["instances"][0]) == {"prompt", "image"} and set(body["instances"][0]["image"]) == {
        "bytesBase64Encoded",
        "mimeType",
    }


async def test_a_submission_with_both_frames_on_the_gemini_wire_is_what_was_recorded():
    request = replace(
        VEO,
        mode="first_last_frame",
        resolution="720p",
        extra={"negative_prompt": "blurry", "person_generation": "allow_adult"},
    )
    body = await sent(long_running.build_body(request, (FRAME, LAST), "gemini"))
    assert body == Exchange("google_veo_geminiapi/submit_accepted").sent["json"]


async def test_a_submission_with_references_on_the_gemini_wire_is_what_was_recorded():
    request = replace(VEO, mode="reference_to_video", prompt="the character waves")
    body = await sent(long_running.build_body(request, (REFERENCE,), "gemini"))
    assert body == Exchange("google_veo_geminiapi/submit_reference_images_accepted").sent["json"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"seed": 3}, "seed"),
        ({"sound": False}, "sound"),
        ({"extra": {"resize_mode": "PAD"}}, "resize_mode"),
        ({"extra": {"references": [{"role": "style", "name": "noir"}]}}, "references"),
        ({"inputs": (Input(role="last_frame", asset=Digest("a" * 64)),)}, "last_frame"),
    ],
)
def test_what_the_gemini_wire_has_no_field_for_is_refused(change, field):
    with pytest.raises(BadInput) as raised:
        long_running.check_wire(replace(VEO, **change), "gemini")
    assert raised.value.field == field


def test_vertex_takes_a_seed_and_a_film_without_sound():
    long_running.check_wire(replace(VEO, seed=3, sound=False, extra={"resize_mode": "PAD"}), "vertex")


# ---- Veo: what comes back
def veo(name: str) -> Any:
    exchange = Exchange(name)
    assert exchange.status == 200
    return long_running.parse_progress(parse_without_inline(exchange.body, long_running.FILM_MEMBERS))


def test_an_operation_without_done_runs():
    assert veo("google_veo_vertex/poll_pending").state == "running"
    assert veo("google_veo_geminiapi/poll_pending").state == "running"


def test_films_lie_in_storage_in_files_or_in_the_answer():
    stored = veo("google_veo_vertex/poll_success_gcs")
    assert [output.url for output in stored.outputs] == [
        "gs://b/out/1/sample_0.mp4",
        "gs://b/out/1/sample_1.mp4",
    ]
    assert [output.url for output in veo("google_veo_vertex/poll_success_inline").outputs] == ["inline:0"]
    (filed,) = veo("google_veo_geminiapi/poll_success").outputs
    assert filed.url == "https://generativelanguage.googleapis.com/v1beta/files/veo123:download?alt=media"


def test_what_the_filter_left_is_delivered_and_the_rest_is_missing_with_its_reason():
    progress = veo("google_veo_geminiapi/poll_filtered_partial")
    assert progress.state == "succeeded" and [output.sample for output in progress.outputs] == [0]
    (lost,) = progress.missing
    assert (lost.sample, lost.reason) == (1, "filtered") and "children" in lost.message
    assert progress.message.startswith("1 of 2 were filtered")


@pytest.mark.parametrize("name", ["google_veo_geminiapi/poll_filtered_all", "google_veo_vertex/poll_filtered"])
def test_all_filtered_is_a_refusal_with_its_reason_in_plain_words(name):
    progress = veo(name)
    assert progress.state == "refused" and not progress.outputs
    assert [lost.reason for lost in progress.missing] == ["filtered"]
    assert "this means: " in progress.message


def test_an_error_with_words_of_policy_is_the_filter_and_any_other_is_a_failure():
    assert veo("google_veo_vertex/poll_failed").state == "refused"
    assert veo("google_veo_geminiapi/poll_failed_error").state == "failed"
    for code, state in [(3, "failed"), (8, "failed"), (13, "failed"), (14, "failed"), (5, "lost"), (1, "cancelled")]:
        told = {"name": "models/x/operations/y", "done": True, "error": {"code": code, "message": "No luck."}}
        progress = long_running.parse_progress(told)
        assert progress.state == state and progress.can_retry == (code in (8, 13, 14))


def test_done_without_films_and_reasons_is_a_failure_and_never_a_success():
    for told in ({}, {"response": {}}, {"response": {"videos": [{}]}}, {"response": {"videos": ["x"]}}):
        assert long_running.parse_progress({"name": "n", "done": True, **told}).state == "failed"


def test_a_film_beside_an_error_is_taken():
    """By Google's own protocol only one of both may be there; what is there was paid for."""
    error = {"error": {"code": 13, "message": "x"}}
    done = {"name": "n", "done": True, "response": {"videos": [{"gcsUri": "gs://b/v.mp4"}]}}
    assert long_running.parse_progress({**done, **error}).state == "succeeded"
    told = dict(Exchange("google_interactions/poll_success_uri").json)
    for status in ("failed", "cancelled"):
        assert interactions.parse_progress({**told, "status": status}).outputs


def test_only_an_answer_without_film_and_reason_says_nothing():
    assert long_running.parse_progress({"name": "n", "done": True}).is_empty
    assert not long_running.parse_progress({"name": "n", "done": True, "error": {"code": 3, "message": "x"}}).is_empty
    assert interactions.parse_progress({"status": "completed", "steps": []}).is_empty
    assert not omni("poll_failed").is_empty and not omni("poll_filtered_textonly").is_empty


@pytest.mark.parametrize("name", ["gemini-omni-1.2-flash-001", "models/gemini-omni-1.2-flash"])
def test_tokens_are_priced_however_an_answer_writes_the_model(name):
    told = {**Exchange("google_interactions/poll_success_uri").json, "model": "gemini-omni-1.2-flash"}
    assert interactions.compute_bill({**told, "model": name}) == interactions.compute_bill(told) is not None


def test_all_four_filtered_with_one_reason_are_four_missing():
    response = {"raiMediaFilteredCount": 4, "raiMediaFilteredReasons": ["Support codes: 61493863"]}
    progress = long_running.parse_progress({"name": "n", "done": True, "response": response})
    assert [(lost.sample, "violence" in lost.message) for lost in progress.missing] == [(n, True) for n in range(4)]


def test_numbers_that_nobody_knows_are_left_alone():
    assert explain_reason("Support codes: 12345678") == "Support codes: 12345678"


# ---- answers of any shape
NAMES = st.sampled_from(
    [
        "id", "status", "steps", "type", "content", "uri", "data", "usage", "output_tokens_by_modality", "modality",
        "tokens", "model", "errors", "code", "message", "done", "response", "videos", "generateVideoResponse",
        "generatedSamples", "raiMediaFilteredCount", "raiMediaFilteredReasons", "error", "name", "metadata",
        "progressPercentage", "total_input_tokens", "total_output_tokens", "details", "retryDelay", "video",
    ]
)  # fmt: skip
WORDS = st.sampled_from(["completed", "model_output", "video", "image", "text", "gemini-omni-1.1-flash", "3s", "9"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5)
ANYTHING = st.recursive(
    LEAVES, lambda one: st.lists(one, max_size=4) | st.dictionaries(NAMES, one, max_size=6), max_leaves=25
)


@given(st.dictionaries(NAMES, ANYTHING, max_size=8), st.sampled_from(["completed", "failed", "queued", "odd"]))
def test_an_answer_of_any_shape_is_read_as_some_progress(told, status):
    for progress in (
        interactions.parse_progress({**told, "status": status}),
        long_running.parse_progress({**told, "done": status == "completed"}),
    ):
        assert progress.state != "succeeded" or progress.outputs
        assert progress.state in ("queued", "running", "succeeded") or progress.message
        assert progress.bill is None or (progress.bill.micros or 0) >= 0
        assert progress.fraction_done is None or 0 <= progress.fraction_done <= 1


# ---- films inside of JSON
def test_every_exchange_goes_through_the_sieve_whole():
    for folder in ("google_interactions", "google_veo_vertex", "google_veo_geminiapi"):
        for one in all_of(folder):
            exchange = Exchange(one.values[0])
            if exchange.json is not None:
                assert parse_without_inline(exchange.body, ()) == exchange.json


@given(
    films=st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=4),
    words=st.text(max_size=20),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=60),
    style=st.sampled_from(["plain", "escaped", "url", "lines"]),
    data=st.data(),
)
def test_a_film_comes_out_as_it_went_in_however_the_answer_is_cut(films, words, cuts, style, data):
    wanted = data.draw(st.integers(0, len(films) - 1))

    def told(film: bytes) -> str:
        text = base64.b64encode(film).decode()
        return {
            "url": text.replace("+", "-").replace("/", "_").rstrip("="),
            "lines": "\n".join([text[:5], text[5:]]),
        }.get(style, text)

    answer = {"words": words, "videos": [{"bytesBase64Encoded": told(film), "n": n} for n, film in enumerate(films)]}
    body = json.dumps(answer, indent=1, ensure_ascii=bool(len(words) % 2))
    if style == "escaped":
        body = body.replace("/", "\\/").replace("=", "\\u003d")
    raw = body.encode()
    sieve, got, at, turn = InlineExtractor(("bytesBase64Encoded",), wanted), b"", 0, 0
    while at < len(raw):
        step = cuts[turn % len(cuts)]
        got += sieve.feed(raw[at : at + step])
        at, turn = at + step, turn + 1
    assert got == films[wanted]
    assert sieve.found == len(films)
    rest = sieve.parse_rest()
    assert [video["bytesBase64Encoded"] for video in rest["videos"]] == [f"inline:{n}" for n in range(len(films))]
    assert rest["words"] == json.loads(body)["words"]


def test_what_is_no_base64_is_told():
    sieve = InlineExtractor(("data",), 0)
    with pytest.raises(ValueError):
        sieve.feed(b'{"data": "a*%$"}')
