"""A film in two aspects whose process is killed on the way: what was made stays, and both films are as undisturbed."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crash.makes import MAKE, RESUME, Makes, makes_in
from studio.frames import pictures

TWO = (*(arg if arg != "9:16" else "9:16,16:9" for arg in MAKE),)
FURTHER = ("edit", "last", "--aspect", "9:16,16:9", "--yes", "--json")


def see(end: dict[str, Any]) -> list[Any]:
    """What a viewer sees of each film, in order."""
    return [pictures(Path(film["path"])) for film in end["films"]]


@pytest.fixture
def two_formats(tmp_path: Path) -> Iterator[Makes]:
    with makes_in(tmp_path / "killed") as made:
        yield made


def test_a_film_in_two_aspects_that_is_killed_goes_on_where_it_was(two_formats: Makes, tmp_path: Path) -> None:
    seed = int(os.environ.get("REELWRIGHT_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}")
    with makes_in(tmp_path / "whole") as whole:
        undisturbed = whole.live(*TWO)
        assert undisturbed and len(undisturbed["films"]) == 2
        had = whole.had()
        looks = see(undisturbed)
    moments = random.Random(seed)
    end = two_formats.live(*TWO, kill_after=moments.uniform(3, 9))
    for _ in range(2):
        before = two_formats.had()
        end = end or two_formats.live(*(RESUME if before else TWO))
        assert before.items() <= two_formats.had().items(), "something that was had is lost"
    assert end and see(end) == looks
    assert two_formats.had() == had, "nothing was made twice, and nothing else"
    two_formats.check_sent_once()
    two_formats.check_ledger()
    assert not two_formats.litter


def test_a_further_aspect_makes_nothing_of_the_first_again(two_formats: Makes) -> None:
    first = two_formats.live(*MAKE)
    assert first
    before = two_formats.had()
    end = two_formats.live(*FURTHER)
    assert end and len(end["films"]) == 2 and before.items() <= two_formats.had().items()
    assert pictures(Path(end["films"][0]["path"])) == pictures(Path(first["film"]["path"]))
    two_formats.check_sent_once()
