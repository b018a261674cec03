"""Lines of words: broken and fitted to a box, their baselines, and how they rise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from reelwright.media.drawing.hyphens import hyphenate_words
from reelwright.media.drawing.layers import Clip
from reelwright.media.drawing.lettering import FittedLine, halve_line
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.staging.dates import find_month_number
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.typeset.clinging import ABBREVIATIONS, ARTICLES, CONJUNCTIONS, PREPOSITIONS
from reelwright.media.typeset.fitting import measure_evenness

_ORDINAL = re.compile(r"\d{1,2}\.")
_SHORT = 0.5
"""Width of a last line of one word, over the widest, up to which it looks lost."""
_CLINGING = frozenset(word for lists in (ARTICLES, PREPOSITIONS) for words in lists.values() for word in words.split())
"""Words of any language that belong to the word after them."""
_SMALL = _CLINGING.union(*(words.split() for words in CONJUNCTIONS.values()))
"""Words of any language that are never a line of their own."""
_CLOSING = 0.42
"""Part of a text's words that its closing ones are at best."""
_APART = 0.36
"""Room between lines that a person wrote, in parts of the pitch, where one of them is broken."""
_WORTH = 0.8
_WORTH_TALL = 0.95
"""Weight of a size that needs more lines than the person wrote, so that it has to be a good deal larger to win; in a
tall frame, which has height enough, a little larger will do.
"""
_IN_WORD: Final = 1.2
"""How much longer a whole word is than the lines of it, broken at its hyphen, that are a good deal larger for that."""
_LARGER: Final = 0.5
"""Power of the evenness of lines in upright frames, where larger words are worth a line that is a little short."""
_LINE: Final = (0.93, 0.97)
"""Weight of a size for each line; the second in upright frames, which have height enough."""


def compute_baselines(lines: Sequence[FittedLine], top: float, gap: float) -> list[float]:
    """Compute the baselines of lines whose ink is stacked from ``top`` with ``gap`` between inks."""
    found = []
    for line in lines:
        found.append(top - line.ink.top * line.size)
        top += line.height + gap
    return found


def limit_line_heights(lines: list[FittedLine], tallest: float) -> list[FittedLine]:
    """Scale all lines down by one factor, so that no ink is taller than ``tallest``."""
    factor = min(1.0, tallest / max(line.height for line in lines))
    return [FittedLine(line.ink, line.size * factor) for line in lines]


def make_rise_clip(stage: Stage, line: FittedLine, baseline: float) -> Clip:
    """Make the window that a line rises into: its own ink, the frame wide."""
    top = baseline + line.ink.top * line.size - 6 * stage.u
    bottom = baseline + line.ink.bottom * line.size + 6 * stage.u
    return stage.make_clip([(0, top), (stage.width, top), (stage.width, bottom), (0, bottom)])


def make_rise(stage: Stage, line: FittedLine, baseline: float, at: float, group: str) -> Motion:
    """Make the motion of a line that rises from under its own edge, from frame ``at`` on."""
    clip = make_rise_clip(stage, line, baseline)
    return Motion(moves=(stage.slide(at, dy=line.height * 1.15, kind="rise"),), clips=(clip,), group=group)


def compute_block_baselines(lines: Sequence[FittedLine], top: float, gap: float) -> list[float]:
    """Compute baselines of lines of one size on an even pitch, ``gap`` pixels between capitals."""
    first = -min(line.ink.top for line in lines) * lines[0].size
    below = max(line.ink.bottom if line.ink.bottom > 0.18 else 0.0 for line in lines) * lines[0].size
    return [top + first + index * (first + below + gap) for index in range(len(lines))]


def measure_block_height(lines: Sequence[FittedLine], gap: float) -> float:
    """Measure the pixels from the top of the first line's ink to the foot of the last line's."""
    return compute_block_baselines(lines, 0, gap)[-1] + max(0.0, lines[-1].ink.bottom) * lines[-1].size


def fit_headline(
    stage: Stage, text: str, width: float, height: float, *, lines: int = 3, gap: float = 24, largest: float = 9999,
    target: float = 96, is_settled: bool = True
) -> list[FittedLine]:  # fmt: skip
    """Fit a block of display lines of one size into ``width`` by ``height`` when set with ``gap`` (at 1080).

    ``is_settled``: in one of the look's few sizes, and not as large as they can be.
    """
    made = []
    for given in (text, *list_rebroken(text, lines, stage.request.language)):
        fitted = _best_block(
            stage, hyphenate_words(given), width, height, lines, largest * scale_few_words(stage, text)
        )
        tall = measure_block_height(fitted, gap * stage.u)
        if tall > height:
            fitted = [FittedLine(line.ink, line.size * height / tall) for line in fitted]
        made.append(fitted)
    worth = _WORTH_TALL if stage.shape == "tall" else _WORTH
    fitted = max(made, key=lambda one: one[0].size * _measure_worth(stage, text, made[0], one, worth))
    cap = fitted[0].ink.cap * fitted[0].size
    stage.record_fit(cap, target * stage.u)
    factor = stage.settle_headline(cap) if is_settled else 1.0
    return [FittedLine(line.ink, line.size * factor) for line in fitted]


def _measure_worth(
    stage: Stage, text: str, usual: Sequence[FittedLine], lines: Sequence[FittedLine], worth: float
) -> float:
    """Measure what the size of ``lines`` is worth, from 1 down: less in more lines than the ``usual`` ones, so that
    these have to be a good deal smaller. Halves of a line without breaks are as even as they can be.
    """
    even = weigh_breaks(stage, text, lines)
    if lines is usual:
        return even
    if "|" in text:
        return even * worth
    return worth ** max(1, len(lines) - len(usual)) * (even if len(lines) > 3 else 1.0)


def compute_pitched_tops(text: str, lines: Sequence[FittedLine], pitch: float) -> list[float]:
    """Compute baselines on one pitch from the top of the first line's ink, the lines being those of ``text``.

    Where lines that a person wrote had to be broken, a little more room shows where the next of them begins.
    """
    first, starts = -lines[0].ink.top * lines[0].size, find_written_starts(text, lines)
    return [first + pitch * (index + _APART * sum(start <= index for start in starts)) for index in range(len(lines))]


def find_written_starts(text: str, lines: Sequence[FittedLine]) -> list[int]:
    """Find the lines at which another line of the person's begins; none where each of those is one line."""
    parts = [_keep_letters(part) for part in strip_styles(text).split("|")]
    if len(parts) in (1, len(lines)):
        return []
    starts, shown = [], ""
    for index, line in enumerate(lines):
        if parts and shown == parts[0]:
            del parts[0]
            starts.append(index)
            shown = ""
        shown += _keep_letters(line.ink.text)
    return starts


def measure_breaks(text: str, lines: Sequence[FittedLine]) -> float:
    """Measure how even the lines of ``text`` are, from 1 down to 0.6; lines that a person wrote may be as they are."""
    starts = find_written_starts(text, lines)
    if "|" in text and not starts:
        return 1.0
    groups = [lines[start:end] for start, end in pairwise((0, *starts, len(lines)))]
    return min(
        measure_evenness([one.width for one in group], [len(strip_styles(one.ink.text).split()) for one in group])
        for group in groups
    )


def has_height(stage: Stage) -> bool:
    """Return whether words may take more lines: the frame is a good deal higher than wide, and no picture needs it."""
    return stage.shape in ("tall", "portrait") and not stage.has_own_picture


def weigh_breaks(stage: Stage, text: str, lines: Sequence[FittedLine]) -> float:
    """Weigh how even the lines of ``text`` are, from 1 down: less strictly in upright frames, but never with a line
    that holds nothing but small words ("with", "with a"), or with one short word at the end.
    """
    even = measure_breaks(text, lines)
    texts = [strip_styles(one.ink.text).casefold().split() for one in lines]
    is_short = len(texts[-1]) == 1 and lines[-1].width < _SHORT * max(one.width for one in lines)
    is_lost = is_short and sum(map(len, texts)) > len(lines)
    is_torn = len(lines) > 1 and (is_lost or any(map(_SMALL.issuperset, texts)))
    return even if is_torn or not has_height(stage) else even**_LARGER


def weigh_lines(stage: Stage, count: int) -> float:
    """Weigh a size that needs ``count`` lines, from 1 down: fewer lines win over ones that are a little larger."""
    return _LINE[has_height(stage)] ** count


def _keep_letters(text: str) -> str:
    return "".join(char for char in strip_styles(text) if char.isalnum())


def list_rebroken(text: str, lines: int, language: str) -> list[str]:
    """Return ``text`` with its longest lines halved, one after another, while there are fewer than ``lines``.

    A person's line breaks stay; a long line between them would make all of them small. A line without such breaks
    stands a good deal larger in more lines where a face is wide.
    """
    parts, made = [part.strip() for part in text.split("|")], list[str]()
    while len(parts) < lines:
        at = max(range(len(parts)), key=lambda n: len(strip_styles(parts[n])))
        halves = halve_line(parts[at], language)
        first, gap, word = parts[at].rpartition(" ")
        if gap and halves[0].endswith("-") and len(word) < _IN_WORD * max(map(len, halves)):
            halves = [first, word]  # the whole word makes all lines hardly smaller
        if len(halves) < 2:
            break
        parts[at : at + 1] = halves
        made.append("|".join(parts))
    return made


def scale_few_words(stage: Stage, text: str, kind: str = "display", *, most: float = 2.0, usual: float = 4.0) -> float:
    """Return the factor by which few words are set larger than usual: up to ``most``, and 1 beside a picture.

    The shape of the line counts and not the number of words, so that it holds in every script: a line that is ``usual``
    times as wide as high, or more, keeps its size.
    """
    if stage.pictures:
        return 1.0
    line = stage.typeset(text, kind)
    return min(most, max(1.0, usual * line.height / max(line.width, 1e-6)))


def _best_block(stage: Stage, text: str, width: float, height: float, lines: int, largest: float) -> list[FittedLine]:
    """Return the largest block over all numbers of lines; a short word that stands alone counts against it."""
    best: tuple[float, list[FittedLine]] | None = None
    for most in range(1, lines + 1):
        fitted = stage.fit_block(text, width, height, lines=most, largest=largest)
        score = fitted[0].size * weigh_breaks(stage, text, fitted)
        if best is None or score > best[0] * 1.001:
            best = (score, fitted)
    assert best is not None
    return best[1]


def fit_small_block(
    stage: Stage, text: str, width: float, height: float, *, largest: float, lines: int = 3, kind: str = "plain"
) -> list[FittedLine]:
    """Fit a block of small type, ``largest`` em pixels at 1080, into as few lines as keep that size."""
    for few in range(1, lines):
        fitted = stage.fit_block(text, width, height, kind=kind, lines=few, lead=1.25, largest=largest * stage.u)
        if fitted[0].size >= largest * stage.u * 0.97:
            return fitted
    return stage.fit_block(text, width, height, kind=kind, lines=lines, lead=1.25, largest=largest * stage.u)


def count_lines(text: str, usual: int) -> int:
    """Return how many lines a text may have: the ``usual`` number, or as many as a person wrote."""
    return max(usual, text.count("|") + 1)


def split_closer(text: str) -> tuple[str, str]:
    """Split a text at its last ``|``, else before its last sentence, else after its last comma, else before a small
    word or a figure near its end: no noun is torn from its noun. The first part is empty where nothing parts it.
    """
    if "|" in text:
        first, _, last = text.rpartition("|")
        return first.strip(), last.strip()
    words = text.split()
    for marks in (".!?。", ",;:،、–—"):
        for index in range(len(words) - 2, -1, -1):
            word, following = strip_styles(words[index]), strip_styles(words[index + 1])
            if word.endswith(tuple(marks)) and not _goes_on(word, following):
                return " ".join(words[: index + 1]), " ".join(words[index + 1 :])
    small = [strip_styles(word).casefold() in _CLINGING for word in words]
    breaks = [
        n for n in range(1, len(words))
        if not small[n - 1] and (small[n] or (_is_figure(words[n]) and words[n - 1].islower()))
    ]  # fmt: skip
    best = len(words) - max(1, round(len(words) * _CLOSING))
    cut = min(breaks, key=lambda n: abs(n - best), default=0)
    return " ".join(words[:cut]), " ".join(words[cut:])


def count_closing_lines(text: str, lines: Sequence[FittedLine]) -> int:
    """Count the last of ``lines`` that together are the closing words of ``text``; 0 where no line begins with them."""
    closer, shown = _keep_letters(split_closer(text)[1]), ""
    for count, line in enumerate(reversed(lines), 1):
        shown = _keep_letters(line.ink.text) + shown
        if shown.casefold() == closer.casefold():
            return count if count < len(lines) else 0
    return 0


def _is_figure(word: str) -> bool:
    return any(letter.isdigit() for letter in word[:2])


def _goes_on(word: str, following: str) -> bool:
    """Return whether the full stop of a word ends nothing: that of a day ("1. März") or of an abbreviation."""
    is_day = _ORDINAL.fullmatch(word) and find_month_number(following.strip(",.")) is not None
    return bool(is_day) or word.casefold() in ABBREVIATIONS[""].split()


def _bounds(path) -> tuple[float, float, float, float]:  # type: ignore[no-untyped-def]
    bounds = path.computeTightBounds()
    return bounds.left(), bounds.top(), bounds.right(), bounds.bottom()


def list_steps(stage: Stage) -> list[str]:
    """Return the steps in the words, four at most."""
    return [step.strip() for step in stage.get_words("steps").split("|") if step.strip()][:4]
