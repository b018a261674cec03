"""The verb ``projects``: list all projects, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli.output.output import print_json
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.rehearsal import find_rehearsals
from reelwright.cli.shared.runner import run
from reelwright.units import format_usd

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def list_projects(rehearse: o.Rehearsals = False, json: o.Json = False) -> None:
    """List all projects, newest first."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_projects()
        if json:
            from reelwright.studio.results.listings import ProjectList

            print_json(ProjectList(projects=found))
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
