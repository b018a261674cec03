"""A script at a door: its file, its pictures, its settings, and the plan that it makes where its project stands."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput, ReelwrightError
from reelwright.reel.brief import Brief, Goal, Material
from reelwright.reel.plan import Plan
from reelwright.settings import Settings
from reelwright.studio.asked import Asked
from reelwright.studio.briefing import CLIPS, Taken, brief_of, take_in
from reelwright.studio.film_budget import cast_within

if TYPE_CHECKING:
    from reelwright.documents.script import Script

MOST_BYTES: Final = 1_048_576
_OF_THE_FILM: Final = ("aspect", "length_ms", "short_side", "language", "flavor", "own_flavor")
"""What makes another film of the same script, beside who makes it: a project of its own."""
DRAFT_SIDE: Final = 540
"""Pixels of a draft's shorter side."""
_PAID: Final = ("models", "stills", "voice", "music", "resolution", "sound", "references")
_NO_PLACE: Final = ("images", "clips", "planner", "archetype", "storyboard")
"""What a brief may be given and a script says by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A script's text. ``name``: as errors call it; ``folder``: where its pictures are; ``path``: empty for a text."""

    text: str
    name: str
    folder: Path
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """A script read and its pictures taken in. ``found_by``: by which its project is found.

    ``plan``: of the script, as a function of the plan that its project has; pure.
    """

    brief: Brief
    title: str
    found_by: str
    taken: Taken
    plan: Callable[[Plan | None], tuple[Plan, tuple[str, ...]]]


def given_script(script: str | Path) -> Given:
    """A file, or a text of more than one line. Raises ``BadInput`` for what is neither."""
    if isinstance(script, str) and "\n" in script:
        return Given(text=script, name="script", folder=Path.cwd(), path="")
    if not isinstance(script, (str, Path)) or not str(script).strip() or "\x00" in str(script):
        raise BadInput("script", str(script), "a Markdown file, or its text")
    path = Path(script).expanduser().absolute()
    if not path.is_file():
        stands = "a plain file; this is none" if path.exists() else "a file that exists"
        raise BadInput("script", str(script), stands)
    if path.stat().st_size > MOST_BYTES:
        raise BadInput("script", f"{path.name}, {path.stat().st_size} bytes", f"a file of at most {MOST_BYTES} bytes")
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as cause:
        raise BadInput("script", path.name, "text in UTF-8") from cause
    return Given(text=text, name=path.name, folder=path.parent, path=str(path.resolve()))


async def scripted(
    given: Given, goal: Goal, asked: Asked, scratch: Path, settings: Settings, *, again: bool = False
) -> Scripted:
    """Read the script, its pictures into ``scratch``. Raises ``BadInput`` naming line or setting. Spends nothing."""
    from reelwright.documents.read import read_script

    script = await asyncio.to_thread(read_script, given.text, given.name)
    _refuse_out_of_place(asked)
    told = _with_settings(script.settings, asked, given.name)
    if draft := bool(told.pop("draft", False)):
        told = _as_draft(told)
    try:
        brief, taken = await brief_of(given.name, told, scratch, settings)
    except BadInput as error:
        if error.field not in script.settings or asked.get(error.field) is not None:
            raise
        raise BadInput(f"{given.name}: {error.field}", error.value, error.accepted, hint=error.hint) from error
    files = await _files(script, given, taken, scratch)
    brief = replace(cast_within(brief), goal=goal, materials=tuple(taken.materials))
    film = _filming(script, given, brief, files, draft=draft)
    return Scripted(
        brief=brief, title=script.title(), taken=taken, plan=film,
        found_by=_found_by(script.settings.get("project", ""), given, brief, again=again, draft=draft),
    )  # fmt: skip


def _refuse_out_of_place(asked: Asked) -> None:
    for key in _NO_PLACE:
        if asked.get(key):
            raise BadInput(key, str(asked[key]), "nothing beside a script: what is shown stands in it")


def _with_settings(front: Mapping[str, str], asked: Asked, name: str) -> Asked:
    """What was asked for beside the script, and what the script says itself where that says nothing."""
    told: dict[str, Any] = {key: value for key, value in asked.items() if value not in (None, ())}
    told.pop("planner", None)
    for key, value in front.items():
        if key in ("length", "aspect", "language"):
            told.setdefault(key, value)
        elif key == "voice" and value.casefold() != "none":
            told.setdefault("voice", value)
        elif key == "model":
            told.setdefault("models", tuple(one.strip() for one in value.split(",") if one.strip()))
        elif key == "music" and not _is_mood(value):
            told.setdefault("music", value)
    for key in ("tone", "look"):
        if front.get(key) and front[key] not in (known := _known(key)):
            raise BadInput(f"{name}: {key}", front[key], ", ".join(known))
    return told  # type: ignore[return-value]  # its keys are checked by ``brief_of``


def _as_draft(told: Asked) -> Asked:
    """Without whoever is paid, and small."""
    bare = {key: value for key, value in told.items() if key not in _PAID}
    return bare | {"short_side": min(DRAFT_SIDE, told.get("short_side", DRAFT_SIDE))}  # type: ignore[return-value]


def _is_mood(value: str) -> bool:
    from reelwright.planner.tables import moods

    return value in moods()


def _known(key: str) -> tuple[str, ...]:
    if key == "tone":
        from reelwright.planner.tables import tones

        return tuple(tones())
    from reelwright.media.animatic.look import look_names

    return look_names()


async def _files(script: Script, given: Given, taken: Taken, scratch: Path) -> dict[str, Material]:
    """What intake finds of every picture and clip that the script names, by that name."""
    made: dict[str, Material] = {}
    for screen in script.screens:
        picture = screen.picture
        if picture is None or not picture.file or picture.file in made:
            continue
        where, path = f"{given.name} line {picture.line}", given.folder / picture.file
        if not path.resolve().is_relative_to(given.folder.resolve()):
            raise BadInput(where, picture.file, "a picture or clip in the script's folder")
        if not path.is_file():
            raise BadInput(where, picture.file, f"a picture or clip that is there; none is at {path}")
        try:
            kind = "clip" if path.suffix.lower() in CLIPS else "picture"
            made[picture.file] = await take_in(taken, path, kind, scratch)  # type: ignore[arg-type]  # one of the two
        except ReelwrightError as error:
            raise BadInput(where, picture.file, f"a picture or clip that can be read: {error}") from error
    return made


def _filming(
    script: Script, given: Given, brief: Brief, files: Mapping[str, Material], *, draft: bool
) -> Callable[[Plan | None], tuple[Plan, tuple[str, ...]]]:
    from reelwright.planner.extract.language import language_of
    from reelwright.planner.flavors import flavor_of
    from reelwright.planner.screens.film import Filming, film_of
    from reelwright.planner.screens.keeping import with_edits
    from reelwright.planner.screens.own_cast import cast_of

    chosen = flavor_of(brief, "short" if brief.aspect == "9:16" else "spot")
    words = "\n".join(screen.text for screen in script.screens)
    music = script.settings.get("music", "")
    asked = Filming(
        brief=brief, name=given.name, title=script.title(), tone=script.settings.get("tone", chosen.tone),
        language=brief.language or language_of(words), look=script.settings.get("look", ""),
        mood=music if _is_mood(music) else "", files=files, is_draft=draft,
        front=json.dumps(dict(script.settings), ensure_ascii=False, sort_keys=True) if script.settings else "",
    )  # fmt: skip

    def plan(before: Plan | None) -> tuple[Plan, tuple[str, ...]]:
        filmed = film_of(script, asked, before)
        made, cast_said = cast_of(filmed, brief, chosen)
        whole, said = with_edits(made, before)
        return whole, (*filmed.said, *cast_said, *said)

    return plan


def _found_by(project: str, given: Given, brief: Brief, *, again: bool, draft: bool) -> str:
    """The digest by which the script's project is found: its ``project:`` key, or its path; a text by itself.

    Another length, size or language is another film, and another project. Who makes it is not.
    """
    key = ["project", project] if project else ["path", given.path] if given.path else ["text", given.text]
    shape = {name: getattr(brief, name) for name in _OF_THE_FILM}
    words = json.dumps(["script", key, shape, again, draft], sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()
