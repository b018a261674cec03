"""Sorts the words of a screen into the roles in which its beat stages them: spans of the script, never other words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from reelwright.documents.script import Run, Screen
from reelwright.documents.tables import list_rows
from reelwright.errors import BadInput
from reelwright.planner.screens.charts import get_chart_words
from reelwright.reel.film.markup import BREAK, escape_marks, format_pieces

MAX_SCREEN_LETTERS: Final = 220
"""Most letters of one screen; more cannot be read off a film."""
_TAB: Final = 4
_BETWEEN: Final = " ,;:.–—-،؛、，"
"""Marks between a number and what it counts: a label begins with a word."""
_PHONE: Final = re.compile(r"\+?\(?\d[\d\s()/.–-]*\d")
_LEAST_DIGITS: Final = 5
_MAIN_ROLES: Final = {"testimonial": "quote", "offer": "deal", "reveal": "name"}
_WORDLESS_BEATS: Final = ("cold_open",)


def get_words_by_role(screens: Sequence[Screen], role: str, name: str) -> dict[str, str]:
    """Return the words by role of screens that are shown together. ``name``: of the script's file.

    Raises ``BadInput`` naming the line: for more words than a screen holds, and for a beat that cannot show them.
    """
    small = [screen for screen in screens[1:] if screen.settings.is_legal]
    shown = [screen for screen in screens if screen not in small]
    first = shown[0]
    for screen in screens:
        _check_screen(screen, role, name)
    if first.form == "step" and len(shown) > 1:
        words = {"steps": f" {BREAK} ".join(_spell_line(one) for one in shown)}
    elif first.form == "step":
        words = {"number": first.number, "label": _spell_line(first)}
    elif first.form == "proof":
        words = _split_number(first) if role == "proof" else {_MAIN_ROLES.get(role, "line"): _spell_text(first)}
    elif first.form == "quote":
        words = _get_quotation_words(first)
    elif first.form == "code":
        words = {"listing": BREAK.join(escape_marks(line) for line in first.text.expandtabs(_TAB).split("\n"))}
    elif first.form == "chart":
        words = _get_chart_words(first, f"{name} line {first.line}")
    elif first.form == "call":
        words = _get_call_words(first)
    elif len(shown) > 1:
        words = {"name": _spell_line(first), "descriptor": _spell_line(shown[1])}
    else:
        words = _get_plain_words(first, role)
    if small:
        words["legal" if role == "end_card" else "terms" if role == "offer" else "source"] = " ".join(
            _spell_line(one) for one in small
        )
    return words


def refuse_long(where: str, text: str) -> None:
    """Raise ``BadInput`` for a text of more than ``MAX_SCREEN_LETTERS`` characters: one screen holds no more."""
    if len(text) > MAX_SCREEN_LETTERS:
        raise BadInput(
            where,
            f"{text[:40]}… ({len(text)} letters)",
            f"at most {MAX_SCREEN_LETTERS} letters on one screen; an empty line begins the next one",
        )


def _check_screen(screen: Screen, role: str, name: str) -> None:
    where = f"{name} line {screen.line}"
    text = screen.text
    if screen.form == "code" and role != "demo":
        raise BadInput(where, f"beat: {role}", "beat: demo, or none, for a block of code")
    if screen.form == "chart" and role != "proof":
        raise BadInput(where, f"beat: {role}", "beat: proof, or none, for a chart")
    if screen.form != "code":  # whose lines the reader of the script has counted
        refuse_long(where, text)
    if text and role in _WORDLESS_BEATS:
        raise BadInput(where, f"beat: {role}", "another beat for words: a cold open is a picture alone")


def _get_plain_words(screen: Screen, role: str) -> dict[str, str]:
    if not screen.text:
        return {}
    if role == "transformation" and (parted := _split_struck(screen.runs)):
        return parted
    return {_MAIN_ROLES.get(role, "line"): _spell_text(screen)}


def _split_struck(runs: Sequence[Run]) -> dict[str, str]:
    """Return what is struck out, and what replaces it; nothing if they stand in another order."""
    visible = [run for run in runs if run.text.strip()]
    if len(visible) < 2 or visible[0].style != "struck" or any(run.style == "struck" for run in visible[1:]):
        return {}
    return {
        "before": format_pieces([(_remove_line_breaks(visible[0].text), "struck")]),
        "after": format_pieces((_remove_line_breaks(run.text), run.style) for run in visible[1:]),
    }


def _split_number(screen: Screen) -> dict[str, str]:
    """Return ``**60 °C** at noon`` as the number, as it is written, and what it counts."""
    bold = _escape_line(screen.runs[0].text)
    rest = format_pieces((_remove_line_breaks(run.text), run.style) for run in screen.runs[1:]).lstrip(_BETWEEN)
    return {"number": bold, **({"label": rest} if rest else {})}


def _get_chart_words(screen: Screen, where: str) -> dict[str, str]:
    rows = list_rows(screen)
    try:
        return get_chart_words(rows, screen.settings.chart)
    except ValueError as refused:
        raise BadInput(where, ", ".join(row.number for row in rows[1:]), str(refused)) from None


def _get_quotation_words(screen: Screen) -> dict[str, str]:
    who, *role = re.split("[,،、，]", screen.speaker, maxsplit=1)
    words = {"quote": _spell_line(screen), "who": _escape_line(who), "role": _escape_line("".join(role))}
    return {key: text for key, text in words.items() if text}


def _get_call_words(screen: Screen) -> dict[str, str]:
    """Return the words of the link, and its address as people write it; only the address if both are the same.

    A telephone number that stands in the words is the address as it stands there, and is said once.
    """
    if phone := _find_phone(screen):
        before, after = screen.text[: phone.start()], screen.text[phone.end() :]
        line = " ".join(f"{before.rstrip(_BETWEEN)} {after.lstrip(_BETWEEN)}".split())
        line = line if any(unicodedata.category(char) != "Cf" for char in line if not char.isspace()) else ""
        return {**({"line": escape_marks(line)} if line else {}), "url": escape_marks(phone.group())}
    line, url = _spell_text(screen), escape_marks(format_address(screen.url))
    alike = _normalize_address(line) == _normalize_address(url)
    return {"url": url} if alike else {"line": line, "url": url}


def _find_phone(screen: Screen) -> re.Match[str] | None:
    """Find the number of a ``tel:`` link in its words, with or without the code of the country."""
    parts = urlsplit(screen.url)
    if parts.scheme != "tel":
        return None
    number = re.sub(r"\D", "", unquote(parts.path))
    for found in _PHONE.finditer(screen.text):
        digits = re.sub(r"\D", "", found.group())
        if digits == number or (len(digits) >= _LEAST_DIGITS and number.endswith(digits.lstrip("0"))):
            return found
    return None


def format_address(url: str) -> str:
    """Format ``https://www.shop.example/cups/`` as ``shop.example/cups``; ``tel:`` and ``mailto:`` as what follows
    them.
    """
    parts = urlsplit(url)
    if parts.scheme in ("tel", "mailto"):
        return unquote(parts.path)
    path = unquote(parts.path).rstrip("/")
    host = parts.netloc.rpartition("@")[2].removeprefix("www.")
    return f"{_decode_host(host)}{path}"


def _decode_host(host: str) -> str:
    """Decode ``xn--bcher-kva.example`` to ``bücher.example``; a host that cannot be decoded stays as it is."""
    try:
        return host.encode("ascii").decode("idna") if "xn--" in host else host
    except UnicodeError:
        return host


def _normalize_address(text: str) -> str:
    bare = text.casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return "".join(char for char in bare if unicodedata.category(char)[0] in "LN")


def _spell_text(screen: Screen) -> str:
    """Return the words with their styles and line breaks."""
    return format_pieces((run.text, run.style) for run in screen.runs)


def _spell_line(screen: Screen) -> str:
    return format_pieces((_remove_line_breaks(run.text), run.style) for run in screen.runs)


def _escape_line(text: str) -> str:
    return escape_marks(" ".join(text.split()))


def _remove_line_breaks(text: str) -> str:
    return text.replace("\n", " ")
