"""The strip of shots, each with its state, and the sentence before a change: what is made again, what is kept."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from reelwright.errors import ReelwrightError
from reelwright.reel.film.markup import to_plain_text
from reelwright.reel.film.plan import OwnFootage, Plan
from reelwright.reel.records.operation import LIVE_JOBS
from reelwright.studio.projects.film_parts import PlayedPart
from reelwright.studio.results.listings import ProjectDetails
from reelwright.studio.results.results import ProjectQuote, QuoteRow, ShotSummary
from reelwright.units import convert_frames_to_seconds
from reelwright.web.pictures import find_still, is_drawn, is_drawn_alone, list_shots

TileState = Literal["had", "again", "making", "wanted", "stuck"]
_MOST_GROWTH: Final = 40
"""Half seconds above which a tile grows no wider."""
_MOST_WITH_FRAMES: Final = 5
"""Shots of a film above which each has room for one frame."""
_STRIP_WIDTHS: Final = 24
"""Width of the strip on a large screen, in its own heights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A shot on the strip. ``name``: of its beat; ``words``: its words as plain text; ``picture``: path or ``data:``
    URL of its still.

    ``frames``: addresses of frames of the shot in their order, where there is room for more than one. ``growth``: its
    share of the width, in half seconds. ``is_drawn``: this machine draws it. ``is_own``: it is footage
    of the person's own.
    """

    shot: ShotSummary
    name: str
    words: Mapping[str, str]
    state: TileState
    micros: int
    growth: int
    picture: str
    frames: tuple[str, ...] = ()
    is_drawn: bool
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The cost of a change: what it makes again, what it keeps, and its price. The sentence before every spend.

    ``again``: the shots that are made again. ``kept_count``: how many shots stay as they are. ``is_first``: nothing of
    the film was made before. ``rest``: how many steps beside shots are wanted, such as the mix and the film.
    """

    quote: ProjectQuote
    again: tuple[QuoteRow, ...]
    kept_count: int
    is_first: bool
    rest: int

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a person should know about the change, as plain text."""
        return tuple(to_plain_text(note) for note in self.quote.notes)

    @property
    def has_work(self) -> bool:
        """Whether anything would be made."""
        return bool(self.again or self.rest or self.quote.micros)


def describe_cost(details: ProjectDetails, quote: ProjectQuote) -> Cost:
    """Describe a quote of a project by shots: which are made again, and which are kept."""
    rows = [row for row in quote.shots if row.n is not None]
    again = tuple(row for row in rows if row.wanted_steps)
    rest = sum(row.wanted_steps for row in quote.shots if row.n is None)
    is_first = not any(shot.take for shot in details.shots)
    return Cost(quote=quote, again=again, kept_count=len(rows) - len(again), is_first=is_first, rest=rest)


async def quote_if_possible(quote: Awaitable[ProjectQuote]) -> ProjectQuote | None:
    """Await the quote of a change; None where there can be none, such as of another take of own footage."""
    try:
        return await quote
    except ReelwrightError:
        return None


def build_strip(
    details: ProjectDetails,
    plan: Plan,
    in_work: Collection[str],
    stuck: Collection[int],
    cost: Cost | None,
    drafts: Mapping[str, str],
    root: str,
) -> tuple[Tile, ...]:
    """Build the tiles of a project's newest revision, in the order of the film.

    ``in_work``: keys of the steps that are being made. ``stuck``: numbers of the shots that wait for a person.
    ``cost``: of a change that was not made yet, whose shots are marked. ``drafts``: stills of shots as that change has
    them.
    """
    rows = {row.n: row for row in details.quote.shots} if details.quote else {}
    changed = {row.n: row for row in cost.again} if cost else {}
    tiles: list[Tile] = []
    for shown, (beat, shot) in zip(details.shots, list_shots(plan), strict=True):
        row = changed.get(shown.n) or rows.get(shown.n)
        state = _find_state(details, shown, rows.get(shown.n), in_work, stuck, is_changed=shown.n in changed)
        drawn = (
            f"{root}studio/pictures/{shown.take}"
            if shown.take and not is_drawn_alone(shot)  # while a film is drawn, a frame of a take comes seconds late
            else find_still(root, details.project, plan, beat, shot)
        )
        tiles.append(
            Tile(
                shot=shown, name=beat, state=state, micros=row.micros if row else 0,
                words={role: to_plain_text(text) for role, text in shown.words.items() if role != "chart"},
                growth=max(1, min(_MOST_GROWTH, round(2 * shown.duration_s))), picture=drafts.get(shown.id, drawn),
                is_drawn=is_drawn(shot), is_own=isinstance(shot.source, OwnFootage),
            )
        )  # fmt: skip
    if len(tiles) > _MOST_WITH_FRAMES:
        return tuple(tiles)
    room = _STRIP_WIDTHS * plan.size[1] / plan.size[0] / max(1, sum(tile.growth for tile in tiles))
    return tuple(
        tile
        if tile.shot.id in drafts
        else replace(tile, frames=_list_frames(tile.picture, math.ceil(tile.growth * room)))
        for tile in tiles
    )


def _list_frames(picture: str, count: int) -> tuple[str, ...]:
    """List the addresses of so many frames of a shot at equal distances, from the address of its picture."""
    sign = "&" if "?" in picture else "?"
    return tuple(f"{picture}{sign}at={(100 * n + 50) // count}" for n in range(count)) if picture else ()


def build_arrangement(n: int, count: int) -> dict[str, str]:
    """Build the orders in which shot ``n`` of ``count`` is ``without``, or stands one place ``earlier`` or ``later``.

    They are as the form posts them; empty where there is none.
    """
    others = [str(one) for one in range(1, count + 1) if one != n]

    def insert(at: int) -> str:
        return "-".join((*others[:at], str(n), *others[at:]))

    return {
        "earlier": insert(n - 2) if n > 1 else "", "later": insert(n) if n < count else "",
        "without": "-".join(others),
    }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneBlock:
    """A line over a shot, as the lanes under the strip show it. ``is_spoken``: a voice says it, in ``seconds``."""

    caption: str
    is_spoken: bool
    seconds: float


def list_lane_blocks(plan: Plan) -> dict[int, LaneBlock]:
    """List the first line over each shot that has one, by the number of the shot, with its caption as corrected."""
    windows, found = plan.compute_windows(), {}
    for n, shot in enumerate(plan.shots, 1):
        begin, end = windows[shot.id]
        for start, line in plan.list_lines():
            if start < end and start + line.room > begin:
                seconds = float(convert_frames_to_seconds(line.spoken_length or line.room, plan.fps))
                caption = shot.corrections.get(line.id, line.text)
                found[n] = LaneBlock(caption=caption, is_spoken=line.request is not None, seconds=seconds)
                break
    return found


def list_played(parts: Collection[PlayedPart]) -> list[list[Any]]:
    """List what can be played as the player reads it: begin, length, asset, offset in it, and volume."""
    return [
        [round(one.start_s, 4), round(one.duration_s, 4), one.asset, round(one.offset_s, 4), round(one.volume, 3)]
        for one in parts
    ]


def describe_music(plan: Plan) -> tuple[str, str] | None:
    """Return the mood of a film's music, and its pace and level as ``, 84 bpm, −6 dB``; None where it has none."""
    if plan.bed is None:
        return None
    pace = f", {round(plan.bed.bpm_milli / 1000)} bpm" if plan.bed.bpm_milli else ""
    level = f", {format_level(plan.bed.level_milli_db / 1000)} dB" if plan.bed.level_milli_db else ""
    return plan.bed.mood, f"{pace}{level}"


def format_level(decibels: float) -> str:
    """Return a level as people read it, such as +3, 0 or −4.5."""
    return f"{decibels:+g}".replace("-", "−") if decibels else "0"


def format_build_line(tiles: Collection[Tile]) -> list[tuple[str, int]]:
    """Count the tiles by state for the build line, such as 5 had, 1 making; without those that count none."""
    order: tuple[TileState, ...] = ("had", "making", "again", "wanted", "stuck")
    counts = [(state, sum(tile.state == state for tile in tiles)) for state in order]
    return [(state, count) for state, count in counts if count]


def _find_state(
    details: ProjectDetails, shown: ShotSummary, row: QuoteRow | None, in_work: Collection[str],
    stuck: Collection[int], *, is_changed: bool,
) -> TileState:  # fmt: skip
    if is_changed:
        return "again"
    if shown.n in stuck:
        return "stuck"
    is_live = details.job is not None and details.job.state in LIVE_JOBS
    if is_live and f"take/{shown.id}" in in_work:
        return "making"  # also another take of a shot that has one
    if row is None or not row.wanted_steps or shown.take:
        return "had"
    return "making" if is_live and any(shown.id in key for key in in_work) else "wanted"
