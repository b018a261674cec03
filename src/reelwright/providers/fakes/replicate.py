"""Fake of Replicate's wire: predictions of official models and of versions, their list, uploads, a webhook's secret."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final
from uuid import uuid4

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import list_sold_models
from reelwright.catalogue.price import compute_price
from reelwright.catalogue.snapping import get_short_side
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.media_spec import (
    MIMES,
    Footage,
    MediaKind,
    MediaSpec,
    compute_picture_size,
    make_tiny_file,
    measure_picture,
)
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Kind, Script
from reelwright.providers.fakes.wire import Call, Fake, Reply, format_time, make_json_reply
from reelwright.providers.wires.replicate_inputs import get_input_names
from reelwright.reel.graph.request import Request

LIFE_S: Final = 3600.0
"""Outputs of predictions are removed after an hour. Source: replicate.com, data retention, read 2026-11-20."""
_ENDINGS: Final[Mapping[MediaKind, str]] = {"video": "mp4", "image": "png", "music": "mp3", "speech": "mp3"}


class FakeReplicate(Fake):
    """Fake of Replicate's HTTP API. ``page``: predictions on one page of the list.

    Inputs given as data URIs are moved to addresses of its own.
    """

    name: ClassVar[str] = "replicate"
    page: int = 100
    webhook_secret: ClassVar[str] = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105  # a fake's

    def __init__(
        self,
        bill: Bill | None = None,
        script: Script | None = None,
        footage: Footage = make_tiny_file,
        secret: str | None = None,
    ) -> None:
        super().__init__(bill, script, footage, secret)
        self.files: dict[str, bytes] = {}
        self._predictions: dict[str, Mapping[str, Any]] = {
            charge.submission: charge.facts["prediction"]
            for charge in self.bill.charges
            if "prediction" in charge.facts
        }

    def is_authorized(self, call: Call) -> bool:
        """Whether the call needs no token, as outputs do, or has an accepted one."""
        return call.path.startswith("/delivery/") or super().is_authorized(call)

    def identify_kind(self, call: Call) -> Kind:
        """Return which method of ``Provider`` the call serves, by its HTTP method and path."""
        parts = call.path.strip("/").split("/")
        if call.path.startswith("/delivery/"):
            return "fetch"
        if parts[:2] == ["v1", "files"]:
            return "prepare"
        if parts[-1] == "predictions":
            return "submit" if call.method == "POST" else "find"
        if parts[:2] == ["v1", "predictions"]:
            return "cancel" if parts[-1] == "cancel" else "poll"
        return "other"

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Answer a call as Replicate does, with ``behaviours`` applied to the work that it accepts."""
        parts = call.path.strip("/").split("/")
        match call.kind:
            case "submit":
                return self._submit(call, parts, behaviours)
            case "find":
                return await self._list(call)
            case "poll":
                return await self._show(call, parts[2])
            case "cancel":
                return await self._cancel(call, parts[2])
            case "fetch":
                return await self._fetch_output(parts)
            case "prepare":
                return self._handle_file(call, parts)
        if parts == ["v1", "webhooks", "default", "secret"]:
            return make_json_reply({"key": self.webhook_secret})
        if parts == ["v1", "account"]:
            return make_json_reply({"type": "user", "username": "fake", "name": "Fake"})
        return self.make_error(404, "The requested resource could not be found.")

    def make_error(self, code: int, message: str) -> Reply:
        """Build an error response in Replicate's shape."""
        if code == 429:
            return make_json_reply({"detail": "Request was throttled. Your rate limit resets in ~1s."}, 429)
        return make_json_reply({"title": _TITLES.get(code, "Error"), "detail": message, "status": code}, code)

    # ---- predictions
    def _submit(self, call: Call, parts: list[str], behaviours: tuple[Behaviour, ...]) -> Reply:
        try:
            body = call.parse_json()
        except ValueError:
            return self.make_error(400, "the body is no JSON")
        input_ = body.get("input") if isinstance(body, dict) else None
        row = _row("/".join(parts[2:4])) if parts[1] == "models" else _row_of_version(body)
        if row is None:
            return self.make_error(404, "The requested resource could not be found.")
        if not isinstance(input_, dict) or not input_.get(get_input_names(row.sold_as).prompt):
            return _make_validation_error("prompt is required")
        name, _, version = row.sold_as.partition(":")
        prediction = {"model": name, "version": version or "hidden", "input": self._move_data_uris(call, input_)}
        id_ = uuid4().hex[:26]
        request = _build_request(row, input_)
        self.bill.add_charge(id_, name, 0, call.payer, {"prediction": prediction})
        self._predictions[id_] = prediction
        spec = replace(_build_spec(row, request, input_), size=self._choose_size(row, request, input_))
        work = self.remote.accept(
            spec, self._compute_price(row, request), row.latency_s, behaviours, request.samples, id_, call.payer, LIFE_S
        )
        return make_json_reply(self._build_prediction(call, work, "starting"), 201)

    def _choose_size(self, row: Model, request: Request, input_: Mapping[str, Any]) -> tuple[int, int]:
        """Return the size of the media: the requested aspect, else the shape of its first frame, at its resolution."""
        resolution = request.resolution or next(iter(row.resolutions), "720p")
        side = get_short_side(resolution) if row.kind == "video" else 720
        if request.aspect:
            return compute_picture_size(request.aspect, side)
        first = get_input_names(row.sold_as).first_frame
        given = input_.get(first) if first else None
        if not isinstance(given, str):
            return compute_picture_size("16:9", side)
        inline = given.startswith("data:")
        data = base64.b64decode(given.partition(",")[2]) if inline else self.files.get(given.rpartition("/")[2], b"")
        return measure_picture(data, side)

    def _compute_price(self, row: Model, request: Request) -> int:
        """Return the price in micro-dollars: the catalogue's, by machine time if the model is sold by it."""
        micros = compute_price(request).micros or 0
        if row.prices.unit != "machine_second" or not row.prices.most:
            return micros
        seconds = min(self._compute_seconds(len(list(self.remote)) + 1, row), row.prices.most)
        return -(-round(seconds * 1000) * micros // (row.prices.most * 1000))

    def _compute_seconds(self, number: int, row: Model) -> float:
        return round(self.script.compute_latency_s(number, row.latency_s), 3)

    def _move_data_uris(self, call: Call, input_: Mapping[str, Any]) -> dict[str, Any]:
        def moved(value: Any) -> Any:
            if isinstance(value, str) and value.startswith("data:"):
                data = base64.b64decode(value.partition(",")[2])
                return f"{call.url}/delivery/inputs/{hashlib.sha256(data).hexdigest()}"
            return [moved(one) for one in value] if isinstance(value, list) else value

        return {key: moved(value) for key, value in input_.items()}

    async def _list(self, call: Call) -> Reply:
        works = self.script.listing.list_visible(self.remote)
        start = int(call.query.get("cursor", "0"))
        rows = [self._as_listed(await self._poll(call, work)) for work in works[start : start + self.page]]
        after = f"{call.url}/v1/predictions?cursor={start + self.page}" if start + self.page < len(works) else None
        return make_json_reply({"previous": None, "next": after, "results": rows})

    def _as_listed(self, row: dict[str, Any]) -> dict[str, Any]:
        listing = self.script.listing
        return {**row, "id": listing.spell_id(row["id"]), "input": listing.repeat_request(row["input"])}

    async def _show(self, call: Call, id_: str) -> Reply:
        work = self.remote.get(id_)
        if work is None:
            return self.make_error(404, "The requested resource could not be found.")
        return make_json_reply(await self._poll(call, work))

    async def _cancel(self, call: Call, id_: str) -> Reply:
        work = self.remote.get(id_)
        if work is None:
            return self.make_error(404, "The requested resource could not be found.")
        self.remote.cancel(work)
        return await self._show(call, id_)

    async def _poll(self, call: Call, work: Work) -> dict[str, Any]:
        state = await self.remote.get_state(work)
        names = {"queued": "starting", "running": "processing", "cancelled": "canceled"}
        if state == "succeeded" and not work.delivered_samples:
            state = "failed"
        return self._build_prediction(call, work, names.get(state, state))

    def _build_prediction(self, call: Call, work: Work, status: str) -> dict[str, Any]:
        prediction = self._predictions.get(work.id, {})
        gone = status == "succeeded" and work.is_expired
        body: dict[str, Any] = {
            "id": work.id,
            "model": prediction.get("model", work.spec.model),
            "version": prediction.get("version", "hidden"),
            "input": {} if gone else prediction.get("input", {}),
            "logs": None if gone else "",
            "output": self._list_output_urls(call, work) if status == "succeeded" and not gone else None,
            "data_removed": gone,
            "error": _choose_error(work) if status == "failed" else None,
            "source": "api",
            "status": status,
            "created_at": self.format_time(work.accepted_at),
            "urls": {
                "get": f"{call.url}/v1/predictions/{work.id}",
                "cancel": f"{call.url}/v1/predictions/{work.id}/cancel",
            },
        }
        if status in ("succeeded", "failed", "canceled"):
            body |= {
                "completed_at": self.format_time(work.ends_at),
                "metrics": {"predict_time": round(work.ready_s * self.script.speed, 3)},
            }
        return body

    def format_time(self, at: float) -> str:
        """Format a time (seconds since 1970) by the fake's own clock, as Replicate writes it."""
        return format_time(self.script.listing.shift_time(at))

    def _list_output_urls(self, call: Call, work: Work) -> Any:
        ending = _ENDINGS.get(work.spec.kind, "bin")
        urls = [f"{call.url}/delivery/{work.id}/{n}/out.{ending}" for n in work.delivered_samples]
        return urls if work.spec.kind == "image" else urls[0]

    async def _fetch_output(self, parts: list[str]) -> Reply:
        work = self.remote.get(parts[1]) if len(parts) == 4 else None
        if work is None or work.is_expired or not parts[2].isdigit() or int(parts[2]) not in work.delivered_samples:
            return self.make_error(404, "The requested resource could not be found.")
        body = await self.remote.get_output(work, int(parts[2]))
        return Reply(body=body, headers={"content-type": MIMES[work.spec.kind]})

    # ---- uploads
    def _handle_file(self, call: Call, parts: list[str]) -> Reply:
        if call.method == "POST":
            try:
                content = call.parse_form()["content"]
            except (ValueError, KeyError):
                return _make_validation_error("content is required")
            id_ = uuid4().hex[:26]
            self.files[id_] = content.body
            return make_json_reply(_build_file(call, id_, content.body, content.mime), 201)
        id_ = parts[2] if len(parts) > 2 else ""
        if id_ not in self.files:
            return self.make_error(404, "The requested resource could not be found.")
        if call.method == "DELETE":
            del self.files[id_]
            return Reply(status=204, headers={})
        return make_json_reply(_build_file(call, id_, self.files[id_], "application/octet-stream"))


FAKE = FakeReplicate

_TITLES: Final = {401: "Unauthenticated", 402: "Insufficient credit", 404: "Not found", 503: "Service unavailable"}


def _row(name: str) -> Model | None:
    return next((row for row in list_sold_models("replicate") if row.sold_as == name), None)


def _row_of_version(body: Any) -> Model | None:
    version = body.get("version") if isinstance(body, dict) else None
    rows = (row for row in list_sold_models("replicate") if row.sold_as.partition(":")[2])
    return next((row for row in rows if row.sold_as.partition(":")[2] == version), None)


def _build_request(row: Model, input_: Mapping[str, Any]) -> Request:
    """Return the request, in our words, by which such an input is priced."""
    names = get_input_names(row.sold_as)
    resolution = input_.get(names.resolution) if names.resolution else None
    back = {theirs: ours for ours, theirs in names.resolutions.items()}
    ms = int(input_[names.seconds]) * 1000 if names.seconds in input_ else _ms(row)
    if names.frames in input_:
        ms = (int(input_[names.frames]) - 1) * 1000 // names.fps
    return Request(
        model=row.id,
        mode=_choose_mode(row, input_),
        prompt=str(input_.get(names.prompt, "")),
        ms=ms,
        aspect=input_.get(names.aspect) if names.aspect else None,
        resolution=back.get(str(resolution), str(resolution)) if resolution else None,
        samples=int(input_.get(names.samples, 1)) if names.samples else 1,
        sound=input_.get(names.sound) if names.sound else None,
        extra=dict(_iterate_worded_options(row, input_)),
    )


def _iterate_worded_options(row: Model, input_: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the options that are sent as words, such as ``2 MP``: they change the price of a picture."""
    for option, (name, words) in get_input_names(row.sold_as).word_templates.items():
        for value in row.options[option].values:
            if input_.get(name) == words.format(value):
                yield option, value


def _ms(row: Model) -> int | None:
    return row.seconds[0] * 1000 if row.seconds else None


def _choose_mode(row: Model, input_: Mapping[str, Any]) -> str:
    names = get_input_names(row.sold_as)
    names_by_mode = {
        "first_last_frame": names.last_frame, "reference_to_video": names.references,
        "image_to_video": names.first_frame, "image_to_image": names.source or names.references,
    }  # fmt: skip
    return next((mode for mode, name in names_by_mode.items() if mode in row.modes and name in input_), row.modes[0])


def _build_spec(row: Model, request: Request, input_: Mapping[str, Any]) -> MediaSpec:
    names = get_input_names(row.sold_as)
    pictures = (names.first_frame, names.last_frame, names.references, names.source)
    return MediaSpec(
        provider="replicate",
        model=row.sold_as.partition(":")[0],
        kind=row.kind,
        prompt=request.prompt,
        ms=request.ms or 0,
        fps=(row.fps or 24, 1),
        has_sound=row.sound == "always" or bool(request.sound),
        seed=input_.get(names.seed) if names.seed else None,
        inputs=sum(1 for name in pictures if name and name in input_),
    )


def _choose_error(work: Work) -> str:
    if work.must_fail:
        return "Prediction failed: Service is temporarily unavailable. Please try again later. (E004)"
    return "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"


def _make_validation_error(message: str) -> Reply:
    fields = [{"type": "required", "field": "input", "description": message}]
    body = {
        "title": "Input validation failed",
        "detail": f"- input: {message}\n",
        "status": 422,
        "invalid_fields": fields,
    }
    return make_json_reply(body, 422)


def _build_file(call: Call, id_: str, body: bytes, mime: str) -> dict[str, Any]:
    return {
        "id": id_, "name": "input", "content_type": mime, "size": len(body), "etag": hashlib.md5(body).hexdigest(),  # noqa: S324
        "checksums": {"sha256": hashlib.sha256(body).hexdigest()}, "metadata": {}, "created_at": format_time(0),
        "expires_at": format_time(86_400), "urls": {"get": f"{call.url}/v1/files/{id_}"},
    }  # fmt: skip
