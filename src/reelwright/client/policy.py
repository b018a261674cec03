"""Waits and limits of the client, each under the name of what it limits. ``video_generation.config`` exports most."""

from __future__ import annotations

from typing import Final

# Waits, in seconds
DEFAULT_TIMEOUT: Final = 60.0
"""Seconds without a byte after which a request counts as unanswered."""
DEFAULT_MAX_WAIT_TIME: Final = 600.0
"""Seconds for one video, from the call to its file."""
POLL_INITIAL_DELAY: Final = 10.0
"""Seconds before the first polls; each wait is 1.5 times as long as the one before."""
POLL_MAX_DELAY: Final = 30.0
"""The longest wait between two polls."""
RETRY_DELAYS: Final = (2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds before a request that was not accepted is sent again; a longer ``Retry-After`` wins."""

# Numbers of requests
DEFAULT_MAX_RETRIES: Final = 3
"""All tries, the first included. The Reelwright server makes three tries after the first (C-03)."""
DEFAULT_CONCURRENT_LIMIT: Final = 5
"""Videos that are made at once."""

# Videos
DEFAULT_SECONDS: Final = 8.0
"""The length of a video whose request names none: the default of the long-running wire."""
MAX_PROMPT_LENGTH: Final = 4000
"""The most characters of a prompt. We chose the figure: the document of S4 names none."""

# Names and records
MAX_RECORDED_BYTES: Final = 20_000
"""The most bytes of an answer that an error quotes; a longer answer contains a film."""
MAX_FILE_NAME_BYTES: Final = 200
"""The most bytes of a file name. File systems allow 255, and ``.part`` must fit as well."""
MAX_SLUG_CHARS: Final = 48
"""Most characters of a prompt in a file name."""
MAX_TITLE_CHARS: Final = 32
"""The most characters of a prompt beside its bar."""
