"""Adapter of OpenRouter: video models of many makers behind one key. Each answer states what was really billed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import compute_catalogue_digest, get_sold_model
from reelwright.errors import BadInput, NotAccepted, OutcomeUnknown, ReelwrightError, Unreachable
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.net.redact import redact_line
from reelwright.net.webhooks import verify_openrouter_webhook
from reelwright.providers.catalogue_provider import CatalogueProvider
from reelwright.providers.families.assets import Picture, inspect_pictures, refuse_read
from reelwright.providers.families.data_uris import embed_data_uris, make_placeholder
from reelwright.providers.families.operation_paths import quote_operation_id
from reelwright.providers.families.outputs import require_media
from reelwright.providers.families.shapes import as_name, build_unreadable_bill, parse_notice_id
from reelwright.providers.families.video_faults import (
    from_timestamp,
    is_policy,
    make_poll_error,
    make_submit_error,
    parse_fault,
)
from reelwright.providers.policy import MAX_COST_DOLLARS, MAX_FILM_BYTES, MAX_PICTURE_BYTES
from reelwright.providers.protocol import Keep, Make, Output, Progress, Read
from reelwright.providers.wires.answers import check_same_key
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.outcome import MissingSample
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation
from reelwright.send_and_answer_waits import OPENROUTER_ANSWER_S
from reelwright.units import MICROS_PER_DOLLAR, Micros, is_plain_amount

_PATH: Final = "/api/v1/videos"
_KEY: Final = "OPENROUTER_API_KEY"
_STATES: Final[Mapping[str, Literal["queued", "running", "succeeded", "failed", "cancelled", "expired"]]] = {
    "pending": "queued",
    "in_progress": "running",
    "completed": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "expired": "expired",
}
"""OpenRouter's states to ours; an unknown one counts as running. Source: openrouter 1.3.84, videogenerationresponse."""
_HANDED_ON: Final = {"google": ("google-vertex", "negativePrompt")}
"""By maker: who runs the model, and the name of its negative prompt. Source: OpenRouter's cookbook, read 2026-11-20."""


class OpenRouter(CatalogueProvider):
    """Adapter of OpenRouter, which sells video models of many makers and can neither list nor cancel work.

    An unknown outcome is for a person to decide, who sees the purchase as ``session_id`` in OpenRouter's log.
    """

    name = "openrouter"
    read_s = OPENROUTER_ANSWER_S

    def __init__(self, http: HttpClient, key: Key | None = None) -> None:
        self._http, self._key = http, key.fingerprint if key else ""
        self._reads: dict[str, Read] = {}

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` unless the catalogue accepts the request, or for a negative prompt that would be dropped
        in silence.
        """
        super().check(request)
        if request.extra.get("negative_prompt") and _get_maker(get_sold_model(request.model)) not in _HANDED_ON:
            raise BadInput(
                "negative_prompt", request.extra["negative_prompt"], f"none for {request.model} at OpenRouter",
                hint="say in the prompt what there is to be seen instead",
            )  # fmt: skip

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Build the request that ``submit`` sends, with placeholders for pictures; never bills."""
        pictures = await inspect_pictures(inputs, read, MAX_PICTURE_BYTES)
        self._reads = {purchase: read, **dict(list(self._reads.items())[:63])}
        return {
            "purchase": purchase,
            "retry_on_503": get_sold_model(request.model).can_retry_on_503,
            "body": build_body(request, get_sold_model(request.model), pictures, purchase),
        }

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Send one paid POST and return the job that it starts as an operation; may spend."""
        try:
            body = await embed_data_uris(
                prepared_request["body"], self._reads.pop(prepared_request["purchase"], refuse_read)
            )
        except (ReelwrightError, OSError) as cause:
            raise NotAccepted(code="nothing_sent_inputs_unreadable", provider="OpenRouter", cause=cause) from cause
        answer = await self._http.send_once("POST", _PATH, json=body, read_s=self.read_s)
        if answer.status not in (200, 201, 202):
            raise make_submit_error(
                "OpenRouter", parse_fault(answer), retry_on_503=prepared_request["retry_on_503"], key=_KEY
            )
        try:
            job = answer.parse_json()
        except ValueError as cause:
            raise OutcomeUnknown(code="answer_not_json", provider="OpenRouter") from cause
        found = as_name(job.get("id")) if isinstance(job, Mapping) else ""
        if not found:
            raise OutcomeUnknown(code="answer_without_id", provider="OpenRouter")
        return Operation(id=found, key=self._key)

    async def poll(self, operation: Operation) -> Progress:
        """Ask OpenRouter once for the state of a job; never bills."""
        check_same_key("OpenRouter", operation.key, self._key, _KEY)
        answer = await self._http.get(f"{_PATH}/{quote_operation_id(operation, 'OpenRouter')}")
        if answer.status in (404, 410):
            return Progress(state="lost", message=f"OpenRouter does not know {operation.id} any more")
        if answer.status != 200:
            raise make_poll_error("OpenRouter", parse_fault(answer), _KEY)
        try:
            job = answer.parse_json()
        except ValueError as cause:
            raise Unreachable(code="answer_not_json", provider="OpenRouter") from cause
        if not isinstance(job, Mapping) or not isinstance(job.get("status"), str):
            raise Unreachable(code="answer_not_understood", provider="OpenRouter", fault="")
        return parse_progress(job)

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Stream the bytes of a finished video."""
        url = f"{self._http.base}{_PATH}/{quote_operation_id(operation, 'OpenRouter')}/content?index={output.sample}"
        return require_media(self._http.stream(url, cap=MAX_FILM_BYTES), "video", "OpenRouter")

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Verify a webhook of OpenRouter and return the job id in it; None unless its signature and time are right."""
        return parse_notice_id(body) if verify_openrouter_webhook(headers, body, secrets) else None


def build_body(request: Request, row: Model, pictures: Sequence[Picture], purchase: str) -> dict[str, Any]:
    """Build the body of the POST that orders a video, with placeholders for pictures.

    ``session_id`` goes to OpenRouter's log, never to the model.
    """
    body: dict[str, Any] = {"model": row.sold_as, "prompt": request.prompt, "session_id": purchase}
    settings = {
        "duration": request.ms // 1000 if request.ms else None,
        "resolution": _spell_resolution(request.resolution),
        "aspect_ratio": request.aspect,
        "generate_audio": request.sound,
        "seed": request.seed,
    }
    body |= {name: value for name, value in settings.items() if value is not None}
    frames = [picture for picture in pictures if picture.role in ("first_frame", "last_frame")]
    others = [picture for picture in pictures if picture.role not in ("first_frame", "last_frame")]
    if frames:
        body["frame_images"] = [{**_image(picture), "frame_type": picture.role} for picture in frames]
    if others:
        body["input_references"] = [_image(picture) for picture in others]
    if unwanted := request.extra.get("negative_prompt"):
        runner, name = _HANDED_ON[_get_maker(row)]
        body["provider"] = {"options": {runner: {"parameters": {name: unwanted}}}}
    return body


def _image(picture: Picture) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": make_placeholder(picture)}}


def _spell_resolution(resolution: str | None) -> str | None:
    """Spell a resolution as OpenRouter does: ``4K`` with a capital."""
    return resolution.upper() if resolution and resolution.lower().endswith("k") else resolution


def _get_maker(row: Model) -> str:
    return row.sold_as.partition("/")[0]


def parse_progress(job: Mapping[str, Any]) -> Progress:
    """Return the state of a job that OpenRouter's response describes, and what it billed. OpenRouter states what it
    billed, also for a failed job.

    A completed job that names no address still has outputs: their content has an address of its own.
    """
    state = _STATES.get(str(job["status"]), "running")
    message = redact_line(str(job.get("error") or ""))
    bill = parse_bill(job.get("usage"))
    if state == "failed" and is_policy(message):
        return Progress(
            state="refused",
            missing=(MissingSample(sample=0, reason="filtered", message=message),),
            message=message,
            bill=bill,
        )
    if state != "succeeded":
        passes = state == "failed" and bill is not None and bill.micros == 0
        return Progress(
            state=state,
            message=message or (state if state in ("failed", "expired") else ""),
            bill=bill,
            can_retry=passes,
        )
    until = from_timestamp(job.get("expires_at"))
    lists = [job[name] for name in ("unsigned_urls", "urls") if isinstance(job.get(name), list)]
    count = max(map(len, lists), default=0) or 1
    outputs = tuple(Output(sample=index, mime="video/mp4", expires=until) for index in range(count))
    return Progress(state="succeeded", outputs=outputs, fraction_done=1.0, bill=bill, message=message)


def parse_bill(usage: Any) -> Price | None:
    """Return what OpenRouter billed, from ``usage.cost`` in US dollars; None if it states no cost.

    A cost that is no amount, below 0 or above ``MAX_COST_DOLLARS`` is an unreadable bill: its price is unknown.
    """
    cost = usage.get("cost") if isinstance(usage, Mapping) else None
    if cost is None:
        return None
    is_number = isinstance(cost, int | float) and not isinstance(cost, bool)
    is_text = isinstance(cost, str) and is_plain_amount(cost)
    dollars = Decimal(str(cost)) if (is_number and abs(cost) <= MAX_COST_DOLLARS) or is_text else None
    if dollars is None or not 0 <= dollars <= MAX_COST_DOLLARS:
        return build_unreadable_bill("OpenRouter", cost, compute_catalogue_digest("openrouter"))
    return Price(
        micros=Micros(int((dollars * MICROS_PER_DOLLAR).to_integral_value(ROUND_HALF_UP))),
        basis="as OpenRouter billed it",
        catalogue=compute_catalogue_digest("openrouter"),
        certainty="reported",
    )
