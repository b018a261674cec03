"""Routes of the page on which a film begins: the page, its draft while one types, the order, and the example film."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from reelwright.errors import AccessDenied, ReelwrightError
from reelwright.input_limits import SCRIPT_CHARS
from reelwright.reel.film.brief import Goal
from reelwright.server.caller import get_caller
from reelwright.server.problems import get_status
from reelwright.server.routes.native import get_studio
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts.example import copy_example
from reelwright.units import ASPECTS
from reelwright.web.create.draft_view import (
    LANGUAGES,
    build_draft,
    build_order,
    find_language,
    open_source,
    parse_budget,
)
from reelwright.web.create.own_files import GUIDE_ROLES, PICTURE_ROLES, name_file, store_file
from reelwright.web.create.starters import STARTERS, draw_covers
from reelwright.web.forms import PageForm, ShortForm, Studio, build_form_reader, check_ticket, make_ticket
from reelwright.web.models.models_pages import ABILITIES, build_row, group_rows
from reelwright.web.outcomes import PageRoute, describe_trouble
from reelwright.web.rendering import FRAGMENT, render, send_to
from reelwright.web.spend.spend_view import find_short_budget

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FilmForm = Annotated[PageForm, Depends(build_form_reader({"text": SCRIPT_CHARS}))]
_FAST_PART: Final = "draft"
"""The part of the page that follows each letter. The offers, a quote for each model, follow once nobody types."""
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
async def show_draft(request: Request, studio: Studio, form: FilmForm) -> Response:
    """Show the draft and the price of what stands in the form; spends nothing."""
    try:
        file = await store_file(studio, form) if form.read_file("file") else {}
    except ReelwrightError as error:
        return await _render_page(request, form.fields, error)
    return await _render_page(request, {**form.fields, **file})


@router.post("/studio/script")
async def write_script(request: Request, studio: Studio, form: FilmForm) -> Response:
    """Show the form with the script of its brief, by rules from what the brief clearly states; spends nothing."""
    try:
        language = find_language(form.get("language")) or None
        written = await studio.write(form.get("text"), language=language)
    except ReelwrightError as error:
        return await _render_page(request, form.fields, error)
    return await _render_page(request, {**form.fields, "text": written.script})


@router.post("/studio/films")
async def make_film(request: Request, studio: Studio, form: FilmForm) -> Response:
    """Order the film of the form, or only its plan, and lead to its project; may spend up to the price it showed."""
    if form.read_file("file"):  # its price was never shown
        return await _render_page(request, {**form.fields, **await store_file(studio, form)})
    goal: Goal = "plan" if form.get("goal") == "plan" else "film"
    try:
        parse_budget(form.fields)
        with open_source(form.get("text")) as source:
            options = await build_order(studio, source, form.fields)
            queued = await studio.enqueue_make(
                options.pop("brief", None), **options, **form.list_consent(),
                goal=goal, request=form.build_request(), confirm=form.build_approval(),
            )  # fmt: skip
    except ReelwrightError as error:
        return await _render_page(request, form.fields, error)
    return send_to(request, f"studio/projects/{queued.project}")


@router.post("/studio/example")
async def make_example(request: Request, studio: Studio, form: ShortForm) -> Response:
    """Order the film of the example script, which is drawn here and costs nothing, and lead to its project."""
    with open_scratch_folder() as folder:
        script = await asyncio.to_thread(copy_example, folder.get_path())
        queued = await studio.enqueue_make(
            script=script, models=("animatic",), request=form.build_request(), confirm=form.build_approval()
        )
    return send_to(request, f"studio/projects/{queued.project}")


async def _render_page(request: Request, fields: Mapping[str, str], error: ReelwrightError | None = None) -> Response:
    """Render the page, or its changing parts, with the draft and the price as they are now."""
    studio = get_studio(request)
    trouble = describe_trouble(name_file(error, fields)) if error else None
    view = await build_draft(studio, fields, has_offers=request.headers.get(FRAGMENT) != _FAST_PART)
    view.short = find_short_budget(await studio.list_budgets(), view.micros, (get_caller(request).key,))
    models = group_rows(request, [build_row(request, one) for one in await studio.list_models(kind="video")])
    models["own"] = [row for row in models["own"] if not row.address]
    by_id = {row.model.id: row for rows in models.values() for row in rows}
    return render(
        request, "create/page.html", get_status(error) if error else 200, room="create", view=view, fields=fields,
        trouble=trouble or view.trouble, ticket=_choose_ticket(request, fields), models=models, video_models=by_id,
        chosen=by_id.get(fields.get("model", "")), abilities=ABILITIES, aspects=ASPECTS, languages=LANGUAGES,
        picture_roles=PICTURE_ROLES, guide_roles=GUIDE_ROLES, starters=STARTERS,
        flavors=[one for one in await studio.list_flavors() if one.name not in _HIDDEN_FLAVORS],
        presets=await studio.list_presets(), looks=[one for one in await studio.list_looks() if not one.fault],
        music=await studio.list_models(kind="music"), is_first=not await studio.list_projects(limit=1),
        covers={} if fields.get("text") else await asyncio.to_thread(draw_covers),
    )  # fmt: skip


def _choose_ticket(request: Request, fields: Mapping[str, str]) -> str:
    """Choose the ticket of the form: that of an order whose draft the browser brings back as it was ``sent``, so that
    it is the same order, else a new one.
    """
    try:
        check_ticket(request, fields.get("sent", ""))
    except AccessDenied:
        return make_ticket(request)
    return fields["sent"]
