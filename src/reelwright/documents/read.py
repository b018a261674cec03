"""Reads ``script.md`` into a ``Script``, or raises an error that names the line. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from markdown_it.token import Token

from reelwright.documents.comments import SettingsComment, extract_comments
from reelwright.documents.front_matter import extract_front_matter
from reelwright.documents.grammar import load_parser
from reelwright.documents.script import (
    SETTINGS,
    BlockSettings,
    Form,
    Note,
    Picture,
    Refuser,
    Run,
    Screen,
    Script,
    SpokenLine,
)
from reelwright.documents.tables import ACCEPTED as ACCEPTED_TABLE
from reelwright.documents.tables import find_table_rule, join_rows, read_rows
from reelwright.documents.words import WordReader, Words, is_number
from reelwright.input_limits import SCRIPT_CHARS
from reelwright.reel.film.markup import LABEL_ENDS

_CODE_LINES, _CODE_COLUMNS = 8, 40
_DASH: Final = re.compile(r"\s*(?:—|–|--|―)\s*(?P<who>\S.*)")
_SETTING_LINE: Final = re.compile(r"[a-z][A-Za-z_-]*:(\s.*)?")
_UNDERLINE: Final = re.compile(r"={2,}")
_TASK: Final = re.compile(r"\[[ xX]\](?=\s)")
_OVERRIDES: Final = frozenset(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_SIGNS: Final = "*_~[\\"
_MOST_SIGNS: Final = 4_000
"""Signs of words or links in one paragraph: pairing them takes time with the square of their number."""
_MOST_LINES: Final = 6_000
"""Lines with text. A film has 600 screens at most; to parse 50,000 only to say so took 10 s."""
_SPEAKS: Final = "^ "
_UNDER: Final = "a screen under what is spoken: a paragraph or a picture"
NOTICE_LINK: Final = (
    "line {line}: a link inside words is shown as words; alone in its paragraph it is the call to action"
)


def read_script(text: str, name: str = "script.md") -> Script:
    """Read the script in ``text``. ``name``: of its file, for errors.

    Raises ``BadInput`` that names the file, the line, the text there and what is accepted.
    """
    refuse = Refuser(name)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _check_characters(text, refuse)
    fronted = extract_front_matter(text, refuse)
    bare = extract_comments(fronted.rest, refuse)
    reader = _Reader(refuse, bare.settings_comments)
    reader.walk(load_parser().parse(bare.text))
    return reader.build_script(dict(fronted.settings), bare.notes)


def _check_characters(text: str, refuse: Refuser) -> None:
    if len(text) > SCRIPT_CHARS:
        refuse(1, f"{len(text)} characters", f"a script of at most {SCRIPT_CHARS} characters")
    for number, line in enumerate(text.split("\n"), 1):
        for char in line:
            if char in _OVERRIDES or (unicodedata.category(char) in ("Cc", "Cs", "Co") and char != "\t"):
                known = unicodedata.name(char, "a control character").lower()
                refuse(number, line.replace(char, "▯"), f"text without U+{ord(char):04X} ({known})")
    if (lines := sum(1 for line in text.split("\n") if line.strip())) > _MOST_LINES:
        refuse(1, f"{lines} lines", f"a script of at most {_MOST_LINES} lines")
    at = 1
    for block in text.split("\n\n"):
        if (signs := sum(map(block.count, _SIGNS))) > _MOST_SIGNS:
            refuse(at, f"{signs} signs", f"at most {_MOST_SIGNS} of the signs {' '.join(_SIGNS)} between empty lines")
        at += block.count("\n") + 2
    if not text.strip():
        refuse(1, "nothing", "at least one paragraph: each is a screen")


class _Reader:
    def __init__(self, refuse: Refuser, settled: Sequence[SettingsComment]) -> None:
        self._refuse = refuse
        self._words = WordReader(refuse)
        self._comments = list(settled)
        self._screens: list[Screen] = []
        self._spoken_lines: list[SpokenLine] = []
        self._notices: list[str] = []
        self._beat = 0
        self._empty = True  # the current beat has no screen yet
        self._held: Picture | None = None
        self._held_used = True
        self._held_settings = BlockSettings()
        self._reveal = 0
        self._before: str = ""

    # ---- the blocks, in the order of the file
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

    def build_script(self, settings: dict[str, str], notes: tuple[Note, ...]) -> Script:
        self._let_go()
        if self._comments:
            last = self._comments[0]
            self._refuse(last.line, f"<!-- {last.text} -->", "a comment with settings before the block it is for")
        self._check_spoken()
        if not self._screens:
            self._refuse(1, "no screen", "at least one paragraph: each is a screen")
        ends = len(self._screens)
        spoken = tuple(replace(one, end=min(one.end, ends)) for one in self._spoken_lines)
        return Script(
            settings=settings,
            screens=tuple(self._screens),
            spoken_lines=spoken,
            notes=notes,
            notices=tuple(self._notices),
        )

    def _paragraph(self, inline: Token, tokens: Sequence[Token], at: int) -> None:
        assert inline.map
        line = inline.map[0] + 1
        if inline.content.startswith(_SPEAKS):
            settings = self._take_settings(inline.map[1])
            words = self._words.read(inline.children or (), line)
            self._speak(" ".join(words.text.removeprefix(_SPEAKS).split("\n")).strip(), line, settings)
            return
        self._refuse_settings(inline, tokens, at, line)
        if find_table_rule(inline.content) == 1 and (chart := self._take_chart_settings(inline, tokens, at)):
            self._table(inline.content, line, chart)
            return
        self._screen(inline, line, "words")

    def _screen(self, inline: Token, line: int, form: Form, number: str = "") -> None:
        assert inline.map
        self._refuse_markup(inline.content, line, form)
        words = self._words.read(inline.children or (), line)
        settings = self._take_settings(inline.map[1])
        if not words.text and not words.pictures:
            self._refuse(line, inline.content, "words or a picture")
        if len(words.pictures) > 1:
            self._refuse(line, inline.content, "one picture for a screen")
        picture = words.pictures[0] if words.pictures else None
        if picture and not words.text:
            self._hold(picture, settings)
            return
        if words.is_single_link:
            (link,) = words.links
            self._add("call", line, words, settings, picture, url=link.url)
            return
        for _ in words.links:
            self._notices.append(NOTICE_LINK.format(line=line))
        if (
            form in ("words", "item")
            and words.runs
            and words.runs[0].style == "strong"
            and is_number(words.runs[0].text)
            and not (form == "item" and words.runs[0].text.endswith(LABEL_ENDS))
        ):
            form = "proof"
        self._add(form, line, words, settings, picture, number=number)

    def _heading(self, token: Token, inline: Token, line: int) -> None:
        level = len(token.markup)
        if level > 2:
            self._refuse(
                line, f"{token.markup} {inline.content}", "# for the name, once, and ## for the words of a beat"
            )
        words = self._words.read(inline.children or (), line)
        settings = self._take_settings(line)
        if not words.text:
            self._refuse(line, token.markup, f"words after {token.markup}")
        picture = words.pictures[0] if words.pictures else None
        if level == 1:
            if self._reveal:
                self._refuse(line, f"# {inline.content}", f"one name (it stands in line {self._reveal}); ## for a beat")
            self._reveal = line
            self._add("reveal", line, words, settings, picture)
        elif self._screens and self._screens[-1].form == "reveal" and self._before == "heading_open":
            self._add("descriptor", line, words, settings, picture)
        else:
            self._next_beat()
            self._add("heading", line, words, settings, picture)

    def _quote(self, inside: Sequence[Token], line: int) -> None:
        settings: BlockSettings | None = None
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
            settings = self._take_settings(token.map[1])
            runs += [_plain("\n"), *words.runs] if runs else words.runs
        text = "".join(run.text for run in runs)
        if not text.strip():
            self._refuse(line, ">", "words after >")
        lines = text.split("\n")
        who = _DASH.fullmatch(lines[-1]) if len(lines) > 1 else None
        if who:
            if settings and settings.is_legal:
                self._refuse(line, f"legal; {text}", "legal before a paragraph, which is then small print")
            quote_runs = _before(runs, text.rindex("\n"))
            quote = " ".join(lines[:-1])
            self._check_spoken()
            self._place(
                Screen(
                    form="quote",
                    line=line,
                    beat=self._beat,
                    runs=quote_runs,
                    settings=settings or BlockSettings(),
                    speaker=who["who"],
                )
            )
            self._end_spoken(len(self._screens) - 1)
            self._spoken_lines.append(
                SpokenLine(text=quote, line=line, first=len(self._screens) - 1, end=len(self._screens))
            )
        else:
            self._speak(" ".join(lines), line, settings or BlockSettings())

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
                    marker = Token("text", "", 0, content=f"{item.info}{item.markup} ")
                    one.children = [marker, *(one.children or ())]
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
        settings = self._take_settings(token.map[1] if token.map else line)
        self._place(
            Screen(form="code", line=line, beat=self._beat, runs=(_plain("\n".join(lines)),), settings=settings)
        )

    def _take_chart_settings(self, inline: Token, tokens: Sequence[Token], at: int) -> BlockSettings | None:
        """Take the settings of a table whose numbers are to be drawn; None, and nothing taken, where they are not.

        The comment that says so stands under the table, before the next block, or above it as every other one.
        """
        assert inline.map
        end, following = inline.map[1], tokens[at + 3].map if at + 3 < len(tokens) else None
        near = [one for one in self._comments if one.line < (following[0] + 1 if following else 1 << 30)]
        wanted = next((n for n, one in enumerate(near) if one.settings.chart), None)
        return self._take_settings(max(end, near[wanted].line)) if wanted is not None else None

    def _table(self, content: str, line: int, settings: BlockSettings) -> None:
        def read(cell: str, number: int) -> str:
            words = self._words.read(load_parser().parseInline(cell.replace("\\|", "|"))[0].children or (), number)
            if words.pictures or words.links:
                self._refuse(number, cell, "words and numbers in a table")
            return " ".join(words.text.split())

        text = join_rows(read_rows(content, line, read, self._refuse))
        self._place(Screen(form="chart", line=line, beat=self._beat, runs=(_plain(text),), settings=settings))

    # ---- the screens and spoken lines that they make
    def _add(
        self,
        form: Form,
        line: int,
        words: Words,
        settings: BlockSettings,
        picture: Picture | None,
        *,
        number: str = "",
        url: str = "",
    ) -> None:
        self._place(Screen(
            form=form, line=line, beat=self._beat, runs=words.runs, picture=picture, settings=settings, number=number,
            url=url,
        ))  # fmt: skip

    def _place(self, screen: Screen) -> None:
        if screen.settings.chart and screen.form != "chart":
            self._refuse(screen.line, "<!-- chart -->", "a table of two columns, words and numbers, above the comment")
        if screen.picture and not self._held_used:
            self._let_go()
        if screen.picture is None and self._held:
            screen = replace(screen, picture=replace(self._held, is_held=True))
            self._held_used = True
        self._screens.append(screen)
        self._empty = False

    def _hold(self, picture: Picture, settings: BlockSettings) -> None:
        self._let_go()
        self._held, self._held_used, self._held_settings = picture, False, settings

    def _let_go(self) -> None:
        """End the held picture. It becomes a screen of its own if no screen came after it."""
        if self._held and not self._held_used:
            held, self._held = self._held, None
            self._place(
                Screen(form="picture", line=held.line, beat=self._beat, picture=held, settings=self._held_settings)
            )
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

    def _speak(self, text: str, line: int, settings: BlockSettings) -> None:
        if not text:
            self._refuse(line, ">", "words after >")
        if settings.beat or settings.length or settings.model or settings.is_legal or settings.chart:
            self._refuse(
                line, f"> {text}", "no comment but voice: MODEL:voice before what is spoken; others are for a screen"
            )
        # At the start of a beat, after a picture that waits for its screen, and after a quote, the spoken line starts
        # with the next screen; else with the one before it.
        waits = self._empty or not self._held_used or self._screens[-1].form == "quote"
        first = len(self._screens) - (not waits)
        self._end_spoken(first)
        if self._spoken_lines and self._spoken_lines[-1].first == first:
            before = self._spoken_lines[-1]
            self._spoken_lines[-1] = replace(before, text=f"{before.text} {text}", end=1 << 30)
            return
        self._spoken_lines.append(SpokenLine(text=text, line=line, first=first, end=1 << 30, settings=settings))

    def _check_spoken(self) -> None:
        if self._spoken_lines and self._spoken_lines[-1].first >= len(self._screens):
            one = self._spoken_lines[-1]
            self._refuse(one.line, f"> {one.text}", _UNDER)

    def _end_spoken(self, at: int) -> None:
        if self._spoken_lines and self._spoken_lines[-1].end > at > self._spoken_lines[-1].first:
            self._spoken_lines[-1] = replace(self._spoken_lines[-1], end=at)

    def _take_settings(self, end: int) -> BlockSettings:
        """Take the settings of all comments up to line ``end``, where the block ends; later ones win."""
        found = BlockSettings()
        while self._comments and self._comments[0].line <= end:
            one = self._comments.pop(0).settings
            found = BlockSettings(
                beat=one.beat or found.beat, length=one.length or found.length, model=one.model or found.model,
                voice=one.voice or found.voice, is_legal=one.is_legal or found.is_legal, chart=one.chart or found.chart,
            )  # fmt: skip
        return found

    def _refuse_markup(self, content: str, line: int, form: Form) -> None:
        """Refuse what other readers of Markdown take for a heading, a table or a task: here it would be shown."""
        if form in ("item", "step") and (task := _TASK.match(content)):
            self._refuse(line, task[0], "- and words; a bracket itself is written \\[")
        lines = [one.strip() for one in content.split("\n")]
        if (rule := find_table_rule(content)) is not None:
            self._refuse(line + rule, lines[rule], ACCEPTED_TABLE)
        for number, one in enumerate(lines, line):
            if number > line and _UNDERLINE.fullmatch(one):
                self._refuse(number, one, "# before the name, ## before a heading; the sign itself is written \\=")

    def _refuse_settings(self, inline: Token, tokens: Sequence[Token], at: int, line: int) -> None:
        """Refuse ``---``, ``layout: cover``, ``---``: the settings of slides would be words on screen here."""
        after = tokens[at + 3].type if at + 3 < len(tokens) else ""
        lines = inline.content.split("\n")
        is_first = not self._screens and not self._before
        if is_first and all(one.partition(":")[0] in SETTINGS and ": " in one for one in lines):
            self._refuse(line, lines[0], "settings between two lines --- at the top of the file, or words")
        if self._before == "hr" and after == "hr" and all(_SETTING_LINE.fullmatch(one.strip()) for one in lines):
            self._refuse(line, inline.content, "settings in a comment, such as <!-- length: 3 s -->, or words")


def _steps(numbers: Sequence[str]) -> list[str]:
    """Return the number of each item of a list that counts from 1, or has 1 everywhere; empty for a mere word."""
    if len(numbers) > 1 and set(numbers) == {"1"}:
        return [str(n) for n in range(1, len(numbers) + 1)]
    counted = [number == str(n) for n, number in enumerate(numbers, 1)]
    return [number if all(counted[: n + 1]) else "" for n, number in enumerate(numbers)]


def _before(runs: Sequence[Run], end: int) -> tuple[Run, ...]:
    """Return the first ``end`` letters of ``runs``, on one line."""
    made = []
    for run in runs:
        if text := run.text[: max(0, end)].replace("\n", " "):
            made.append(replace(run, text=text))
        end -= len(run.text)
    return tuple(made)


def _plain(text: str) -> Run:
    return Run(text=text)


def _close(tokens: Sequence[Token], at: int) -> int:
    """Return the index of the token that ends the block which begins at ``at``."""
    if tokens[at].nesting != 1:
        return at
    depth = 0
    for n in range(at, len(tokens)):
        depth += tokens[n].nesting
        if not depth:
            return n
    return len(tokens) - 1
