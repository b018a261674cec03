"""Waits, limits and lifetimes of the studio, each under the name of what it limits.

How long a script may be: ``input_limits``; how many shots a plan may have: ``planner/tables/lengths_and_counts.yaml``.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Final

# Directors, and what other processes do
DRIVER_RESTART_WAIT_S: Final = 2.0
"""Seconds before the director is started again after a fault."""
DRIVER_NEWER_JOURNAL_WAIT_S: Final = 60.0
"""The same, where the journal is a newer release's: it stays so until somebody replaces this program."""
EVENT_LOOK_EVERY_S: Final = 0.5
"""Seconds between two reads of the events that another director writes."""
CANCEL_WAIT_S: Final = 2.0
"""The longest that the request of a program or an agent waits for a cancel to end."""
CANCEL_LOOK_EVERY_S: Final = 0.1
"""Seconds between two looks whether a cancel has ended."""
ROOM_CHECK_LIFETIME_S: Final = 5.0
"""Seconds for which an account that had room for more jobs is not counted again."""
POLICY_CACHE_S: Final = 2.0
"""Seconds for which what was read of policies and bills holds: so late is a change noticed."""
SCRATCH_SWEEP_EVERY_S: Final = 60.0
"""Seconds after which a call of the same process looks again for what other processes left: a server has many calls."""
PROJECTS_READ_AT_ONCE: Final = 10
"""Projects that are read at once to find a shot: nearly always it is in the newest one."""
REVISION_TRIES: Final = 5
"""Tries to write a revision while others revise the same project, or get the numbers of its orders."""

# Polls
OWN_ENGINE_FIRST_POLL_S: Final = 0.2
"""Seconds between the first polls of an engine on this machine."""
OWN_ENGINE_LAST_POLL_S: Final = 2.0
"""An engine on this machine may be polled as often as it has news."""
MIN_REHEARSED_WAIT_S: Final = 0.05
"""The shortest wait of a rehearsal, whose clock is faster: shorter ones only use the processor."""
REHEARSAL_SPEED: Final = 60.0
"""Seconds of a provider that a second of a rehearsal has: a film of an hour's waits takes a minute."""

# Batches
BATCH_CONCURRENCY: Final = 5
"""Default number of rows of a batch that run at once. Source: S4-50."""
MAX_BATCH_CONCURRENCY: Final = 64
"""Most rows of a batch that run at once: each holds a plan in memory."""
ROWS_OPENED_AT_ONCE: Final = 3
"""Rows that are opened at once: more would delay those that could be sent already."""
MAX_BATCH_ROWS: Final = 10_000
"""Most rows of one batch: its quote is one answer."""
REFUSED_ROWS_SHOWN: Final = 20
"""Refused rows whose errors are shown in full. Of the others only the numbers are shown."""

# Uploads
UPLOAD_LIFETIME_S: Final = 86_400
"""Seconds that an upload is kept after its last part."""
MAX_OPEN_UPLOADS: Final = 16
"""Most open uploads of an account, and …"""
MAX_OPEN_UPLOAD_BYTES: Final = 16 * 1024**3
"""… most bytes that they may have together."""
SPARE_DISK_BESIDE_UPLOAD_BYTES: Final = 256 * 1024**2
"""Bytes that stay free on the disk: the journal needs room, too."""
UPLOAD_SYNC_BYTES: Final = 8 * 1024**2
"""Bytes after which an offset is recorded. A server that is killed loses at most these."""

# How long files are kept
MAX_RETENTION_S: Final = 10 * 366 * 86_400
"""The longest time that a policy may name: ten years."""
SWEEP_CLAIM_S: Final = 300
"""Seconds for which a process has the sweep for itself. It claims it again for each account."""
THOROUGH_SWEEP_EVERY_S: Final = 3600
"""Seconds between two sweeps that look at every file of an account."""
PROVIDER_COPY_REMOVAL_S: Final = 86_400
"""Seconds for which a sweep tries to remove the copies of a deleted file at its provider."""
UNTOUCHED_BYTES_S: Final = 60.0
"""Seconds since bytes were put last, before a sweep removes them: whoever puts them records that well before."""
SWEEP_PAUSE_S: Final = 30.0
"""Seconds between two sweeps."""
SHORT_SWEEP_PAUSE_S: Final = 5.0
"""Where a policy ends files soon after their download."""

# Webhooks
DELIVERY_RETRY_WAITS_S: Final = (5.0, 60.0, 300.0, 1_800.0, 7_200.0, 14_400.0, 25_200.0, 36_000.0)
"""Seconds before each further attempt: 5 s to 10 h, nine attempts within 23.6 hours. Then a delivery is given up."""
DELIVERY_WAIT_JITTER: Final = 0.1
"""Share by which a pause is longer at random, so that what failed together is not sent together again."""
DELIVERY_LOOK_EVERY_S: Final = 1.0
"""Seconds between two looks at the journal."""
DELIVERY_STORE_RETRY_S: Final = 2.0
"""Seconds before deliveries are looked for again after the database was away."""
DELIVERIES_AT_ONCE: Final = 16
"""Messages that this process sends at once."""
DELIVERY_PRUNE_EVERY_S: Final = 3600.0
"""Seconds between two deletions of old deliveries."""
DELIVERIES_PER_PAGE: Final = 50
"""Deliveries of a page of their list."""
MAX_WEBHOOK_ID_CHARS: Final = 100
"""Most characters of the id of a webhook or delivery: a longer one is none of ours."""

# Quotes
QUOTE_LIFETIME: Final = timedelta(hours=24)
"""An older quote must be requested again. Source: DESIGN.md 3.5, read 2026-11-20."""
QUOTED_SHOT_CHARS: Final = 32
"""Most letters of a shot's words that name it in a quote."""
MAX_SHOTS_NAMED: Final = 4
"""Shots that a question about a price names; the others are counted."""
STEP_START_S: Final = 0.25
"""Seconds that any step takes before its first frame: copying files, starting a tool, commits of the journal."""
USUAL_LATENCY_S: Final = (20.0, 60.0)
"""The least and the most seconds that a request takes, for a model without this figure in the catalogue."""
MIN_FILM_MS: Final = 1_000
"""The shortest film that is made."""
MAX_FILM_MS: Final = 600_000
"""The longest one: ten minutes."""
LENGTH_MARGIN_MS: Final = 50
"""Tolerance in milliseconds when a length in seconds is compared with one in whole frames."""
MAX_ESTIMATES_KEPT: Final = 200
"""Plans that are kept for the estimates of a server that runs for weeks."""

# Scripts, plans and looks
MAX_SCRIPT_BYTES: Final = 1_048_576
"""Most bytes of a script: a novel has as many."""
MAX_FILM_FILE_BYTES: Final = 2_000_000
"""Most bytes of a film's file."""
MAX_PLAN_S: Final = 36_000
"""The longest time in a plan's file: ten hours."""
MAX_LOOK_BYTES: Final = 16_384
"""Most bytes of a look's file: it has some dozen lines."""
MAX_WORDS_CHARS: Final = 400
"""Most characters of the words of a shot."""
MIN_SHOT_S: Final = 0.4
"""Shortest shot, in seconds, that a viewer can take in. Source: craft.md 2, read 2026-11-20."""
MAX_SHOTS_OF_AN_EDIT: Final = 600
"""Most shots that one edit names: as many as a film may have."""
MAX_REVISIONS_LISTED: Final = 50
"""Newest revisions of a project that are listed."""

# Names and lists that are shown
MAX_KEY_NAME_CHARS: Final = 60
"""Most characters of the name of an API key."""
MAX_TITLE_CHARS: Final = 60
"""Most characters of a project's title in a list."""
MAX_SLUG_CHARS: Final = 40
"""Most characters of the words in a film's file name."""
MAX_SHEET_TILES: Final = 24
"""Most pictures of a sheet: more of them are too small."""
SETTLED_BEFORE_END_S: Final = Fraction(3, 5)
"""Seconds before the end of a shot at which it is shown as a picture: longer than any transition to the next."""
MAX_PROMPT_CHARS: Final = 60
"""Characters of a prompt that name a work in a provider's list."""
QUOTED_CHARS: Final = 60
"""Characters of an old setting's value that are quoted."""
MAX_PROGRESS_KEPT: Final = 10_000
"""Jobs whose last progress is remembered, so that it never falls."""
JOBS_READ_AT_ONCE: Final = 100
"""Jobs that are read at once to list all of a label."""

# Checks of this machine, and its support bundle
ENOUGH_DISK_BYTES: Final = 2_000_000_000
"""With as much free space a film of any length can be made."""
MIN_DISK_BYTES: Final = 300_000_000
"""With less free space hardly any film can be made."""
STORE_CHECK_S: Final = 30.0
"""An object store answers a few small requests in this time."""
MAX_NAMED_IN_A_CHECK: Final = 5
"""The most damaged or missing files, and models of a server, that are named; the others are counted."""
MAX_OLD_SETTINGS_BYTES: Final = 1 << 20
"""Most bytes of a file of old settings: a larger one is none."""
MAX_BUNDLED_EVENTS: Final = 2_000
"""Events in the bundle, the newest ones: some hours of a busy server."""
MAX_LOG_LINES: Final = 10_000
"""Most lines of an engine's log that are read."""
LOG_LINES: Final = 40
"""Lines of an engine's log that are read where no number is named."""

# Models of local servers
LOCAL_CHECK_S: Final = 5.0
"""Seconds in which a local server that was named answers."""
LOCAL_LOOK_S: Final = 1.0
"""Seconds in which one answers that may not be there."""
LOCAL_SUGGESTION_S: Final = 0.05
"""Time limit for a suggestion, for which nobody waits."""
UNUSED_BRIEF_SHARE: Final = 0.5
"""A brief of which the rules leave more than this share unused is better read by a language model."""
FEW_FACTS: Final = 3
"""With fewer facts than this, the rules have little to show of a brief."""
