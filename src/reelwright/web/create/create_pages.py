"""Routes of the page on which a film begins: the page, its draft while one types, the order, and the example film."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reelwright.errors import AccessDenied, ReelwrightError
from reelwright.input_limits import SCRIPT_CHARS
from reelwright.reel.film.brief import Goal
from reelwright.server.caller import get_caller
from reelwright.server.problems import get_status
from reelwright.server.routes.native import get_deployment, get_studio
from reelwright.studio.quotes.validation import parse_money
from reelwright.studio.results.inventory import ModelDetails
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts.example import copy_example
from reelwright.studio.studio import AsyncStudio
from reelwright.units import ASPECTS, Micros
from reelwright.web.create.draft_view import LANGUAGES, build_draft, build_order, find_language, open_source
from reelwright.web.create.own_files import GUIDE_ROLES, PICTURE_ROLES, name_file, store_file
from reelwright.web.create.starters import STARTERS, draw_covers
from reelwright.web.forms import check_ticket, make_ticket, read_form
from reelwright.web.models.models_pages import ABILITIES, build_row, find_address_to_set
from reelwright.web.outcomes import PageRoute, Trouble, describe_trouble
from reelwright.web.rendering import render, send_to
from reelwright.web.spend.spend_view import find_short_budget

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_LIMITS: Final = {"text": SCRIPT_CHARS}
_HIDDEN_FLAVORS: Final = frozenset({"example"})


@router.get("/studio")
async def show_create(request: Request, start: str = "", model: str = "", voice: str = "") -> Response:
    """Show the page on which a film begins. ``start``: the name of an example whose words stand in the field.

    ``model``: the id of the model that is chosen. ``voice``: the voice, as MODEL:VOICE.
    """
    starter = next((one for one in STARTERS if one.name == start), None)
    fields = {"text": starter.text, **starter.fields} if starter else {}
    chosen = {"model": model, "voice": voice}
    return await _render_page(request, fields | {name: value for name, value in chosen.items() if value})


@router.post("/studio/draft")
async def show_draft(request: Request) -> Response:
    """Show the draft and the price of what stands in the form; spends nothing."""
    form = await read_form(request, _LIMITS)
    fields = dict(form.fields)
    try:
        if form.file:
            fields |= await store_file(get_studio(request), form.file)
    except ReelwrightError as error:
        return await _render_page(request, fields, error)
    return await _render_page(request, fields)


@router.post("/studio/script")
async def write_script(request: Request) -> Response:
    """Show the form with the script of its brief, by rules from what the brief clearly states; spends nothing."""
    form = await read_form(request, _LIMITS)
    try:
        language = find_language(form.get("language")) or None
        written = await get_studio(request).write(form.get("text"), language=language)
    except ReelwrightError as error:
        return await _render_page(request, form.fields, error)
    return await _render_page(request, {**form.fields, "text": written.script})


@router.post("/studio/films")
async def make_film(request: Request) -> Response:
    """Order the film of the form, or only its plan, and lead to its project; may spend up to the price it showed."""
    form = await read_form(request, _LIMITS)
    if form.file:  # its price was never shown
        return await _render_page(request, dict(form.fields) | await store_file(get_studio(request), form.file))
    goal: Goal = "plan" if form.get("goal") == "plan" else "film"
    studio, text = get_studio(request), form.get("text")
    try:
        parse_money(_read_budget(form.fields), "budget")
        with open_source(text) as source:
            options = await build_order(studio, source, form.fields)
            queued = await studio.enqueue_make(
                options.pop("brief", None), **options, **form.list_consent(),
                goal=goal, request=form.build_request(), confirm=form.build_approval(),
            )  # fmt: skip
    except ReelwrightError as error:
        return await _render_page(request, form.fields, error)
    return send_to(request, f"studio/projects/{queued.project}")


@router.post("/studio/example")
async def make_example(request: Request) -> Response:
    """Order the film of the example script, which is drawn here and costs nothing, and lead to its project."""
    form = await read_form(request, {})
    with open_scratch_folder() as folder:
        script = await asyncio.to_thread(copy_example, folder.get_path())
        queued = await get_studio(request).enqueue_make(
            script=script, models=("animatic",), request=form.build_request(), confirm=form.build_approval()
        )
    return send_to(request, f"studio/projects/{queued.project}")


async def _render_page(request: Request, fields: Mapping[str, str], error: ReelwrightError | None = None) -> Response:
    """Render the page, or its changing parts, with the draft and the price as they are now."""
    studio = get_studio(request)
    trouble = describe_trouble(name_file(error, fields)) if error else None
    budget, bad_budget = _parse_budget(fields)
    view = await build_draft(studio, fields.get("text", ""), fields, budget)
    if bad_budget:
        view.trouble = bad_budget
    view.short = find_short_budget(await studio.list_budgets(), view.micros, (get_caller(request).key,))
    is_first = not await studio.list_projects(limit=1)
    values: dict[str, Any] = {
        "view": view, "fields": fields, "trouble": trouble or view.trouble, "ticket": _choose_ticket(request, fields),
        "budget_micros": budget, "is_first": is_first, "room": "create",
    }  # fmt: skip
    status = get_status(error) if error else 200
    return await _render_template(request, studio, status, values)


async def _render_template(request: Request, studio: AsyncStudio, status: int, values: dict[str, Any]) -> Response:
    models = await _list_models(request, studio)
    chosen = next((one for rows in models.values() for one in rows if one.id == values["fields"].get("model")), None)
    values |= {
        "abilities": ABILITIES, "chosen": build_row(chosen) if chosen else None,
        "aspects": ASPECTS, "languages": LANGUAGES,
        "flavors": [one for one in await studio.list_flavors() if one.name not in _HIDDEN_FLAVORS],
        "presets": await studio.list_presets(), "models": models, "starters": STARTERS,
        "picture_roles": PICTURE_ROLES, "guide_roles": GUIDE_ROLES,
        "looks": [one for one in await studio.list_looks() if not one.fault],
        "music": await studio.list_models(kind="music"),
        "video_models": {one.id: one for rows in models.values() for one in rows},
        "covers": await asyncio.to_thread(draw_covers) if not values["fields"].get("text") else {},
    }  # fmt: skip
    return render(request, "create/page.html", status, **values)


def _choose_ticket(request: Request, fields: Mapping[str, str]) -> str:
    """Choose the ticket of the form: that of an order whose draft the browser brings back as it was ``sent``, so that
    it is the same order, else a new one.
    """
    try:
        check_ticket(request, fields.get("sent", ""))
    except AccessDenied:
        return make_ticket(request)
    return fields["sent"]


async def _list_models(request: Request, studio: AsyncStudio) -> dict[str, list[ModelDetails]]:
    """List the video models: those that can be used now, those of this machine, and those that lack a key."""
    rehearses = get_deployment(request).is_rehearsal
    found = await studio.list_models(kind="video")
    return {
        "ready": [one for one in found if one.key_variable and (one.has_key or rehearses)],
        "own": [one for one in found if not (one.key_variable or find_address_to_set(request, one))],
        "locked": [one for one in found if one.key_variable and not (one.has_key or rehearses)],
    }


def _read_budget(fields: Mapping[str, str]) -> str | None:
    return fields.get("budget", "").strip().removeprefix("$") or None


def _parse_budget(fields: Mapping[str, str]) -> tuple[Micros | None, Trouble | None]:
    try:
        return parse_money(_read_budget(fields), "budget"), None
    except ReelwrightError as error:
        return None, describe_trouble(error)
