"""Waits for the answer to a request, by provider, in seconds."""

from __future__ import annotations

from typing import Final

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
