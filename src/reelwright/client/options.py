"""Options of the client: defaults, overridden by environment variables, overridden by arguments; all checked."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reelwright.client.exceptions import ValidationError

PREFIX: Final = "VIDEO_GENERATION_"
DEFAULT_BASE_URL: Final = "http://localhost:4000/gemini/v1beta"
"""A LiteLLM proxy on this machine, where it passes the Gemini wire through."""
DEFAULT_MODEL: Final = "litellm-veo-3.1"
DEFAULT_TIMEOUT: Final = 60.0
"""Seconds without a byte after which a request counts as unanswered."""
DEFAULT_MAX_RETRIES: Final = 3
"""All tries, the first included. The Reelwright server makes three tries after the first (C-03)."""
DEFAULT_MAX_WAIT_TIME: Final = 600.0
"""Seconds for one video, from the call to its file."""
DEFAULT_SECONDS: Final = 8.0
"""The length of a video whose request names none: the default of the long-running wire."""
DEFAULT_CONCURRENT_LIMIT: Final = 5
DEFAULT_OUTPUT_DIR: Final = "generated_videos"
POLL_INITIAL_DELAY: Final = 10.0
POLL_MAX_DELAY: Final = 30.0
"""Seconds between two polls: 10 at first, 1.5 times as many each time, 30 at most."""
RETRY_DELAYS: Final = (2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds before a request that was not accepted is sent again; a longer ``Retry-After`` wins."""

_NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    "timeout": (0.1, 3600.0),
    "max_wait_time": (0.1, 86_400.0),
    "poll_initial_delay": (0.01, 3600.0),
    "poll_max_delay": (0.01, 3600.0),
}
_SWITCHES: Final[Mapping[str, bool]] = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_COUNTS: Final[Mapping[str, tuple[int, int]]] = {"max_retries": (1, 1 + len(RETRY_DELAYS)), "concurrent_limit": (1, 64)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """All options of a generator. Times in seconds. ``max_usd`` None: each call agrees to its price, whatever it is.

    ``unknown_at_most``: the most in USD that a video of unknown price may cost, such as one by a model with a name
    that the proxy's owner made up. None: such a video is not requested.

    ``api_key`` None: the key comes from the variable ``LITELLM_API_KEY``, or from the file or keyring of
    ``reelwright keys``. ``successor``: whether the successor replaces a retired model, which the ``notes`` of the
    response then say; None: as in the settings.
    """

    base_url: str = DEFAULT_BASE_URL
    api_key: str | None = None
    model: str = DEFAULT_MODEL
    timeout: float = DEFAULT_TIMEOUT
    max_retries: int = DEFAULT_MAX_RETRIES
    max_wait_time: float = DEFAULT_MAX_WAIT_TIME
    concurrent_limit: int = DEFAULT_CONCURRENT_LIMIT
    output_dir: Path = Path(DEFAULT_OUTPUT_DIR)
    poll_initial_delay: float = POLL_INITIAL_DELAY
    poll_max_delay: float = POLL_MAX_DELAY
    max_usd: str | None = None
    unknown_at_most: str | None = None
    successor: bool | None = None

    def __repr__(self) -> str:
        """Leave out the key."""
        return f"ClientOptions(base_url={self.base_url!r}, model={self.model!r}, output_dir={str(self.output_dir)!r})"

    @property
    def send_again_s(self) -> tuple[float, ...]:
        """Seconds to wait before each further try of a request that was not accepted."""
        return RETRY_DELAYS[: self.max_retries - 1]


def load_options(environ: Mapping[str, str] | None = None, **given: Any) -> ClientOptions:
    """Build options from the environment (``VIDEO_GENERATION_BASE_URL`` …) and from arguments that are not None.

    Raises ``ValidationError`` with the name of the field. Reads no key from a file and sends nothing.
    """
    environ = os.environ if environ is None else environ
    known = ClientOptions.__dataclass_fields__
    if unknown := set(given) - set(known):
        raise _build_error(min(unknown), given[min(unknown)], f"one of {', '.join(sorted(known))}")
    values: dict[str, Any] = {}
    for name in known:
        if name != "api_key" and (value := environ.get(f"{PREFIX}{name.upper()}")):
            values[name] = value
    values |= {name: value for name, value in given.items() if value is not None}
    made = ClientOptions(**{name: _parse_value(name, value) for name, value in values.items()})
    if made.poll_max_delay < made.poll_initial_delay:
        raise _build_error("poll_max_delay", made.poll_max_delay, f"{made.poll_initial_delay:g} or more")
    return made


def _parse_value(name: str, value: Any) -> Any:
    if name in _NUMBERS:
        return _parse_number(name, value, *_NUMBERS[name])
    if name in _COUNTS:
        low, high = _COUNTS[name]
        number = _parse_number(name, value, low, high)
        if number != int(number):
            raise _build_error(name, value, f"a whole number from {low} to {high}")
        return int(number)
    if name == "output_dir":
        if not isinstance(value, (str, Path)) or not str(value) or "\x00" in str(value):
            raise _build_error(name, value, "a folder")
        return Path(value).expanduser()
    if name == "successor":
        found = _SWITCHES.get(str(value).strip().lower())
        if found is None:
            raise _build_error(name, value, "True or False")
        return found
    if name in ("max_usd", "unknown_at_most") and isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    if not isinstance(value, str) or not value.strip():
        raise _build_error(name, value if name != "api_key" else "…", "text")
    return value.strip()


def _parse_number(name: str, value: Any, low: float, high: float) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        raise _build_error(name, value, f"a number from {low:g} to {high:g}")
    return number


def _build_error(field: str, value: object, accepted: str) -> ValidationError:
    return ValidationError(f"{field}: {str(value)[:80]!r} is not accepted; accepted: {accepted}", field)
