"""Reasons: why something failed, waits or changed, as a stable code with values and the actions that may help.

A reason is what errors, jobs, purchases, findings and events carry and store. ``reelwright.messages`` makes its text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

Param = object
"""A value of a reason: text, a number, a boolean, None, a list of those, or another reason. Any other becomes text."""

ActionKind = Literal[
    "accept_findings",
    "accept_unconfirmed_price",
    "add_funds",
    "add_key",
    "add_voice",
    "agree_to_price",
    "answer_question",
    "apply_film",
    "cancel_job",
    "cap_unknown_price",
    "change_order",
    "check_connection",
    "check_vault",
    "choose_model",
    "choose_output",
    "create_folder",
    "decide_bill",
    "decide_purchase",
    "delete_job_files",
    "edit_shot",
    "fix_key",
    "free_disk_space",
    "give_file_again",
    "install",
    "list_api_keys",
    "list_budgets",
    "list_jobs",
    "list_limits",
    "list_members",
    "list_models",
    "list_projects",
    "list_purchases",
    "list_webhooks",
    "make_again",
    "pass_option",
    "pull_film",
    "raise_budget",
    "reconcile",
    "restore_backup",
    "resume_job",
    "retake_shot",
    "retry_job",
    "run_batch_again",
    "set_home",
    "set_retention",
    "show_project",
    "start_project",
    "tidy",
    "wait",
]
"""What a person can do about a reason. Each door has its own way to do it: a command, a call, a button."""

_MAX_LETTERS: Final = 200
_MAX_ITEMS: Final = 20
LEGACY: Final = "legacy"
"""The code of a reason that an older version stored as a sentence: ``params["message"]``."""


@dataclass(frozen=True, slots=True)
class Action:
    """A next step that a person can take about a reason, such as raising a budget. ``params``: what it is done to, such
    as ``purchase`` or ``shot``.
    """

    kind: ActionKind
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the action as a JSON object: ``{"kind": …}`` with its parameters beside it."""
        return {"kind": self.kind, **self.params}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Build an action from the JSON object that ``to_json`` returned."""
        return cls(document["kind"], {name: value for name, value in document.items() if name != "kind"})


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason why something failed, waits or changed, as a code with values. ``code``: stable between releases.
    ``step``: what it is about.

    ``params``: values by name, as JSON; a value may be another reason. ``params["hint"]``, if given, is advice in
    words from outside, such as a provider's.
    """

    code: str
    step: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the reason as a JSON object, with the reasons inside ``params`` as JSON objects too."""
        return {
            "code": self.code,
            "step": self.step,
            "params": {name: _to_json(value) for name, value in self.params.items()},
            "actions": [action.to_json() for action in self.actions],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any] | str | None) -> Self | None:
        """Build a reason from the JSON object that ``to_json`` returned, or from an older version's sentence; None
        without either.
        """
        if not document:
            return None
        if isinstance(document, str):
            return cls(code=LEGACY, params={"message": document})
        params = {name: _from_json(value) for name, value in document["params"].items()}
        actions = tuple(Action.from_json(each) for each in document["actions"])
        return cls(code=document["code"], step=document["step"], params=params, actions=actions)

    @classmethod
    def from_text(cls, text: str | None) -> Self | None:
        """Build a reason from a stored text, JSON or an older version's sentence; None if it is empty.

        Such a sentence may be JSON as well, where a provider answered with JSON.
        """
        if text and text.startswith('{"code":'):
            with suppress(ValueError, KeyError, TypeError, AttributeError):
                return cls.from_json(json.loads(text))
        return cls.from_json(text)


def _to_json(value: Any) -> Any:
    if isinstance(value, Reason):
        return value.to_json()
    return [_to_json(each) for each in value] if isinstance(value, list) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, Mapping) and "code" in value:
        return Reason.from_json(value)
    return [_from_json(each) for each in value] if isinstance(value, list) else value


def to_params(values: Mapping[str, object]) -> dict[str, Any]:
    """Convert values of any type to those that a reason may hold: errors become reasons, other objects text."""
    return {name: _to_param(value) for name, value in values.items()}


def to_plain(value: object) -> Any:
    """Convert a refused input to a short value for JSON: numbers, text and flat lists stay, others become text.

    Long text is cut.
    """
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, (list, tuple)) and len(value) <= _MAX_ITEMS and not any(map(_has_items, value)):
        return [to_plain(each) for each in value]
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _MAX_LETTERS else text[: _MAX_LETTERS - 1] + "…"


def _has_items(value: object) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes))


def _to_param(value: object) -> Any:
    if value is None or isinstance(value, (bool, int, float, str, Reason)):
        return value
    if hasattr(value, "to_reason"):
        return value.to_reason()
    if isinstance(value, Iterable) and not isinstance(value, (bytes, BaseException)):
        return [_to_param(each) for each in value]
    return str(value) or type(value).__name__


Note = str | Reason
"""What a person is told beside a plan or a price: a sentence, or a reason where a program may want to know."""


def build_reason(code: str, *, step: str | None = None, actions: Iterable[Action] = (), **params: object) -> Reason:
    """Build a reason from values of any type: errors among ``params`` become reasons, and other objects text."""
    return Reason(code=code, step=step, params=to_params(params), actions=tuple(actions))
