"""Webhooks of the caller's account: addresses that are told of its events, and what was sent to them. For owners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from reelwright.errors import BadInput
from reelwright.reel.records.webhook import WEBHOOK_KINDS
from reelwright.server.api_description import describe_body
from reelwright.server.caller import require_owner
from reelwright.server.policy import ROWS_PER_PAGE
from reelwright.server.program_requests import read_options
from reelwright.server.routes.native import (
    ACCEPTED,
    Whole,
    answer,
    answer_page,
    check_limit,
    describe,
    describe_page,
    get_deployment,
    get_studio,
)
from reelwright.studio.accounts.webhooks import (
    CreatedWebhook,
    DeliverySummary,
    RemovedWebhook,
    WebhookList,
    WebhookSummary,
)
from reelwright.studio.results.options import Name, Options, Url

router = APIRouter(prefix="/api/v1", tags=["webhooks"], dependencies=[Depends(require_owner)])


Kind = Annotated[str, Field(json_schema_extra={"enum": list(WEBHOOK_KINDS)})]


class WebhookBody(Options):
    """A new webhook."""

    url: Annotated[Url, Field(description="an https URL")]
    events: Annotated[Sequence[Kind], Field(description="the kinds of events that it is told of; empty: all")] = ()
    include_prompt: Annotated[bool, Field(description="whether job.created says what was asked for")] = False


class WebhookChange(Options):
    """The body of a change of a webhook. What is left out stays."""

    url: Annotated[Url | None, Field(description="an https URL")] = None
    events: Annotated[
        Sequence[Kind] | None, Field(description="the kinds of events that it is told of; empty: all")
    ] = None
    include_prompt: Annotated[bool | None, Field(description="whether job.created says what was asked for")] = None
    is_enabled: Annotated[bool | None, Field(description="false: it is told nothing; true: from now on again")] = None


def may_use_private(request: Request) -> bool:
    """Whether webhooks of the server may be sent to this machine and to private networks."""
    deployment = get_deployment(request)
    return deployment.options.may_use_private or deployment.runtime.settings.private_webhooks == "allow"


def _answer_secret(made: CreatedWebhook, status: int) -> JSONResponse:
    return JSONResponse(made.to_json(), status, {"Cache-Control": "no-store"})


@router.get("/webhooks", summary="List webhooks", responses=describe(WebhookList))
async def list_webhooks(request: Request) -> JSONResponse:
    """List the webhooks of the account. Never has a secret. For owners."""
    return answer(WebhookList(webhooks=await get_studio(request).list_webhooks()))


@router.post(
    "/webhooks", summary="Add a webhook", status_code=201, openapi_extra=describe_body(WebhookBody),
    responses=describe(CreatedWebhook, 201),
)  # fmt: skip
async def create_webhook(request: Request) -> JSONResponse:
    """Add a webhook: an address to which events of the account are sent from now on. The answer has its ``secret``,
    which cannot be read again. For owners.
    """
    given = await read_options(request, WebhookBody)
    made = await get_studio(request).create_webhook(
        given.url, events=given.events, include_prompt=given.include_prompt, may_use_private=may_use_private(request)
    )
    return _answer_secret(made, 201)


@router.get("/webhooks/{webhook}", summary="Read a webhook", responses=describe(WebhookSummary))
async def read_webhook(request: Request, webhook: Name) -> JSONResponse:
    """Return a webhook: the kinds of events that are sent to it, and why it is disabled, if it is. Never has a secret.
    For owners.
    """
    return answer(await get_studio(request).read_webhook(webhook))


@router.patch(
    "/webhooks/{webhook}", summary="Change a webhook", openapi_extra=describe_body(WebhookChange),
    responses=describe(WebhookSummary),
)  # fmt: skip
async def update_webhook(request: Request, webhook: Name) -> JSONResponse:
    """Change the address or the events of a webhook, or disable or enable it. What happened while it was disabled is
    not sent. For owners.
    """
    given = (await read_options(request, WebhookChange)).model_dump(exclude_unset=True)
    if unset := next((name for name, value in given.items() if value is None), None):
        raise BadInput(unset, None, "a value; leave the field out for none")
    return answer(await get_studio(request).update_webhook(webhook, may_use_private=may_use_private(request), **given))


@router.delete("/webhooks/{webhook}", summary="Remove a webhook", responses=describe(RemovedWebhook))
async def remove_webhook(request: Request, webhook: Name) -> JSONResponse:
    """Delete a webhook with its secrets and the log of its deliveries. For owners."""
    return answer(RemovedWebhook(webhook=await get_studio(request).remove_webhook(webhook)))


@router.post("/webhooks/{webhook}/rotate", summary="Rotate a secret", responses=describe(CreatedWebhook))
async def rotate_webhook_secret(request: Request, webhook: Name) -> JSONResponse:
    """Create a new signing secret for a webhook and return it. For 24 hours every message is signed with the new and
    the earlier one. For owners.
    """
    return _answer_secret(await get_studio(request).rotate_webhook_secret(webhook), 200)


@router.post(
    "/webhooks/{webhook}/test", summary="Test a webhook", status_code=ACCEPTED,
    responses=describe(DeliverySummary, ACCEPTED),
)  # fmt: skip
async def test_webhook(request: Request, webhook: Name) -> JSONResponse:
    """Send a test message (``webhook.test``) to a webhook, whatever events it is subscribed to. For owners."""
    return answer(await get_studio(request).test_webhook(webhook), ACCEPTED)


@router.get("/webhook-deliveries", summary="List deliveries", responses=describe_page("deliveries", DeliverySummary))
async def list_deliveries(
    request: Request,
    webhook: Name | None = None,
    state: Name | None = None,
    limit: Whole = ROWS_PER_PAGE,
    after: Name | None = None,
) -> JSONResponse:
    """List the deliveries (sent and pending messages) to one webhook or to all, the newest first. Kept for 30 days. For
    owners.

    ``state``: ``pending``, ``delivered`` or ``failed``.
    """
    studio = get_studio(request)
    rows = await studio.list_deliveries(webhook, state=state, limit=check_limit(limit) + 1, after=after)
    return answer_page("deliveries", rows, limit)


@router.get("/webhook-deliveries/{delivery}", summary="Read a delivery", responses=describe(DeliverySummary))
async def read_delivery(request: Request, delivery: Name) -> JSONResponse:
    """Return a delivery: the message, how often it was sent, and how the receiver answered. For owners."""
    return answer(await get_studio(request).read_delivery(delivery))


@router.post(
    "/webhook-deliveries/{delivery}/replay", summary="Replay a delivery", status_code=ACCEPTED,
    responses=describe(DeliverySummary, ACCEPTED),
)  # fmt: skip
async def repeat_delivery(request: Request, delivery: Name) -> JSONResponse:
    """Send a delivery again now, with the same ``webhook-id`` and the same body. For owners."""
    return answer(await get_studio(request).repeat_delivery(delivery), ACCEPTED)
