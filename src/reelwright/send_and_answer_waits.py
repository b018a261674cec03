"""Waits of sends that may cost money: for their bytes, for the answer, and for lists that show lost work."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# A request leaves
SEND_WITHIN_S: Final = 15.0
"""Seconds from the call to the first byte of a request that may cost money: half a lease (DESIGN.md 4)."""
SEND_THROUGH_S: Final = 120.0
"""Seconds from the deadline of the first byte of a request that may cost money to that of its last byte."""
SEND_ACKNOWLEDGED_S: Final = 30.0
"""The system ends a connection with bytes that the other side has not acknowledged for so many seconds."""
SEND_ON_ITS_WAY_S: Final = SEND_THROUGH_S + SEND_ACKNOWLEDGED_S
"""Seconds from the deadline of the first byte of a send after which nothing of it can arrive any more.

This holds if its process was stopped or killed, or is cut off by a broken network: its socket accepts no byte later
than ``SEND_THROUGH_S`` (``DeadlineSocket``, by a clock that goes on in sleep), and Linux ends a connection whose bytes
nobody acknowledges (TCP_USER_TIMEOUT), also after the death of the process. Recovery waits for as long before
it believes a list that does not show a send.
"""

# Its answer, by provider, in seconds
ELEVENLABS_ANSWER_S: Final = 300.0
"""The longest wait for an answer: a song of ten minutes is made while the socket waits."""
GEMINI_ANSWER_S: Final = 120.0
"""The longest wait for an answer of the Gemini API: pictures are sent with the request."""
GOOGLE_ANSWER_S: Final = 240.0
"""The same of interactions: a picture is drawn while its POST waits."""
OPENAI_VIDEOS_ANSWER_S: Final = 60.0
"""The same of a server that speaks OpenAI's videos: only the order is answered."""
OPENROUTER_ANSWER_S: Final = 60.0
"""The same of OpenRouter: only the order is answered."""
REPLICATE_ANSWER_S: Final = 60.0
"""The same of Replicate: only the order is answered."""
REPLICATE_UPLOAD_S: Final = 120
"""The longest wait for an answer to an upload, which may have 100 MiB."""
LOCAL_TEXT_ANSWER_S: Final = 1800.0
"""The longest wait for an answer. A small machine writes 4 tokens a second: 6,000 tokens take 25 minutes."""
LOCAL_MODELS_LIST_S: Final = 5.0
"""The longest wait for the names of a local server's models: it reads them from its disk."""
TEXT_ANSWER_S: Final = 180.0
"""The longest wait for an answer: a long plan of a thinking model."""
FILM_STORAGE_ANSWER_S: Final = 10.0
"""Longest wait for an answer to one request: somebody looks on."""
MAX_SEND_WITH_ANSWER_S: Final = 600
"""The longest that a send takes with its answer: 15 s to the first byte, 120 s to the last, 300 s for a song."""

# Recovery: where the answer was lost, the provider's list is read
LISTED_AFTER: Final = timedelta(seconds=30)
"""Accepted work is listed at most this long after it was accepted. Before that, absence proves nothing."""
MAX_LIST_READS: Final = 10
"""Reads of a provider's list before a person is asked. Counted once everything that can arrive must be in the list."""
MAX_LISTING_DELAY_S: Final = 60.0
"""Recovery does not wait for a list that takes longer than this to show new work."""
