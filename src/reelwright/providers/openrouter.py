"""OpenRouter: video models of many makers behind one key, with the price that was really billed in every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final, Literal
from urllib.parse import quote

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import catalogue_digest, model
from reelwright.errors import BadInput, NotAccepted, OutcomeUnknown, ReelwrightError, Unreachable
from reelwright.net.http import Http
from reelwright.net.keys import Key
from reelwright.net.redact import plainly
from reelwright.providers.families.assets import Picture, looked_at
from reelwright.providers.families.data_uris import by_digest, with_data_uris
from reelwright.providers.families.outputs import media_only
from reelwright.providers.families.shapes import name_of
from reelwright.providers.families.video_faults import (
    at_time,
    is_policy,
    read_error,
    read_fault,
    same_key,
    submit_error,
)
from reelwright.providers.protocol import CannotTell, Keep, Make, Output, Progress, Read
from reelwright.providers.sold import Sold
from reelwright.reel.ledger import OwnWork
from reelwright.reel.money import Price
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.outcome import Missing
from reelwright.reel.request import Input, Request
from reelwright.units import MICROS_PER_DOLLAR, Micros

_PATH: Final = "/api/v1/videos"
_KEY: Final = "OPENROUTER_API_KEY"
_PICTURE_BYTES: Final = 10 * 1024**2
_OUTPUT_BYTES: Final = 2 * 1024**3
_STATES: Final[Mapping[str, Literal["queued", "running", "succeeded", "failed", "cancelled", "expired"]]] = {
    "pending": "queued",
    "in_progress": "running",
    "completed": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "expired": "expired",
}
"""Source: openrouter 1.3.84, videogenerationresponse. A word that is not here yet means that it still runs."""
_HANDED_ON: Final = {"google": ("google-vertex", "negativePrompt")}
"""By maker: who runs it there, and what a negative prompt is called. Source: OpenRouter's cookbook, read 2026-11-20."""


class OpenRouter(Sold):
    """Lists nothing and cancels nothing: an unknown outcome is for a person, who sees ``session_id`` in its log."""

    name = "openrouter"
    read_s = 60.0

    def __init__(self, http: Http, key: Key | None = None) -> None:
        self._http, self._key = http, key.fingerprint if key else ""
        self._reads: dict[str, Read] = {}

    def check(self, request: Request) -> None:
        """Also refuses a negative prompt where nobody knows how it is handed on: it would be dropped in silence."""
        super().check(request)
        if request.extra.get("negative_prompt") and _maker(model(request.model)) not in _HANDED_ON:
            raise BadInput(
                "negative_prompt", request.extra["negative_prompt"], f"none for {request.model} at OpenRouter",
                hint="say in the prompt what there is to be seen instead",
            )  # fmt: skip

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        pictures = await looked_at(inputs, read, _PICTURE_BYTES)
        self._reads = {purchase: read, **dict(list(self._reads.items())[:63])}
        return {
            "purchase": purchase,
            "retry_on_503": model(request.model).retry_on_503,
            "body": body_of(request, model(request.model), pictures, purchase),
        }

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """One POST. May spend."""
        try:
            body = await with_data_uris(prepared["body"], self._reads.pop(prepared["purchase"], _unread))
        except (ReelwrightError, OSError) as cause:
            raise NotAccepted(f"nothing was sent to OpenRouter: its pictures cannot be read: {cause}") from cause
        answer = await self._http.send_once("POST", _PATH, json=body, read_s=self.read_s)
        if answer.status not in (200, 201, 202):
            raise submit_error("OpenRouter", read_fault(answer), retry_on_503=prepared["retry_on_503"], key=_KEY)
        try:
            told = answer.json()
        except ValueError as cause:
            raise OutcomeUnknown("OpenRouter answered a submit with something that is no JSON") from cause
        found = name_of(told.get("id")) if isinstance(told, Mapping) else ""
        if not found:
            raise OutcomeUnknown("OpenRouter answered a submit without naming a job")
        return Operation(id=found, key=self._key)

    async def poll(self, operation: Operation) -> Progress:
        same_key("OpenRouter", operation.key, self._key, _KEY)
        answer = await self._http.get(f"{_PATH}/{quote(operation.id, safe='')}")
        if answer.status in (404, 410):
            return Progress(state="lost", said=f"OpenRouter does not know {operation.id} any more")
        if answer.status != 200:
            raise read_error("OpenRouter", read_fault(answer), _KEY)
        try:
            told = answer.json()
        except ValueError as cause:
            raise Unreachable("OpenRouter answered a poll with something that is no JSON") from cause
        if not isinstance(told, Mapping) or not isinstance(told.get("status"), str):
            raise Unreachable("OpenRouter answered a poll without a status")
        return progress_of(told)

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        url = f"{self._http.base}{_PATH}/{quote(operation.id, safe='')}/content?index={output.sample}"
        return media_only(self._http.stream(url, cap=_OUTPUT_BYTES), "video", "OpenRouter")

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        return "cannot"

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> CannotTell:
        return CannotTell()

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None


def body_of(request: Request, row: Model, pictures: Sequence[Picture], purchase: str) -> dict[str, Any]:
    """The POST's body; pictures stand in it by digest. ``session_id`` goes to their log only, never to the model."""
    body: dict[str, Any] = {"model": row.sold_as, "prompt": request.prompt, "session_id": purchase}
    said = {
        "duration": request.ms // 1000 if request.ms else None,
        "resolution": _resolution(request.resolution),
        "aspect_ratio": request.aspect,
        "generate_audio": request.sound,
        "seed": request.seed,
    }
    body |= {name: value for name, value in said.items() if value is not None}
    frames = [picture for picture in pictures if picture.role in ("first_frame", "last_frame")]
    others = [picture for picture in pictures if picture.role not in ("first_frame", "last_frame")]
    if frames:
        body["frame_images"] = [{**_image(picture), "frame_type": picture.role} for picture in frames]
    if others:
        body["input_references"] = [_image(picture) for picture in others]
    if unwanted := request.extra.get("negative_prompt"):
        runner, name = _HANDED_ON[_maker(row)]
        body["provider"] = {"options": {runner: {"parameters": {name: unwanted}}}}
    return body


def _image(picture: Picture) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": by_digest(picture)}}


def _resolution(said: str | None) -> str | None:
    """Their table spells ``4K`` with a capital."""
    return said.upper() if said and said.lower().endswith("k") else said


def _maker(row: Model) -> str:
    return row.sold_as.partition("/")[0]


def progress_of(told: Mapping[str, Any]) -> Progress:
    """One answer to a poll. What was billed is theirs to say, also for what failed.

    What is completed and names no address is asked for all the same: their content has an address of its own.
    """
    state = _STATES.get(str(told["status"]), "running")
    said = plainly(str(told.get("error") or ""))
    bill = bill_of(told.get("usage"))
    if state == "failed" and is_policy(said):
        return Progress(
            state="refused", missing=(Missing(sample=0, reason="filtered", said=said),), said=said, bill=bill
        )
    if state != "succeeded":
        passes = state == "failed" and bill is not None and bill.micros == 0
        return Progress(
            state=state, said=said or (state if state in ("failed", "expired") else ""), bill=bill, again=passes
        )
    until = at_time(told.get("expires_at"))
    lists = [told[name] for name in ("unsigned_urls", "urls") if isinstance(told.get(name), list)]
    count = max(map(len, lists), default=0) or 1
    outputs = tuple(Output(sample=index, mime="video/mp4", expires=until) for index in range(count))
    return Progress(state="succeeded", outputs=outputs, done=1.0, bill=bill, said=said)


def bill_of(usage: Any) -> Price | None:
    """``usage.cost`` in US dollars, to the micro-dollar; None where nothing is told."""
    cost = usage.get("cost") if isinstance(usage, Mapping) else None
    if isinstance(cost, bool) or not isinstance(cost, int | float | str):
        return None
    try:
        dollars = Decimal(str(cost))
        micros = int((dollars * MICROS_PER_DOLLAR).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, OverflowError, ValueError):
        return None
    if micros < 0:
        return None
    return Price(
        micros=Micros(micros),
        basis="as OpenRouter billed it",
        catalogue=catalogue_digest("openrouter"),
        certainty="reported",
    )


def _unread(digest: Digest) -> AsyncIterator[bytes]:
    raise BadInput("prepared", digest, "what the same process has prepared")
