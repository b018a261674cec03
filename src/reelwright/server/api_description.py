"""The description of the server for programs (OpenAPI): names, the errors of every route, headers, and examples."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from fastapi.routing import APIRoute

from reelwright.server.problems import PROBLEM_TYPE
from reelwright.studio.results.options import Options
from reelwright.studio.results.result_model import ResultModel
from reelwright.studio.results.result_schema import build_schema

_JSON: Final = "application/json"
_RANGES: Final = "multipart/byteranges"
_OPENAI: Final = "/v1/"
_GOOGLE: Final = "/v1beta/"
_UPLOADS: Final = "/api/v1/uploads"
_DIALECT_FILES: Final = frozenset(
    {"openai_videos", "veo_studio", "ad_pipeline", "scenes", "cluster", "longrunning", "generate"}
)
_OPEN: Final = frozenset({"/ping", "/livez", "/readyz"})
_KEYS: Final[Mapping[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, as OpenAI's clients send it"},
    "x-api-key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    "x-goog-api-key": {"type": "apiKey", "in": "header", "name": "x-goog-api-key"},
}
"""The ways to send an API key."""
_BINARY: Final = {"type": "string", "format": "binary"}
_ERRORS: Final[Mapping[int, str]] = {
    400: "The request is wrong, or no HTTP: the message names what is, and what is accepted.",
    401: "An API key is needed, or the key is unknown.",
    402: "The price is above what was approved, or above a budget. Nothing was started.",
    403: "The caller may not do this, or the request comes from the page of another site.",
    404: "It does not exist, or belongs to another account.",
    408: "The body came too slowly.",
    409: "It is not in a state for this, or somebody else changed it meanwhile.",
    410: "The file was deleted.",
    412: "The client speaks another version of tus.",
    413: "The body is too large.",
    415: "The body has another Content-Type than this route reads.",
    416: "The file has no such range.",
    421: "The server is not called by this name.",
    422: "The request is wrong: `field`, `value` and `accepted` say what and how.",
    423: "Another request is sending a part of this upload.",
    429: "Too many requests; `Retry-After` says when to ask again.",
    460: "The part differs from its checksum; nothing of it was stored.",
    500: "The stored file is damaged.",
    503: "The database is away, the disk is full, or too many clients are connected; ask again after `Retry-After`.",
    507: "The disk or the account has no room for this; `actions` say what to delete.",
}
_SCHEMAS: Final[Mapping[str, Any]] = {
    "Problem": {
        "type": "object",
        "title": "Problem",
        "description": "An error (RFC 9457). `code` is for programs, `detail` for people.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "params": {"type": "object", "description": "The facts of the error, by name"},
            "actions": {"type": "array", "items": {"type": "object"}, "description": "What can be done about it"},
            "retry": {
                "type": "string",
                "enum": ["never", "later", "ask"],
                "description": "Whether the same request may succeed later",
            },
            "billed": {"type": "string", "enum": ["no", "yes", "unknown"]},
            "field": {"type": "string", "description": "What is wrong with the request"},
            "value": {"description": "Its value, shortened"},
            "accepted": {"type": "string", "description": "What would be accepted"},
        },
    },
    "OpenAiError": {
        "type": "object",
        "title": "OpenAiError",
        "description": "An error in the shape that OpenAI's clients read.",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["message", "type", "param", "code"],
                "properties": {
                    "message": {"type": "string"},
                    "type": {"type": "string"},
                    "param": {"type": ["string", "null"]},
                    "code": {"type": ["string", "null"]},
                },
            }
        },
    },
    "GoogleError": {
        "type": "object",
        "title": "GoogleError",
        "description": "An error in the shape that Google's clients read.",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "status"],
                "properties": {
                    "code": {"type": "integer"},
                    "message": {"type": "string"},
                    "status": {"type": "string"},
                },
            }
        },
    },
}
_ABOUT: Final[Mapping[str, str]] = {
    "account_id": "The label that orders of the videos gave as account_id",
    "after": "The id at which the page or stream before this one ended",
    "asset": "The id of an asset, as POST /api/v1/assets answers it",
    "can": "Only models that can do this, such as image_to_video or plan",
    "config_flavor": "A flavor of /api/v1/flavors",
    "delivery": "The id of a delivery of a webhook",
    "description": "What else the film is about; it follows the prompt",
    "durationSeconds": "Length in seconds that the model sells",
    "expires_in": "Seconds for which the link works",
    "file": "The picture or clip itself",
    "files": "The pictures themselves",
    "generateAudio": "Whether the videos have sound, if the model gives the choice",
    "index": "Number of the file, from 0",
    "input_reference": "A picture for the first frame",
    "instances": "One object with the prompt and its pictures",
    "job": "The id of a job",
    "key": "The id of an API key",
    "kind": "Only this kind, such as video",
    "Last-Event-ID": "The id of the last event that the client has",
    "limit": "The most rows of the answer",
    "member": "The id of a member",
    "model": "The id of an AI model, or of a flavor",
    "mood": "The name of a mood of the music, as the list of moods gives it",
    "name": "The name that the client saves the file under",
    "negativePrompt": "What must not be seen",
    "order": "asc: the oldest first; desc: the newest first",
    "parameters": "Options of the video, by Google's names",
    "priority": "low, normal or high",
    "project": "The id of a project",
    "prompt": "What the video shows, in your own words",
    "provider": "The name of a provider",
    "purchase": "The id of a purchase",
    "referenceImages": "Pictures that guide the model",
    "role": "What the caller may do: viewer reads, producer makes, owner decides",
    "seed": "Random seed, if the model accepts one",
    "shot": "Number of the shot, from 1, or its id",
    "state": "Only deliveries in this state",
    "title": "The name that the film shows",
    "token": "The signature of a link",
    "upload": "The id of an upload",
    "cleanup_gcs": "false keeps what lies of the videos in a bucket of Google, or elsewhere at their provider",
    "user_email": "The label that orders of the videos gave as userEmail",
    "variant": "Which file: video, or a picture of it",
    "verdict": "What became of the purchase",
    "video_id": "The id of a video, which is the id of its job",
    "webhook": "The id of a webhook",
}
"""What a parameter or field is, by its name, where its route says nothing more exact."""
_BRIEF: Final = "“It never flickers.” For “Fenn”, a desk lamp"
_PROMPT: Final = "A heron lifts off at dawn"
_EXAMPLES: Final[Mapping[tuple[str, str], Any]] = {
    ("/api/v1/quotes", "post"): {"brief": _BRIEF, "flavor": "spot"},
    ("/api/v1/projects", "post"): {"brief": _BRIEF, "flavor": "spot", "max_usd": "0.50"},
    ("/api/v1/clips", "post"): {"prompt": _PROMPT, "model": "litellm-veo-3.1-lite", "max_usd": "0.50",
                                "accept_unconfirmed": True},
    ("/v1/videos", "post"): {"prompt": _PROMPT, "model": "litellm-veo-3.1-lite", "seconds": "4", "size": "1280x720"},
    ("/generate", "post"): {"prompt": _PROMPT, "model": "litellm-veo-3.1-lite", "account_id": "team-1"},
    ("/api/generate", "post"): {"prompt": _BRIEF, "title": "Fenn", "config_flavor": "spot", "model": "animatic"},
    ("/api/mv/scenes", "post"): {"idea": _BRIEF, "config_flavor": "spot"},
    ("/v1beta/models/{model}:predictLongRunning", "post"): {
        "instances": [{"prompt": _PROMPT}], "parameters": {"durationSeconds": 4, "aspectRatio": "16:9"}
    },
}  # fmt: skip
"""Bodies that work as they stand, by path and method."""
IDEMPOTENT: Final[Mapping[str, Any]] = {
    "parameters": [
        {
            "name": "Idempotency-Key", "in": "header", "required": False,
            "description": "The same key with the same body is the same order, and is bought once",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        },
        {
            "name": "Reelwright-Max-Usd", "in": "header", "required": False,
            "description": "The most that this may cost, in US dollars; your consent, as max_usd in the body",
            "schema": {"type": "string", "maxLength": 200},
        },
    ]
}  # fmt: skip
"""What a route adds to its description if it may spend: the same request with the same key is one order."""


def name_operation(route: APIRoute) -> str:
    """Return the OpenAPI operation id of a route, such as ``veo_studio_cancel_job``; generated clients name their
    methods by it.
    """
    file = route.endpoint.__module__.rpartition(".")[2]
    return f"{file}_{route.name}" if file in _DIALECT_FILES else route.name


def describe_body(model: type[Options], *types: str, is_needed: bool = True) -> dict[str, Any]:
    """Return the OpenAPI ``requestBody`` of a route whose body is the options ``model``.

    ``types``: its content types; JSON if none is given. ``is_needed``: there must be a body.
    """
    content = {name: {"schema": model.get_schema()} for name in types or (_JSON,)}
    return {"requestBody": {"required": is_needed, "content": content}}


def describe_file(*types: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses (200, 206 and 304) of a route that sends a file with one of these content types."""
    content = {name: {"schema": _BINARY} for name in types}
    return {
        200: {"description": "The file.", "content": content},
        206: {"description": "A part of the file, or several.", "content": {**content, _RANGES: {"schema": _BINARY}}},
        304: {"description": "The client has these bytes."},
    }


def extend_description(
    document: dict[str, Any], public_url: str = "", *, is_key_needed: bool = False
) -> dict[str, Any]:
    """Add the errors of each route, headers and example bodies to an OpenAPI document in place, and return it.

    ``public_url``: where the server is; empty: where the document came from. ``is_key_needed``: nobody is served
    without a key or a session.
    """
    document["servers"] = [{"url": public_url or "/"}]
    document["components"]["securitySchemes"] = dict(_KEYS)
    document["security"] = [{name: []} for name in _KEYS] + ([] if is_key_needed else [{}])
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update(_SCHEMAS, **_build_result_schemas(schemas))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _extend_operation(path, method, operation)
    return document


def _build_result_schemas(names: Iterable[str]) -> dict[str, Any]:
    """Build the schemas of results, and of the values in them, as ``reelwright schema`` prints them.

    FastAPI's own have the stored spelling of values in place of their names in JSON.
    """
    models = {model.__name__: model for model in _list_result_models(ResultModel)}
    schema = build_schema("results", [models[name] for name in names if name in models])["$defs"]
    found: dict[str, Any] = json.loads(json.dumps(schema).replace('"#/$defs/', '"#/components/schemas/'))
    return found


def _list_result_models(model: type[ResultModel]) -> Iterator[type[ResultModel]]:
    for one in model.__subclasses__():
        yield one
        yield from _list_result_models(one)


def _describe_inputs(operation: Mapping[str, Any]) -> None:
    """Say of each parameter and each field of a body what it is, unless it says so itself."""
    bodies = operation.get("requestBody", {}).get("content", {}).values()
    fields = [one for body in bodies for one in body["schema"].get("properties", {}).items()]
    for name, described in (*((one["name"], one) for one in operation.get("parameters", ())), *fields):
        if name in _ABOUT:
            described.setdefault("description", _ABOUT[name])


def _extend_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    if path in _OPEN:
        operation["security"] = []
    _describe_inputs(operation)
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    schema, kind = _find_error_shape(path)
    for status in _list_errors(path, method, operation):
        answer = {"description": _ERRORS[status], "content": {kind: {"schema": {"$ref": schema}}}}
        if status == 416:
            answer = {"description": _ERRORS[status], "content": {"text/plain": {"schema": {"type": "string"}}}}
        if status in (429, 503):
            answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}
        answers.setdefault(str(status), answer)
    if "206" in answers:
        names = {"Range": "Such as bytes=0-1023", "If-None-Match": "The ETag that the client has"}
        operation.setdefault("parameters", []).extend(
            {"name": name, "in": "header", "required": False, "schema": {"type": "string"}, "description": description}
            for name, description in names.items()
        )
    if example := _EXAMPLES.get((path, method)):
        operation["requestBody"]["content"][_JSON]["example"] = example


def _find_error_shape(path: str) -> tuple[str, str]:
    """Return the schema of a path's errors, and their content type."""
    if path.startswith(_OPENAI):
        return "#/components/schemas/OpenAiError", _JSON
    if path.startswith(_GOOGLE):
        return "#/components/schemas/GoogleError", _JSON
    return "#/components/schemas/Problem", PROBLEM_TYPE


def _list_errors(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[int]:
    """List the statuses with which a route may refuse a request."""
    yield from (421, 429, 503)
    if path in _OPEN:
        return
    yield from (400, 401, 403)  # 400: of a request that is no HTTP, refused before any route
    wrong = 400 if path.startswith((_OPENAI, _GOOGLE)) else 422
    if operation.get("parameters") or method != "get":
        yield from (wrong, 404)
    if method != "get":
        yield from (402, 409, 410, 408, 413, 507)
    if wrong == 400 and "requestBody" in operation and path.startswith(_OPENAI):
        yield 422  # an Idempotency-Key that came with another body
    if path.startswith(_UPLOADS) and method in ("post", "patch"):
        yield from (412, 415, 423, 460)
    if "206" in operation["responses"]:
        yield from (409, 410, 416, 500)
