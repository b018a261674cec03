"""The request and the results of a video: ``VideoRequest``, ``VideoResponse``, ``BatchResult``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import pydantic
from pydantic.json_schema import SkipJsonSchema

from reelwright.client.client_model import ClientModel
from reelwright.client.exceptions import ValidationError
from reelwright.client.policy import MAX_PROMPT_LENGTH
from reelwright.errors import BadInput
from reelwright.studio.quotes.validation import check_text


def validate_prompt(prompt: object) -> str:
    """Return the prompt in Unicode form NFC, without white space around it.

    Raises ``ValidationError`` if it is no text, has no visible character, or is too long.
    """
    try:
        return check_text("prompt", prompt, MAX_PROMPT_LENGTH)
    except BadInput as error:
        raise ValidationError(error.message, "prompt") from error


def _validate_prompt(prompt: str) -> str:
    try:
        return check_text("prompt", prompt, MAX_PROMPT_LENGTH)
    except BadInput as error:
        raise ValueError(error.accepted) from error


def _match(pattern: str, accepted: str) -> pydantic.AfterValidator:
    """Return a validator that refuses text that does not match, and says what is accepted."""

    def check_pattern(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(accepted)
        return text

    return pydantic.AfterValidator(check_pattern)


class VideoRequest(ClientModel):
    """A checked request for one video; sends nothing by itself. ``seconds`` is its length.

    ``model`` None means the model of the generator. ``output_path`` None means a generated name in the generator's
    ``output_dir``. The constructor checks every field: it raises ``ValidationError`` (which is a ``ValueError``) with
    the name of the field, and sends nothing.
    """

    model_config = pydantic.ConfigDict(str_strip_whitespace=True)

    prompt: Annotated[str, pydantic.AfterValidator(_validate_prompt)]
    model: Annotated[str, pydantic.Field(min_length=1, max_length=200)] | None = None
    output_path: Path | None = None
    seconds: Annotated[float, pydantic.Field(gt=0, le=600)] | None = None
    aspect_ratio: Annotated[str, _match(r"\d{1,2}:\d{1,2}", "an aspect ratio such as 16:9")] | None = None
    resolution: Annotated[str, _match(r"\d{3,4}p|[248][kK]", "a resolution such as 720p, 1080p or 4k")] | None = None
    negative_prompt: Annotated[str, pydantic.Field(max_length=MAX_PROMPT_LENGTH)] | None = None
    seed: Annotated[int, pydantic.Field(ge=0, le=4_294_967_295)] | None = None

    def __init__(self, prompt: Any = None, /, **given: Any) -> None:
        """Accept the prompt also by position: ``VideoRequest("a cat")`` equals ``VideoRequest(prompt="a cat")``."""
        super().__init__(**(given if prompt is None else {"prompt": prompt, **given}))


class VideoResponse(ClientModel):
    """The result for one prompt: the video file and its cost, or an error. In a batch ``success`` may be False:
    ``error`` then gives the reason.

    ``file_size_mb`` counts millions of bytes. ``generation_time`` counts seconds from the call to the file.
    ``is_up_to_date``: the video existed already, nothing was bought, and ``generation_time`` is 0.0. ``cost_usd``:
    dollars as text; None for a failure. ``project``: the id of the clip's project in Reelwright's command line and
    studio. ``notes``: remarks on the purchase, such as a model that replaces a retired one, the date on which a model
    retires, the length that is sold instead of the requested one, or in what the video falls short of it. ``seconds``,
    ``width`` and ``height``: of the video as it came, measured. ``exception``: what a single call would have
    raised; it is neither dumped nor compared.
    """

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    success: bool
    video_path: Path | None = None
    file_size_mb: float | None = None
    generation_time: float | None = None
    error: str | None = None
    prompt: str = ""
    model: str = ""
    cost_usd: str | None = None
    is_up_to_date: bool = False
    project: str | None = None
    notes: list[str] = []
    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    exception: SkipJsonSchema[Exception | None] = pydantic.Field(default=None, exclude=True, repr=False)

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def is_success(self) -> bool:
        """Whether there is a video, at ``video_path``."""
        return self.success and self.video_path is not None

    def __eq__(self, other: object) -> bool:
        """Compare what is dumped: two runs never raise the same exception object."""
        if not isinstance(other, VideoResponse):
            return NotImplemented
        return self.model_dump() == other.model_dump()


class BatchResult(ClientModel):
    """The results for many prompts, in the order of the prompts.

    ``total_time`` in seconds; None where nobody measured it. ``details``: ``quoted_usd``, the price of the batch, and
    ``up_to_date``, the number of videos that existed already.
    """

    results: list[VideoResponse]
    total_time: float | None = None
    details: dict[str, Any] = {}

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        """The number of prompts in the batch."""
        return len(self.results)

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def successful(self) -> int:
        """The number of videos that the batch has made."""
        return sum(one.is_success for one in self.results)

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def failed(self) -> int:
        """The number of prompts in the batch that brought no video."""
        return self.total - self.successful

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def success_rate(self) -> float:
        """Successful videos as a fraction of all, from 0.0 to 1.0; 0.0 for an empty batch."""
        return self.successful / self.total if self.results else 0.0

    def get_successful_videos(self) -> list[VideoResponse]:
        """Return the results that have a video file, in the order of the prompts."""
        return [one for one in self.results if one.is_success]

    def get_failed_videos(self) -> list[VideoResponse]:
        """Return the results without a video file, in the order of the prompts."""
        return [one for one in self.results if not one.is_success]
