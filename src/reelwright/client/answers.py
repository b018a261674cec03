"""What is asked for and what comes back: ``VideoRequest``, ``VideoResponse``, ``BatchResult``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import pydantic

from reelwright.client.exceptions import ValidationError
from reelwright.errors import BadInput
from reelwright.studio.checked import text

MAX_PROMPT_LENGTH: Final = 4000
"""Characters of a prompt at most. Ours to choose: S4's document names no figure."""


def validate_prompt(prompt: object) -> str:
    """The prompt without blanks around it, in NFC. Raises ``ValidationError``: no text, nothing to see, too long."""
    try:
        return text("prompt", prompt, MAX_PROMPT_LENGTH)
    except BadInput as error:
        raise ValidationError(error.message, "prompt") from error


def _sayable(prompt: str) -> str:
    try:
        return text("prompt", prompt, MAX_PROMPT_LENGTH)
    except BadInput as error:
        raise ValueError(error.accepted) from error


class VideoRequest(pydantic.BaseModel):
    """One video to make. ``model`` None: the generator's. ``output_path`` None: a name of its own in the folder.

    Checked when made: raises ``ValidationError`` (which is a ``ValueError``) naming the field; nothing is sent.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    prompt: Annotated[str, pydantic.AfterValidator(_sayable)]
    model: Annotated[str, pydantic.Field(min_length=1, max_length=200)] | None = None
    output_path: Path | None = None
    seconds: Annotated[float, pydantic.Field(gt=0, le=600)] | None = None
    aspect_ratio: Annotated[str, pydantic.Field(pattern=r"^\d{1,2}:\d{1,2}$")] | None = None
    resolution: Annotated[str, pydantic.Field(pattern=r"^(\d{3,4}p|[248][kK])$")] | None = None
    negative_prompt: Annotated[str, pydantic.Field(max_length=MAX_PROMPT_LENGTH)] | None = None
    seed: Annotated[int, pydantic.Field(ge=0, le=4_294_967_295)] | None = None

    def __init__(self, prompt: Any = None, /, **given: Any) -> None:
        """``VideoRequest("a cat")`` and ``VideoRequest(prompt="a cat")`` are the same."""
        try:
            super().__init__(**(given if prompt is None else {"prompt": prompt, **given}))
        except pydantic.ValidationError as error:
            raise _in_ours(error) from error


def _in_ours(error: pydantic.ValidationError) -> ValidationError:
    """The first thing that is wrong, by the path of its field; all of them in ``details``."""
    found = [
        {"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    first = found[0]
    said = first["message"].removeprefix("Value error, ")
    return ValidationError(f"{first['field']}: {said}", first["field"], {"errors": found})


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoResponse:
    """What came of one prompt. Of a batch, ``success`` may be False: then ``error`` says why, and the rest is None.

    ``file_size_mb`` in millions of bytes; ``generation_time`` in seconds from the call to the file (0.0 for what was
    had already). ``cost_usd``: dollars as text; None where it is not settled yet. ``project``: what Reelwright's other
    doors call it. ``notes``: what to know of what was bought: a model in place of a retired one, a day of
    retirement, a length as it is sold.
    """

    success: bool
    video_path: Path | None = None
    file_size_mb: float | None = None
    generation_time: float | None = None
    error: str | None = None
    prompt: str = ""
    model: str = ""
    cost_usd: str | None = None
    had: bool = False
    project: str | None = None
    notes: tuple[str, ...] = ()
    exception: Exception | None = field(default=None, compare=False, repr=False)
    """What a single call would have raised."""

    @property
    def is_success(self) -> bool:
        """Whether the file stands where ``video_path`` says."""
        return self.success and self.video_path is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What came of many prompts, in their order. ``total_time`` in seconds; ``details``: what the batch cost."""

    results: tuple[VideoResponse, ...]
    total_time: float
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return len(self.results)

    @property
    def successful(self) -> int:
        return sum(one.is_success for one in self.results)

    @property
    def failed(self) -> int:
        return self.total - self.successful

    @property
    def success_rate(self) -> float:
        """A fraction from 0.0 to 1.0; 0.0 for an empty batch."""
        return self.successful / self.total if self.results else 0.0

    def get_successful_videos(self) -> list[VideoResponse]:
        """Those whose file is there, in the order of the prompts."""
        return [one for one in self.results if one.is_success]

    def get_failed_videos(self) -> list[VideoResponse]:
        """The others, in the order of the prompts."""
        return [one for one in self.results if not one.is_success]
