"""Takes the scenes of a storyboard as what is seen, and its slides as what is read: ``Scene 1: a kitchen at dawn``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reelwright.planner.certain.marks import fold
from reelwright.planner.certain.values import CERTAIN
from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token

SCENES: Final = frozenset(  # a row
    "scene szene scena escena cena sahne scen shot toma kadr ujecie einstellung кадр сцена "  # noqa: SIM905
    "シーン 场景 镜头 장면".split()
)
"""Labels of what is seen."""
SLIDES: Final = frozenset("slide folie diapo diapositive diapositiva слайд スライド 幻灯片 슬라이드".split())  # noqa: SIM905
"""Labels of what is read, which say nothing themselves."""
_NUMBERS: Final = frozenset("one two three four five six eins zwei drei vier uno dos tres un deux trois".split())  # noqa: SIM905
_SOLD: Final = ("price", "offer", "old", "contact")
"""Labels of what no scene holds."""
_SIGNS: Final = frozenset(":：–—-.)")
_ANNOUNCING: Final = frozenset("text texto texte testo tekst caption super says title titel título".split())  # noqa: SIM905
_LEAST: Final = 2
_MOST_LETTERS: Final = 200


def settle_storyboard(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with each scene of at least two as a subject, which no screen shows, and each slide as a fact,
    without their labels. Pure.
    """
    made = list(spans)
    for labels, label in ((SCENES, "subject"), (SLIDES, "fact")):
        heads = _list_heads(tokens, labels)
        for n, (first, begin) in enumerate(heads) if len(heads) >= _LEAST else ():
            end = heads[n + 1][0] if n + 1 < len(heads) else _find_end(tokens, begin)
            if any(one.label in _SOLD and one.first < end and begin < one.end for one in made):
                continue
            quoted = [one.first for one in made if one.label == "line" and first <= one.first < end]
            end = _cut_end(tokens, begin, min([end, *quoted]))
            if end == begin or tokens[end - 1].end - tokens[begin].start > _MOST_LETTERS:
                continue
            made = [part for one in made for part in cut_span(one, first, end)]
            made.append(TaggedSpan(label=label, first=begin, end=end, probability=CERTAIN))
    return sorted(made, key=lambda one: one.first)


def _list_heads(tokens: Sequence[Token], labels: frozenset[str]) -> list[tuple[int, int]]:
    """List the first token of each numbered label at the head of a line or sentence, and of what stands behind it."""
    made = []
    for n in range(len(tokens) - 3):
        begins = n == 0 or tokens[n - 1].kind == "line" or tokens[n - 1].text in SENTENCE_ENDS | _SIGNS | {",", ";"}
        number = fold(tokens[n + 1].text)
        is_head = fold(tokens[n].text) in labels and (number.isdigit() or number in _NUMBERS)
        if begins and is_head and tokens[n + 2].text in _SIGNS:
            made.append((n, n + 3))
    return made


def _cut_end(tokens: Sequence[Token], begin: int, end: int) -> int:
    """Return where a scene ends without signs, and without what announces a quotation: "logo, text"."""
    while end > begin and (
        tokens[end - 1].kind == "line"
        or (tokens[end - 1].kind == "sign" and tokens[end - 1].text not in ")?")
        or fold(tokens[end - 1].text) in _ANNOUNCING
    ):
        end -= 1
    return end


def _find_end(tokens: Sequence[Token], begin: int) -> int:
    return next((n for n in range(begin, len(tokens)) if tokens[n].text in SENTENCE_ENDS), len(tokens))
