"""Waits and limits of the providers that are ours to choose; what a provider states of itself stands at its wire.

Waits for an answer: ``send_and_answer_waits``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# Waits that providers ask for
MAX_GOOGLE_RETRY_AFTER_S: Final = 86_400.0
"""The longest wait that is obeyed. A wait of years is a mistake of theirs."""
POLL_WAIT_S: Final = 5
"""Seconds until the next poll, where an answer names no time."""

# Searches in the lists of providers, for work whose answer was lost
ELEVENLABS_HISTORY_PAGES: Final = 20
"""Pages of 100 history items each: how far back a search goes."""
OPENAI_VIDEOS_PAGES: Final = 20
"""Pages of 100 videos each: how far back a search goes."""
REPLICATE_PAGES: Final = 50
"""Pages of 100 predictions each: how far back a search goes."""
ELEVENLABS_VOICE_PAGES: Final = 10
"""Pages of 100 voices each that are read for a list of voices."""
SEARCH_WITHOUT_ANCHOR: Final = timedelta(hours=48)
"""How far back, from the newest entry, a list is searched that shows none of our own earlier operations."""
PROVIDER_CLOCKS_APART: Final = timedelta(minutes=10)
"""How far the clocks of a provider's own machines may be apart from each other."""
MAX_ENTRIES_NAMED: Final = 5
"""The most entries that are named to a person."""

# Answers that are not believed at once
LOST_AFTER_REFUSED_POLLS: Final = 20
"""Answers of 400 in a row before an interaction counts as lost. Billed ones were seen to answer so for a while."""
CONTENT_ERRORS_BEFORE_FETCH: Final = 3
"""Polls that find a video completed and its content a server error, before ``fetch`` is left to try the content."""
MAX_COST_DOLLARS: Final = 10**9
"""Above this a cost is nonsense, and its micro-dollars may not fit the journal."""
MAX_COST_CREDITS: Final = 10**9
"""Above this a cost in credits is nonsense."""
MAX_SAMPLES_OF_AN_OPERATION: Final = 16
"""More results than this of one operation are nonsense; each is a row in the journal."""
MAX_ENCODINGS_OF_A_PATH: Final = 4
"""How often a part is decoded to see what servers behind one another make of it."""
MAX_ID_CHARS: Final = 4000
"""Most characters of the id of a work at its provider: a longer one is nonsense, and is not stored."""

# Bytes
MAX_FILM_BYTES: Final = 2 * 1024**3
"""Most bytes of one film that is downloaded, as the engine takes it."""
MAX_GEMINI_ANSWER_BYTES: Final = 4 * MAX_FILM_BYTES
"""Room for four films in base64. They are streamed, never held in memory."""
MAX_ERROR_BYTES: Final = 1024**2
"""Most bytes that are read of an answer that is an error."""
MAX_BYTES_BESIDE_FILMS: Final = 16 * 1024**2
"""Most bytes of an answer besides the films in it: these are held in memory."""
MAX_AUDIO_BYTES: Final = 256 * 1024**2
"""Most bytes of one piece of sound: an hour without loss is smaller."""
MAX_VOICE_SAMPLE_BYTES: Final = 8 * 1024**2
"""Most bytes of a voice's sample, which is a few seconds long."""
MAX_PICTURE_BYTES: Final = 10 * 1024**2
"""The largest picture that is sent, where no document of the provider states a limit."""
DECODED_PIECE_BYTES: Final = 1 << 20
"""Bytes of a decoded answer that are handed over at once."""
MAX_PREPARED_REQUESTS: Final = 64
"""Prepared requests whose inputs can still be read; a request is sent right after it is prepared."""

# Texts
MAX_GOOGLE_ERROR_CHARS: Final = 400
"""Most characters of an error of Google's that are shown."""
MAX_VIDEO_ERROR_CHARS: Final = 300
"""Most characters of an error of a video server that are shown."""
MAX_FOLDER_CHARS: Final = 40
"""Most characters of a folder's name that is made from a prompt."""
MAX_ANSWER_TOKENS: Final = 8_000
"""The longest answer, in tokens, if the request sets no limit."""
MAX_PREVIOUS_ANSWER_BYTES: Final = 64 * 1024
"""Most bytes of an earlier answer that is sent back to be corrected."""
CONTEXT_STEP_TOKENS: Final = 4096
"""The context grows in steps of this many tokens, since each new size makes Ollama load the model again."""
TEMPLATE_TOKENS: Final = 256
"""Tokens that a model's own template adds around the messages."""
