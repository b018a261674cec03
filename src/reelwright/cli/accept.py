"""The verb ``accept``: overrule what the quality checks found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.telling import Telling, code_of, put_film, put_json

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def accept(
    project: o.Project,
    finding: Annotated[list[str] | None, typer.Argument(help="Ids of findings; none named: all that fail.")] = None,
    out: o.Out = None,
    json: o.Json = False,
) -> None:
    """Overrule findings of the checks; the waiting film is done. It is recorded who said so."""

    async def verb(studio: AsyncStudio) -> int:
        with Telling(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.accept(project, *(finding or ()), out=out, listen=telling)
        (put_json if json else put_film)(made)
        return code_of(made)

    run(verb, json_out=json, project=project)
