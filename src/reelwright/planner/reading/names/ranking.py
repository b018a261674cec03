"""Chooses the name of a film among all runs of words of a brief, by weights that were learned from labelled briefs.

How they were learned, and how often they are right: tools/reader/README.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from reelwright.planner.certain.values import CERTAIN
from reelwright.planner.reading.features import find_phrases
from reelwright.planner.reading.likelihood.observed import NOISE, ObservedBrief, list_contact_letters
from reelwright.planner.reading.likelihood.weighing import Features, add_level, to_logit, weigh
from reelwright.planner.reading.tagger import TaggedSpan
from reelwright.planner.reading.tokens import QUOTES, Token, find_units, locate_units
from reelwright.reel.base.value import define_value

MOST_RUNS: Final = 24
"""Most runs of words of a brief that are weighed: the likeliest by what the model makes of their words."""
_MOST_TOKENS, _MOST_LETTERS = 8, 16
"""Most tokens of a name, and in scripts that are split into letters."""
_FIRST_OF_LETTERS, _THAI = 0x2E80, range(0x0E00, 0x0E80)
_LEAST_READ: Final = 0.03
"""Least probability of one token of a run to be part of a name, if it is no run of capitals."""
_SIGN_IN_NAME: Final = 0.3
"""The same of a sign that ends a name: ``Wow!``."""
_NAMED: Final = ("name", "what", "subject")
_STEPS: Final = (-6, -3, -1.5, -0.5, 0.5, 1.5, 3, 6)
_STEPS_BELOW: Final = (-6, -3, -1.5, -0.5, -0.1)
_MOST_TOLD: Final = 6
_SIGNS: Final = frozenset(",.;:!?()&-–—'’/+")
_RARITIES: Final = {"0": 0, "1": 1, "3": 2, "10": 3, "": 3}
_BESIDE_FILM: Final = 8
"""Tokens before a name in which a word that asks for a film counts."""
_LEAST_SPELT: Final = 3
"""Most letters of a word that an address may hold by chance."""


@define_value
class NamedRun:
    """Tokens [first, end) that are the name, the probability of that, and that of the name that the rules read."""

    first: int
    end: int
    probability: float
    read: float = 0.0


@define_value
class ReadBrief:
    """Holds what the rules read of a brief: its spans, and the tokens [first, end) that they take for the name; none if
    both are the same. ``probability``: that this is the name.
    """

    spans: Sequence[TaggedSpan]
    first: int = 0
    end: int = 0
    probability: float = 0.0


def choose_name(
    brief: ObservedBrief, read: ReadBrief, weights: Mapping[str, float], may_be: Callable[[int, int], bool]
) -> NamedRun:
    """Return the likeliest name of the runs that ``may_be`` one; an empty one if there is none. That the brief has no
    name is as likely as what its probability leaves. Pure.
    """
    runs = [run for run in list_runs(brief, read) if run == (read.first, read.end) or may_be(*run)]
    if not runs:
        return NamedRun(first=0, end=0, probability=0.0)
    around = Surroundings(brief, read)
    scores = [weigh(describe_run(brief, around, *run), weights) for run in runs]
    most = max(0.0, *scores)
    total = math.exp(-most) + sum(math.exp(score - most) for score in scores)
    by_text: dict[str, float] = {}
    texts = [get_text(brief, *run) for run in runs]
    for text, score in zip(texts, scores, strict=True):
        by_text[text] = by_text.get(text, 0.0) + math.exp(score - most) / total
    best = max(range(len(runs)), key=lambda n: (by_text[texts[n]], scores[n], -n))
    first, end = runs[best]
    return NamedRun(first=first, end=end, probability=by_text[texts[best]], read=by_text.get(around.read_text, 0.0))


def list_runs(brief: ObservedBrief, read: ReadBrief) -> list[tuple[int, int]]:
    """List the tokens [first, end) of runs that may be a name, at most ``MOST_RUNS``, in the order of the brief; what
    the rules ``read`` is one of them.
    """
    tokens, count = brief.tokens, len(brief.tokens)
    names = [brief.get_chance(n, "name") for n in range(count)]
    found: set[tuple[int, int]] = set()
    first = 0
    for n in range(1, count + 1):
        tag = brief.tags[first]
        if n == count or tag == NOISE or brief.tags[n] != f"I-{tag[2:]}":
            if tag[2:] in _NAMED:
                found.add((first, n))
            first = n
    for first in range(count):
        if tokens[first].kind not in ("word", "number"):
            continue
        most, longest = 0.0, _MOST_LETTERS if _is_letter(tokens[first]) else _MOST_TOKENS
        for end in range(first + 1, min(count, first + longest) + 1):
            last = tokens[end - 1]
            if last.kind == "line":
                break
            most = max(most, names[end - 1])
            is_end = last.kind in ("word", "number") or (last.text in "!?" and names[end - 1] > _SIGN_IN_NAME)
            if is_end and (most >= _LEAST_READ or _is_capitals(brief, first, end)):
                found.add((first, end))
    taken = {(read.first, read.end)} if read.first < read.end else set()
    whole = [(first, end) for first, end, _ in locate_units(tokens, find_units(brief.text))]
    denied = {
        n for one in read.spans if one.label == "dir" and one.probability >= CERTAIN for n in range(one.first, one.end)
    }
    found = {
        run for run in found - taken
        if not (_is_torn(tokens[run[0] : run[1]]) or _cuts(run, whole) or denied.intersection(range(*run)))
    }  # fmt: skip
    if len(found) + len(taken) <= MOST_RUNS:
        return sorted(found | taken)
    logits = [to_logit(chance) for chance in names]

    def rank(run: tuple[int, int]) -> float:
        first, end = run
        edges = to_logit(brief.get_tag_chance(first, "B-name")) + to_logit(1 - brief.get_tag_chance(end, "I-name"))
        return -sum(logits[first:end]) / (end - first) - edges / 2

    return sorted({*sorted(sorted(found), key=rank)[: MOST_RUNS - len(taken)], *taken})


def get_text(brief: ObservedBrief, first: int, end: int) -> str:
    """Return the words of a run, in small letters, with single blanks and without the sign that ends a question."""
    text = " ".join(brief.text[brief.tokens[first].start : brief.tokens[end - 1].end].split())
    return text.rstrip("?!？！").rstrip().casefold()


class Surroundings:
    """Holds what all runs of a brief share."""

    def __init__(self, brief: ObservedBrief, read: ReadBrief) -> None:
        self.read = read
        self.read_text = get_text(brief, read.first, read.end) if read.first < read.end else ""
        self.text = " ".join(brief.text.split()).casefold()
        self.contacts = list_contact_letters(brief.tokens)
        self.best = to_logit(max((brief.get_chance(n, "name") for n in range(len(brief.tokens))), default=0.0))
        phrases = find_phrases(brief.text, brief.language)
        self.phrase_ends = {end for _, end in phrases} | {start for start, _ in phrases}
        self.film_sentences = {brief.sentence_of[n] for n in range(len(brief.tokens)) if "film" in brief.marks[n]}


def describe_run(brief: ObservedBrief, around: Surroundings, first: int, end: int) -> Features:
    """Return the features of the tokens [first, end) as the name. Pure."""
    made: Features = {}
    _add_chances(made, brief, around, first, end)
    _add_letters(made, brief, first, end)
    _add_place(made, brief, around, first, end)
    _add_read(made, around, get_text(brief, first, end), first, end)
    for n in range(first, end):
        made |= {f"holds {mark}": 1.0 for mark in brief.marks[n]}
    for name, n in (
        ("before", first - 1),
        ("before 2", first - 2),
        ("after", end),
        ("first", first),
        ("last", end - 1),
    ):
        if 0 <= n < len(brief.tokens):
            made |= {f"{name} {mark}": 1.0 for mark in brief.marks[n]}
            made[f"{name}={brief.words[n]}"] = 1.0
    if end + 1 < len(brief.tokens):
        made[f"after 2={brief.words[end + 1]}"] = 1.0
    made |= {f"inside={brief.words[n]}": 1.0 for n in range(first + 1, end - 1)}
    return made


def _add_chances(made: Features, brief: ObservedBrief, around: Surroundings, first: int, end: int) -> None:
    """Add what the model makes of the words of a run and of those beside it."""
    inside = range(first, end)
    names = [brief.get_chance(n, "name") for n in inside]
    mean = to_logit(sum(names) / len(names))
    add_level(made, "least name", to_logit(min(names)), _STEPS)
    add_level(made, "mean name", mean, _STEPS)
    add_level(made, "below best", mean - around.best, _STEPS_BELOW)
    add_level(made, "begins", to_logit(brief.get_tag_chance(first, "B-name")), _STEPS)
    add_level(made, "ends", to_logit(1 - brief.get_tag_chance(end, "I-name")), _STEPS)
    add_level(made, "name before", to_logit(brief.get_chance(first - 1, "name")), _STEPS)
    add_level(made, "name after", to_logit(brief.get_chance(end, "name")), _STEPS)
    made["most name"] = to_logit(max(names))
    made["goes on"] = to_logit(min((brief.get_tag_chance(n, "I-name") for n in range(first + 1, end)), default=1.0))
    made["noise"] = to_logit(max(brief.get_tag_chance(n, NOISE) for n in inside))
    for label in ("what", "subject", "dir", "place", "who", "line", "fact"):
        made[label] = to_logit(max(brief.get_chance(n, label) for n in inside))
        made[f"begins {label}"] = to_logit(brief.get_tag_chance(first, f"B-{label}"))
    for label in ("dir", "what"):
        made[f"{label} before"] = to_logit(brief.get_chance(first - 1, label))
        made[f"{label} after"] = to_logit(brief.get_chance(end, label))
    tags = brief.tags[first:end]
    goes_on = end < len(brief.tags) and brief.tags[end] == "I-name"
    is_tagged = tags[0] == "B-name" and all(tag == "I-name" for tag in tags[1:]) and not goes_on
    made["as tagged"] = float(is_tagged)
    made[f"first tag={tags[0]}"] = 1.0
    made[f"tag before={brief.tags[first - 1] if first else 'edge'}"] = 1.0
    made[f"tag after={brief.tags[end] if end < len(brief.tags) else 'edge'}"] = 1.0
    made[f"labels={','.join(sorted({tag[2:] or tag for tag in tags}))}"] = 1.0


def _add_letters(made: Features, brief: ObservedBrief, first: int, end: int) -> None:
    """Add how a run is written: its capitals, its length, its signs, and how seldom its words are."""
    inside = brief.tokens[first:end]
    capitals, begins = _name_capitals(inside), brief.is_sentence_start(first)
    count = min(end - first, _MOST_TOLD)
    seldom = [_RARITIES[brief.rarities[n]] for n in range(first, end) if brief.tokens[n].kind == "word"] or [3]
    after = brief.tokens[end] if end < len(brief.tokens) else None
    names = (
        f"capitals={capitals}",
        f"capitals={capitals},begins={begins},small={brief.text.islower()}",
        f"capitals={capitals},de={brief.language == 'de'}",
        f"capitals={capitals},{brief.language}",
        f"capitals={capitals},title before={brief.is_title(first - 1)}",
        f"capitals={capitals},title after={brief.is_title(end)}",
        f"count={count}",
        f"count={count},capitals={capitals}",
        f"count={count},capitals={capitals},begins={begins}",
        f"seldom={min(seldom)}",
        f"seldom={min(seldom)},capitals={capitals},begins={begins}",
        f"most seldom={max(seldom)}",
        f"first seldom={seldom[0]}",
        f"last seldom={seldom[-1]}",
    )
    made |= dict.fromkeys(names, 1.0)
    if first and brief.tokens[first - 1].kind == "word":
        made[f"seldom before={_RARITIES[brief.rarities[first - 1]]}"] = 1.0
    if after and after.kind == "word":
        made[f"seldom after={_RARITIES[brief.rarities[end]]}"] = 1.0
        made[f"{brief.language} after …{brief.words[end][-1:]}"] = 1.0
        made[f"{brief.language} after …{brief.words[end][-2:]}"] = 1.0
        made[f"small after={after.text.islower()},begins={begins},capitals={capitals}"] = 1.0
    if any(one.kind == "number" for one in inside):
        made["number"] = 1.0
    if any(one.kind not in ("word", "number") for one in inside):
        made["signs"] = 1.0
    made |= {f"sign {char}": 1.0 for one in inside if one.kind == "sign" for char in one.text if char in _SIGNS}


def _add_place(made: Features, brief: ObservedBrief, around: Surroundings, first: int, end: int) -> None:
    """Add where a run stands in its brief, what stands beside it, and whether something repeats it."""
    count, text = len(brief.tokens), get_text(brief, first, end)
    before, after = brief.name_neighbour(first - 1), brief.name_neighbour(end)
    sentence, line = brief.sentence_of[first], brief.line_of[first]
    made |= {f"before={before}|": 1.0, f"after={after}|": 1.0, f"between={before}{after}": 1.0}
    made["repeated"] = float(min(3, around.text.count(text) - 1)) if len(text) > _LEAST_SPELT - 1 else 0.0
    words = [one.text.casefold() for one in brief.tokens[first:end] if one.kind == "word"]
    letters = "".join(char for word in words for char in word if char.isalnum())
    is_spelt = len(letters) > _LEAST_SPELT and letters in around.contacts
    made["in address"] = float(is_spelt)
    made["share of address"] = is_spelt * min(1.0, len(letters) / max(1, len(around.contacts)))
    made["not in address"] = float(bool(around.contacts) and not is_spelt)
    long = [word for word in words if len(word) > _LEAST_SPELT]
    made["words in address"] = sum(word in around.contacts for word in long) / max(1, len(long))
    if around.phrase_ends:
        start, stop = brief.tokens[first].start, brief.tokens[end - 1].end
        made[f"phrase={start in around.phrase_ends},{stop in around.phrase_ends}"] = 1.0
    made["place"] = first / count
    made["share"] = (end - first) / count
    made[f"size={min(count // 12, 6)}"] = 1.0
    made[f"sentence={min(3, sentence)}"] = 1.0
    made |= {
        "first": float(first == 0), "first 10": float(first < 10), "first line": float(line == 0),
        "last line": float(0 < line == brief.line_of[-1]),
        "last sentence": float(brief.sentence_of[-1] > 1 and sentence >= brief.sentence_of[-1] - 1),
        "whole line": float(before in ("edge", "line") and after in ("edge", "line")),
        "said before": float(around.text.find(text) < brief.tokens[first].start - 3),
        "film before": float(any("film" in brief.marks[n] for n in range(max(0, first - _BESIDE_FILM), first))),
        "film beside": float(sentence in around.film_sentences),
    }  # fmt: skip


def _add_read(made: Features, around: Surroundings, text: str, first: int, end: int) -> None:
    """Add what the rules make of a run."""
    read, name = around.read, around.read_text
    made[f"read={'none' if not name else text == name}"] = 1.0
    if name:
        made["read sure"] = read.probability * (text == name)
        made["read certain"] = float(read.probability >= 1 and text == name)
        made["in read"] = float(text != name and text in name)
        made["holds read"] = float(text != name and name in text)
    for one in read.spans:
        if (one.first, one.end) == (first, end):
            made[f"is {one.label}"] = 1.0
            made[f"is {one.label} sure"] = to_logit(one.probability)
        elif one.first <= first and end <= one.end:
            made[f"in {one.label}"] = 1.0
        elif first <= one.first and one.end <= end:
            made[f"has {one.label}"] = 1.0
        elif one.first < end and first < one.end:
            made["crosses"] = 1.0
        if one.end == first:
            made[f"behind {one.label}"] = 1.0
        if one.first == end:
            made[f"followed by {one.label}"] = 1.0


def _cuts(run: tuple[int, int], whole: Sequence[tuple[int, int]]) -> bool:
    """Return whether a run has a part of what stays whole, but not all of it: of ``S.A.R.L.``."""
    return any(run[0] < end and first < run[1] and not (run[0] <= first and end <= run[1]) for first, end in whole)


def _is_torn(inside: Sequence[Token]) -> bool:
    """Return whether a run holds a quotation mark without its partner, or is nothing but a quotation with its marks."""
    marks = [n for n, one in enumerate(inside) if one.text in QUOTES]
    return len(marks) % 2 == 1 or marks == [0, len(inside) - 1]


def _is_letter(token: Token) -> bool:
    code = ord(token.text[0])
    return (len(token.text) == 1 and code > _FIRST_OF_LETTERS) or code in _THAI


def _is_capitals(brief: ObservedBrief, first: int, end: int) -> bool:
    """Return whether a run begins and ends with a capital, and none stands beside it."""
    words = [one.text for one in brief.tokens[first:end] if one.kind == "word"]
    is_whole = not brief.is_title(first - 1) and not brief.is_title(end)
    return bool(words) and words[0][0].isupper() and words[-1][0].isupper() and is_whole


def _name_capitals(inside: Sequence[Token]) -> str:
    """Return which words of a run have capitals; "less" in scripts that have none."""
    words = [one.text for one in inside if one.kind == "word" and one.text.upper() != one.text.lower()]
    titles = [word[0].isupper() for word in words]
    if not words:
        return "less"
    if all(word.isupper() and len(word) > 1 for word in words):
        return "all"
    if all(titles) or not any(titles):
        return "title" if all(titles) else "none"
    return {(True, True): "ends", (True, False): "first", (False, True): "last"}.get((titles[0], titles[-1]), "mid")
