"""Parsers of what a person types as brief, script, references and stills, into what the studio takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reelwright.cli.output.streams import read_stdin
from reelwright.errors import BadInput
from reelwright.reason import Action


def parse_references(texts: list[str] | None) -> dict[str, str]:
    """Parse ``--reference`` options into picture files by role, by ``role=name`` if a role has several. Raises
    ``BadInput``.
    """
    found: dict[str, str] = {}
    for text in texts or ():
        role, file = parse_reference(text)
        if role in found and "=" not in role:
            role = f"{role}={Path(file).stem}"
        if role in found:
            raise BadInput("reference", text, "a different name for each: ROLE=NAME=FILE")
        found[role] = file
    return found


def parse_reference(text: str) -> tuple[str, str]:
    """Split a ``--reference`` option into role and file: ``person=ana.png``, or ``person=Ana=ana.png`` with the role
    ``person=Ana``.
    """
    role, found, file = text.rpartition("=")
    if not found:
        raise BadInput("reference", text, "ROLE=FILE or ROLE=NAME=FILE, such as product=mug.png")
    return role, file


def parse_stills(texts: list[str] | None) -> dict[str, str]:
    """Parse ``--still`` options into picture files by beat. Raises ``BadInput``."""
    found: dict[str, str] = {}
    for text in texts or ():
        beat, mark, file = text.partition("=")
        if not (mark and beat.strip() and file.strip()):
            raise BadInput("still", text, "BEAT=FILE, such as hook=door.jpg or 1=door.jpg")
        if beat in found:
            raise BadInput("still", text, f"one still for {beat}, not also {beat}={found[beat]}")
        found[beat] = file
    return found


def read_brief(brief: str) -> str:
    """Return the brief as it was typed, or from standard input if it is ``-``."""
    return read_stdin("brief") if brief == "-" else brief


def parse_source(brief: str | None, script: str | None) -> dict[str, Any]:
    """Return the studio's keyword argument for the typed brief or script, as ``brief`` or ``script``. A brief that ends
    in .md is the path of a script.

    Raises ``BadInput`` if both or neither are given, and for a brief that is the path of another file.
    """
    if script is None and brief is not None and "\n" not in brief and brief.casefold().endswith(".md"):
        brief, script = None, brief
    if brief is not None and script is not None:
        raise BadInput("script", script, "a script or a brief, not both")
    if script is not None:
        return {"script": f"{read_stdin('script')}\n" if script == "-" else script}
    if brief is None:
        raise BadInput("brief", None, "what the film is about, in your own words, or a script.md")
    if is_file(brief):
        accepted = "words that say what the film is about, or a script whose name ends in .md"
        actions = [Action("pass_option", {"option": "script", "value": brief})]
        hint = "a file that holds a brief: reelwright make - < FILE"
        raise BadInput("brief", brief, accepted, hint=hint, actions=actions)
    if is_folder(brief):
        raise BadInput("brief", brief, "words that say what the film is about, or a script.md; this is a folder")
    return {"brief": read_brief(brief)}


def is_file(text: str) -> bool:
    """Return whether a text that a person typed is the path of a file that exists. A long text is none."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # longer than a path can be, or with a zero byte
        return False


def is_folder(text: str) -> bool:
    """Return whether a text that a person typed is the path of a folder: with a slash, since a word is a brief."""
    try:
        return "/" in text and Path(text).is_dir()
    except (OSError, ValueError):  # longer than a path can be, or with a zero byte
        return False
