"""Pictures and clips of the person's own for a new film: what each is for, and the options of the verbs they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from reelwright.errors import BadInput, ReelwrightError
from reelwright.server.order_bodies import find_asset
from reelwright.studio.scripts.briefing import ROLES
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import PageForm

OPENING: Final = "opening"
SHOT: Final = "shot"
LOGO: Final = "logo"
GUIDE_ROLES: Final = ROLES
"""What a picture is for that guides the shots and is not shown itself."""
PICTURE_ROLES: Final = (*GUIDE_ROLES, OPENING, SHOT, LOGO)
"""What a picture is for: it guides the shots, opens the film, is a shot, or ends it as its logo. A clip is a shot."""
_FILE: Final = "own."
_ROLE: Final = "role."
_LONGEST_NAME: Final = 80
_MOST_FILES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """A file that stands in the form. ``asset``: the digest of its bytes, by which it was stored."""

    asset: str
    kind: Literal["picture", "clip"]
    name: str
    role: str


def list_files(fields: Mapping[str, str]) -> list[OwnFile]:
    """List the files of a form. Each is a field ``own.DIGEST`` with its kind and name; ``role.DIGEST`` says its role.

    A picture without a role is a shot, so that it is seen in the film at once; one that is named so is the logo. Raises
    ``BadInput`` for more than 20.
    """
    found = []
    for field, value in fields.items():
        if not field.startswith(_FILE):
            continue
        asset, (kind, _, name) = field.removeprefix(_FILE), value.partition(":")
        role = fields.get(f"{_ROLE}{asset}", "")
        is_clip = kind == "clip"
        likely = LOGO if not is_clip and LOGO in name.lower() else SHOT
        known = role if role in PICTURE_ROLES and not is_clip else likely
        found.append(OwnFile(asset=asset, kind="clip" if is_clip else "picture", name=name[:_LONGEST_NAME], role=known))
    if len(found) > _MOST_FILES:
        raise BadInput("file", f"{len(found)} files", f"at most {_MOST_FILES}")
    return found


async def build_file_options(studio: AsyncStudio, files: list[OwnFile]) -> dict[str, Any]:
    """Build the options of the verbs from files of the account. Raises ``BadInput`` and ``NotFound``."""
    paths = {one.asset: await find_asset(studio, "file", one.asset) for one in files}
    references = {
        f"{one.role}={Path(one.name).stem or one.role}": paths[one.asset] for one in files if one.role in GUIDE_ROLES
    }
    shots = [one for one in files if one.role == SHOT]
    opening = [paths[one.asset] for one in files if one.role == OPENING]
    logos = [paths[one.asset] for one in files if one.role == LOGO]
    options: dict[str, Any] = {
        "references": references,
        "images": [paths[one.asset] for one in shots if one.kind == "picture"],
        "clips": [paths[one.asset] for one in shots if one.kind == "clip"],
        "storyboard": {"1": opening[-1]} if opening else {},
        "logo": logos[-1] if logos else None,
    }
    return {name: value for name, value in options.items() if value}


def name_file(error: ReelwrightError, fields: Mapping[str, str]) -> ReelwrightError:
    """Return an error about a file of a form with the name that the person gave it, in place of its digest. Its advice
    and its actions stay.
    """
    for field, kept in fields.items():
        digest = field.removeprefix(_FILE) if field.startswith(_FILE) else ""
        if digest and isinstance(error, BadInput) and digest in str(error.value):
            error.value = str(error.value).replace(digest, kept.partition(":")[2][:_LONGEST_NAME])
            error.params = {**error.params, "value": error.value}
    return error


async def store_file(studio: AsyncStudio, form: PageForm) -> dict[str, str]:
    """Store a file that came with its form, as a browser without scripts sends it; return the field that names it.

    Raises ``BadInput`` and ``UnreadableMedia``.
    """
    kind, asset = await form.store_file(studio)
    return {f"{_FILE}{asset}": f"{kind}:{kind}"}
