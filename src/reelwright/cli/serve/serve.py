"""The verbs ``serve`` and ``worker``: the studio as a server, and processes that do its work."""

from __future__ import annotations

import os
import sys
import webbrowser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.logs import print_notice
from reelwright.cli.shared import options as o
from reelwright.cli.shared.option_groups import RehearsalOptions
from reelwright.cli.shared.runner import run, run_with_exit_code
from reelwright.errors import BadInput
from reelwright.server.policy import MAX_STREAMS_PER_CALLER, RATE_LIMIT
from reelwright.settings import is_loopback
from reelwright.units import format_usd

if TYPE_CHECKING:
    from reelwright.server.deployment import Deployment
    from reelwright.studio.machine.old_settings import OldEnvironment
    from reelwright.studio.studio import AsyncStudio

PrivateWebhooks = Annotated[
    bool,
    typer.Option("--allow-private-webhooks", help="Send webhooks also to this machine and to private networks."),
]

EnvFile = Annotated[
    Path | None,
    typer.Option(
        "--env-file", metavar="FILE", help="Settings as NAME=VALUE lines, also of the programs that made films before "
        "(`doctor --env`). The environment itself wins.",
    ),
]  # fmt: skip

PublicUrl = Annotated[
    str | None,
    typer.Option(
        "--public-url",
        metavar="URL",
        help="Public https address of the server. Providers send word to it when work is done.",
    ),
]


def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="Port to listen on.")] = 8000,
    auto_approve: Annotated[
        str | None,
        typer.Option(
            "--auto-approve", metavar="USD", help="Buy every job that costs at most this, without asking you. Default: "
            "refuse jobs that cost anything.",
        ),
    ] = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host", metavar="NAME", help="Also accept requests for this host name, such as "
            "the public name of a proxy; repeatable."
        ),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option("--allow-origin", metavar="ORIGIN", help="Another site whose pages may use this server (CORS)."),
    ] = None,
    require_key: Annotated[
        bool,
        typer.Option(
            "--require-key", help="Serve nobody without an API key (`api-keys add`). Allows --host to be any address."
        ),
    ] = False,
    metrics_port: Annotated[
        int | None, typer.Option("--metrics-port", metavar="PORT", min=0, max=65535, help="Port for /metrics.")
    ] = None,
    rate_limit: Annotated[
        str, typer.Option(
            "--rate-limit", metavar="N/min",
            help="Accept at most N requests of one API key per s, min or h. 0: no limit.",
        ),
    ] = RATE_LIMIT,
    max_streams: Annotated[
        int,
        typer.Option(
            "--max-streams", metavar="N", min=1, help="Most event streams that one API key may have open at once."
        ),
    ] = MAX_STREAMS_PER_CALLER,
    connections_per_address: Annotated[
        int | None,
        typer.Option(
            "--connections-per-address", metavar="N", min=1, max=100_000,
            help="Most connections that one address may have open at once; a trusted proxy may have any number. "
            "Default: a quarter of all, 250.",
        ),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--trusted-proxy", metavar="ADDRESS",
            help="Address or network of a proxy whose X-Forwarded-For and X-Forwarded-Proto to trust; repeatable.",
        ),
    ] = None,
    no_director: Annotated[
        bool, typer.Option("--no-director", help="Only answer requests; `reelwright worker` does the work.")
    ] = False,
    public_url: PublicUrl = None,
    env_file: EnvFile = None,
    allow_private_webhooks: PrivateWebhooks = False,
    *,
    rehearsal: RehearsalOptions,
) -> None:  # fmt: skip
    """Run an HTTP server for your films at http://127.0.0.1:8000: the studio for people in a browser, its own API
    (/docs), and OpenAI's video API.

    Only programs on this machine can reach it. To open it to others, require API keys (--require-key) or set up a
    sign-in (docs/guides/sign-in.md). Try it free of charge with --rehearse. Stop it with Ctrl-C: after the next
    start, it fetches the work that providers still have, and buys none of it twice.
    """

    origins = (*(allow_origin or ()), *_read_env_file(env_file))

    async def verb(studio: AsyncStudio) -> int:
        if rehearsal.rehearse and no_director:
            raise BadInput("no_director", True, "nothing together with --rehearse: a rehearsal works in one process")
        options = late.all_pages.ServeOptions(
            host=host, port=port, auto_approve=late.validation.parse_money(auto_approve, "auto_approve"),
            is_key_required=require_key,
            may_buy_unconfirmed=accept_unconfirmed, has_director=not no_director, hosts=frozenset(allow_host or ()),
            metrics_port=metrics_port, may_use_private=allow_private_webhooks, rate_limit=rate_limit,
            max_streams=max_streams, connections_per_address=connections_per_address or 0,
            origins=origins, trusted_proxies=tuple(trusted_proxy or ()),
        )  # fmt: skip
        await late.all_pages.serve_pages(studio, options, _print_start)
        return 0

    run(verb, rehearse=rehearsal.build(), public_url=public_url)


def open_studio(
    port: Annotated[
        int | None,
        typer.Option(
            "--port", metavar="PORT", min=0, max=65535, help="Port to listen on. Default: 8000, or a free one."
        ),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    *,
    rehearsal: RehearsalOptions,
) -> None:
    """Open the studio in your browser: type a brief, see the draft and the price, make the film, change a shot.

    Only this machine can reach it, and every price is shown before anything is bought. Needs no key. Ctrl-C ends it;
    what providers still have at work is fetched after the next start, and nothing is bought twice.
    """

    async def verb(studio: AsyncStudio) -> int:
        def announce(url: str, deployment: Deployment) -> None:
            print_notice(f"The studio is at {url}/studio (this machine only). Ctrl-C ends it.")
            if not no_browser and can_open_browser():
                webbrowser.open(f"{url}/studio")

        try:
            await late.all_pages.serve_pages(
                studio, late.all_pages.ServeOptions(port=8000 if port is None else port), announce
            )
        except BadInput as error:
            if port is not None or error.field != "port":
                raise
            await late.all_pages.serve_pages(studio, late.all_pages.ServeOptions(port=0), announce)
        return 0

    run(verb, rehearse=rehearsal.build())


def can_open_browser() -> bool:
    """Whether a browser with windows can be opened here. One for terminals would take this terminal over."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _read_env_file(file: Path | None) -> tuple[str, ...]:
    """Add the variables of a settings file to the environment, print what of it is not taken over, and return the
    origins that it allows. A variable of the environment stays. A file that cannot be read ends the process.
    """
    found: list[OldEnvironment] = []

    def read() -> int:
        if file is not None:
            found.append(late.old_settings.read_environment(file))
        return 0

    if code := run_with_exit_code(read, json_out=False):
        sys.exit(code)
    for one in found:
        for name, value in one.variables.items():
            os.environ.setdefault(name, value)
        if one.notes:
            print_notice("\n".join([f"{file}, not taken over:", *(f"  {note}" for note in one.notes)]))
    return tuple(origin for one in found for origin in one.origins)


def _print_start(url: str, deployment: Deployment) -> None:
    """Print where the server listens, what it approves, and what can be typed next."""
    limit = deployment.options.auto_approve
    if deployment.is_rehearsal:
        approval = "A rehearsal: every job is approved at its real price, and nothing is bought."
    elif deployment.is_caller_required:
        approval = "Each API key says what its jobs may cost."
        if deployment.issuer:
            most = f"up to ${format_usd(limit)} each" if limit else "nothing (--auto-approve USD)"
            approval += f" Jobs of members may cost {most} without max_usd."
    elif limit is None:
        approval = "Jobs of programs that cost anything are refused. To approve up to $1 each: --auto-approve 1"
    else:
        approval = f"Jobs of programs are approved up to ${format_usd(limit)} each; they are bought without asking you."
    lines = [f"Reelwright serves {url} ({_describe_reach(deployment)}). {approval}",
             f"  the studio: {url}/studio", f"  for programs: {url}/docs"]  # fmt: skip
    more = " --rehearse" if deployment.is_rehearsal else ""
    if deployment.issuer:
        sign_in = deployment.issuer.options
        lines.append(f"  People sign in at {sign_in.origin}{late.server_access.SIGN_IN_PATH} with {sign_in.issuer}.")
        lines.append(f"  To let in the first owner: reelwright members invite EMAIL --role owner{more}")
    elif deployment.options.is_key_required:
        lines.append(f"  Every request needs an API key. To create one: reelwright api-keys add NAME{more}")
    if not deployment.options.has_director:
        lines.append("  This process only answers. Start the work in another one: reelwright worker")
    print_notice("\n".join(lines))


def _describe_reach(deployment: Deployment) -> str:
    """Describe who can reach the server."""
    if is_loopback(deployment.options.host):
        needed = ", with an API key or signed in" if deployment.issuer else ", with an API key"
        return f"this machine only{needed if deployment.is_caller_required else ''}"
    who = "who has an API key or signs in" if deployment.issuer else "who has an API key"
    return f"everyone in its network {who}; without TLS, so put a proxy with TLS before it"


def run_worker(
    public_url: PublicUrl = None, env_file: EnvFile = None, allow_private_webhooks: PrivateWebhooks = False
) -> None:
    """Run queued jobs until you stop it with Ctrl-C: for servers that run with --no-director.

    Any number of workers may run, also on other machines with the same database and folder. If one stops, another
    waits for the work that providers still have, and buys none of it twice.
    """

    async def verb(studio: AsyncStudio) -> int:
        runtime = await studio.open_runtime()
        announce = partial(print_notice, "The worker waits for jobs. Ctrl-C stops it.")
        await late.serving.run_forever(runtime, announce, may_use_private=allow_private_webhooks)
        return 0

    _read_env_file(env_file)
    run(verb)
