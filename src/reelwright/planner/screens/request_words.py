"""Mends the span of a subject: no request to the maker stands in it, and it ends where its phrase ends."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.planner.tables import load_english

_FILM: Final = (
    r"(?:tv |short )?(?:commercials?|adverts?|advertisements?|ads?|videos?|films?|spots?|clips?|reels?|promos?"
    r"|trailers?|teasers?|tiktoks?)"
)
_LENGTH: Final = r"(?:(?:\d+|half)[- ]?(?:an? )?(?:minutes?|mins?|seconds?|secs?|s)\b[- ]?(?:long )?)"
_REQUESTS: Final = {
    "en": regex.compile(
        r"(?:please )?(?:can you |could you )?"
        r"(?:create|make|produce|generate|film|shoot|design|write|give|do|(?:i|we) (?:want|need)) (?:me |us )?"
        rf"(?:an? |the |some )?{_LENGTH}?(?P<before>(?:[^,.;:]+ )?){_FILM}\b"
        r"(?: (?:for|about|of|on|with|showing) (?P<after>.+))?", regex.I,
    ),
    "zh": regex.compile(
        r"(?:请)?(?:帮我们?)?[为给](?:我们?的)?(?P<before>.+?)(?:制作|拍摄|拍|做)(?:一(?:个|条|部))?(?P<after>)"
    ),
    "ar": regex.compile(
        r"(?:اصنع|أنشئ|صمم|اعمل) \S*(?:إعلان|اعلان|فيديو|فيلم)\S*(?: مدته)?(?: \p{Nd}+ \S+)? "
        r"(?P<before>)(?:عن |ل(?=\S))(?P<after>.+)"
    ),
}  # fmt: skip
"""Requests that are a whole subject, by language; what it is about stands ``before`` or ``after`` the word for film."""
_SIZES_ALONE: Final = regex.compile(r"(?:(?:extreme|medium|macro|wide|long)[ -])*(?:close[ -]?ups?|shots?)", regex.I)
_STRAIGHT: Final = regex.compile(r'(?<!\w)"|"(?!\w)')
_BELONGS: Final = regex.compile(r"d['’]\p{Ll}|(?:de|du|di|do|da|del|della) \p{Ll}")
_PHRASE_END: Final = regex.compile(r"[.,;:!?()\n—–]|\s[-|]\s|$")
_TO_THE_MAKER: Final = regex.compile(
    r"(?:and |but )?(?:please|pls|make|keep|show|add|use|include|do|don['’]?t|no|i|we|you|let|it should"
    r"|with (?:no|music|text|voice)|in \d|for \d)\b", regex.I,
)  # fmt: skip
_GOES_ON: Final = regex.compile(
    r"(?:and|to|into|onto|through|across|over|under|along|towards?|from|between|around|behind|beside|against|until"
    r"|while|as|at|on|with)\b", regex.I,
)  # fmt: skip


def remove_request(text: str, language: str) -> str:
    """Return a subject without a request that is all of it ("produce a watch commercial": "watch"). Pure."""
    found = _REQUESTS[language].fullmatch(text) if language in _REQUESTS else None
    if not found:
        return text
    kept = (found["after"] or found["before"] or "").strip()
    return kept or text


def is_wish(text: str) -> bool:
    """Return whether an English text begins as a wish to the maker does ("and make it cool"). Pure."""
    return bool(_TO_THE_MAKER.match(text.strip()))


def is_sizes_alone(text: str) -> bool:
    """Return whether a text is sizes of shots and nothing else ("close-ups"), so that it is no subject. Pure."""
    return bool(_SIZES_ALONE.fullmatch(text.strip(" .,;:!?")))


def extend_subject(brief: str, start: int, end: int, ends: int) -> str:
    """Return the subject [start, end) of an English brief as far as its phrase goes on: to the next comma or stop,
    where it ends before a word that must follow ("wins at the"); else to ``ends``, where the next part of the brief
    begins that is read, if it goes on with a preposition or "and". Pure.
    """
    text = brief[start:end].rstrip()
    rest = brief[end : end + _find_end(brief[end:])]
    follows = rest.strip()
    if not follows or not rest[0].isspace() or _TO_THE_MAKER.match(follows):
        return text
    if _is_unfinished(text):
        return f"{text} {follows}"
    goes_on = brief[end : min(end + len(rest), ends)].strip()
    return f"{text} {goes_on}" if _GOES_ON.match(goes_on) and not _is_unfinished(goes_on) else text


def trim_end(text: str) -> str:
    """Return an English phrase without words at its end after which another one must come ("tested for"). Pure."""
    words = text.split()
    while len(words) > 1 and _needs_more(words[-1]):
        del words[-1]
    return " ".join(words).rstrip(",")


def balance_quotation_marks(text: str) -> str:
    """Return a text without a quotation mark whose other half was cut off ("Kaffeemaschine „Brüh"). Pure."""
    for opening, closing in (("„", "“”"), ("“", "”"), ("«", "»"), ("「", "」"), ("『", "』"), ("《", "》")):
        is_closed = any(one in text for one in closing)
        if opening in text and not is_closed and not (opening == "“" and "„" in text):
            text = text.replace(opening, "")
    return _STRAIGHT.sub("", text) if len(_STRAIGHT.findall(text)) % 2 else text


def find_whole_name(text: str, brief: str, start: int) -> str:
    """Return a name that was read at ``start`` of a brief as it stands alone: quotation marks in pairs, and a noun
    before it to which it belongs ("d'olive de Provence": "huile d'olive de Provence"). Pure.
    """
    before = brief[:start].split()
    if before and _BELONGS.match(text) and before[-1].isalpha():
        text = f"{before[-1]} {text}"
    return balance_quotation_marks(text)


def _find_end(text: str) -> int:
    found = _PHRASE_END.search(text)
    return int(found.start()) if found else len(text)


def _is_unfinished(text: str) -> bool:
    words = text.casefold().split()
    if len(words) < 3:
        return len(words) == 2 and _needs_more(words[-1])
    return _needs_more(words[-1]) or (words[-1].endswith("ing") and not _needs_more(words[-2]))


def _needs_more(word: str) -> bool:
    here = word.casefold()
    return here in load_english()["unfinished"].split()
