"""What is asked for, what comes back, what is raised, and what the environment says."""

from __future__ import annotations

import builtins
import inspect
import pickle
import traceback
from pathlib import Path

import pydantic
import pytest

from reelwright.cli.make.batch import batch
from reelwright.client import exceptions as e
from reelwright.client.options import load_options
from reelwright.client.policy import MAX_PROMPT_LENGTH
from reelwright.client.videos import BatchResult, VideoRequest, VideoResponse, validate_prompt
from reelwright.errors import ReelwrightError
from reelwright.studio.policy import BATCH_CONCURRENCY

TWINS = {
    e.APIError: RuntimeError,
    e.TimeoutError: builtins.TimeoutError,
    e.DownloadError: OSError,
    e.ValidationError: ValueError,
    e.OperationNotFoundError: LookupError,
}


@pytest.mark.parametrize(("kind", "twin"), TWINS.items(), ids=lambda one: one.__name__)
def test_every_error_is_also_its_builtin_twin(kind: type[e.VideoGenerationError], twin: type[Exception]):
    error = kind("said", details={"a": 1})
    assert isinstance(error, (e.VideoGenerationError, ReelwrightError)) and isinstance(error, twin)
    assert str(error) == error.message == "said" and error.details == {"a": 1}
    assert kind("said").details == {}
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind and str(again) == "said" and again.details == {"a": 1}


def test_every_error_has_a_code_that_stays():
    codes = {kind: kind("said").code for kind in (e.VideoGenerationError, *TWINS)}
    assert codes == {
        e.VideoGenerationError: "failed",
        e.APIError: "api_error",
        e.TimeoutError: "timed_out",
        e.DownloadError: "download_failed",
        e.ValidationError: "invalid_request",
        e.OperationNotFoundError: "operation_not_found",
    }
    late = e.APIError("said", code="provider_failed", reason="busy")
    again = pickle.loads(pickle.dumps(late))
    assert (again.code, again.reason) == ("provider_failed", "busy") and set(codes.values()) < set(e.CODES)


def test_errors_keep_what_they_tell_of():
    assert e.APIError("no", 502, "<html>").status_code == 502
    assert e.APIError("no", 400, {"error": 1}).response_data == {"error": 1}
    assert e.TimeoutError("late", 600.5).elapsed_time == 600.5
    lost = e.DownloadError("cut", "http://x/1", 1000)
    assert (lost.video_uri, lost.partial_bytes) == ("http://x/1", 1000)
    assert e.ValidationError("no", "prompt").field == "prompt"
    assert e.OperationNotFoundError("gone", "operations/1").operation_name == "operations/1"
    assert e.VideoGenerationError("x").details == {}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": "   \u200b\u3000"}, "prompt"),
        ({"prompt": "x" * (MAX_PROMPT_LENGTH + 1)}, "prompt"),
        ({"prompt": "a\x00b"}, "prompt"),
        ({"prompt": 5}, "prompt"),
        ({}, "prompt"),
        ({"prompt": "a cat", "seconds": 0}, "seconds"),
        ({"prompt": "a cat", "aspect_ratio": "wide"}, "aspect_ratio"),
        ({"prompt": "a cat", "model": ""}, "model"),
        ({"prompt": "a cat", "colour": "red"}, "colour"),
    ],
)
def test_a_request_that_cannot_be_names_its_field(asked: dict[str, object], field: str):
    with pytest.raises(e.ValidationError) as caught:
        VideoRequest(**asked)
    assert caught.value.field == field and isinstance(caught.value, ValueError)


def test_a_request_has_three_fields_and_defaults():
    asked = VideoRequest("  a cat ")
    assert (asked.prompt, asked.model, asked.output_path) == ("a cat", None, None)
    assert VideoRequest(prompt="a cat", output_path="x/y.mp4").output_path == Path("x/y.mp4")


def test_a_prompt_is_checked_the_same_way_alone():
    assert validate_prompt(" cafe\u0301 ") == "café"
    for bad in ("", " \n", 3, None, "x" * (MAX_PROMPT_LENGTH + 1)):
        with pytest.raises(e.ValidationError):
            validate_prompt(bad)


def test_the_longest_prompt_is_taken_and_the_guide_says_how_long_it_is():
    """Source: systems.md S4-38."""
    assert validate_prompt("x" * MAX_PROMPT_LENGTH) == "x" * MAX_PROMPT_LENGTH
    for wrong in ("", " \n\t", "x" * (MAX_PROMPT_LENGTH + 1)):
        with pytest.raises(e.ValidationError) as refused:
            validate_prompt(wrong)
        assert refused.value.field == "prompt"
    guide = Path(__file__).resolve().parents[2] / "docs" / "guides" / "video-generation.md"
    assert f"from 1 to {MAX_PROMPT_LENGTH:,} characters" in guide.read_text(encoding="utf-8")


def test_five_are_under_way_at_once_unless_told_otherwise():
    """Source: systems.md S4-50: in the client and on the command line alike."""
    told = inspect.signature(batch).parameters["concurrency"].default
    assert load_options({}).concurrent_limit == BATCH_CONCURRENCY == told == 5


def test_a_batch_counts_what_it_holds():
    good = VideoResponse(success=True, video_path=Path("a.mp4"))
    bad = VideoResponse(success=False, error="no")
    batch = BatchResult(results=[good, bad, good, good], total_time=2.0)
    assert (batch.total, batch.successful, batch.failed, batch.success_rate) == (4, 3, 1, 0.75)
    assert batch.get_successful_videos() == [good, good, good] and batch.get_failed_videos() == [bad]
    assert good.is_success and not bad.is_success
    assert not VideoResponse(success=True).is_success


def test_an_empty_batch_has_a_rate_of_nothing():
    assert BatchResult(results=[], total_time=0.0).success_rate == 0.0


def test_a_batch_without_a_measured_time_is_accepted():
    for one in (BatchResult(results=[], total_time=None), BatchResult(results=[])):
        assert one.total_time is None and BatchResult(**one.model_dump()) == one


def make_batch() -> BatchResult:
    good = VideoResponse(
        success=True, video_path=Path("a.mp4"), file_size_mb=1.5, generation_time=61.25, prompt="a cat",
        model="litellm-veo-3.1", cost_usd="3.20", project="project_1", notes=["the model retires on 2027-01-01"],
    )  # fmt: skip
    bad = VideoResponse(success=False, error="no", prompt="a dog", exception=e.APIError("no", 502))
    return BatchResult(results=[good, bad], total_time=2.0, details={"quoted_usd": "6.40", "up_to_date": 0})


def test_the_results_of_a_batch_are_a_list_as_in_s4():
    """Source: systems.md S4-26."""
    batch = make_batch()
    assert type(batch.results) is list and type(batch.get_failed_videos()) is list


def test_a_dump_holds_what_is_computed():
    dumped = make_batch().model_dump()
    assert [dumped[name] for name in ("total", "successful", "failed", "success_rate")] == [2, 1, 1, 0.5]
    assert [one["is_success"] for one in dumped["results"]] == [True, False]
    assert set(dumped) == {*BatchResult.model_fields, "total", "successful", "failed", "success_rate"}
    schema = BatchResult.model_json_schema(mode="serialization")
    assert "success_rate" in schema["properties"] and "exception" not in schema["$defs"]["VideoResponse"]["properties"]


def test_a_batch_that_is_dumped_as_json_reads_back_equal():
    batch = make_batch()
    assert BatchResult.model_validate_json(batch.model_dump_json()) == batch
    assert BatchResult(**batch.model_dump()) == batch
    request = VideoRequest("a cat", output_path="x/y.mp4", seconds=8, aspect_ratio="16:9", resolution="720p", seed=7)
    assert VideoRequest.model_validate_json(request.model_dump_json()) == request


def test_a_count_that_the_results_contradict_is_refused():
    with pytest.raises(e.ValidationError) as caught:
        BatchResult(results=[], total_time=0.0, total=7)
    assert caught.value.field == "total" and "7" in str(caught.value) and "0" in caught.value.details["accepted"]


def test_an_exception_is_reachable_and_is_not_dumped():
    failed = make_batch().get_failed_videos()[0]
    assert isinstance(failed.exception, e.APIError) and failed.exception.status_code == 502
    assert "exception" not in failed.model_dump() and "exception" not in failed.model_dump_json()
    assert "exception" not in repr(failed)
    assert failed == failed.model_copy(update={"exception": None})


@pytest.mark.parametrize("value", [make_batch(), make_batch().results[0], VideoRequest("a cat"), load_options({})])
def test_a_value_of_the_library_cannot_be_changed(value: pydantic.BaseModel):
    with pytest.raises(pydantic.ValidationError):
        setattr(value, next(iter(type(value).model_fields)), "other")
    with pytest.raises(e.ValidationError) as caught:
        type(value)(**{**value.model_dump(), "colour": "red"})
    assert caught.value.field == "colour"


def test_the_environment_changes_what_is_gone_by_and_arguments_win():
    said = {
        "VIDEO_GENERATION_BASE_URL": "http://localhost:9000/x",
        "VIDEO_GENERATION_TIMEOUT": "7.5",
        "VIDEO_GENERATION_MAX_RETRIES": "2",
        "VIDEO_GENERATION_OUTPUT_DIR": "clips",
        "VIDEO_GENERATION_API_KEY": "not read from here",
    }
    made = load_options(said, timeout=9)
    assert (made.base_url, made.timeout, made.max_retries) == ("http://localhost:9000/x", 9.0, 2)
    assert made.output_dir == Path("clips") and made.api_key is None and len(made.send_again_s) == 1
    told = {"VIDEO_GENERATION_SUCCESSOR": "yes"}
    assert load_options({}).successor is None and load_options(told).successor is True
    assert load_options(told, successor=False).successor is False
    assert load_options({}).max_wait_time == 600.0 and load_options({}).concurrent_limit == 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timeout", 0),
        ("timeout", "soon"),
        ("timeout", float("nan")),
        ("max_retries", 0),
        ("max_retries", 1.5),
        ("max_retries", True),
        ("concurrent_limit", 65),
        ("base_url", ""),
        ("poll_max_delay", 5),
        ("successor", "perhaps"),
        ("output_dir", ""),
        ("output_dir", "a\x00b"),
        ("max_usd", True),
        ("colour", 1),
    ],
)
def test_what_cannot_be_gone_by_is_refused_by_name(field: str, value: object):
    with pytest.raises(e.ValidationError) as caught:
        load_options({}, **{field: value})
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")
    assert caught.value.details["accepted"] and "pydantic" not in str(caught.value)


def test_a_key_is_never_shown():
    made = load_options({}, api_key="canary-key")
    shown = repr(made) + str(made) + repr(made.model_dump()) + made.model_dump_json()
    assert "canary-key" not in shown and made.api_key.get_secret_value() == "canary-key"
    for wrong in (b"canary-\xff", ["canary-key"]):
        with pytest.raises(e.ValidationError) as caught:
            load_options({}, api_key=wrong)
        assert caught.value.field == "api_key"
        assert "canary" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.details)
    with pytest.raises(e.ValidationError) as caught:
        load_options({}, api_key=" ")
    assert "canary" not in str(caught.value)
