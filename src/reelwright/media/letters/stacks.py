"""Stacks of faces: the faces that a role uses, in order of preference, by language."""

from __future__ import annotations

from typing import Final, Literal

Role = Literal["display", "label", "caption", "strong", "code"]

_SCRIPTS_HEAVY: Final = ("noto-hebrew-900", "noto-devanagari-900", "noto-thai-900")
_SCRIPTS: Final = ("noto-hebrew-600", "noto-devanagari-600", "noto-thai-600")
_HAN: Final[dict[str, tuple[str, ...]]] = {
    "ja": ("noto-jp-700", "noto-sc-700", "noto-kr-700"),
    "ko": ("noto-kr-700", "noto-jp-700", "noto-sc-700"),
    "": ("noto-sc-700", "noto-jp-700", "noto-kr-700"),
}
_LEADING: Final[dict[str, tuple[str, ...]]] = {
    "display": ("anton", "sofia-extra-condensed-900", "oswald-700", "lalezar"),
    "label": ("inter-700", "readex-700", "lalezar"),
    "caption": ("inter-600", "readex-600", "lalezar"),
    "strong": ("inter-700", "readex-700", "lalezar"),
    "code": ("jetbrains-mono-600", "inter-600", "readex-600", "lalezar"),
}
_BULGARIAN: Final = {"label": "manrope-700", "caption": "manrope-700", "strong": "manrope-700"}


def choose_stack(role: Role, language: str, first: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the names of the faces that ``set_line`` tries for a role and language, in order of preference.

    ``first``: faces of a look, tried before the role's own. display: headlines. label: small words. caption and strong:
    read over a picture, and the same with more weight. code: letters of one width. Han characters take the shapes of
    the language: Japanese, Korean, else Simplified Chinese. Bulgarian text roles use a face that has its letter forms;
    Inter has none. Persian and Urdu letters, which Readex lacks, are Lalezar's in every role.
    """
    primary = language.split("-")[0].lower()
    leading = _LEADING[role]
    if primary in ("bg", "mk", "sr") and role in _BULGARIAN:
        leading = (_BULGARIAN[role], *leading)
    han = _HAN.get(primary, _HAN[""])
    if role == "display" and primary == "ja":
        han = ("noto-jp-900", *han)
    scripts = _SCRIPTS_HEAVY if role == "display" else _SCRIPTS
    last = ("inter-700",) if role == "display" else ()
    return (*first, *leading, *scripts, *han, *last, "noto-symbols", "noto-emoji")
