"""Fake of Veo's long-running wire on loopback: of Vertex, and of Gemini's wire behind a LiteLLM proxy."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import uuid4

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import find_model, load_provider_models
from reelwright.catalogue.price import compute_price
from reelwright.errors import BadInput
from reelwright.providers.fakes.media_spec import MediaSpec
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply, make_json_reply
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.units import compute_size

_VERTEX: Final = re.compile(
    r"^/v1(?:beta1)?/(?P<model>projects/[^/]+/locations/[^/]+/publishers/google/models/[^/:]+)"
    r":(?P<verb>predictLongRunning|fetchPredictOperation)$"
)
_PASSED: Final = re.compile(
    r"^(?:/gemini)?(?:/v1beta)?/models/(?P<model>[^/:]+)(?::predictLongRunning|/operations/(?P<id>[^/]+))$"
)
_FILE: Final = re.compile(r"^(?:/gemini)?(?:/v1beta)?/files/(?P<id>[0-9a-f]{32})(?P<sample>\d):download$")
_STORED: Final = re.compile(r"^/storage/v1/b/(?P<bucket>[^/]+)/o/(?P<name>.+)$")
_LISTED: Final = re.compile(r"^/storage/v1/b/(?P<bucket>[^/]+)/o$")
_UPLOADED: Final = re.compile(r"^/upload/storage/v1/b/(?P<bucket>[^/]+)/o$")
_VERTEX_ONLY: Final = frozenset(
    {"seed", "generateAudio", "storageUri", "enhancePrompt", "compressionQuality", "resizeMode", "fps", "pubsubTopic"}
)
_PARAMETERS: Final = _VERTEX_ONLY | {
    "sampleCount", "durationSeconds", "aspectRatio", "resolution", "negativePrompt", "personGeneration",
}  # fmt: skip
_SHORT: Final = {"720p": 720, "1080p": 1080, "4k": 2160}
_WORDS: Final = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE",
}  # fmt: skip
_FILTERED: Final = (
    "Veo could not generate videos because the input image violates Vertex AI's usage guidelines. Support codes: "
    "29310472"
)
_WITHDRAWN: Final = 48 * 3600.0
_FRAMES: Final = {"image": "first_frame", "lastFrame": "last_frame"}
_MODES: Final = {"last_frame": "first_last_frame", "first_frame": "image_to_video", "reference": "reference_to_video"}


class RequestRefusal(Exception):
    """Raised by the fake for a request that it answers with ``status`` 400 or 404 and this reason."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class FakeGeminiLongrunning(Fake):
    """Fake of Veo on Vertex, and of Veo behind a LiteLLM proxy, both at one address.

    Films of Vertex lie in its own storage if a place is named, else in the answer.

    ``removed_paths``: paths of objects of that storage that were removed. ``stored``: the bytes that a client put
    there, by path. ``own_names``: names that the proxy's owner
    gives to models of his own.
    """

    name: ClassVar[str] = "gemini_longrunning"

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.removed_paths: list[str] = []
        self.stored: dict[str, bytes] = {}
        self.own_names = {"own-model"}

    def identify_kind(self, call: Call) -> Kind:
        """Return which method of ``Provider`` the call serves, by its HTTP method and path."""
        if found := _VERTEX.match(call.path):
            return "submit" if found["verb"] == "predictLongRunning" else "poll"
        if found := _PASSED.match(call.path):
            return "poll" if found["id"] else "submit"
        return "fetch" if _FILE.match(call.path) or _STORED.match(call.path) else "other"

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Answer a call as Google does, with ``behaviours`` applied to the work that it accepts."""
        vertex, passed = _VERTEX.match(call.path), _PASSED.match(call.path)
        if call.kind == "fetch":
            return await (self._delete_object(call) if call.method == "DELETE" else self._fetch_film(call))
        if listed := _LISTED.match(call.path):
            return self._list_objects(listed["bucket"], call.query)
        if bucket := _UPLOADED.match(call.path):
            return self._store_object(call, bucket["bucket"])
        if call.kind not in ("submit", "poll") or (call.kind == "submit" and call.method != "POST"):
            return self.make_error(404, f"{call.method} {call.path} is no part of this API.")
        try:
            body = _body(call)
            if call.kind == "submit":
                return self._submit(call, body, "vertex" if vertex else "litellm", behaviours)
        except RequestRefusal as error:
            return self.make_error(error.status, str(error))
        name = str(body.get("operationName")) if vertex else call.path[call.path.index("models/") :]
        work = self.remote.get(name.rpartition("/operations/")[2])
        if work is None or (passed and call.method != "GET"):
            return self.make_error(404, "Operation not found.")
        return make_json_reply(await self._poll(call, work, name, bool(vertex)))

    def make_error(self, code: int, message: str) -> Reply:
        """Build an error response in Google's shape."""
        return make_json_reply(
            {"error": {"code": code, "message": message, "status": _WORDS.get(code, "UNKNOWN")}}, code
        )

    def _submit(self, call: Call, body: Mapping[str, Any], profile: str, behaviours: tuple[Behaviour, ...]) -> Reply:
        match = _VERTEX.match(call.path) or _PASSED.match(call.path)
        assert match
        own = profile == "litellm" and match["model"] in self.own_names
        row = find_model("litellm-own") if own else _row(match["model"].rpartition("/")[2], profile)
        spec, samples, micros = _parse_spec(body, row, profile)
        store = str(body["parameters"].get("storageUri") or "")
        work = self.remote.accept(
            spec, micros, row.latency_s, behaviours, samples=samples, id_=_make_id(store), payer=call.payer,
            life_s=None if store else _WITHDRAWN,
        )  # fmt: skip
        path = match["model"] if profile == "vertex" else f"models/{match['model']}"
        return make_json_reply({"name": f"{path}/operations/{work.id}"})

    async def _poll(self, call: Call, work: Work, name: str, vertex: bool) -> dict[str, Any]:
        state = await self.remote.get_state(work)
        if state in ("queued", "running"):
            return {"name": name}  # `done` is absent, as theirs is
        if state == "failed":
            message = "Video generation failed due to an internal server issue. Please try again in a few minutes."
            return {"name": name, "done": True, "error": {"code": 13, "message": message}}
        taken = work.samples - len(work.delivered_samples)
        response: dict[str, Any] = {"raiMediaFilteredCount": taken} if taken or vertex else {}
        if taken:
            response["raiMediaFilteredReasons"] = [_FILTERED] * taken
        if vertex:
            if work.delivered_samples:
                response["videos"] = [await self._video(work, sample) for sample in work.delivered_samples]
            return {"name": name, "done": True, "response": response}
        if work.delivered_samples:
            where = "https://generativelanguage.googleapis.com/v1beta/files"
            uris = [f"{where}/{work.id}{sample}:download?alt=media" for sample in work.delivered_samples]
            response["generatedSamples"] = [{"video": {"uri": uri}} for uri in uris]
        return {"name": name, "done": True, "response": {"generateVideoResponse": response}}

    async def _video(self, work: Work, sample: int) -> dict[str, Any]:
        if store := _parse_storage(work.id):
            return {"gcsUri": f"{store}{work.id}/sample_{sample}.mp4", "mimeType": "video/mp4"}
        data = base64.b64encode(await self.remote.get_output(work, sample)).decode()
        return {"bytesBase64Encoded": data, "mimeType": "video/mp4"}

    def _store_object(self, call: Call, bucket: str) -> Reply:
        path = f"/storage/v1/b/{bucket}/o/{call.query.get('name', '')}"
        if call.method != "POST" or call.query.get("uploadType") != "media" or not call.query.get("name"):
            return self.make_error(400, "Required parameter: name")
        if call.query.get("ifGenerationMatch") == "0" and path in self.stored:
            return self.make_error(412, "At least one of the pre-conditions you specified did not hold.")
        self.stored[path] = call.body
        return make_json_reply({"kind": "storage#object", "bucket": bucket, "name": call.query["name"]})

    def _list_objects(self, bucket: str, query: Mapping[str, str]) -> Reply:
        """List films by name, two a page."""
        prefix, page = query.get("prefix", ""), int(query.get("pageToken") or 0)
        films = [(work, n) for work in self.remote for n in work.delivered_samples if _parse_storage(work.id)]
        places = [f"{_parse_storage(work.id)}{work.id}/sample_{n}.mp4".removeprefix("gs://") for work, n in films]
        names = sorted(one.removeprefix(f"{bucket}/") for one in places if one.startswith(f"{bucket}/{prefix}"))
        left = [one for one in names if f"/storage/v1/b/{bucket}/o/{one}" not in self.removed_paths]
        more = {"nextPageToken": str(page + 2)} if left[page + 2 :] else {}
        return make_json_reply({"items": [{"name": one} for one in left[page : page + 2]], **more} if left else {})

    async def _delete_object(self, call: Call) -> Reply:
        if not _STORED.match(call.path) or call.path in self.removed_paths:
            return self.make_error(404, "No such object.")
        self.removed_paths.append(call.path)
        return Reply(status=204)

    async def _fetch_film(self, call: Call) -> Reply:
        if call.path in self.removed_paths:
            return self.make_error(404, "No such object.")
        if call.path in self.stored and call.query.get("alt") == "media":
            return Reply(body=self.stored[call.path], headers={"content-type": "text/plain"})
        if stored := _STORED.match(call.path):
            *_, id_, name = stored["name"].split("/")
            number = re.fullmatch(r"sample_(\d+)\.mp4", name)
            sample = int(number[1]) if number else -1
        else:
            file = _FILE.match(call.path)
            assert file
            id_, sample = file["id"], int(file["sample"])
        work = self.remote.get(id_)
        if work is None or work.is_expired or sample not in work.delivered_samples or call.query.get("alt") != "media":
            return self.make_error(404, "No such object.")
        return Reply(body=await self.remote.get_output(work, sample), headers={"content-type": "video/mp4"})


FAKE = FakeGeminiLongrunning


def _make_id(store: str) -> str:
    """Make an operation's id that holds the place of its films, so that a fake which was killed still knows it."""
    encoded = base64.urlsafe_b64encode(store.encode()).decode().rstrip("=")
    return f"{uuid4().hex}.{encoded}" if encoded else uuid4().hex


def _parse_storage(id_: str) -> str:
    encoded = id_.partition(".")[2]
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()


def _body(call: Call) -> dict[str, Any]:
    if call.method == "GET":
        return {}
    try:
        body = call.parse_json()
    except ValueError as error:
        raise RequestRefusal(400, f"Invalid JSON payload received. {error}") from error
    if not isinstance(body, dict):
        raise RequestRefusal(400, "Invalid JSON payload received.")
    return body


def _row(sold_as: str, profile: str) -> Model:
    for row in load_provider_models("gemini_longrunning").values():
        if row.sold_as == sold_as and row.profile == profile and row.lifecycle.stage != "retired":
            return row
    raise RequestRefusal(404, f"models/{sold_as} is no longer available.")


def _parse_spec(body: Mapping[str, Any], row: Model, profile: str) -> tuple[MediaSpec, int, int]:
    """Return the media, the number of samples, and their price. Refuses what Veo refuses, in similar words."""
    instances, parameters = body.get("instances"), body.get("parameters") or {}
    if not isinstance(instances, list) or len(instances) != 1 or not str(instances[0].get("prompt", "")).strip():
        raise RequestRefusal(400, "`instances` must hold one prompt.")
    unsupported = set(parameters) - _PARAMETERS or (set(parameters) & _VERTEX_ONLY if profile == "litellm" else set())
    if unsupported or set(body) - {"instances", "parameters", "labels"}:
        raise RequestRefusal(400, f"`{min(unsupported or set(body))}` isn't supported by this model.")
    request = _request(instances[0], parameters, row)
    if not 1 <= request.samples <= row.samples:
        raise RequestRefusal(400, f"`sampleCount` must be between 1 and {row.samples}.")
    try:
        check_request(request)
    except BadInput as error:
        raise RequestRefusal(400, str(error)) from error
    spec = MediaSpec(
        provider="gemini_longrunning",
        model=row.sold_as,
        kind="video",
        prompt=request.prompt,
        ms=request.ms or 0,
        size=compute_size("9:16" if request.aspect == "9:16" else "16:9", _SHORT[request.resolution or "720p"]),
        has_sound=parameters.get("generateAudio", True),
        seed=request.seed,
        inputs=len(request.inputs),
    )
    return spec, request.samples, compute_price(request).micros or 0


def _request(instance: Mapping[str, Any], parameters: Mapping[str, Any], row: Model) -> Request:
    """Translate the wire's fields to a request, so that the catalogue's own rules apply to the fake."""
    inputs = [_input(role, instance[name]) for name, role in _FRAMES.items() if name in instance]
    inputs += [_input("reference", one.get("image")) for one in instance.get("referenceImages", ())]
    roles = {needed.role for needed in inputs}
    mode = next((mode for role, mode in _MODES.items() if role in roles), "text_to_video")
    return Request(
        model=row.id,
        mode=mode,
        prompt=str(instance["prompt"]),
        ms=int(parameters.get("durationSeconds", 8)) * 1000,
        aspect=parameters.get("aspectRatio", "16:9"),
        resolution=parameters.get("resolution", "720p"),
        samples=int(parameters.get("sampleCount", 1)),
        seed=parameters.get("seed"),
        inputs=tuple(inputs),
    )


def _input(role: Any, image: Any) -> Input:
    if not isinstance(image, Mapping) or not image.get("mimeType"):
        raise RequestRefusal(400, "An image needs `mimeType`.")
    given = str(image.get("bytesBase64Encoded") or "")
    try:
        data = base64.b64decode(given, validate=True) or str(image.get("gcsUri") or "").encode()
    except ValueError as error:
        raise RequestRefusal(400, "`bytesBase64Encoded` is no base64.") from error
    if not data:
        raise RequestRefusal(400, "An image needs `bytesBase64Encoded` or `gcsUri`.")
    return Input(role=role, asset=Digest(hashlib.sha256(data).hexdigest()))
