"""The page ``/docs``: every route, what it takes, and a form that sends it a request; made from the description."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse

from reelwright.server.request_forms import build_form

router = APIRouter(include_in_schema=False)
_STYLE: Final = Path(__file__).with_name("docs.css")
_SCRIPT: Final = Path(__file__).with_name("docs.js")
_CODE: Final = re.compile("``(.+?)``")
PAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
_SENDING_POLICY: Final = (
    f"{PAGE_POLICY}; script-src 'self'; connect-src 'self'; img-src blob:; media-src blob:; form-action 'none'"
)
_WARNING: Final = (
    "“Try it” sends a real request to this server: it makes, changes or deletes what it names, and may spend what you"
    " approve in <code>max_usd</code>, or what the server approves for programs. In a rehearsal, nothing is bought."
)


def read_style() -> str:
    """Return the CSS of the server's own pages."""
    return _STYLE.read_text()


@router.get("/docs")
async def show_routes(request: Request) -> HTMLResponse:
    """Return an HTML page that documents every route and sends requests; it loads nothing from other hosts."""
    described = request.app.openapi()
    groups: dict[str, list[str]] = {}
    native_first = sorted(described["paths"].items(), key=lambda one: not one[0].startswith("/api/v1/"))
    for path, methods in native_first:
        for method, route in methods.items():
            groups.setdefault(route.get("tags", ["other"])[0], []).append(_format_route(method, path, route))
    parts = [f"<h2>{escape(name)}</h2>{''.join(routes)}" for name, routes in groups.items()]
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Reelwright: routes</title><style>{read_style()}</style><h1>Reelwright</h1>"
        f"<p class=dim>{escape(described['info']['description'])} "
        f"For programs: <a href=/openapi.json>openapi.json</a></p><p class=dim>{_WARNING}</p>"
        f"<label class=key>API key, where one is needed <input id=api-key type=password autocomplete=off></label>"
        f"{''.join(parts)}<script src=/docs/send.js></script>"
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": _SENDING_POLICY})


@router.get("/docs/send.js")
async def send_script() -> FileResponse:
    """Return the script of the page ``/docs``."""
    return FileResponse(_SCRIPT, media_type="text/javascript")


def _format_route(method: str, path: str, route: dict[str, Any]) -> str:
    rows = [
        f"<dt>{escape(one['name'])}</dt><dd>{escape(one['in'])}{', needed' if one.get('required') else ''}"
        f"{escape(_format_default(one))}{escape(_format_about(one))}</dd>"
        for one in route.get("parameters", ())
    ] + _format_fields(route.get("requestBody", {}))
    summary = _CODE.sub(r"<code>\1</code>", escape(" ".join(route.get("description", "").split())))
    listed = f"<dl>{''.join(rows)}</dl>" if rows else ""
    return (
        f"<section><code><span class=method>{escape(method.upper())}</span> {escape(path)}</code>"
        f"<p>{summary}</p>{listed}{build_form(method, path, route)}</section>"
    )


def _format_fields(body: dict[str, Any]) -> list[str]:
    """Format the fields of a body; of JSON and a form with the same fields, those of JSON."""
    schema: dict[str, Any] = next((one["schema"] for one in body.get("content", {}).values()), {})
    needed = schema.get("required", ())
    return [
        f"<dt>{escape(name)}</dt><dd>body{', needed' if name in needed else ''}{escape(_format_about(field))}</dd>"
        for name, field in schema.get("properties", {}).items()
    ]


def _format_about(described: dict[str, Any]) -> str:
    """Return what a parameter or field is and which values it can have, as the end of a line."""
    schema = described.get("schema", described)
    kinds = [schema, *schema.get("anyOf", ())]
    values = [str(value) for kind in kinds for value in kind.get("enum", ())]
    return "".join(f". {part}" for part in (described.get("description"), " | ".join(values)) if part)


def _format_default(parameter: dict[str, Any]) -> str:
    default = parameter.get("schema", {}).get("default")
    return "" if default is None else f", default {default}"
