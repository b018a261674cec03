"""A person's own looks: folders in the home with a ``look.yaml``, which are copied into a brief when it is built.

A look there is data alone: its stagings are those of an installed look. No file of the folder is run. Looks of other
packages are found beside them, and kept in the brief in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.media.looks.own_look import drop_uses, write_look
from reelwright.media.looks.registry import (
    build_own_look,
    find_foreign_looks,
    list_look_names,
    load_look,
    write_foreign_look,
)
from reelwright.media.staging.look import Look
from reelwright.planner.look_choice import BY_TONE
from reelwright.planner.tables import load_kinds, load_tones
from reelwright.planner.yaml_text import add_line, parse_text
from reelwright.reel.film.brief import Brief
from reelwright.studio import late_modules as late
from reelwright.studio.policy import MAX_LOOK_BYTES
from reelwright.studio.runtime.slates import FOLDER

_FILE: Final = "look.yaml"


def list_own_folders(folder: Path | None) -> dict[str, Path]:
    """Return the folders below ``folder`` by name, each a person's own flavor or look; their content is not checked.

    In a rehearsal, those of the home that it rehearses are there too, but for those of the same name.
    """
    if folder is None:
        return {}
    outer = list_own_folders(folder.parents[1] / folder.name) if folder.parent.name == FOLDER else {}
    if not folder.is_dir():
        return outer
    return outer | {
        path.name: path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith(".")
    }


def list_added_looks(folder: Path | None) -> dict[str, str | Path]:
    """Return the looks that do not come with Reelwright, by name: a person's own folders, and texts of other packages'
    looks.
    """
    return {**{name: write_foreign_look(name) for name in find_foreign_looks()}, **list_own_folders(folder)}


def list_usable_looks(folder: Path | None) -> tuple[str, ...]:
    """List the names that a film may name as its look: those installed, and a person's own in ``folder``."""
    return tuple(sorted({*list_look_names(), *list_added_looks(folder)}))


def find_looks_beside(flavors: Path | None) -> Path | None:
    """Return the folder of looks of the home that has this folder of ``flavors``."""
    return flavors and flavors.parent / "looks"


def resolve_look(name: str, folder: Path | None, field: str = "look") -> str:
    """Return the look of that name as drawings ask for it: its name, or the text of a person's own in ``folder``.

    Raises ``BadInput`` with the names that there are, and on a look of the person's own that cannot be used.
    """
    if name in list_look_names():
        return name
    added = list_added_looks(folder)
    if name not in added:
        raise BadInput(field, name, ", ".join(list_usable_looks(folder)))
    return drop_uses(read_own_look(added[name]))


def read_own_look(look: Path | str) -> str:
    """Read the look of a folder, and return it as text; a text is one already. Raises ``BadInput`` with file, line and
    key.
    """
    return look if isinstance(look, str) else write_look(look.name, _read_row(look))


def load_own_look(folder: Path) -> Look:
    """Load the look of a folder, with what it says of itself. Raises ``BadInput`` with file, line and key."""
    return build_own_look(folder.name, _read_row(folder))


def _read_row(folder: Path) -> dict[str, Any]:
    file, where = folder / _FILE, f"{folder.name}/{_FILE}"
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_LOOK_BYTES + 1)
        text = content.decode("utf-8")
    except FileNotFoundError:
        raise BadInput("look", folder.name, f"a folder with a {_FILE}") from None
    except (OSError, UnicodeDecodeError) as cause:
        raise BadInput(where, type(cause).__name__, "a file of YAML in UTF-8 that can be read") from cause
    if len(content) > MAX_LOOK_BYTES:
        raise BadInput(where, f"more than {MAX_LOOK_BYTES} bytes", f"a file of at most {MAX_LOOK_BYTES} bytes")
    row = parse_text(text, where)
    try:
        look = build_own_look(folder.name, row)
        for key, given, known in (("tones", look.tones, load_tones()), ("kinds", look.kinds, load_kinds())):
            if unknown := [one for one in given if one not in known]:
                raise BadInput(key, unknown[0], ", ".join(sorted(known)))
        if "font" in row:
            _check_font(folder, row["font"])
    except BadInput as error:
        raise add_line(error, text, where) from error
    return row


def _check_font(folder: Path, name: object) -> None:
    path = folder / name if isinstance(name, str) else folder
    try:
        is_there = path.resolve().is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError):  # such as a name with a zero byte
        is_there = False
    if not is_there:
        raise BadInput("font", name, "a font file (TTF or OTF) in the look's folder")


def keep_own_looks(brief: Brief, name: str, folder: Path | None, field: str = "look") -> Brief:
    """Return the brief with a copy of each look of the person's own that its film may have.

    ``name``: of the look that is asked for; empty: that of the flavor, else those that say which films they suit.
    Raises ``BadInput``. A copy that the brief has of a look that is gone stays.
    """
    named = name or late.flavors.choose_flavor(brief, "spot").look
    if named == BY_TONE:
        return replace(brief, own_looks=dict(_find_looks_for_films(list_added_looks(folder).values())))
    if named in list_look_names():
        return replace(brief, own_looks={})
    if named in brief.own_looks and named not in list_added_looks(folder):
        return replace(brief, own_looks={named: brief.own_looks[named]})
    return replace(brief, own_looks={named: resolve_look(named, folder, field)})


def _find_looks_for_films(added: Iterable[Path | str]) -> Iterable[tuple[str, str]]:
    """Find the looks that may be chosen for a film that names none. One that cannot be used is left out."""
    for one in added:
        try:
            text = read_own_look(one)
        except BadInput:
            continue
        look = load_look(text)
        if look.tones or look.kinds:
            yield look.id, text
