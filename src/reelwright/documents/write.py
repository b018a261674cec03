"""Writes a script as ``script.md``. Reading that file gives the same script."""

from __future__ import annotations

import re
from typing import Final

from reelwright.documents.script import BlockSettings, Picture, Run, Screen, Script, SpokenLine
from reelwright.documents.tables import list_rows

_ANYWHERE: Final = re.compile(r"([\\`*_~\[\]<!])")
_AT_START: Final = re.compile(r"^(\s*)([#>+\-=^:|])")
_NUMBERED: Final = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)")
_SETTING: Final = re.compile(r"^([a-z][A-Za-z_-]*)(:)")
_UPRIGHT: Final = "\\|"
_MARKS: Final = {"plain": "", "strong": "**", "struck": "~~"}


def write_script(script: Script) -> str:
    """Return ``script`` as Markdown. Never fails for a script that ``read_script`` returned."""
    parts = [_front(script)] if script.settings else []
    held: Picture | None = None
    delimiter = "."
    for number, screen in enumerate(script.screens):
        before = script.screens[number - 1] if number else None
        keeps = held is not None and screen.picture is not None and _same(screen.picture, held)
        if before and _breaks(script, number, before, screen, keeps=keeps):
            parts.append("---")
            held = None
        if screen.picture and screen.picture.is_held and not (held and _same(screen.picture, held)):
            parts.append(write_picture(screen.picture))
            held = screen.picture
        if screen.form == "step" and screen.number == "1" and before and before.form == "step":
            delimiter = ")" if delimiter == "." else "."  # the same delimiter would continue the list before it
        comment = _comment(screen.settings)
        markdown = _screen(screen, delimiter)
        block = f"{comment}\n{markdown}" if comment else markdown
        spoken = [_spoken(one) for one in script.spoken_lines if one.first == number and screen.form != "quote"]
        heads = (
            before is None
            or before.form == "quote"
            or parts[-1] == "---"
            or (held and parts[-1] == write_picture(held))
        )
        named = (
            screen.form == "reveal"
            and number + 1 < len(script.screens)
            and script.screens[number + 1].form == "heading"
        )
        parts += [*spoken, block] if heads and not named else [block, *spoken]
    parts += [f"<!-- {note.text} -->" for note in script.notes]
    return "\n\n".join(parts) + "\n"


def write_spoken(text: str) -> str:
    """Return ``text`` as the Markdown of a spoken line."""
    return f"> {_text(' '.join(text.split()))}"


def _breaks(script: Script, number: int, before: Screen, screen: Screen, *, keeps: bool) -> bool:
    if before.beat == screen.beat:
        return False
    crosses = any(one.first < number < one.end for one in script.spoken_lines)
    return screen.form != "heading" or not (keeps or crosses)


def _front(script: Script) -> str:
    lines = [f"{key}: {_value(value)}" for key, value in script.settings.items()]
    return "\n".join(["---", *lines, "---"])


def _value(value: str) -> str:
    plain = value == value.strip() and " #" not in value and value[:1] not in ('"', "'")
    return value if plain else f'"{value}"'


def _screen(screen: Screen, delimiter: str) -> str:
    own = screen.picture if screen.picture and not screen.picture.is_held else None
    shown = write_picture(own) if own else ""
    if screen.form == "picture":
        return shown
    if screen.form == "code":
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", screen.text)), default=0))
        return f"{fence}\n{screen.text}\n{fence}"
    if screen.form == "chart":
        return _write_chart(screen)
    if screen.form == "quote":
        return f"> {_words(screen.runs)}\n> — {_text(screen.speaker)}"
    words = f"[{_words(screen.runs)}]({screen.url})" if screen.form == "call" else _words(screen.runs)
    if screen.form in ("reveal", "descriptor", "heading"):
        mark = "#" if screen.form == "reveal" else "##"
        return f"{mark} {words} {shown}".rstrip()
    if screen.form in ("item", "step"):
        mark = "-" if screen.form == "item" else f"{screen.number}{delimiter}"
        indent = "\n" + " " * (len(mark) + 1)
        return f"{mark} {words}{f' {shown}' if shown else ''}".replace("\n", indent)
    return f"{words}\n{shown}" if shown else words


def _write_chart(screen: Screen) -> str:
    """Write a table with its comment under it, without which it would be refused."""
    head, *rows = [
        f"| {' | '.join(_escaped(cell).replace('|', _UPRIGHT) for cell in row)} |" for row in list_rows(screen)
    ]
    chart = "chart" if screen.settings.chart in ("", "auto") else f"chart: {screen.settings.chart}"
    return "\n".join([head, "|---|---|", *rows, f"<!-- {chart} -->"])


def _words(runs: tuple[Run, ...]) -> str:
    made = ""
    for run in runs:
        mark = _MARKS[run.style]
        inside = run.text.strip() if mark else run.text
        before, _, after = run.text.partition(inside)
        made += f"{before}{mark}{_escaped(inside)}{mark}{after}"
    return "\n".join(_line(line) for line in made.split("\n"))


def _text(text: str) -> str:
    return "\n".join(_line(line) for line in _escaped(text).split("\n"))


def _escaped(text: str) -> str:
    return _ANYWHERE.sub(r"\\\1", text)


def _line(line: str) -> str:
    """Escape the start of ``line`` so that it is no list, heading, quote, setting or spoken line."""
    line = _AT_START.sub(r"\1\\\2", line)
    line = _NUMBERED.sub(r"\1\\\2", line)
    return _SETTING.sub(r"\1\\\2", line)


def write_picture(picture: Picture) -> str:
    """Return ``picture`` as Markdown."""
    file = picture.file
    where = f"<{file}>" if re.search(r"[\s()]", file) else file
    return f"![{_escaped(picture.description)}]({where})"


def _spoken(one: SpokenLine) -> str:
    comment = _comment(one.settings)
    markdown = write_spoken(one.text)
    return f"{comment}\n{markdown}" if comment else markdown


def _comment(settings: BlockSettings) -> str:
    parts = [f"beat: {settings.beat}"] if settings.beat else []
    parts += [f"length: {settings.length / 1000:g} s"] if settings.length else []
    parts += [f"model: {settings.model}"] if settings.model else []
    parts += [f"voice: {settings.voice}"] if settings.voice else []
    parts += ["legal"] if settings.is_legal else []
    return f"<!-- {'; '.join(parts)} -->" if parts else ""


def _same(one: Picture, other: Picture) -> bool:
    return (one.file, one.description) == (other.file, other.description)
