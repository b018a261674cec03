"""Options of the client: defaults, overridden by environment variables, overridden by arguments; all checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import pydantic

from reelwright.client.client_model import ClientModel
from reelwright.client.policy import (
    DEFAULT_CONCURRENT_LIMIT,
    DEFAULT_MAX_RETRIES,
    DEFAULT_MAX_WAIT_TIME,
    DEFAULT_TIMEOUT,
    POLL_INITIAL_DELAY,
    POLL_MAX_DELAY,
    RETRY_DELAYS,
)
from reelwright.units import format_number

PREFIX: Final = "VIDEO_GENERATION_"
DEFAULT_BASE_URL: Final = "http://localhost:4000/gemini/v1beta"
"""A LiteLLM proxy on this machine, where it passes the Gemini wire through."""
DEFAULT_MODEL: Final = "litellm-veo-3.1"
DEFAULT_OUTPUT_DIR: Final = "generated_videos"


def _refuse_truth(value: Any) -> Any:
    """Refuse True and False, which pydantic would read as 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("a number")
    return value


def _format_amount(value: Any) -> Any:
    """Return a number as text, so that 0.1 stays $0.1."""
    return format_number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _check_folder(value: Any) -> Any:
    if not isinstance(value, (str, Path)) or not str(value).strip() or "\x00" in str(value):
        raise ValueError("a folder")
    return Path(value).expanduser()


def _check_key(key: pydantic.SecretStr) -> pydantic.SecretStr:
    if not key:
        raise ValueError("text")
    return key


_Text = Annotated[str, pydantic.Field(min_length=1)]
_Amount = Annotated[_Text, pydantic.BeforeValidator(_format_amount)]
_Number = Annotated[float, pydantic.BeforeValidator(_refuse_truth)]
_Count = Annotated[int, pydantic.BeforeValidator(_refuse_truth)]


class ClientOptions(ClientModel):
    """All options of a ``VeoVideoGenerator``, checked. Times in seconds. ``max_usd`` None: each call agrees to its
    price, whatever it is.

    ``unknown_at_most``: the most in USD that a video of unknown price may cost, such as one by a model with a name
    that the proxy's owner made up. None: such a video is not requested.

    ``api_key`` None: the key comes from the variable ``LITELLM_API_KEY``, or from the file or keyring of
    ``reelwright keys``. ``successor``: whether the successor replaces a retired model, which the ``notes`` of the
    response then say; None: as in the settings.
    """

    model_config = pydantic.ConfigDict(str_strip_whitespace=True)

    base_url: _Text = DEFAULT_BASE_URL
    api_key: Annotated[pydantic.SecretStr, pydantic.AfterValidator(_check_key)] | None = None
    model: _Text = DEFAULT_MODEL
    timeout: Annotated[_Number, pydantic.Field(ge=0.1, le=3600)] = DEFAULT_TIMEOUT
    max_retries: Annotated[_Count, pydantic.Field(ge=1, le=1 + len(RETRY_DELAYS))] = DEFAULT_MAX_RETRIES
    max_wait_time: Annotated[_Number, pydantic.Field(ge=0.1, le=86_400)] = DEFAULT_MAX_WAIT_TIME
    concurrent_limit: Annotated[_Count, pydantic.Field(ge=1, le=64)] = DEFAULT_CONCURRENT_LIMIT
    output_dir: Annotated[Path, pydantic.BeforeValidator(_check_folder)] = Path(DEFAULT_OUTPUT_DIR)
    poll_initial_delay: Annotated[_Number, pydantic.Field(ge=0.01, le=3600)] = POLL_INITIAL_DELAY
    poll_max_delay: Annotated[_Number, pydantic.Field(ge=0.01, le=3600, validate_default=True)] = POLL_MAX_DELAY
    max_usd: _Amount | None = None
    unknown_at_most: _Amount | None = None
    successor: bool | None = None

    @pydantic.field_validator("poll_max_delay")
    @classmethod
    def _check_delays(cls, value: float, info: pydantic.ValidationInfo) -> float:
        least = info.data.get("poll_initial_delay", 0.0)
        if value < least:
            raise ValueError(f"{least:g} or more")
        return value

    @property
    def send_again_s(self) -> tuple[float, ...]:
        """Seconds to wait before each further send of a request that was not accepted."""
        return RETRY_DELAYS[: self.max_retries - 1]


def load_options(environ: Mapping[str, str] | None = None, **given: Any) -> ClientOptions:
    """Build the client's options from the arguments that are not None, the environment (``VIDEO_GENERATION_BASE_URL``
    …) and defaults.

    Raises ``ValidationError`` with the name of the field. Reads no key from a file and sends nothing.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for name in ClientOptions.model_fields:
        if name != "api_key" and (value := environ.get(f"{PREFIX}{name.upper()}")):
            values[name] = value
    return ClientOptions(**values | {name: value for name, value in given.items() if value is not None})
