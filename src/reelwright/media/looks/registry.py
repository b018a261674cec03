"""Finds looks by folder, and loads them: a look is a folder with ``look.yaml`` and a module ``STAGINGS`` comes from.

A folder of looks counts where it stands on this package's path, which may be extended. A look may also be given as the
text of a person's own look (``own_look``), which is laid over one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from reelwright.errors import BadInput
from reelwright.media import looks
from reelwright.media.drawing.colour import parse_colour
from reelwright.media.drawing.style import ColourName, finish_palette
from reelwright.media.looks.own_look import check_legibility, check_row, is_own_look, lay_over, parse_look
from reelwright.media.staging.look import Look
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import load_yaml

if TYPE_CHECKING:
    from reelwright.media.staging.stagings import Stagings

_FONTS: Final = Path(__file__).parents[1] / "fonts"


def list_look_names() -> tuple[str, ...]:
    """List the names of the looks that are installed, in alphabetical order."""
    return tuple(sorted(_find_folders()))


def load_look(look: str, accent: str | None = None) -> Look:
    """Return the look of that name or text, in a brand's ``accent`` where one is given.

    Raises ``BadInput`` on an unknown name, and naming file and key on a look file that cannot be used.
    """
    found = _read_text(look) if is_own_look(look) else _read(_find_folder(look))
    return found if accent is None else replace(found, palette=finish_palette(found.palette, parse_colour(accent)))


def build_own_look(name: str, row: Mapping[str, Any]) -> Look:
    """Build a person's own look from the values of its file. Raises ``BadInput`` naming the key, ``palette.bg``."""
    check_row(name, row, _find_folders())
    base = load_yaml(_find_folder(row["based_on"]) / "look.yaml")
    look = _finish(read_strictly(Look, lay_over(base, {**row, "id": name}), ""), "")
    check_legibility(look, row["based_on"])
    return look


def load_stagings(look: str) -> Stagings:
    """Return the stagings of the look of that name or text. Raises ``BadInput`` on an unknown name."""
    folder = _find_folder(parse_look(look)["based_on"] if is_own_look(look) else look)
    found: Stagings = import_module(f"{looks.__name__}.{folder.name}").STAGINGS
    return found


def list_colours(look: Look) -> dict[str, str]:
    """Return the colours of a look by their names, as ``#RRGGBB``."""
    return {name: look.palette.get_colour(name) for name in get_args(ColourName)}


def _find_folders() -> Mapping[str, Path]:
    """Find the folders of looks by name. The first on the path counts, so that none replaces one of ours."""
    return {
        folder.parent.name: folder.parent
        for root in reversed(list(looks.__path__))
        for folder in Path(root).glob("*/look.yaml")
    }


def _find_folder(name: str) -> Path:
    folders = _find_folders()
    if name not in folders:
        raise BadInput("look", name, " | ".join(sorted(folders)))
    return folders[name]


@cache
def _read(folder: Path) -> Look:
    file = folder / "look.yaml"
    name = f"{folder.name}/{file.name}: "
    look = read_strictly(Look, load_yaml(file), name)
    if look.id != folder.name:
        raise BadInput(f"{name}id", look.id, f"the name of the look's folder, {folder.name}")
    return _finish(look, name)


@lru_cache(maxsize=256)
def _read_text(text: str) -> Look:
    row = parse_look(text)
    return build_own_look(row["id"], row)


def _finish(look: Look, name: str) -> Look:
    known = sorted(path.stem for path in _FONTS.glob("*.ttf"))
    for kind, lettering in look.type.items():
        for face in lettering.faces:
            if face not in known:
                raise BadInput(f"{name}type.{kind}.faces", face, ", ".join(known))
    return replace(look, palette=finish_palette(look.palette))
