"""Every pattern of the package reads foreign text in linear time: it is given long texts of every adversarial piece.

``make test`` gives each of them 4,000 characters, ``make test-serve`` 1,000,000. Patterns are found where they are
compiled, by walking modules, and where they are used, by reading the code: a pattern that is only ever anchored at a
start (``match``, ``fullmatch``) is tried so. What this does not see: patterns that are made when they are used.
"""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
import regex

import reelwright

SOURCE: Final = Path(reelwright.__file__).parent
KINDS: Final = (re.Pattern, type(regex.compile("")))
SHARDS: Final = 24
"""Cases of the lane: each takes about two minutes of CPU time."""
METHODS: Final = ("match", "fullmatch", "search", "sub", "subn", "findall", "finditer", "split")
PIECES: Final = (
    "a", "A", "aB ", "1", "1.", "1,", "1 000 ", "12:", "é", "你", "ع", "ก", "\U0001f3ac", "\u0301", "a\u0301",
    " ", "\t", "\n", "\r\n", ".", ",", ":", ";", "-", "_", "/", "//", "\\", "'", '"', "“", "«", "(", ")", "[",
    "]", "{", "<", "<!", "<!--", ">", "*", "**", "*a", "**a ", "~~", "~~a", "`", "#", "#a", "@", "a@", "a@a.",
    "a.", "A. ", "http", "http://", "https://a.", "www.a", "://", "://a:", "+1", "+1 ", "$", "$1", "€ ", "%",
    "=", "key=", "token:", "bearer ", "eyJ", "-eyJ", "sk-", "é-", "x\u200d", "\u202e", "![", "![a](", "](",
    "<think>", "a b ", "Ab Cd ", "2024 ", "2024-", "1st ", "-- ", "— ", "a: ", "| ",
    "İ", "ß", "ﬃ",  # letters that are several in another case
)  # fmt: skip

BOUNDED: Final[Mapping[str, str]] = {
    "planner.reading.lines.calls._PREPOSITION": "the last 60 characters of a call",
}
"""Patterns that are not linear, with the little that they ever see."""


OF_ENGINE: Final = ("mochi_attention", "pipeline", "server", "speed")
"""Modules of our own engine that need torch, which only an environment of the engine has."""
OF_VOICE: Final = "reelwright.media.speech.kokoro_voice"
"""The module that needs the packages of the extra ``voice``."""


def list_modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(reelwright.__path__, "reelwright."):
        if found.name in [OF_VOICE, *(f"reelwright.engines.own.{one}" for one in OF_ENGINE)]:
            continue
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


@functools.cache
def find_uses() -> Mapping[str, set[str]]:
    """Return the methods that are called on each name in capitals anywhere in the package."""
    uses: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in METHODS and isinstance(node.value, ast.Name):
                uses.setdefault(f"{path}:{node.value.id}", set()).add(node.attr)
                uses.setdefault(node.value.id, set()).add(node.attr)
    return uses


@functools.cache
def find_patterns() -> Mapping[str, tuple[Any, bool]]:
    """Return each pattern by its place, and whether it may begin anywhere in a text."""
    found: dict[str, tuple[Any, bool]] = {}
    for module in list_modules():
        for name, value in vars(module).items():
            for number, one in enumerate(value if isinstance(value, (tuple, list)) else [value]):
                if isinstance(one, KINDS):
                    own = find_uses().get(f"{module.__file__}:{name}", set())
                    uses = own if own and name.startswith("_") else find_uses().get(name, set())
                    place = f"{module.__name__.removeprefix('reelwright.')}.{name}"
                    found[f"{place}[{number}]" if number else place] = (one, not uses or not uses <= set(METHODS[:2]))
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            library, first = node.func.value, node.args[0]
            is_inline = isinstance(library, ast.Name) and library.id in ("re", "regex") and node.func.attr in METHODS
            if is_inline and isinstance(first, ast.Constant) and isinstance(library, ast.Name):
                made = {"re": re, "regex": regex}[library.id].compile(first.value)
                place = f"{path.relative_to(SOURCE)}: {first.value[:26]}"
                found[place] = (made, node.func.attr not in METHODS[:2])
    return found


def time_pattern(pattern: Any, *, is_search: bool, text: Any, most_s: float) -> float:
    """Return the seconds of CPU time that a pattern takes for a text; of ``regex``, it is stopped at twice the most."""
    began = time.thread_time()
    run: Callable[..., Any] = pattern.finditer if is_search else pattern.fullmatch
    more = {} if isinstance(pattern, re.Pattern) else {"timeout": 2 * most_s}
    try:
        for _ in run(text, **more) if is_search else (run(text, **more), pattern.match(text, **more)):
            pass
    except TimeoutError:
        return 2 * most_s
    return time.thread_time() - began


def list_slow(places: Iterable[str], size: int, most_s: float) -> Iterator[str]:
    """List the patterns that take more than ``most_s`` seconds of CPU time for a text of ``size`` characters."""
    for place in set(places) - set(BOUNDED):
        pattern, is_search = find_patterns()[place]
        for piece in PIECES:
            text: Any = piece * (size // len(piece)) + "!"
            text = text.encode() if isinstance(pattern.pattern, bytes) else text
            if all(time_pattern(pattern, is_search=is_search, text=text, most_s=most_s) > most_s for _ in range(3)):
                yield f"{place}: more than {most_s} s for {piece!r}"
                break


def test_no_pattern_takes_time_with_the_square_of_a_text() -> None:
    assert len(find_patterns()) > 200 and set(BOUNDED) <= set(find_patterns()), "the patterns of the package"
    assert not [*list_slow(find_patterns(), 4_000, 0.02)]


@pytest.mark.parametrize("name", OF_ENGINE)
def test_a_module_that_is_not_imported_here_has_no_patterns(name: str) -> None:
    text = (SOURCE / f"engines/own/{name}.py").read_text(encoding="utf-8")
    assert re.search(r"import torch|own\.pipeline", text) and not re.search(
        r"^(import|from) (re|regex)\b", text, re.MULTILINE
    )


def test_the_module_of_the_voice_has_no_patterns_either() -> None:
    text = (SOURCE / f"{OF_VOICE.removeprefix('reelwright.').replace('.', '/')}.py").read_text(encoding="utf-8")
    assert "import onnxruntime" in text and not re.search(r"^(import|from) (re|regex)\b", text, re.MULTILINE)


@pytest.mark.lane_serve
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_pattern_takes_time_with_the_square_of_a_text_lane(shard: int) -> None:
    places = sorted(find_patterns())[shard::SHARDS]
    for size in (100_000, 1_000_000):  # a square shows in the first already, and is named before the time is over
        assert not [*list_slow(places, size, size * 5e-6)]


def test_the_search_finds_a_pattern_that_is_not_linear() -> None:
    pattern, text = re.compile(r"[a-z]+\d"), "a" * 8_000
    assert time_pattern(pattern, is_search=True, text=text, most_s=1) > 0.05
    assert time_pattern(pattern, is_search=False, text=text, most_s=1) < 0.05
