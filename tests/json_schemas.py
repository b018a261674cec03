"""Checks JSON against the schemas that ``reelwright schema`` prints: what verbs print, and what results return.

It knows the keywords that our schemas have, and refuses any other. Of formats it knows none.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

NOTES = {"$schema", "$defs", "title", "description", "default", "format"}
OF_OTHER_TYPES = {
    "pattern", "minItems", "maxItems", "items", "prefixItems", "required", "properties", "additionalProperties",
}  # fmt: skip
"""Keywords that say something of values of one type, and nothing of others."""
TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip


def list_faults(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], path: str = "$") -> Iterator[str]:
    """Yield what is wrong with ``value`` by a ``schema`` that stands in ``root``."""
    for keyword, rule in schema.items():
        if keyword in NOTES:
            continue
        if keyword == "$ref":
            yield from list_faults(value, root["$defs"][rule.removeprefix("#/$defs/")], root, path)
        elif keyword == "anyOf":
            each = [list(list_faults(value, one, root, path)) for one in rule]
            if all(each):
                yield from min(each, key=len)
        elif keyword == "type":
            if not isinstance(value, TYPES[rule]) or (isinstance(value, bool) and rule != "boolean"):
                yield f"{path}: {value!r} is no {rule}"
        elif keyword in ("enum", "const"):
            if value not in (rule if keyword == "enum" else [rule]):
                yield f"{path}: {value!r} is not {rule}"
        elif isinstance(value, str) and keyword == "pattern":
            if not re.search(rule, value):
                yield f"{path}: {value!r} does not match {rule}"
        elif isinstance(value, list) and keyword in ("minItems", "maxItems"):
            if (len(value) < rule) if keyword == "minItems" else (len(value) > rule):
                yield f"{path}: {len(value)} items"
        elif isinstance(value, list) and keyword in ("items", "prefixItems"):
            rules = [rule] * len(value) if keyword == "items" else rule
            for n, (item, one) in enumerate(zip(value, rules, strict=False)):
                yield from list_faults(item, one, root, f"{path}[{n}]")
        elif isinstance(value, dict) and keyword == "required":
            yield from (f"{path}.{key}: missing" for key in rule if key not in value)
        elif isinstance(value, dict) and keyword == "properties":
            for key in rule.keys() & value.keys():
                yield from list_faults(value[key], rule[key], root, f"{path}.{key}")
        elif isinstance(value, dict) and keyword == "additionalProperties":
            for key in value.keys() - schema.get("properties", {}).keys() if rule is not True else ():
                here = f"{path}.{key}"
                yield from [f"{here}: unknown"] if rule is False else list_faults(value[key], rule, root, here)
        else:
            assert keyword in OF_OTHER_TYPES, f"{path}: a keyword that is not known: {keyword}"


def check(value: Any, schema: Mapping[str, Any]) -> None:
    """Assert that ``value`` is as ``schema`` has it."""
    assert not (faults := list(list_faults(value, schema, schema))), f"{schema['title']}: {'; '.join(faults[:5])}"


@functools.cache
def get_schema(verb: str) -> Mapping[str, Any]:
    from reelwright.cli.output.actions import describe_hints
    from reelwright.cli.output.results_by_verb import RESULT_MODELS
    from reelwright.studio.results.result_schema import build_schema

    return describe_hints(build_schema(verb, RESULT_MODELS[verb]))


def check_printed(args: Sequence[str], out: str) -> None:
    """Assert that what a verb printed with ``--json`` is as its schema has it, or is an error as theirs has it."""
    from reelwright.cli.output.results_by_verb import RESULT_MODELS

    if "--json" not in args or not out.strip():
        return
    verb = max((name for name in RESULT_MODELS if tuple(args[: name.count(" ") + 1]) == tuple(name.split())), key=len,
               default="error")  # fmt: skip
    decoder, left = json.JSONDecoder(), out.strip()
    while left:
        document, end = decoder.raw_decode(left)
        left = left[end:].lstrip()
        check(document, get_schema("error" if "error" in document else verb))


def check_every_result() -> None:
    """Let every result of this process check itself when it is turned into JSON."""
    from reelwright.studio.results.result_model import ResultModel
    from reelwright.studio.results.result_schema import build_schema

    get = functools.cache(lambda kind: build_schema(kind.__name__, (kind,)))
    make = ResultModel.to_json

    def to_json(self: ResultModel) -> dict[str, Any]:
        document = make(self)
        check(json.loads(json.dumps(document)), get(type(self)))
        return document

    ResultModel.to_json = to_json  # type: ignore[method-assign]
