"""The rows of a batch: what each asks for, what it will cost, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from reelwright.reel.brief import Brief, Goal
from reelwright.reel.canonical import digest_of
from reelwright.reel.document import to_plain
from reelwright.reel.noun import Digest, noun
from reelwright.reel.operation import Consent
from reelwright.reel.plan import Own, Plan
from reelwright.reel.request import spoken
from reelwright.studio.answers import FilmBudget, Quoted
from reelwright.studio.spelling import UNSPOKEN, Spoken
from reelwright.units import Micros, usd

_TITLE_CHARS: Final = 60


@noun
class Row:
    """One line of a batch. ``plan`` given: it is followed as it stands (a clip's only shot); else the brief is planned.

    ``out``: where its file goes, None for a place of its own. ``nth``: the first of its kind is 1; the same row again
    is another film or clip, not the same one twice. ``said``: what was repaired or replaced for it.
    """

    n: int
    brief: Brief
    plan: Plan | None = None
    goal: Goal = "film"
    out: Path | None = None
    nth: int = 1
    said: tuple[str, ...] = ()

    @property
    def key(self) -> Digest:
        """What makes it the same row on a second run: what is asked for, and nothing of how it is drawn or kept."""
        plain, bare = to_plain(self.brief), to_plain(Brief(text=""))
        asked = {key: value for key, value in plain.items() if key == "text" or value != bare[key]}
        shots = [_asked_of(shot.source) for shot in self.plan.shots] if self.plan else None
        return digest_of(["row", self.goal, asked, shots])


def _asked_of(source: Any) -> Any:
    if isinstance(source, Own):
        return to_plain(source)
    return [spoken(source), [[i.role, i.part, i.asset, i.of] for i in source.inputs]]


def title_of(words: str) -> str:
    """The first words of a prompt or a brief, for lists."""
    line = " ".join(words.split())
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1].rstrip() + "…"


def counted(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows numbered from 1, each with how often the very same one stood before it."""
    seen: Counter[Digest] = Counter()
    made = []
    for n, row in enumerate(rows, 1):
        key = row.key
        seen[key] += 1
        made.append(replace(row, n=n, nth=seen[key]))
    return tuple(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowQuoted(Spoken):
    """The price of one row. ``had``: all of it is here already, and nothing is bought for it.

    ``notes``: what was repaired or replaced for it, and what to know of what is bought, such as a retirement by date.

    ``unknown``: how many of its steps have a price that nobody knows; ``unconfirmed``: how many one that is not sure.
    ``budget``: what the film's flavor allows it. ``spent``: as of ``Quoted``.
    """

    n: int
    title: str
    had: bool
    micros: Micros
    project: str | None = None
    unknown: int = 0
    unconfirmed: int = 0
    until: datetime | None = None
    notes: tuple[str, ...] = ()
    budget: FilmBudget | None = None
    spent: Mapping[str, Micros] = field(default_factory=dict, metadata=UNSPOKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchQuoted(Spoken):
    """The price of all rows before any of them starts. ``unknown`` and ``unconfirmed``: rows, by number."""

    micros: Micros
    had: int
    wanted: int
    rows: tuple[RowQuoted, ...]
    unknown: tuple[int, ...] = ()
    unconfirmed: tuple[int, ...] = ()

    @property
    def line(self) -> str:
        """As a build says it: ``7 had, 93 wanted, $74.40``."""
        return f"{self.had} had, {self.wanted} wanted, ${usd(self.micros)}"

    @property
    def notes(self) -> dict[str, list[int]]:
        """What is said of the rows, each sentence once, with the numbers of those that it is said of."""
        found: dict[str, list[int]] = {}
        for row in self.rows:
            for said in row.notes:
                found.setdefault(said, []).append(row.n)
        return found


def batch_quoted(rows: Sequence[Row], prices: Sequence[Quoted]) -> BatchQuoted:
    """The sum of the rows' prices."""
    quoted = [
        RowQuoted(
            n=row.n,
            title=title_of(row.brief.text),
            had=not price.wanted,
            micros=price.micros,
            project=price.project,
            unknown=len(price.unknown),
            unconfirmed=len(price.unconfirmed),
            until=price.until,
            notes=tuple(dict.fromkeys((*row.said, *price.said))),
            budget=price.budget,
            spent=price.spent,
        )
        for row, price in zip(rows, prices, strict=True)
    ]
    had = sum(row.had for row in quoted)
    return BatchQuoted(
        micros=Micros(sum(row.micros for row in quoted)),
        had=had,
        wanted=len(quoted) - had,
        rows=tuple(quoted),
        unknown=tuple(row.n for row in quoted if row.unknown),
        unconfirmed=tuple(row.n for row in quoted if row.unconfirmed),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMade(Spoken):
    """What came of one row. ``path`` None: there is no file, and ``said`` tells why and what to do.

    ``micros``: what was or may have been paid for it in this project, ``now_micros`` what of it in this call. ``had``:
    nothing was bought for it now.
    """

    n: int
    title: str
    state: Literal["done", "waiting", "failed", "cancelled"]
    path: Path | None
    micros: Micros
    now_micros: Micros
    elapsed_s: float
    had: bool = False
    project: str | None = None
    job: str | None = None
    why: str | None = None
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchMade(Spoken):
    """What came of all rows, in their order; money as of a row. ``rehearsed``: nothing was bought."""

    total: int
    done: int
    had: int
    failed: int
    waiting: int
    micros: Micros
    now_micros: Micros
    elapsed_s: float
    rows: tuple[RowMade, ...]
    rehearsed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was agreed to for a whole batch: ``by`` says how, the rest is as in ``Consent``."""

    by: str
    unconfirmed: bool = False
    each: Micros | None = None

    def to(self, row: RowQuoted) -> Consent:
        """To one row: its own ceiling, and no more."""
        ceiling = Micros(row.micros + (self.each or 0) * row.unknown)
        until = row.until if self.by == "yes" else None
        return Consent(ceiling=ceiling, by=self.by, unconfirmed=self.unconfirmed, each=self.each, until=until)


def batch_made(rows: Sequence[RowMade], elapsed_s: float, *, rehearsed: bool = False) -> BatchMade:
    """The sum of the rows."""
    return BatchMade(
        total=len(rows),
        done=sum(row.state == "done" for row in rows),
        had=sum(row.had for row in rows),
        failed=sum(row.state in ("failed", "cancelled") for row in rows),
        waiting=sum(row.state == "waiting" for row in rows),
        micros=Micros(sum(row.micros for row in rows)),
        elapsed_s=round(elapsed_s, 3),
        rows=tuple(rows),
        now_micros=Micros(sum(row.now_micros for row in rows)),
        rehearsed=rehearsed,
    )
