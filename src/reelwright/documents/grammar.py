"""The Markdown of scripts: CommonMark without rules that hide words, and with emphasis beside CJK punctuation."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline.state_inline import Scanned, StateInline

_WIDE: Final = ("W", "F", "H")
_OFF: Final = ("lheading", "code", "reference", "entity")
_MARKS: Final = "*_~"


@cache
def load_parser() -> MarkdownIt:
    """Build, once, a parser without setext headings, indented code, link definitions and entities; ``~~`` strikes out.

    It reads links to any address, so that an error can name the address that is not accepted. Escapes get tokens of
    their own.
    """
    made = MarkdownIt("commonmark", {"maxNesting": 40}).disable(list(_OFF)).enable("strikethrough")
    made.disable(["fragments_join", "text_join"])
    made.validateLink = lambda url: True  # type: ignore[method-assign]
    made.inline.parse = _parse.__get__(made.inline)  # type: ignore[method-assign]
    made.parse("a")  # it collects its rules at the first text, which two threads may not do at once
    return made


class _State(StateInline):
    """An inline state that pairs markers beside wide punctuation, which CommonMark would show as text."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803  the library's name
        found = super().scanDelims(start, canSplitWord)
        marker = self.src[start]
        end = start
        while end < self.posMax and self.src[end] == marker:
            end += 1
        before = self.src[start - 1] if start else ""
        after = self.src[end] if end < self.posMax else ""
        if marker not in _MARKS or not (_is_wide(before) or _is_wide(after)):
            return found
        opens = bool(after) and not after.isspace()
        closes = bool(before) and not before.isspace()
        return Scanned(opens, closes, found.length)


def _parse(self: Any, src: str, md: MarkdownIt, env: Any, tokens: Any) -> Any:
    state = _State(src, md, env, tokens)
    self.tokenize(state)
    for rule in self.ruler2.getRules(""):
        rule(state)
    return state.tokens


def _is_wide(char: str) -> bool:
    return bool(char) and unicodedata.east_asian_width(char) in _WIDE
