"""Loading a script: its file, its pictures, its settings, and the plan that it makes for its project."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput, ReelwrightError
from reelwright.input_limits import END_CARD_CHARS
from reelwright.media.emblems import check_emblem
from reelwright.planner.tables import load_moods, load_tones
from reelwright.reason import Note
from reelwright.reel.film.brief import Brand, Brief, Goal, Material
from reelwright.reel.film.plan import Plan
from reelwright.settings import Settings
from reelwright.studio import late_modules as late
from reelwright.studio.policy import MAX_SCRIPT_BYTES
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.film_budget import drop_idle_budget
from reelwright.studio.results.verb_options import BriefOptions
from reelwright.studio.runtime.scratch import ScratchFolder
from reelwright.studio.scripts.briefing import (
    CLIPS,
    IntakeResult,
    build_brief,
    take_in,
    take_in_font,
    take_in_logo,
    take_in_look_fonts,
)
from reelwright.studio.scripts.own_looks import keep_own_looks, resolve_look
from reelwright.units import ASPECTS, Micros, compute_size, find_nearest_aspect

if TYPE_CHECKING:
    from reelwright.documents.script import Script

_OF_THE_FILM: Final = ("aspect", "length_ms", "short_side", "language", "flavor", "own_flavor")
"""Settings that make another film, in its own project, of the same script. The choice of models is not among them."""
DRAFT_SIDE: Final = 540
"""Pixels of a draft's shorter side."""
_IN_FRONT_MATTER: Final = {
    "length": "length_ms", "model": "models", "voice": "voice", "music": "music", "logo": "logo",
    "font": "font",
}  # fmt: skip
"""Fields of the brief that a script's front matter can set, by their names there."""
_PAID: Final = ("models", "stills", "voice", "music", "resolution", "sound", "references")
_CAST: Final = ("models", "stills", "sound", "references")
_ANY_PRICE: Final = Micros(10**12)
"""Of a film that is cast as its script asks; a flavor's budget, too, is below it."""
_NO_PLACE: Final = ("images", "clips", "planner", "archetype", "storyboard")
"""Options of a brief that a script refuses, because it contains them itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptSource:
    """The text of a script, with the file that it came from. ``name``: for errors. ``folder``: of its pictures.

    ``path``: empty if the text was passed.
    """

    text: str
    name: str
    folder: Path
    path: str


PlanFunction = Callable[[Plan | None, Brief], tuple[Plan, tuple[Note, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedScript:
    """A script that was parsed, with its pictures imported. ``digest``: identifies its project.

    ``build_plan``: a pure function from the project's current plan (or None), and the brief with which it was first
    planned, to the script's plan and notes about it. ``build_full_plan``: the same whatever the film costs.
    """

    brief: Brief
    title: str
    digest: str
    intake: IntakeResult
    build_plan: PlanFunction
    build_full_plan: PlanFunction


def read_script_source(script: str | Path) -> ScriptSource:
    """Read the script file at ``script``, or take ``script`` as the text itself if it has several lines.

    Raises ``BadInput`` if it is neither.
    """
    if isinstance(script, str) and "\n" in script:
        return ScriptSource(text=script, name="script", folder=Path.cwd(), path="")
    if not isinstance(script, (str, Path)) or not str(script).strip() or "\x00" in str(script):
        raise BadInput("script", str(script), "a Markdown file, or its text")
    path = Path(script).expanduser().absolute()
    if not path.is_file():
        stands = "a plain file; this is none" if path.exists() else "a file that exists"
        raise BadInput("script", str(script), stands)
    if path.stat().st_size > MAX_SCRIPT_BYTES:
        raise BadInput(
            "script", f"{path.name}, {path.stat().st_size} bytes", f"a file of at most {MAX_SCRIPT_BYTES} bytes"
        )
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as cause:
        raise BadInput("script", path.name, "text in UTF-8") from cause
    return ScriptSource(text=text, name=path.name, folder=path.parent, path=str(path.resolve()))


async def load_script(
    source: ScriptSource,
    goal: Goal,
    given_options: BriefOptions,
    scratch: ScratchFolder,
    settings: Settings,
    *,
    again: bool = False,
    base: Brief | None = None,
    brand: Brand | None = None,
) -> LoadedScript:
    """Parse a script, check its settings, and copy its pictures into ``scratch``. Spends nothing.

    ``base``: the brief of the project that the script changes, see ``continue_brief``; else ``brand``: of the home.
    Raises ``BadInput`` with the line or setting at fault.
    """
    script = await asyncio.to_thread(late.script_reader.read_script, source.text, source.name)
    _refuse_out_of_place(given_options)
    options = _with_settings(script.settings, given_options, source.name)
    if draft := bool(options.pop("draft", False)):
        options = _as_draft(options)
    try:
        brief, taken = await build_brief(base or source.name, options, scratch, settings, brand=None if base else brand)
    except BadInput as error:
        setting = "for" if error.field == "presets" else error.field
        if setting not in script.settings or given_options.get(error.field) is not None:
            raise
        raise BadInput(
            f"{source.name}: {setting}", error.value, error.accepted, hint=error.advice, actions=error.actions
        ) from error
    if (look := script.settings.get("look")) and brief.look:
        resolve_look(look, settings.looks, f"{source.name}: look")  # it is named wrongly all the same
    elif look:
        brief = keep_own_looks(brief, look, settings.looks, f"{source.name}: look")
        brief = await take_in_look_fonts(taken, brief, scratch, settings)
    if base:
        _refuse_other_film(brief, base)
    files = await _take_in_files(script, source, taken, scratch)
    brief = replace(drop_idle_budget(brief), goal=goal, materials=tuple(taken.materials))
    if (mark := script.settings.get("logo")) and "logo" not in brief.without and options.get("logo") is None:
        where = f"{source.name}: logo"
        brief = replace(brief, logo=await take_in_logo(taken, _find_beside(source, where, mark), scratch, where))
    if (file := script.settings.get("font")) and "font" not in brief.without and options.get("font") is None:
        where = f"{source.name}: font"
        path = _find_beside(source, where, file, "a font")
        brief = replace(brief, font=await take_in_font(taken, path, scratch, where))
    build_plan = _make_plan_function(script, source, brief, files, draft=draft)
    return LoadedScript(
        brief=brief, title=script.make_title(), intake=taken, build_plan=build_plan,
        build_full_plan=partial(build_plan, max_price=_ANY_PRICE),
        digest=_compute_digest(script.settings.get("project", ""), source, brief, again=again, draft=draft),
    )  # fmt: skip


def continue_brief(brief: Brief, plan: Plan) -> Brief:
    """Return the brief from which a project's next script starts, which keeps what that script leaves out.

    ``plan``: of the project. What the front matter of its last script set is not kept: the next one may leave it out.
    """
    unset = Brief(text=brief.text)
    front_matter = json.loads(plan.front_matter or "{}")
    changes = {name: getattr(unset, name) for setting, name in _IN_FRONT_MATTER.items() if setting in front_matter}
    short_side = min(plan.size)
    aspect = next((one for one in ASPECTS if compute_size(one, short_side) == plan.size), brief.aspect)
    formats = tuple(find_nearest_aspect(one.size) for one in plan.formats)
    usual, other = ("short" if one == "9:16" else "spot" for one in (brief.aspect, aspect))
    if usual != other and brief.own_flavor is None:  # another aspect by an edit changes no tone of the takes
        changes["flavor"] = brief.flavor or usual
    return replace(
        brief, materials=(), storyboard=(), without=(), planner="", archetype="", aspect=aspect, short_side=short_side,
        language=plan.language, formats=formats, is_native=any(one.is_native for one in plan.formats),
        presets=plan.presets, **changes,
    )  # fmt: skip


def _refuse_other_film(brief: Brief, base: Brief) -> None:
    """Raise ``BadInput`` for a script whose film has another shape than that of its project."""
    for name in ("aspect", "short_side", "language", "flavor", "own_flavor"):
        if getattr(brief, name) != getattr(base, name):
            accepted = f"{getattr(base, name)}, as the project has it; another one makes a new project"
            name, value = ("flavor", brief.flavor) if name == "own_flavor" else (name, getattr(brief, name))
            raise BadInput(name, value, accepted if name != "flavor" else "the flavor of the project, as it was")
    wanted, own = (",".join(one.name for one in each.presets) for each in (brief, base))
    if wanted != own:
        raise BadInput("presets", wanted, f"{own or 'none'}, as the project has it; another one makes a new project")


def _refuse_out_of_place(options: BriefOptions) -> None:
    for key in _NO_PLACE:
        if options.get(key):
            raise BadInput(key, str(options[key]), "nothing beside a script: what is shown stands in it")


def _with_settings(front: Mapping[str, str], given_options: BriefOptions, name: str) -> BriefOptions:
    """Return the given options, with the script's own settings for those that were not given."""
    options: dict[str, Any] = {key: value for key, value in given_options.items() if value not in (None, ())}
    options.pop("planner", None)
    for key, value in front.items():
        if (key in validation.BRAND and value == validation.NONE) or key in ("length", "aspect", "language"):
            options.setdefault(key, value)
        elif key == "for":
            options.setdefault("presets", value)
        elif key == "voice" and value.casefold() != "none":
            options.setdefault("voice", value)
        elif key == "model":
            options.setdefault("models", tuple(one.strip() for one in value.split(",") if one.strip()))
        elif key == "music" and not _is_mood(value):
            options.setdefault("music", value)
    if (tone := front.get("tone")) and tone not in (known := load_tones()):
        raise BadInput(f"{name}: tone", tone, ", ".join(known))
    return options  # type: ignore[return-value]  # its keys are checked by ``build_brief``


def _as_draft(options: BriefOptions) -> BriefOptions:
    """Return the options of a draft: without paid models, and at a small size."""
    bare = {key: value for key, value in options.items() if key not in _PAID}
    return bare | {"short_side": min(DRAFT_SIDE, options.get("short_side", DRAFT_SIDE))}  # type: ignore[return-value]


def _is_mood(value: str) -> bool:
    return value in load_moods()


async def _take_in_files(
    script: Script, given: ScriptSource, taken: IntakeResult, scratch: ScratchFolder
) -> dict[str, Material]:
    """Take in every picture and clip that the script names. Return the materials by that name."""
    made: dict[str, Material] = {}
    for screen in script.screens:
        picture = screen.picture
        if picture is None or not picture.file or picture.file in made:
            continue
        where = f"{given.name} line {picture.line}"
        path = _find_beside(given, where, picture.file)
        try:
            kind = "clip" if path.suffix.lower() in CLIPS else "picture"
            made[picture.file] = await take_in(taken, path, kind, scratch)  # type: ignore[arg-type]  # one of the two
        except ReelwrightError as error:
            raise BadInput(where, picture.file, f"a picture or clip that can be read: {error}") from error
    return made


def _find_beside(given: ScriptSource, where: str, file: str, kind: str = "a picture or clip") -> Path:
    """Return the path of a file that a script names. Raises ``BadInput`` unless it is in the script's folder."""
    path = given.folder / file
    if not path.resolve().is_relative_to(given.folder.resolve()):
        raise BadInput(where, file, f"{kind} in the script's folder")
    if not path.is_file():
        raise BadInput(where, file, f"{kind} that is there; none is at {path}")
    return path


def _make_plan_function(
    script: Script, given: ScriptSource, brief: Brief, files: Mapping[str, Material], *, draft: bool
) -> Callable[..., tuple[Plan, tuple[Note, ...]]]:
    chosen = late.flavors.choose_flavor(brief, "short" if brief.aspect == "9:16" else "spot")
    words = "\n".join(screen.text for screen in script.screens)
    music = script.settings.get("music", "")
    settings = {
        **({"logo": brief.logo.name} if brief.logo else {}), **({"font": brief.font.name} if brief.font else {}),
        **script.settings,
        **({"look": brief.look} if brief.look else {}),
        **({"accent": brief.accent} if brief.accent else {}),
        **({"end_card": brief.end_card} if brief.end_card else {}), **dict.fromkeys(brief.without, validation.NONE),
    }  # fmt: skip
    terms = late.script_film.FilmingOptions(
        brief=brief, name=given.name, title=script.make_title(), tone=script.settings.get("tone", chosen.tone),
        language=brief.language or late.language.detect_language(words), look=settings.get("look", ""),
        mood=music if _is_mood(music) else "", files=files, is_draft=draft, is_tone_asked="tone" in script.settings,
        accent="" if "accent" in brief.without else brief.accent or _read_accent(script, given.name),
        emblem=_read_emblem(script, given.name), end_card=_read_end_card(script, given.name),
        exclusions=tuple(one.strip() for one in script.settings.get("avoid", "").split(",") if one.strip()),
        front_matter=json.dumps(settings, ensure_ascii=False, sort_keys=True) if settings else "",
    )  # fmt: skip

    def plan(
        before: Plan | None, first: Brief, max_price: Micros | None = brief.max_price
    ) -> tuple[Plan, tuple[Note, ...]]:
        marks = frozenset(one.asset for one in (first.logo, first.font) if one)
        has_same_settings = before is not None and script.settings == late.plan_script.list_settings(before)
        is_asked_alike = has_same_settings and all(getattr(brief, name) == getattr(first, name) for name in _CAST)
        options = replace(
            terms, brief=replace(brief, brands=first.brands), first_marks=marks, has_same_settings=has_same_settings
        )
        filmed = late.script_film.plan_script(script, options, before)
        made, cast_notes = late.comment_cast.cast_script(filmed, replace(brief, max_price=max_price), chosen)
        worded = late.kept_prompts.keep_prompts(made, before)
        edited, edit_notes = late.comparison.keep_edits(worded, before, is_asked_alike=is_asked_alike)
        return _with_formats(edited, script, brief, before), (*filmed.messages, *cast_notes, *edit_notes)

    return plan


def _with_formats(plan: Plan, script: Script, brief: Brief, before: Plan | None) -> Plan:
    """Return the plan in the formats of the brief; while the script's setting is as before, in those of the film."""
    formats, is_native = brief.formats, brief.is_native
    if before and json.loads(before.front_matter or "{}").get("aspect") == script.settings.get("aspect"):
        formats = tuple(find_nearest_aspect(one.size) for one in before.formats if one.size != plan.size)
        is_native = any(one.is_native for one in before.formats)
    return late.resizing.set_formats(plan, formats, is_native=is_native)


def _read_accent(script: Script, name: str) -> str:
    accent = script.settings.get("accent", "")
    if accent and not re.fullmatch("#[0-9a-fA-F]{6}", accent):
        raise BadInput(f"{name}: accent", accent, f"a colour such as #FF5A1F, or {validation.NONE}")
    return accent.upper()


def _read_emblem(script: Script, name: str) -> str:
    emblem = script.settings.get("emblem", "")
    return emblem if emblem in ("", validation.NONE) else check_emblem(f"{name}: emblem", emblem)


def _read_end_card(script: Script, name: str) -> str:
    text = script.settings.get("end_card", "")
    return validation.check_text(f"{name}: end_card", text, END_CARD_CHARS) if text else ""


def _compute_digest(project: str, given: ScriptSource, brief: Brief, *, again: bool, draft: bool) -> str:
    """Return the digest that identifies the script's project: of its ``project:`` key, else its path, else its text.

    Another length, size or language makes another film in another project. Other models do not.
    """
    key = ["project", project] if project else ["path", given.path] if given.path else ["text", given.text]
    shape = {name: getattr(brief, name) for name in _OF_THE_FILM}
    if brief.presets:
        shape["presets"] = [one.name for one in brief.presets]
    if brief.formats:
        shape |= {"formats": brief.formats, "is_native": brief.is_native}
    words = json.dumps(["script", key, shape, again, draft], sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()
