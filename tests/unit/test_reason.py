"""Reasons survive their storage, and what a provider says is never taken for a template."""

from __future__ import annotations

from reelwright.errors import Refused
from reelwright.messages import format_advice, format_reason
from reelwright.reason import Action, Reason, build_reason


def test_a_reason_with_reasons_inside_is_read_back_as_it_was_stored() -> None:
    inner = build_reason("rate_limited", provider="paper", fault="slow down (429)")
    reason = build_reason("nothing_delivered", step="take/s01", causes=[inner, "words"], cause=inner)
    reason = Reason(reason.code, reason.step, reason.params, (Action("fix_key", {"provider": "paper"}),))
    assert Reason.from_json(reason.to_json()) == reason


def test_words_from_outside_may_hold_braces() -> None:
    error = Refused(code="content_filtered", provider="paper", fault="{no} {", hint="try {this} {")
    assert error.message.endswith("{no} {") and error.hint == "try {this} {"
    assert format_advice(error.to_reason()) == "try {this} {" and "{no}" in format_reason(error.to_reason())
