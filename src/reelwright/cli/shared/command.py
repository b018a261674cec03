"""Parses the options of a verb: refuses an option given twice, and names fields as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from reelwright.errors import BadInput

_OPTIONS: Final[Mapping[str, str]] = {
    "clips": "clip",
    "images": "image",
    "max_price": "budget",
    "models": "model",
    "presets": "for",
    "references": "reference",
    "shots": "shot",
    "storyboard": "still",
    "wants_archive": "zip",
}
"""Options whose names differ from the fields that they set. Other options have the name of their field."""

_parsed: Any = None
"""The context of the verb that was parsed last: an error may come after the verb has ended."""


class _ParsedVerb:
    """Mix-in of a command: remembers what was parsed, and describes wrong numbers as other wrong values."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments. Raises ``BadInput`` that names a number that is not accepted."""
        global _parsed
        _parsed = ctx
        try:
            found: list[str] = super().parse_args(ctx, args)  # type: ignore[misc]  # of the command
        except typer.BadParameter as error:
            if (wrong := _describe_wrong_number(error)) is None:
                raise
            raise wrong from error
        return found


class VerbGroup(_ParsedVerb, TyperGroup):
    """Typer group: a command with commands of its own, such as ``spend``."""


class OnceCommand(_ParsedVerb, TyperCommand):
    """Typer command that refuses an option given twice, unless it is a flag or collects values."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the typed arguments and return those that are left, as ``TyperCommand`` does. Raises ``BadInput`` that
        names an option given twice.
        """
        found = super().parse_args(ctx, list(args))
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        seen: set[str] = set()
        for param in order:
            name = max(param.opts, key=len) if param.param_type_name == "option" else ""
            if name in seen:
                raise BadInput(str(param.name), "given twice", f"{name} only once")
            if name and not param.multiple and (not getattr(param, "is_flag", False) or param.secondary_opts):
                seen.add(name)
        return found


def get_parsed_path() -> str:
    """Return the program and the verb that was parsed last, such as ``reelwright edit``, also if parsing it failed."""
    return _parsed.command_path if _parsed else "reelwright"


def name_option(field: str, value: object) -> str:
    """Return the option by which a person typed a field, such as ``--short-side`` for ``short_side``; else the field
    itself.

    ``value`` None: the option that is missing. A field that no option of the verb sets keeps its name, and so does one
    that a flavor, a file or a setting gave.
    """
    option = f"--{_OPTIONS.get(field, field).rstrip('_').replace('_', '-')}"
    for param in _parsed.command.params if _parsed else ():
        if option in param.opts and (value is None or _is_typed(param.name)):
            return option
    return field


def _is_typed(name: str) -> bool:
    source = _parsed.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _describe_wrong_number(error: typer.BadParameter) -> BadInput | None:
    """Return the error about a number with its value and range; None for any other error of the parser."""
    details = getattr(error.__cause__, "errors", None)
    if details is None or error.param is None:
        return None
    first = details()[0]
    kind = "a whole number" if getattr(error.param.type_descriptor, "annotation", None) is not float else "a number"
    low, high = (getattr(error.param, name, None) for name in ("min", "max"))
    if low is not None and high is not None:
        kind += f" from {low} to {high}"
    elif low is not None:
        kind += f", {low} or more"
    return BadInput(str(error.param.name).rstrip("_"), first["input"], kind)
