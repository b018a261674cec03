"""The verbs ``pull``, ``apply`` and ``export``: a project as files that you can keep in git, and back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import (
    ProgressPrinter,
    print_result,
    print_script,
)
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import make_at_price
from reelwright.cli.shared.option_groups import ApprovalOptions
from reelwright.cli.shared.runner import run
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def pull(
    project: o.Project,
    folder: Annotated[Path | None, typer.Argument(help="Folder to write. Default: named after the project.")] = None,
    script: o.AsScript = False,
    json: o.Json = False,
) -> None:
    """Write a project as a film.yaml with its pictures and clips.

    The file holds the brief, the plan and your choices. `apply` reads it back.
    """

    async def verb(studio: AsyncStudio) -> None:
        if script:
            if folder is not None:
                raise BadInput("folder", str(folder), "no folder together with --script, which only prints")
            print_script(await studio.read_script(project), json_out=json)
            return
        pulled = await studio.pull(project, folder)
        print_result(pulled, f"{pulled.film} (revision {pulled.revision}, {len(pulled.files)} files)", json)

    run(verb, json_out=json, project=project)


def apply(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder with a film.yaml, or the file itself.")],
    out: o.Out = None,
    quote: o.Quote = False,
    *,
    approval: ApprovalOptions,
    json: o.Json = False,
) -> None:
    """Make the film that a film.yaml describes.

    Only what depends on your changes is made again. You see the price first.
    """

    async def verb(studio: AsyncStudio) -> int:
        approval.check(out)
        quoted = await studio.quote_apply(folder, listen=ProgressPrinter(quiet=json))
        return await make_at_price(
            studio, quoted, partial(studio.apply, folder), only_quote=quote, approval=approval,
            json_out=json, out=out,
        )  # fmt: skip

    run(verb, json_out=json, delivers_here=True)


def export(
    project: o.Project,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="ZIP file to write, or a folder for it.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Write a ZIP file with the film, its caption files, film.yaml and your pictures and clips."""

    async def verb(studio: AsyncStudio) -> None:
        exported = await studio.export(project, out)
        print_result(
            exported, f"{exported.path} ({exported.size_bytes / 1e6:.1f} MB, {len(exported.files)} files)", json
        )

    run(verb, json_out=json, project=project)
