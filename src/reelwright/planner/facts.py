"""Turns of the brief's own facts: a kept state and its opposite, what does it itself, what a number counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex

from reelwright.planner.extract import Understood
from reelwright.planner.extract.clauses import instruction
from reelwright.planner.extract.proof import Proof
from reelwright.planner.extract.seen import Found
from reelwright.planner.phrases import lowered
from reelwright.planner.tables import opposites
from reelwright.reel.noun import noun

_KEPT: Final = regex.compile(
    r"\b(?:keeps?|leaves?|makes?|gets?|holds?)\s+(?:you\s+)?(?:your|the|my|their|every)?\s*"
    r"((?:\p{L}[\p{L}’'-]*\s){1,2}?)(?:nice\s+and\s+|perfectly\s+|always\s+)?(\p{L}+)\b",
    regex.I,
)
_HELD: Final = regex.compile(
    r"\b(?:keeps?|holds?)\s+(?:your\s+|the\s+)?((?:\p{L}[\p{L}’'-]*\s){1,2}?)at\s+([+-]?\d+)\s?°\s?([CF])", regex.I
)
_SELF: Final = regex.compile(r"\bself-(\p{L}+)ing\s+(?:[\p{L}’'-]+\s)*?([\p{L}’'-]+)$", regex.I)
_GERUND: Final = regex.compile(
    r"(?!(?:thing|nothing|something|everything|anything|morning|evening|string)\b)\p{L}{3,}ing\b", regex.I
)
_LEAD: Final = regex.compile(
    r"^.*\b(?:keeps?|saves?|gives?|holds?|gets?|makes?|takes?|brings?|lets you|has|have|with|only|just|is|are)\s+"
    r"(?:you\s+|your\s+)?",
    regex.I,
)
_TRAIL: Final = regex.compile(r"^\s+((?:a|per|of)\s[\p{L}’'-]+)", regex.I)
_TOWN: Final = regex.compile(
    r"\b(?:in|near|from)\s+(\p{Lu}\p{Ll}+(?:\s\p{Lu}\p{Ll}+)?)"
    r"(?=\s*(?:[.,;!?\n—–]|$|\b(?:for|with|that|since|and|who)\b))"
)
HOT_FROM: Final = {"c": 45, "f": 113}
COLD_TO: Final = {"c": 12, "f": 54}


@noun
class State:
    """A thing, the state in which the brief keeps it, and the opposite: ``coffee``, ``hot``, ``cold``.

    ``yours``: the brief calls it ``your`` thing.
    """

    thing: str
    good: str
    bad: str
    yours: bool = False

    @property
    def gone(self) -> str:
        """The bad state, where a thing falls into it by itself."""
        return self.bad if self.bad in opposites()["gone"] else ""

    @property
    def many(self) -> bool:
        """Is the thing named in the plural?"""
        last = self.thing.rsplit(" ", 1)[-1].casefold()
        return last in opposites()["many"] or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


def state_of(understood: Understood) -> State | None:
    """The first state that a benefit keeps or makes and that has an opposite. None: the brief has none."""
    for found in understood.benefits:
        for state in _states(found.text):
            return state
    return None


def _states(clause: str) -> Iterator[State]:
    states, verbs = opposites()["states"], opposites()["verbs"]
    if match := _HELD.search(clause):
        degrees, scale = int(match[2]), match[3].casefold()
        good = "hot" if degrees >= HOT_FROM[scale] else "cold" if degrees <= COLD_TO[scale] else ""
        if good:
            yield State(thing=match[1].strip().casefold(), good=good, bad=states[good])
    for match in _KEPT.finditer(clause, overlapped=True):
        good = match[2].casefold()
        if good in states:
            yield State(thing=match[1].strip(), good=good, bad=states[good], yours="your " in match[0].casefold())
    first, _, rest = clause.partition(" ")
    if first.casefold() in verbs and (thing := regex.match(r"(?:your\s+|the\s+)?([\p{L}’'-]{3,})\b", rest)):
        good = verbs[first.casefold()]
        yield State(thing=thing[1], good=good, bad=states[good])


def itself_of(kind: str) -> tuple[str, str]:
    """``mug`` and ``heats itself`` from ``self-heating travel mug``; empty where it does nothing itself."""
    match = _SELF.search(kind)
    if not match:
        return "", ""
    stem = match[1].casefold()
    ending = "es" if stem.endswith(("c", "g", "s", "v", "z", "u", "sh", "ch")) and not stem.endswith("ng") else "s"
    return match[2], f"{stem}{ending} itself"


def split_pain(pain: Found) -> tuple[str, str]:
    """(what one would do, what one would have): exactly one of the two is filled.

    What the thing itself never does (``flickering``) is had by people, not done.
    """
    text = lowered(pain.text)
    its_own = bool(pain.span and pain.span.text.casefold() != text.casefold() and " " not in text)
    return (text, "") if _GERUND.match(text) and not its_own else ("", text)


def counted(proof: Proof, before: str, *, english: bool) -> tuple[str, str]:
    """What stands before the number and after its unit in its clause, verbatim: what the number counts.

    ``before``: text of the number told before, up to which this clause has been told. Either may be empty.
    """
    head, _, tail = proof.around.partition(proof.found.text)
    if before and before in head:
        head = head.rpartition(before)[2]
    if english:
        head = str(_LEAD.sub("", head)) or " ".join(
            head.split()[-2:] if regex.search(r"\bsaves?\b", head, regex.I) else []
        )
    words = head.strip(" ,:;–—-").split()
    if english:
        words = [word for k, word in enumerate(words[-3:]) if k or word.casefold() not in ("a", "an", "the")]
    label = " ".join(words) if 0 < len(words) <= 3 else ""
    if not label or instruction(label) or "." in label or not regex.search(r"\p{L}", label):
        label = ""
    after = _TRAIL.match(tail) if english else None
    return label, str(after[1]) if after else ""


def town_of(text: str, names: frozenset[str]) -> str:
    """``Leeds`` from ``a bakery in Leeds``; never a name that stands for the subject, a month or a day."""
    from reelwright.planner.tables import lexicon

    barred = frozenset(f"{lexicon()['not_names']} {lexicon()['months']} {lexicon()['weekdays']}".casefold().split())
    for match in _TOWN.finditer(text):
        town = str(match[1]).strip()
        if town.casefold() not in names and not barred & set(town.casefold().split()):
            return str(town)
    return ""
