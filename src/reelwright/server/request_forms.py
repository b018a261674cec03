"""HTML forms that send a request to a route, made from its description (OpenAPI). ``routes/docs.js`` sends them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

_EMPTY: Final[Mapping[str, Any]] = {
    "string": "", "integer": 0, "number": 0, "boolean": False, "array": [], "object": {},
}  # fmt: skip
_PARTS: Final = "multipart/form-data"
_CHECK: Final = " autocomplete=off spellcheck=false"


def build_form(method: str, path: str, route: Mapping[str, Any]) -> str:
    """Return the form of one route: a field for each parameter, and a body for each content type that it accepts."""
    fields = [_build_parameter(one) for one in route.get("parameters", ())]
    content = route.get("requestBody", {}).get("content", {})
    bodies = [
        f"<fieldset data-type='{escape(kind)}'{' hidden disabled' if place else ''}>{_build_body(kind, one)}</fieldset>"
        for place, (kind, one) in enumerate(content.items())
    ]
    choices = "".join(f"<option>{escape(kind)}</option>" for kind in content)
    choice = f"<label>Content-Type <select name=content-type>{choices}</select></label>" if len(content) > 1 else ""
    return (
        f"<details><summary>Try it</summary>"
        f"<form data-method={escape(method.upper())} data-path='{escape(path)}'>{''.join(fields)}{choice}"
        f"{''.join(bodies)}<p><button>Send</button> <button type=button name=stop hidden>Stop</button></p>"
        f"<pre class=command hidden></pre><output hidden></output></form></details>"
    )


def _build_parameter(parameter: Mapping[str, Any]) -> str:
    name, place = escape(parameter["name"]), parameter["in"]
    default = parameter.get("schema", {}).get("default")
    hint = "" if default is None else f" placeholder='{escape(str(default))}'"
    needed = " required" if parameter.get("required") else ""
    return f"<label>{name} <input name='{name}' data-in={place}{hint}{needed}{_CHECK}></label>"


def _build_body(kind: str, body: Mapping[str, Any]) -> str:
    schema = body.get("schema", {})
    if kind == _PARTS:
        return "".join(_build_parts(schema))
    if schema.get("format") == "binary":
        return "<label>Body <input type=file data-body></label>"
    text = ""
    if kind.endswith("json"):
        text = json.dumps(body.get("example") or _build_example(schema), indent=2, ensure_ascii=False)
    rows = max(4, text.count("\n") + 1)
    return (
        f"<label>Body <textarea data-body rows={rows} spellcheck=false>{escape(text, quote=False)}</textarea></label>"
    )


def _build_parts(schema: Mapping[str, Any]) -> Iterator[str]:
    """Build a field for each part of a form: of a file, of several files, or of text."""
    for name, field in schema.get("properties", {}).items():
        is_list = field.get("type") == "array"
        is_file = (field.get("items", {}) if is_list else field).get("format") == "binary"
        kind = f" type=file{' multiple' if is_list else ''}" if is_file else _CHECK
        needed = " required" if name in schema.get("required", ()) else ""
        yield f"<label>{escape(name)} <input name='{escape(name)}' data-part{kind}{needed}></label>"


def _build_example(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Build a JSON body with the fields that it must have, each with its first accepted or an empty value."""
    fields = schema.get("properties", {})
    return {name: _pick_value(fields.get(name, {})) for name in schema.get("required", ())}


def _pick_value(field: Mapping[str, Any]) -> Any:
    return next(iter(field.get("enum", ())), _EMPTY.get(str(field.get("type")), ""))
