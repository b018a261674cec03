"""The verb ``voices``: list the voices that can read a film's lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.cli.output.logs import print_notice
from reelwright.cli.output.output import print_json
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.rehearsal import build_rehearsal
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def list_voices(rehearse: o.Rehearse = False, json: o.Json = False) -> None:
    """List the voices that can read a film's lines, by asking each provider whose key you have. Costs nothing."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_voices()
        if json:
            print_json(found)
        elif not found.providers:
            print_notice(
                "No voices: you have no key of a provider that sells them. Add one: reelwright keys add elevenlabs"
            )
        else:
            rows = (
                (row.id, row.name, row.provider, " ".join(row.languages), row.description or _join(row.labels))
                for row in found.voices
            )
            print_table(("voice", "name", "provider", "languages", "description"), rows, wrap="description")

    run(verb, json_out=json, rehearse=build_rehearsal(rehearse, None, None))


def _join(labels: dict[str, str]) -> str:
    return ", ".join(value for name, value in labels.items() if name != "language")
