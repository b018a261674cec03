"""The texts of reasons and actions: each can be made from its values, and names no command of the command line."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from reelwright.advice_texts import ACTIONS, ADVICE
from reelwright.cli.app import app
from reelwright.cli.output.actions import format_action
from reelwright.message_texts import MESSAGES
from reelwright.messages import Names, format_advice, format_plain_action, format_reason
from reelwright.reason import Action, ActionKind, Reason

KINDS = get_args(ActionKind)
TEXTS = {"MESSAGES": MESSAGES, "ADVICE": ADVICE, "ACTIONS": ACTIONS}
NAMES = Names(name_step=lambda step: f"<{step}>", name_file=lambda file: f"[{file}]")
FORMATS: Mapping[str, tuple[object, str]] = {
    "usd": (1_250_000, "$1.25"),
    "step": (["take/a", "take/b"], "<take/a>, <take/b>"),
    "file": ("0a1b", "[0a1b]"),
    "duration": (150, "2 min"),
    "after": ("why", ": why"),
    "before": ("photo.png", "photo.png: "),
    "sentences": ([Reason("interrupted"), "b", "b"], f"{MESSAGES['interrupted']}; b"),
    "assigned": ("4", " to 4"),
    "until": ("2026-11-24", " until 2026-11-24"),
    "g": (0.5, "0.5"),
    ".1f": (0.5, "0.5"),
    ".0%": (0.5, "50%"),
    ".2f": (0.5, "0.50"),
    ".3f": (0.5, "0.500"),
    "quoted": ("it's", '"it\'s"'),
    "": ("words", "words"),
}
"""By format: a value, and the text that is made of it."""


def fields_of(template: str) -> dict[str, str]:
    return {name: spec or "" for _, name, spec, _ in string.Formatter().parse(template) if name is not None}


def fill(template: str) -> dict[str, Any]:
    return {name: FORMATS[spec][0] for name, spec in fields_of(template).items()}


def test_every_template_is_filled_with_its_values() -> None:
    for code, template in MESSAGES.items():
        text = format_reason(Reason(code, params=fill(template)), NAMES)
        assert text and not set("{}?") & set(text.replace("may you write there?", "")), code
        for spec in fields_of(template).values():
            assert FORMATS[spec][1] in text, code


def test_every_piece_of_advice_is_of_a_code_and_is_filled_with_its_values() -> None:
    for code, template in ADVICE.items():
        assert code in MESSAGES, code
        text = format_advice(Reason(code, params=fill(template)), NAMES)
        assert text and not set("{}") & set(text), code


def test_a_value_that_is_missing_becomes_a_question_mark_and_never_an_error() -> None:
    for code, template in MESSAGES.items():
        text = format_reason(Reason(code))
        needed = [spec for spec in fields_of(template).values() if spec not in ("after", "before", "assigned", "until")]
        assert text.count("?") >= len(needed) and not set("{}") & set(text), code
        format_advice(Reason(code))


@given(
    st.sampled_from([*MESSAGES]),
    st.none() | st.booleans() | st.floats() | st.text() | st.lists(st.text() | st.integers()) | st.just(Reason("x")),
)
def test_a_value_of_another_type_is_shown_and_never_an_error(code: str, value: object) -> None:
    params = dict.fromkeys(fields_of(MESSAGES[code]) | fields_of(ADVICE.get(code, "")), value)
    reason = Reason(code, params=params)
    assert isinstance(format_reason(reason, NAMES), str) and isinstance(format_advice(reason, NAMES), str)


def test_words_from_outside_are_no_template() -> None:
    hint = "put {this} into {0} and {"
    for code in ("refused", next(iter(ADVICE))):
        assert format_advice(Reason(code, params={"hint": hint})) == hint
    assert format_reason(Reason.from_text("no {answer}")) == "no {answer}"


def test_the_last_words_of_a_tool_end_the_sentence() -> None:
    assert format_reason(Reason("job_failed", params={"last_words": "no ink"})).endswith(": no ink")


def test_advice_comes_before_actions_and_nothing_twice() -> None:
    reason = Reason("x", params={"hint": "look"}, actions=(Action("wait"), Action("wait"), Action("reconcile")))
    assert format_advice(reason) == f"look; {ACTIONS['wait']}; {ACTIONS['reconcile']}"
    assert format_advice(reason, format_action=lambda action: "") == "look"


def test_every_action_has_a_text_and_nothing_else_has_one() -> None:
    assert sorted(ACTIONS) == sorted(KINDS)


@pytest.mark.parametrize("format_one", [format_plain_action, format_action])
def test_every_action_can_be_shown_with_its_values_and_without(format_one: Callable[[Action], str]) -> None:
    known = {"project": "project_0123456789", "purchase": "purchase_9876543210", "shot": 3, "usd": "1.25"}
    for kind in KINDS:
        needed = {name: FORMATS[spec][0] for name, spec in fields_of(ACTIONS[kind]).items()}
        for params in ({}, known, needed, {**needed, **known}):
            text = format_one(Action(kind, params))
            assert not set("{}") & set(text) and text == " ".join(text.split()), kind
            silent = format_one is format_action and kind == "answer_question"  # the sentence of the error asks it
            assert bool(text) != silent or not params.keys() >= needed.keys(), kind


@pytest.mark.parametrize("texts", TEXTS)
def test_no_text_below_the_doors_names_a_command_or_a_flag(texts: str) -> None:
    command = rf"\breelwright ({'|'.join(get_command(app).commands)})\b|--|`"  # type: ignore[attr-defined]
    for name, text in TEXTS[texts].items():
        assert not re.search(command, text), f"{texts}: {name}: {text}"


@pytest.mark.parametrize("texts", TEXTS)
def test_a_text_is_part_of_a_sentence(texts: str) -> None:
    for name, text in TEXTS[texts].items():
        assert text == text.strip() and "  " not in text and not text.endswith("."), f"{texts}: {name}: {text}"


def test_no_code_of_the_client_is_one_of_a_text() -> None:
    from reelwright.client.exceptions import CODES

    assert not set(CODES) & MESSAGES.keys(), "an error of the client keeps the message that it was given"
