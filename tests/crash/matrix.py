"""The crash matrix: 18 labels, two databases, three ways to find a lost answer; what a run is, how it is played."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from crash.ageing import age
from crash.checker import Checked
from crash.kinds import SLOW_TO_ANSWER, SLOW_TO_RENDER, USUAL
from crash.lives import Lives, Word
from reelwright.providers.fakes.script import Script, build_faulty_script
from reelwright.store.schema.earlier_names import DROPPED_COLUMNS, RENAMED_COLUMNS

POINTS: Final = (*(f"C{n:02}" for n in range(1, 17)), "C19", "C20")
DATABASES: Final = ("sqlite", "postgres")
WAYS: Final = ("key", "list", "none")
OF_A_TAKE: Final[Mapping[str, int]] = dict.fromkeys(("C01", "C02", "C05", "C08", "C12", "C13", "C14"), 2)
"""The visit at which the label is reached for the first paid take: the words, made here, pass it before."""
VISITS: Final[Mapping[str, tuple[int, ...]]] = {
    **dict.fromkeys(OF_A_TAKE, (1, 2, 3)),
    **dict.fromkeys(("C03", "C04", "C06", "C07", "C09", "C10", "C11", "C15", "C19"), (1, 2)),
    "C16": (1,),
    "C20": (1, 2, 3),
}
"""Visits that every life makes which nobody disturbs. Of C20: which of ``OLDER`` is brought to the newest."""
CONVERSION_STEPS: Final = len(RENAMED_COLUMNS) + len(DROPPED_COLUMNS) + 1
"""How often C20 is reached while a journal of the tree before is converted: after each table, and at the end."""
IN_HANDS: Final = ("C15",)
OLDER: Final = ("C06", "C04", "")
"""Where a life of the tree before was killed over its journal: an operation at work, a send without an answer; or the
journal is new, and nobody was there before.
"""
AGAIN: Final = ("C01", "C02", "C03", "C04", "C05", "C06", "C08", "C09", "C11", "C12", "C13", "C14", "C16")
"""Where a second life may be killed as well, at its first visit, if it comes there."""
BAD_DAY: Final = build_faulty_script(0.2).rules


@dataclass(frozen=True)
class Run:
    """One row. ``seed`` 0: the plain one; any other draws the visit, a person's word and a second kill."""

    point: str
    database: str
    kind: str
    seed: int = 0

    def __str__(self) -> str:
        return f"{self.point}-{self.database}-{self.kind}" + (f"-{self.seed}" if self.seed else "")

    @property
    def seller(self) -> str:
        """Who it is bought from. Two have a list: they take turns, so that every label meets both of them."""
        turn = POINTS.index(self.point) + DATABASES.index(self.database) + self.seed
        return "videos" if self.kind == "list" and turn % 2 else self.kind

    @property
    def dice(self) -> random.Random:
        return random.Random(f"{self}")

    @property
    def visit(self) -> int:
        return self.dice.choice(VISITS[self.point]) if self.seed else OF_A_TAKE.get(self.point, 1)

    @property
    def word(self) -> Word:
        return "written off" if self.seed and self.dice.random() < 0.3 else "told"

    @property
    def second(self) -> str:
        """The label at which the next life is killed too; empty for none."""
        return random.Random(f"{self} again").choice(("", *AGAIN)) if self.seed else ""

    @property
    def upgrades(self) -> bool:
        """Whether its journal is to be brought to the newest schema by the life that is killed."""
        return self.point == "C20"

    @property
    def script(self) -> Script:
        """Every other seed meets a provider on a bad day, too: throttled submits, polls and fetches without an answer.

        None of that leaves an outcome unknown; the kill does.
        """
        if self.point == "C19":
            return SLOW_TO_ANSWER
        script = SLOW_TO_RENDER if self.point == "C07" else USUAL
        return replace(script, seed=self.seed, rules=BAD_DAY) if self.seed % 2 else script


def read(said: str) -> Run:
    """``C04-sqlite-none-3`` as ``str`` of a run writes it. Raises ``ValueError``."""
    point, database, kind, *seed = said.split("-")
    if point not in POINTS or database not in DATABASES or kind not in WAYS:
        raise ValueError(f"{said}: a label, a database and a kind, such as C04-sqlite-none-3")
    return Run(point, database, kind, int(seed[0]) if seed else 0)


def whole(seed: int = 0) -> list[Run]:
    """All 108 of a seed."""
    return [Run(point, database, kind, seed) for point in POINTS for database in DATABASES for kind in WAYS]


def sampled(count: int, seed: int | str) -> list[Run]:
    """So many of the 108: every label before any comes twice, databases and kinds dealt out evenly over them."""
    dice = random.Random(seed)
    ways = [(database, kind) for database in DATABASES for kind in WAYS]
    rounds = [dice.sample(POINTS, len(POINTS)) for _ in ways]
    begins = {point: at for at, point in enumerate(dice.sample(POINTS, len(POINTS)))}
    dealt = (
        Run(point, *ways[(begins[point] + turn) % len(ways)]) for turn, points in enumerate(rounds) for point in points
    )
    return list(dealt)[:count]


class NotReached(Exception):
    """The life went by without its kill: that proves nothing, and is no run of the matrix."""


@dataclass(frozen=True)
class Played:
    """``words``: how often a person was asked."""

    run: Run
    checked: Checked
    words: int


def play(run: Run, lives: Lives, films: Mapping[str, Mapping[str, Any]]) -> Played:
    """Kill, go on, let a person speak where one is waited for, compare. ``films``: by seller, of nobody disturbed.

    Raises ``AssertionError`` for whatever does not hold, ``NotReached`` where nothing was killed.
    """
    before = _kill(run, lives)
    if run.second:
        lives.live("--hands-too" if run.second in IN_HANDS else "--nap-ms=0", REELWRIGHT_CRASH_AT=f"{run.second}:1")
    found = lives.checked(at_rest=False) if not run.upgrades or run.second else None
    assert not found or not found.faults, f"before anybody went on: {found.faults}"
    before = {**before, **lives.had()}
    if run.point == "C19":
        return _cancelled(run, lives, films)
    end, words = lives.to_rest(run.word)
    return Played(run, lives.check(end, films[run.seller], before), words)


def _kill(run: Run, lives: Lives) -> Mapping[Any, Any]:
    """What was had before a journal grew old, which nobody can read before it is brought to the newest."""
    flags: Sequence[str] = ("--hands-too",) if run.point in IN_HANDS else ()
    visit = run.visit
    if run.point == "C19":
        flags = ("--cancel",)
    had: Mapping[Any, Any] = {}
    if run.upgrades:
        if there := OLDER[visit - 1]:
            if lives.live(REELWRIGHT_CRASH_AT=f"{there}:1") is not None:
                raise NotReached(f"{there}:1 was not reached")
            had = lives.had()
            age(lives.database)
        visit = run.dice.randint(1, CONVERSION_STEPS) if there and run.seed else 1
    if lives.live(*flags, REELWRIGHT_CRASH_AT=f"{run.point}:{visit}") is not None:
        raise NotReached(f"{run.point}:{visit} was not reached")
    return had


def _cancelled(run: Run, lives: Lives, films: Mapping[str, Mapping[str, Any]]) -> Played:
    """It stays a cancel: nothing more is sent. Once a person has it made after all, it becomes the same film.

    What a person says arrived is fetched first, and nothing more is sent for that: the job is being cancelled until
    then, and what has it made after all is the ``resume`` that comes after.
    """
    sent = len(lives.submissions)
    end = lives.live()
    assert end and end["state"] == "cancelled", end
    assert len(lives.submissions) == sent, "something was sent after the cancel"
    found = lives.checked()
    assert not found.faults, "\n".join(map(str, found.faults))
    before = lives.had()
    words = lives.go_on(run.word)
    end, more = lives.to_rest(run.word)
    if words and end["state"] == "cancelled":
        assert len(lives.submissions) == sent, "something was sent for what arrived, before anybody resumed the job"
        lives.resume()
        end, further = lives.to_rest(run.word)
        more += further
    return Played(run, lives.check(end, films[run.seller], before), words + more)
