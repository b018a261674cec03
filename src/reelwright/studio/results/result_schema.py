"""The JSON schema of results: exactly what ``to_json`` returns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from reelwright.studio.results.result_model import ResultModel, name_json_key


def build_schema(title: str, models: Sequence[type[ResultModel]], description: str = "") -> dict[str, Any]:
    """Build the JSON schema (draft 2020-12) of what ``to_json`` returns for any one of ``models``."""
    _, schema = models_json_schema([(model, "serialization") for model in models], schema_generator=_ResultSchema)
    shapes = [{"$ref": f"#/$defs/{model.__name__}"} for model in models]
    about = {"description": description} if description else {}
    shape = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
    return {"$schema": GenerateJsonSchema.schema_dialect, "title": title, **about, **shape, "$defs": schema["$defs"]}


class _ResultSchema(GenerateJsonSchema):
    """Describes the public names of the values inside results, and has no titles that only repeat a key."""

    def model_schema(self, schema: Any) -> dict[str, Any]:
        return _name_keys(super().model_schema(schema))

    def dataclass_schema(self, schema: Any) -> dict[str, Any]:
        by_alias, self.by_alias = self.by_alias, False  # the alias of such a field is its stored spelling
        try:
            return _name_keys(super().dataclass_schema(schema))
        finally:
            self.by_alias = by_alias

    def field_is_required(self, field: Any, total: bool) -> bool:
        return field.get("serialization_exclude_if") is None

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _name_keys(schema: dict[str, Any]) -> dict[str, Any]:
    """Name keys of the JSON in the description, which is a docstring and names fields."""
    described = schema.get("description", "")
    return schema | {"description": re.sub(r"``(.+?)``", lambda name: f"`{name_json_key(name[1])}`", described)}
