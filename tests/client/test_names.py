"""Names of files from words that anybody may have written; the video's place in an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.client.exceptions import APIError
from reelwright.client.naming import generate_filename, sanitize_filename
from reelwright.client.policy import MAX_FILE_NAME_BYTES
from reelwright.client.video_uri import parse_video_uri


@pytest.mark.parametrize(
    ("given_", "made"),
    [
        ("a cat.mp4", "a cat.mp4"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\..\\x.mp4", "_.._x.mp4"),
        ("CON", "_CON"),
        ("aux.mp4", "_aux.mp4"),
        ("a\nb\x00c", "a_b_c"),
        ("take%03d.png", "take_03d.png"),
        ("  .hidden. ", "hidden"),
        ("-rf", "rf"),
        ("\u202egpm.exe", "gpm.exe"),
        ("", "video"),
        ("...", "video"),
        ("///", "video"),
        ("cafe\u0301.mp4", "café.mp4"),
        ("猫" * 300 + ".mp4", "猫" * 65 + ".mp4"),
    ],
)
def test_a_name_becomes_one_that_every_system_takes(given_: str, made: str):
    assert sanitize_filename(given_) == made


@given(st.text(max_size=400))
def test_no_text_names_a_folder_or_too_long_a_file(text: str):
    name = sanitize_filename(text)
    assert Path(name).name == name and name not in (".", "..")
    assert 0 < len(name.encode()) <= MAX_FILE_NAME_BYTES + 1
    assert sanitize_filename(name) == name


@given(st.text(min_size=1, max_size=200))
def test_the_same_prompt_never_names_the_same_file_twice(prompt: str):
    one, other = generate_filename(prompt), generate_filename(prompt)
    assert one != other and one.endswith(".mp4") and sanitize_filename(one) == one


def test_a_name_begins_with_the_prompt():
    assert generate_filename("A lighthouse at dusk, 4k!", "webm").startswith("a-lighthouse-at-dusk-4k_")


GEMINI = {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": "https://x/v1beta/files/a:download"}}]}}


@pytest.mark.parametrize(
    ("answer", "uri"),
    [
        ({"name": "n", "done": True, "response": GEMINI}, "https://x/v1beta/files/a:download"),
        (GEMINI, "https://x/v1beta/files/a:download"),
        ({"done": True, "response": {"videos": [{"gcsUri": "gs://b/o.mp4"}]}}, "gs://b/o.mp4"),
        ({"done": True, "response": {"generatedVideos": [{"video": {"uri": "http://p/1"}}]}}, "http://p/1"),
        ({"response": {"generatedSamples": [{}, {"video": {"uri": "http://p/2"}}]}}, "http://p/2"),
    ],
)
def test_the_video_is_found_in_every_shape_of_answer(answer: dict[str, Any], uri: str):
    assert parse_video_uri(answer) == uri


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"name": "n"}, "not done yet"),
        ({"done": True, "error": {"code": 13, "message": "inside"}}, "failed: inside"),
        (
            {"done": True, "response": {"generateVideoResponse": {"raiMediaFilteredReasons": ["a face"]}}},
            "withheld the video: a face",
        ),
        ({"done": True, "response": {}}, "holds no video"),
        ({"done": True, "response": "text"}, "holds no video"),
    ],
)
def test_an_answer_without_a_video_says_why(answer: dict[str, Any], said: str):
    with pytest.raises(APIError, match=said) as caught:
        parse_video_uri(answer)
    assert caught.value.response_data == answer
