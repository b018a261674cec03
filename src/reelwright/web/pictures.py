"""Small pictures of shots: a frame of a take, or the still that a plan draws, kept for the next page that shows it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from reelwright.errors import BadInput, MediaError, NotFound, ReelwrightError
from reelwright.media.animatic.still import draw_small_still
from reelwright.media.pictures.previews import PREVIEW_TYPES, draw_frame, draw_logo
from reelwright.planner.roles import choose_staging, list_screen_words
from reelwright.reel.base.canonical import encode_canonical
from reelwright.reel.base.value import cache_by_identity
from reelwright.reel.film.markup import to_plain_text
from reelwright.reel.film.plan import Plan, Shot
from reelwright.reel.graph.request import Request as ShotRequest
from reelwright.studio.results.listings import ProjectSummary
from reelwright.studio.results.options import Name
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import Studio

router = APIRouter()
Percent = Annotated[int | None, Query(ge=0, le=100)]
_SIDE: Final = 320
_LARGE_SIDE: Final = 1280
"""Pixels of the longer side of a drawn still that stands in the player."""
_MOST_KEPT: Final = 512
_MOST_AT_ONCE: Final = 2
_DRAFT_SIDE: Final = 480
"""Pixels of the longer side of the still of a change that is being typed, which stands in the panel too."""
_MOST_DRAFTS: Final = 12
_DRAWN_MODEL: Final = "animatic/"
_KEPT: Final = {"Cache-Control": "private, max-age=31536000, immutable"}
_UNKEPT: Final = {"Cache-Control": "no-store"}
_TITLED_BEAT: Final = "benefit"
"""The beat whose staging sets one line, short or long, as large as it can."""
_CARD: Final = {"size": [1920, 1080], "fps": [30, 1], "frames": 120, "language": "en", "hits": [0]}


@router.get("/studio/pictures/{asset}", include_in_schema=False)
async def send_picture(request: Request, studio: Studio, asset: Name, at: Percent = None) -> Response:
    """Return a frame of a take or a film of the caller's account, by its digest. Raises ``NotFound``.

    ``at``: percent of its length after which the frame is shown. Few are drawn at once: a page of many pictures takes
    no other request's thread.
    """
    async with _limit_drawing(request):
        path = await studio.locate_asset(asset)
        content = await asyncio.to_thread(draw_frame, path, _convert_to_part(at))
    return Response(content, 200, _KEPT, PREVIEW_TYPES["thumbnail"])


@router.get("/studio/projects/{project}/stills/{shot}", include_in_schema=False)
async def send_still(
    request: Request, studio: Studio, project: Name, shot: Name, v: Name = "", at: Percent = None, large: bool = False
) -> Response:
    """Return the still of a shot of a project, as its newest plan draws it; see ``find_still``.

    ``at``: percent of its length after which it is shown; none: what tells the shot best. ``large``: as it stands in
    the player. It is kept by the browser if it is the one that the page meant (``v``). Raises ``NotFound``.
    """
    plan = (await studio.read_plan(project)).plan
    beat, found = next((pair for pair in list_shots(plan) if pair[1].id == shot), ("", None))
    extra = _describe_still(plan, beat, found) if found else None
    if extra is None:
        raise NotFound(code="name_not_found", kind="shot", name=shot[:60])
    async with _limit_drawing(request):
        font = await find_font(studio, plan)
        content = await asyncio.to_thread(
            _draw, extra, _LARGE_SIDE if large else _SIDE, None, font, _convert_to_part(at)
        )
    is_meant = v == _compute_version(extra, plan.font) and bool(font) == bool(plan.font)
    return Response(content, 200, _KEPT if is_meant else _UNKEPT, PREVIEW_TYPES["thumbnail"])


@router.get("/studio/projects/{project}/still", include_in_schema=False)
async def send_first_still(request: Request, studio: Studio, project: Name, v: int = 0) -> Response:
    """Return the still that stands for a project without a take: that of its first shot with words, else its title as
    a card in its look. Raises ``NotFound`` while there is no plan, or where no still can be drawn.

    It is kept by the browser if it is of the revision that the page meant (``v``).
    """
    try:
        found = await studio.read_plan(project)
        plan = found.plan
        extras = (_describe_still(plan, beat, shot) for beat, shot in list_shots(plan))
        extra = next(filter(None, extras), None) or encode_canonical(
            _stage(plan, _TITLED_BEAT, {"line": plan.title}, 90)
        )
        async with _limit_drawing(request):
            content = await asyncio.to_thread(_draw, extra, _SIDE, None, await find_font(studio, plan))
    except (BadInput, MediaError) as error:  # a language model still writes it, or no face has one of its letters
        raise NotFound(code="name_not_found", kind="still", name=project[:60]) from error
    return Response(content, 200, _KEPT if v == found.revision else _UNKEPT, PREVIEW_TYPES["thumbnail"])


def find_poster(project: ProjectSummary) -> str:
    """Return the path, below ``studio/``, of the picture that stands for a project; empty while there is no plan."""
    if project.picture:
        return f"pictures/{project.picture}"
    return f"projects/{project.id}/still?v={project.revision}" if project.revision else ""


def _convert_to_part(percent: int | None) -> Fraction | None:
    return None if percent is None else Fraction(percent, 100)


def _limit_drawing(request: Request) -> asyncio.Semaphore:
    state = request.app.state
    if getattr(state, "drawing", None) is None:
        state.drawing = asyncio.Semaphore(_MOST_AT_ONCE)
    drawing: asyncio.Semaphore = state.drawing
    return drawing


async def find_font(studio: AsyncStudio, plan: Plan) -> Path | None:
    """Find the file of a plan's font in the vault; None: it has none, or its film is not made yet."""
    try:
        return await studio.locate_asset(plan.font) if plan.font else None
    except ReelwrightError:
        return None


def find_still(root: str, project: str, plan: Plan, beat: str, shot: Shot) -> str:
    """Return the address of the still of a shot in a project's newest plan; empty text where the plan draws none. With
    ``&large=1`` it is that of the player.

    A film of sixty shots sends sixty small pictures, each once, and not all of them in every page (2026-11: 805 kB).
    """
    extra = _describe_still(plan, beat, shot)
    return f"{root}studio/projects/{project}/stills/{shot.id}?v={_compute_version(extra, plan.font)}" if extra else ""


async def draw_still(plan: Plan, beat: str, shot: Shot, font: Path | None, side: int = _SIDE) -> str:
    """Draw the still of a shot as a ``data:`` URL; empty text where it cannot be drawn from the plan alone. Equal ones
    are drawn once, so that of a changed script only the changed shots are drawn again.

    A shot that a model films is drawn as its animatic would be. ``font``: see ``find_font``. ``side``: pixels of its
    longer side.
    """
    extra = _describe_still(plan, beat, shot)
    if extra is None:
        return ""
    try:
        return _build_url(await asyncio.to_thread(_draw, extra, side, None, font))
    except ReelwrightError:
        return ""  # such as a letter without a glyph: the quote names it, and the tile shows the words


async def draw_changed_stills(
    before: Plan, after: Plan, with_take: Collection[str], first: str, font: Path | None
) -> dict[str, str]:
    """Draw the stills that a change of a plan makes another, as ``data:`` URLs by the id of their shot. Saves nothing.

    A shot that a model films keeps the frame of its take (``with_take``: shots that have one). ``first``: the shot that
    the person looks at, which is drawn even if many change.
    """
    old = {shot.id: _describe_still(before, beat, shot) for beat, shot in list_shots(before)}
    changed = [
        (beat, shot)
        for beat, shot in list_shots(after)
        if shot.id in old and old[shot.id] != _describe_still(after, beat, shot)
        and (is_drawn(shot) or shot.id not in with_take)
    ]  # fmt: skip
    changed.sort(key=lambda pair: pair[1].id != first)
    stills = {shot.id: await draw_still(after, beat, shot, font, _DRAFT_SIDE) for beat, shot in changed[:_MOST_DRAFTS]}
    return {shot: still for shot, still in stills.items() if still}


async def draw_screen(
    look: str, extra: Mapping[str, Any], side: int, logo: Path | None = None, font: Path | None = None
) -> str:
    """Draw a screen in a look, as a ``data:`` URL. ``logo``, ``font``: of the brand. Raises ``ReelwrightError``."""
    shown = encode_canonical({**_CARD, "look": look, **extra})
    return _build_url(await asyncio.to_thread(_draw, shown, side, logo, font))


async def build_logo_url(path: Path) -> str:
    """Draw a logo on a ground on which it is seen, as a ``data:`` URL."""
    return _build_url(await asyncio.to_thread(draw_logo, path))


def draw_card(look: str, staging: str, words: dict[str, str], variant: int) -> str:
    """Draw words as the cover of an example, as a ``data:`` URL."""
    extra = {"look": look, "staging": staging, "words": words, "variant": variant, "seed": variant}
    return _build_url(_draw(encode_canonical({**_CARD, **extra}), _SIDE))


@lru_cache(_MOST_DRAFTS)
def draw_looks(looks: Sequence[str], title: str) -> dict[str, str]:
    """Draw a title in each look, by the look's name, as ``data:`` URLs; without looks that cannot draw it."""
    found = {}
    for look in looks:
        with suppress(ReelwrightError):
            found[look] = draw_card(look, "reveal", {"name": title}, 1)
    return found


def list_shots(plan: Plan) -> list[tuple[str, Shot]]:
    """List the shots of a plan in the order of the film, each with the name of its beat."""
    return [(beat.name, shot) for beat in plan.beats for shot in beat.shots]


def is_drawn(shot: Shot) -> bool:
    """Whether this machine draws a shot, so that no prompt is sent anywhere."""
    return isinstance(shot.source, ShotRequest) and shot.source.model.startswith(_DRAWN_MODEL)


def find_own_asset(shot: Shot, own: Sequence[str]) -> str:
    """Return which of the person's files (``own``: digests) a shot shows; empty text for none, or where nobody knows.

    A picture that is stored anew, such as a JPEG, has another digest in the plan: it is known where it is the only one.
    """
    source = shot.source
    assets = [one.asset for one in source.subject_inputs] if isinstance(source, ShotRequest) else [source.asset]
    return next((one for one in own if one in assets), own[0] if any(assets) and len(own) == 1 else "")


def is_drawn_alone(shot: Shot) -> bool:
    """Whether this machine draws a shot of words alone, without a file: its still is then a frame of its take."""
    return is_drawn(shot) and _find_drawn(shot) is not None


@cache_by_identity(512)
def _describe_still(plan: Plan, beat: str, shot: Shot) -> bytes | None:
    extra = _find_drawn(shot) or _stage_words(plan, beat, shot)
    return None if extra is None else encode_canonical(extra)


def _compute_version(extra: bytes, font: str | None) -> str:
    return hashlib.sha256(extra + (font or "").encode()).hexdigest()[:16]


def _find_drawn(shot: Shot) -> dict[str, Any] | None:
    for request in (shot.still, shot.source):
        if isinstance(request, ShotRequest) and request.model.startswith(_DRAWN_MODEL) and not request.subject_inputs:
            return dict(request.extra)
    return None


def _stage_words(plan: Plan, beat: str, shot: Shot) -> dict[str, Any] | None:
    words = {role: to_plain_text(text) for role, text in list_screen_words(plan, shot).items() if text}
    if not words:
        return None
    return _stage(plan, beat, {"line": " ".join(words.values())}, shot.length)


def _stage(plan: Plan, beat: str, words: dict[str, str], frames: int) -> dict[str, Any]:
    staging, roles = choose_staging(beat, words)
    return {
        "look": plan.drawn_look, "staging": staging, "words": roles, "size": list(plan.size), "fps": list(plan.fps),
        "frames": frames, "language": plan.language, "hits": [0], "variant": 1, "seed": 1,
    }  # fmt: skip


@lru_cache(maxsize=_MOST_KEPT)
def _draw(
    extra: bytes, side: int, logo: Path | None = None, font: Path | None = None, part: Fraction | None = None
) -> bytes:
    return draw_small_still(json.loads(extra), side, logo, font, part)


def _build_url(content: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(content).decode()}"
