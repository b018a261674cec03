"""Every field has a limit that the description states, and that is checked before anything else; so has every body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from reelwright.errors import TooLong
from reelwright.input_limits import BODY_BYTES, BRIEF_CHARS, NAME_CHARS, check_lengths, measure_body
from reelwright.server.app import build_app
from reelwright.studio.results.options import MakeOptions, Options
from server.conftest import MODEL, Served
from server.test_tenants import list_routes

TOO_LONG: Final = "-eyJ" * 60_000
"""240 KB of the beginnings of tokens: the server stood still for 12 s (2026-11-24)."""


def list_unlimited(schema: Mapping[str, Any], where: str) -> Iterator[str]:
    """List the texts, lists and mappings of a schema that may have any length."""
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    is_free = not {"maxLength", "enum", "const", "format"} & set(schema)
    if "string" in kinds and is_free:
        yield f"{where}: text"
    if "array" in kinds and "maxItems" not in schema:
        yield f"{where}: list"
    if "object" in kinds and schema.get("additionalProperties") and "maxProperties" not in schema:
        yield f"{where}: mapping"
    inner = {**schema.get("properties", {}), "[]": schema.get("items"), "{}": schema.get("additionalProperties")}
    inner |= {f"or {n}": one for n, one in enumerate(schema.get("anyOf", ()))}
    for name, one in inner.items():
        if isinstance(one, dict):
            yield from list_unlimited(one, f"{where}.{name}")


def test_every_field_of_every_route_states_its_limit(server: Served) -> None:
    described, faults, counted = build_app(server.deployment).openapi(), list[str](), 0
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            for one in operation.get("parameters", ()):
                if one["in"] != "header":  # the head of a request has a limit as a whole
                    faults += list_unlimited(one["schema"], f"{method} {path} {one['name']}")
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                assert "$ref" not in str(content["schema"]), path
                faults += list_unlimited(content["schema"], f"{method} {path} {kind}")
                counted += 1
    assert not faults and counted > 25


BODIES: Final[tuple[tuple[str, dict[str, Any], str, int], ...]] = (
    ("/api/v1/quotes", {"brief": "“x y.” For “Fenn”", "flavor": TOO_LONG}, "flavor", NAME_CHARS),
    ("/api/v1/quotes", {"brief": "../" * 1_000_000}, "brief", BRIEF_CHARS),
    ("/api/v1/quotes", {"brief": "x", "models": ["m"] * 101}, "models", 100),
    ("/api/v1/quotes", {"script": "x\n" * 131_073}, "script", 262_144),
    ("/api/v1/quotes", {"script": "x\n", "pictures": {TOO_LONG: "0" * 64}}, "a name in pictures", NAME_CHARS),
    ("/api/v1/clips", {"prompt": TOO_LONG, "model": MODEL}, "prompt", BRIEF_CHARS),
    ("/api/v1/projects/p/edits/quote", {"shot": 1, "words": {"line": TOO_LONG}}, "words: line", 2_000),
    ("/api/v1/webhooks", {"url": "https://x.example/" + "a" * 4_000}, "url", 4_000),
    ("/api/v1/api-keys", {"name": "a" * 201, "role": "viewer"}, "name", NAME_CHARS),
    ("/generate", {"prompt": "x", "account_id": TOO_LONG}, "account_id", NAME_CHARS),
    ("/api/generate", {"prompt": "x", "title": TOO_LONG + "x"}, "title", 2_000),
    ("/api/mv/scenes", {"idea": "x", "config_flavor": TOO_LONG}, "config_flavor", NAME_CHARS),
)  # fmt: skip


@pytest.mark.parametrize(("path", "body", "field", "limit"), BODIES, ids=[f"{one[0]} {one[2]}" for one in BODIES])
async def test_what_is_too_long_is_refused_with_its_field_its_length_and_its_limit(
    server: Served, path: str, body: dict[str, Any], field: str, limit: int
) -> None:
    async with server.open_client() as client:
        answer = await client.post(path, json=body)
    found = answer.json()
    assert (answer.status_code, found["code"], found["field"]) == (422, "value_too_long", field), answer.text[:300]
    assert found["params"]["limit"] == limit < found["params"]["length"] and len(answer.content) < 3_000


async def test_the_dialects_refuse_in_their_shapes_what_is_too_long(server: Served) -> None:
    async with server.open_client() as client:
        answer = await client.post("/v1/videos", json={"prompt": "x", "model": TOO_LONG})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "value_too_long")
        answer = await client.post("/v1/videos", files={"model": (None, TOO_LONG), "prompt": (None, "x")})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "value_too_long")
        instance = {"prompt": "x", "negativePrompt": ""}
        body = {"instances": [instance], "parameters": {"negativePrompt": TOO_LONG}}
        answer = await client.post(f"/v1beta/models/{MODEL}:predictLongRunning", json=body)
        assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
        form = {"prompt": (None, "x"), "user_email": (None, TOO_LONG)}
        answer = await client.post("/api/generate", files=form)
        assert (answer.status_code, answer.json()["field"]) == (422, "user_email")


async def test_no_part_of_an_address_is_too_long(server: Served) -> None:
    word = "eyJ-" * 60
    async with server.open_client() as client:
        for path in ("jobs?after=", "projects?after=", "projects/", "jobs/", "models/"):
            answer = await client.get(f"/api/v1/{path}{word}")
            assert (answer.status_code, answer.json()["code"]) == (422, "value_too_long"), path
        answer = await client.get(f"/v1/videos?after={word}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "value_too_long")


async def test_a_body_is_refused_at_the_most_that_its_fields_can_have(server: Served) -> None:
    """40 MB of a brief were read, parsed and searched for 17 s before they were refused."""

    async def parts() -> Any:
        for _ in range(40):
            yield b" " * 1_000_000

    async with server.open_client() as client:
        for path in ("/api/v1/quotes", "/api/v1/clips", "/api/v1/webhooks", "/generate"):
            for content in (b'{"brief": "' + b"x" * 20_000_000, parts()):
                head = {"Content-Type": "application/json"}
                answer = await client.post(path, content=content, headers=head)
                assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large"), path


def test_what_fits_every_limit_fits_the_body() -> None:
    class Given(Options):
        """A text, some names, and texts by name."""

        text: str
        names: list[str]
        by_name: dict[str, str]

    schema = Given.get_schema()
    widest = "\\ud83c\\udfac" * NAME_CHARS
    names = ", ".join([f'"{widest}"'] * 100)
    by_name = ", ".join([f'"{widest}": "{widest}"'] * 100)
    body = f'{{"text": "{widest}", "names": [{names}], "by_name": {{{by_name}}}}}'
    assert len(body) <= measure_body(schema) < 2 * len(body) < BODY_BYTES
    check_lengths(schema, {"text": "x" * NAME_CHARS, "names": ["x"] * 100, "by_name": {"x": "y"}})


def test_the_routes_of_the_tests_are_those_of_the_server() -> None:
    posts = {path for method, path in list_routes() if method == "POST"}
    assert {path for path, *_ in BODIES} - posts <= {"/api/v1/projects/p/edits/quote"}


def test_a_script_given_as_text_may_be_as_long_as_a_script_although_a_path_may_stand_there() -> None:
    schema = MakeOptions.get_schema()["properties"]["script"]
    check_lengths(schema, "# Fenn\n\n" + "word " * 20_000, "script")
    with pytest.raises(TooLong):
        check_lengths(schema, "x" * 262_145, "script")
