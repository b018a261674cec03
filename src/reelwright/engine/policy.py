"""Waits, limits and tries of the engine, each under the name of what it limits.

Leases and heartbeats: ``lease_and_heartbeat``; waits of sends and their answers: ``send_and_answer_waits``.
"""

from __future__ import annotations

from typing import Final

# Sends
SEND_AGAIN_WAITS_S: Final = (30.0, 60.0, 120.0)
"""Waits before a purchase that was not accepted is sent again. A longer Retry-After is obeyed. Source: DESIGN.md 3."""
PURCHASE_TRIES: Final = 2
"""Purchases in all of something that its provider accepted and failed at for a reason that may pass."""
CANCELLED_SEND_WAIT_S: Final = 20.0
"""How long a cancelled director still waits for the answer to a send."""
WRITE_RETRY_WAITS_S: Final = (0.2, 1.0, 3.0, 10.0)
"""Waits before what happened is written again to a database that was away: 14 s, then the step fails."""
MAX_BILL_MICROS: Final = 10**12
"""Micro-dollars. A bill above a million dollars for one purchase is the provider's mistake."""
STAGED_INPUTS_REMOVAL_S: Final = 20.0
"""Seconds that removing uploaded inputs from a provider may take; the next rest of the project tries again."""

# Polls of an operation
FIRST_POLL_WAIT_S: Final = 10.0
"""Seconds between the first polls, where a model's row names no pace."""
LONGEST_POLL_WAIT_S: Final = 30.0
"""Seconds between the last ones: no film is found later than this."""
POLL_WAIT_GROWTH: Final = 1.5
"""By how much each wait before a poll is longer than the one before."""
POLL_WAIT_JITTER: Final = 0.1
"""Share of a wait. Enough to spread, within a few polls, operations that began together."""
SOONEST_EXPIRY_POLL_S: Final = 0.5
"""The shortest wait of an operation whose outputs expire soon: polling more often than this would not save them."""
MAX_REQUESTED_POLL_WAIT_S: Final = 600.0
"""The longest wait before a poll that a provider may ask for: a longer one is its mistake."""
RESUMED_POLLS_SPREAD_S: Final = 4.0
"""Resumed operations are first polled within this time. Source: PROMISES.md P8."""
EMPTY_POLLS_BELIEVED: Final = 3
"""Looks at an operation that is over and gives neither result nor reason, before that is believed."""
REFUSED_POLLS_REPORTED: Final = 3
"""Consecutive polls that are refused before a person is told: a key may have been revoked."""
LONGEST_OPERATION_S: Final = 86_400.0
"""An operation that is not over after a day is reported to a person."""
UNKNOWN_OPERATION_PATIENCE_S: Final = 900.0
"""So is one that its provider does not know, or that cannot be fetched, for this long without a break."""

# Downloads
DOWNLOAD_S: Final = 1_800.0
"""Seconds that one download may take: 2 GiB at 10 Mbit/s."""
MAX_OUTPUT_BYTES: Final = 2 * 1024**3
"""Size limit of one output from a provider. Source: PROMISES.md 5."""
MAX_CONCURRENT_DOWNLOADS: Final = 8
"""Concurrent downloads of one director. The others wait, the earliest stated expiry first."""
BAD_BODIES_REPORTED: Final = 4
"""Bodies of one output that are no take (they do not decode, or have no end) before a person is told."""
DOWNLOAD_WAIT_GROWTH: Final = 1.6
"""By how much each wait before a download is tried again is longer than the one before."""
LONGEST_DOWNLOAD_WAIT_S: Final = 120.0
"""The longest wait before a download is tried again: an output may expire meanwhile."""
OUTPUT_EXPIRES_SOON_S: Final = 3600.0
"""An output that expires within this time is requested until it expires: a person who is told may come too late. One
that lasts longer waits for that person.
"""
MAX_RETRY_AFTER_S: Final = 600.0
"""The longest Retry-After that is obeyed: a longer one is the provider's mistake."""

# Recovery: work whose answer was lost
CLAIM_LOOKS: Final = 10
"""Looks before a person is asked. Meanwhile other purchases claim theirs, and nothing of this one may be left."""
OPERATIONS_NAMED_IN_A_QUESTION: Final = 5
"""Operations of a provider's list that a question to a person names."""

# Looks at what others do
OTHER_PURCHASE_LOOK_EVERY_S: Final = 1.0
"""Seconds between two looks at a purchase that another project makes."""
TURN_LOOK_EVERY_S: Final = 1.0
"""Seconds between two queries for one waiting purchase."""
WATCH_LOOK_EVERY_S: Final = 1.0
"""Seconds between two polls. A poll writes nothing, and costs the same for one project as for thousands."""
MAX_WATCH_ERRORS: Final = 5
"""Unexpected errors in a row after which polling ends, and the runs that wait for it fail."""

# Steps and jobs
STEP_RETRY_WAITS_S: Final = (1.0, 5.0)
"""Waits before each retry of a step whose fault passes, such as a full disk; then the step fails."""
PROJECTS_CLAIMED_AT_ONCE: Final = 32
"""Most projects claimed in one transaction. Projects claimed earlier run while the next ones are claimed."""
MAX_LANDINGS_OF_A_STEP: Final = 3
"""A step that landed this many times and is still wanted fails the job: landing it again would not help."""
MAX_EXTENSIONS_OF_A_JOB: Final = 2
"""How often a job asks for more, when it would be done: then it ends with what it has."""
LONG_WAIT_S: Final = 1.0
"""Waits from this length on may end a little later, together with others."""
WAITS_END_TOGETHER_S: Final = 0.05
"""Waits of ``LONG_WAIT_S`` or more that end within this many seconds of each other wake at the same moment."""
FIRST_WAIT_REPORTS_S: Final = (10.0, 20.0, 30.0)
"""Seconds before each of the first reports of a long wait: somebody looks on."""
WAIT_REPORT_EVERY_S: Final = 60.0
"""Seconds between reports: they come at 10 s, at 30 s, at a minute, and every minute from then on."""

# Hands: processes that draw and encode
FORK_SERVER_ANSWER_S: Final = 5.0
"""A fork server that imports answers within a second; one that does not answer in this time is killed."""
PROGRESS_REPORT_EVERY_S: Final = 0.1
"""Least time between two reports of progress."""
RAY_TASK_CPUS: Final = 1.0
"""CPU cores that a task requests from the cluster: drawing and encoding each fill one core."""
DISK_IS_FULL_BELOW_BYTES: Final = 64 << 10
"""A tool that failed on a disk with less free space than this is taken to have failed because the disk is full."""
