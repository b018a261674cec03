"""Tells how likely it is that a span which the model marked may stand on screen as it is: a logistic regression."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import Final

from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.likelihood.weighing import to_logit
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token
from reelwright.reel.base.value import define_value

_TELLING: Final = (
    "film", "maker", "look", "tone", "negated", "self", "pointing", "says", "audience", "text_on_screen", "music",
    "goodbye", "generic", "before_now", "several", "call",
)  # fmt: skip
"""Keys of ``words.yaml`` whose words tell something about a span."""
_NEAR: Final = 2
"""Tokens beside a span in which its neighbour is looked for."""
PLACED: Final = "where: "
"""Begins the names of the features that tell where in the brief a span stands: see ``describe_place``."""
_SIGNING: Final = ("name", "who", "place", "contact")
"""Labels of what stands in a signature."""
_MOST_SIGNED: Final = 4
"""Most tokens of such a thing."""
_WORDS_STEP: Final = 20
"""Words by which the length of a brief is told."""
_PARTS: Final = 5
"""Parts of a brief that are told apart, from its beginning to its end."""


@define_value
class TokenChances:
    """Probabilities of a token. ``screen``: that it may stand on screen; ``direction``: that it is a direction;
    ``label``: that it has the label it was given.
    """

    screen: float
    direction: float
    label: float


class BriefChances:
    """The chances of a brief that all its spans share, with its sentences and the counts of its labels.

    Each is computed once, however many spans there are.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        chances: Sequence[TokenChances],
        spans: Sequence[tuple[int, int, str]],
    ) -> None:
        self.chances = chances
        self._labels = Counter(label for _, _, label in spans)
        self._ends = [n + 1 for n, token in enumerate(tokens) if token.text in SENTENCE_ENDS]
        self._means: dict[tuple[int, int], tuple[float, float]] = {}
        self.lines = BriefLines(tokens)

    def count_label(self, label: str) -> int:
        """Return how many spans have the label."""
        return self._labels[label]

    def find_sentence(self, first: int, end: int) -> tuple[int, int]:
        """Return the tokens of the sentences that the tokens [first, end) touch, with the sign that ends them."""
        before, behind = bisect_right(self._ends, first), bisect_left(self._ends, end)
        start = self._ends[before - 1] if before else 0
        return start, self._ends[behind] if behind < len(self._ends) else len(self.chances)

    def compute_means(self, first: int, end: int) -> tuple[float, float]:
        """Return the mean chances of the tokens [first, end) to be shown and to be a direction."""
        if (first, end) not in self._means:
            inside = self.chances[first:end]
            shown, directs = sum(one.screen for one in inside), sum(one.direction for one in inside)
            self._means[first, end] = (shown / len(inside), directs / len(inside))
        return self._means[first, end]


def describe_span(
    spans: Sequence[tuple[int, int, str]],
    at: int,
    tokens: Sequence[Token],
    brief: BriefChances,
    marks: Marks,
    language: str,
    edges: tuple[float, float],
) -> dict[str, float]:
    """Return the features of ``spans[at]``. ``edges``: the chances that it begins and ends where it does. Pure."""
    first, end, label = spans[at]
    inside = brief.chances[first:end]
    least = min(one.screen for one in inside)
    mean = sum(one.screen for one in inside) / len(inside)
    start, stop = brief.find_sentence(first, end)
    sentence_shown, sentence_directs = brief.compute_means(start, stop)
    made = {
        "one": 1.0,
        "least": to_logit(least), f"least:{label}": to_logit(least), "mean": to_logit(mean),
        "own": to_logit(min(one.label for one in inside)), "directs": to_logit(max(one.direction for one in inside)),
        "begins": to_logit(edges[0]), "ends": to_logit(edges[1]),
        f"label={label}": 1.0, f"lang={language}": 1.0, f"size={_name_size(end - first)}": 1.0,
        f"before={_name_neighbour(spans, at, -1, tokens)}": 1.0,
        f"after={_name_neighbour(spans, at, 1, tokens)}": 1.0,
        "sentence shown": sentence_shown, "sentence directs": sentence_directs,
        "brief shown": brief.compute_means(0, len(tokens))[0],
        f"spans={min(6, brief.count_label(label))}": 1.0,
    }  # fmt: skip
    found = marks.list_marks(tokens[first].start, tokens[end - 1].end)
    around = marks.list_marks(tokens[start].start, tokens[stop - 1].end)
    made |= {f"holds {mark}": 1.0 for mark in _TELLING if mark in found}
    made |= {f"beside {mark}": 1.0 for mark in _TELLING if mark in around and mark not in found}
    if any(token.kind == "number" for token in tokens[first:end]):
        made["number"] = 1.0
    if any(token.kind in ("line",) for token in tokens[first:end]):
        made["lines"] = 1.0
    return made | describe_place(spans, at, brief.lines)


class BriefLines:
    """The lines of a brief that hold something: ``line_of`` each token, how many they are, and of how many words."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.line_of: list[int] = []
        self.count = 0
        was_end = True
        for token in tokens:
            self.count += was_end and token.kind != "line"
            was_end = token.kind == "line"
            self.line_of.append(max(0, self.count - 1))
        self.words = sum(token.kind == "word" for token in tokens)


def describe_place(spans: Sequence[tuple[int, int, str]], at: int, lines: BriefLines) -> dict[str, float]:
    """Return the features of where ``spans[at]`` stands: its line among the lines, what follows, how long the brief is.

    A name in the last lines of a mail is its writer's. Pure.
    """
    first, end, label = spans[at]
    line = lines.line_of[first]
    back = lines.count - 1 - line
    following = spans[at + 1][2] if at + 1 < len(spans) else "edge"
    found = [
        f"line={min(line, 3)}|{min(back, 3)}|{min(lines.count, 4)}",
        f"back={min(back, 4)}|{label in _SIGNING}|{end - first <= _MOST_SIGNED}",
        f"long={min(lines.words // _WORDS_STEP, 5)}",
        f"next={following}|{label}",
        f"part={_PARTS * first // len(lines.line_of)}|{label}",
    ]
    return {PLACED + one: 1.0 for one in found}


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
