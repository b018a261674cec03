"""The corpus is what it says: every span stands in its brief, and what may be shown is never a direction too."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

HALVES = ("open", "held_out")
LANGUAGES = {"en": 9, "de": 3, "fr": 3, "es": 3, "pt": 2, "it": 2, "tr": 2, "ar": 2, "bg": 2, "ja": 2}
KINDS = {"descriptor", "quote", "number", "offer", "date", "call", "address", "place", "handle", "telephone"}


def entries(half: str) -> list[dict[str, Any]]:
    found = yaml.safe_load((Path(__file__).parent / f"{half}.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("half", HALVES)
def test_each_half_has_thirty_briefs_of_ten_languages(half: str):
    assert Counter(one["language"] for one in entries(half)) == LANGUAGES
    ids = [one["id"] for one in entries(half)]
    assert len(ids) == len(set(ids)) == 30


@pytest.mark.parametrize("half", HALVES)
def test_every_span_stands_in_its_brief(half: str):
    """A fault names the entry alone: the other half stays unread."""
    faults = set()
    for one in entries(half):
        spans = [*(span["text"] for span in one["certain"]), *one["directions"]]
        spans += [one["name"]["text"]] if one["name"]["text"] else []
        if not all(span in one["brief"] for span in spans) or {span["kind"] for span in one["certain"]} - KINDS:
            faults.add(one["id"])
    assert not faults


@pytest.mark.parametrize("half", HALVES)
def test_nothing_that_may_be_shown_lies_in_a_direction(half: str):
    faults = set()
    for one in entries(half):
        shown = [span["text"] for span in one["certain"]]
        if any(text == told or told in text for text in shown for told in one["directions"]):
            faults.add(one["id"])
    assert not faults


def test_the_halves_share_no_brief():
    assert not {one["brief"].strip() for one in entries("open")} & {one["brief"].strip() for one in entries("held_out")}
