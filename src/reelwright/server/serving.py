"""Starts a server with its director, and stops both within a deadline."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from reelwright.errors import BadInput
from reelwright.net.keys import Keys
from reelwright.reason import Action
from reelwright.server.app import build_app
from reelwright.server.connections import limit_addresses, raise_file_limit
from reelwright.server.deployment import Deployment, Pages, ServeOptions
from reelwright.server.downloads import open_redirects
from reelwright.server.guards import AnswerGuard, HostGuard
from reelwright.server.loop_watch import watch_loop
from reelwright.server.metrics import build_metrics_app
from reelwright.server.policy import (
    CONNECTION_BACKLOG,
    DRAIN_S,
    IDLE_CONNECTION_S,
    MAX_REQUEST_HEAD_BYTES,
    THREAD_SWITCH_S,
)
from reelwright.server.sign_in.issuer import Issuer
from reelwright.server.sign_in.sign_in_options import read_sign_in_options
from reelwright.settings import is_loopback
from reelwright.store.database.metric_counts import AccountCaps
from reelwright.studio.accounts.sweeper import sweep_forever
from reelwright.studio.accounts.webhook_delivery import send_webhooks_forever

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from reelwright.settings import Settings
    from reelwright.studio.runtime.runtime import Runtime
    from reelwright.studio.studio import AsyncStudio

_STOPPED_CODE: Final = 130
"""Exit code of a process that was told to stop twice."""


class _Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: it would end the process before the director has stopped."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    studio: AsyncStudio, options: ServeOptions, announce: Callable[[str, Deployment], None], pages: Pages | None = None
) -> None:
    """Run the HTTP server and its director until SIGTERM, SIGINT or cancellation; jobs may spend what was approved.

    ``announce``: called with the address once the server listens. ``pages``: those for people in a browser. Requests
    end within five seconds, then the director stops: what was at work at a provider stays in the journal, and the next
    start goes on with it. Raises ``BadInput`` for an address that is taken, or that others can reach although neither a
    key nor a sign-in is required, and for settings of the sign-in that are wrong.
    """
    runtime = await studio.open_runtime()
    issuer = open_issuer(runtime.settings)
    limit_accounts(runtime)
    deployment = Deployment(
        runtime=runtime, options=options, is_rehearsal=studio.rehearsal is not None, issuer=issuer, pages=pages,
        redirects=open_redirects(runtime.settings, runtime.vault),
    )  # fmt: skip
    if not deployment.is_caller_required and not is_loopback(options.host):
        raise BadInput(
            "host",
            options.host,
            "127.0.0.1, ::1 or localhost; other addresses only if the server requires API keys or has a sign-in",
            actions=[Action("pass_option", {"option": "require_key"})],
        )
    if runtime.settings.public_url and not deployment.is_caller_required:
        raise BadInput(
            "public_url",
            runtime.settings.public_url,
            "only if the server requires API keys or has a sign-in",
            actions=[Action("pass_option", {"option": "require_key"})],
        )
    check_proxies(options.trusted_proxies, is_caller_required=deployment.is_caller_required)
    most = raise_file_limit(options.most_connections)
    connection = limit_addresses(options.connections_per_address or max(8, most // 4), options.trusted_proxies)
    config = uvicorn.Config(
        build_app(deployment), host=options.host, port=options.port, lifespan="off", log_config=None,
        access_log=False, server_header=False, timeout_graceful_shutdown=int(DRAIN_S),
        ws="websockets-sansio", proxy_headers=False, http=connection, timeout_keep_alive=IDLE_CONNECTION_S,
        h11_max_incomplete_event_size=MAX_REQUEST_HEAD_BYTES, limit_concurrency=most,
    )  # fmt: skip
    logging.getLogger("uvicorn.error").addFilter(_is_no_cut_off_request)
    server = _Server(config)
    sockets = [_bind(config)]
    try:
        metrics = _open_metrics(deployment)
    except BaseException:  # whatever it is, the first port is free again
        sockets[0].close()
        raise
    working = {
        asyncio.create_task(send_webhooks_forever(runtime, may_use_private=options.may_use_private)),
        asyncio.create_task(sweep_forever(runtime)),
    }
    if options.has_director:
        working.add(asyncio.create_task(runtime.driver.run_forever()))

    def stop(*_: Any) -> None:
        deployment.is_stopping = server.should_exit = True
        if metrics:
            metrics[0].should_exit = True

    with watch_loop(), _keep_pauses_short(), _handle_signals(stop):
        port = sockets[0].getsockname()[1]
        announce(f"http://{options.host}:{port}", deployment)
        serving = {asyncio.create_task(server.serve(sockets[:1]))}
        if metrics:
            serving.add(asyncio.create_task(metrics[0].serve([metrics[1]])))
            sockets.append(metrics[1])
        try:
            await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop()
            await asyncio.wait(serving)
            for one in sockets:
                one.close()
            if issuer:
                await issuer.close()
            for task in working:
                task.cancel()
            with suppress(TimeoutError, asyncio.CancelledError):
                async with asyncio.timeout(max(1.0, options.stop_s - DRAIN_S)):
                    await asyncio.wait(working)


def limit_accounts(runtime: Runtime) -> None:
    """Cap what each account may order and store through this process, by the settings."""
    given = runtime.settings
    caps = AccountCaps(
        given.account_jobs, given.account_projects_per_hour, given.account_assets, given.account_mb * 10**6
    )
    runtime.database.limit_accounts(caps)


def open_issuer(settings: Settings) -> Issuer | None:
    """Build the client for the sign-in issuer of the settings, without contacting it; None if no issuer is set. Raises
    ``BadInput``.
    """
    if not settings.oidc_issuer:
        return None

    return Issuer(read_sign_in_options(settings, Keys(settings)))


def check_proxies(proxies: Sequence[str], *, is_caller_required: bool) -> None:
    """Raise ``BadInput`` if a trusted proxy is no address or network, or if there are proxies but callers need no key
    or sign-in.
    """
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError as cause:
            accepted = "an IP address such as 127.0.0.1, or a network such as 10.0.0.0/8"
            raise BadInput("trusted_proxy", proxy, accepted) from cause
    if proxies and not is_caller_required:
        raise BadInput(
            "trusted_proxy", proxies[0], "only if the server requires API keys or has a sign-in",
            actions=[Action("pass_option", {"option": "require_key"})],
        )  # fmt: skip


def _open_metrics(deployment: Deployment) -> tuple[_Server, Any] | None:
    """Open the port of the metrics, if there is to be one. Raises ``BadInput`` if it is taken.

    They ask for no key and add up all accounts, so they never listen where others can reach them.
    """
    options = deployment.options
    if options.metrics_port is None:
        return None

    config = uvicorn.Config(
        AnswerGuard(HostGuard(build_metrics_app(deployment), options.hosts)), port=options.metrics_port, lifespan="off",
        host=options.host if is_loopback(options.host) else "127.0.0.1", log_config=None, access_log=False,
        server_header=False, ws="none", proxy_headers=False,
    )  # fmt: skip
    return _Server(config), _bind(config)


async def run_forever(runtime: Runtime, announce: Callable[[], None], *, may_use_private: bool) -> None:
    """Run a worker without HTTP until SIGTERM, SIGINT or cancellation: run jobs (which spend what was approved), send
    webhooks, and delete files that retention policies end.

    ``announce``: called once it works. ``may_use_private``: webhooks go also to private networks.
    """
    beside = {
        asyncio.create_task(send_webhooks_forever(runtime, may_use_private=may_use_private)),
        asyncio.create_task(sweep_forever(runtime)),
    }
    working, is_stopped = asyncio.create_task(runtime.driver.run_forever()), asyncio.Event()
    stopping = asyncio.create_task(is_stopped.wait())
    with _handle_signals(is_stopped.set):
        try:
            announce()
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
        finally:
            tasks = {working, stopping, *beside}
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


def _bind(config: uvicorn.Config) -> Any:
    """Open the socket. Raises ``BadInput`` if the address is taken; uvicorn would end the process."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where the protocol is named. Without it, an answer on an open connection waits up to
    # 40 ms for the client's acknowledgement of its head.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((config.host, config.port))
        sock.listen(CONNECTION_BACKLOG)  # from now on a client can connect, and waits for the first answer
    except OSError as cause:
        sock.close()
        raise BadInput("port", config.port, f"a free port ({cause.strerror})") from cause
    return sock


@contextmanager
def _keep_pauses_short() -> Iterator[None]:
    """Keep what was loaded so far out of garbage collection, and let threads that plan films hand over often.

    A collection of the whole heap held the loop for 0.2 s (2026-11-24), and a thread otherwise goes on for 5 ms each
    time that the loop wants to run. A process that keeps objects out by itself goes on as it does.
    """
    interval_s, is_ours = sys.getswitchinterval(), not gc.get_freeze_count()
    sys.setswitchinterval(THREAD_SWITCH_S)
    if is_ours:
        gc.collect()
        gc.freeze()
    try:
        yield
    finally:
        if is_ours:
            gc.unfreeze()
        sys.setswitchinterval(interval_s)


@contextmanager
def _handle_signals(stop: Callable[..., None]) -> Iterator[None]:
    """Call ``stop`` on the first SIGTERM or SIGINT within the block; the second one ends the process at once: all state
    is on disk. Then the caller's handlers are back: the loop's own way would put the system's there, which end a
    process that still clears up. Does nothing in a thread that may not handle signals.
    """
    loop, before = asyncio.get_running_loop(), dict[signal.Signals, Any]()
    pressed = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            os._exit(_STOPPED_CODE)
        pressed = True
        loop.call_soon_threadsafe(stop)

    with suppress(ValueError):
        for name in (signal.SIGTERM, signal.SIGINT):
            before[name] = signal.signal(name, handle)
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler or signal.SIG_DFL)


def _is_no_cut_off_request(record: logging.LogRecord) -> bool:
    """Whether a record of uvicorn is about anything else than a request that had not ended when the server stopped."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))
