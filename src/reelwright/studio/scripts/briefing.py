"""Builds a brief from the options of a verb: checks every value, and imports pictures and clips to a scratch folder."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import unicodedata
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeVar, cast

from reelwright.catalogue.models import find_model
from reelwright.errors import BadInput, TooLarge
from reelwright.media.letters.coverage import find_lacking_letters
from reelwright.media.looks.own_look import get_look_font, get_look_name, is_own_look, parse_look, write_look
from reelwright.planner.presets import apply_presets, parse_presets
from reelwright.providers.protocol import Provider
from reelwright.reel.base.value import Digest
from reelwright.reel.film.brief import Brand, Brief, Font, Material, Reference, Still
from reelwright.reel.film.plan import Plan, Shot
from reelwright.reel.film.preset import Preset, select_presets
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from reelwright.studio import late_modules as late
from reelwright.studio.models.local_servers import find_local_planner
from reelwright.studio.quotes import validation
from reelwright.studio.results.verb_options import LOCAL_PLANNER, BriefOptions
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.scratch import ScratchFolder
from reelwright.studio.runtime.successors import Successors
from reelwright.studio.scripts.flavoring import apply_flavor, find_flavor_file
from reelwright.studio.scripts.own_looks import keep_own_looks, list_own_folders, list_usable_looks
from reelwright.units import ASPECTS, Aspect

if TYPE_CHECKING:
    from reelwright.media.pictures.font_intake import FontIntake
    from reelwright.media.pictures.intake import Intake

_Taken = TypeVar("_Taken")

CLIPS: Final = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv"})
"""File name endings of clips. Their first bytes are checked later."""
ROLES: Final = ("person", "product", "place", "style")
"""Kinds of thing that a reference picture can show."""
_MATERIALS: Final[tuple[tuple[Literal["images", "clips"], Literal["picture", "clip"]], ...]] = (
    ("images", "picture"),
    ("clips", "clip"),
)


@dataclass(slots=True)
class IntakeResult:
    """The pictures, clips and fonts that one call imported.

    ``files``: by digest, path in the scratch folder and MIME type.
    ``notes``: what was repaired or replaced, as sentences. ``replaced_models``: retired models with their successors.
    """

    materials: list[Material] = field(default_factory=list)
    files: dict[Digest, tuple[Path, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    replaced_models: dict[str, str] = field(default_factory=dict)

    def note_replacements(self, successors: Successors) -> None:
        """Add to this result the retired models that ``successors`` replaced, with its sentences for a person."""
        self.notes += successors.notes
        self.replaced_models |= successors.replaced_models

    async def keep(self, home: Home) -> None:
        """Store the imported files in the vault and the journal; call it only after the price was agreed to."""
        if self.files:
            sizes = [await asyncio.to_thread(lambda path: path.stat().st_size, path) for path, _ in self.files.values()]
            await home.refuse_full_space(len(sizes), sum(sizes))
        for digest, (path, mime) in self.files.items():
            size = await asyncio.to_thread(lambda path: path.stat().st_size, path)
            await home.vault.put_file(home.account, path, mime)
            await home.journal.record_asset(home.account, digest, mime, size)


async def build_brief(
    brief: str | Brief, options: BriefOptions, scratch: ScratchFolder, settings: Settings,
    sellers: Mapping[str, Provider] | None = None, brand: Brand | None = None,
) -> tuple[Brief, IntakeResult]:  # fmt: skip
    """Return the brief with the options applied, and its pictures and clips, imported into ``scratch``. ``sellers``: of
    whom the same model is bought in place of a retired one, see ``Successors``. ``brand``: of the home.

    Writes nothing else. Raises ``BadInput`` and ``MediaError``, also for a picture beyond the limits of ``settings``
    that an AI model may be shown.
    """
    if options.get("draft"):
        raise BadInput("draft", True, "a script", hint="a draft of a brief is a film with a short side of 540")
    made = brief if isinstance(brief, Brief) else Brief(text=validation.check_text("brief", brief))
    validation.check_text("brief", made.text)
    if options.get("planner") == LOCAL_PLANNER:  # the module loads the reader of briefs, which few calls need
        options = {**options, "planner": await find_local_planner(settings)}
    taken = IntakeResult()
    successors = Successors(options.get("successor"), settings, sellers)
    made = successors.replace_in_brief(_apply_options(made, options, settings, successors))
    taken.note_replacements(successors)
    made = await take_in_look_fonts(taken, made, scratch, settings)
    for name, kind in _MATERIALS:
        for given_path in options.get(name, ()):
            path = find_file(name, given_path)
            material = await take_in(taken, path, kind, scratch, name)
            if material.treatment == "photo" and _asks_a_model(made):
                refuse_large_file(name, path, settings)
                refuse_small_picture(name, path, (material.width, material.height), settings)
    made = replace(made, materials=(*made.materials, *taken.materials))
    given = options.get("references", {}).items()
    guides = [await read_reference(taken, label, path, scratch, settings) for label, path in given]
    made = replace(made, references=(*made.references, *(guide for guide, _ in guides)))
    if options.get("flavor") is not None or brand:
        brands = (await _build_flavor_brand(made, taken, scratch, settings), brand)
        made = replace(made, brands=tuple(one for one in brands if one))
    if (mark := options.get("logo")) is not None and not validation.is_none(mark):
        made = replace(made, logo=await take_in_logo(taken, find_file("logo", mark), scratch, "logo"))
    if (face := options.get("font")) is not None and not validation.is_none(face):
        made = replace(made, font=await take_in_font(taken, find_file("font", face), scratch, "font"))
    stills = await read_stills(taken, options.get("storyboard", {}), scratch, settings)
    return replace(made, storyboard=(*made.storyboard, *stills)), taken


def _asks_a_model(brief: Brief) -> bool:
    """Return whether a video model may be shown the person's photos. A photo that is only drawn may have any size."""
    flavor = (brief.own_flavor or {}).get("pipeline_params", {})
    return (brief.models or tuple(flavor.get("models", ()))) not in ((), ("animatic",))


def refuse_large_file(field: str, file: Path, settings: Settings) -> None:
    """Raise ``TooLarge`` if the picture has more bytes than ``settings`` allow for AI models."""
    if (size := file.stat().st_size) > settings.image_bytes:
        raise TooLarge(field, f"{file.name}, {size} bytes", f"a picture of at most {settings.image_bytes} bytes")


def refuse_small_picture(field: str, file: Path, size: tuple[int, int], settings: Settings) -> None:
    """Raise ``BadInput`` if a side of ``size``, in pixels, is less than ``settings`` require for AI models."""
    if min(size) < settings.image_side:
        value, least = f"{file.name}, {size[0]}x{size[1]}", settings.image_side
        raise BadInput(field, value, f"a picture of at least {least}x{least} pixels")


async def read_reference(
    intake: IntakeResult, label: str, path: str | Path, scratch: ScratchFolder, settings: Settings
) -> tuple[Reference, tuple[int, int]]:
    """Import the picture at ``path`` as a reference; return it, and the picture's width and height in pixels.

    ``label``: ``person=Ana``, or only a role; the
    reference is then named after its file. Raises ``BadInput``, also for a picture beyond the limits of ``settings``.
    """
    role, _, name = label.partition("=")
    validation.check_choice("references", role, ROLES)
    material = await _take_in_picture(intake, "references", path, scratch, settings)
    named = validation.check_text("references", name, 80) if name else Path(path).stem
    kind = cast(Literal["person", "product", "place", "style"], role)
    return Reference(name=named, role=kind, asset=material.asset), (material.width, material.height)


async def read_stills(
    intake: IntakeResult, files: object, scratch: ScratchFolder, settings: Settings
) -> tuple[Still, ...]:
    """Import a person's own stills, given as a mapping of beat to file, into ``scratch``.

    Each still opens its beat. Raises ``BadInput``, also for a picture
    beyond the limits of ``settings``.
    """
    if not isinstance(files, Mapping):
        raise BadInput("still", files, "a file for each beat, such as hook=door.jpg")
    stills = []
    for beat, path in files.items():
        named = validation.check_text("still", beat, 80).strip().casefold()
        found = await _take_in_picture(intake, "still", path, scratch, settings)
        stills.append(Still(beat=named, asset=found.asset, name=found.name, width=found.width, height=found.height))
    return tuple(stills)


async def take_in_logo(intake: IntakeResult, path: Path, scratch: ScratchFolder, field: str) -> Material:
    """Import a logo: a picture that no model is shown. Raises ``BadInput``, ``MediaError``."""
    logo = await take_in(intake, path, "picture", scratch, field)
    intake.materials.pop()  # it does not become a shot
    return logo


async def take_in_font(intake: IntakeResult, path: Path, scratch: ScratchFolder, field: str) -> Font:
    """Import a font, written again in plain tables. Raises ``BadInput``, ``MediaError``."""
    room = Path(tempfile.mkdtemp(dir=scratch.get_path()))
    found = await _name_field(late.guarded_intake.take_in_font_guarded(path, room), path, field)
    return await asyncio.to_thread(_add_font, intake, path, found)


async def take_in_look_fonts(intake: IntakeResult, brief: Brief, scratch: ScratchFolder, settings: Settings) -> Brief:
    """Return the brief with the font file of each own look that it may have imported. Raises as ``take_in_font``."""
    looks = {name: await take_in_look(intake, look, scratch, settings) for name, look in brief.own_looks.items()}
    return replace(brief, own_looks=looks)


async def take_in_look(intake: IntakeResult, look: str, scratch: ScratchFolder, settings: Settings) -> str:
    """Return a look, by name or as text, with its font file, if it brings one, imported and named by its digest."""
    file = str(parse_look(look).get("font", "")) if is_own_look(look) else ""
    if not file or get_look_font(look):
        return look
    name = get_look_name(look)
    path = list_own_folders(settings.looks)[name] / file
    font = await take_in_font(intake, path, scratch, f"{name}/look.yaml: font")
    return write_look(name, {**parse_look(look), "font": str(font.asset)})


def _add_font(taken: IntakeResult, path: Path, found: FontIntake) -> Font:
    digest, name = _add_file(taken, path, found, found.family)
    return Font(asset=digest, name=name, family=found.family, licence=found.licence, letters=found.letters)


async def _build_flavor_brand(
    brief: Brief, intake: IntakeResult, scratch: ScratchFolder, settings: Settings
) -> Brand | None:
    """Build the brand of the person's own flavor that the brief names, its logo imported; None: it has none."""
    values = (brief.own_flavor or {}).get("pipeline_params", {})
    accent, file = str(values.get("accent", "")).upper(), str(values.get("logo", ""))
    end_card, type_file = str(values.get("end_card", "")), str(values.get("font", ""))
    if not brief.flavor or not (accent or file or end_card or type_file):
        return None
    logo = font = None
    if file:
        path = find_flavor_file(brief.flavor, "logo", file, settings.flavors)
        logo = await take_in_logo(intake, path, scratch, f"{brief.flavor}/pipeline_params.yaml: logo")
    if type_file:
        path = find_flavor_file(brief.flavor, "font", type_file, settings.flavors)
        font = await take_in_font(intake, path, scratch, f"{brief.flavor}/pipeline_params.yaml: font")
    return Brand(source="flavor", accent=accent, logo=logo, end_card=end_card, font=font)


def describe_unshown_logo(logo: Material | None, plan: Plan) -> tuple[str, ...]:
    """Return a sentence for a person about a logo that no shot of the plan shows; empty if one does."""
    requests = (shot.source for shot in plan.shots if isinstance(shot.source, Request))
    if logo is None or any(one.role == "logo" for request in requests for one in request.inputs):
        return ()
    return (f"{logo.name}: the logo is not shown, since no screen with words that is drawn here ends the film",)


def describe_unshown_end_card(text: str, plan: Plan) -> tuple[str, ...]:
    """Return a sentence for a person about an end card that the plan does not have; empty if it has it, or none."""
    if not text or text.casefold() == plan.end_card.casefold():
        return ()
    return (f"The end card “{text}” is not shown: the last screen has no room for small print.",)


def describe_font(font: Font | None, plan: Plan) -> tuple[str, ...]:
    """Return a sentence for a person about letters of the film's words that its font lacks; empty if it has them."""
    if font is None:
        return ()
    texts = [text for shot in plan.shots for words in _list_words(shot) for text in words.values()]
    lacking, has_some = find_lacking_letters(texts, font.letters)
    if not lacking:
        return ()
    which = f"{' '.join(lacking[:12])}{' …' if len(lacking) > 12 else ''}"
    if has_some:
        return (f"{font.family}: the font has no {which}; words with them are set in the look's own type.",)
    return (
        f"{font.family}: the font has none of the letters of this film's words ({which}); they are set in the look's "
        "own type. Give a font that has them.",
    )


def _list_words(shot: Shot) -> Iterator[Mapping[str, str]]:
    yield shot.words
    yield from (overlay.words for overlay in shot.overlays)


async def _take_in_picture(
    taken: IntakeResult, field: str, path: object, scratch: ScratchFolder, settings: Settings
) -> Material:
    """Import a picture that a model is shown. Raises ``BadInput`` beyond the limits of ``settings``."""
    file = find_file(field, path)
    refuse_large_file(field, file, settings)
    material = await take_in(taken, file, "picture", scratch, field)
    refuse_small_picture(field, file, (material.width, material.height), settings)
    taken.materials.pop()  # unlike other materials it does not become a shot
    return material


def _apply_options(brief: Brief, options: BriefOptions, settings: Settings, successors: Successors) -> Brief:
    """Return the brief with the options that are given; other fields stay as they are."""
    if (flavor := options.get("flavor")) is not None:
        brief = apply_flavor(brief, flavor, settings.flavors)
    if (length := validation.parse_milliseconds("length", options.get("length"))) is not None:
        brief = replace(brief, length_ms=length)
    aspects = validation.check_aspects(options.get("aspect")) or ()
    presets = parse_presets(options["presets"]) if options.get("presets") else ()
    aspects = aspects or ((brief.aspect, *brief.formats) if brief.aspect else ())
    brief = apply_presets(brief, presets or brief.presets or _list_flavor_presets(brief, aspects), aspects)
    if options.get("native"):
        if not brief.formats:
            raise BadInput("native", True, "several aspects beside it, such as 16:9,9:16")
        brief = replace(brief, is_native=True)
    if (look := options.get("look")) is not None:
        if not look:
            raise BadInput("look", look, ", ".join(list_usable_looks(settings.looks)))
        brief = replace(brief, look=look)
    brief = keep_own_looks(brief, brief.look, settings.looks)
    if (accent := validation.check_accent(options.get("accent"))) is not None and not validation.is_none(accent):
        brief = replace(brief, accent=accent)
    end_card = validation.check_end_card(options.get("end_card"))
    if end_card is not None and not validation.is_none(end_card):
        brief = replace(brief, end_card=end_card)
    if without := tuple(name for name in validation.BRAND if validation.is_none(options.get(name))):
        brief = replace(brief, without=without)
    if (language := validation.check_language(options.get("language"))) is not None:
        brief = replace(brief, language=language)
    brief = _with_usual_stills(_apply_model_options(brief, options, settings.model, successors), settings.stills)
    return replace(
        brief,
        short_side=options.get("short_side", brief.short_side),
        takes=options.get("takes", brief.takes),
        variation=options.get("variation", brief.variation),
        on_stuck=options.get("on_stuck", brief.on_stuck),
    )


def _list_flavor_presets(brief: Brief, aspects: Sequence[Aspect]) -> tuple[Preset, ...]:
    """Return the presets of the brief's flavor, without those of other aspects than are asked for."""
    names = late.flavors.choose_flavor(brief, "spot").presets if brief.flavor else ()
    return select_presets(parse_presets(names), aspects or ASPECTS) if names else ()


def _apply_model_options(brief: Brief, options: BriefOptions, usual: str, successors: Successors) -> Brief:
    """Return the brief with the models that are named; whether they exist is checked later, by the catalogue.

    ``usual``: the video model if neither the call nor its flavor names one; empty: films are drawn.
    """
    if (planner := options.get("planner")) is not None:
        brief = replace(
            brief,
            planner=late.writer.parse_planner(successors.resolve_model(validation.check_text("planner", planner, 200))),
        )
    if (shape := options.get("archetype")) is not None:
        brief = replace(
            brief,
            archetype=late.archetypes.get_archetype(
                validation.check_text("archetype", shape, 80).replace("-", "_")
            ).name,
        )
    if usual and not brief.models and not options.get("models") and not _flavor_names_models(brief):
        brief = replace(brief, models=(usual,))
    elif "models" in options:
        brief = replace(brief, models=tuple(validation.check_text("models", model, 200) for model in options["models"]))
    for name in ("stills", "voice", "music", "resolution"):
        if (value := options.get(name)) is not None:
            brief = replace(brief, **{name: validation.check_text(name, value, 200)})  # type: ignore[arg-type]
    if (sound := options.get("sound")) is not None:
        brief = replace(brief, sound=sound)
    if (most := validation.parse_money(options.get("max_price"))) is not None:
        brief = replace(brief, max_price=most)
    return replace(brief, continuity=options.get("continuity", brief.continuity))


def _flavor_names_models(brief: Brief) -> bool:
    return bool(brief.flavor and late.flavors.choose_flavor(brief, "spot").models)


def _with_usual_stills(brief: Brief, usual: str) -> Brief:
    """Return the brief with ``usual`` as model for stills, if its video model needs a still and none is named."""
    if not usual or brief.stills or brief.references:
        return brief

    terms = late.terms.choose_model_names(brief, late.flavors.choose_flavor(brief, "spot"))
    if terms.stills or not terms.videos:
        return brief
    try:
        row = find_model(terms.videos[0])
    except BadInput:
        return brief  # casting refuses it later, with a list of the models
    return brief if "text_to_video" in row.modes else replace(brief, stills=usual)


def find_file(name: str, path: object) -> Path:
    """Return the absolute path of an existing file; raise ``BadInput`` for the option ``name`` if there is none."""
    if not isinstance(path, (str, Path)) or "\x00" in str(path):
        raise BadInput(name, str(path), "a file that exists")
    found = Path(path).expanduser().absolute()
    if not found.is_file():
        raise BadInput(name, str(path), "a plain file; this is none" if found.exists() else "a file that exists")
    return found


async def take_in(
    intake: IntakeResult, path: Path, kind: Literal["picture", "clip"], scratch: ScratchFolder, field: str = ""
) -> Material:
    """Check a picture or clip, copy it into ``scratch``, repaired if needed, and add it to ``intake``.

    ``field``: the option that gave the file, for messages. Raises ``BadInput`` or ``UnreadableMedia``.
    """
    room = Path(tempfile.mkdtemp(dir=scratch.get_path()))  # a folder for each: the same picture may be given twice
    found = await _name_field(late.guarded_intake.take_in_guarded(path, kind, room), path, field)
    return await asyncio.to_thread(_add_material, intake, path, found)


async def _name_field(taking: Awaitable[_Taken], path: Path, field: str) -> _Taken:
    """Wait for an intake. Raises its ``BadInput`` for the option ``field`` that gave the file, if that is not empty."""
    try:
        return await taking
    except BadInput as error:
        if not field:
            raise

        accepted = f"{error.accepted}; this is {error.value}"
        raise BadInput(field, late.sniff.to_printable_name(path.name), accepted, hint=error.advice) from error


def _add_file(taken: IntakeResult, path: Path, found: Intake | FontIntake, called: str = "") -> tuple[Digest, str]:
    """Add an imported file and its notes to ``taken``; return its digest, and its name as a person knows it.

    ``called``: what its notes call it; empty: by that name.
    """
    with found.path.open("rb") as file:
        digest = Digest(hashlib.file_digest(file, "sha256").hexdigest())
    name = unicodedata.normalize("NFC", late.sniff.to_printable_name(path.name))
    taken.files[digest] = (found.path, found.mime)
    taken.notes += [f"{called or name}: {message}" for message in found.notes]
    return digest, name


def _add_material(taken: IntakeResult, path: Path, found: Intake) -> Material:
    digest, name = _add_file(taken, path, found)
    material = Material(
        asset=digest,
        name=name,
        treatment=found.treatment,
        width=found.width,
        height=found.height,
        ms=found.ms,
        has_sound=found.has_sound,
    )
    taken.materials.append(material)
    return material
