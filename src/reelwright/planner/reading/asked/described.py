"""Finds what a film is for where a brief asks for the film with it, where its writer introduces themselves, or seeks.

Such as ``taller mecánico`` of "un anuncio de mi taller mecánico", ``small law firm`` of "We are a small law firm".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import LIKELY
from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import QUOTES, SENTENCE_ENDS, Token

OWNERS: Final = list_mark_words("alone") - list_mark_words("article") - list_mark_words("several") - {"mit"} | {
    "unsern",
    "unsre",
    "unsren",
    "unsrem",
    "unserm",
}
"""Words such as "our" and "mi" before what somebody has, and some articles; German "mit" is another word."""
_OWNING: Final = OWNERS - list_mark_words("owns_nothing")
_NAMING: Final = list_mark_words("naming")
_LINKING: Final = _NAMING | list_mark_words("article") | list_mark_words("alone")
_MOST_DESCRIBING_WORDS, _MOST_INTRODUCING_WORDS, _MOST_KIND_WORDS = 5, 7, 2
_DESCRIBED_PROBABILITY, _LEAST_KIND = 0.85, 0.25
_AFTER_FILM_WORD: Final = ("what", "fact", "subject")
_NEVER_DESCRIBING: Final = frozenset(
    {"film", "maker", "tone", "look", "negated", "seconds", "minutes", "audience", "music", "sounds",
     "tall_place", "wide_place"}
)  # fmt: skip
"""Marks of words that tell the maker something."""
_NO_KIND: Final = _NEVER_DESCRIBING | {"naming"}

_ADJECTIVE: Final = r"\p{Lu}\p{L}+(?:isch|lich|ig|haft)e[rsn]?"
"""A German adjective with a capital: a part of the name behind it."""
CALLING: Final = frozenset(  # a row
    "called named heisst genannt namens appele appelee llamado llamada chiamato chiamata chamado chamada heter kallas "  # noqa: SIM905
    "kallar heet".split()
)
_BEFORE_CALLING: Final = frozenset({"its", "it", "s", "it's", "it’s", "is", "which", "das", "die", "der", "qui", "que"})
"""Words that only say that a name follows, and those that may stand before them."""
THAT: Final = frozenset("that dass que che ze że что що че dat att at ca că hogy".split())  # noqa: SIM905  a row
"""Words behind which what somebody announces is a sentence of its own."""
_TELLING: Final = frozenset(  # a row
    "telling explaining informing reminding announcing "  # noqa: SIM905
    "explain tell inform informs remind reminds mention say announce announces show stress emphasise emphasize "
    "highlight know erklare erklart erklaren sagt sagen zeigt zeigen erwahnt erwahnen betont dire dites expliquer "
    "expliquez montrer montrez rappeler rappelez decir diga digan explica explicar explique mostrar muestra recordar "
    "recuerda avisar avisa dizer mostre lembrar spiegare spiega spiegate mostrare mostra ricordare ricorda zeg vertel "
    "weten vermeld toon".split()
)
"""Words that ask the maker to tell something, before "that"."""
_MOST_ASKING_WORDS, _LEAST_TOLD, _MOST_TOLD, _TOLD_PROBABILITY = 6, 2, 24, 0.7
_TOLD_ENDS: Final = SENTENCE_ENDS | {",", ";", "("}
_NO_NEWS: Final = frozenset({"film", "tone", "look", "audience", "music", "sounds"})
"""Marks of words that tell the maker something also behind "that": "make sure that it looks calm"."""
_OWN_LINES: Final = frozenset({"line", "call", "contact", "old"})

_DOING: Final = (
    r"(?:^|[.!?\n]\s*|,\s|\bso )(?:(?:i|we)(?: also| just)? (?:do|run|own|make|sell|offer|teach)"
    r"|ich (?:mache?|gebe|biete|verkaufe|betreibe)|wir (?:machen|bieten|verkaufen|betreiben)"
    r"|je (?:fais|tiens|propose|vends)|nous (?:faisons|proposons)|(?:hago|hacemos|ofrezco|vendo|vendemos|faço|faccio)"
    r"|ik (?:geef|maak)|wij maken)\s(?:(?:a|an|the|eine?n?|une?|uno?|una|um|uma|een)\s)?(?=\p{L})"
)
"""A pattern, compiled on first use: what somebody does or sells; not what they have, which may be a question."""
_LEAST_DONE, _MOST_DONE = 2, 9
_AND: Final = frozenset({"and", "und", "et", "y", "e", "en", "but", "aber", "mais", "pero", "ma"})
_WISHING: Final = frozenset({"i", "we", "will", "wollen"})

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
_BEFORE_SOUGHT: Final = (
    list_mark_words("article") | list_mark_words("alone") | {"ab", "sofort", "urgently", "urgent", "noch", "dringend"}
)
_LEAST_SOUGHT: Final = 0.25
_SOUGHT: Final = ("what", "fact", "number")
_GENDERS, _MOST_GENDERS = frozenset("mwfdxivhg"), 9
_MOST_BEFORE_SOUGHT: Final = 2


def find_described(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with what a film is for cut out of the request for it. Pure.

    That is one to five words behind a film word, where a word such as "our" or a name directly behind them says whose
    or what they describe: ``taller mecánico`` of "anuncio de mi taller mecánico", ``Kanzlei`` of "Video für die Kanzlei
    Vogel".
    """
    spans = list(spans)
    made: list[TaggedSpan] = []
    for n, one in enumerate(spans):
        span = _drop_film_word(tokens, made[-1], one, marks) if made else one
        behind = spans[n + 1] if n + 1 < len(spans) else None
        is_before_name = behind is not None and behind.label == "name" and _touches(tokens, span.end, behind.first)
        found = _locate_described(tokens, span, marks, is_before_name=is_before_name) if span.label == "dir" else None
        if found and behind and is_before_name and regex.fullmatch(_ADJECTIVE, tokens[behind.first - 1].text):
            spans[n + 1] = replace(behind, first=behind.first - 1)  # "die Freiwillige Feuerwehr Oberkirchen"
            made += cut_span(span, behind.first - 1, behind.end)
            continue
        if found:
            what = TaggedSpan(label="what", first=found[0], end=found[1], probability=_DESCRIBED_PROBABILITY)
            is_quoted = found[1] < span.end and tokens[found[1]].text in QUOTES  # the quotation is no direction
            rest = [one for one in cut_span(span, *found) if not (is_quoted and one.first == found[1])]
            made += sorted([*rest, what], key=lambda one: one.first)
        elif (
            span.label == "what" and fold(tokens[span.first].text) in OWNERS and made and made[-1].label == "dir"
            and made[-1].end == span.first and "film" in _list_marks(tokens, made[-1].first, made[-1].end, marks)
        ):  # fmt: skip
            made.append(replace(span, probability=max(span.probability, _DESCRIBED_PROBABILITY)))
        else:
            made.append(span)
    return made


def _drop_film_word(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan, marks: Marks) -> TaggedSpan:
    """Return a span behind a direction without the film word that it begins with: ``reklamę`` of "reklamę miodu"."""
    begins = last.label == "dir" and last.end == span.first and span.end - span.first > 1
    if (
        not begins
        or span.label not in _AFTER_FILM_WORD
        or "film" not in _list_marks(tokens, span.first, span.first + 1, marks)
    ):
        return span
    return replace(span, first=span.first + 1)


def find_introduced(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with what those are who want the film, where nothing of it was read: "We are a small law firm".

    One to seven words behind ``we are`` at the beginning of a sentence, to the end of their clause. Pure.
    """
    made = list(spans)
    starts = [token.start for token in tokens]
    for hit in marks.find_hits(0, tokens[-1].end if tokens else 0):
        before, first = bisect_left(starts, hit.start), bisect_left(starts, hit.end)
        if hit.mark != "introducing" or (before and tokens[before - 1].text not in SENTENCE_ENDS):
            continue
        end = first
        while end < len(tokens) and tokens[end].kind == "word" and end - first <= _MOST_INTRODUCING_WORDS:
            end += 1
        over = [one for one in made if one.first < end and first < one.end]
        if over and over[0].first > first and over[0].label == "name":
            end, over = over[0].first, []
        if not 0 < end - first <= _MOST_INTRODUCING_WORDS or any(one.label != "dir" for one in over):
            continue
        if not _list_marks(tokens, first, end, marks) & _NEVER_DESCRIBING:
            made = [part for one in made for part in cut_span(one, first, end)]
            made.append(TaggedSpan(label="what", first=first, end=end, probability=_DESCRIBED_PROBABILITY))
    return sorted(made, key=lambda one: one.first)


def find_done(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with what the writer says to do or to sell, where nothing likely says what the film is for: "i
    do mobile car valeting", ``Klavierunterricht`` of "ich gebe Klavierunterricht". Pure.
    """
    made = list(spans)
    if any(one.label == "what" and one.probability >= LIKELY for one in made):
        return made
    starts = [token.start for token in tokens]
    for doing in regex.finditer(_DOING, text, regex.I):
        first = bisect_left(starts, doing.end())
        end = first
        while end < len(tokens) and tokens[end].kind in ("word", "number") and not _asks_on(tokens, end, marks):
            end += 1
        over = [one for one in made if one.first < end and first < one.end]
        is_said = _LEAST_DONE <= end - first <= _MOST_DONE and all(one.label == "dir" for one in over)
        if is_said and not _list_marks(tokens, first, end, marks) & _NEVER_DESCRIBING:
            begins = next((n + 1 for n in range(first - 1, -1, -1) if tokens[n].kind != "word"), 0)
            ends = next((n for n in range(end, len(tokens)) if tokens[n].kind != "word"), len(tokens))
            ends = min([ends, *(one.first for one in made if one.first >= end)])
            made = [part for one in made for part in cut_span(one, begins, ends)]
            made.append(TaggedSpan(label="what", first=first, end=end, probability=_TOLD_PROBABILITY))
            around = ((begins, first), (end, ends))
            made += [TaggedSpan(label="dir", first=a, end=b, probability=0.0) for a, b in around if a < b]
            break
    return sorted(made, key=lambda one: one.first)


def _asks_on(tokens: Sequence[Token], n: int, marks: Marks) -> bool:
    """Return whether a clause ends at the token ``n``, which joins it to a wish: "and I want", "und will endlich"."""
    behind = tokens[n + 1 : n + 3]
    return fold(tokens[n].text) in _AND and any(
        fold(one.text) in _WISHING | OWNERS or "maker" in marks.list_marks(one.start, one.end) for one in behind
    )


def find_told(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with what a brief asks to tell as a likely fact: "explain to residents that bins are emptied on
    Thursdays". The words that ask are a direction. Pure.
    """
    made = list(spans)
    for that in (n for n, token in enumerate(tokens) if fold(token.text) in THAT):
        first = that
        while first and tokens[first - 1].kind == "word":
            first -= 1
        verbs = [n for n in range(max(first, that - _MOST_ASKING_WORDS), that) if fold(tokens[n].text) in _TELLING]
        named = [one.end for one in made if one.label == "name" and first <= one.first and one.end <= that]
        first = max([first, *named])  # "Millbrook Public Works reminds residents that …"
        requested = {n for one in made if one.label == "dir" for n in range(one.first, one.end)}
        before = [tokens[n] for n in range(first, verbs[0]) if n not in requested] if verbs else []
        if not verbs or not all("maker" in marks.list_marks(one.start, one.end) for one in before):
            continue
        whole = {n for one in made if one.label in ("time", "place") for n in range(one.first, one.end)}
        end = that + 1
        while end < len(tokens) and tokens[end].kind != "line" and (end in whole or tokens[end].text not in _TOLD_ENDS):
            end += 1
        over = [one for one in made if one.first < end and first < one.end]
        is_long = not _LEAST_TOLD <= end - that - 1 <= _MOST_TOLD
        if is_long or _list_marks(tokens, that + 1, end, marks) & _NO_NEWS or {one.label for one in over} & _OWN_LINES:
            continue
        made = [part for one in made for part in (cut_span(one, first, end) if one.label != "name" else [one])]
        fact = TaggedSpan(label="fact", first=that + 1, end=end, probability=_TOLD_PROBABILITY)
        asking = TaggedSpan(label="dir", first=first, end=that + 1, probability=_DESCRIBED_PROBABILITY)
        made = sorted([*made, asking, fact], key=lambda one: one.first)
    return made


def find_kinds(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with what stands between a word such as "my" and a quoted name, where nothing of it was read:
    ``podcast`` of 'my podcast "Second Helpings"'; what was read right before it is likely. Pure.
    """
    made: list[TaggedSpan] = []
    for span in spans:
        end = span.first - 1
        before = made[-1].end if made else 0
        if (
            span.label == "name"
            and made
            and made[-1].label == "what"
            and before == find_calling(tokens, before, span.first) < span.first
        ):
            made[-1] = replace(made[-1], probability=max(made[-1].probability, LIKELY))
        if span.label == "name" and made and end == before and tokens[end].text in QUOTES:
            if made[-1].label == "what" and made[-1].probability >= _LEAST_KIND:
                made[-1] = replace(made[-1], probability=max(made[-1].probability, LIKELY))
        elif span.label == "name" and end > before and tokens[end].text in QUOTES:
            first = end
            while first > before and end - first < _MOST_KIND_WORDS and _may_say_kind(tokens, first - 1):
                first -= 1
            is_owned = first > before and fold(tokens[first - 1].text) in _OWNING
            found = _list_marks(tokens, first, end, marks) if is_owned and first < end else {"naming"}
            if not found & _NO_KIND:
                made.append(TaggedSpan(label="what", first=first, end=end, probability=_DESCRIBED_PROBABILITY))
        elif span.label == "name" and made and 0 < span.first - before <= _MOST_KIND_WORDS:
            last, kind = made[-1], range(before, span.first)
            is_cut = (
                last.label in (*_SOUGHT, "time")
                and last.end - last.first > 1
                and fold(tokens[before - 1].text) in _OWNING
            )
            if is_cut and all(_may_say_kind(tokens, n) for n in kind):
                made[-1] = replace(last, end=span.first)
        made.append(span)
    return made


def find_calling(tokens: Sequence[Token], first: int, end: int) -> int:
    """Return where the words from the token ``first`` on begin that only say that a name stands at ``end``: ``its
    called``; ``end`` if none do. Pure.
    """
    begins = end
    while begins > first and fold(tokens[begins - 1].text) in CALLING | _BEFORE_CALLING:
        begins -= 1
    return begins if any(fold(one.text) in CALLING for one in tokens[begins:end]) else end


def _may_say_kind(tokens: Sequence[Token], n: int) -> bool:
    return tokens[n].kind == "word" and fold(tokens[n].text) not in OWNERS and tokens[n + 1].start > tokens[n].end


def find_sought(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
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
    for first, end in _find_genders(tokens):
        owner = next((one for one in made if one.label in _SOUGHT and one.first <= first < one.end), None)
        whole = replace(owner, end=max(owner.end, end)) if owner else None
        whole = whole or TaggedSpan(label="what", first=first, end=end, probability=LIKELY)
        rest = [part for one in made if one is not owner for part in cut_span(one, whole.first, whole.end)]
        made = sorted([*rest, replace(whole, probability=max(whole.probability, LIKELY))], key=lambda one: one.first)
    return made


def _find_genders(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the tokens [first, end) of each word with the letters behind it of who may apply: ``Koch (m/w/d)``."""
    for n in range(1, len(tokens) - 3):
        if tokens[n].text != "(" or tokens[n - 1].kind != "word":
            continue
        end = next((k for k in range(n + 4, min(n + _MOST_GENDERS, len(tokens))) if tokens[k].text == ")"), 0)
        inside = [one.text.casefold() for one in tokens[n + 1 : end]] if end else []
        if inside and set(inside[::2]) <= _GENDERS and set(inside[1::2]) <= {"/", "|", "-"}:
            yield n - 1, end + 1


def _is_sought(tokens: Sequence[Token], first: int, before: int) -> bool:
    """Return whether words that seek stand before the token ``first``, or before articles in front of it."""
    start = first
    while start > before and first - start < _MOST_BEFORE_SOUGHT and fold(tokens[start - 1].text) in _BEFORE_SOUGHT:
        start -= 1
    last = fold(tokens[start - 1].text) if start > before else ""
    return last in _LAST_SEEKING and any(
        start - len(words) >= before and tuple(fold(one.text) for one in tokens[start - len(words) : start]) == words
        for words in _SEEKING
    )


def _touches(tokens: Sequence[Token], end: int, first: int) -> bool:
    return all(token.text in QUOTES for token in tokens[end:first])


def _locate_described(
    tokens: Sequence[Token], span: TaggedSpan, marks: Marks, *, is_before_name: bool
) -> tuple[int, int] | None:
    """Return the tokens [first, end) of a request that say what it is for, or None."""
    films = [n for n in range(span.first, span.end) if "film" in _list_marks(tokens, n, n + 1, marks)]
    if not films:
        return None
    first, end = films[-1] + 1, span.end
    while end > first and (tokens[end - 1].text in QUOTES or fold(tokens[end - 1].text) in _NAMING):
        end -= 1
    behind_film, is_owned = first, False
    while first < end and fold(tokens[first].text) in _LINKING:
        is_owned |= fold(tokens[first].text) in _OWNING
        first += 1
    if is_owned and not is_before_name:
        end = next((n for n in range(first, end) if tokens[n].kind != "word"), end)
    words = tokens[first:end]
    is_linked = is_before_name and first > behind_film
    if not (is_owned or is_linked) or not 0 < len(words) <= _MOST_DESCRIBING_WORDS:
        return None
    if any(word.kind != "word" or fold(word.text) in _OWNING for word in words):
        return None  # "para despedir a mi hermano" says what is done
    return None if _list_marks(tokens, first, end, marks) & _NEVER_DESCRIBING else (first, end)


def _list_marks(tokens: Sequence[Token], first: int, end: int, marks: Marks) -> set[str]:
    return marks.list_marks(tokens[first].start, tokens[end - 1].end)
