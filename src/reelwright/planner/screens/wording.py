"""The words of a screen by the roles in which its beat stages them: spans of the script, never others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from reelwright.documents.script import Run, Screen
from reelwright.errors import BadInput
from reelwright.reel.marked import BREAK, escaped, spelled

LONGEST: Final = 220
"""Letters of one screen; more cannot be read off a film."""
_TAB: Final = 4
_BETWEEN: Final = " ,;:.–—-،؛、，"
"""Marks between a number and what it counts: a label begins with a word."""
_LINE: Final = {"testimonial": "quote", "offer": "deal", "reveal": "name"}
_NO_WORDS: Final = ("cold_open",)


def words_of(screens: Sequence[Screen], role: str, name: str) -> dict[str, str]:
    """Words by role of screens that are shown at once. ``name``: of the script's file.

    Raises ``BadInput`` naming the line: for more words than a screen holds, and a beat that cannot show them.
    """
    small = [screen for screen in screens[1:] if screen.said.legal]
    shown = [screen for screen in screens if screen not in small]
    first = shown[0]
    for screen in screens:
        _check(screen, role, name)
    if first.form == "step" and len(shown) > 1:
        words = {"steps": f" {BREAK} ".join(_plain(one) for one in shown)}
    elif first.form == "step":
        words = {"number": first.number, "label": _plain(first)}
    elif first.form == "proof":
        words = _counted(first) if role == "proof" else {_LINE.get(role, "line"): _said(first)}
    elif first.form == "quote":
        words = _quoted(first)
    elif first.form == "code":
        words = {"listing": BREAK.join(escaped(line) for line in first.text.expandtabs(_TAB).split("\n"))}
    elif first.form == "call":
        words = _called(first)
    elif len(shown) > 1:
        words = {"name": _plain(first), "descriptor": _plain(shown[1])}
    else:
        words = _told(first, role)
    if small:
        words["legal" if role == "end_card" else "terms" if role == "offer" else "source"] = " ".join(
            _plain(one) for one in small
        )
    return words


def refuse_long(where: str, text: str) -> None:
    """Raise ``BadInput`` for more words than one screen holds."""
    if len(text) > LONGEST:
        raise BadInput(
            where, f"{text[:40]}… ({len(text)} letters)", f"at most {LONGEST} letters on one screen; an empty line "
            "begins the next one",
        )  # fmt: skip


def _check(screen: Screen, role: str, name: str) -> None:
    where = f"{name} line {screen.line}"
    text = screen.text
    if screen.form == "code" and role != "demo":
        raise BadInput(where, f"beat: {role}", "beat: demo, or none, for a block of code")
    if screen.form != "code":  # whose lines the reader of the script has counted
        refuse_long(where, text)
    if text and role in _NO_WORDS:
        raise BadInput(where, f"beat: {role}", "another beat for words: a cold open is a picture alone")


def _told(screen: Screen, role: str) -> dict[str, str]:
    if not screen.text:
        return {}
    if role == "transformation" and (parted := _parted(screen.runs)):
        return parted
    return {_LINE.get(role, "line"): _said(screen)}


def _parted(runs: Sequence[Run]) -> dict[str, str]:
    """What is struck out first, then what takes its place; nothing where they stand otherwise."""
    told = [run for run in runs if run.text.strip()]
    if len(told) < 2 or told[0].style != "struck" or any(run.style == "struck" for run in told[1:]):
        return {}
    return {"before": _one_line(told[0].text), "after": spelled((_flat(run.text), run.style) for run in told[1:])}


def _counted(screen: Screen) -> dict[str, str]:
    """``**60 °C** at noon`` as the number, as it is written, and what it counts."""
    bold = _one_line(screen.runs[0].text)
    rest = spelled((_flat(run.text), run.style) for run in screen.runs[1:]).lstrip(_BETWEEN)
    return {"number": bold, **({"label": rest} if rest else {})}


def _quoted(screen: Screen) -> dict[str, str]:
    who, *role = re.split("[,،、，]", screen.who, maxsplit=1)
    words = {"quote": _plain(screen), "who": _one_line(who), "role": _one_line("".join(role))}
    return {key: text for key, text in words.items() if text}


def _called(screen: Screen) -> dict[str, str]:
    """The words of the link, and where it leads as people write it; once where they are the same."""
    line, url = _said(screen), escaped(shown_address(screen.url))
    alike = _bare(line) == _bare(url)
    return {"url": url} if alike else {"line": line, "url": url}


def shown_address(url: str) -> str:
    """``https://www.shop.example/cups/`` as ``shop.example/cups``; ``tel:`` and ``mailto:`` as what follows them."""
    parts = urlsplit(url)
    if parts.scheme in ("tel", "mailto"):
        return unquote(parts.path)
    path = unquote(parts.path).rstrip("/")
    host = parts.netloc.rpartition("@")[2].removeprefix("www.")
    return f"{_as_written(host)}{path}"


def _as_written(host: str) -> str:
    """``xn--bcher-kva.example`` as ``bücher.example``; a host that cannot be spelt so stays as it is."""
    try:
        return host.encode("ascii").decode("idna") if "xn--" in host else host
    except UnicodeError:
        return host


def _bare(text: str) -> str:
    said = text.casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return "".join(char for char in said if unicodedata.category(char)[0] in "LN")


def _said(screen: Screen) -> str:
    """The words with their styles and line breaks. A screen that is struck as a whole is struck by its staging."""
    styles = {run.style for run in screen.runs if run.text.strip()}
    return spelled((run.text, "plain" if styles == {"struck"} else run.style) for run in screen.runs)


def _plain(screen: Screen) -> str:
    """The words with their styles, on one line."""
    return spelled((_flat(run.text), run.style) for run in screen.runs)


def _one_line(text: str) -> str:
    return escaped(" ".join(text.split()))


def _flat(text: str) -> str:
    return text.replace("\n", " ")
