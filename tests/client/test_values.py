"""What is asked for, what comes back, what is raised, and what the environment says."""

from __future__ import annotations

import builtins
import inspect
import pickle
from pathlib import Path

import pytest

from reelwright.cli.batch import batch
from reelwright.client import exceptions as e
from reelwright.client.options import load_options
from reelwright.client.videos import MAX_PROMPT_LENGTH, BatchResult, VideoRequest, VideoResponse, validate_prompt
from reelwright.errors import ReelwrightError
from reelwright.studio.batch_runner import CONCURRENCY

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
    assert load_options({}).concurrent_limit == CONCURRENCY == told == 5


def test_a_batch_counts_what_it_holds():
    good = VideoResponse(success=True, video_path=Path("a.mp4"))
    bad = VideoResponse(success=False, error="no")
    batch = BatchResult(results=(good, bad, good, good), total_time=2.0)
    assert (batch.total, batch.successful, batch.failed, batch.success_rate) == (4, 3, 1, 0.75)
    assert batch.get_successful_videos() == [good, good, good] and batch.get_failed_videos() == [bad]
    assert good.is_success and not bad.is_success
    assert not VideoResponse(success=True).is_success


def test_an_empty_batch_has_a_rate_of_nothing():
    assert BatchResult(results=(), total_time=0.0).success_rate == 0.0


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
        ("colour", 1),
    ],
)
def test_what_cannot_be_gone_by_is_refused_by_name(field: str, value: object):
    with pytest.raises(e.ValidationError) as caught:
        load_options({}, **{field: value})
    assert caught.value.field == field


def test_a_key_is_never_shown():
    made = load_options({}, api_key="canary-key")
    assert "canary-key" not in repr(made) + str(made)
    with pytest.raises(e.ValidationError) as caught:
        load_options({}, api_key=" ")
    assert "canary" not in str(caught.value)
