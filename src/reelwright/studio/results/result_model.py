"""The base class of results, and the types that they print: money as text, times as ISO 8601, reasons by code."""

from __future__ import annotations

from datetime import datetime
from operator import not_
from typing import Annotated, Any, Final, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    JsonValue,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)

from reelwright.dollars import MICROS_PER_DOLLAR, format_usd
from reelwright.reason import Action, ActionKind, Reason
from reelwright.units import Micros


def name_json_key(field: str) -> str:
    """Convert a field's name to its JSON key: ``micros`` to ``usd``, ``x_micros`` to ``x_usd``, ``try_`` to ``try``."""
    if field == "micros" or field.endswith("_micros"):
        return field.removesuffix("micros") + "usd"
    return field.rstrip("_")


class ResultModel(BaseModel):
    """The base class of the results of verbs: frozen, and convertible to JSON.

    Fields have keys of their own in JSON (``name_json_key``); both names are read.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,  # a verb builds the validators of the results that it makes, and of no others
        alias_generator=name_json_key,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        json_schema_serialization_defaults_required=True,
    )

    def to_json(self) -> dict[str, Any]:
        """Convert the result to plain JSON values, as ``--json`` prints them, in the order of the fields."""
        return self.model_dump(mode="json")

    def replace(self, **changes: Any) -> Self:
        """Return a copy with ``changes`` to some fields; all values are validated."""
        return self.model_validate({**self.__dict__, **changes})


OMIT_EMPTY: Final = Field(exclude_if=not_)
"""Marks a field that JSON leaves out while it is empty. It has a default."""
OMIT_NONE: Final = Field(exclude_if=lambda value: value is None)
"""Marks a field that JSON leaves out while it is None. It has a default."""
NOT_IN_JSON: Final = Field(exclude=True)
"""Marks a field that JSON never has. It has a default."""


def _read_usd(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    dollars, _, fraction = value.removeprefix("-").partition(".")
    if not (dollars + fraction).isdecimal() or not dollars or len(fraction) > 6:
        raise ValueError("dollars as text, such as 0.40")
    micros = int(dollars) * MICROS_PER_DOLLAR + int(fraction.ljust(6, "0"))
    return -micros if value.startswith("-") else micros


Usd = Annotated[
    Micros,
    BeforeValidator(_read_usd),
    PlainSerializer(format_usd, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2,6}$", "description": "US dollars"}),
]
"""Micro-dollars in Python; in JSON decimal dollars as text, such as ``0.40``."""

Moment = Annotated[
    datetime,
    PlainSerializer(lambda moment: moment.isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time with its zone; in JSON as ISO 8601, such as ``2026-11-22T12:00:00+00:00``."""

Number = Annotated[int | float, WithJsonSchema({"type": "number"})]
"""A number that JSON prints as it is: 24 and not 24.0."""


class ActionModel(BaseModel):
    """An action, which a person may take, in JSON.

    Its other keys are its parameters, such as ``purchase`` or ``shot``.
    """

    model_config = ConfigDict(extra="allow", defer_build=True, title="Action")

    kind: ActionKind
    __pydantic_extra__: dict[str, JsonValue]


class ReasonModel(BaseModel):
    """A reason, by its code, in JSON. ``params``: values by name; a value may be another reason."""

    model_config = ConfigDict(extra="forbid", defer_build=True, title="Reason")

    code: str
    step: str | None
    params: dict[str, ReasonModel | JsonValue]
    actions: list[ActionModel]


class _Shape:
    """Describes a value in the schema as JSON of the shape of a model."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        self._model.model_rebuild()
        return handler(self._model.__pydantic_core_schema__)


def _read_reason(value: Any) -> Reason | None:
    if isinstance(value, Reason):
        return value
    ReasonModel.model_validate(value)
    return Reason.from_json(value)


def _read_action(value: Any) -> Action:
    if isinstance(value, Action):
        return value
    ActionModel.model_validate(value)
    return Action.from_json(value)


ResultReason = Annotated[Reason, PlainValidator(_read_reason), PlainSerializer(Reason.to_json), _Shape(ReasonModel)]
ResultAction = Annotated[Action, PlainValidator(_read_action), PlainSerializer(Action.to_json), _Shape(ActionModel)]
