"""What a person asked for, as one digest: the same command finds the same project, however often it is typed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from reelwright.reel.brief import Brief
from reelwright.reel.choices import Choices
from reelwright.reel.document import to_plain
from reelwright.reel.noun import noun
from reelwright.reel.plan import Plan


@noun
class Command:
    """A command that a project is opened for. ``found_by``: its digest, by which the same command finds the project.

    ``plan``: where one was given, with its ``choices``. ``nth``: see ``Standing.nth``.
    """

    name: str
    brief: Brief
    found_by: str
    plan: Plan | None = None
    choices: Choices = field(default_factory=Choices)
    nth: int = 1


_UNSPOKEN: Final = ("reuse",)
"""Keys of older briefs that say nothing about what is asked for."""


def command_digest(
    brief: Brief, plan: Plan | None = None, choices: Choices | None = None, *, again: bool = False
) -> str:
    """The digest of a command: its brief with the goal, and the ``plan`` and ``choices`` where a plan was given.

    ``again``: another one of the same on purpose. That is a command of its own.
    """
    given = None if plan is None else (to_plain(plan), to_plain(choices or Choices()))
    return plain_command_digest(to_plain(brief), given, again=again)


def plain_command_digest(
    brief: Mapping[str, Any], given: tuple[Mapping[str, Any], Mapping[str, Any]] | None, *, again: bool = False
) -> str:
    """As ``command_digest``, from documents. Defaults of a brief are left out, so that a new field moves no digest."""
    bare = to_plain(Brief(text=""))
    asked = {
        key: value
        for key, value in brief.items()
        if key not in _UNSPOKEN and (key == "text" or key not in bare or value != bare[key])
    }
    said = None if given is None else (_without_script(given[0]), given[1])
    words = json.dumps(["command", asked, said, again], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()


def _without_script(plan: Mapping[str, Any]) -> dict[str, Any]:
    """The plan as it was spelled before it could come of a script, where it does not."""
    beats = [{**beat, "shots": [_bare(shot) for shot in beat["shots"]]} for beat in plan["beats"]]
    return {**_bare(plan), "beats": beats}


def _bare(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value or key not in ("written", "scripted")}


def row_digest(key: str, nth: int) -> str:
    """The digest of a row of a batch: what it asks for, and how often the very same stood before it."""
    return hashlib.sha256(json.dumps(["row", key, nth]).encode()).hexdigest()
