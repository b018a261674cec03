"""Blocks of type: lines of one size on one pitch, and headlines whose last clause is in a second kind of type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reelwright.media.drawing.hyphens import hyphenate_words
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.letters.word_styles import split_styles, strip_styles
from reelwright.media.staging.lines import has_height, list_rebroken, split_closer, weigh_breaks, weigh_lines
from reelwright.media.staging.stage import Stage

_JOINED = re.compile("[\u0300-\u036f\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\ufb1d-\ufdff\ufe70-\ufeff]")
_NAME_EVEN = 0.85
_TOUCH = 0.05  # ems between the inks of two lines where they would touch


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size on an even pitch. ``ascent``: pixels from their top to the first baseline."""

    lines: tuple[FittedLine, ...]
    pitch: float
    ascent: float

    @property
    def size(self) -> float:
        """Pixels to the em."""
        return self.lines[0].size if self.lines else 0.0

    @property
    def width(self) -> float:
        """Width of the widest line in pixels."""
        return max((line.width for line in self.lines), default=0.0)

    @property
    def height(self) -> float:
        """Pixels from the top of the first line to the foot of the last one's ink."""
        if not self.lines:
            return 0.0
        return self.ascent + (len(self.lines) - 1) * self.pitch + max(0.0, self.lines[-1].ink.bottom) * self.size

    def scale(self, factor: float) -> Block:
        """Return the block ``factor`` times as large."""
        lines = tuple(FittedLine(line.ink, line.size * factor) for line in self.lines)
        return Block(lines, self.pitch * factor, self.ascent * factor)


NOTHING = Block((), 0.0, 0.0)


class BlockFitter:
    """Fits texts of one stage into blocks; lengths in pixels of the frame."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def fit(
        self, text: str, kind: str, width: float, height: float, *, lines: int = 3, largest: float = 200,
        lead: float = 1.08, target: float = 0, is_headline: bool = False, is_name: bool = False
    ) -> Block:  # fmt: skip
        """Fit ``text`` into a box in pixels. ``largest``, ``target``: em pixels at 1080; ``target`` 0: not recorded.

        ``is_headline``: it stands in one of the look's few sizes of headlines. ``is_name``: its size counts more than
        how even its lines are, since nothing on its screen stands over a name.
        """
        if not strip_styles(text).strip():
            return NOTHING
        stage = self.stage
        text = text.replace("& ", "&\u00a0")  # what follows it, as in a couple's names, stays with it
        given = hyphenate_words(text) if kind in ("display", "italic") else text
        best: tuple[float, Block] | None = None
        least = given.count("|") + 1
        ways = [(given, count) for count in range(least, max(least, lines) + 1)]
        if is_name or "|" in given or (has_height(stage) and kind in ("display", "italic")):
            ways += [(way, lines) for way in list_rebroken(given, lines, stage.request.language)]
        for way, count in ways:
            fitted = stage.fit_block(way, width, height, kind=kind, lines=count, lead=lead, largest=largest * stage.u)
            block = self._settle(fitted, lead, height)
            even = weigh_breaks(stage, text, fitted)
            score = block.size * (max(_NAME_EVEN, even) if is_name else even) * weigh_lines(stage, len(fitted))
            if best is None or score > best[0] * 1.001:
                best = (score, block)
        assert best is not None
        cap = best[1].lines[0].ink.cap * best[1].size
        if target:
            stage.record_fit(cap, target * stage.u)
        return best[1].scale(stage.settle_headline(cap)) if is_headline else best[1]

    def _settle(self, fitted: Sequence[FittedLine], lead: float, height: float) -> Block:
        """Make a block of fitted lines, its pitch wide enough for scripts that reach high and low."""
        size = fitted[0].size
        near = [upper.ink.bottom - lower.ink.top + _TOUCH for upper, lower in pairwise(fitted)]
        pitch = max(lead, *near, 0.0) * size
        cap = fitted[0].ink.cap
        top = -fitted[0].ink.top
        block = Block(tuple(fitted), pitch, max(cap, top) * size)
        return block.scale(height / block.height) if block.height > height else block

    def fit_pair(
        self, text: str, width: float, height: float, *, lines: int = 4, largest: float = 190, target: float = 80
    ) -> tuple[Block, Block]:
        """Fit a headline and its last clause, which is set in italics, in one size; the second may be empty."""
        opener, closer = split_headline(text)
        if not closer:
            return (
                self.fit(
                    opener, "display", width, height, lines=lines, largest=largest, target=target, is_headline=True
                ),
                NOTHING,
            )
        best: tuple[float, Block, Block] | None = None
        for first in range(1, lines):
            for second in range(1, lines - first + 1):
                one = self.fit(opener, "display", width, height, lines=first, largest=largest)
                two = self.fit(closer, "italic", width, height, lines=second, largest=largest)
                size = min(one.size, two.size)
                one, two = one.scale(size / one.size), two.scale(size / two.size)
                tall = self.measure_pair(one, two)
                if tall > height:
                    one, two = one.scale(height / tall), two.scale(height / tall)
                even = min(
                    weigh_breaks(self.stage, part, block.lines) for part, block in ((opener, one), (closer, two))
                )
                score = one.size * even * weigh_lines(self.stage, first + second)
                if best is None or score > best[0] * 1.001:
                    best = (score, one, two)
        assert best is not None
        cap = best[1].lines[0].ink.cap * best[1].size
        self.stage.record_fit(cap, target * self.stage.u)
        factor = self.stage.settle_headline(cap)
        return best[1].scale(factor), best[2].scale(factor)

    def measure_pair(self, one: Block, two: Block) -> float:
        """Measure the height of both blocks, one under the other on one pitch."""
        if not two.lines:
            return one.height
        return one.ascent + (len(one.lines) - 1) * one.pitch + self.measure_step(one, two) + two.height - two.ascent

    def measure_step(self, one: Block, two: Block) -> float:
        """Measure from the last baseline of a block to the first of the next: more than the pitch where inks touch."""
        upper, lower = one.lines[-1], two.lines[0]
        return max(one.pitch, (upper.ink.bottom - lower.ink.top + _TOUCH) * one.size)


def split_headline(text: str) -> tuple[str, str]:
    """Split a headline before its last line, sentence or clause; the second is empty where there is one or a style."""
    bare, styled = split_styles(text)
    if styled or len(bare) > 90:
        return text, ""
    if "|" in bare:
        first, _, last = bare.rpartition("|")
        return first.strip(), last.strip()
    first, last = split_closer(text)
    ends = first.rstrip()[-1:] in set(".!?。,;:،、–—…؟")
    return (first, last) if ends and len(last) > 1 else (text, "")


def is_joined(text: str) -> bool:
    """Return whether a text has letters that are joined or set in clusters, which do not come one by one."""
    return bool(_JOINED.search(text))
