"""The program ``reelwright``: its verbs and its entry point."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

import typer

from reelwright.cli.output.logs import choose_log_format, choose_log_level
from reelwright.cli.output.streams import flush_output, open_streams
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.option_groups import expand_groups
from reelwright.cli.shared.runner import run_with_exit_code

EPILOG: Final = """
Films, takes and the journal (the database) are in one folder, the home: `reelwright doctor` prints it, and
REELWRIGHT_HOME sets it.

Exit codes: 0 done · 1 failed · 2 bad input · 3 nobody agreed to the price · 4 waits for a decision · 5 over budget ·
130 interrupted (`reelwright resume` continues the job).
"""

MAKE, CHANGE, LOOK, KEEP, SERVE = "Make", "Change", "Look", "Store and share", "Serve"
FOLDERS: Final = {MAKE: "make", CHANGE: "change", LOOK: "look", KEEP: "keep", SERVE: "serve"}
"""The folder of each panel of ``--help``."""
VERBS: Final[Mapping[str, Mapping[str, str]]] = {
    MAKE: {
        "make": "make.make",
        "clip": "clip.clip",
        "batch": "batch.batch",
        "quote": "plan.quote",
        "plan": "plan.plan",
        "write": "write.write",
        "resume": "job_control.resume",
        "retry": "job_control.retry",
        "cancel": "job_control.cancel",
        "priority": "job_control.set_priority",
        "demo": "demo.make_demo",
    },
    CHANGE: {"edit": "edit.edit", "retake": "takes.retake", "circle": "takes.circle", "accept": "takes.accept"},
    LOOK: {
        "watch": "jobs.watch",
        "jobs": "jobs.list_jobs",
        "projects": "projects.list_projects",
        "show": "projects.show",
        "open": "film.open_film",
        "sheet": "film.draw_pictures",
        "flavors": "looks.list_flavors",
        "presets": "looks.list_presets",
        "brand": "brand.set_brand",
        "doctor": "doctor.examine_machine",
        "schema": "schema.print_schema",
    },
    KEEP: {
        "pull": "film_files.pull",
        "apply": "film_files.apply",
        "export": "film_files.export",
        "tidy": "backup.tidy",
        "backup": "backup.back_up",
        "restore": "backup.restore",
        "support-bundle": "support_bundle.write_bundle",
        "verify": "verify.verify",
        "fake": "fake.serve_fake",
        "mcp": "mcp.serve_agents",
    },
    SERVE: {"studio": "serve.open_studio", "serve": "serve.serve", "worker": "serve.run_worker"},
}
"""Every verb by the panel of ``--help`` in which it stands, with its module and function: only the module of the verb
that is typed is imported."""
GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    "keys": (KEEP, "keys.keys_app"),
    "api-keys": (SERVE, "api_keys.api_keys_app"),
    "members": (SERVE, "members.members_app"),
    "webhooks": (SERVE, "webhooks.webhooks_app"),
    "retention": (SERVE, "retention.retention_app"),
    "queue": (SERVE, "queue.queue_app"),
    "looks": (LOOK, "looks.looks_app"),
    "moods": (LOOK, "music_and_voices.moods_app"),
    "voices": (LOOK, "music_and_voices.voices_app"),
    "models": (LOOK, "models.models_app"),
    "engines": (SERVE, "engines.engines_app"),
    "spend": (LOOK, "spend.spend_app"),
}
"""Verbs with verbs of their own, each with its panel, its module and what it is there."""


def build_app(args: Sequence[str] = ()) -> typer.Typer:
    """Build the program with the verb that ``args`` name; with all verbs if they name none: help, and what is said of
    an unknown verb, name them.
    """
    app = typer.Typer(
        name="reelwright",
        cls=VerbGroup,
        help="Make a finished film from a brief. You see the price first, nothing is bought twice, and a change costs "
        "only what depends on it.",
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_root)
    first = _find_verb(args)
    is_known = first in GROUPS or any(first in verbs for verbs in VERBS.values())
    for panel, verbs in VERBS.items():
        for name, place in verbs.items():
            if name == first or not is_known:
                app.command(name, cls=OnceCommand, rich_help_panel=panel)(expand_groups(_load(panel, place)))
    for name, (panel, place) in GROUPS.items():
        if name == first or not is_known:
            app.add_typer(_load(panel, place), name=name, rich_help_panel=panel)
    return app


def _find_verb(args: Sequence[str]) -> str:
    """Return the first word that is not about the log; empty if there is none."""
    words = iter(args)
    for word in words:
        if word == "--log-level":
            next(words, "")
        elif not word.startswith("--log-level="):
            return word
    return ""


def _load(panel: str, place: str) -> Any:
    module, _, attribute = place.partition(".")
    return getattr(import_module(f"reelwright.cli.{FOLDERS[panel]}.{module}"), attribute)


def __getattr__(name: str) -> Any:
    """Build ``app``, the program with all its verbs, on first use (PEP 562)."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault("app", build_app())


def _root(
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
    log_level: str = typer.Option(
        "", "--log-level", metavar="LEVEL", help="Log to standard error: debug, info, warning or error. As JSON lines "
        "with REELWRIGHT_LOG_FORMAT=json.",
    ),
) -> None:  # fmt: skip
    if log_level:
        choose_log_level(log_level)
    if version:
        _print_version()
        raise typer.Exit


def _print_version() -> None:
    typer.echo(f"reelwright {_version()}")


def _version() -> str:
    """Return the version of the installed package, or say that it runs from its sources."""
    from importlib import metadata  # takes long to import, and only the version needs it

    try:
        return metadata.version("reelwright")
    except metadata.PackageNotFoundError:
        return "from its sources, not installed"


def main() -> None:
    """Run the command that was typed, and exit the process with its code. Any error ends in one message, with
    ``--json`` in one object, and in one exit code.
    """
    open_streams()
    choose_log_format(os.environ)
    json_out = "--json" in sys.argv[1:]
    try:
        code = run_with_exit_code(_run_typed, json_out=json_out)
    except SystemExit as ended:  # a verb exits by itself
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    sys.exit(flush_output(code))


def _run_typed() -> int:
    """Run the command that was typed and return its exit code. The version alone needs no parser and no verb."""
    typed = sys.argv[1:]
    if typed == ["--version"]:
        _print_version()
        return 0
    return int(build_app(typed)(standalone_mode=False) or 0)
