"""Waits and limits of the network, each under the name of what it limits.

Deadlines of sends that may cost money, and waits for their answers: ``send_and_answer_waits``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# Connections
CONNECT_S: Final = 10
"""Seconds to open a connection. Source of this and the next: the providers' own clients, read 2026-11-20."""
WRITE_S: Final = 120
"""Seconds in which the other side takes no byte of a request before it is given up."""
DEFAULT_READ_S: Final = 60
"""Seconds without a byte of the answer, where a provider names no other time."""
POOL_S: Final = 5
"""Seconds to wait for a free connection of the pool."""
SLOW_BYTES_PER_S: Final = 1024
"""A download with fewer bytes per second over its read time is given up."""
NEXT_ADDRESS_WAIT_S: Final = 2.0
"""Seconds before the next address of a name is tried: IPv6 or IPv4 may not work on this network."""
RESOLVER_THREADS: Final = 8
"""Names that are resolved at once: the system's resolver blocks a thread for each."""
KEEPALIVE_S: Final = 5.0
"""Seconds for which an idle connection is kept for the next request."""
MAX_IDLE_CONNECTIONS: Final = 32
"""Most idle connections that are kept for free requests: of 5,000 operations, about twenty are polled at one moment."""
MAX_FREE_REQUESTS_AT_ONCE: Final = 100
"""Most free requests to one provider at one time."""
MAX_RETRY_AFTER_S: Final = 86_400.0
"""The longest wait that is obeyed. A Retry-After of years is a mistake of the other side."""
MAX_REDIRECTS: Final = 3
"""Redirects of one download that are followed: more of them are a loop."""
HELD_UP_AFTER_S: Final = 0.5
"""A timer that comes so many seconds late shows that this process did not run: it was stopped, or very busy."""

# Sizes of what is read and written
MAX_PAID_ANSWER_BYTES: Final = 64 * 1024**2
"""Most bytes of a response to ``send_once``: it may be the result itself, such as speech in base64."""
MAX_FREE_ANSWER_BYTES: Final = 4 * 1024**2
"""Most bytes of a response to a free request: lists and states, never a film."""
READ_BYTES: Final = 64 * 1024
"""Bytes that are read from a connection at once."""
MAX_RESPONSE_HEAD_BYTES: Final = 100 * 1024
"""Most bytes of the head of a response."""
WRITE_PIECE_BYTES: Final = 256 * 1024
"""Bytes that are handed to a socket at once, so that an early answer is noticed between two of them."""
MAX_KEY_FILE_BYTES: Final = 64 * 1024
"""Most bytes of a file of keys: a larger one is none, and is not read into memory."""
MIN_SIGNING_KEY_CHARS: Final = 32
"""Fewest characters of the key that signs links: 32 random ones cannot be guessed."""

# What is logged and shown
MIN_SECRET_CHARS: Final = 6
"""Shorter texts are not treated as secrets: replacing them would damage ordinary words."""
MAX_LINE_CHARS: Final = 300
"""Most characters of one line of a message: the rest of a provider's page helps nobody."""
MAX_SHOWN_CHARS: Final = 2_000
"""Most characters of one text that is sent back or logged. What comes from outside may have any length."""
LOGGED_DEPTH: Final = 3
"""Levels of an answer in which words of its state are looked for."""
MAX_LOGGED_WORDS: Final = 12
"""Words of an answer's state that are logged of one exchange."""

# Tokens and webhooks
TOKEN_REPLACED_BEFORE_END: Final = timedelta(minutes=5)
"""A token that expires sooner is replaced before it is used, so that it does not expire during a send."""
WEBHOOK_ATTEMPT_S: Final = 5.0
"""Seconds that an attempt may take, from resolving the name to the head of the answer."""
MAX_WEBHOOK_URL_CHARS: Final = 2000
"""Most characters of a webhook's address: servers refuse longer ones."""
WEBHOOK_CLOCK_TOLERANCE_S: Final = 300
"""Seconds by which the time of a webhook may differ from now."""

# Buckets and clusters
BUCKET_READ_BYTES: Final = 1 << 20
"""Bytes of an object that are read at once."""
BUCKET_CONNECT_S: Final = "10s"
"""Time to connect to a bucket, in the words of the library."""
BUCKET_ANSWER_S: Final = "600s"
"""Time for a whole request: a part of 5 MiB is sent or 1 MiB or more is read in this time even on a slow line."""
CLUSTER_PROBE_S: Final = 3.0
"""Seconds in which the address of a cluster takes a connection, before Ray's own long wait begins."""
CLUSTER_TRIES: Final = 4
"""Tries to connect to a cluster whose head is busy: it often fails to start the process that serves a client."""
