"""Asks for consent at the command line: shows the price first, and starts nothing without a yes."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.logs import print_notice
from reelwright.cli.output.output import ProgressPrinter, get_exit_code, print_film, print_json, print_quote
from reelwright.cli.shared.signals import list_stop_signals
from reelwright.errors import BadInput, NeedsConsent
from reelwright.reason import Action

if TYPE_CHECKING:
    from reelwright.cli.shared.option_groups import ApprovalOptions
    from reelwright.studio.results.results import FilmResult, ProjectQuote
    from reelwright.studio.studio import AsyncStudio


def should_suggest_planner(planner: str | None, *, json_out: bool, terminal: bool) -> bool:
    """Whether to suggest a planner: a person is at a terminal and has not chosen one."""
    return planner is None and terminal and not json_out


async def suggest_planner(
    studio: AsyncStudio, brief: str, language: str | None, planner: str | None, *, json_out: bool
) -> None:
    """Print in one line how a model on this machine would write the film's words, if a person at a terminal has chosen
    no planner, and little is read in the brief.
    """
    if not should_suggest_planner(planner, json_out=json_out, terminal=sys.stderr.isatty()):
        return

    if studio.rehearsal is not None or not await asyncio.to_thread(late.local_servers.needs_planner, brief, language):
        return
    if found := await studio.suggest_planner(brief, language):
        print_notice(f"note: little is read in this brief; a model on this machine can write more: --planner {found}")
    else:
        server, model = late.local_servers.list_install_commands()
        line = f"little is read in this brief; a model on this machine would write more: {server}, then {model}"
        print_notice(f"note: {line}, then --planner local")


def confirm_price(studio: AsyncStudio, quote: ProjectQuote, *, yes: bool, budget: str | None, json_out: bool) -> bool:
    """Print the price of a quote and ask the person to agree to it; return True, or raise ``NeedsConsent`` if the
    answer is no or nobody can be asked.

    A rehearsal needs no consent. Raises ``BadInput`` before it asks, if what was quoted cannot be bought.
    """
    if not json_out:
        print_quote(quote)
    yes = yes or studio.rehearsal is not None
    return require_consent(quote, yes=yes, budget=budget, json_out=json_out, check=lambda: studio.refuse_unsold(quote))


async def make_at_price(
    studio: AsyncStudio,
    quote: ProjectQuote,
    make: Callable[..., Awaitable[FilmResult]],
    *,
    approval: ApprovalOptions,
    json_out: bool,
    only_quote: bool = False,
    is_resumed: bool = False,
    **terms: Any,
) -> int:
    """Print a quote, have the person agree to it, make the film, print it, and return the exit code.

    ``make``: a verb of the studio; it gets the quote, what was agreed to and ``terms``. ``only_quote``: make nothing.
    ``is_resumed``: no price is shown where nothing is to be made. Raises ``NeedsConsent`` and ``BadInput``.
    """
    if only_quote:
        (print_json if json_out else print_quote)(quote)
        return 0
    if quote.wanted_steps or not is_resumed:
        confirm_price(studio, quote, yes=approval.yes, budget=approval.budget, json_out=json_out)
    with ProgressPrinter(quiet=json_out, rehearses=studio.rehearsal is not None) as telling:
        made = await make(yes=quote, listen=telling, **approval.to_keywords(), **terms)
    (print_json if json_out else print_film)(made)
    return get_exit_code(made)


def require_consent(
    quote: ProjectQuote | late.rows.BatchQuote,
    *,
    yes: bool,
    budget: str | None,
    json_out: bool,
    check: Callable[[], None] = lambda: None,
    ask: Callable[[], None] | None = None,
) -> bool:
    """Ask the person to agree to a price that is printed already; return True, or raise ``NeedsConsent``.

    ``check`` raises ``BadInput`` if this cannot be bought, such as for want of a key: a person is then not asked, and
    one who cannot be asked is told both. ``ask``: asks another question than yes or no, and returns only if the person
    agrees. Asks nobody if the price is zero, or if ``--yes`` or ``--budget`` was given,
    now or before for the same job.
    Asks nobody either if the price is above the budget of the film's flavor: the studio refuses it.
    """
    unpriced = quote.unknown_price_rows if isinstance(quote, late.rows.BatchQuote) else quote.unknown_price_steps
    each = quote.rows if isinstance(quote, late.rows.BatchQuote) else (quote,)
    if budget is None and any(one.budget and one.budget.is_exceeded for one in each):
        return True  # the studio refuses it, and names the option that allows it
    is_agreed = not isinstance(quote, late.rows.BatchQuote) and quote.is_agreed
    if (quote.micros == 0 and not unpriced) or yes or budget is not None or is_agreed:
        return True
    needed = quote.micros + quote.recovered_micros  # a budget is also for what a lost journal sent for it
    actions = [Action("agree_to_price", {} if unpriced else {"micros": needed})]
    if not is_interactive(json_out=json_out):
        try:
            check()
        except BadInput as error:
            actions += error.actions
        raise NeedsConsent(code="stopped_at_price", quote=quote.line, actions=actions)
    check()
    if ask:
        ask()
    elif not ask_yes_no(f"Spend at most ${quote.to_json()['usd']}?"):
        raise NeedsConsent(code="price_declined", actions=actions)
    return True


def is_interactive(*, json_out: bool) -> bool:
    """Whether a person at a terminal can be asked a question."""
    return not json_out and sys.stdin.isatty() and sys.stderr.isatty()


def ask_yes_no(question: str) -> bool:
    """Ask a yes-no question on the terminal; return True for yes. A stop and the end of input mean no."""
    with allow_interrupt():
        try:
            return typer.confirm(question, default=False, err=True)
        except typer.Abort:
            return False


@contextmanager
def allow_interrupt() -> Iterator[None]:
    """Let Ctrl-C, and every other signal that stops a verb, end a question that waits for an answer on the terminal.

    The verb's own handler cancels a task of the event loop, which the question blocks.
    """
    before = {name: signal.signal(name, signal.default_int_handler) for name in list_stop_signals()}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
