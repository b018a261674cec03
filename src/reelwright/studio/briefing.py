"""From what a door was given to a brief: every value checked, own pictures and clips looked at in a scratch folder."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, cast

from reelwright.errors import BadInput
from reelwright.reel.brief import Brief, Material, Reference, Still
from reelwright.reel.noun import Digest
from reelwright.settings import Settings
from reelwright.studio import checked
from reelwright.studio.asked import Asked
from reelwright.studio.home import Home
from reelwright.studio.successors import Successors

CLIPS: Final = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv"})
"""Endings of files that are clips; whether they are, their first bytes say."""
ROLES: Final = ("person", "product", "place", "style")
"""What a reference picture shows."""
_KEYS = frozenset(Asked.__annotations__)


@dataclass(slots=True)
class Taken:
    """What intake made of the files of one call. ``files``: bytes in the scratch folder with their mime type.

    ``said``: what was repaired or replaced, in plain words. ``instead``: retired models with those that follow them.
    """

    materials: list[Material] = field(default_factory=list)
    files: dict[Digest, tuple[Path, str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    instead: dict[str, str] = field(default_factory=dict)

    def replaced(self, by: Successors) -> None:
        """Note what was taken in place of models that are retired."""
        self.said += by.said
        self.instead |= by.instead

    async def keep(self, home: Home) -> None:
        """Into the vault, synced: only once the price was agreed to."""
        for digest, (path, mime) in self.files.items():
            size = await asyncio.to_thread(lambda path: path.stat().st_size, path)
            await home.vault.put_file(home.account, path, mime)
            await home.journal.know(home.account, digest, mime, size)


async def brief_of(brief: str | Brief, asked: Asked, scratch: Path, settings: Settings) -> tuple[Brief, Taken]:
    """The brief, and the materials for it in ``scratch``. Writes nothing else. Raises ``BadInput``, ``MediaError``.

    A picture that an AI model may be shown is within the limits of ``settings``.
    """
    if unknown := set(asked) - _KEYS:
        raise BadInput("asked", min(unknown), ", ".join(sorted(_KEYS)))
    if asked.get("draft"):
        raise BadInput("draft", True, "a script: a draft of a brief is what --short-side 540 makes")
    made = brief if isinstance(brief, Brief) else Brief(text=checked.text("brief", brief))
    checked.text("brief", made.text)
    taken = Taken()
    successors = Successors(asked.get("successor"), settings)
    made = successors.of_brief(_with(made, asked, settings, successors))
    taken.replaced(successors)
    for name, kind in (("images", "picture"), ("clips", "clip")):
        for path in _paths(name, asked.get(name, ())):
            material = await take_in(taken, path, cast(Literal["picture", "clip"], kind), scratch)
            if material.treatment == "photo" and _asks_a_model(made):
                refuse_heavy(name, path, settings)
                refuse_small(name, path, (material.width, material.height), settings)
    made = replace(made, materials=(*made.materials, *taken.materials))
    given = asked.get("references", {}).items()
    guides = [await reference_of(taken, said, path, scratch, settings) for said, path in given]
    made = replace(made, references=(*made.references, *(guide for guide, _ in guides)))
    stills = await stills_of(taken, asked.get("storyboard", {}), scratch, settings)
    return replace(made, storyboard=(*made.storyboard, *stills)), taken


def _asks_a_model(brief: Brief) -> bool:
    """Whether a video model may be shown the person's photos; one that is drawn moves whatever size it has."""
    flavor = (brief.own_flavor or {}).get("pipeline_params", {})
    return (brief.models or tuple(flavor.get("models", ()))) not in ((), ("animatic",))


def refuse_heavy(field: str, file: Path, settings: Settings) -> None:
    """Raise ``BadInput`` for a picture of more bytes than a model is shown."""
    if (size := file.stat().st_size) > settings.image_bytes:
        raise BadInput(field, f"{file.name}, {size} bytes", f"a picture of at most {settings.image_bytes} bytes")


def refuse_small(field: str, file: Path, size: tuple[int, int], settings: Settings) -> None:
    """Raise ``BadInput`` for a picture of fewer pixels than a model is shown."""
    if min(size) < settings.image_side:
        said, least = f"{file.name}, {size[0]}x{size[1]}", settings.image_side
        raise BadInput(field, said, f"a picture of at least {least}x{least} pixels")


async def reference_of(
    taken: Taken, said: str, path: str | Path, scratch: Path, settings: Settings
) -> tuple[Reference, tuple[int, int]]:
    """A picture that guides, and its size: ``person=Ana``, or a role alone, which is then named after its file.

    Raises ``BadInput``, also on one beyond the limits of ``settings``.
    """
    role, _, name = said.partition("=")
    checked.one_of("references", role, ROLES)
    material = await _frame(taken, "references", path, scratch, settings)
    named = checked.text("references", name, 80) if name else Path(path).stem
    kind = cast(Literal["person", "product", "place", "style"], role)
    return Reference(name=named, role=kind, asset=material.asset), (material.width, material.height)


async def stills_of(taken: Taken, given: object, scratch: Path, settings: Settings) -> tuple[Still, ...]:
    """Stills of one's own by the beat that each opens. Raises ``BadInput``, also beyond the limits of ``settings``."""
    if not isinstance(given, Mapping):
        raise BadInput("still", given, "a file for each beat, such as hook=door.jpg")
    stills = []
    for beat, path in given.items():
        named = checked.text("still", beat, 80).strip().casefold()
        found = await _frame(taken, "still", path, scratch, settings)
        stills.append(Still(beat=named, asset=found.asset, name=found.name, width=found.width, height=found.height))
    return tuple(stills)


async def _frame(taken: Taken, field: str, path: object, scratch: Path, settings: Settings) -> Material:
    """A picture that a model is shown, within the limits of ``settings``."""
    file = file_called(field, path)
    refuse_heavy(field, file, settings)
    material = await take_in(taken, file, "picture", scratch)
    refuse_small(field, file, (material.width, material.height), settings)
    taken.materials.pop()  # it becomes no shot
    return material


def _with(brief: Brief, asked: Asked, settings: Settings, successors: Successors) -> Brief:
    """``brief`` with what was asked beside it; what was not asked stays as it is."""
    if (flavor := asked.get("flavor")) is not None:
        from reelwright.studio.flavoring import with_flavor

        brief = with_flavor(brief, flavor, settings.flavors)
    if (length := checked.milliseconds("length", asked.get("length"))) is not None:
        brief = replace(brief, length_ms=length)
    if (aspect := checked.aspect(asked.get("aspect"))) is not None:
        brief = replace(brief, aspect=aspect)
    if (language := checked.language(asked.get("language"))) is not None:
        brief = replace(brief, language=language)
    brief = _with_usual_stills(_by_models(brief, asked, settings.model, successors), settings.stills)
    brief = replace(
        brief,
        short_side=checked.whole("short_side", asked.get("short_side", brief.short_side), 90, 2160),
        takes=checked.whole("takes", asked.get("takes", brief.takes), 1, 4),
        variation=checked.whole("variation", asked.get("variation", brief.variation), 0, 1_000_000),
    )
    on_stuck = checked.one_of("on_stuck", asked.get("on_stuck", brief.on_stuck), ("ask", "animatic"))
    return replace(
        brief,
        on_stuck=cast(Literal["ask", "animatic"], on_stuck),
    )


def _by_models(brief: Brief, asked: Asked, usual: str, successors: Successors) -> Brief:
    """Who makes what, as far as it is asked for; whether they exist and do that is for the catalogue to say.

    ``usual``: the model where neither the call nor its flavor asks for one; empty: films are drawn.
    """
    if (planner := asked.get("planner")) is not None:
        from reelwright.planner.writer import checked_planner

        brief = replace(brief, planner=checked_planner(successors.sold(checked.text("planner", planner, 200))))
    if (shape := asked.get("archetype")) is not None:
        from reelwright.planner.archetypes import archetype

        brief = replace(brief, archetype=archetype(checked.text("archetype", shape, 80).replace("-", "_")).name)
    if usual and not brief.models and not asked.get("models") and not _flavor_names_models(brief):
        brief = replace(brief, models=(usual,))
    elif "models" in asked:
        brief = replace(brief, models=tuple(checked.text("models", model, 200) for model in asked["models"]))
    for name in ("stills", "voice", "music", "resolution"):
        if (value := asked.get(name)) is not None:
            brief = replace(brief, **{name: checked.text(name, value, 200)})  # type: ignore[arg-type]
    if (sound := asked.get("sound")) is not None:
        if not isinstance(sound, bool):
            raise BadInput("sound", sound, "True or False")
        brief = replace(brief, sound=sound)
    if (most := checked.money(asked.get("max_price"))) is not None:
        brief = replace(brief, max_price=most)
    continuity = checked.one_of("continuity", asked.get("continuity", brief.continuity), ("beat", "loose"))
    return replace(brief, continuity=cast(Literal["beat", "loose"], continuity))


def _flavor_names_models(brief: Brief) -> bool:
    from reelwright.planner.flavors import flavor_of

    return bool(brief.flavor and flavor_of(brief, "spot").models)


def _with_usual_stills(brief: Brief, usual: str) -> Brief:
    """``usual`` draws the stills where the film's model starts from a picture and nobody named who draws it."""
    if not usual or brief.stills or brief.references:
        return brief
    from reelwright.catalogue.models import known
    from reelwright.planner.casting.terms import asked_of
    from reelwright.planner.flavors import flavor_of

    asked = asked_of(brief, flavor_of(brief, "spot"))
    if asked.stills or not asked.videos:
        return brief
    try:
        row = known(asked.videos[0])
    except BadInput:
        return brief  # refused with all that is sold instead, when the film is cast
    return brief if "text_to_video" in row.modes else replace(brief, stills=usual)


def _paths(name: str, given: object) -> list[Path]:
    if isinstance(given, (str, Path)) or not isinstance(given, Sequence):
        raise BadInput(name, given, "a list of files")
    return [file_called(name, path) for path in given]


def file_called(name: str, path: object) -> Path:
    """A file that exists. Raises ``BadInput`` naming ``name``."""
    if not isinstance(path, (str, Path)) or "\x00" in str(path):
        raise BadInput(name, str(path), "a file that exists")
    found = Path(path).expanduser().absolute()
    if not found.is_file():
        raise BadInput(name, str(path), "a plain file; this is none" if found.exists() else "a file that exists")
    return found


async def take_in(taken: Taken, path: Path, kind: Literal["picture", "clip"], scratch: Path) -> Material:
    """One file through intake, into ``scratch``. Raises ``BadInput`` or ``UnreadableMedia`` naming the file."""
    room = Path(tempfile.mkdtemp(dir=scratch))  # of its own: the same picture may be given twice, before another one
    return await asyncio.to_thread(_take_in, taken, path, kind, room)


def _take_in(taken: Taken, path: Path, kind: Literal["picture", "clip"], room: Path) -> Material:
    from reelwright.media.intake import take_in_clip, take_in_image
    from reelwright.media.sniff import shown

    found = take_in_clip(path, room=room) if kind == "clip" else take_in_image(path, room=room)
    with found.path.open("rb") as file:
        digest = Digest(hashlib.file_digest(file, "sha256").hexdigest())
    name = unicodedata.normalize("NFC", shown(path.name))
    material = Material(
        asset=digest,
        name=name,
        treatment=found.treatment,
        width=found.width,
        height=found.height,
        ms=found.ms,
        sound=found.sound,
    )
    taken.materials.append(material)
    taken.files[digest] = (found.path, found.mime)
    taken.said += [f"{name}: {said}" for said in found.said]
    return material
