"""``ErrorResult``: an error as JSON, in place of the result."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from reelwright.errors import Billed, Retry
from reelwright.studio.money.reconcile import ReconcileResult
from reelwright.studio.results.result_model import ResultModel, ResultReason


class ErrorDetails(ResultModel):
    """An error in JSON. Programs read ``reason``; ``message`` and ``hint`` are for people. ``step``: what it is about.

    ``retry``: whether the same call may help. ``was_billed``: whether something may have been paid for nothing.
    """

    kind: str
    reason: ResultReason
    message: str
    hint: str
    retry: Retry
    was_billed: Annotated[Billed, Field(alias="billed")]
    step: str | None


class InputErrorDetails(ErrorDetails):
    """An error in JSON about a wrong ``value`` of a ``field``. ``accepted_values``: what is accepted there."""

    field: str
    value: JsonValue
    accepted_values: Annotated[str, Field(alias="accepted")]


class ReconcileErrorDetails(ErrorDetails):
    """An error in JSON: nothing is bought until ``reconcile``, because the journal was moved or restored.

    ``reconcile_report``: the sends that the journal does not know.
    """

    reconcile_report: Annotated[ReconcileResult, Field(alias="found")]


class ErrorResult(ResultModel):
    """The JSON document that a failed command prints in place of its result."""

    error: InputErrorDetails | ReconcileErrorDetails | ErrorDetails
