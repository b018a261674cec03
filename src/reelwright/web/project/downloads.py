"""Downloads of a project: a ZIP of all, captions, ``film.yaml``, pictures of the film, the cut for editing programs."""

from __future__ import annotations

import asyncio
import re
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from reelwright.documents.otio import TimelineClip, write_otio
from reelwright.errors import NotFound
from reelwright.reel.film.plan import list_aspects
from reelwright.studio.films.deliver import add_format
from reelwright.studio.films.film_contact_sheet import SUFFIXES, FilmPicture
from reelwright.studio.results.listings import CutEntry
from reelwright.studio.results.options import Name
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.web.forms import Studio
from reelwright.web.outcomes import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_TYPES: Final = {
    "film.srt": "application/x-subrip", "film.vtt": "text/vtt", "film.ass": "text/x-ssa",
    "film.yaml": "application/yaml",
}  # fmt: skip
_ARCHIVE: Final = "film.zip"
_TIMELINE: Final = "cut.otio"
_PICTURES: Final[dict[str, FilmPicture]] = {f"{kind}{suffix}": kind for kind, suffix in SUFFIXES.items()}


@router.get("/studio/projects/{project}/files/{name}")
async def send_project_file(studio: Studio, project: Name, name: Name) -> Response:
    """Return a file of a project under a name that says which film it is of. Raises ``NotFound``."""
    details = await studio.show(project)
    slug = re.sub(r"[^\w]+", "-", details.title).strip("-")[:60] or "film"
    headers = {"Cache-Control": "no-store"}
    if name == _TIMELINE and details.cut:
        plan = (await studio.read_plan(details.project)).plan
        file = add_format(Path("film.mp4"), list_aspects(plan)[0] if plan.formats else "").name
        timeline = write_otio(details.title, plan.fps, [_build_clip(one, plan.fps, file) for one in details.cut])
        return _answer(timeline.encode(), f"{slug}.otio", "application/json")
    if kind := _PICTURES.get(name):
        content = await studio.draw_film_picture(details.project, kind)
        return _answer(content, f"{slug}-{name}", "image/webp" if name.endswith(".webp") else "image/jpeg")
    if name != _ARCHIVE and name not in _TYPES:
        raise NotFound(code="name_not_found", kind="file", name=name[:60])
    with ExitStack() as stack:
        folder = stack.enter_context(open_scratch_folder())
        path = (await studio.export(details.project, folder.get_path() / _ARCHIVE)).path
        if name == _ARCHIVE:
            kept = stack.pop_all()  # the file is sent after this function, and removed then
            task = BackgroundTask(kept.close)
            return FileResponse(path, 200, headers, "application/zip", task, f"{slug}.zip")
        content = await asyncio.to_thread(_read_entry, path, name)
    return _answer(content, f"{slug}{Path(name).suffix}", _TYPES[name])


def _build_clip(entry: CutEntry, fps: tuple[int, int], file: str) -> TimelineClip:
    """Build the clip of a shot: its part of the film's ``file``, which is in the archive beside the timeline."""
    rate = fps[0] / fps[1]
    start, end = round(entry.start_s * rate), round((entry.start_s + entry.duration_s) * rate)
    return TimelineClip(name=f"Shot {entry.n}", file=file, start=start, length=end - start)


def _read_entry(archive: Path, name: str) -> bytes:
    """Read a file of an archive; of a film in several aspects, whose captions are the same in all, that of any one."""
    stem, suffix = Path(name).stem, Path(name).suffix
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        of_a_format = (one for one in names if one.startswith(f"{stem}-") and one.endswith(suffix))
        found = name if name in names else next(of_a_format, None)
        if found is None:
            raise NotFound(code="name_not_found", kind="file", name=name)
        return opened.read(found)


def _answer(content: bytes, name: str, kind: str) -> Response:
    ascii_name = name.encode("ascii", "replace").decode().replace("?", "_")
    headers = {"Content-Disposition": f'attachment; filename="{ascii_name}"', "Cache-Control": "no-store"}
    return Response(content, 200, headers, kind)
