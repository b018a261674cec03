"""Constants, defaults, and options from environment variables."""

from reelwright.client.options import DEFAULT_BASE_URL, DEFAULT_MODEL, DEFAULT_OUTPUT_DIR, ClientOptions, load_options
from reelwright.client.policy import (
    DEFAULT_CONCURRENT_LIMIT,
    DEFAULT_MAX_RETRIES,
    DEFAULT_MAX_WAIT_TIME,
    DEFAULT_SECONDS,
    DEFAULT_TIMEOUT,
    MAX_PROMPT_LENGTH,
    POLL_INITIAL_DELAY,
    POLL_MAX_DELAY,
    RETRY_DELAYS,
)

__all__ = [
    "DEFAULT_BASE_URL",
    "DEFAULT_CONCURRENT_LIMIT",
    "DEFAULT_MAX_RETRIES",
    "DEFAULT_MAX_WAIT_TIME",
    "DEFAULT_MODEL",
    "DEFAULT_OUTPUT_DIR",
    "DEFAULT_SECONDS",
    "DEFAULT_TIMEOUT",
    "MAX_PROMPT_LENGTH",
    "POLL_INITIAL_DELAY",
    "POLL_MAX_DELAY",
    "RETRY_DELAYS",
    "ClientOptions",
    "load_options",
]
