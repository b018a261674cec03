"""The verb ``show``: a project with its shots, takes and film."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.telling import put_json, put_script
from reelwright.reel.marked import plain

if TYPE_CHECKING:
    from reelwright.studio.answers import Shown
    from reelwright.studio.studio import AsyncStudio


def show(
    project: o.Project = "last",
    script: o.AsScript = False,
    json: o.Json = False,
) -> None:
    """Show a project: shots, takes, film, findings.

    ● marks the take that the film uses; the last line says what it wants now.
    """

    async def verb(studio: AsyncStudio) -> None:
        if script:
            put_script(await studio.script_of(project), json_out=json)
            return
        shown = await studio.show(project)
        (put_json if json else put_shown)(shown)

    run(verb, json_out=json, project=project)


def put_shown(shown: Shown) -> None:
    """A page of plain lines."""
    typer.echo(f"{shown.title} · {shown.project} · revision {shown.revision}")
    for shot in shown.shots:
        takes = " ".join(f"{'●' if t.circled else '○'}{t.n}" for t in shown.takes if t.shot == shot.id)
        words = " / ".join(map(plain, shot.words.values()))
        typer.echo(f"{shot.n:>3}  {shot.start_s:6.2f}  {shot.seconds:5.2f} s  {shot.beat:<15}{takes:<8} {words}")
    if shown.cut:
        last = shown.cut[-1]
        typer.echo(f"cut: {len(shown.cut)} edits, {last.at_s + last.seconds:.1f} s")
    for finding in shown.findings:
        mark = "accepted" if finding.accepted else "fails" if finding.fails else "note"
        typer.echo(f"  {mark}: {finding.said} [{finding.id}]")
    if shown.film:
        typer.echo(f"{shown.film.path}")
        typer.echo(f"  {shown.film.duration_s:.1f} s · {shown.film.width}x{shown.film.height} · marked {shown.marking}")
    if shown.job:
        typer.echo(f"job {shown.job.id}: {shown.job.state} {shown.job.said}".rstrip())
    for said in shown.doubtful:
        typer.echo(f"  money: {said}; see `reelwright spend`")
    if shown.quote:
        typer.echo(shown.quote.line)
