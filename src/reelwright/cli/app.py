"""The program ``reelwright``: its verbs and its entry point."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import typer

from reelwright.cli import (
    accept,
    api_keys,
    apply,
    backup,
    batch,
    brand,
    cancel,
    circle,
    clip,
    demo,
    doctor,
    edit,
    engines,
    export,
    fake,
    flavors,
    jobs,
    keys,
    looks,
    make,
    mcp,
    members,
    models,
    plan,
    priority,
    projects,
    pull,
    queue,
    quote,
    resume,
    retake,
    retention,
    retry,
    schema,
    serve,
    show,
    spend,
    tidy,
    verify,
    voices,
    watch,
    webhooks,
    write,
)
from reelwright.cli.command import OnceCommand, VerbGroup
from reelwright.cli.logs import choose_log_format, choose_log_level
from reelwright.cli.runner import run_with_exit_code
from reelwright.cli.streams import flush_output, open_streams

EPILOG: Final = """
Films, takes and the journal (the database) are in one folder, the home: `reelwright doctor` prints it, and
REELWRIGHT_HOME sets it.

Exit codes: 0 done · 1 failed · 2 bad input · 3 nobody agreed to the price · 4 waits for a decision · 5 over budget ·
130 interrupted (`reelwright resume` continues the job).
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

MAKE, CHANGE, LOOK, KEEP, SERVE = "Make", "Change", "Look", "Store and share", "Serve"
VERBS: Final[Mapping[str, Mapping[str, Callable[..., None]]]] = {
    MAKE: {
        "make": make.make,
        "clip": clip.clip,
        "batch": batch.batch,
        "quote": quote.quote,
        "plan": plan.plan,
        "write": write.write,
        "resume": resume.resume,
        "retry": retry.retry,
        "cancel": cancel.cancel,
        "priority": priority.set_priority,
        "demo": demo.make_demo,
    },
    CHANGE: {"edit": edit.edit, "retake": retake.retake, "circle": circle.circle, "accept": accept.accept},
    LOOK: {
        "watch": watch.watch,
        "jobs": jobs.list_jobs,
        "projects": projects.list_projects,
        "show": show.show,
        "flavors": flavors.list_flavors,
        "brand": brand.set_brand,
        "voices": voices.list_voices,
        "doctor": doctor.examine_machine,
        "schema": schema.print_schema,
    },
    KEEP: {
        "pull": pull.pull,
        "apply": apply.apply,
        "export": export.export,
        "tidy": tidy.tidy,
        "backup": backup.back_up,
        "restore": backup.restore,
        "verify": verify.verify,
        "fake": fake.serve_fake,
        "mcp": mcp.serve_agents,
    },
    SERVE: {"studio": serve.open_studio, "serve": serve.serve, "worker": serve.run_worker},
}
"""Every verb by the panel of ``--help`` in which it stands."""

for panel, verbs in VERBS.items():
    for name, verb in verbs.items():
        app.command(name, cls=OnceCommand, rich_help_panel=panel)(verb)
app.add_typer(keys.keys_app, name="keys", rich_help_panel=KEEP)
app.add_typer(api_keys.api_keys_app, name="api-keys", rich_help_panel=SERVE)
app.add_typer(members.members_app, name="members", rich_help_panel=SERVE)
app.add_typer(webhooks.webhooks_app, name="webhooks", rich_help_panel=SERVE)
app.add_typer(retention.retention_app, name="retention", rich_help_panel=SERVE)
app.add_typer(queue.queue_app, name="queue", rich_help_panel=SERVE)
app.add_typer(looks.looks_app, name="looks", rich_help_panel=LOOK)
app.add_typer(models.models_app, name="models", rich_help_panel=LOOK)
app.add_typer(engines.engines_app, name="engines", rich_help_panel=SERVE)

app.add_typer(spend.spend_app, name="spend", rich_help_panel=LOOK)


@app.callback(invoke_without_command=True)
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
        typer.echo(f"reelwright {_version()}")
        raise typer.Exit


def _version() -> str:
    """Return the version of the installed package, or say that it runs from its sources."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("reelwright")
    except PackageNotFoundError:
        return "from its sources, not installed"


def _drop_other_verbs(typed: Sequence[str]) -> None:
    """Keep only the verb that is typed: to build all of them takes as long as many a verb itself (0.1 s, 2026-11-23).

    Keep all where another word comes first: help, and what is said of an unknown verb, name them.
    """
    commands = [command for command in app.registered_commands if command.name in typed[:1]]
    groups = [group for group in app.registered_groups if group.name in typed[:1]]
    if commands or groups:
        app.registered_commands, app.registered_groups = commands, groups


def main() -> None:
    """Run the command that was typed, and exit the process with its code. Any error ends in one message, with
    ``--json`` in one object, and in one exit code.
    """
    open_streams()
    choose_log_format(os.environ)
    json_out = "--json" in sys.argv[1:]
    _drop_other_verbs(sys.argv[1:])
    try:
        code = run_with_exit_code(lambda: int(app(standalone_mode=False) or 0), json_out=json_out)
    except SystemExit as ended:  # a verb exits by itself
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    sys.exit(flush_output(code))
