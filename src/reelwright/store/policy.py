"""Waits, limits and lifetimes of the store, each under the name of what it limits.

Leases of directors and their heartbeats: ``lease_and_heartbeat``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# Connections, and how long one waits for another
BUSY_WAIT_MS: Final = 30_000
"""How long a SQLite writer waits for another process that is writing."""
WAL_SWITCH_RETRY_WAIT_S: Final = 0.01
"""How long a process waits before it tries again to switch a new journal to a write-ahead log."""
JOURNAL_COPY_BUSY_WAIT_S: Final = 30
"""How long a copy waits for another process that is writing: as long as a writer does."""
READ_CONNECTIONS: Final = 4
"""Connections that only read, of one process; on SQLite one more is opened where all are in use."""
READ_CONNECTION_CACHE_KIB: Final = 512
"""Page cache of a connection that only reads, in KiB; the system caches the file once for all connections."""
WRITE_CONNECTIONS: Final = 5
"""Connections that write to PostgreSQL; one of them serves heartbeats only."""

# Reads and writes that are taken together
MAX_ITEMS_PER_READ_BATCH: Final = 64
"""Most items in one batch: the data of thousands of projects need not be in memory at once."""
MAX_WRITES_PER_TRANSACTION: Final = 256
"""Most writes in one transaction: they share one sync to the disk, and fail together only if the database does."""
MAX_WRITE_TRANSACTION_S: Final = 0.05
"""Seconds that such a transaction may take before it commits, so that a heartbeat never waits long."""
CONFLICTING_WRITE_TRIES: Final = 4
"""Times that a write is tried when the database prefers conflicting ones."""

# Directors
SILENT_DIRECTOR_FORGOTTEN_AFTER_MS: Final = 24 * 3600 * 1000
"""The row of a silent director that holds no lease is deleted after a day."""
DIRECTOR_SILENT_S: Final = 600
"""Seconds of silence after which a director keeps no file. It is longer than any lease, so its own is lost."""
RECENT_JOB_STARTS: Final = 100
"""Newest starts of jobs among which the last turn of an account is looked for."""
RECENT_PURCHASE_STARTS: Final = 200
"""Newest starts of purchases among which the last turn of an account is looked for."""
MAX_JOBS_REMEMBERED: Final = 100_000
"""Jobs of which this process remembers that they were asked for, about 20 MB; then it forgets all, and writes again."""

# Requests that are sent again
IDEMPOTENCY_KEY_LIFETIME_S: Final = 30 * 86_400
"""How long an Idempotency-Key is kept. Source: PROMISES.md 1."""
RETRY_WITHOUT_KEY_LIFETIME_S: Final = 15 * 60
"""How long a retry without a key is recognised by its body. OpenAI's client retries for less time."""
RETRY_OVERTAKES_MS: Final = 60_000
"""How long before an attempt is looked for its retry, beside the time for which the attempt was handled."""
CLOCKS_DIFFER_MS: Final = 5
"""By how much two times may differ of which each is the database's clock less what a process has counted."""
MAX_OPEN_ATTEMPTS: Final = 10
"""Attempts of one caller that can still be at work; OpenAI's client sends three."""

# Jobs and limits
AGREEMENT_LASTS_AFTER_PERIOD: Final = timedelta(days=1)
"""How long an agreement lasts after the end of the period that its job waited for, so that the job can begin."""
TRY_COUNTS_ON_AFTER_END_MS: Final = 2_000
"""A try may be read between its end and the commit that tells of it, which takes less than this."""
MAX_LIMIT: Final = 1_000_000
"""The highest limit that may be set, and what is left where none is."""
LIMITS_PER_QUERY: Final = 100
"""Most names in one query; for more of them, every row is read."""
FULL_QUEUE_RETRY_S: Final = 30
"""Seconds after which a caller whose queue is full may ask again. Nobody knows when one of its jobs ends."""
MAX_JOBS_NAMED: Final = 3
"""Jobs that a refusal names, to cancel or to delete."""
MAX_ACCOUNTS_IN_METRICS: Final = 500
"""Accounts whose jobs the metrics count: Prometheus keeps a series for each."""
MEASURED_AT_ONCE: Final = 1000
"""Assets of an unknown size that one call measures; the next call goes on."""
EVENTS_PER_PAGE: Final = 1000
"""Most events in one answer; read on after the last one."""

# Purchases
SEND_IS_RECENT_MS: Final = 24 * 3600 * 1000
"""For so long after a send the newest entries of a provider's list tell how far back to look for it."""
MAX_OPERATIONS_COMPARED: Final = 10_000
"""The newest operations are compared with a list; an older one in a list is left for a person to recognise."""
MAX_SENDS_REMEMBERED: Final = 100_000
"""Sends that this process remembers as its own, some MB; the oldest is forgotten first."""
DISPUTE_FACTOR: Final = 10
"""A bill of at least this many times its quote is disputed, and any bill where the quote was 0. Usual errors of a price
list (a tier, the sound, a second more) stay below 4; cents taken for dollars are 100, millis 1,000.
"""
HIGH_BILL_EXPECTED_AGAIN_MS: Final = 24 * 3600 * 1000
"""For so long a bill above its quote is expected again of its model, under budgets that it did not fall under."""
PROVIDER_MESSAGE_LIFETIME_MS: Final = 2 * 24 * 3600 * 1000
"""Milliseconds for which a message of a provider is remembered. No provider sends one again after a day."""
COMPARISON_RECORDED_ABOVE_BYTES: Final = 1 << 16
"""When more bytes than this were compared, that is recorded, so that the next program does not read them again."""

# Members, keys and sessions
USE_RECORDED_EVERY_MS: Final = 60_000
"""Milliseconds within which the use of a key or session, or that a member was seen, is recorded once."""
LABEL_CHARS: Final = 200
"""Most characters that are kept of a member's name and mail address: an issuer may send any length."""

# Webhooks
MAX_WEBHOOKS: Final = 20
"""Most webhooks of an account: each event is sent to every one."""
WEBHOOK_SECRET_OVERLAP_MS: Final = 24 * 3600 * 1000
"""Milliseconds for which an earlier secret still signs, beside the new one."""
MAX_LIVING_SECRETS: Final = 5
"""Secrets of one webhook that are valid at once: each message is signed with all of them."""
DELIVERY_CLAIM_MS: Final = 15_000
"""Milliseconds of a claim: three times what an attempt may take. A process that died is followed by another then."""
DELIVERIES_AT_ONCE: Final = 4
"""Deliveries of one webhook that are sent at once, by all processes together."""
WEBHOOK_DEAD_MS: Final = 20 * 3600 * 1000
"""A webhook is disabled when a delivery was given up and none arrived for this long."""
DELIVERY_LIFETIME_MS: Final = 30 * 24 * 3600 * 1000
"""How long deliveries are kept that arrived or were given up: a month, for whoever looks why one failed."""
MAX_DELIVERIES_KEPT: Final = 10_000
"""How many of these are kept of a webhook."""
EVENTS_PER_STEP: Final = 200
"""Events that are read at once to find those that a webhook is told of."""
PRUNED_AT_ONCE: Final = 1000
"""Old deliveries that one transaction deletes, so that it stays short."""

# Texts
MAX_MESSAGE_CHARS: Final = 4000
"""Most characters that are kept of a message; tools may print without end."""
MAX_REASON_VALUE_CHARS: Final = 1000
"""Most characters that are kept of one value of a reason."""
MAX_REASON_LIST_ITEMS: Final = 20
"""Most items that are kept of a list in a reason."""
SMALL_TEXT_CHARS: Final = 4096
"""Characters of a small text. Many small projects are driven at once, and each is read often."""
SMALL_TEXTS_CACHED: Final = 128
"""Values that were parsed from small texts and are kept in memory."""
LARGE_TEXTS_CACHED: Final = 64
"""The same of large texts, which take more memory."""

# The vault
SWEEP_ROWS: Final = 500
"""Rows of one step of a sweep; the next sweep goes on."""
READ_CHUNK_BYTES: Final = 1 << 20
"""Bytes of a file that are read at once."""
MAX_VERIFIED_FILES_REMEMBERED: Final = 20_000
"""Files whose bytes were compared with their digest, and are not read again until they change."""
VAULT_CACHE_IN_USE_S: Final = 6 * 3600.0
"""What was used in this time stays: a work may have its path, and opens it when it comes to it."""
VAULT_CACHE_SWEEP_SHARE: Final = 20
"""A process looks through the folder whenever it used a part of 1 in so many of what may stay, and at its first use."""
VAULT_SAMPLE_NEWEST: Final = 50
"""Newest files that a check of the vault reads: what broke last is there."""
VAULT_SAMPLE_OTHERS: Final = 50
"""Older files that it reads beside them, drawn at random."""
VAULT_SAMPLE_WITHIN_S: Final = 5.0
"""A sample that takes longer ends where it is and reports how many files it read."""
MAX_JOURNAL_FAULTS: Final = 3
"""Faults that a check of a journal names; one is enough to refuse it."""

# The vault in a bucket
MARKER_TRIES: Final = 20
"""Tries to put a marker, about 2 s: after that the bucket itself is at fault."""
MARKER_RETRY_WAIT_S: Final = 0.1
"""Seconds before a put is tried again that was refused although nothing is there."""
BUCKET_DELETE_WITHIN_S: Final = 30.0
"""Whoever deletes does so within these seconds after taking the lock, or gives up."""
BUCKET_LOCK_WAIT_S: Final = 120.0
"""Whoever puts a file takes a lock that is there for these seconds to be left by a process that is gone."""
BUCKET_LOCK_LOOK_EVERY_S: Final = 0.5
"""Seconds between two looks whether a lock is gone."""
BUCKET_LOCK_STALE_AFTER: Final = timedelta(days=1)
"""An older lock was left by a process that is gone, and is deleted: far longer than any deletion."""
