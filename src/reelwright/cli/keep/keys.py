"""The verb ``keys``: list, store and remove keys of providers. Never reads a secret from the command line."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import print_json, print_result
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.runner import run_blocking
from reelwright.errors import BadInput
from reelwright.settings import load_settings

if TYPE_CHECKING:
    from reelwright.studio.models.keys import KeyResult, KeySummary

keys_app = typer.Typer(cls=VerbGroup, name="keys", no_args_is_help=False, invoke_without_command=True)
Holder = Annotated[
    str,
    typer.Argument(metavar="PROVIDER", help="Provider of the key, such as openrouter; `reelwright keys` lists all."),
]
Rest = Annotated[list[str] | None, typer.Argument(hidden=True)]


@keys_app.callback()
def show_keys(context: typer.Context, json: o.Json = False) -> None:
    """List, add and remove the API keys of providers, and the secrets of the sign-in and of webhooks.

    A key itself is never shown. Keys of your own server: `api-keys`.
    """
    if context.invoked_subcommand is not None:
        return

    def look() -> int:
        found = late.key_verbs.list_keys(late.key_verbs.load_keys())
        if json:
            print_json(late.key_verbs.KeyList(keys=found))
        else:
            print_table(("name", "key", "for", "where"), map(_format_key, found), wrap="where")
        return 0

    run_blocking(look, json_out=json)


@keys_app.command(cls=OnceCommand, context_settings={"ignore_unknown_options": True})
def add(
    provider: Holder,
    rest: Rest = None,
    keyring: Annotated[
        bool, typer.Option("--keyring", help="Store the key in the system's keyring, not in a file.")
    ] = False,
    skip_check: Annotated[
        bool, typer.Option("--unchecked", help="Do not ask the provider whether the key is valid.")
    ] = False,
    json: o.Json = False,
) -> None:
    """Store the API key of a provider, read from a hidden prompt or from standard input.

    The provider is asked first whether the key is valid, if that costs nothing. An invalid key is not stored.
    """

    def act() -> int:
        if rest:
            raise BadInput(
                "the key", late.key_files.HIDDEN,
                "a key at the prompt or on standard input, never in the command itself",
                hint="others on this machine can read the command line: ask the provider for a new key",
            )  # fmt: skip
        late.key_files.get_holder(provider)
        kept = asyncio.run(
            late.key_verbs.add_key(
                load_settings(), provider, _read_secret(provider), keyring=keyring, ask=not skip_check
            )
        )
        (print_json if json else _print_kept_key)(kept)
        return 0

    run_blocking(act, json_out=json)


@keys_app.command(cls=OnceCommand)
def remove(provider: Holder, json: o.Json = False) -> None:
    """Remove the stored API key of a provider. Environment variables stay as they are."""

    def act() -> int:
        message = late.key_verbs.remove_key(load_settings(), provider)
        print_result(
            late.key_verbs.RemovedKey(holder=provider, message=message),
            f"removed the key of {provider}; {message}",
            json,
        )
        return 0

    run_blocking(act, json_out=json)


def _read_secret(provider: str) -> str:
    """Read the key from the terminal, hidden, or from the first line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(f"Key of {provider} (hidden)", hide_input=True, err=True))
    return sys.stdin.readline(8192)


def _format_key(row: KeySummary) -> tuple[str, str, str, str]:
    if row.source:
        return row.holder, row.fingerprint or "", row.describe_use(), f"from the {row.source}"
    return row.holder, "none", row.describe_use(), f"{' or '.join(row.variables)} · {row.page}"


def _print_kept_key(kept: KeyResult) -> None:
    typer.echo(f"stored the key {kept.fingerprint} of {kept.holder} in {kept.location}")
    typer.echo(f"  {kept.verdict}: {kept.message}")
