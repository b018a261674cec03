"""What the viewer is asked to do, and where: imperative, address, handle, telephone."""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import lexicon

_URL: Final = regex.compile(
    r"(?<![@\w.:/-])(?:https?://)?((?:www\.)?[\p{L}\d](?:[\p{L}\d-]{0,62})(?:\.[\p{L}\d-]{1,63})*"
    r"\.(?:[a-z]{2,24}|бг|рф))(/[^\s,;)\"'»”]*)?(?![\w@])",
    regex.I,
)
_HANDLE: Final = regex.compile(r"(?<![\w.@/])@[\p{L}\d_](?:[\p{L}\d_.]{0,28}[\p{L}\d_])?")
_PHONE: Final = regex.compile(r"(?<![\w+])\+?\d[\d ()/-]{6,17}\d(?!\w)")
_FILES: Final = frozenset(
    {"mp4", "mov", "png", "jpg", "jpeg", "pdf", "js", "py", "txt", "html", "exe", "sh", "zip", "e.g", "i.e"}
)


def url_of(seen: Seen) -> Found | None:
    """The first web address, without scheme."""
    for match in _URL.finditer(seen.text):
        host, path = match[1], (match[2] or "").rstrip(".!?:")
        top = host.rsplit(".", 1)[1].lower()
        if top in _FILES or not regex.search(r"\p{L}", host.rsplit(".", 1)[0]) or len(host) < 4:
            continue
        if top[0].isupper() or regex.search(r"\.\p{Lu}", host):  # a missing blank after a sentence: ``done.Then``
            continue
        value = (host.removeprefix("www.") + path).rstrip("/")
        if len(value) <= 60:
            return seen.found((match.start(), match.start(1) + len(host) + len(path)), 95, value)
    return None


def handle_of(seen: Seen) -> Found | None:
    """The first ``@handle``."""
    match = _HANDLE.search(seen.text)
    return seen.found(match.span(), 90) if match else None


def phone_of(seen: Seen) -> Found | None:
    """The first telephone number: nine digits or more, or after ``call``."""
    for match in _PHONE.finditer(seen.text):
        digits = sum(c.isdigit() for c in match[0])
        called = regex.search(
            r"(?:call|phone|tel\.?|телефон|тел\.?|ruf\p{L}*)\W*$", seen.text[: match.start()], regex.I
        )
        if digits >= (7 if called else 10) and not regex.fullmatch(r"[\d ]+(?:19|20)\d\d", match[0]):
            return seen.found(match.span(), 80)
    return None


def call_of(seen: Seen, language: str) -> Found | None:
    """The imperative with its object, not cut at the dot of an address; noun calls become imperatives."""
    url = url_of(seen)
    for code in dict.fromkeys((language.split("-")[0], "en")):
        pattern = _imperatives(code)
        for match in pattern.finditer(seen.text) if pattern else ():
            start = match.start(1)
            end = _end(seen, match.end(1), url)
            return seen.found((start, end), 90)
    if match := regex.search(
        r"\b(free trial|free demo|free sample|free consultation)\s+(?:at|on|via)\b", seen.text, regex.I
    ):
        verb = "Start" if "trial" in match[1].lower() else "Get"
        return seen.found(match.span(1), 75, f"{verb} your {match[1].lower()}")
    return None


def is_call(text: str, language: str) -> bool:
    """Whether a clause tells somebody to do something."""
    patterns = [_imperatives(code) for code in dict.fromkeys((language.split("-")[0], "en"))]
    return any(pattern is not None and pattern.match(text) is not None for pattern in patterns)


@cache
def _imperatives(code: str) -> regex.Pattern[str] | None:
    verbs = lexicon()["cta"].get(code)
    if not verbs:
        return None
    heads = "|".join(regex.escape(verb) for verb in sorted(verbs, key=len, reverse=True))
    # An imperative opens a sentence or a clause; behind an article, ordinal or adjective the word is a noun.
    opens = r"(?:^|[\p{So}\uFE0F]\s?|[.!?:;,\n—–。！؟।][^\S\n]*|\b(?:cta|and|to action|please|just|now)\s*:?\s+)"
    spaced = r"(?![\p{L}\p{M}])" if code not in ("ja", "zh") else ""
    return regex.compile(rf"{opens}[\"“'«]?((?:{heads}){spaced})(?!\s+(?:of|is|are|was)\b)", regex.I)


def _end(seen: Seen, at: int, url: Found | None) -> int:
    """End of the clause; a dot inside an address does not end it."""
    text = seen.text
    for index in range(at, len(text)):
        char = text[index]
        if char in '!?;\n。！।؟"”»,()—–' or (char == "." and not text[index + 1 : index + 2].strip()):
            return index
        if char == "." and not regex.match(r"[\p{L}\d]", text[index + 1 : index + 2]):
            return index
    return len(text)
