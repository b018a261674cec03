"""The actions of a reason as buttons: where on the pages a person does what the contract advises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reelwright.reason import Action, Reason

Place = Callable[[Mapping[str, Any], str], str]


@dataclass(frozen=True, slots=True)
class ActionButton:
    """An action as a link. ``path``: from the root of the server."""

    action: Action
    path: str


def _find_shot(params: Mapping[str, Any], project: str) -> str:
    shot = params.get("shot")
    return f"studio/projects/{project}" + (f"?shot={shot}" if isinstance(shot, int) else "")


_PLACES: Final[Mapping[str, Place]] = {
    "add_key": lambda params, project: "studio/settings",
    "fix_key": lambda params, project: "studio/settings",
    "choose_model": lambda params, project: "studio/models",
    "list_models": lambda params, project: "studio/models",
    "raise_budget": lambda params, project: "studio/spend",
    "list_budgets": lambda params, project: "studio/spend",
    "list_purchases": lambda params, project: "studio/spend",
    "list_jobs": lambda params, project: "studio/queue",
    "list_projects": lambda params, project: "studio/projects",
    "show_project": lambda params, project: f"studio/projects/{project}",
    "start_project": lambda params, project: "studio",
    "retake_shot": _find_shot,
}
"""Where an action is done. What stands on the project's page beside the reason anyway is not among them."""


def list_buttons(reason: Reason | None, project: str) -> tuple[ActionButton, ...]:
    """List the actions of a reason that a person does on another page, as links."""
    if reason is None:
        return ()
    found = {}
    for action in reason.actions:
        if place := _PLACES.get(action.kind):
            found[action.kind] = ActionButton(action, place(action.params, project))
    return tuple(found.values())
