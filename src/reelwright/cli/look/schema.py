"""The verb ``schema``: print the JSON schema of what a verb prints with ``--json``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.actions import describe_hints
from reelwright.cli.output.output import format_document
from reelwright.cli.shared.runner import run_blocking
from reelwright.errors import BadInput


def print_schema(
    verb: Annotated[
        list[str] | None,
        typer.Argument(metavar="VERB", help="A command, such as make or spend decide; or error, for errors."),
    ] = None,
    options: Annotated[
        bool, typer.Option("--options", help="Print the schema of the options that the command takes in Python.")
    ] = False,
) -> None:
    """Print the JSON schema (draft 2020-12) of what VERB prints with --json. Without a VERB, list those that have one.

    VERB is a command, such as make. A command that fails prints an error instead: `reelwright schema error`.
    """
    run_blocking(lambda: _print_options(verb) if options else _print_result(verb), json_out=False)


def _print_options(verb: list[str] | None) -> int:
    if name := _choose(verb, late.option_models.OPTION_MODELS):
        typer.echo(format_document(late.option_models.OPTION_MODELS[name].model_json_schema(), indent=2))
    return 0


def _print_result(verb: list[str] | None) -> int:
    from reelwright.cli.output.results_by_verb import EVENT_VERBS, RESULT_MODELS

    if name := _choose(verb, RESULT_MODELS):
        about = "One such object on each line, for each event." if name in EVENT_VERBS else ""
        schema = describe_hints(
            late.result_schema.build_schema(f"reelwright {name} --json", RESULT_MODELS[name], about)
        )
        typer.echo(format_document(schema, indent=2))
    return 0


def _choose(verb: list[str] | None, known: Collection[str]) -> str:
    """Return the command that was typed. If none was, print the known ones and return nothing. Raises ``BadInput``."""
    if not verb:
        typer.echo("\n".join(known))
        return ""
    name = " ".join(verb)
    if name not in known:
        raise BadInput("verb", name, ", ".join(known))
    return name
