"""Digests of commands: the same command finds the same project, however often it is typed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Final, Literal

from reelwright.reel.base.document import to_plain
from reelwright.reel.base.value import define_value
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices


@define_value
class Command:
    """A command that opens a project. ``digest``: by it, the same command finds the same project; empty for an order of
    its own, whose project no command finds.

    ``plan``: the first revision, with its ``choices`` and its author; None if a language model has yet to write it.
    ``order_number``: see ``Standing.order_number``.
    """

    name: str
    brief: Brief
    digest: str = ""
    plan: Plan | None = None
    plan_author: Literal["rules", "person"] = "person"
    choices: Choices = field(default_factory=Choices)
    order_number: int = 1


def leave_out_home_brand(brief: Brief) -> dict[str, Any]:
    """Return the brief as stored JSON, without the home's brand: a film is found again after that has changed."""
    own = tuple(brand for brand in brief.brands if brand.source != "home")
    plain: dict[str, Any] = to_plain(replace(brief, brands=own))
    return plain


_IGNORED_KEYS: Final = ("reuse",)
"""Keys of older briefs that do not change what is asked for."""


def compute_command_digest(
    brief: Brief, plan: Plan | None = None, choices: Choices | None = None, *, is_repeat: bool = False
) -> str:
    """Return the digest of a command: its brief with the goal, and the ``plan`` and ``choices`` where a plan was given.

    ``is_repeat``: the person wants another film of the same command (``--again``). That is a command of its own.
    """
    given = None if plan is None else (to_plain(plan), to_plain(choices or Choices()))
    return compute_plain_command_digest(leave_out_home_brand(brief), given, is_repeat=is_repeat)


def compute_plain_command_digest(
    brief: Mapping[str, Any],
    plan_and_choices: tuple[Mapping[str, Any], Mapping[str, Any]] | None,
    *,
    is_repeat: bool = False,
) -> str:
    """Return the digest of a command as ``compute_command_digest`` does, from its parts as ``to_plain`` writes them.

    Defaults of a brief are left out, so that a new field of ``Brief`` changes no digest.
    """
    bare = to_plain(Brief(text=""))
    brief_fields = {
        key: value
        for key, value in brief.items()
        if key not in _IGNORED_KEYS and (key == "text" or key not in bare or value != bare[key])
    }
    documents = None if plan_and_choices is None else (_without_script(plan_and_choices[0]), plan_and_choices[1])
    content = ["command", brief_fields, documents, is_repeat]
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _without_script(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``plan`` without the empty fields that scripts added later, so that older digests stay the same."""
    beats = [{**beat, "shots": [_bare(shot) for shot in beat["shots"]]} for beat in plan["beats"]]
    return {**_bare(plan), "beats": beats}


def _bare(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value or key not in ("written", "scripted")}


def compute_row_digest(key: str, nth: int) -> str:
    """Return the digest by which the ``nth`` of equal rows of a batch, from 1, finds its project.

    ``key``: the digest of what the row asks for.
    """
    return hashlib.sha256(json.dumps(["row", key, nth]).encode()).hexdigest()
