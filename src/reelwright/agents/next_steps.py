"""Next steps about a reason: calls of tools for the agent, and commands for its person."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Any, Final

from reelwright.messages import format_plain_action
from reelwright.reason import Action

_TOOLS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "choose_model": ("quote", {"models": "video"}),
    "edit_shot": ("edit", {"project": None, "shot": None}),
    "give_file_again": ("edit", {"project": None, "shot": None}),
    "list_budgets": ("spend", {}),
    "list_jobs": ("status", {}),
    "list_models": ("quote", {"models": None}),
    "list_projects": ("status", {}),
    "list_purchases": ("spend", {}),
    "resume_job": ("make", {"project": None}),
    "retake_shot": ("retake", {"project": None, "shot": None}),
    "retry_job": ("make", {"project": None}),
    "show_project": ("status", {"project": None}),
}
"""By action: the tool that does it and its arguments; None: from the action's own values."""
_COMMANDS: Final[Mapping[str, str]] = {
    "accept_findings": "reelwright accept {project}",
    "add_key": "reelwright keys add {provider}",
    "add_voice": "reelwright voices add kokoro",
    "check_vault": "reelwright doctor --vault",
    "decide_bill": "reelwright spend decide {purchase}",
    "decide_purchase": "reelwright spend decide {purchase}",
    "fix_key": "reelwright keys",
    "install": "pip install {extra}",
    "raise_budget": "reelwright spend budgets",
    "reconcile": "reelwright spend reconcile",
    "tidy": "reelwright tidy",
}
"""By action: the command that only a person may type."""


def list_tool_calls(actions: Iterable[Action], project: str | None = None) -> list[dict[str, Any]]:
    """List the tool calls (name and arguments) by which an agent can do these actions. ``project``: for actions that
    name none.
    """
    calls = []
    for action in actions:
        if action.kind in _TOOLS:
            tool, wanted = _TOOLS[action.kind]
            values = {"project": project, "models": _find_model_kind(action.params), **action.params}
            arguments = {
                name: values.get(name) if value is None else value
                for name, value in wanted.items()
                if value is not None or values.get(name) is not None
            }
            calls.append({"tool": tool, "arguments": arguments})
    return [call for n, call in enumerate(calls) if call not in calls[:n]]


def _find_model_kind(filters: Mapping[str, Any]) -> str:
    """Return the kind of the models that a ``list_models`` action is about. Only language models can plan a film."""
    return str(filters.get("model_kind") or ("text" if filters.get("can") == "plan" else "video"))


def list_person_steps(actions: Iterable[Action], project: str | None = None) -> list[str]:
    """List, as commands or sentences, the actions that only a person can do."""
    steps = []
    for action in actions:
        if action.kind in _TOOLS:
            continue
        values = {"project": (project or "last")[-6:], **{name: str(value) for name, value in action.params.items()}}
        values["extra"] = shlex.quote(f"reelwright[{values.get('extra', '')}]")
        if template := _COMMANDS.get(action.kind):
            steps.append(template.format_map(_Values(values)))
        elif text := format_plain_action(action):
            steps.append(text)
    return list(dict.fromkeys(steps))


class _Values(dict[str, str]):
    """The values of a command. A missing one is named in capitals."""

    def __missing__(self, name: str) -> str:
        return name.upper()
