"""Flavors of a person's own: folders in the home, read when a brief is made, and kept with it as they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.reel.brief import Brief


def with_flavor(brief: Brief, name: str, folder: Path | None) -> Brief:
    """``brief`` in the flavor of that name: one of the package, or a folder of ``folder``. Raises ``BadInput``.

    A flavor of one's own hides a packaged one of the same name, and goes into the brief whole: a later change of its
    files changes no film that was begun.
    """
    from reelwright.planner.flavors import flavors, made_of
    from reelwright.planner.flavors.parts import read_parts

    own = own_folders(folder)
    if name in own:
        parts = read_parts(own[name])
        made_of(name, parts)
        return replace(brief, flavor=name, own_flavor=parts)
    if name not in flavors():
        raise BadInput("flavor", name, ", ".join(sorted({*flavors(), *own})))
    return replace(brief, flavor=name)


def own_folders(folder: Path | None) -> dict[str, Path]:
    """Folders that may be flavors, by name."""
    if folder is None or not folder.is_dir():
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith(".")}
