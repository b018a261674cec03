"""Sends one message to a webhook: to an address that was checked, within five seconds, without following redirects."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from reelwright.errors import BadInput
from reelwright.net.address import Endpoint, parse_url, refuse_unreachable, resolve_reachable
from reelwright.net.exchange import FAILED, Network, Timeouts, create_pool, open_response
from reelwright.net.http_request import build_request
from reelwright.net.http_response import parse_retry_after, read_headers
from reelwright.net.network_backend import NetworkBackend
from reelwright.net.policy import MAX_WEBHOOK_URL_CHARS, WEBHOOK_ATTEMPT_S
from reelwright.net.redact import redact_line
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.value import define_value

_TIMEOUTS: Final = Timeouts(connect_s=WEBHOOK_ATTEMPT_S, write_s=WEBHOOK_ATTEMPT_S, read_s=WEBHOOK_ATTEMPT_S)
_GONE: Final = 410
_WAITS: Final = frozenset({429, 503})


@define_value
class Answer:
    """The answer of a receiver. ``reason``: why the message counts as not arrived; None if it arrived.

    ``status`` None: there was no answer. ``after_s``: when the receiver wants to be asked again. ``is_gone``: it wants
    nothing more, ever.
    """

    status: int | None = None
    reason: Reason | None = None
    after_s: float = 0.0
    is_gone: bool = False


def check_webhook_url(url: str, *, may_use_private: bool = True) -> str:
    """Return ``url`` unchanged; raise ``BadInput`` unless it is https, or http to this machine.

    It has at most 2,000 characters, no fragment, and no address that nothing is ever sent to. What a name resolves to
    is checked at every attempt: it can point somewhere else by then. ``may_use_private``: this machine and private
    networks are reached; True where the sender alone knows that.
    """
    if len(url) > MAX_WEBHOOK_URL_CHARS:
        raise BadInput("url", f"{url[:40]}…", f"at most {MAX_WEBHOOK_URL_CHARS} characters")
    endpoint = parse_url(url)
    if "#" in url or (endpoint.scheme == "http" and not endpoint.is_loopback):
        raise BadInput("url", url.split("?")[0][:120], "an https URL without a fragment; http only to this machine")
    try:
        refuse_unreachable(endpoint, may_use_private=may_use_private)
    except BadInput as error:
        actions = () if may_use_private else (Action("pass_option", {"option": "allow_private_webhooks"}),)
        raise BadInput("url", error.value, error.accepted, actions=actions) from None
    return url


async def send_webhook(
    url: str, headers: Mapping[str, str], body: str, *, may_use_private: bool, network: Network | None = None
) -> Answer:
    """Send one POST with a JSON body within 5 s; every failure is in the answer, and none is raised.

    ``may_use_private``: the address may be this machine or in a private network. Nothing of it is logged.
    """
    try:
        async with asyncio.timeout(WEBHOOK_ATTEMPT_S):
            endpoint = parse_url(url)
            return await _exchange(endpoint, headers, body, may_use_private, network or Network())
    except BadInput as error:
        actions = () if may_use_private else (Action("pass_option", {"option": "allow_private_webhooks"}),)
        return Answer(
            reason=build_reason("webhook_address_refused", actions=actions, found=error.value, accepted=error.accepted)
        )
    except TimeoutError:
        return Answer(reason=build_reason("webhook_too_slow", most_s=WEBHOOK_ATTEMPT_S))
    except (*FAILED, UnicodeError, ValueError) as error:
        words = redact_line(f"{type(error).__name__} {error}", 120)
        return Answer(reason=build_reason("webhook_unreachable", cause=words))


async def _exchange(
    endpoint: Endpoint, headers: Mapping[str, str], body: str, may_use_private: bool, network: Network
) -> Answer:
    addresses = await resolve_reachable(endpoint, network.resolve, may_use_private=may_use_private)
    sent = {**headers, "content-type": "application/json", "user-agent": "reelwright-webhooks/1", "accept": "*/*"}
    request = build_request("POST", endpoint, sent, content=body.encode()).add_connection_close()
    trust = network.trust() if endpoint.scheme == "https" else None
    lines = NetworkBackend(network.resolve, network.dial, addresses)
    async with (
        create_pool(lines, trust, max_connections=1, max_idle=0) as pool,
        open_response(pool, request, _TIMEOUTS, WEBHOOK_ATTEMPT_S) as (response, _),
    ):
        return _read_answer(response.status, read_headers(response))


def _read_answer(status: int, headers: Mapping[str, str]) -> Answer:
    if 200 <= status < 300:
        return Answer(status=status)
    after_s = parse_retry_after(headers) or 0.0 if status in _WAITS else 0.0
    return Answer(
        status=status, reason=build_reason("webhook_refused", status=status), after_s=after_s, is_gone=status == _GONE
    )
