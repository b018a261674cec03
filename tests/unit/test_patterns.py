"""Every pattern of the package reads foreign text in linear time: it is given long texts of every adversarial piece.

``make test`` gives each of them 16,000 characters, ``make test-serve`` 1,000,000. Patterns are found where they are
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
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
import regex

import reelwright

SOURCE: Final = Path(reelwright.__file__).parent
KINDS: Final = (re.Pattern, type(regex.compile("")))
METHODS: Final = ("match", "fullmatch", "search", "sub", "subn", "findall", "finditer", "split")
PIECES: Final = (
    "a", "A", "aB ", "1", "1.", "1,", "1 000 ", "12:", "é", "你", "ع", "ก", "\U0001f3ac", "\u0301", "a\u0301", " ", "\t", "\n",
    "\r\n", ".", ",", ":", ";", "-", "_", "/", "//", "\\", "'", '"', "“", "«", "(", ")", "[", "]", "{", "<", "<!", "<!--", ">",
    "*", "**", "*a", "**a ", "~~", "~~a", "`", "#", "#a", "@", "a@", "a@a.", "a.", "A. ", "http", "http://", "https://a.",
    "www.a", "://", "://a:", "+1", "+1 ", "$", "$1", "€ ", "%", "=", "key=", "token:", "bearer ", "eyJ", "-eyJ", "sk-", "é-",
    "x\u200d", "\u202e", "![", "![a](", "](", "<think>", "a b ", "Ab Cd ", "2024 ", "2024-", "1st ", "-- ", "— ", "a: ", "| ",
)  # fmt: skip
ENDS: Final = ("", "!", "\x00")


def list_modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(reelwright.__path__, "reelwright."):
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
                place = f"{path.relative_to(SOURCE)}:{node.lineno}"
                found[place] = (made, node.func.attr not in METHODS[:2])
    return found


def time_pattern(pattern: Any, *, is_search: bool, text: Any) -> float:
    began = time.thread_time()
    run: Callable[..., Any] = pattern.finditer if is_search else pattern.fullmatch
    if is_search:
        for _ in run(text):
            pass
    else:
        run(text)
        pattern.match(text)
    return time.thread_time() - began


def list_slow(size: int, most_s: float) -> Iterator[str]:
    for place, (pattern, is_search) in find_patterns().items():
        for piece in PIECES:
            for end in ENDS:
                text: Any = piece * (size // len(piece)) + end
                text = text.encode() if isinstance(pattern.pattern, bytes) else text
                took = time_pattern(pattern, is_search=is_search, text=text)
                if took > most_s:
                    yield f"{place}: {took:.2f} s for {piece!r} and {end!r}"
                    break
