"""Replicate's wire, faked: predictions of official models and of versions, their list, uploads, a webhook's secret."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from uuid import uuid4

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import sold_by
from reelwright.catalogue.price import price_of
from reelwright.providers.fakes.asked import MIMES, Asked, Footage, Made, bare, shape_of, shaped
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Kind, Script
from reelwright.providers.fakes.wire import Call, Fake, Reply, json_reply
from reelwright.providers.wires.replicate_inputs import names_of
from reelwright.reel.request import Request

LIFE_S: Final = 3600.0
"""Outputs of predictions are removed after an hour. Source: replicate.com, data retention, read 2026-11-20."""
_ENDINGS: Final[Mapping[Made, str]] = {"video": "mp4", "image": "png", "music": "mp3", "speech": "mp3"}


class FakeReplicate(Fake):
    """``page``: predictions on one page of the list. Inputs given as data URIs are moved to addresses of its own."""

    name: ClassVar[str] = "replicate"
    page: int = 100
    webhook_secret: ClassVar[str] = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105  # a fake's

    def __init__(
        self,
        bill: Bill | None = None,
        script: Script | None = None,
        footage: Footage = bare,
        secret: str | None = None,
    ) -> None:
        super().__init__(bill, script, footage, secret)
        self.files: dict[str, bytes] = {}
        self._told: dict[str, Mapping[str, Any]] = {
            charge.submission: charge.facts["prediction"]
            for charge in self.bill.charges
            if "prediction" in charge.facts
        }

    def admits(self, call: Call) -> bool:
        """Outputs lie open; everything else wants the token."""
        return call.path.startswith("/delivery/") or super().admits(call)

    def kind(self, call: Call) -> Kind:
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

    async def answer(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
        parts = call.path.strip("/").split("/")
        match call.kind:
            case "submit":
                return self._submit(call, parts, met)
            case "find":
                return await self._list(call)
            case "poll":
                return await self._shown(call, parts[2])
            case "cancel":
                return await self._cancel(call, parts[2])
            case "fetch":
                return await self._output(parts)
            case "prepare":
                return self._file(call, parts)
        if parts == ["v1", "webhooks", "default", "secret"]:
            return json_reply({"key": self.webhook_secret})
        if parts == ["v1", "account"]:
            return json_reply({"type": "user", "username": "fake", "name": "Fake"})
        return self.refusal(404, "The requested resource could not be found.")

    def refusal(self, code: int, said: str) -> Reply:
        if code == 429:
            return json_reply({"detail": "Request was throttled. Your rate limit resets in ~1s."}, 429)
        return json_reply({"title": _TITLES.get(code, "Error"), "detail": said, "status": code}, code)

    # ---- predictions
    def _submit(self, call: Call, parts: list[str], met: tuple[Behaviour, ...]) -> Reply:
        try:
            body = call.json()
        except ValueError:
            return self.refusal(400, "the body is no JSON")
        told = body.get("input") if isinstance(body, dict) else None
        row = _row("/".join(parts[2:4])) if parts[1] == "models" else _row_of_version(body)
        if row is None:
            return self.refusal(404, "The requested resource could not be found.")
        if not isinstance(told, dict) or not told.get(names_of(row.sold_as).prompt):
            return _invalid("prompt is required")
        name, _, version = row.sold_as.partition(":")
        made = {"model": name, "version": version or "hidden", "input": self._moved(call, told)}
        id_ = uuid4().hex[:26]
        request = _request(row, told)
        self.bill.charged(id_, name, 0, call.payer, {"prediction": made})
        self._told[id_] = made
        asked = replace(_asked(row, request, told), size=self._size(row, request, told))
        work = self.remote.accept(
            asked, self._price(row, request), row.latency_s, met, request.samples, id_, call.payer, LIFE_S
        )
        return json_reply(self._prediction(call, work, "starting"), 201)

    def _size(self, row: Model, request: Request, told: Mapping[str, Any]) -> tuple[int, int]:
        """Of what it makes: as it was asked for, else in the shape of its first frame."""
        if request.aspect:
            return shaped(request.aspect)
        first = names_of(row.sold_as).first_frame
        given = told.get(first) if first else None
        if not isinstance(given, str):
            return shaped("16:9")
        inline = given.startswith("data:")
        data = base64.b64decode(given.partition(",")[2]) if inline else self.files.get(given.rpartition("/")[2], b"")
        return shape_of(data)

    def _price(self, row: Model, request: Request) -> int:
        """As the catalogue has it; by the machine's time where that is what is sold."""
        micros = price_of(request).micros or 0
        if row.prices.unit != "machine_second" or not row.prices.most:
            return micros
        seconds = min(self._seconds(len(list(self.remote)) + 1, row), row.prices.most)
        return -(-round(seconds * 1000) * micros // (row.prices.most * 1000))

    def _seconds(self, number: int, row: Model) -> float:
        return round(self.script.latency(number, row.latency_s), 3)

    def _moved(self, call: Call, told: Mapping[str, Any]) -> dict[str, Any]:
        def moved(value: Any) -> Any:
            if isinstance(value, str) and value.startswith("data:"):
                data = base64.b64decode(value.partition(",")[2])
                return f"{call.url}/delivery/inputs/{hashlib.sha256(data).hexdigest()}"
            return [moved(one) for one in value] if isinstance(value, list) else value

        return {key: moved(value) for key, value in told.items()}

    async def _list(self, call: Call) -> Reply:
        works = self.script.listing.shown(self.remote)
        start = int(call.query.get("cursor", "0"))
        rows = [self._as_listed(await self._standing(call, work)) for work in works[start : start + self.page]]
        after = f"{call.url}/v1/predictions?cursor={start + self.page}" if start + self.page < len(works) else None
        return json_reply({"previous": None, "next": after, "results": rows})

    def _as_listed(self, row: dict[str, Any]) -> dict[str, Any]:
        listing = self.script.listing
        return {**row, "id": listing.named(row["id"]), "input": listing.repeated(row["input"])}

    async def _shown(self, call: Call, id_: str) -> Reply:
        work = self.remote.get(id_)
        if work is None:
            return self.refusal(404, "The requested resource could not be found.")
        return json_reply(await self._standing(call, work))

    async def _cancel(self, call: Call, id_: str) -> Reply:
        work = self.remote.get(id_)
        if work is None:
            return self.refusal(404, "The requested resource could not be found.")
        self.remote.cancel(work)
        return await self._shown(call, id_)

    async def _standing(self, call: Call, work: Work) -> dict[str, Any]:
        state = await self.remote.state(work)
        names = {"queued": "starting", "running": "processing", "cancelled": "canceled"}
        if state == "succeeded" and not work.brought:
            state = "failed"
        return self._prediction(call, work, names.get(state, state))

    def _prediction(self, call: Call, work: Work, status: str) -> dict[str, Any]:
        told = self._told.get(work.id, {})
        gone = status == "succeeded" and work.expired
        made: dict[str, Any] = {
            "id": work.id,
            "model": told.get("model", work.asked.model),
            "version": told.get("version", "hidden"),
            "input": {} if gone else told.get("input", {}),
            "logs": None if gone else "",
            "output": self._outputs(call, work) if status == "succeeded" and not gone else None,
            "data_removed": gone,
            "error": _error(work) if status == "failed" else None,
            "source": "api",
            "status": status,
            "created_at": self._moment(work.at),
            "urls": {
                "get": f"{call.url}/v1/predictions/{work.id}",
                "cancel": f"{call.url}/v1/predictions/{work.id}/cancel",
            },
        }
        if status in ("succeeded", "failed", "canceled"):
            made |= {
                "completed_at": self._moment(work.over_at),
                "metrics": {"predict_time": round(work.ready_s * self.script.speed, 3)},
            }
        return made

    def _moment(self, at: float) -> str:
        return _moment(self.script.listing.dated(at))

    def _outputs(self, call: Call, work: Work) -> Any:
        ending = _ENDINGS.get(work.asked.kind, "bin")
        urls = [f"{call.url}/delivery/{work.id}/{n}/out.{ending}" for n in work.brought]
        return urls if work.asked.kind == "image" else urls[0]

    async def _output(self, parts: list[str]) -> Reply:
        work = self.remote.get(parts[1]) if len(parts) == 4 else None
        if work is None or work.expired or not parts[2].isdigit() or int(parts[2]) not in work.brought:
            return self.refusal(404, "The requested resource could not be found.")
        body = await self.remote.output(work, int(parts[2]))
        return Reply(body=body, headers={"content-type": MIMES[work.asked.kind]})

    # ---- uploads
    def _file(self, call: Call, parts: list[str]) -> Reply:
        if call.method == "POST":
            try:
                content = call.form()["content"]
            except (ValueError, KeyError):
                return _invalid("content is required")
            id_ = uuid4().hex[:26]
            self.files[id_] = content.body
            return json_reply(_file_of(call, id_, content.body, content.mime), 201)
        id_ = parts[2] if len(parts) > 2 else ""
        if id_ not in self.files:
            return self.refusal(404, "The requested resource could not be found.")
        if call.method == "DELETE":
            del self.files[id_]
            return Reply(status=204, headers={})
        return json_reply(_file_of(call, id_, self.files[id_], "application/octet-stream"))


FAKE = FakeReplicate

_TITLES: Final = {401: "Unauthenticated", 402: "Insufficient credit", 404: "Not found", 503: "Service unavailable"}


def _row(name: str) -> Model | None:
    return next((row for row in sold_by("replicate") if row.sold_as == name), None)


def _row_of_version(body: Any) -> Model | None:
    version = body.get("version") if isinstance(body, dict) else None
    rows = (row for row in sold_by("replicate") if row.sold_as.partition(":")[2])
    return next((row for row in rows if row.sold_as.partition(":")[2] == version), None)


def _request(row: Model, told: Mapping[str, Any]) -> Request:
    """The request, in our words, that such an input is priced by."""
    names = names_of(row.sold_as)
    resolution = told.get(names.resolution) if names.resolution else None
    back = {theirs: ours for ours, theirs in names.resolutions.items()}
    ms = int(told[names.seconds]) * 1000 if names.seconds in told else _ms(row)
    if names.frames in told:
        ms = (int(told[names.frames]) - 1) * 1000 // names.fps
    return Request(
        model=row.id,
        mode=_mode(row, told),
        prompt=str(told.get(names.prompt, "")),
        ms=ms,
        aspect=told.get(names.aspect) if names.aspect else None,
        resolution=back.get(str(resolution), str(resolution)) if resolution else None,
        samples=int(told.get(names.samples, 1)) if names.samples else 1,
        sound=told.get(names.sound) if names.sound else None,
        extra=dict(_worded(row, told)),
    )


def _worded(row: Model, told: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Options that were told in words, such as ``2 MP``: a picture is billed by them."""
    for option, (name, words) in names_of(row.sold_as).worded.items():
        for value in row.options[option].values:
            if told.get(name) == words.format(value):
                yield option, value


def _ms(row: Model) -> int | None:
    return row.seconds[0] * 1000 if row.seconds else None


def _mode(row: Model, told: Mapping[str, Any]) -> str:
    names = names_of(row.sold_as)
    wanted = {
        "first_last_frame": names.last_frame, "reference_to_video": names.references,
        "image_to_video": names.first_frame, "image_to_image": names.source or names.references,
    }  # fmt: skip
    return next((mode for mode, name in wanted.items() if mode in row.modes and name in told), row.modes[0])


def _asked(row: Model, request: Request, told: Mapping[str, Any]) -> Asked:
    names = names_of(row.sold_as)
    pictures = (names.first_frame, names.last_frame, names.references, names.source)
    return Asked(
        provider="replicate",
        model=row.sold_as.partition(":")[0],
        kind=row.kind,
        prompt=request.prompt,
        ms=request.ms or 0,
        fps=(row.fps or 24, 1),
        sound=row.sound == "always" or bool(request.sound),
        seed=told.get(names.seed) if names.seed else None,
        inputs=sum(1 for name in pictures if name and name in told),
    )


def _error(work: Work) -> str:
    if work.fails:
        return "Prediction failed: Service is temporarily unavailable. Please try again later. (E004)"
    return "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"


def _invalid(said: str) -> Reply:
    fields = [{"type": "required", "field": "input", "description": said}]
    told = {"title": "Input validation failed", "detail": f"- input: {said}\n", "status": 422, "invalid_fields": fields}
    return json_reply(told, 422)


def _file_of(call: Call, id_: str, body: bytes, mime: str) -> dict[str, Any]:
    return {
        "id": id_, "name": "input", "content_type": mime, "size": len(body), "etag": hashlib.md5(body).hexdigest(),  # noqa: S324
        "checksums": {"sha256": hashlib.sha256(body).hexdigest()}, "metadata": {}, "created_at": _moment(0),
        "expires_at": _moment(86_400), "urls": {"get": f"{call.url}/v1/files/{id_}"},
    }  # fmt: skip


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
