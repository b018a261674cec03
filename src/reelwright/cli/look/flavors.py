"""The verb ``flavors``: list the named ways of making films."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.cli.output.output import print_json
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def list_flavors(json: o.Json = False) -> None:
    """List the flavors: named sets of defaults for a film."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_flavors()
        if json:
            from reelwright.studio.results.inventory import FlavorList

            print_json(FlavorList(flavors=found))
            return
        rows = (
            (row.name, "", "", "", "", f"cannot be used: {row.fault}")
            if row.fault
            else (
                row.name,
                row.aspect,
                f"{row.duration_s:.0f} s",
                row.look,
                "voice" if row.has_voice else "no voice",
                row.description,
            )
            for row in found
        )
        columns = ("flavor", "aspect", "length", "look", "voice", "description")
        print_table(columns, rows, right=("length",), wrap="description")

    run(verb, json_out=json)
