"""The record of a running engine, which every process here can read: a file beside its log, and a lock."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import psutil

from reelwright.engines.policy import LOG_TAIL_BYTES, START_TIMES_DIFFER_S

LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A running engine. ``epoch``: a random name of this life of it, by which its videos are told from earlier ones.

    ``process_started_at``: when its process began, so that a reused ``pid`` is not taken for it. ``is_kept``: a person
    started it, so that it is not stopped when idle. ``gpus``: the numbers of its GPUs. ``ready_s``: how long it loaded.
    ``is_placed``: False while a node of a cluster is waited for, by the process ``pid`` of ours.
    """

    model: str
    engine: str
    pid: int
    process_started_at: float
    port: int
    epoch: str
    started_at: float
    is_kept: bool = False
    gpus: tuple[int, ...] = ()
    ready_s: float | None = None
    host: str = LOOPBACK
    is_placed: bool = True

    @property
    def url(self) -> str:
        """The engine's address, on this machine or on the node of a cluster."""
        return f"http://{self.host}:{self.port}"


class RunFiles:
    """The files of one engine in the folder of runs: record, lock, log, options, and the time of its last use."""

    def __init__(self, folder: Path, model: str) -> None:
        self.folder, self.model = folder, model
        self.log = folder / f"{model}.log"
        self.options = folder / f"{model}.options.json"
        ends = ("json", "lock", "used", "load", "video")
        self._record, self._lock, self._used, self._load, self._video = (folder / f"{model}.{end}" for end in ends)

    def read(self) -> RunRecord | None:
        """Return the record of the engine if its process is alive, else None."""
        try:
            values = json.loads(self._record.read_bytes())
            record = RunRecord(**{**values, "gpus": tuple(values["gpus"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return record if is_alive(record) else None

    def has_ended(self) -> bool:
        """Whether the engine ended by itself: there is a record, and its process is gone."""
        return self._record.exists() and self.read() is None

    def write(self, record: RunRecord) -> None:
        """Store the record, whole or not at all."""
        draft = self._record.with_suffix(".part")
        draft.write_text(json.dumps(asdict(record)))
        draft.replace(self._record)

    def mark_ready(self, record: RunRecord) -> RunRecord:
        """Store how long the engine took to load; return the record with it."""
        ready = replace(record, ready_s=time.time() - record.started_at)
        self.write(ready)
        self.note_load(ready)
        self.mark_used()
        return ready

    def note_load(self, record: RunRecord) -> None:
        """Keep how long the engine took to load, from life to life."""
        self._load.write_text(str(round(record.ready_s or 0.0, 1)))

    def note_video(self, seconds: float) -> None:
        """Keep how long the last video took."""
        self._video.write_text(str(round(seconds, 1)))

    def read_load_s(self) -> float | None:
        """Return how many seconds the engine took to load last time; None if it never did."""
        return _read_seconds(self._load)

    def read_video_s(self) -> float | None:
        """Return how many seconds the last video took; None if there was none."""
        return _read_seconds(self._video)

    def remove(self) -> None:
        """Remove the record of an engine that has ended."""
        self._record.unlink(missing_ok=True)

    def mark_used(self) -> None:
        """Note that the engine is used now, for all processes."""
        self._used.touch()

    def compute_idle_s(self) -> float:
        """Return the seconds since the engine was last used, by any process; 0 if it never was."""
        try:
            return max(0.0, time.time() - self._used.stat().st_mtime)
        except OSError:
            return 0.0

    def read_log(self, lines: int) -> str:
        """Return the last ``lines`` lines of the engine's log; empty if there is none. Nothing in it is redacted."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - LOG_TAIL_BYTES))
                text = file.read().decode(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    @contextmanager
    def try_lock(self) -> Iterator[bool]:
        """Context manager that holds the right to start or stop the engine; its value says whether it could be had."""
        self.folder.mkdir(parents=True, exist_ok=True)
        number = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                yield True
        finally:
            os.close(number)


def _read_seconds(path: Path) -> float | None:
    try:
        return float(path.read_text())
    except (OSError, ValueError):
        return None


def build_wait_files(runs: Path, model: str) -> RunFiles:
    """Return the files in which a process writes down that it waits for an engine of a cluster.

    They are not those of engines: the process of that record is one of ours, which nobody who stops an engine may end.
    """
    return RunFiles(runs / "cluster", model)


def is_alive(record: RunRecord) -> bool:
    """Whether the process of a record still runs, and is that process."""
    with suppress(psutil.Error):
        process = psutil.Process(record.pid)
        is_same = abs(process.create_time() - record.process_started_at) < START_TIMES_DIFFER_S
        return is_same and process.status() != psutil.STATUS_ZOMBIE
    return False
