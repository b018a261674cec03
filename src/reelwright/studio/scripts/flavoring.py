"""Flavors of a person's own and of other packages: folders, which are copied into a brief when it is built."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.plugins import find_plugins, report_fault
from reelwright.reel.film.brief import Brief
from reelwright.studio import late_modules as late
from reelwright.studio.scripts.own_looks import find_looks_beside, list_own_folders, list_usable_looks


def list_added_flavors(folder: Path | None) -> dict[str, Path]:
    """Return the folders of the flavors that do not come with Reelwright: other packages', and a person's own in
    ``folder``. Their content is not checked; a package that has none, or takes a name of ours, is reported.
    """
    found = {}
    for name, plugin in find_plugins("flavors").items():
        try:
            if name in late.flavors.load_flavors():
                raise BadInput("flavor", name, "a name that no flavor of ours has")
            found[name] = plugin.find_folder()
        except (BadInput, ImportError) as error:
            report_fault(plugin, error)
    return {**found, **list_own_folders(folder)}


def apply_flavor(brief: Brief, name: str, folder: Path | None) -> Brief:
    """Return the brief with the flavor ``name`` set: one of a person's own in ``folder``, of another package, or ours.

    Raises ``BadInput``. A person's own flavor hides a packaged one of the same name. The brief holds a full copy of it,
    so that a later change of its files does not change films that were started.
    """
    own = list_added_flavors(folder)
    if name in own:
        looks = list_usable_looks(find_looks_beside(folder))
        parts = late.flavors.read_parts(own[name], looks)
        late.flavors.build_flavor(name, parts, looks)
        return replace(brief, flavor=name, own_flavor=parts)
    if name not in late.flavors.load_flavors():
        raise BadInput("flavor", name, ", ".join(sorted({*late.flavors.load_flavors(), *own})))
    return replace(brief, flavor=name)


def find_flavor_file(name: str, key: str, file: str, folder: Path | None) -> Path:
    """Return the path of the ``file`` of the flavor ``name``, which is not ours. ``key``: what it is for, logo or font.

    Raises ``BadInput`` unless it is in the flavor's folder.
    """
    own = list_added_flavors(folder)[name]
    path = own / file
    if not path.resolve().is_relative_to(own.resolve()) or not path.is_file():
        kind = "a font" if key == "font" else "a picture"
        raise BadInput(f"{name}/pipeline_params.yaml: {key}", file, f"{kind} in the flavor's folder")
    return path
