"""Prints quotes, results and progress: bars on a terminal, plain lines in a pipe, one object with --json."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.actions import add_hints, format_message, suggest_next_steps
from reelwright.cli.output.logs import is_stderr_json, print_notice
from reelwright.cli.output.tables import format_table
from reelwright.reel.film.markup import to_plain_text
from reelwright.units import format_usd

if TYPE_CHECKING:
    from rich.progress import TaskID

    from reelwright.studio.results.listings import JobSummary
    from reelwright.studio.results.result_model import ResultModel
    from reelwright.studio.results.results import ClipResult, FilmResult, Progress, ProjectQuote, ScriptResult
    from reelwright.studio.results.rows import BatchResult

MAX_OFFERS = 3
"""The most other models that a quote names; all of them are in its JSON."""
RUNNING_KINDS = frozenset({"started", "moving", "waiting", "again"})
EVENT_TEXTS = {
    "started": "started",
    "landed": "finished",
    "dropped": "no longer needed",
    "project.opened": "opened",
    "plan.revised": "the plan has a new revision",
    "job.queued": "queued",
    "job.running": "started",
    "job.approved": "approved",
    "job.moved": "moved in the queue",
    "job.waiting": "waiting",
    "job.cancelling": "stopping",
    "job.cancelled": "cancelled",
    "job.failed": "failed",
    "job.done": "done",
    "step.started": "started",
    "step.landed": "finished",
    "step.failed": "failed",
    "queue.paused": "the queue is paused",
    "queue.resumed": "the queue goes on",
    "lease.taken_over": "taken over from a process that is gone",
}
"""The text of each kind of event. Events without a text or message are not printed."""


def print_json(value: ResultModel) -> None:
    """Print the result of a command as one JSON object."""
    typer.echo(format_json(value, indent=2))


def print_list(name: str, rows: Iterable[ResultModel]) -> None:
    """Print the rows of a list under ``name`` as one JSON object, as its model in ``results_by_verb`` has them."""
    typer.echo(format_document(add_hints({name: [row.to_json() for row in rows]}), indent=2))


def print_result(value: ResultModel, text: str, json_out: bool) -> None:
    """Print the result of a command as one JSON object, or else as ``text``."""
    typer.echo(format_json(value, indent=2) if json_out else text)


def format_json(value: ResultModel, indent: int | None = None) -> str:
    """Return a result as JSON text. Every reason in it has its ``hint`` beside it."""
    return format_document(add_hints(value.to_json()), indent)


def format_document(document: Mapping[str, Any], indent: int | None = None) -> str:
    """Return a JSON object as text; in ASCII if standard output may not accept more."""
    unicode = "utf" in (sys.stdout.encoding or "").lower()
    return json.dumps(document, ensure_ascii=not unicode, indent=indent)


def print_quote(quote: ProjectQuote) -> None:
    """Print a quote: the price of a film, shot by shot, with notes and a summary line."""
    shots = [row for row in quote.shots if row.wanted_steps or row.micros]
    cells = (
        (
            f"{row.n or '':>3}",
            f"“{row.first_words}”" if row.first_words else row.name,
            f"{row.wanted_steps} to make" if row.wanted_steps else "up to date",
            _format_amount(row.micros, row.is_certain),
        )
        for row in shots
    )
    lines = format_table(("shot", "name", "steps", "price"), cells, None, right=("steps", "price"))
    for line, row in zip(lines, shots, strict=True):
        typer.echo(line)
        for basis in row.basis:
            typer.echo(f"       {basis.partition('; ')[0]}")
    for change in quote.text_changes:
        typer.echo(f"{change.n:>3}  was {_format_words(change.before)}; now {_format_words(change.after)}")
    for way, micros in quote.prices_by_continuation.items():
        typer.echo(f"     --continuation {way:<8}{_format_amount(micros, True):>19}")
    for way, micros in quote.prices_by_framing.items():
        how = "takes in every aspect (--native)" if way == "native" else "takes reframed for every aspect"
        typer.echo(f"     {how:<34}{_format_amount(micros, True):>8}")
    if quote.prices_by_step:
        each = ", ".join(f"{kind} {_format_amount(micros, True)}" for kind, micros in quote.prices_by_step.items())
        typer.echo(f"     by kind of step: {each}")
    if quote.durations_by_continuity:
        beat, loose = quote.durations_by_continuity["beat"], quote.durations_by_continuity["loose"]
        typer.echo(
            f"     time if shots continue one another: {_format_duration(beat)}; if not (--continuity loose): "
            f"{_format_duration(loose)}"
        )
    sources = dict.fromkeys(basis.partition("; ")[2] for row in quote.shots for basis in row.basis)
    for source in sources:
        if source:
            typer.echo(f"     prices: {source}")
    for note in quote.notes:
        typer.echo(f"     note: {note}")
    if quote.unknown_price_steps:
        typer.echo(
            f"     note: price unknown for {_count_steps(quote.unknown_price_steps)}; to set a cap for each, pass "
            "--unknown-at-most USD"
        )
    if quote.unconfirmed_price_steps:
        typer.echo(
            f"     note: price unconfirmed for {_count_steps(quote.unconfirmed_price_steps)}; to accept it, pass "
            "--accept-unconfirmed"
        )
    if (allowed := quote.budget) and allowed.is_exceeded:
        spent = f", of which {_format_amount(allowed.spent_micros, True)} is spent" if allowed.spent_micros else ""
        cap = _format_amount(allowed.micros, True)
        typer.echo(
            f"     note: above the budget: the flavor {allowed.flavor} allows {cap} for a film{spent}. To allow more, "
            "pass --budget USD"
        )
    typer.echo(f"{quote.line} · about {_format_duration(quote.max_duration_s)} to make")
    if quote.film_micros is not None:
        typer.echo(f"     the film itself is not ordered yet; it then costs {_format_amount(quote.film_micros, False)}")
    for offer in quote.prices_with_key[:MAX_OFFERS]:
        typer.echo(f"     the same film with {offer.model}: {_format_amount(offer.micros, True)} ({offer.basis})")
    if (more := len(quote.prices_with_key) - MAX_OFFERS) > 0:
        typer.echo(f"     and {more} more models: reelwright models --kind video")


def _format_words(words: Mapping[str, str]) -> str:
    """Format the words on a screen in order, without styles; line breaks become spaces."""
    return f"“{' / '.join(map(to_plain_text, words.values()))}”" if words else "no words"


def _count_steps(steps: Sequence[str]) -> str:
    """Count the steps of each kind: ``4 takes and 1 bed``."""
    counts = Counter(step.partition("/")[0] for step in steps)
    return " and ".join(f"{n} {kind}{'' if n == 1 or kind.endswith('s') else 's'}" for kind, n in counts.items())


def print_script(result: ScriptResult, *, json_out: bool) -> None:
    """Print a script as Markdown, or with its other facts as one JSON object."""
    if json_out:
        print_json(result)
    else:
        typer.echo(result.script, nl=False)


def print_film(result: FilmResult) -> None:
    """Print the result of a job: the film, the findings, what was made and spent, and what to do next."""
    for film in result.films or ((result.film,) if result.film else ()):
        loud = f" · {film.loudness_lufs:.1f} LUFS" if film.loudness_lufs is not None else ""
        size = f"{film.width}x{film.height}"
        typer.echo(f"{film.path}")
        typer.echo(f"  {film.duration_s:.1f} s · {size} · {film.fps:g} fps{loud}")
    for file in result.files:
        typer.echo(f"{file.path}")
    for finding in result.findings:
        mark = "accepted" if finding.is_accepted else "fails" if finding.is_fault else "note"
        where = f"shot {finding.id.split('/')[1]}: " if finding.shot else ""
        where = f"{finding.aspect}, {where}" if finding.aspect else where
        typer.echo(f"  {mark}: {where}{finding.message} [{finding.id}]")
    if result.message and not result.findings:
        typer.echo(f"  {result.message}")
    if result.up_to_date_message:
        typer.echo(f"  {result.up_to_date_message}")
    short = result.project[-6:]
    if result.seconds_by_step:
        each = ", ".join(f"{kind} {_format_duration(seconds)}" for kind, seconds in result.seconds_by_step.items())
        typer.echo(f"  time by step, some at once: {each}")
    left = f", {result.unmade_steps} left" if result.unmade_steps else ""
    counted = (
        f"{result.finished_steps} up to date, {result.new_steps} made{left}, {format_cost(result)} in "
        f"{_format_duration(result.elapsed_s)}"
    )
    typer.echo(f"{counted} · {result.state} · project {short}")
    if result.film and result.state == "done":
        typer.echo(f"  to play it: reelwright open {short}")
    if result.state == "done" and not result.film and not result.files and not result.message:
        typer.echo(f"  to continue: reelwright resume {short} --until film")
    elif result.state == "waiting":
        typer.echo(f"  {_suggest_next_step(result, short)}")


def _suggest_next_step(made: FilmResult | ClipResult, short: str) -> str:
    """Return what a person can do about a job that waits."""
    return (suggest_next_steps(made.reason) if made.reason else "") or f"look: reelwright show {short}"


def print_clip(result: ClipResult) -> None:
    """Print the result of a clip: a line for each file, and for each sample that was not delivered."""
    for file in result.files:
        typer.echo(f"{file.path}")
        for shortfall in file.shortfalls:
            typer.echo(f"  note: {shortfall.message} [{shortfall.check}]")
    if result.archive:
        typer.echo(f"{result.archive}")
    for lost in result.missing:
        typer.echo(f"  not delivered, {lost.reason}: {lost.message or 'no reason given'}")
    if result.message and result.state != "done":
        typer.echo(f"  {result.message}")
    if result.state == "cancelled":
        late = "; what was finished by then is delivered" if result.files else ""  # and paid: it was too late to cancel
        typer.echo(f"  cancelled: nothing more is bought{late}")
    if result.up_to_date_message:
        typer.echo(f"  {result.up_to_date_message}")
    short = result.project[-6:]
    if result.state == "waiting":
        typer.echo(f"  {_suggest_next_step(result, short)}")
    if any(file.shortfalls for file in result.files):
        typer.echo(f"  it is paid; what the provider gives back: reelwright spend --project {short}")
    delivered = len(result.files)
    count = f"{delivered} of {delivered + len(result.missing)}" if result.missing else f"{delivered}"
    typer.echo(f"{count} delivered, {format_cost(result)} in {_format_duration(result.elapsed_s)} · project {short}")


def format_cost(result: FilmResult | ClipResult | BatchResult) -> str:
    """Return in US dollars what this call spent, at most if nobody knows it yet, and what its project spent before."""
    before = result.micros - result.now_micros
    actions = reason.actions if (reason := getattr(result, "reason", None)) else ()
    is_known = all(action.kind != "decide_purchase" for action in actions)
    return _format_amount(result.now_micros, is_known) + (f" ({_format_amount(before, True)} before)" if before else "")


def get_clip_exit_code(result: ClipResult) -> int:
    """Return the exit code for a clip: 0 done, 1 failed, cancelled, or done with fewer samples than were requested (as
    a batch with a failed row); waiting: 3 at a price, 5 at a cap, 4 otherwise.
    """
    is_short = result.state != "done" or result.missing
    return 1 if is_short and result.state != "waiting" else get_exit_code(result)


def get_exit_code(result: FilmResult | ClipResult | JobSummary) -> int:
    """Return the exit code for a job: 0 done, 1 failed or cancelled; waiting: 3 at a price, 5 at a cap, 4 otherwise."""
    if result.state == "waiting":
        return {"approval": 3, "budget": 5, "decision": 4}.get(result.wait_reason or "decision", 4)
    return {"done": 0, "cancelled": 1, "failed": 1}.get(result.state, 0)


def _format_amount(micros: int, certain: bool) -> str:
    return ("" if certain else "≤ ") + f"${format_usd(micros)}"


def _format_duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 90 else f"{seconds / 60:.1f} min"


class ProgressPrinter:
    """Listener that prints the progress of one job on standard error. On a terminal: a bar for the job with time left,
    and one for each step.
    """

    def __init__(self, *, quiet: bool = False, rehearses: bool = False) -> None:
        self._quiet, self._rehearses = quiet or is_stderr_json(), rehearses
        self._live = sys.stderr.isatty() and not self._quiet
        self._bars = late.progress_bars.ProgressBars(self._live)
        self._job: TaskID | None = None
        self._steps: dict[str, TaskID | None] = {}
        self._last = ""

    def __enter__(self) -> Self:
        self._bars.__enter__()
        self._job = self._bars.add("rehearsal" if self._rehearses else "film")
        if self._rehearses and not self._live and not self._quiet:
            self._line("a rehearsal: nothing is bought")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.__exit__(kind, error, trace)

    def __call__(self, event: Progress) -> None:
        if self._quiet:
            return
        if self._live:
            self._draw(event)
        elif text := _format_event(event):
            self._line(text)

    def _line(self, text: str) -> None:
        """Print one plain line; not the same line twice in a row."""
        if text != self._last:
            print_notice(text)
            self._last = text

    def _draw(self, event: Progress) -> None:
        left = f" · {_format_duration(event.left_s)} left" if event.left_s else ""
        total = event.finished_steps + event.wanted_steps
        if total:
            status = f"{event.finished_steps} of {total} steps done{left}"
            self._bars.update(self._job, total=total, completed=event.finished_steps, status=status)
        if event.message:
            self._bars.print_line(_format_event(event))
        if not event.step:
            return
        if event.kind not in RUNNING_KINDS:
            self._bars.remove(self._steps.pop(event.step, None))
        elif event.step not in self._steps:
            self._steps[event.step] = self._bars.add(f"  {_name_step(event)}")
        else:
            self._bars.update(self._steps[event.step], completed=event.fraction or 0.0)


def _format_event(event: Progress) -> str:
    """Format an event as one line; empty for an event that only moves a bar."""
    what = format_message(event.message, event.reason) or EVENT_TEXTS.get(event.kind, "")
    if event.kind == "waiting" and event.message:
        what = f"waits: {what}"
    total = event.finished_steps + event.wanted_steps
    count = f"[{event.finished_steps}/{total}] " if total else ""
    where = f"{_name_step(event)}: " if event.step and _name_step(event) not in what else ""
    return f"{count}{where}{what}" if what else ""


def _name_step(event: Progress) -> str:
    kind = (event.step or "").split("/")[0]
    return f"{kind} of shot {event.shot}" if event.shot else kind
