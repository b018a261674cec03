"""Reasons: what is stored of an error, a wait or a change comes back as it was, whatever it holds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import DamagedAsset, NotFound, ReelwrightError, Refused
from reelwright.messages import format_advice, format_reason, format_step_reason
from reelwright.net.redact import redact_error, redact_reason, remember_secret
from reelwright.reason import LEGACY, Action, Reason, build_reason
from reelwright.reel.base.value import Digest
from reelwright.store.schema.sql import encode_reason, shorten_reason

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True).filter(lambda name: name != "kind")
ACTIONS = st.lists(st.builds(Action, st.just("resume_job"), st.dictionaries(NAMES, PLAIN, max_size=2)), max_size=2)


def reasons_of(values: Any) -> Any:
    params = st.dictionaries(NAMES, values, max_size=3)
    return st.builds(Reason, TEXT.filter(bool), st.none() | TEXT, params, ACTIONS.map(tuple))


REASONS = reasons_of(st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | reasons_of(inner), max_leaves=8))


@given(REASONS)
def test_a_reason_survives_the_way_to_json_and_back(reason: Reason) -> None:
    assert Reason.from_json(json.loads(json.dumps(reason.to_json()))) == reason


@given(REASONS)
def test_a_reason_survives_a_text_column(reason: Reason) -> None:
    assert Reason.from_text(encode_reason(reason)) == reason


def test_reasons_inside_reasons_and_in_lists_of_them_come_back_as_reasons() -> None:
    cause = build_reason("no_answer", cause=build_reason("refused", message="busy", actions=[Action("wait")]))
    reason = build_reason("step_stuck", step="take/a", causes=[cause, Reason("journal_moved"), "words"])
    assert Reason.from_text(encode_reason(reason)) == reason
    assert reason.params["causes"][0].params["cause"].actions == (Action("wait"),)


def test_lone_surrogates_and_nul_never_reach_a_text_column() -> None:
    stored = encode_reason(build_reason("media_error", last_words="a \x00 and \ud800", causes=["\udfff"]))
    assert stored.isascii() and "\\u0000" not in stored and "\\ud800" not in stored
    back = Reason.from_text(stored)
    assert back and back.params == {"last_words": "a \N{REPLACEMENT CHARACTER} and ?", "causes": ["?"]}


def test_long_texts_and_lists_are_shortened_wherever_they_stand() -> None:
    long = "x" * 10_000
    cause = build_reason("refused", message=long, actions=[Action("edit_shot", {"with": long})])
    reason = build_reason("step_stuck", causes=[cause] * 30, hint=long)
    stored = encode_reason(reason)
    assert len(stored) < 50_000
    back = Reason.from_text(stored)
    assert back and len(back.params["causes"]) == 20 and len(back.params["hint"]) == 1000
    shortened = back.params["causes"][0]
    assert shortened.params["message"] == "x" * 999 + "…" and len(shortened.actions[0].params["with"]) == 1000
    assert shorten_reason(reason) == json.loads(stored), "an event holds what the column holds"


def test_no_reason_is_an_empty_text_and_no_event() -> None:
    assert encode_reason(None) == "" and shorten_reason(None) is None
    assert Reason.from_text("") is None and Reason.from_text(None) is None and Reason.from_json(None) is None


@pytest.mark.parametrize("sentence", ["no answer was seen", "429", '{"error": "quota"}', "{code}", '"code":'])
def test_the_sentence_of_an_older_version_is_read_as_it_stands(sentence: str) -> None:
    reason = Reason.from_text(sentence)
    assert reason == Reason(LEGACY, params={"message": sentence})
    assert Reason.from_json(sentence) == reason
    assert Reason.from_text(encode_reason(reason)) == reason


def test_a_code_that_this_version_does_not_know_is_kept_and_shown_by_its_message_or_its_name() -> None:
    told = Reason.from_text(encode_reason(Reason("moon_is_full", "take/a", {"message": "the moon is {full}"})))
    assert told and format_reason(told) == "the moon is {full}" and format_step_reason(told).startswith("take/a")
    assert format_reason(Reason("moon_is_full")) == "moon_is_full"


def test_an_action_that_this_version_does_not_know_is_kept_and_gives_no_advice() -> None:
    stored = encode_reason(Reason("refused")).replace('"actions":[]', '"actions":[{"kind":"phone","whom":"them"}]')
    reason = Reason.from_text(stored)
    assert reason and reason.actions[0].params == {"whom": "them"}
    assert format_advice(reason) == ""


def test_a_value_that_is_neither_a_reason_nor_plain_is_read_as_it_stands() -> None:
    document = {**build_reason("x").to_json(), "params": {"size": {"width": 2}}}
    assert Reason.from_json(document) == Reason("x", params={"size": {"width": 2}})


def test_errors_paths_and_other_values_become_what_a_reason_can_hold() -> None:
    error = Refused("busy", hint="later")
    reason = build_reason("x", error=error, path=ValueError("odd"), nothing=ValueError(), steps=("a", "b"))
    assert reason.params["error"] == Reason("refused", params={"message": "busy", "hint": "later"})
    assert (reason.params["path"], reason.params["nothing"]) == ("odd", "ValueError")
    assert reason.params["steps"] == ["a", "b"]
    json.dumps(reason.to_json())


def test_an_error_is_made_again_from_its_reason() -> None:
    error = NotFound(code="job_not_found", job="job_1", step="take/a", hint="look", actions=[Action("list_jobs")])
    again = ReelwrightError.from_reason(error.to_reason())
    assert again.to_reason() == error.to_reason()
    assert (again.message, again.hint) == (error.message, error.hint)


def test_an_error_that_is_stored_holds_no_secret_at_any_depth() -> None:
    remember_secret("canary-0123456789")
    words = "the key canary-0123456789 is wrong"
    cause = build_reason("refused", message=words, causes=[words, Reason("refused", params={"message": words})])
    error = DamagedAsset(Digest("0" * 64), name=words, actions=[Action("edit_shot", {"with": words})])
    error.params["cause"], error.advice = cause, words
    assert "canary" not in str(redact_error(error)) and "canary" not in encode_reason(redact_reason(cause))
    assert "canary" not in str(redact_error(ValueError(words)))
    assert redact_error(error, "take/a").step == "take/a"
    assert redact_error(replace_step(error, "take/b"), "take/a").step == "take/b"


def replace_step(error: ReelwrightError, step: str) -> ReelwrightError:
    return ReelwrightError.from_reason(replace(error.to_reason(), step=step))


@pytest.mark.parametrize(
    "words", ['{"code": 400, "message": "no"}', '{"code":"x","params":3}', '{"code":', "=1+1", "{}"]
)
def test_a_sentence_of_an_older_version_that_looks_like_json_is_read_as_a_sentence(words: str) -> None:
    found = Reason.from_text(words)
    assert found is not None and (found.code, found.params) == ("legacy", {"message": words})
