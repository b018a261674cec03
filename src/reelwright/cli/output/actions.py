"""The commands for what a person can do next, for each action of a reason, and the ``hint`` beside a reason in JSON."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any, Final

from reelwright.messages import PLAIN, Names, format_advice, format_plain_action
from reelwright.reason import Action, Reason
from reelwright.units import format_usd

_COMMANDS: Final[Mapping[str, str]] = {
    "accept_findings": "accept it as it is: reelwright accept {project}",
    "accept_unconfirmed_price": "accept the price with --accept-unconfirmed",
    "add_key": "add the key: reelwright keys add {provider}",
    "add_voice": "add them: reelwright voices add kokoro",
    "agree_to_price": "agree with --yes or --budget {usd}",
    "apply_film": "reelwright apply {folder}",
    "cancel_job": "reelwright cancel {job}",
    "cap_unknown_price": "pass --unknown-at-most USD, the most that one such step may cost",
    "check_vault": "find the file with reelwright doctor --vault, put it back from a backup, and resume",
    "choose_model": "choose another model: reelwright models",
    "choose_output": "name another file with --out",
    "create_folder": "mkdir -p {folder}",
    "answer_question": "",  # the sentence of the error says already what is needed
    "decide_bill": "decide about it: reelwright spend decide {purchase} as-quoted, or as-billed if it is an amount",
    "decide_purchase": "then say what became of it: reelwright spend decide {purchase} with arrived and --operation "
    "ID, with never, or with written-off",
    "edit_shot": "edit the shot: reelwright edit {project} --shot {shot} with --prompt, --model MODEL or --clip "
    "FILE{drawn}",
    "fix_key": "check the key: reelwright keys",
    "give_file_again": "give the same file again: reelwright edit {project} --shot {shot} with --image FILE or "
    "--clip FILE",
    "install": "pip install 'reelwright[{extra}]'",
    "list_api_keys": "list them: reelwright api-keys list",
    "list_budgets": "list them: reelwright spend budgets",
    "list_jobs": "list them: reelwright jobs",
    "list_members": "list them: reelwright members list",
    "list_limits": "list them: reelwright spend limits",
    "list_models": "list them: reelwright models {filter}",
    "list_projects": "list them: reelwright projects",
    "list_purchases": "list them: reelwright spend",
    "list_webhooks": "list them: reelwright webhooks list",
    "make_again": "make another one with --again",
    "pass_option": "{flag}",
    "pull_film": "reelwright pull {project} FOLDER",
    "raise_budget": "raise the budget: reelwright spend budget set",
    "reconcile": "reelwright spend reconcile lists what is not known here, and asks once",
    "restore_backup": "restore a backup: reelwright restore FOLDER --replace",
    "resume_job": "to continue: reelwright resume {project}",
    "retake_shot": "make another take: reelwright retake {project} --shot {shot}, then circle it",
    "retry_job": "reelwright retry {project}",
    "run_batch_again": "run the same reelwright batch again",
    "set_home": "set REELWRIGHT_HOME to another folder",
    "set_retention": "set how long files are kept: reelwright retention",
    "show_project": "look: reelwright show {project}",
    "tidy": "reelwright tidy",
    "start_project": 'reelwright make "YOUR BRIEF"',
}
"""The text of each action that a command can do. ``project`` and ``purchase`` are short ids."""


def format_action(action: Action) -> str:
    """Return what an action means in words for a person, with the command that does it if there is one."""
    template = _COMMANDS.get(action.kind)
    if template is None:
        return format_plain_action(action)
    return template.format_map(_Values(action.params)).strip()


def suggest_next_steps(reason: Reason, names: Names = PLAIN) -> str:
    """Return in words what a person can do about a reason, with ``reelwright`` commands. Empty if nothing is known that
    helps.
    """
    return format_advice(reason, names, format_action)


def format_message(message: str, reason: Reason | None) -> str:
    """Return a message followed, in brackets, by what a person can do about its reason."""
    steps = suggest_next_steps(reason) if reason else ""
    return f"{message} ({steps})" if steps else message


class _Values(dict[str, object]):
    """The values of a command. Ids are shortened; what is not known is named in capitals, or left out."""

    def __init__(self, params: Mapping[str, object]) -> None:
        short = {name: str(params[name])[-6:] for name in ("project", "purchase") if params.get(name)}
        flag = _format_flag(params) if "option" in params else ""
        filters = {"model_kind": "kind", "can": "can"}
        kinds = " ".join(f"--{option} {params[name]}" for name, option in filters.items() if name in params)
        usd = {"usd": format_usd(int(str(params["micros"])))} if "micros" in params else {}
        quoted = {"folder": shlex.quote(str(params["folder"]))} if "folder" in params else {}
        drawn = ", or with --model animatic (drawn, $0.00)" if params.get("can_be_drawn", True) else ""
        super().__init__({"flag": flag, "filter": kinds, "drawn": drawn, **params, **short, **usd, **quoted})

    def __missing__(self, name: str) -> str:
        named = {"shot": "N", "project": "PROJECT", "purchase": "PURCHASE", "provider": "PROVIDER", "usd": "USD"}
        return named.get(name, "")


def _format_flag(params: Mapping[str, object]) -> str:
    """Return an option as it is typed: ``--budget 1.40``, or ``--force`` for one without a value."""
    flag = f"--{str(params['option']).replace('_', '-')}"
    return f"pass {flag} {shlex.quote(str(params['value']))}" if "value" in params else f"pass {flag}"


_SCHEMA: Final = {"type": "string", "description": "What a person can do about the reason."}


def add_hints(value: Any) -> Any:
    """Return a JSON value with a ``hint``, what a person can do, beside each ``reason`` in it."""
    if isinstance(value, list):
        return [add_hints(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {name: item if name == "reason" else add_hints(item) for name, item in value.items()}
    if isinstance(reason := value.get("reason"), dict) and "code" in reason:
        stored = Reason.from_json(reason)
        found.setdefault("hint", suggest_next_steps(stored) if stored else "")
    return found


def describe_hints(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of a result, extended by the ``hint`` fields that ``add_hints`` adds."""
    shapes = {name: _describe_hint(shape) for name, shape in schema.get("$defs", {}).items()}
    return {**schema, "$defs": shapes}


def _describe_hint(shape: dict[str, Any]) -> dict[str, Any]:
    properties = shape.get("properties", {})
    if "$ref" not in str(properties.get("reason")):  # a word such as filtered is no reason with a code
        return shape
    return {**shape, "properties": {**properties, "hint": properties.get("hint", _SCHEMA)}}
