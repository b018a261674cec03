"""From what a door was given to a brief: every value checked, own pictures and clips looked at in a scratch folder."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, cast

from reelwright.engine.waist import Vault
from reelwright.errors import BadInput
from reelwright.reel.brief import Brief, Material
from reelwright.reel.noun import Digest
from reelwright.studio import checked
from reelwright.studio.asked import Asked

_KEYS = frozenset(Asked.__annotations__)


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder for one call, gone afterwards: what nobody agreed to leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
        yield Path(folder)


@dataclass(slots=True)
class Taken:
    """What intake made of the files of one call. ``files``: bytes in the scratch folder with their mime type."""

    materials: list[Material] = field(default_factory=list)
    files: dict[Digest, tuple[Path, str]] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)

    async def keep(self, vault: Vault, account: str) -> None:
        """Into the vault, synced: only once the price was agreed to."""
        for path, mime in self.files.values():
            await vault.put_file(account, path, mime)


async def brief_of(brief: str | Brief, asked: Asked, scratch: Path) -> tuple[Brief, Taken]:
    """The brief, and the materials for it in ``scratch``. Writes nothing else. Raises ``BadInput``, ``MediaError``."""
    if unknown := set(asked) - _KEYS:
        raise BadInput("asked", min(unknown), ", ".join(sorted(_KEYS)))
    made = brief if isinstance(brief, Brief) else Brief(text=checked.text("brief", brief))
    checked.text("brief", made.text)
    made = _with(made, asked)
    taken = Taken()
    for name, kind in (("images", "picture"), ("clips", "clip")):
        for path in _paths(name, asked.get(name, ())):
            await take_in(taken, name, path, cast(Literal["picture", "clip"], kind), scratch)
    return replace(made, materials=(*made.materials, *taken.materials)), taken


def _with(brief: Brief, asked: Asked) -> Brief:
    """``brief`` with what was asked beside it; what was not asked stays as it is."""
    if (flavor := asked.get("flavor")) is not None:
        from reelwright.planner.flavors import flavor as flavor_called

        brief = replace(brief, flavor=flavor_called(flavor).name)
    if (length := checked.milliseconds("length", asked.get("length"))) is not None:
        brief = replace(brief, length_ms=length)
    if (aspect := checked.aspect(asked.get("aspect"))) is not None:
        brief = replace(brief, aspect=aspect)
    if (language := checked.language(asked.get("language"))) is not None:
        brief = replace(brief, language=language)
    if "models" in asked:
        brief = replace(brief, models=tuple(checked.text("models", model, 200) for model in asked["models"]))
    brief = replace(
        brief,
        short_side=checked.whole("short_side", asked.get("short_side", brief.short_side), 90, 2160),
        takes=checked.whole("takes", asked.get("takes", brief.takes), 1, 4),
        variation=checked.whole("variation", asked.get("variation", brief.variation), 0, 1_000_000),
    )
    reuse = checked.one_of("reuse", asked.get("reuse", brief.reuse), ("project", "account"))
    on_stuck = checked.one_of("on_stuck", asked.get("on_stuck", brief.on_stuck), ("ask", "animatic"))
    return replace(
        brief,
        reuse=cast(Literal["project", "account"], reuse),
        on_stuck=cast(Literal["ask", "animatic"], on_stuck),
    )


def _paths(name: str, given: object) -> list[Path]:
    if isinstance(given, (str, Path)) or not isinstance(given, Sequence):
        raise BadInput(name, given, "a list of files")
    for path in given:
        if not isinstance(path, (str, Path)) or "\x00" in str(path) or not Path(path).is_file():
            raise BadInput(name, str(path), "files that exist")
    return [Path(path).absolute() for path in given]


async def take_in(taken: Taken, name: str, path: Path, kind: Literal["picture", "clip"], scratch: Path) -> Material:
    """One file through intake, into ``scratch``. Raises ``BadInput`` or ``UnreadableMedia`` naming the file."""
    from reelwright.media.intake import intake

    found = await asyncio.to_thread(intake, path, scratch)
    is_clip = found.material.treatment == "clip"
    if is_clip != (kind == "clip"):
        raise BadInput(name, path.name, "a clip that moves" if kind == "clip" else "a picture; give clips as clips")
    taken.materials.append(found.material)
    taken.files[found.material.asset] = (found.path, found.mime)
    return found.material
