"""The verb ``keys``: which keys are there, one more kept, one removed. A secret is never read from a command line."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import guarded
from reelwright.cli.telling import put_json
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.keys import KeyKept, KeyShown

keys = typer.Typer(name="keys", no_args_is_help=False, invoke_without_command=True)
Holder = Annotated[str, typer.Argument(metavar="PROVIDER", help="Whose key, such as openrouter; `keys` lists them.")]
Rest = Annotated[list[str] | None, typer.Argument(hidden=True)]


@keys.callback()
def listed(context: typer.Context, json: o.Json = False) -> None:
    """Keep the keys of providers: list them, add one, remove one.

    The secrets themselves are never shown.
    """
    if context.invoked_subcommand is not None:
        return

    def look() -> int:
        from reelwright.studio.keys import current, keys_shown

        found = keys_shown(current())
        if json:
            put_json({"keys": [row.to_json() for row in found]})
        else:
            for row in found:
                typer.echo(_line(row))
        return 0

    sys.exit(guarded(look, json_out=json))


@keys.command(context_settings={"ignore_unknown_options": True})
def add(
    provider: Holder,
    rest: Rest = None,
    keyring: Annotated[bool, typer.Option("--keyring", help="Keep it in the system's keyring, not in a file.")] = False,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Do not ask the provider whether it is good.")] = False,
    json: o.Json = False,
) -> None:
    """Keep a key, read from a hidden prompt or from standard input.

    The provider is asked first, where that costs nothing, and what it refuses is not kept.
    """

    def act() -> int:
        from reelwright.net.keys import HIDDEN, holder_called
        from reelwright.settings import load
        from reelwright.studio.keys import add_key

        if rest:
            raise BadInput(
                "the key", HIDDEN, "on standard input or at the prompt",
                hint="everybody on this machine can read a command line: have the key replaced by its provider",
            )  # fmt: skip
        holder_called(provider)
        kept = asyncio.run(add_key(load(), provider, _secret(provider), keyring=keyring, ask=not unchecked))
        (put_json if json else _put_kept)(kept)
        return 0

    sys.exit(guarded(act, json_out=json))


@keys.command()
def remove(provider: Holder, json: o.Json = False) -> None:
    """Forget a key that was kept here. The environment is not touched."""

    def act() -> int:
        from reelwright.settings import load
        from reelwright.studio.keys import remove_key

        said = remove_key(load(), provider)
        if json:
            put_json({"holder": provider, "said": said})
        else:
            typer.echo(f"the key of {provider} is forgotten; {said}")
        return 0

    sys.exit(guarded(act, json_out=json))


def _secret(provider: str) -> str:
    """From the terminal, hidden, or the first line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(f"Key of {provider} (hidden)", hide_input=True, err=True))
    return sys.stdin.readline(8192)


def _line(row: KeyShown) -> str:
    opens = f"opens {len(row.opens)} models"
    if row.found:
        return f"{row.holder:<12}{row.fingerprint}  from the {row.found} · {opens}"
    return f"{row.holder:<12}{'none':<12}  {' or '.join(row.variables)} · {opens} · {row.page}"


def _put_kept(kept: KeyKept) -> None:
    typer.echo(f"kept in {kept.kept}: key {kept.fingerprint} of {kept.holder}")
    typer.echo(f"  {kept.verdict}: {kept.said}")
