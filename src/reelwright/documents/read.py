"""Reads ``script.md``: Markdown in, a ``Script`` out, or an error that names the line. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from markdown_it.token import Token

from reelwright.documents.comments import Settled, without_comments
from reelwright.documents.front import without_front
from reelwright.documents.grammar import parser
from reelwright.documents.refusing import Refuse
from reelwright.documents.script import Form, Note, Picture, Run, Said, Screen, Script, Spoken
from reelwright.documents.words import WordReader, Words, is_number

LONGEST: Final = 262_144
"""Characters of a script."""
_CODE_LINES, _CODE_COLUMNS = 8, 40
_DASH: Final = re.compile(r"\s*(?:—|–|--|―)\s*(?P<who>\S.*)")
_SETTING_LINE: Final = re.compile(r"[a-z][A-Za-z_-]*:(\s.*)?")
_OVERRIDES: Final = frozenset(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_SPEAKS: Final = "^ "
_UNDER: Final = "a screen under what is spoken: a paragraph or a picture"
NOTICE_LINK: Final = (
    "line {line}: a link inside words is shown as words; alone in its paragraph it is the call to action"
)


def read_script(text: str, name: str = "script.md") -> Script:
    """The script in ``text``. ``name``: of its file, for errors.

    Raises ``BadInput`` naming file and line, with what stands there and what is accepted.
    """
    refuse = Refuse(name)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _check_characters(text, refuse)
    fronted = without_front(text, refuse)
    bare = without_comments(fronted.text, refuse)
    reader = _Reader(refuse, bare.settled)
    reader.walk(parser().parse(bare.text))
    return reader.script(dict(fronted.settings), bare.notes)


def _check_characters(text: str, refuse: Refuse) -> None:
    if len(text) > LONGEST:
        refuse(1, f"{len(text)} characters", f"a script of at most {LONGEST} characters")
    for number, line in enumerate(text.split("\n"), 1):
        for char in line:
            if char in _OVERRIDES or (unicodedata.category(char) in ("Cc", "Cs", "Co") and char != "\t"):
                known = unicodedata.name(char, "a control character").lower()
                refuse(number, line.replace(char, "▯"), f"text without U+{ord(char):04X} ({known})")
    if not text.strip():
        refuse(1, "nothing", "at least one paragraph: each is a screen")


class _Reader:
    def __init__(self, refuse: Refuse, settled: Sequence[Settled]) -> None:
        self._refuse = refuse
        self._words = WordReader(refuse)
        self._settled = list(settled)
        self._screens: list[Screen] = []
        self._spoken: list[Spoken] = []
        self._said: list[str] = []
        self._beat = 0
        self._empty = True  # nothing stands in the present beat yet
        self._held: Picture | None = None
        self._held_used = True
        self._held_said = Said()
        self._reveal = 0
        self._before: str = ""

    # ---- the blocks, in their order
    def walk(self, tokens: Sequence[Token]) -> None:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            line = token.map[0] + 1 if token.map else 0
            end = _close(tokens, at)
            if token.type == "paragraph_open":
                self._paragraph(tokens[at + 1], tokens, at)
            elif token.type == "heading_open":
                self._heading(token, tokens[at + 1], line)
            elif token.type == "hr":
                self._break()
            elif token.type == "blockquote_open":
                self._quote(tokens[at + 1 : end], line)
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                self._list(token, tokens[at + 1 : end], line)
            elif token.type == "fence":
                self._code(token, line)
            else:
                self._refuse(line, token.content or token.type, "Markdown without HTML; a sign < is written \\<")
            self._before = token.type
            at = end + 1

    def script(self, settings: dict[str, str], notes: tuple[Note, ...]) -> Script:
        self._let_go()
        if self._settled:
            last = self._settled[0]
            self._refuse(last.line, f"<!-- {last.text} -->", "a comment with settings before the block it is for")
        self._check_spoken()
        if not self._screens:
            self._refuse(1, "no screen", "at least one paragraph: each is a screen")
        ends = len(self._screens)
        spoken = tuple(replace(one, end=min(one.end, ends)) for one in self._spoken)
        return Script(
            settings=settings, screens=tuple(self._screens), spoken=spoken, notes=notes, said=tuple(self._said)
        )

    def _paragraph(self, inline: Token, tokens: Sequence[Token], at: int) -> None:
        assert inline.map
        line = inline.map[0] + 1
        if inline.content.startswith(_SPEAKS):
            said = self._take(inline.map[1])
            words = self._words.read(inline.children or (), line)
            self._speak(" ".join(words.text.removeprefix(_SPEAKS).split("\n")).strip(), line, said)
            return
        self._refuse_settings(inline, tokens, at, line)
        self._screen(inline, line, "words")

    def _screen(self, inline: Token, line: int, form: Form, number: str = "") -> None:
        assert inline.map
        words = self._words.read(inline.children or (), line)
        said = self._take(inline.map[1])
        if not words.text and not words.pictures:
            self._refuse(line, inline.content, "words or a picture")
        if len(words.pictures) > 1:
            self._refuse(line, inline.content, "one picture for a screen")
        picture = words.pictures[0] if words.pictures else None
        if picture and not words.text:
            self._hold(picture, said)
            return
        if words.alone:
            (link,) = words.links
            self._add("call", line, words, said, picture, url=link.url)
            return
        for _ in words.links:
            self._said.append(NOTICE_LINK.format(line=line))
        if (
            form in ("words", "item")
            and words.runs
            and words.runs[0].style == "strong"
            and is_number(words.runs[0].text)
        ):
            form = "proof"
        self._add(form, line, words, said, picture, number=number)

    def _heading(self, token: Token, inline: Token, line: int) -> None:
        level = len(token.markup)
        if level > 2:
            self._refuse(
                line, f"{token.markup} {inline.content}", "# for the name, once, and ## for the words of a beat"
            )
        words = self._words.read(inline.children or (), line)
        said = self._take(line)
        if not words.text:
            self._refuse(line, token.markup, f"words after {token.markup}")
        picture = words.pictures[0] if words.pictures else None
        if level == 1:
            if self._reveal:
                self._refuse(line, f"# {inline.content}", f"one name (it stands in line {self._reveal}); ## for a beat")
            self._reveal = line
            self._add("reveal", line, words, said, picture)
        elif self._screens and self._screens[-1].form == "reveal" and self._before == "heading_open":
            self._add("descriptor", line, words, said, picture)
        else:
            self._next_beat()
            self._add("heading", line, words, said, picture)

    def _quote(self, inside: Sequence[Token], line: int) -> None:
        said: Said | None = None
        runs: list[Run] = []
        for token in inside:
            if token.type in ("paragraph_open", "paragraph_close"):
                continue
            if token.type != "inline" or not token.map:
                if token.type.endswith("_close"):
                    continue
                at = token.map[0] + 1 if token.map else line
                self._refuse(
                    at, token.content or token.markup or token.type, "words after >; who says them after a dash —"
                )
            words = self._words.read(token.children or (), token.map[0] + 1)
            if words.pictures:
                self._refuse(
                    token.map[0] + 1, token.content, "words after >; a picture stands in a paragraph of its own"
                )
            said = self._take(token.map[1])
            runs += [_plain("\n"), *words.runs] if runs else words.runs
        text = "".join(run.text for run in runs)
        if not text.strip():
            self._refuse(line, ">", "words after >")
        lines = text.split("\n")
        who = _DASH.fullmatch(lines[-1]) if len(lines) > 1 else None
        if who:
            if said and said.legal:
                self._refuse(line, f"legal; {text}", "legal before a paragraph, which is then small print")
            said_runs = _before(runs, text.rindex("\n"))
            quote = " ".join(lines[:-1])
            self._check_spoken()
            self._place(Screen(
                form="quote", line=line, beat=self._beat, runs=said_runs, said=said or Said(), who=who["who"],
            ))  # fmt: skip
            self._end_spoken(len(self._screens) - 1)
            self._spoken.append(Spoken(text=quote, line=line, first=len(self._screens) - 1, end=len(self._screens)))
        else:
            self._speak(" ".join(lines), line, said or Said())

    def _list(self, token: Token, inside: Sequence[Token], line: int) -> None:
        bullets = token.type == "bullet_list_open"
        if bullets and token.markup != "-":
            content = next((t.content for t in inside if t.type == "inline"), "")
            self._refuse(
                line, f"{token.markup} {content}", f"- for a list; the sign itself is written \\{token.markup}"
            )
        numbers = [] if bullets else _steps([t.info for t in inside if t.type == "list_item_open"])
        item: Token | None = None
        number = ""
        first = False
        for one in inside:
            at = one.map[0] + 1 if one.map else line
            if one.type == "list_item_open":
                item, first = one, True
                number = numbers.pop(0) if numbers else ""
            elif one.type == "inline" and item is not None:
                form: Form = ("item" if bullets else "step" if number else "words") if first else "words"
                if first and not bullets and not number:  # "2024. Was hard." is no list: its number is a word
                    told = Token("text", "", 0, content=f"{item.info}{item.markup} ")
                    one.children = [told, *(one.children or ())]
                self._screen(one, at, form, number if form == "step" else "")
                first = False
            elif one.nesting != -1 and one.type != "paragraph_open":
                inner = next((t.content for t in inside if t.type == "inline" and t.map and t.map[0] + 1 >= at), "")
                self._refuse(at, one.content or inner or one.markup, "a list of plain lines, one level deep")

    def _code(self, token: Token, line: int) -> None:
        lines = token.content.rstrip("\n").split("\n")
        wide = max(len(one) for one in lines)
        if len(lines) > _CODE_LINES or wide > _CODE_COLUMNS:
            stands = f"{len(lines)} lines of up to {wide}"
            self._refuse(line, stands, f"a block of at most {_CODE_LINES} lines of {_CODE_COLUMNS} characters")
        if not token.content.strip():
            self._refuse(line, token.markup, "lines in the block")
        said = self._take(token.map[1] if token.map else line)
        self._place(Screen(form="code", line=line, beat=self._beat, runs=(_plain("\n".join(lines)),), said=said))

    # ---- what they come to
    def _add(
        self, form: Form, line: int, words: Words, said: Said, picture: Picture | None, *, number: str = "",
        url: str = "",
    ) -> None:  # fmt: skip
        self._place(Screen(
            form=form, line=line, beat=self._beat, runs=words.runs, picture=picture, said=said, number=number, url=url,
        ))  # fmt: skip

    def _place(self, screen: Screen) -> None:
        if screen.picture and not self._held_used:
            self._let_go()
        if screen.picture is None and self._held:
            screen = replace(screen, picture=replace(self._held, held=True))
            self._held_used = True
        self._screens.append(screen)
        self._empty = False

    def _hold(self, picture: Picture, said: Said) -> None:
        self._let_go()
        self._held, self._held_used, self._held_said = picture, False, said

    def _let_go(self) -> None:
        """The picture that was held until here; a screen of its own where none came after it."""
        if self._held and not self._held_used:
            held, self._held = self._held, None
            self._place(Screen(form="picture", line=held.line, beat=self._beat, picture=held, said=self._held_said))
        self._held, self._held_used = None, True

    def _break(self) -> None:
        self._let_go()
        self._check_spoken()
        self._end_spoken(len(self._screens))
        self._next_beat()

    def _next_beat(self) -> None:
        if not self._empty:
            self._beat += 1
            self._empty = True

    def _speak(self, text: str, line: int, said: Said) -> None:
        if not text:
            self._refuse(line, ">", "words after >")
        if said.beat or said.length or said.model or said.legal:
            self._refuse(
                line, f"> {text}", "no comment but voice: MODEL:voice before what is spoken; others are for a screen"
            )
        # At the head of a beat, under a picture that waits for its screen, and after a quote: from the next one on.
        waits = self._empty or not self._held_used or self._screens[-1].form == "quote"
        first = len(self._screens) - (not waits)
        self._end_spoken(first)
        if self._spoken and self._spoken[-1].first == first:
            before = self._spoken[-1]
            self._spoken[-1] = replace(before, text=f"{before.text} {text}", end=1 << 30)
            return
        self._spoken.append(Spoken(text=text, line=line, first=first, end=1 << 30, said=said))

    def _check_spoken(self) -> None:
        if self._spoken and self._spoken[-1].first >= len(self._screens):
            one = self._spoken[-1]
            self._refuse(one.line, f"> {one.text}", _UNDER)

    def _end_spoken(self, at: int) -> None:
        if self._spoken and self._spoken[-1].end > at > self._spoken[-1].first:
            self._spoken[-1] = replace(self._spoken[-1], end=at)

    def _take(self, end: int) -> Said:
        """What comments settle for the block that ends before line ``end`` + 1; the later ones win."""
        found = Said()
        while self._settled and self._settled[0].line <= end:
            one = self._settled.pop(0).said
            found = Said(
                beat=one.beat or found.beat, length=one.length or found.length, model=one.model or found.model,
                voice=one.voice or found.voice, legal=one.legal or found.legal,
            )  # fmt: skip
        return found

    def _refuse_settings(self, inline: Token, tokens: Sequence[Token], at: int, line: int) -> None:
        """``---``, ``layout: cover``, ``---`` is how slides are set; here it would be words on screen."""
        after = tokens[at + 3].type if at + 3 < len(tokens) else ""
        lines = inline.content.split("\n")
        if self._before == "hr" and after == "hr" and all(_SETTING_LINE.fullmatch(one.strip()) for one in lines):
            self._refuse(line, inline.content, "settings in a comment, such as <!-- length: 3 s -->, or words")


def _steps(numbers: Sequence[str]) -> list[str]:
    """The number of each item of a numbered list that counts from 1, or says 1 each time; empty where it is words."""
    if len(numbers) > 1 and set(numbers) == {"1"}:
        return [str(n) for n in range(1, len(numbers) + 1)]
    counted = [number == str(n) for n, number in enumerate(numbers, 1)]
    return [number if all(counted[: n + 1]) else "" for n, number in enumerate(numbers)]


def _before(runs: Sequence[Run], end: int) -> tuple[Run, ...]:
    """The first ``end`` letters of what ``runs`` say, on one line."""
    made = []
    for run in runs:
        if text := run.text[: max(0, end)].replace("\n", " "):
            made.append(replace(run, text=text))
        end -= len(run.text)
    return tuple(made)


def _plain(text: str) -> Run:
    return Run(text=text)


def _close(tokens: Sequence[Token], at: int) -> int:
    """Where the block that opens at ``at`` ends."""
    if tokens[at].nesting != 1:
        return at
    depth = 0
    for n in range(at, len(tokens)):
        depth += tokens[n].nesting
        if not depth:
            return n
    return len(tokens) - 1
