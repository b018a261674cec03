"""A person's own font in a look: it stands before the look's faces in every kind of display type."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from reelwright.media.drawing.style import Lettering
from reelwright.media.staging.look import Look
from reelwright.media.typeset import choose_stack
from reelwright.media.typeset.faces import add_own_face, load_face

_ALWAYS: Final = frozenset({"display", "italic", "title", "number"})
"""Kinds of type that are display type in every look. Others are where the look sets them in its display face."""


def set_display_font(look: Look, font: Path | None) -> Look:
    """Return the look with its display type in the face of a font file, at the heights of the look's own faces.

    Letters that the font lacks are set in the look's own faces. None: the look as it is. Raises ``ToolMissing``.
    """
    if font is None:
        return look
    display = _find_face(look.type["display"])
    own = {
        kind: _set_face(lettering, font) for kind, lettering in look.type.items()
        if kind in _ALWAYS or (kind == "address" and _find_face(lettering) == display)
    }  # fmt: skip
    return replace(look, type={**look.type, **own})


def _set_face(lettering: Lettering, font: Path) -> Lettering:
    """Return the lettering with the font first. Its letters keep their own distances: a look's are for its face."""
    own = add_own_face(font, load_face(_find_face(lettering)))
    return replace(lettering, faces=(own, *lettering.faces), tracking=max(0, lettering.tracking))


def _find_face(lettering: Lettering) -> str:
    """Find the face in which the lettering sets most Latin words."""
    return choose_stack(lettering.role, "en", lettering.faces)[0]
