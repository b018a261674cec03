"""Holds what the model and the lists of words know of each token of a brief, for what is learned from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from reelwright.planner.certain.marks import fold
from reelwright.planner.reading.tokens import QUOTES, Token
from reelwright.reel.base.value import define_value

NOISE: Final = "O"
"""The tag of what is neither shown nor a direction."""
_PLAIN_KINDS: Final = ("word", "number", "sign", "emoji", "line")
_TOLD_SIGNS: Final = frozenset(",.:;-–—!?()|/&")
"""Signs that are told apart; of the others only that they are signs."""


@define_value
class ObservedBrief:
    """A brief as the model marks it. For each token: its tag, the probabilities of its tags, the marks of its words,
    how seldom its word is, its folded text, and the numbers of its sentence and its line.
    """

    text: str
    language: str
    tokens: Sequence[Token]
    tags: Sequence[str]
    chances: Sequence[Mapping[str, float]]
    marks: Sequence[set[str]]
    rarities: Sequence[str]
    words: Sequence[str]
    sentence_of: Sequence[int]
    line_of: Sequence[int]

    def get_chance(self, n: int, label: str) -> float:
        """Return the probability that token ``n`` has the label; 0 for one outside the brief."""
        if not 0 <= n < len(self.tokens):
            return 0.0
        chances = self.chances[n]
        return chances.get(f"B-{label}", 0.0) + chances.get(f"I-{label}", 0.0)

    def get_tag_chance(self, n: int, tag: str) -> float:
        """Return the probability that token ``n`` has the tag; 0 for one outside the brief."""
        return self.chances[n].get(tag, 0.0) if 0 <= n < len(self.tokens) else 0.0

    def name_neighbour(self, n: int) -> str:
        """Return what token ``n`` is beside a run of words: a word, a sign, the end of a line or of the brief."""
        if not 0 <= n < len(self.tokens):
            return "edge"
        token = self.tokens[n]
        if token.kind != "sign":
            return token.kind
        return "quote" if token.text in QUOTES else token.text if token.text in _TOLD_SIGNS else "sign"

    def is_title(self, n: int) -> bool:
        """Return whether token ``n`` is a word with a capital."""
        return 0 <= n < len(self.tokens) and self.tokens[n].kind == "word" and self.tokens[n].text[0].isupper()

    def is_sentence_start(self, n: int) -> bool:
        """Return whether token ``n`` is the first of a sentence."""
        return n == 0 or self.sentence_of[n - 1] != self.sentence_of[n]


def list_contact_letters(tokens: Sequence[Token]) -> str:
    """Return the letters and digits of the addresses and numbers of a brief, in small letters and without a gap."""
    return "".join(char for one in tokens if one.kind not in _PLAIN_KINDS for char in fold(one.text) if char.isalnum())
