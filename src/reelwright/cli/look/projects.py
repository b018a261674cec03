"""The verbs ``projects`` and ``show``: list all projects, and print one with its shots, takes and film."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli.look.jobs import format_state
from reelwright.cli.output.actions import format_message
from reelwright.cli.output.output import print_json, print_list, print_script
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import find_rehearsals, run
from reelwright.reel.film.markup import to_plain_text
from reelwright.units import format_usd

if TYPE_CHECKING:
    from reelwright.studio.results.listings import ProjectDetails
    from reelwright.studio.studio import AsyncStudio


def list_projects(rehearse: o.Rehearsals = False, json: o.Json = False) -> None:
    """List all projects, newest first."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_projects()
        if json:
            print_list("projects", found)
            return
        rows = (
            (
                row.id,
                row.state or "idle",
                f"{row.duration_s:.1f} s" if row.duration_s else "no plan yet",
                format_usd(row.micros),
                f"r{row.revision}",
                row.title,
            )
            for row in found
        )
        print_table(
            ("project", "state", "length", "cost", "plan", "title"), rows, right=("length", "cost"), wrap="title"
        )
        if not found:
            typer.echo('no projects yet. To start one: reelwright make "YOUR BRIEF"')

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


def show(
    project: o.Project = "last",
    script: o.AsScript = False,
    rehearse: o.Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Show a project: shots, takes, film and what the checks found.

    ● marks the take that the film uses. The last line says what must be made, and its price.
    """

    async def verb(studio: AsyncStudio) -> None:
        if script:
            print_script(await studio.read_script(project), json_out=json)
            return
        shown = await studio.show(project)
        (print_json if json else print_project)(shown)

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse), project=project)


def print_project(view: ProjectDetails) -> None:
    """Print a project as lines of text: shots, takes, cut, findings, film, job and price."""
    typer.echo(f"{view.title} · {view.project} · revision {view.revision}")
    shots = (
        (
            str(shot.n),
            f"{shot.start_s:.2f}",
            f"{shot.duration_s:.2f} s",
            shot.beat,
            " ".join(f"{'●' if take.is_circled else '○'}{take.n}" for take in view.takes if take.shot == shot.id),
            " / ".join(map(to_plain_text, shot.words.values())),
        )
        for shot in view.shots
    )
    columns = ("shot", "start", "length", "beat", "takes", "words")
    print_table(columns, shots, right=("shot", "start", "length"), wrap="words")
    if view.cut:
        last = view.cut[-1]
        typer.echo(f"cut: {len(view.cut)} edits, {last.start_s + last.duration_s:.1f} s")
    for take in view.takes:
        if take.duration_s is not None and len(view.takes) > 1:
            shot = next((shot.n for shot in view.shots if shot.id == take.shot.partition("/")[0]), "?")
            sound = "with sound" if take.has_sound else "without sound"
            typer.echo(f"take {take.n} of shot {shot}: {take.duration_s:.2f} s, {take.width}x{take.height}, {sound}")
    for finding in view.findings:
        mark = "accepted" if finding.is_accepted else "fails" if finding.is_fault else "note"
        typer.echo(f"  {mark}: {finding.message} [{finding.id}]")
    for film in view.films or ((view.film,) if view.film else ()):
        typer.echo(f"{film.path}")
        typer.echo(f"  {film.duration_s:.1f} s · {film.width}x{film.height} · marked {view.marking}")
    if view.job:
        message = format_message(view.job.message, view.job.reason)
        typer.echo(f"job {view.job.id}: {format_state(view.job)} {message}".rstrip())
    for warning in view.money_warnings:
        typer.echo(f"  money: {warning}; see `reelwright spend`")
    if view.quote:
        typer.echo(view.quote.line)
