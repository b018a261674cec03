"""Reviews what was read of a brief: how likely each piece may stand on screen, by weights learned from labelled briefs.

The pieces are those that all the rules leave. How the weights were learned: tools/reader/README.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from reelwright.planner.certain.values import Piece
from reelwright.planner.reading.likelihood.observed import NOISE, ObservedBrief
from reelwright.planner.reading.likelihood.weighing import Features, add_level, estimate, to_logit
from reelwright.reel.base.value import define_value

_STEPS: Final = (-6, -4, -2.5, -1.5, -0.7, 0, 0.7, 1.5, 2.5, 4, 6)
_SHARES: Final = (0.1, 0.3, 0.5, 0.7, 0.9, 1.1)
_NO_REST: Final = 1.2
"""Stands for the chance of the rest of a sentence where there is none."""
_NOISE_SHARES: Final = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
_PICTURED: Final = ("subject", "setting", "light", "style")
_GIVEN: Final = (0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
"""Probabilities that rules give; others are read from the model."""
_TOLD_OF_BRIEF: Final = ("goodbye", "closing", "film", "maker", "self", "negated", "audience", "look", "tone")
_NEAR: Final = 8
"""Tokens beside a piece in which the words of its sentence count."""
_STEP_TOKENS, _MOST_STEPS = 6, 4
_SIGNS: Final = ("sign", "line", "emoji")


@define_value
class _Token:
    """Chances of a token: that it may be shown, that it is a direction, noise, or what pictures show."""

    shown: float
    directs: float
    noise: float
    subject: float


class Review:
    """Holds what all pieces of a brief share: ``pieces`` as they were read, the tokens ``inside`` each, a name."""

    def __init__(self, brief: ObservedBrief, pieces: Sequence[Piece], inside: Sequence[range], name: str) -> None:
        self.brief, self.pieces, self.inside, self.name = brief, pieces, inside, name.casefold()
        self.tokens = [self._weigh_token(n) for n in range(len(brief.tokens))]
        count = max(1, len(self.tokens))
        self.shown = sum(one.shown for one in self.tokens) / count
        self.directs = sum(one.directs for one in self.tokens) / count
        self.noise = sum(one.noise for one in self.tokens) / count
        self.mean = sum(one.probability for one in pieces) / max(1, len(pieces))
        self.marks = set().union(*brief.marks)
        self.labels = [tag[2:] or tag for tag in brief.tags]

    def _weigh_token(self, n: int) -> _Token:
        chance = self.brief.get_chance
        noise, directs, subject = self.brief.get_tag_chance(n, NOISE), chance(n, "dir"), chance(n, "subject")
        return _Token(shown=max(0.0, 1 - noise - directs - subject), directs=directs, noise=noise, subject=subject)

    def describe(self, at: int) -> Features:
        """Return the features of ``pieces[at]``. Pure."""
        piece, brief = self.pieces[at], self.brief
        inside = self.inside[at]
        words_at = [n for n in inside if brief.tokens[n].kind not in _SIGNS] or list(inside)
        made: Features = {}
        self._add_chances(made, piece.kind, words_at)
        self._add_tags(made, piece.kind, words_at, inside.stop)
        self._add_sentence(made, piece.kind, inside)
        self._add_place(made, at, inside)
        made |= dict.fromkeys(self._name_words(piece.kind, inside, words_at), 1.0)
        made["holds name"] = float(bool(self.name) and self.name in " ".join(piece.text.split()).casefold())
        return made

    def _add_chances(self, made: Features, kind: str, words_at: Sequence[int]) -> None:
        shown = [self.tokens[n].shown for n in words_at]
        least = to_logit(min(shown))
        add_level(made, "least", least, _STEPS)
        add_level(made, "mean", to_logit(sum(shown) / len(shown)), _STEPS)
        add_level(made, "first", to_logit(shown[0]), _STEPS)
        add_level(made, "last", to_logit(shown[-1]), _STEPS)
        add_level(made, "directs", to_logit(max(self.tokens[n].directs for n in words_at)), _STEPS)
        add_level(made, "noise", to_logit(max(self.tokens[n].noise for n in words_at)), _STEPS)
        made["subject"] = to_logit(max(self.tokens[n].subject for n in words_at))
        made["doubtful"] = sum(one < 0.3 for one in shown) / len(shown)
        made[f"least#{sum(least >= step for step in _STEPS)},{kind}"] = 1.0

    def _add_tags(self, made: Features, kind: str, words_at: Sequence[int], end: int) -> None:
        tags, labels = self.brief.tags, [self.labels[n] for n in words_at]
        unshown = (NOISE, "dir", *_PICTURED)
        for name, wanted in (("noise", (NOISE,)), ("directs", ("dir",)), ("pictured", _PICTURED)):
            share = sum(one in wanted for one in labels) / len(labels)
            made[f"tagged {name}"] = share
            made[f"tagged {name}#{_name_share(share)}"] = 1.0
        share = sum(one not in unshown for one in labels) / len(labels)
        made["tagged shown"] = share
        made[f"tagged shown#{_name_share(share)}"] = 1.0
        made |= {f"first tag={labels[0]}": 1.0, f"last tag={labels[-1]}": 1.0, f"first tag={labels[0]},{kind}": 1.0}
        made["begins"] = float(tags[words_at[0]].startswith("B-"))
        made["ends"] = float(end >= len(tags) or not tags[end].startswith("I-"))
        is_one = all(tags[n].startswith("I-") for n in range(words_at[0] + 1, end))
        made["as tagged"] = made["begins"] * made["ends"] * is_one

    def _add_sentence(self, made: Features, kind: str, inside: range) -> None:
        """Add what the rest of the sentence is, and what stands beside the piece."""
        brief, first, end = self.brief, inside.start, inside.stop
        numbers = brief.sentence_of
        sentence = [n for n in range(len(numbers)) if numbers[first] <= numbers[n] <= numbers[end - 1]]
        words = [n for n in sentence if brief.tokens[n].kind not in _SIGNS] or sentence
        rest = [n for n in words if n not in inside]
        made["sentence shown"] = sum(self.tokens[n].shown for n in words) / len(words)
        made["sentence directs"] = sum(self.tokens[n].directs for n in words) / len(words)
        made["sentence noise"] = sum(self.tokens[n].noise for n in words) / len(words)
        shown = sum(self.tokens[n].shown for n in rest) / len(rest) if rest else _NO_REST
        add_level(made, "rest shown", shown, _SHARES)
        made["rest directs"] = sum(self.tokens[n].directs for n in rest) / len(rest) if rest else 0.0
        made["share"] = (len(words) - len(rest)) / len(words)
        made["whole"] = float(not rest)
        made[f"lines={brief.line_of[-1] > 0},whole={not rest},{kind}"] = 1.0
        for name, n in (("before", first - 1), ("after", end)):
            made[f"{name}={brief.name_neighbour(n)}"] = 1.0
            if 0 <= n < len(self.tokens):
                add_level(made, f"{name} shown", to_logit(self.tokens[n].shown), _STEPS)
                made[f"{name} directs"] = to_logit(self.tokens[n].directs)
        made |= {f"sentence {mark}": 1.0 for n in rest for mark in brief.marks[n]}
        made |= {f"sentence={brief.words[n]}": 1.0 for n in rest if abs(n - first) < _NEAR and self._is_word(n)}
        made[f"sentence begins={brief.words[words[0]]}"] = 1.0

    def _add_place(self, made: Features, at: int, inside: range) -> None:
        brief, piece, pieces = self.brief, self.pieces[at], self.pieces
        add_level(made, "read", to_logit(piece.probability), _STEPS)
        given = _name_given(piece.probability)
        made |= {f"given={given}": 1.0, f"given={given},{piece.kind}": 1.0, f"kind={piece.kind}": 1.0}
        line, lines = brief.line_of[inside.start], brief.line_of[-1] + 1
        made[f"line={min(line, 3)}|{min(lines - 1 - line, 3)}|{min(lines, 4)}"] = 1.0
        made["place"] = inside.start / len(brief.tokens)
        made[f"tokens={min(len(brief.tokens) // 25, 8)}"] = 1.0
        made |= {"brief shown": self.shown, "brief directs": self.directs, "mean read": self.mean}
        add_level(made, "brief noise", self.noise, _NOISE_SHARES)
        for name, n in (("piece before", at - 1), ("piece after", at + 1)):
            is_there = 0 <= n < len(pieces)
            made[f"{name}={pieces[n].kind if is_there else 'edge'}"] = 1.0
            made[f"{name} read"] = pieces[n].probability if is_there else 0.0
        made["pieces"] = float(min(12, len(pieces)))
        made[f"of kind={sum(one.kind == piece.kind for one in pieces)},{piece.kind}"] = 1.0
        made[f"requests={min(sum(tag == 'B-dir' for tag in brief.tags), 5)}"] = 1.0
        noise = sum(tag == NOISE for tag in brief.tags) / len(brief.tags)
        made[f"tagged noise of brief={min(5, int(10 * noise))}"] = 1.0
        made |= {f"brief {mark}": 1.0 for mark in _TOLD_OF_BRIEF if mark in self.marks}
        before = max((n for n in range(inside.start) if self.labels[n] == "dir"), default=None)
        after = next((n for n in range(inside.stop, len(self.labels)) if self.labels[n] == "dir"), None)
        made[f"since request={_name_distance(before, inside.start)}"] = 1.0
        made[f"until request={_name_distance(inside.stop, after)}"] = 1.0

    def _name_words(self, kind: str, inside: range, words_at: Sequence[int]) -> Iterator[str]:
        """Yield what the words of a piece are, and how many."""
        brief = self.brief
        count = sum(self._is_word(n) for n in inside)
        size = sum(count > step for step in (0, 1, 2, 4, 8, 14))
        yield from (f"size={size}", f"size={size},{kind}", brief.language)
        yield from (f"holds {mark}" for n in inside for mark in brief.marks[n])
        yield from (f"first {mark}" for mark in brief.marks[inside.start])
        yield from (f"word={brief.words[n]}" for n in words_at if self._is_word(n))
        yield f"first={brief.words[words_at[0]]}"
        if inside.start:
            yield from (f"before {mark}" for mark in brief.marks[inside.start - 1])
            yield f"before={brief.words[inside.start - 1]}|"
        if brief.tokens[words_at[0]].text[0].isupper():
            yield "capital"
        if any(brief.tokens[n].kind == "number" for n in inside):
            yield "number"

    def _is_word(self, n: int) -> bool:
        return self.brief.tokens[n].kind == "word"


def review_pieces(review: Review, weights: Mapping[str, float]) -> list[float]:
    """Return for each piece the probability that it may stand on screen as it is. Pure."""
    return [estimate(review.describe(n), weights) for n in range(len(review.pieces))]


def _name_given(probability: float) -> str:
    if probability >= 1:
        return "certain"
    if probability in _GIVEN:
        return str(probability)
    return next(
        (name for name, least in (("sure", 0.95), ("high", 0.8), ("mid", 0.6), ("low", 0.5)) if probability > least),
        "no",
    )


def _name_share(share: float) -> str:
    return (
        "none" if not share else "all" if share >= 1 else "less" if share < 0.34 else "half" if share < 0.67 else "most"
    )


def _name_distance(first: int | None, end: int | None) -> str:
    return "none" if first is None or end is None else str(min(_MOST_STEPS, (end - first) // _STEP_TOKENS))
