"""The base of the client's models: frozen, every field known, and errors that name field and value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self

import pydantic

from reelwright.client.exceptions import ValidationError
from reelwright.errors import BadInput
from reelwright.reel.base.strict_model import to_bad_input

_SECRETS: Final = frozenset({"api_key"})


class ClientModel(pydantic.BaseModel):
    """Base of the client's pydantic models: frozen; its constructor raises the client's ``ValidationError``, and reads
    back what it dumps.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def __init__(self, **given: Any) -> None:
        """Check every field. Raises ``ValidationError`` with the path of the first wrong field."""
        try:
            super().__init__(**given)
        except pydantic.ValidationError as error:
            raise _convert_error(error, type(self), given) from error

    @pydantic.model_validator(mode="wrap")
    @classmethod
    def _read_computed(cls, value: Any, read: pydantic.ModelWrapValidatorHandler[Self]) -> Self:
        """Read also the computed fields of a dump. A computed field that differs from its computed value is refused."""
        names = cls.model_computed_fields
        if not names or not isinstance(value, Mapping):
            return read(value)
        model = read({name: item for name, item in value.items() if name not in names})
        for name in names:
            if name in value and value[name] != getattr(model, name):
                wrong = BadInput(name, value[name], f"{getattr(model, name)!r}, which the other fields give")
                raise ValidationError(wrong.message, name, {"accepted": wrong.accepted})
        return model


def _convert_error(
    cause: pydantic.ValidationError, kind: type[ClientModel], given: Mapping[str, Any]
) -> ValidationError:
    """Return the error with the path of its field; ``details`` holds the messages of all errors."""
    if isinstance(ours := cause.errors()[0].get("ctx", {}).get("error"), ValidationError):
        return ours
    error = to_bad_input(cause, kind, given, "")
    if not error.field:  # an unknown argument
        error = BadInput(str(error.value), given[str(error.value)], error.accepted)
    if error.field in _SECRETS:
        error = BadInput(error.field, "…", error.accepted)
    found = [
        {"field": ".".join(map(str, one["loc"])), "message": one["msg"].removeprefix("Value error, ")}
        for one in cause.errors(include_url=False, include_context=False, include_input=False)
    ]
    return ValidationError(error.message, error.field, {"accepted": error.accepted, "errors": found})
