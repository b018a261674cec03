"""Refuses an option that is given twice: the second value would silently replace the first."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from reelwright.errors import BadInput


class OnceCommand(TyperCommand):
    """A verb that refuses an option given twice, unless it is a flag or collects values."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments. Raises ``BadInput`` that names an option given twice."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        seen: set[str] = set()
        for param in order:
            name = max(param.opts, key=len) if param.param_type_name == "option" else ""
            if name in seen:
                raise BadInput(name.lstrip("-"), "given twice", f"{name} only once")
            if name and not param.multiple and (not getattr(param, "is_flag", False) or param.secondary_opts):
                seen.add(name)
        return super().parse_args(ctx, args)
