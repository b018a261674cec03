"""The program ``reelwright``: its verbs, and the one place where an error becomes a message and an exit code."""

from __future__ import annotations

import sys

import typer

from reelwright.cli import (
    accept,
    apply,
    backup,
    batch,
    cancel,
    circle,
    clip,
    demo,
    doctor,
    edit,
    export,
    fake,
    flavors,
    jobs,
    keys,
    make,
    models,
    plan,
    projects,
    pull,
    quote,
    resume,
    retake,
    retry,
    show,
    spend,
    tidy,
    verify,
    watch,
    write,
)
from reelwright.cli.door import guarded
from reelwright.cli.once import OnceCommand
from reelwright.cli.stops import stop_at_once
from reelwright.cli.streams import code_after_printing, open_streams

EXIT_CODES = """
Exit codes: 0 done · 1 failed · 2 bad input · 3 stopped at a price · 4 waits for a decision · 5 over budget ·
130 interrupted (the job stays; `reelwright resume` goes on).
"""

app = typer.Typer(
    name="reelwright",
    help="From a brief to a finished film. The price comes first; nothing is paid for twice; a change costs only "
    "what depends on it.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

MAKE, CHANGE, LOOK, KEEP = "Make", "Change", "Look", "Keep and hand over"
for panel, verbs in {
    MAKE: (
        make.make,
        clip.clip,
        batch.batch,
        quote.quote,
        plan.plan,
        write.write,
        resume.resume,
        retry.retry,
        cancel.cancel,
        demo.demo,
    ),
    CHANGE: (edit.edit, retake.retake, circle.circle, accept.accept),
    LOOK: (watch.watch, jobs.jobs, projects.projects, show.show, flavors.flavors, doctor.doctor),
    KEEP: (pull.pull, apply.apply, export.export, tidy.tidy, backup.backup, backup.restore, verify.verify, fake.fake),
}.items():
    for verb in verbs:
        app.command(cls=OnceCommand, rich_help_panel=panel)(verb)
app.add_typer(keys.keys, rich_help_panel=KEEP)
app.add_typer(models.verb, name="models", rich_help_panel=LOOK)

app.add_typer(spend.spend, name="spend", rich_help_panel=LOOK)


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    if version:
        typer.echo(f"reelwright {_version()}")
        raise typer.Exit


def _version() -> str:
    """As installed, or as the sources beside this file say."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("reelwright")
    except PackageNotFoundError:
        return "from its sources, not installed"


def main() -> None:
    """Entry point of the console script: whatever happens, one message, one object with ``--json``, one exit code."""
    stop_at_once()
    open_streams()
    json_out = "--json" in sys.argv[1:]
    try:
        code = guarded(lambda: int(app(standalone_mode=False) or 0), json_out=json_out)
    except SystemExit as ended:  # a verb exits by itself
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    sys.exit(code_after_printing(code))
