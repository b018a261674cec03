"""Consent at the command line: the price is shown first, and somebody says yes to it, or nothing starts."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from reelwright.cli.telling import put_quote
from reelwright.errors import NeedsConsent

if TYPE_CHECKING:
    from reelwright.studio.answers import Quoted
    from reelwright.studio.rows import BatchQuoted
    from reelwright.studio.studio import AsyncStudio


def check_before(budget: str | None, unknown_at_most: str | None, out: Path | None) -> None:
    """Raise ``BadInput`` on amounts or a place for the film that cannot be, also where only a quote is asked for."""
    from reelwright.studio import deliver

    check_money(budget, unknown_at_most)
    deliver.check(out)


def check_money(budget: str | None, unknown_at_most: str | None) -> None:
    """As ``check_before``, of the amounts alone."""
    from reelwright.studio import checked, consent

    checked.money(budget)
    consent.each_at_most(unknown_at_most)


def suggests(planner: str | None, *, json_out: bool, terminal: bool) -> bool:
    """Whether a person is there who has not said who plans."""
    return planner is None and terminal and not json_out


async def suggest_planner(
    studio: AsyncStudio, brief: str, language: str | None, planner: str | None, *, json_out: bool
) -> None:
    """On a terminal, one line that says which option would write the words; nothing where a planner was named."""
    if not suggests(planner, json_out=json_out, terminal=sys.stderr.isatty()):
        return
    if line := await studio.suggested_planner(brief, language):
        typer.echo(f"note: {line}", err=True)


def agreed(quoted: Quoted, *, yes: bool, budget: str | None, json_out: bool) -> bool:
    """True when the price is agreed to. Raises ``NeedsConsent`` where nobody can be asked or the answer is no."""
    if not json_out:
        put_quote(quoted)
    return says_yes_to(quoted, yes=yes, budget=budget, json_out=json_out)


def says_yes_to(quoted: Quoted | BatchQuoted, *, yes: bool, budget: str | None, json_out: bool) -> bool:
    """As ``agreed``, of a price that was shown already; what the film's flavor does not allow is not asked about."""
    free = quoted.micros == 0 and not quoted.unknown
    from reelwright.studio.rows import BatchQuoted

    each = quoted.rows if isinstance(quoted, BatchQuoted) else (quoted,)
    if budget is None and any(one.budget and one.budget.stops for one in each):
        return True  # the studio refuses it, and says what agrees
    if free or yes or budget is not None:
        return True
    hint = "agree with --yes, or with a cap of your own: --budget USD"
    if not can_be_asked(json_out=json_out):
        raise NeedsConsent(f"stopped at the price: {quoted.line}", hint=hint)
    if not says_yes(f"Spend at most ${quoted.to_json()['usd']}?"):
        raise NeedsConsent("not agreed; nothing was spent", hint=hint)
    return True


def can_be_asked(*, json_out: bool) -> bool:
    """Whether there is a person at a terminal."""
    return not json_out and sys.stdin.isatty() and sys.stderr.isatty()


def says_yes(question: str) -> bool:
    """Ask on the terminal. Ctrl-C and the end of input are a no."""
    with heard():
        try:
            return typer.confirm(question, default=False, err=True)
        except typer.Abort:
            return False


@contextmanager
def heard() -> Iterator[None]:
    """While somebody is asked: Ctrl-C ends the question.

    The loop's own handler would not be heard here, and must not hear of it later: its wake-up is off meanwhile.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    wake_up = signal.set_wakeup_fd(-1)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wake_up)
        signal.signal(signal.SIGINT, before)
