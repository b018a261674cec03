"""A person's own flavors: folders in the home, which are copied into a brief when it is built."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.reel.film.brief import Brief
from reelwright.studio.scripts.own_looks import find_looks_beside, list_own_folders, list_usable_looks


def apply_flavor(brief: Brief, name: str, folder: Path | None) -> Brief:
    """Return the brief with the flavor ``name``, one of a person's own in ``folder`` or of the package, set.

    Raises ``BadInput``. A person's own flavor hides a packaged one of the same name. The brief holds a full copy of it,
    so that a later change of its files does not change films that were started.
    """
    from reelwright.planner.flavors import build_flavor, load_flavors, read_parts

    own = list_own_folders(folder)
    if name in own:
        looks = list_usable_looks(find_looks_beside(folder))
        parts = read_parts(own[name], looks)
        build_flavor(name, parts, looks)
        return replace(brief, flavor=name, own_flavor=parts)
    if name not in load_flavors():
        raise BadInput("flavor", name, ", ".join(sorted({*load_flavors(), *own})))
    return replace(brief, flavor=name)


def find_flavor_file(name: str, key: str, file: str, folder: Path | None) -> Path:
    """Return the path of the ``file`` of the person's own flavor ``name``. ``key``: what it is for, logo or font.

    Raises ``BadInput`` unless it is in the flavor's folder.
    """
    own = list_own_folders(folder)[name]
    path = own / file
    if not path.resolve().is_relative_to(own.resolve()) or not path.is_file():
        kind = "a font" if key == "font" else "a picture"
        raise BadInput(f"{name}/pipeline_params.yaml: {key}", file, f"{kind} in the flavor's folder")
    return path
