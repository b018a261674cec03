"""Results print what they printed as dataclasses, byte for byte, and are read back from their JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from reelwright.studio.results.result_model import ResultModel
from studio.result_examples import EXAMPLES
from sweep import sweep

GOLDEN = Path(__file__).parent / "golden_results.json"
"""What ``to_json`` of each example returned on 2026-11-22, before results were models.

``exit_code`` of a checkup was added by ``doctor`` then, and lists of rows were made by their verbs. ``usd`` of a
project came with the list that shows what it cost, the parts that play with the pages.
"""


def test_a_result_prints_the_same_bytes_as_ever() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    with sweep() as case:
        for name, example in EXAMPLES.items():
            with case(name):
                assert json.dumps(example.to_json()) == json.dumps(golden[name])


def test_a_result_is_read_back_from_its_json() -> None:
    with sweep() as case:
        for name, example in EXAMPLES.items():
            with case(name):
                document = example.to_json()
                read = type(example).model_validate(document)
                assert read.to_json() == document
                assert type(example).model_validate_json(json.dumps(document), strict=True) == read


OURS, PAGES = "reelwright.", ("reelwright.server.routes.", "reelwright.server.dialects.")


def test_every_result_has_an_example() -> None:
    there = {type(example) for example in EXAMPLES.values()}
    for example in EXAMPLES.values():
        assert isinstance(example, ResultModel) and type(example).__doc__
    assert {kind.__name__ for kind in _list_results()} == {kind.__name__ for kind in there}


def _list_results() -> list[type[ResultModel]]:
    """Return all results but the pages of rows that routes make: which stand depends on what was imported."""
    found = []
    left = ResultModel.__subclasses__()
    while left:
        found.append(kind := left.pop())
        left += kind.__subclasses__()
    return [kind for kind in found if kind.__module__.startswith(OURS) and not kind.__module__.startswith(PAGES)]


def test_a_result_cannot_be_changed_and_a_changed_copy_is_validated() -> None:
    quote = EXAMPLES["ProjectQuote"]
    with pytest.raises(ValidationError):
        quote.micros = 0
    assert quote.replace(notes=("one",)).notes == ("one",)
    for wrong in ({"notes": "one"}, {"micros": "-"}, {"nonsense": 1}):
        with pytest.raises(ValidationError):
            quote.replace(**wrong)


def test_results_with_the_same_values_are_equal_and_hash_alike() -> None:
    event = EXAMPLES["Progress, bare"]
    twin = event.replace()
    assert twin == event and hash(twin) == hash(event) and twin is not event
    assert event != event.replace(event_id=1)
