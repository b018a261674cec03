"""A picture, a clip or a font of the person's own: stored first, so that its change can be priced and ordered."""

from __future__ import annotations

import asyncio
from typing import Final

from reelwright.errors import BadInput
from reelwright.media.base.sniff import read_head, sniff
from reelwright.server.program_requests import save_upload
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import PageForm

_WITH_FILE: Final = ("file", "logo-file", "font-file")
"""The ``way`` of a form that comes with the file itself, as a browser without scripts sends it."""


async def store_own_file(studio: AsyncStudio, form: PageForm) -> PageForm:
    """Store the file of a form, and return the form as it would be had the file been stored before.

    Forms without a file stay as they are. Raises ``BadInput``, also for a form that was to bring a file, and
    ``UnreadableMedia``.
    """
    way = form.get("way")
    if way not in _WITH_FILE:
        return form
    content = form.font if way == "font-file" else form.file
    if not content:
        kind = "a font" if way == "font-file" else "a picture or a clip"
        raise BadInput("file", "none", f"{kind} of your own")
    with open_scratch_folder() as folder:
        if way == "font-file":
            font = await studio.add_font(await asyncio.to_thread(save_upload, folder, "font", content))
            return form.replace_field("way", f"font:{font.asset}")
        path = await asyncio.to_thread(save_upload, folder, "own", content)
        found = await asyncio.to_thread(lambda: sniff(read_head(path)))
        kind = "picture" if found.mime.startswith("image/") else "clip"
        (made,) = await studio.add_materials([path], kind)  # type: ignore[arg-type]
    return form.replace_field("way", f"{'logo' if way == 'logo-file' else kind}:{made.id}")
