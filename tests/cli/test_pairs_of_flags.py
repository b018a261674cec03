"""Options with two sides, such as ``--native`` and ``--no-native``: each verb tells both apart, and refuses neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.conftest import Run
from cli.test_fetch_verb import hub_beside
from engines.conftest import write_weights
from engines.fake_hub import FakeHub
from reelwright.cli.app import app

BRIEF = 'A lamp called "Fenn". It never flickers. Order at fenn.example'
TINY = ("--length", "8", "--short-side", "180", "--model", "openrouter-veo-3.1-fast")
LICENCE = ("--licence", "acme-1")


def list_pairs(command: Any, name: str = "") -> Iterator[str]:
    """Yield each option with two sides, as the negative one is typed."""
    for param in command.params:
        for negative in (one for one in param.secondary_opts if one.startswith("--no-")):
            yield f"{name} {negative}"
    for word, inner in getattr(command, "commands", {}).items():
        yield from list_pairs(inner, f"{name} {word}".strip())


def price(reelwright: Run, *args: str, field: str = "usd") -> str:
    ran = reelwright(*args, "--json")
    assert ran.code == 0, ran.err or ran.out
    return str(ran.json[field])


def price_sound(verb: str, *more: str) -> Callable[[Run, str, Path], str]:
    return lambda reelwright, flag, folder: price(reelwright, verb, BRIEF, *TINY, flag, *more)


def price_edit(reelwright: Run, flag: str, folder: Path) -> str:
    """Of a film that is planned with the other side of the flag."""
    before = [] if flag == "--native" else ["--native"]
    planned = reelwright("make", BRIEF, *TINY, "--aspect", "16:9,9:16", *before, "--until", "plan")
    assert planned.code == 0, planned.err
    return price(reelwright, "edit", "last", flag, "--quote", field="film_usd")


def add_model(reelwright: Run, flag: str, folder: Path) -> bool:
    weights = str(write_weights(folder / flag.strip("-")))
    ran = reelwright("models", "add", weights, *LICENCE, flag, "--json")
    assert ran.code == 0, ran.err or ran.out
    return bool(ran.json["may_be_sold"])


def fetch_model(reelwright: Run, flag: str, folder: Path) -> bool:
    with hub_beside(FakeHub(facts={})) as url:
        ran = reelwright("models", "fetch", "acme/tiny", *LICENCE, flag, REELWRIGHT_HUB_URL=url)
    assert ran.code == 4, ran.err
    return "NO COMMERCIAL USE" not in ran.err


PAIRS: dict[str, Callable[[Run, str, Path], object]] = {
    "make --no-sound": price_sound("make", "--quote"),
    "quote --no-sound": price_sound("quote"),
    "clip --no-sound": lambda reelwright, flag, folder: price(
        reelwright, "clip", "a cat", "--model", "openrouter-veo-3.1-fast", flag, "--quote"
    ),
    "edit --no-native": price_edit,
    "models add --no-commercial": add_model,
    "models fetch --no-commercial": fetch_model,
}


def test_every_pair_of_flags_is_tried_here() -> None:
    assert set(list_pairs(get_command(app))) == set(PAIRS)


@pytest.mark.parametrize("pair", PAIRS)
def test_both_sides_of_a_flag_are_taken_and_differ(reelwright: Run, tmp_path: Path, pair: str) -> None:
    negative = pair.split()[-1]
    seen = [PAIRS[pair](reelwright, flag, tmp_path) for flag in (negative.replace("--no-", "--"), negative)]
    assert seen[0] != seen[1]
