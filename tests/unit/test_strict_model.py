"""What a person wrote wrong is named by path, with the value and with what is accepted there in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from reelwright.errors import BadInput
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.value import define_value


@define_value
class Page:
    words: str
    size: Annotated[int, Field(ge=1, le=9)] = 1
    kind: Literal["plain", "bold"] = "plain"
    value: int | str | bool | None = None


@define_value
class Book:
    title: Annotated[str, Field(min_length=1, max_length=5)]
    pages: tuple[Page, ...] = ()
    notes: Annotated[Mapping[str, str], Field(alias="remarks")] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("value", "place", "wrong", "accepted"),
    [
        ([], "book", [], "a mapping with keys among title, pages, remarks"),
        ({}, "book.title", None, "this key, which has to be there"),
        ({"titel": "A"}, "book", "titel", "keys among title, pages, remarks"),
        ({"title": "A", "notes": {}}, "book", "notes", "keys among title, pages, remarks"),
        ({"title": ""}, "book.title", "", "text"),
        ({"title": 1}, "book.title", 1, "text"),
        ({"title": "A long one"}, "book.title", "A long one", "at most 5 characters"),
        ({"title": "A", "pages": "one"}, "book.pages", "one", "a list"),
        ({"title": "A", "pages": [{}]}, "book.pages.0.words", None, "this key, which has to be there"),
        ({"title": "A", "pages": [{"word": 1}]}, "book.pages.0", "word", "keys among words, size, kind, value"),
        ({"title": "A", "pages": [{"words": "a", "size": "1"}]}, "book.pages.0.size", "1", "a whole number"),
        ({"title": "A", "pages": [{"words": "a", "size": 0}]}, "book.pages.0.size", 0, "1 or more"),
        ({"title": "A", "pages": [{"words": "a", "size": 10}]}, "book.pages.0.size", 10, "at most 9"),
        ({"title": "A", "pages": [{"words": "a", "kind": "b"}]}, "book.pages.0.kind", "b", "'plain' or 'bold'"),
        (
            {"title": "A", "pages": [{"words": "a", "value": 1.5}]},
            "book.pages.0.value", 1.5, "a whole number or text or true or false",
        ),
        ({"title": "A", "remarks": {"int": 1}}, "book.remarks.int", 1, "text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place_and_what_is_accepted(
    value: Any, place: str, wrong: object, accepted: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read_strictly(Book, value, "book")
    assert (refused.value.field, refused.value.value, refused.value.accepted) == (place, wrong, accepted)


def test_a_place_that_ends_in_a_blank_takes_no_dot() -> None:
    with pytest.raises(BadInput, match=r"^book\.yaml: pages\.0: "):
        read_strictly(Book, {"title": "A", "pages": [1]}, "book.yaml: ")
    with pytest.raises(BadInput, match=r"^book\.yaml: 1 is not"):
        read_strictly(Book, 1, "book.yaml: ")


def test_lists_become_tuples_and_values_cannot_change() -> None:
    read = read_strictly(Book, {"title": "A", "pages": [{"words": "a", "value": True}]}, "book")
    assert read == Book(title="A", pages=(Page(words="a", value=True),), notes={})
