"""How the command line speaks: like a build. Bars on a terminal, plain lines in a pipe, one object with --json."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import typer

from reelwright.reel.marked import plain
from reelwright.studio.listener import GONE

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from reelwright.studio.answers import ClipMade, FilmMade, Progress, Quoted, Written
    from reelwright.studio.rows import BatchMade
    from reelwright.studio.spelling import Spoken

OFFERS = 3
"""Models that a quote names beside its own; all of them are in its JSON."""
RUNS = frozenset({"started", "moving", "waiting", "again"})
SAID = {
    "started": "started",
    "landed": "landed",
    "dropped": "no longer wanted",
    "project.opened": "opened",
    "plan.revised": "the plan has a new revision",
    "job.queued": "queued",
    "job.running": "begun",
    "job.approved": "agreed to",
    "job.waiting": "waits",
    "job.cancelling": "asked to stop",
    "job.cancelled": "cancelled",
    "job.failed": "failed",
    "job.done": "done",
    "step.started": "started",
    "step.landed": "landed",
    "step.failed": "failed",
    "lease.taken_over": "taken over from a director that is gone",
}
"""What a line says of a thing that happened; what is not here, and says nothing itself, is not for people."""


def put_json(value: Spoken | dict[str, Any]) -> None:
    """The one object of a verb with ``--json``."""
    typer.echo(spelled(value if isinstance(value, dict) else value.to_json(), indent=2))


def spelled(plain: dict[str, Any], indent: int | None = None) -> str:
    """``plain`` as JSON, in ASCII where the other side may not read more."""
    import json

    unicode = "utf" in (sys.stdout.encoding or "").lower()
    return json.dumps(plain, ensure_ascii=not unicode, indent=indent)


def put_quote(quoted: Quoted) -> None:
    """The price, shot by shot, as a build says it."""
    for row in quoted.shots:
        if row.wanted or row.micros:
            label = f"{row.n:>3}  {row.name}" if row.n else f"     {row.name}"
            typer.echo(f"{label:<28}{_count(row.wanted, 'wanted'):>12}{_money(row.micros, row.certain):>14}")
            for basis in row.basis:
                typer.echo(f"       {basis.partition('; ')[0]}")
    for said in quoted.words:
        typer.echo(f"{said.n:>3}  read {_read(said.before)}; now {_read(said.after)}")
    for way, micros in quoted.ways.items():
        typer.echo(f"     as {way:<20}{_money(micros, True):>19}")
    if quoted.by_step:
        each = ", ".join(f"{kind} {_money(micros, True)}" for kind, micros in quoted.by_step.items())
        typer.echo(f"     by step: {each}")
    if quoted.times:
        beat, loose = quoted.times["beat"], quoted.times["loose"]
        typer.echo(
            f"     shots that go on from one another: {_time(beat)}; all at once (--continuity loose): {_time(loose)}"
        )
    sources = dict.fromkeys(basis.partition("; ")[2] for row in quoted.shots for basis in row.basis)
    for source in sources:
        if source:
            typer.echo(f"     prices: {source}")
    for note in quoted.said:
        typer.echo(f"     note: {note}")
    if quoted.unknown:
        typer.echo(f"     note: nobody knows the price of {_counted(quoted.unknown)}; --unknown-at-most USD caps each")
    if quoted.unconfirmed:
        typer.echo(f"     note: --accept-unconfirmed agrees to what {_counted(quoted.unconfirmed)} cost as it stands")
    if (allowed := quoted.budget) and allowed.stops:
        spent = f", {_money(allowed.spent_micros, True)} were spent on it" if allowed.spent_micros else ""
        cap = _money(allowed.micros, True)
        typer.echo(
            f"     note: it stops there: the flavor {allowed.flavor} allows a film {cap}{spent}; --budget raises it"
        )
    typer.echo(f"{quoted.line} · about {_time(quoted.seconds)}")
    for offer in quoted.with_key[:OFFERS]:
        typer.echo(f"     the same film by {offer.model}: {_money(offer.micros, True)} ({offer.basis})")
    if (more := len(quoted.with_key) - OFFERS) > 0:
        typer.echo(f"     and by {more} more: reelwright models --kind video")


def _read(words: Mapping[str, str]) -> str:
    """Words on screen, by their order, without styles; hard breaks of drawn type are spaces."""
    return f"“{' / '.join(map(plain, words.values()))}”" if words else "nothing"


def _counted(steps: Sequence[str]) -> str:
    """``4 takes and 1 bed``: how many there are of each kind of step."""
    counts = Counter(step.partition("/")[0] for step in steps)
    return " and ".join(f"{n} {kind}{'' if n == 1 or kind.endswith('s') else 's'}" for kind, n in counts.items())


def put_script(written: Written, *, json_out: bool) -> None:
    """A script as Markdown, or with what else is known of it as one JSON object."""
    if json_out:
        put_json(written)
    else:
        typer.echo(written.script, nl=False)


def put_film(made: FilmMade) -> None:
    """What came of it, in three lines."""
    if made.film:
        film = made.film
        loud = f" · {film.loudness_lufs:.1f} LUFS" if film.loudness_lufs is not None else ""
        size = f"{film.width}x{film.height}"
        typer.echo(f"{film.path}")
        typer.echo(f"  {film.duration_s:.1f} s · {size} · {film.fps:g} fps{loud}")
    for finding in made.findings:
        mark = "accepted" if finding.accepted else "fails" if finding.fails else "note"
        where = f"shot {finding.id.partition('/')[2]}: " if finding.shot else ""
        typer.echo(f"  {mark}: {where}{finding.said} [{finding.id}]")
    if made.said and not made.findings:
        typer.echo(f"  {made.said}")
    if made.up_to_date:
        typer.echo(f"  {made.up_to_date}")
    short = made.project[-6:]
    if made.step_s:
        typer.echo(
            f"  by step, some at once: {', '.join(f'{kind} {_time(seconds)}' for kind, seconds in made.step_s.items())}"
        )
    counted = f"{made.had} had, {made.made} made, {spent(made)} in {_time(made.elapsed_s)}"
    typer.echo(f"{counted} · {made.state} · project {short}")
    if made.state == "done" and not made.film and not made.said:
        typer.echo(f"  go on: reelwright resume {short} --until film")
    elif made.state == "waiting" and made.why == "decision":
        typer.echo(f"  {_ways_on(made, short)}")


def _ways_on(made: FilmMade | ClipMade, short: str) -> str:
    """What a person can do about a job that waits for a decision."""
    if any(finding.fails and not finding.accepted for finding in getattr(made, "findings", ())):
        return f"look: reelwright show {short}; edit the shot, or overrule: reelwright accept {short}"
    if "may have been bought" in made.said:
        return "say what became of it: reelwright spend; reelwright spend decide"
    if "reelwright resume" in made.said:
        return f"it stays bought: reelwright resume {short}"
    if "(look at" in made.said or "(there are no funds" in made.said:
        return f"once that is mended: reelwright resume {short} --yes"
    if stuck := re.search(r"\b(?:take|still) of shot (\d+)", made.said):
        shot = f"reelwright edit {short} --shot {stuck[1]}"
        return f"four ways on: {shot} with --prompt, --model MODEL, --clip FILE, or --model animatic (drawn, $0.00)"
    return f"look: reelwright show {short}"


def put_clip(made: ClipMade) -> None:
    """A line for each file, and for each sample that did not come."""
    for file in (*(one.path for one in made.files), *([made.archive] if made.archive else [])):
        typer.echo(f"{file}")
    for lost in made.missing:
        typer.echo(f"  not delivered, {lost.reason}: {lost.said or 'no reason was given'}")
    if made.said and made.state != "done":
        typer.echo(f"  {made.said}")
    if made.state == "cancelled":
        typer.echo(f"  {_cancelled(len(made.files))}")
    if made.up_to_date:
        typer.echo(f"  {made.up_to_date}")
    short = made.project[-6:]
    if made.state == "waiting" and made.why == "decision":
        typer.echo(f"  {_ways_on(made, short)}")
    typer.echo(f"{len(made.files)} delivered, {spent(made)} in {_time(made.elapsed_s)} · project {short}")


def spent(made: FilmMade | ClipMade | BatchMade) -> str:
    """What was bought now, and what was bought before: together what the ledger has."""
    before = made.micros - made.now_micros
    return _money(made.now_micros, True) + (f" ({_money(before, True)} before)" if before else "")


def _cancelled(files: int) -> str:
    """What became of a clip that somebody cancelled; what came too late to be stopped is paid for, and theirs."""
    late = "; what had been made by then is delivered" if files else ""
    return f"cancelled: nothing more is sent{late}"


def code_of_clip(made: ClipMade) -> int:
    """As of a film; done with fewer samples than were asked for is done."""
    if made.state == "waiting":
        return {"approval": 3, "budget": 5, "decision": 4}.get(made.why or "decision", 4)
    return 0 if made.state == "done" else 1


def code_of(made: FilmMade) -> int:
    """Exit code of a job: done 0, failed 1, waits for a price 3 or a cap 5, waits for a decision 4."""
    if made.state == "waiting":
        return {"approval": 3, "budget": 5, "decision": 4}.get(made.why or "decision", 4)
    return {"done": 0, "cancelled": 1, "failed": 1}.get(made.state, 0)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number else "had"


def _money(micros: int, certain: bool) -> str:
    from reelwright.units import usd

    return ("" if certain else "≤ ") + f"${usd(micros)}"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 90 else f"{seconds / 60:.1f} min"


class Telling:
    """Progress of one job. On a terminal: one bar for the job and a line for each running step, with time left."""

    def __init__(self, *, quiet: bool = False, rehearses: bool = False) -> None:
        self._quiet, self._rehearses = quiet, rehearses
        self._live = sys.stderr.isatty() and not quiet
        self._bars: Bars | None = None
        self._job: TaskID | None = None
        self._steps: dict[str, TaskID] = {}
        self._last = ""

    def __enter__(self) -> Self:
        if self._live:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            self._bars = Progress(
                TextColumn("{task.description}", table_column=None),
                BarColumn(bar_width=28),
                TextColumn("{task.fields[told]}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._job = self._bars.add_task("rehearsal" if self._rehearses else "film", total=1, told="")
            with suppress(*GONE):
                self._bars.start()
        elif self._rehearses and not self._quiet:
            self._line("a rehearsal: nothing is bought")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            with suppress(*GONE):
                self._bars.stop()

    def __call__(self, happened: Progress) -> None:
        if self._quiet:
            return
        if self._bars:
            self._draw(happened)
        elif text := _plain(happened):
            self._line(text)

    def _line(self, text: str) -> None:
        """One plain line for a thing that happened; the same thing is not said twice."""
        if text != self._last:
            typer.echo(text, err=True)
            self._last = text

    def _draw(self, happened: Progress) -> None:
        bars, job = self._bars, self._job
        if bars is None or job is None:
            return
        left = f" · {_time(happened.left_s)} left" if happened.left_s else ""
        total = happened.had + happened.wanted
        if total:
            told = f"{happened.had} had, {happened.wanted} wanted{left}"
            bars.update(job, total=total, completed=happened.had, told=told)
        if happened.said:
            bars.console.print(_plain(happened), markup=False, highlight=False)
        if not happened.step:
            return
        if happened.kind not in RUNS:
            if (ended := self._steps.pop(happened.step, None)) is not None:
                bars.remove_task(ended)
        elif happened.step not in self._steps:
            self._steps[happened.step] = bars.add_task(f"  {_named(happened)}", total=1.0, told="")
        else:
            bars.update(self._steps[happened.step], completed=happened.done or 0.0)


def _plain(happened: Progress) -> str:
    """One line for a thing that happened; empty for what only moves a bar."""
    what = happened.said or SAID.get(happened.kind, "")
    total = happened.had + happened.wanted
    count = f"[{happened.had}/{total}] " if total else ""
    where = f"{_named(happened)}: " if happened.step and _named(happened) not in what else ""
    return f"{count}{where}{what}" if what else ""


def _named(happened: Progress) -> str:
    kind = (happened.step or "").split("/")[0]
    return f"{kind} of shot {happened.shot}" if happened.shot else kind
