"""Reads what stands at the ends of lines: words that seek somebody, the sign of a number, where it was, a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.certain.marks import fold, list_mark_words
from reelwright.planner.certain.values import CERTAIN, LIKELY
from reelwright.planner.reading.tagger import TaggedSpan
from reelwright.planner.reading.tokens import Token

_SEEKING: Final = tuple(
    tuple(fold(word) for word in phrase.split("_"))
    for phrase in (  # noqa: SIM905  a row
        "we_are_hiring we're_hiring we_r_hiring now_hiring hiring wanted seeking recruiting wir_suchen_ab_sofort "
        "wir_suchen ihr_sucht suchen gesucht on_recrute nous_recrutons recrute recrutons on_cherche cherche "
        "nous_cherchons se_busca se_buscan buscamos busca se_necesita se_necesitan cerchiamo cercasi cerco assumiamo "
        "contratamos contrata contrata-se procura-se procuramos wij_zoeken we_zoeken zoeken zoekt gezocht "
        "zatrudnimy zatrudnię szukamy poszukujemy ищем требуется требуются vi_söker vi_søger vi_søker etsimme hledáme "
        "шукаємо потрібен търсим"
    ).split()
)
"""Words that seek somebody, before who is sought."""
_LAST_SEEKING: Final = frozenset(words[-1] for words in _SEEKING)
_SEEKING_BEHIND: Final = frozenset(
    map(fold, ("구합니다", "모집합니다", "모집", "구해요", "aranıyor", "arıyoruz", "募集"))
)
_BETWEEN: Final = (
    list_mark_words("article") | list_mark_words("alone") | {"ab", "sofort", "urgently", "urgent", "noch", "dringend"}
)
_LEAST_SOUGHT: Final = 0.25
_SOUGHT: Final = ("what", "fact", "number")
_MOST_BETWEEN: Final = 2
_PLAIN: Final = frozenset({"fact", "what", "number", "line"})
_WRITTEN: Final = ("word", "number")
_SIGNS: Final = "-−–"
_AT: Final = frozenset(["at", "bei", "beim", "chez", "bij", "w", "в", "presso"])
_WITHIN: Final = _AT | {"in", "à", "en", "em"}
_SURE_NAME: Final = 0.9
"""Least probability of a name, beside which another one behind "at" is a place."""
_CODES: Final = "code gutscheincode rabattcode codigo codice kod kodu kodom koduyla промокод промокодом"
_CODE: Final = frozenset(_CODES.split())
_USING: Final = frozenset(["use", "with", "mit", "avec", "con", "com", "met", "usa", "с"])
_MOST_CODE_TOKENS, _LEAST_CODE_LETTERS = 5, 3


def trust_sought(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with who is sought as likely, where words that seek somebody stand beside: ``einen Koch`` of
    "Wir suchen einen Koch". Pure.
    """
    made = list(spans)
    for n, span in enumerate(made):
        before = made[n - 1].end if n else 0
        is_sought = _is_sought(tokens, span.first, before) or (
            span.end < len(tokens) and fold(tokens[span.end].text) in _SEEKING_BEHIND
        )
        if span.label in _SOUGHT and span.probability >= _LEAST_SOUGHT and is_sought:
            made[n] = replace(span, probability=max(span.probability, LIKELY))
    return made


def _is_sought(tokens: Sequence[Token], first: int, before: int) -> bool:
    """Return whether words that seek stand before the token ``first``, or before articles in front of it."""
    start = first
    while start > before and first - start < _MOST_BETWEEN and fold(tokens[start - 1].text) in _BETWEEN:
        start -= 1
    last = fold(tokens[start - 1].text) if start > before else ""
    return last in _LAST_SEEKING and any(
        start - len(words) >= before and tuple(fold(one.text) for one in tokens[start - len(words) : start]) == words
        for words in _SEEKING
    )


def finish_ends(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with what their ends were torn from: the sign of a number, ``34 years`` and ``at Hill Primary``,
    and with a code as an offer. Pure.
    """
    return [part for one in _join_places(tokens, _join_minus(tokens, spans)) for part in _offer_code(tokens, one)]


def _join_minus(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with those as one that the sign of a number parts: ``Rosen erst ab`` and ``5 Grad abdecken``."""
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        sign = span.first - 1
        if (
            last and last.end == sign and tokens[sign].text in _SIGNS and {last.label, span.label} <= _PLAIN
            and tokens[span.first].kind == "number" and tokens[sign].end == tokens[span.first].start
            and tokens[sign].start - tokens[sign - 1].end == 1 and tokens[sign - 1].kind == "word"
        ):  # fmt: skip
            made[-1] = replace(last, end=span.end, probability=min(last.probability, span.probability))
        else:
            made.append(span)
    return made


def _join_places(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with a name in what took place at it, where the film has another: "34 years at Hill Primary",
    or where the line ends with the word for it: "gym in" and "Dublin 8".
    """
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        if last and span.label == "name" and last.label == "what" and _ends_within(tokens, last, span):
            made[-1] = replace(last, end=span.end)
        elif (
            last and span.label == "name" and last.label in _PLAIN and last.end == span.first - 1
            and fold(tokens[last.end].text) in _AT and tokens[last.end - 1].kind in _WRITTEN
            and any(one.label == "name" and one.probability >= _SURE_NAME for one in made)
        ):  # fmt: skip
            made[-1] = replace(
                last,
                label={"what": "fact"}.get(last.label, last.label),
                end=span.end,
                probability=min(last.probability, span.probability),
            )
        else:
            made.append(span)
    return made


def _ends_within(tokens: Sequence[Token], span: TaggedSpan, name: TaggedSpan) -> bool:
    return span.end == name.first and span.end - span.first > 1 and tokens[span.end - 1].text in _WITHIN


def _offer_code(tokens: Sequence[Token], span: TaggedSpan) -> list[TaggedSpan]:
    """Return what was read as told to the maker with the code at its end as an offer: "use code RUN40"."""
    at = next((n for n in range(span.first, span.end) if fold(tokens[n].text) in _CODE), span.end)
    code = "".join(one.text for one in tokens[at + 1 : span.end])
    is_code = code.isalnum() and code.isupper() and len(code) >= _LEAST_CODE_LETTERS
    if span.label != "dir" or span.probability >= CERTAIN or span.end - at > _MOST_CODE_TOKENS or not is_code:
        return [span]
    first = at - (at > span.first and fold(tokens[at - 1].text) in _USING)
    offer = replace(span, label="offer", first=first, probability=max(span.probability, LIKELY))
    return [replace(span, end=first), offer] if first > span.first else [offer]
