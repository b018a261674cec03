"""Tells how likely it is that a span which the model marked may stand on screen as it is: a logistic regression."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.tokens import Token
from reelwright.reel.value import define_value

_TELLING: Final = (
    "film", "maker", "look", "tone", "negated", "self", "pointing", "says", "audience", "text_on_screen", "music",
    "goodbye", "generic", "before_now", "several", "call",
)  # fmt: skip
"""Keys of ``words.yaml`` whose words tell something about a span."""
_NEAR: Final = 2
"""Tokens beside a span in which its neighbour is looked for."""
_LEAST: Final = 1e-4
_SENTENCE_ENDS: Final = frozenset(".!?…。！？؟।\n")


@define_value
class TokenChances:
    """Probabilities of a token. ``screen``: that it may stand on screen; ``direction``: that it is a direction;
    ``label``: that it has the label it was given.
    """

    screen: float
    direction: float
    label: float


class Means:
    """Mean chances of stretches of a brief: each is computed once, however many spans are in it."""

    def __init__(self, chances: Sequence[TokenChances]) -> None:
        self._chances = chances
        self._known: dict[tuple[int, int], tuple[float, float]] = {}

    def compute(self, first: int, end: int) -> tuple[float, float]:
        """Return the mean chances of the tokens [first, end) to be shown and to be a direction."""
        if (first, end) not in self._known:
            inside = self._chances[first:end]
            shown, directs = sum(one.screen for one in inside), sum(one.direction for one in inside)
            self._known[first, end] = (shown / len(inside), directs / len(inside))
        return self._known[first, end]


def describe_span(
    spans: Sequence[tuple[int, int, str]],
    at: int,
    tokens: Sequence[Token],
    chances: Sequence[TokenChances],
    marks: Marks,
    language: str,
    edges: tuple[float, float],
    means: Means,
) -> dict[str, float]:
    """Return the features of ``spans[at]``. ``edges``: the chances that it begins and ends where it does. ``means``: of
    ``chances``. Pure.
    """
    first, end, label = spans[at]
    inside = chances[first:end]
    least = min(one.screen for one in inside)
    mean = sum(one.screen for one in inside) / len(inside)
    start, stop = _widen_to_sentence(tokens, first, end)
    sentence_shown, sentence_directs = means.compute(start, stop)
    made = {
        "one": 1.0,
        "least": _logit(least), f"least:{label}": _logit(least), "mean": _logit(mean),
        "own": _logit(min(one.label for one in inside)), "directs": _logit(max(one.direction for one in inside)),
        "begins": _logit(edges[0]), "ends": _logit(edges[1]),
        f"label={label}": 1.0, f"lang={language}": 1.0, f"size={_name_size(end - first)}": 1.0,
        f"before={_name_neighbour(spans, at, -1, tokens)}": 1.0,
        f"after={_name_neighbour(spans, at, 1, tokens)}": 1.0,
        "sentence shown": sentence_shown, "sentence directs": sentence_directs,
        "brief shown": means.compute(0, len(chances))[0],
        f"spans={min(6, sum(one[2] == label for one in spans))}": 1.0,
    }  # fmt: skip
    found = marks.list_marks(tokens[first].start, tokens[end - 1].end)
    around = marks.list_marks(tokens[start].start, tokens[stop - 1].end)
    made |= {f"holds {mark}": 1.0 for mark in _TELLING if mark in found}
    made |= {f"beside {mark}": 1.0 for mark in _TELLING if mark in around and mark not in found}
    if any(token.kind == "number" for token in tokens[first:end]):
        made["number"] = 1.0
    if any(token.kind in ("line",) for token in tokens[first:end]):
        made["lines"] = 1.0
    return made


def estimate(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the probability that a span with these ``features`` may be shown."""
    total = sum(value * weights.get(name, 0.0) for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _logit(chance: float) -> float:
    chance = min(1 - _LEAST, max(_LEAST, chance))
    return math.log(chance / (1 - chance))


def _name_size(count: int) -> str:
    return str(count) if count <= 2 else "3" if count <= 4 else "5" if count <= 8 else "9" if count <= 16 else "17"


def _name_neighbour(spans: Sequence[tuple[int, int, str]], at: int, step: int, tokens: Sequence[Token]) -> str:
    """Return what stands beside a span: the label of the next one, "word" of none, a sign, or the edge of a line."""
    first, end, _ = spans[at]
    n = first - 1 if step < 0 else end
    if not 0 <= n < len(tokens) or tokens[n].kind == "line":
        return "edge"
    if 0 <= at + step < len(spans):
        other = spans[at + step]
        gap = first - other[1] if step < 0 else other[0] - end
        if gap == 0:
            return other[2]
    if tokens[n].kind in ("sign", "emoji"):
        return "sign"
    return "word"


def _widen_to_sentence(tokens: Sequence[Token], first: int, end: int) -> tuple[int, int]:
    start = first
    while start and tokens[start - 1].text not in _SENTENCE_ENDS:
        start -= 1
    while end < len(tokens) and tokens[end - 1].text not in _SENTENCE_ENDS:
        end += 1
    return start, end
