"""Waits, limits and intervals of the engines on this machine, each under the name of what it limits.

How long an engine may load: ``within_s`` of its card in ``engines/shipped``.
"""

from __future__ import annotations

from typing import Final

# Start, health and end of an engine; a card may name its own times
DEFAULT_LOADING_S: Final = 900
"""Seconds that an engine has to load its weights, where its card names no others: 30 GB from a slow disk."""
CANCEL_GRACE_S: Final = 10
"""Seconds after which an engine that still computes a deleted video is killed, unless its card says otherwise."""
IDLE_STOP_S: Final = 300
"""Seconds without a request after which an engine is stopped, so that its GPU is free for another."""
ENGINE_STOP_S: Final = 10
"""Seconds from the request to end until an engine is killed, where its card names no others."""
RESTART_WAITS_S: Final = (1.0, 5.0, 20.0)
"""Waits before an engine that ended while it was loading is started again. After the last one, the job fails."""
RESTARTS_FORGIVEN_AFTER_S: Final = 600.0
"""An engine that worked for so long before it ended is started again at once."""
HEALTH_ANSWER_S: Final = 5.0
"""Seconds in which an engine answers whether it is ready, else it is asked again."""
KILLED_END_S: Final = 5.0
"""Seconds for which the end of a killed engine is waited for."""
ENDED_LOOK_EVERY_S: Final = 0.05
"""Seconds between two looks whether an engine has ended."""
START_LOCK_LOOK_EVERY_S: Final = 0.2
"""Seconds between two looks whether another process has started the engine."""
MACHINE_CHECK_LIFETIME_S: Final = 30.0
"""What a model needs of this machine is looked at again after this time."""
IDLE_LOOK_EVERY_S: Final = 5.0
"""Seconds between two looks for engines that nobody has used for long."""
START_TIMES_DIFFER_S: Final = 5.0
"""Start times of one process that are read twice differ by less, also where the clock was set meanwhile."""

# What of an engine's log is read and shown
LOG_TAIL_BYTES: Final = 64 * 1024
"""Bytes of the end of a log that are read: an engine may write gigabytes."""
LOG_LINES_SHOWN: Final = 12
"""Last lines of a log that an error quotes."""
LOG_CHARS_SHOWN: Final = 600
"""Most characters of them."""

# GPUs and clusters
GPU_QUERY_S: Final = 10.0
"""Seconds in which the driver's program answers."""
BUSY_GPU_PERCENT: Final = 20
"""A GPU that is busier than this computes."""
FREE_MEMORY_FACTOR: Final = 1.3
"""Whole on the GPU only where so many times its weights are free: the rest is for what is computed."""
ACTOR_LOOK_EVERY_S: Final = 0.25
"""Seconds between two looks of an actor whether its engine has ended, or nobody needs it."""
CLUSTER_PLACE_S: Final = 1800.0
"""How long a node with the engine's GPUs is waited for, which the cluster may have to start first."""
CLUSTER_LOOK_EVERY_S: Final = 2.0
"""Seconds between two looks whether the cluster has a node for the engine."""
CLUSTER_CONNECT_S: Final = 5.0
"""Seconds to connect to a cluster, and before one that was not reached is tried again."""
ACTOR_RETRY_WAIT_S: Final = 1.0
"""Seconds before an actor that just ended is placed again."""
ACTOR_ANSWER_S: Final = 10.0
"""Seconds in which an actor tells of its engine."""

# Downloads of weights
DOWNLOAD_RETRY_WAITS_S: Final = (1.0, 5.0, 20.0, 60.0)
"""Waits before a file that broke off is asked for again. A file of which more arrived has all of them once more."""
SPARE_DISK_BESIDE_WEIGHTS_BYTES: Final = 1_000_000_000
"""What must stay free on the disk."""
READ_BLOCK_BYTES: Final = 1 << 20
"""Bytes of a file that are read at once, and the most of an index of weights."""
MAX_MODEL_INDEX_BYTES: Final = 16 * 1024**2
"""Most bytes of the index of a model: about 200 for each file."""
MAX_CARD_BYTES: Final = 100_000
"""A card has some dozen lines; a longer file is none."""

# The engine of our own
MAX_SIDE: Final = 4096
"""The longest side of a video that is tried: memory for a longer one is on no GPU."""
MAX_PROMPT_CHARS: Final = 20_000
"""Most characters of a prompt: a model reads only its first pages."""
MAX_VIDEOS_KEPT: Final = 100
"""Videos that are remembered; the oldest that is over is deleted first."""
