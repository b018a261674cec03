"""Finds looks by folder, and loads them: a look is a folder with ``look.yaml`` and a module ``STAGINGS`` comes from.

A folder of looks counts where it stands on this package's path, which may be extended. A look may also be given as the
text of a person's own look (``own_look``), which is laid over one of these, or as that of a look of another package,
which names its release: what is drawn depends on code that a film cannot keep, so another release is another look.
"""

from __future__ import annotations

import hashlib
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
from reelwright.media.looks.own_look import check_legibility, check_row, is_own_look, lay_over, parse_look, write_look
from reelwright.media.staging.look import Look
from reelwright.plugins import Plugin, find_plugins, report_fault
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
    found = _read_text(look) if is_own_look(look) else _read(_find_folder(look), look)
    if accent is None:
        return found
    found = found.lay_ground(parse_colour(accent))
    return replace(found, palette=finish_palette(found.palette, parse_colour(accent)))


def build_own_look(name: str, row: Mapping[str, Any]) -> Look:
    """Build a person's own look from the values of its file. Raises ``BadInput`` naming the key, ``palette.bg``."""
    check_row(name, row, _find_folders())
    base = load_yaml(_find_folder(row["based_on"]) / "look.yaml")
    look = read_strictly(Look, lay_over(base, {**row, "id": name}), "")
    _check_faces(look, "")
    look = _finish(look)
    check_legibility(look, row["based_on"])
    return look


def load_stagings(look: str) -> Stagings:
    """Return the stagings of the look of that name or text.

    Raises ``BadInput`` on an unknown name, and where another package's stagings cannot be loaded.
    """
    row = parse_look(look) if is_own_look(look) else {"based_on": look}
    if "release" in row:
        return _load_foreign_stagings(_find_release(row))
    found: Stagings = import_module(f"{looks.__name__}.{_find_folder(row['based_on']).name}").STAGINGS
    return found


@cache
def find_foreign_looks() -> Mapping[str, Plugin]:
    """Return the looks that other packages add, by name. One whose data cannot be used is reported and left out."""
    found = {}
    for name, plugin in find_plugins("looks").items():
        try:
            if name in _find_folders():
                raise BadInput("look", name, "a name that no look of ours has")
            _read(plugin.find_folder(), name)
            found[name] = plugin
        except (BadInput, ImportError, OSError) as error:
            report_fault(plugin, error)
    return found


@cache
def write_foreign_look(name: str) -> str:
    """Return a look of another package as the text that films keep: its name, and a digest of all files of its folder,
    so that what is drawn with other files is drawn again.
    """
    folder, digest = find_foreign_looks()[name].find_folder(), hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            place = path.relative_to(folder).as_posix()
            digest.update(f"{place}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return write_look(name, {"based_on": name, "release": digest.hexdigest()})


def _find_release(row: Mapping[str, Any]) -> Plugin:
    """Return the package of a look that a film keeps. Raises ``BadInput`` unless it is here, as it was."""
    name = row["id"]
    if name not in find_foreign_looks():
        raise BadInput("look", name, f"{', '.join(list_look_names())}; the package of {name} is not installed")
    if parse_look(write_foreign_look(name)) != row:
        hint = f"choose {name} again as the look of the film: it is drawn anew"
        raise BadInput("look", name, f"the release of {name} that the film was drawn in; another is here", hint=hint)
    return find_foreign_looks()[name]


def _load_foreign_stagings(plugin: Plugin) -> Stagings:
    try:
        found: Stagings = import_module(plugin.target).STAGINGS
    except (Exception, SystemExit) as error:
        report_fault(plugin, error)
        fails = f"one whose code can be loaded; {plugin.package} fails: {error!r:.200}"
        raise BadInput("look", plugin.name, fails) from error
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
def _read(folder: Path, name: str) -> Look:
    file = folder / "look.yaml"
    where = f"{folder.name}/{file.name}: "
    look = read_strictly(Look, load_yaml(file), where)
    if look.id != name:
        raise BadInput(f"{where}id", look.id, f"the name of the look, {name}")
    if folder.parent != Path(__file__).parent:  # a font that our installation lacks is named with the shot it is for
        _check_faces(look, where)
    return _finish(look)


@lru_cache(maxsize=256)
def _read_text(text: str) -> Look:
    row = parse_look(text)
    if "release" in row:
        return _read(_find_release(row).find_folder(), row["id"])
    return build_own_look(row["id"], row)


def _check_faces(look: Look, where: str) -> None:
    known = sorted(path.stem for path in _FONTS.glob("*.ttf"))
    for kind, lettering in look.type.items():
        for face in lettering.faces:
            if face not in known:
                raise BadInput(f"{where}type.{kind}.faces", face, ", ".join(known))


def _finish(look: Look) -> Look:
    return replace(look, palette=finish_palette(look.palette))
