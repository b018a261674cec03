"""Waits, limits and intervals of the server, each under the name of what it limits.

How long one stays signed in: ``store/policy``; how large an upload may be: ``input_limits``.
"""

from __future__ import annotations

from typing import Final

# Connections
REQUEST_HEAD_S: Final = 10.0
"""Most seconds from the first byte of a request to the end of its head, and from a connection to its first byte."""
MAX_REQUEST_HEAD_BYTES: Final = 64 * 1024
"""Most bytes of a request's head."""
BODY_PAUSE_S: Final = 10.0
"""Most seconds between two parts of a request's body."""
MIN_BODY_BYTES_PER_S: Final = 1024
"""Bytes in each second of waiting, beside the first ``BODY_PAUSE_S``, that a body comes with at least."""
UNREAD_ANSWER_S: Final = 120.0
"""Most seconds in which a client reads nothing of an answer that waits for it."""
IDLE_CONNECTION_S: Final = 75
"""Seconds that an idle connection is kept: longer than nginx keeps its own (60), which would else find it closed."""
CONNECTION_BACKLOG: Final = 1024
"""Connections that wait to be accepted: a thousand callers may begin at one moment."""
SPARE_FILES: Final = 256
"""Open files that are not connections: databases, pipes of tools, files that are sent."""
BUSY_RETRY_S: Final = 2
"""Seconds after which a client may ask again that came while all connections were taken."""
MAX_CONNECTIONS: Final = 1000
"""Above so many connections a request is answered 503, unless an option says otherwise."""

# Rates
RATE_LIMIT: Final = "600/min"
"""Requests of one caller, unless an option says otherwise: ten a second, more than a page sends."""
MAX_STREAMS_PER_CALLER: Final = 20
"""Open streams of one caller, unless an option says otherwise: some tabs of a browser."""
FAILED_KEYS_PER_MINUTE: Final = 20
"""Requests with a key that does not exist, of one address, in a minute."""
MAX_GOOD_KEYS_REMEMBERED: Final = 1024
"""Keys that are remembered to exist, so that their callers never count as guessing."""
STREAM_RETRY_S: Final = 5
"""Seconds after which a client may ask again for a stream. Nobody knows when another one ends."""

# Requests
MAX_FORM_FIELDS: Final = 100
"""Most fields of a form, and most files."""
SMALL_BODY_BYTES: Final = 16 * 1024
"""Bytes of a body below which reading it takes less than handing it to a thread."""
MAX_JSON_VALUES: Final = 100_000
"""Most values of a JSON body. Millions of them fit into a request, and into no memory."""
CONNECTION_END_LOOKS: Final = 4
"""Turns of the event loop in which the end of a connection is noticed that lies at the socket: one reads it, the next
tells the request.
"""
QUOTED_CHARS: Final = 60
"""Characters of a wrong value that a refusal quotes."""
MAX_NUMBER_CHARS: Final = 10
"""Longer digits in a form are text: no option has so high a number."""
MAX_ROWS_PER_PAGE: Final = 200
"""Most rows of a page of a list."""
ROWS_PER_PAGE: Final = 50
"""Rows of a page of a list whose request names no number."""
VIDEOS_PER_PAGE: Final = 20
"""The same of the videos of OpenAI's dialect, as its reference has it."""
MAX_METADATA_CHARS: Final = 4000
"""Most characters of an upload's metadata: a few names and values."""
MAX_MESSAGE_BYTES: Final = 1 << 20
"""Most bytes of a message of a provider: it names a work and its state."""
MAX_RETRIES_SHOWN: Final = 3
"""Tries that a dialect's state counts; later ones read as the last."""

# Downloads and links
READ_CHUNK_BYTES: Final = 1 << 20
"""Bytes that one thread reads at once: handing a part over takes longer than to read a small one."""
CHECKSUMS_CACHED: Final = 4096
"""Files of archives whose checksum is remembered."""
BUCKET_ADDRESS_S: Final = 900
"""How long an address of the bucket lasts at most: a player asks it for further parts, and whoever may read a file no
more still has it for this long."""
LINK_LIFETIME_S: Final = 3600
"""A link is good for one to two of these, so that a browser finds what it has by the same address for an hour."""
MAX_LINK_LIFETIME_S: Final = 7 * 86_400
"""The longest that a link lasts which a caller asks for."""
MAX_LINK_CHARS: Final = 1000
"""Most characters of a link's token: a longer one is none of ours."""

# Streams of events
EVENT_LOOK_EVERY_S: Final = 0.1
"""Seconds between two reads of the journal, while anybody listens. All streams send what came meanwhile at once."""
EVENT_RETRY_S: Final = 2.0
"""Seconds before events are read again after the database was away."""
MAX_EVENTS_KEPT: Final = 2000
"""Newest events that are kept in memory; a stream that is further behind reads the journal itself."""
RECONNECT_MS: Final = 1000
"""Milliseconds after which a browser connects again to a stream that ended."""
STREAM_COMMENT_EVERY_S: Final = 15.0
"""Seconds without an event after which a comment is sent, so that no proxy closes the stream."""
STOP_LOOK_EVERY_S: Final = 1.0
"""Seconds between two looks whether the server is stopping."""
SOCKET_LOOK_S: Final = 1.0
"""Seconds between two looks whether a socket's caller is gone or its server stops."""
KEY_CHECK_EVERY_S: Final = 0.5
"""Seconds after which an open stream looks again whether its key was revoked."""
VIDEO_POLL_MS: Final = 2000
"""Milliseconds after which OpenAI's client may poll again."""

# Keys and sign-in
KEY_USE_RECORDED_EVERY_S: Final = 60.0
"""Seconds after which this process records the use of a key again."""
MAX_STUDIOS_KEPT: Final = 256
"""Studios and feeds that are kept for the next request of their caller. Making one costs little."""
ISSUER_CLOCK_LEEWAY_S: Final = 60
"""Seconds by which the clocks of the issuer and of this machine may differ."""
MAX_LABEL_CHARS: Final = 200
"""Most characters that are kept of a person's name or address."""
ISSUER_KEYS_LIFETIME_S: Final = 3600.0
"""Seconds for which the issuer's description and keys are kept: a key that it withdrew is not trusted for longer."""
ISSUER_KEYS_REFETCH_S: Final = 10.0
"""Least seconds between two fetches of the keys because a token was signed by an unknown one."""
ISSUER_RETRY_S: Final = 2.0
"""Seconds for which an issuer that could not be asked is not asked again: those who wait get the same answer."""
ISSUER_CONNECT_S: Final = 5
"""Seconds to connect to an issuer: a person waits."""
ISSUER_WRITE_S: Final = 10
"""Seconds in which it takes a request."""
ISSUER_ANSWER_S: Final = 10.0
"""Seconds without a byte of its answer."""
MAX_ISSUER_BYTES: Final = 1024 * 1024
"""Most bytes of an answer of an issuer: its description, keys or a token."""

# The database, the event loop and the end of the process
STORE_RETRY_S: Final = 5
"""Seconds after which a client may ask again while the database or the issuer is away, or the disk is full."""
UNANSWERED_REQUEST_S: Final = 0.7
"""Seconds after which a request without an answer has the database looked at, again and again."""
STORE_CHECK_S: Final = 1.0
"""Seconds in which the database answers a check, or counts as away."""
STORE_CHECK_LOOKS: Final = 10
"""Looks within a check. A process that is held up itself has each of them late: it was at work ten times meanwhile."""
STORE_CHECK_LIFETIME_S: Final = 2.0
"""Seconds for which the result of a check holds."""
LOOP_TURN_S: Final = 0.1
"""Seconds of CPU time that a turn of the loop may take. Nobody else is served meanwhile."""
LOOP_BEAT_S: Final = 0.025
"""Seconds between two beats that tell whether the loop turns."""
LOGGED_FRAMES: Final = 12
"""Innermost frames of a stack that are logged."""
THREAD_SWITCH_S: Final = 0.001
"""Seconds after which a thread lets another one run."""
DRAIN_S: Final = 5.0
"""Seconds that open requests have to end, before the director is stopped."""
SERVER_STOP_S: Final = 20.0
"""Seconds that stopping may take. deploy/ lets 45 pass before it kills."""
