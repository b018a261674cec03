"""The tools: each reads its arguments, calls the studio, and answers in short."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mcp import types

from reelwright.agents import tool_arguments as a
from reelwright.agents.answers import build_answer, build_long_answer, compute_poll_seconds, describe_quote
from reelwright.agents.consent import Approver, Call
from reelwright.agents.next_steps import list_person_steps, list_tool_calls
from reelwright.agents.orders import Order, build_order
from reelwright.agents.pictures import look_at_film
from reelwright.agents.places import Places
from reelwright.agents.policy import JOBS_SEARCHED, JOBS_SHOWN, MODELS_SHOWN, SCRIPT_CHARS_SHOWN
from reelwright.agents.refusals import refuse
from reelwright.errors import BadInput, NeedsConsent, ReelwrightError
from reelwright.net.redact import redact_line
from reelwright.reason import Action
from reelwright.studio.films import deliver
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.quotes import validation
from reelwright.studio.results.inventory import ModelDetails
from reelwright.studio.results.listings import JobSummary, ProjectDetails
from reelwright.studio.results.options import ChangeOptions, Options
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.scripts.script_files import save
from reelwright.studio.studio import AsyncStudio
from reelwright.units import format_usd

_RESTS: Final = frozenset({"waiting", "done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Tools:
    """The functions behind the MCP tools, for one process. ``open_studio``: returns a studio for one call, over the
    runtime that all share.
    """

    open_studio: Callable[[], AsyncStudio]
    approver: Approver
    places: Places

    async def quote(self, call: Call) -> types.CallToolResult:
        """Return the price of an order, or list models with their prices; spends nothing."""
        given, studio = a.QuoteArguments.parse(call.arguments), self.open_studio()
        if given.models is not None:
            return build_answer({"models": await _list_models(studio, given.models)})
        arguments = {name: value for name, value in call.arguments.items() if name != "models"}
        order = build_order(given, self.places, arguments)
        return await self._tell_price(studio, order)

    async def make(self, call: Call) -> types.CallToolResult:
        """Queue a film or a clip, or continue a project, after consent to the price; its job may spend."""
        given = a.MakeArguments.parse(call.arguments)
        place = self.places.check_new_file(given.out)
        order = build_order(given, self.places, call.arguments, None if place is None else str(place))
        return await self._start(self.open_studio(), order, call, given.max_usd)

    async def edit(self, call: Call) -> types.CallToolResult:
        """Queue a job that changes a film, after consent to the price, or with ``price_only`` return the price."""
        given = a.EditArguments.parse(call.arguments)
        changes = given.get_given(ChangeOptions.model_fields)
        order = Order("edit", given.project, changes, tool="edit", arguments=call.arguments)
        studio = self.open_studio()
        if given.price_only:
            return await self._tell_price(studio, order)
        return await self._start(studio, order, call, given.max_usd)

    async def retake(self, call: Call) -> types.CallToolResult:
        """Queue one more take of shots, after consent to the price, or with ``price_only`` return the price."""
        given = a.RetakeArguments.parse(call.arguments)
        order = Order("retake", given.project, {"shot": given.shot}, tool="retake", arguments=call.arguments)
        studio = self.open_studio()
        if given.price_only:
            return await self._tell_price(studio, order)
        return await self._start(studio, order, call, given.max_usd)

    async def write(self, call: Call) -> types.CallToolResult:
        """Write a script from a brief, or return the script of a project; a language model that writes may spend, after
        consent.
        """
        given, studio = a.WriteArguments.parse(call.arguments), self.open_studio()
        if (given.brief is None) == (given.project is None):
            raise BadInput("brief", "both" if given.brief else None, "a brief, or a project")
        place = self.places.check_new_file(given.out)
        if given.brief is not None and given.planner not in (None, "", "rules"):
            if place is not None:
                raise BadInput("out", str(place), "nothing beside a planner: write the project's script afterwards")
            options = given.get_given({"language", "planner", "archetype"})
            order = Order("film", given.brief, {**options, "goal": "plan"}, tool="write", arguments=call.arguments)
            return await self._start(studio, order, call, given.max_usd)
        if given.project is not None:
            written = await studio.read_script(given.project)
            if place is not None:
                save(place, written.script, force=False)
        else:
            assert given.brief is not None
            written = await studio.write(given.brief, place, language=given.language, archetype=given.archetype)
        is_cut = not given.full and len(written.script) > SCRIPT_CHARS_SHOWN
        fields = {
            "script": written.script[:SCRIPT_CHARS_SHOWN] if is_cut else written.script,
            "is_shortened": is_cut or None,
            "unused_parts": list(written.unused_parts),
            "file": str(place) if place else None,
            "project": written.project,
            "next": {"tool": "make", "arguments": {"script": "the text above, with your own changes"}},
        }
        return build_long_answer(fields) if given.full else build_answer(fields)

    async def report_status(self, call: Call) -> types.CallToolResult:
        """Return how far a project is and where its files are, or list the newest jobs; spends nothing."""
        given, studio = a.StatusArguments.parse(call.arguments), self.open_studio()
        if given.project is None:
            jobs = await studio.list_jobs(limit=JOBS_SHOWN)
            return build_answer({"jobs": [_list_job(job) for job in jobs], "message": "" if jobs else "no job yet"})
        project = await _find_project(studio, given.project)
        details = await studio.show(project)
        files = await studio.deliver(project) if details.job and details.job.state in ("done", "waiting") else ()
        return build_answer({**_describe_progress(details), "files": [str(file) for file in files]})

    async def look(self, call: Call) -> types.CallToolResult:
        """Return pictures of a project's film: a contact sheet, one frame, or what changed; spends nothing."""
        given, studio = a.LookArguments.parse(call.arguments), self.open_studio()
        project = await _find_project(studio, given.project)
        assert studio.home
        return await look_at_film(studio.home, project, shot=given.shot, at=given.at, has_changes_only=given.changes)

    async def circle(self, call: Call) -> types.CallToolResult:
        """Choose the take that the film uses for a shot; spends nothing."""
        given, studio = a.CircleArguments.parse(call.arguments), self.open_studio()
        chosen = await studio.circle(given.project, given.shot, given.take)
        fields = {"project": chosen.project, "revision": chosen.revision, "quote": describe_quote(chosen.quote)}
        return build_answer({**fields, "next": {"tool": "make", "arguments": {"project": chosen.project}}})

    async def report_spending(self, call: Call) -> types.CallToolResult:
        """Return what was spent, what is reserved, and what is left in the wallet; spends nothing."""
        given, studio = a.SpendArguments.parse(call.arguments), self.open_studio()
        report = await studio.show_spending(given.project)
        wallet = await self.approver.wallet.read(studio) if self.approver.wallet else None
        fields: dict[str, Any] = {"spent_usd": format_usd(report.micros), "held_usd": format_usd(report.held_micros)}
        if wallet:
            fields["wallet"] = {
                "holds_usd": format_usd(wallet.cap_micros), "spent_usd": format_usd(wallet.spent_micros),
                "reserved_usd": format_usd(wallet.reserved_micros), "left_usd": format_usd(wallet.left_micros),
            }  # fmt: skip
        else:
            fields["wallet"] = "none: the person is asked before anything is bought"
        fields["by_model"] = {total.name: format_usd(total.micros) for total in report.models[:8]}
        if report.unknown_rows:
            fields["waits_for_person"] = [
                {"purchase": row.purchase[-6:], "usd": format_usd(row.held_micros), "ask_person": "reelwright spend"}
                for row in report.unknown_rows[:3]
            ]
        return build_answer(fields)

    async def export(self, call: Call) -> types.CallToolResult:
        """Write a ZIP of a project's film and its parts to disk; spends nothing."""
        given, studio = a.ExportArguments.parse(call.arguments), self.open_studio()
        place = self.places.check_new_file(given.out)
        project = await _find_project(studio, given.project)
        assert studio.home
        if place is None:
            details = await studio.show(project)
            name = f"{deliver.make_slug(details.title)}-{deliver.shorten_id(project)}.zip"
            place = studio.home.settings.films / name
            place.parent.mkdir(parents=True, exist_ok=True)
        made = await studio.export(project, place)
        return build_answer({"project": made.project, "file": str(made.path), "files": list(made.files)})

    async def cancel(self, call: Call) -> types.CallToolResult:
        """Cancel a project's job: nothing more is sent to a provider, and what was made stays."""
        given, studio = a.CancelArguments.parse(call.arguments), self.open_studio()
        job = await studio.cancel(given.project)
        is_over = job.state in _RESTS
        return build_answer({**_list_job(job), "poll_after_seconds": None if is_over else 2})

    async def _tell_price(self, studio: AsyncStudio, order: Order) -> types.CallToolResult:
        quote = await order.quote(studio)
        return build_answer({"quote": describe_quote(quote), "message": _describe_price(self.approver, studio, quote)})

    async def _start(
        self, studio: AsyncStudio, order: Order, call: Call, max_usd: str | int | float | None
    ) -> types.CallToolResult:
        """Quote the order, get a person's consent to the price, and queue it."""
        quote = await order.quote(studio)
        try:
            most = validation.parse_money(max_usd, "max_usd")
            agreement = await self.approver.approve(studio, order, quote, call, most)
            if agreement.was_asked and (await order.quote(studio)).requests != agreement.quote.requests:
                raise NeedsConsent(code="order_has_changed", actions=[Action("change_order")])
            queued = await order.enqueue(studio, agreement.quote, has_seen_unconfirmed=agreement.has_seen_unconfirmed)
        except ReelwrightError as error:
            return await refuse(error, studio, order, quote, self.approver.wallet)
        return build_answer(_describe_start(queued, is_rehearsal=studio.rehearsal is not None))


TOOLS: Final[Mapping[str, tuple[Callable[[Tools, Call], Awaitable[types.CallToolResult]], type[Options], str]]] = {
    "quote": (
        Tools.quote, a.QuoteArguments,
        "The price of a film or clip, shot by shot, before anything is made; takes the arguments of make. With models: "
        "the AI models that can be used, with their prices. Spends nothing.",
    ),
    "write": (
        Tools.write, a.WriteArguments,
        "A script as Markdown from a brief, of what is certain in it (free), or by a language model (planner). With "
        "project: the script of that project. You may also write the script yourself and give it to make: front matter "
        "is optional; a paragraph is a screen; '# Name' the reveal; '## ' under it the descriptor; '**60 °C** at noon' "
        "a proof; '> ' spoken words; '![a courier in the rain]()' what an AI model films; '---' a new beat; a link "
        "alone the call to action.",
    ),
    "make": (
        Tools.make, a.MakeArguments,
        "Start a film from a brief or a script, start a single clip (clip: its prompt, with a model), or continue a "
        "project. Returns at once: then call status. The same call again continues, and buys nothing twice. Without a "
        "model, a film is drawn on this machine for $0. A price above $0 needs a wallet or the person's yes.",
    ),
    "status": (
        Tools.report_status, a.StatusArguments,
        "How far a project is, what it waits for, and where its files are. Ask again after poll_after_seconds; without "
        "that field, it rests. Without a project: the newest jobs.",
    ),
    "look": (
        Tools.look, a.LookArguments,
        "Pictures of a film, or of what exists of it: a contact sheet; one frame in full size (shot or at); or, after "
        "an edit, only what changed.",
    ),
    "edit": (
        Tools.edit, a.EditArguments,
        "Change shots (words, prompt, model, length, image, clip, move, caption) or the film (look, accent, emblem, "
        "logo, font, end_card, mood, music, music_level, voice, captions, caption_shift, aspect, length); only what "
        "depends on the change is made again. price_only tells the price first.",
    ),
    "retake": (
        Tools.retake, a.RetakeArguments,
        "Make another take of a shot, at its full price. The earlier takes stay; circle chooses.",
    ),
    "circle": (
        Tools.circle, a.CircleArguments,
        "Choose which take of a shot the film uses. Free; then make with project brings the film up to date.",
    ),
    "spend": (
        Tools.report_spending, a.SpendArguments,
        "What was spent and what is left in the wallet. Reads only.",
    ),
    "export": (
        Tools.export, a.ExportArguments,
        "Write a ZIP with the film, its captions, film.yaml and the person's own pictures.",
    ),
    "cancel": (
        Tools.cancel, a.CancelArguments,
        "Cancel a project's job: nothing more is sent to a provider, and what was made stays.",
    ),
}  # fmt: skip
"""Every tool by its name: what it calls, its arguments, and its description for agents."""
READ_ONLY: Final = frozenset({"quote", "status", "look", "spend"})
"""Tools that change nothing. Status copies a finished film to its place."""


async def _find_project(studio: AsyncStudio, called: str) -> str:
    """Return the id of a project that is named by its id, the end of it, ``last``, or one of its jobs."""
    for job in await studio.list_jobs(limit=JOBS_SEARCHED):
        if called == job.id or (len(called) >= 4 and job.id.endswith(called)):
            return job.project
    return (await studio.show(called)).project


async def _list_models(studio: AsyncStudio, kind: str) -> list[dict[str, Any]]:
    """List the models whose key is there, the cheapest first; if there is none, say which key opens them."""
    found = await studio.list_models(kind=kind)
    sold = [model for model in found if model.key_variable]  # not the models on servers of the person's own
    mine = sold if studio.rehearsal else [model for model in sold if model.has_key]
    shown = sorted(mine or sold, key=_get_least_rate)[:MODELS_SHOWN]
    return [_describe_model(model, needs_key=not (model.has_key or studio.rehearsal)) for model in shown]


def _get_least_rate(model: ModelDetails) -> float:
    rates = [float(rate.usd) for rate in model.rates if rate.usd is not None]
    return min(rates, default=float("inf"))


def _describe_model(model: ModelDetails, *, needs_key: bool) -> dict[str, Any]:
    lengths = model.durations_s
    fields: dict[str, Any] = {"model": model.id, "price": model.price}
    if lengths:
        fields["seconds"] = list(lengths) if len(lengths) <= 4 else f"{lengths[0]} to {lengths[-1]}"
    if needs_key:
        fields["needs_key"] = model.key_variable
    return fields


def _describe_price(approver: Approver, studio: AsyncStudio, quote: ProjectQuote) -> str:
    if quote.unknown_price_steps:
        return "nobody knows this price; only the person can start it, on the command line"
    if not quote.micros:
        return "free: it starts without a question"
    if approver.wallet:
        played = "; it is a rehearsal, and nothing is bought" if studio.rehearsal else ""
        return f"this comes out of the wallet, if it fits{played}"
    if studio.rehearsal:
        return "a rehearsal: nothing is bought, and the price counts as agreed to"
    return "the person is asked before anything is bought"


def _describe_start(queued: QueuedJob, *, is_rehearsal: bool) -> dict[str, Any]:
    is_done = queued.is_up_to_date
    return {
        "job": queued.job,
        "project": queued.project,
        "state": "done" if is_done else "queued",
        "usd": format_usd(queued.quote.micros),
        "steps_to_make": len(queued.quote.wanted_steps),
        "seconds": round(queued.quote.max_duration_s),
        "poll_after_seconds": None
        if is_done
        else compute_poll_seconds(queued.quote.min_duration_s, is_rehearsal=is_rehearsal),
        "next": {"tool": "look" if is_done else "status", "arguments": {"project": queued.project}},
        "text_changes": [
            {"shot": one.n, "before": dict(one.before), "after": dict(one.after)} for one in queued.quote.text_changes
        ],
        "notes": list(queued.quote.notes),
    }


def _list_job(job: JobSummary) -> dict[str, Any]:
    fields = {"project": job.project, "job": job.id, "goal": job.goal, "state": job.state, "message": job.message}
    return {name: value for name, value in fields.items() if value}


def _describe_clip(details: ProjectDetails) -> dict[str, Any] | None:
    """Describe the real length and size of a clip's take; None for a film, and until it is measured."""
    used = next((take for take in details.takes if take.is_circled and take.duration_s is not None), None)
    if used is None or details.job is None or details.job.goal != "takes":
        return None
    return {"seconds": used.duration_s, "size": f"{used.width}x{used.height}", "has_sound": used.has_sound}


def _describe_progress(details: ProjectDetails) -> dict[str, Any]:
    """Describe a project: its state, how much is done, what it waits for, and what the agent or its person can do."""
    job, quote = details.job, details.quote
    todo = len(quote.wanted_steps) if quote else 0
    done = quote.up_to_date if quote else 0
    is_over = job is None or job.state in _RESTS
    fields: dict[str, Any] = {
        "project": details.project,
        "title": redact_line(details.title, 80),
        "revision": details.revision,
        "job": job.id if job else None,
        "state": job.state if job else "no job",
        "goal": job.goal if job else None,
        "progress": round(done / (done + todo), 2) if done + todo else None,
        "spent_usd": format_usd(details.micros),
        "shots": len(details.shots),
        "takes": [{"shot": shot.n, "takes": shot.take_count} for shot in details.shots if shot.take_count > 1],
        "clip": _describe_clip(details),
        "film": {"seconds": details.film.duration_s, "size": f"{details.film.width}x{details.film.height}"}
        if details.film
        else None,
        "findings": [found.message for found in details.findings if not found.is_accepted],
        "money_warnings": list(details.money_warnings),
        "is_rehearsal": details.is_rehearsal or None,
    }
    if job and job.position:
        fields["position_in_queue"] = job.position
    if job and not is_over:
        left = quote.max_duration_s if quote else 0
        fields |= {
            "seconds_left": round(left),
            "poll_after_seconds": compute_poll_seconds(left, is_rehearsal=details.is_rehearsal),
        }
    if job and (job.message or job.reason):
        actions = job.reason.actions if job.reason else ()
        fields |= {
            "waits_for": job.wait_reason,
            "code": job.reason.code if job.reason else None,
            "message": job.message,
            "do": list_tool_calls(actions, details.project),
            "ask_person": " · ".join(list_person_steps(actions, details.project)),
        }
    if job and job.state == "done":
        fields["next"] = {"tool": "look", "arguments": {"project": details.project}}
    return fields
