"""Routes that show projects: the list, and a project with its strip, player, panel and what it lacks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from reelwright.errors import BadInput, ReelwrightError
from reelwright.input_limits import END_CARD_CHARS, LINE_CHARS, SCRIPT_CHARS
from reelwright.media.emblems import load_emblems
from reelwright.planner.casting.voices import get_voice_name
from reelwright.planner.edits.captioning import has_drawn_captions
from reelwright.planner.match import read_film_settings
from reelwright.reel.film.plan import MUSIC_LEVELS_DB, Plan, has_other_sound, list_aspects
from reelwright.server.problems import get_status
from reelwright.server.routes.native import get_deployment, get_studio
from reelwright.studio.accounts.branding import HomeBrand
from reelwright.studio.results.listings import JobSummary, ProjectDetails
from reelwright.studio.results.options import Name
from reelwright.studio.studio import AsyncStudio
from reelwright.units import find_nearest_aspect
from reelwright.web.forms import OTHERS, PageForm, Studio, build_form_reader, make_ticket
from reelwright.web.live_parts import LiveRoute
from reelwright.web.outcomes import Trouble, describe_trouble
from reelwright.web.pictures import (
    build_logo_url,
    draw_changed_stills,
    draw_looks,
    draw_screen,
    find_font,
    find_poster,
    find_still,
    list_shots,
)
from reelwright.web.project.changes import (
    BEFORE,
    find_goal,
    find_shot,
    is_of_gone_shot,
    list_fields,
    list_values,
    store_own_file,
)
from reelwright.web.project.conflicts import Conflict, price_form
from reelwright.web.project.shot_strip import (
    Cost,
    build_arrangement,
    build_strip,
    describe_cost,
    describe_music,
    format_build_line,
    format_level,
    list_lane_blocks,
    list_played,
    quote_if_possible,
)
from reelwright.web.project.stuck import describe_stuck_shot, find_stuck_shots
from reelwright.web.project.takes import list_cards, list_making, name_models
from reelwright.web.rendering import find_root, render
from reelwright.web.spend.spend_view import find_short_budget

router = APIRouter(route_class=LiveRoute, include_in_schema=False)
_MOST_PROJECTS: Final = 60
_MOST_LETTERS: Final = 200
_MOST_JOBS: Final = 20
_CAPTION_SHIFTS_S: Final = (-1, -0.5, -0.25, 0, 0.25, 0.5, 1)
_LEVELS_DB: Final = (MUSIC_LEVELS_DB[1], 0, -3, -6, -9, -12, MUSIC_LEVELS_DB[0])
_FONT_SIDE: Final = 240
_BUSY: Final = frozenset({"queued", "running"})
_TABS: Final = ("shot", "script", "look", "film", "history")
_TAB_OF_WAY: Final = {
    "script": "script", "look": "look", "logo": "look", "logo-file": "look", "font": "look", "font-file": "look",
    "brand": "look", "restore": "history",
}  # fmt: skip
_WAY_OF_TAB: Final = {"shot": "edit", "script": "script", "look": "look"}
_BRAND_WAYS: Final = ("logo", "font", "brand")
ChangeForm = Annotated[PageForm, Depends(build_form_reader({"script": SCRIPT_CHARS, OTHERS: LINE_CHARS}))]
"""The form of the panel, in which a change of the project is typed."""


@router.get("/studio/projects")
async def list_projects(request: Request, studio: Studio, q: str = "", only: str = "", before: str = "") -> Response:
    """List the projects of the account, the newest first. ``q``: letters of their title; ``only`` unfinished ones;
    ``before``: only those that are older than this project.
    """
    wanted, is_unfinished = q.strip()[:_MOST_LETTERS], only == "unfinished"
    found = await studio.list_projects(
        limit=_MOST_PROJECTS + 1, before=before or None, is_unfinished=is_unfinished, letters=wanted
    )
    rows = found[:_MOST_PROJECTS]
    return render(
        request, "project/list.html", rows=rows, pictures={one.id: find_poster(one) for one in rows}, room="projects",
        q=wanted, only="unfinished" if is_unfinished else "", has_more=len(found) > len(rows), is_later=bool(before),
    )  # fmt: skip


@router.get("/studio/projects/{project}")
async def show_project(request: Request, project: Name, shot: int = 0, tab: str = "shot") -> Response:
    """Show a project: its shots, its film, one shot in the panel, and what it lacks with the price.

    ``shot`` 0: the first one that is stuck, else the first of the film.
    """
    return await render_project(request, project, shot=shot, tab=tab)


@router.post("/studio/projects/{project}/price")
async def price_change(request: Request, studio: Studio, form: ChangeForm, project: Name, onto: int = 0) -> Response:
    """Show a project with a change that was not made yet: what is made again, what is kept, and its price.

    Where somebody else changed it meanwhile, both are shown instead. ``onto``: the revision whose changes the person
    saw then, and onto which the change is put.
    """
    cost, conflict, refusal, details = None, None, None, await studio.show(project)
    try:
        form = await store_own_file(studio, form)
        if onto and onto == details.revision:
            form = form.replace_field("revision", str(onto))
        cost, conflict = await price_form(studio, details, form)
    except ReelwrightError as error:
        refusal = error
    return await render_project(request, project, 200, form=form, cost=cost, error=refusal, conflict=conflict)


async def render_project(
    request: Request, project: str, status: int = 0, *, shot: int = 0, tab: str = "shot", form: PageForm | None = None,
    cost: Cost | None = None, error: ReelwrightError | None = None, conflict: Conflict | None = None,
) -> Response:  # fmt: skip
    """Render the page of a project. ``form``: what was typed; ``cost``: of the change that it asks for; ``conflict``:
    with what somebody else changed. ``status`` 0: that of the ``error``, which a conflict says better.
    """
    studio, trouble = get_studio(request), describe_trouble(error) if error and not conflict else None
    status = status or (409 if conflict else get_status(error) if error else 200)
    details = await studio.show(project)
    way = form.get("way") if form else ""
    if form and is_of_gone_shot(details, form):  # what was typed is of no shot that the page shows
        form = None
    if form:
        bare = "film" if way == "resume" and not form.get("shot") else "shot"
        tab = find_tab(way) or bare
        shot = find_shot(details, form) or form.read_count("at")
    given: Mapping[str, str] = form.fields if form else {}
    values: dict[str, Any] = {
        "details": details, "tab": tab if tab in _TABS else "shot", "cost": cost, "trouble": trouble, "given": given,
        "conflict": conflict,
        "way_asked": way or "edit", "ticket": make_ticket(request), "room": "projects", "tiles": (), "selected": None,
        "fields": {}, "script": "", "left": None, "is_busy": details.job is not None and details.job.state in _BUSY,
        "film_job": None, "cards": (), "captions": {}, "fps": 0.0, "retake_micros": None, "size": None, "counts": [],
        "formats": (), "aspects": (), "pictures": [], "sounds": [],
        "short": None, "stuck": None, "first_way": _choose_first_way(tab, way, trouble),
    }  # fmt: skip
    try:
        plan = (await studio.read_plan(details.project)).plan
    except BadInput:  # a language model still writes it
        return render(request, "project/page.html", status, **values)
    font = await find_font(studio, plan)
    values["left"], parts, spending, drafts = await asyncio.gather(
        _quote_rest(studio, details, is_busy=values["is_busy"]),
        studio.read_film_parts(details.project), studio.show_spending(details.project, free=True),
        _draw_change(plan, cost, details, shot or 1, font),
    )  # fmt: skip
    quoted = details.replace(quote=values["left"].quote) if values["left"] else details
    purchases = spending.rows
    stuck = find_stuck_shots(details, purchases)
    at = max(1, min(shot or min(stuck, default=1), len(details.shots))) - 1
    root = find_root(request.url.path)
    tiles = build_strip(quoted, plan, parts.steps_in_work, stuck, cost, drafts, root)
    selected, own = tiles[at], tiles[at].shot
    film_job = await _find_film_job(studio, details, values["left"])
    if due := (cost or values["left"]):
        values["short"] = find_short_budget(await studio.list_budgets(), due.quote.micros, (details.project,))
    had = list_values(details, own.n)
    values |= {
        "tiles": tiles, "selected": selected, "fields": list_fields(details, own.n, form),
        "before": {name: given.get(name + BEFORE, "") if form and conflict else value for name, value in had.items()},
        "counts": format_build_line(tiles), "size": plan.size, "film_job": film_job,
        "formats": [(n, find_nearest_aspect(one.size), one.size) for n, one in enumerate(plan.formats, 1)],
        "aspects": list_aspects(plan),
        "lanes": (lanes := list_lane_blocks(plan)), "captions": {n: one.caption for n, one in lanes.items()},
        "arrange": build_arrangement(own.n, len(tiles)),
        "cards": await list_cards(studio, details, own.id, purchases),
        "circled_takes": {one.shot: one.n for one in reversed(details.takes) if one.is_circled},
        "pictures": list_played(parts.pictures), "sounds": list_played(parts.sounds),
        "music": describe_music(plan), "seconds": float(plan.seconds), "fps": plan.fps[0] / plan.fps[1],
        "draft_still": drafts.get(own.id, ""),
        "poster": f"{root}studio/pictures/{own.take}" if own.take else "",
    }  # fmt: skip
    if own.take and not selected.is_drawn and values["tab"] == "shot" and not values["is_busy"]:
        quote = await quote_if_possible(studio.quote_retake(details.project, own.n))
        values["retake_micros"] = quote.micros if quote else None
    if own.n in stuck and values["tab"] == "shot":
        values["stuck"] = await describe_stuck_shot(
            studio, details, own.n, stuck[own.n], is_drawable=bool(selected.words),
            is_rehearsal=get_deployment(request).is_rehearsal,
        )  # fmt: skip
    if not own.take and film_job is None:
        still = find_still(root, details.project, plan, *list_shots(plan)[own.n - 1])
        values["poster"] = f"{still}&large=1" if still else selected.picture
    if values["tab"] == "look":
        values |= await _describe_look(studio, plan)
    elif values["tab"] == "film":
        values["making"], values["making_s"] = list_making(details, purchases)
        values["description"] = await _read_description(studio, details.project)
    elif values["tab"] == "history":
        values["revisions"] = await studio.list_revisions(details.project)
    if values["tab"] == "script":
        values["script"] = given.get("script") or (await studio.read_script(details.project)).script
    return render(request, "project/page.html", status, **values)


def find_tab(change: str) -> str:
    """Return the tab of the panel on which a kind of change is asked for; empty for one of a shot or of all."""
    return _TAB_OF_WAY.get(change.partition(":")[0], "")


def _choose_first_way(tab: str, way: str, trouble: Trouble | None) -> str:
    """Choose the way of a form whose fields are typed in: on the look's tab, a logo or brand that was asked for stays
    asked for, unless it is the trouble itself.
    """
    is_kept = way.partition(":")[0] in _BRAND_WAYS and (trouble is None or trouble.field not in ("", *_BRAND_WAYS))
    return way if tab == "look" and is_kept else _WAY_OF_TAB.get(tab, "resume")


async def _draw_change(
    plan: Plan, cost: Cost | None, details: ProjectDetails, shot: int, font: Path | None
) -> dict[str, str]:
    """Draw the stills that a priced change makes another; see ``draw_changed_stills``. ``shot``: drawn first."""
    if cost is None or cost.quote.plan is None:
        return {}
    with_take = {one.id for one in details.shots if one.take}
    first = details.shots[min(shot, len(details.shots)) - 1].id
    return await draw_changed_stills(plan, cost.quote.plan, with_take, first, font)


async def _quote_rest(studio: AsyncStudio, details: ProjectDetails, *, is_busy: bool) -> Cost | None:
    """Quote what a project lacks up to its film; None where that cannot be told, or while it is being made."""
    if is_busy:
        return None
    quote = await quote_if_possible(studio.quote_resume(details.project, goal=find_goal(details)))
    return describe_cost(details, quote) if quote else None


async def _describe_look(studio: AsyncStudio, plan: Plan) -> dict[str, Any]:
    """Describe what can be chosen of a film's look and music, and what it has."""
    bed, settings, brand = plan.bed, read_film_settings(plan), await studio.read_brand()
    name = (await name_models(studio, [bed.request.model]))[bed.request.model] if bed else ""
    return {
        "logo": await build_logo_url(await studio.locate_asset(settings.logo)) if settings.logo else "",
        "has_font": bool(plan.font), "font": await _draw_font(studio, plan), "has_brand": brand != HomeBrand(),
        "looks": (looks := [one for one in await studio.list_looks() if not one.fault]),
        "look_pictures": await asyncio.to_thread(draw_looks, tuple(one.name for one in looks), plan.title),
        "moods": await studio.list_moods(), "mood": bed.mood if bed else "",
        "bed": name if bed and name != bed.request.model else "",  # this machine's composer is in no catalogue
        "piece": bed.piece_index + 1 if bed else 1, "level": format_level((bed.level_milli_db if bed else 0) / 1000),
        "levels": [(db, format_level(db)) for db in _LEVELS_DB], "has_other_sound": has_other_sound(plan),
        "voices": sorted({get_voice_name(line.request) for _, line in plan.list_lines() if line.request}),
        "accent": settings.accent, "emblem": settings.emblem, "emblems": sorted(load_emblems()),
        "end_card": plan.end_card, "end_card_chars": END_CARD_CHARS,
        "is_captioned": bool(plan.list_lines()), "draws_captions": has_drawn_captions(plan),
        "caption_style": plan.caption_choice or plan.caption_style,
        "caption_shift": format_level(plan.caption_shift_ms / 1000),
        "caption_shifts": [(seconds, format_level(seconds)) for seconds in _CAPTION_SHIFTS_S],
    }  # fmt: skip


async def _draw_font(studio: AsyncStudio, plan: Plan) -> str:
    """Draw the film's title in its font and look, as a ``data:`` URL; empty where there is none."""
    font = await find_font(studio, plan)
    if font is None:
        return ""
    extra = {"staging": "reveal", "words": {"name": plan.title}, "seed": 1}
    try:
        return await draw_screen(plan.drawn_look, extra, _FONT_SIDE, font=font)
    except ReelwrightError:
        return ""  # such as a title with a letter that no face has


async def _find_film_job(studio: AsyncStudio, details: ProjectDetails, left: Cost | None) -> JobSummary | None:
    """Find the job whose film is that of the newest revision; None while something of the film is wanted."""
    if left is None or left.has_work:
        return None
    jobs = await studio.list_jobs(details.project, limit=_MOST_JOBS)
    return next((job for job in jobs if job.state == "done" and job.goal == "film"), None)


async def _read_description(studio: AsyncStudio, project: str) -> str:
    """Read the note that a program gave with the first job of a project; empty if there is none."""
    jobs = await studio.list_jobs(project)
    labels = (await studio.read_video_job(jobs[-1].id, has_position=False, is_reply=True)).labels if jobs else {}
    return labels.get("description", "")
