"""The supervisor of one engine process: starts it, waits until it is well, starts it again, and stops it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import psutil

from reelwright.engines import gpus
from reelwright.engines.launch import (
    EngineOrder,
    build_command,
    build_environment,
    build_options,
    check_engine,
    choose_gpus,
    choose_port,
)
from reelwright.engines.policy import (
    ENDED_LOOK_EVERY_S,
    HEALTH_ANSWER_S,
    KILLED_END_S,
    LOG_CHARS_SHOWN,
    LOG_LINES_SHOWN,
    RESTARTS_FORGIVEN_AFTER_S,
    START_LOCK_LOOK_EVERY_S,
)
from reelwright.engines.run_record import RunFiles, RunRecord, is_alive
from reelwright.errors import EngineFailed, ProviderError
from reelwright.net.redact import redact

_LOG: Final = logging.getLogger(__name__)
_children: list[subprocess.Popen[bytes]] = []
"""The engines that this process started, whichever supervisor did, until they have ended."""


class Supervisor:
    """Owner of one engine process on this machine, shared with all processes of this home.

    The process has its own group and no key in its environment. It outlives a process of ours that is killed: the next
    one finds its record and goes on with it. Every method may be called at once from any task.
    """

    def __init__(self, order: EngineOrder) -> None:
        self.order = order
        self.files = RunFiles(order.runs, order.model.name)
        self._starting = asyncio.Lock()
        self._failures = 0
        self._failed_at = 0.0
        self.has_started = False
        self.log_place = str(self.files.log)

    def check(self) -> None:
        """Raise ``BadInput`` if this machine lacks program, packages, weights or GPU. Starts nothing."""
        check_engine(self.order)
        choose_gpus(self.order, set(), gpus.list_gpus)

    def read(self) -> RunRecord | None:
        """Return the record of the engine if its process runs, whether or not it is ready."""
        self._reap()
        record = self.files.read()
        return record if record and record.epoch else None  # else no engine, but a process of ours that waits

    async def find(self) -> RunRecord | None:
        """Return what ``read`` returns, also of an engine that this process has not looked at yet."""
        return self.read()

    async def read_log(self, lines: int) -> str:
        """Return the last lines of the engine's log, as they are."""
        return self.files.read_log(lines)

    def mark_used(self) -> None:
        """Note that the engine is used now."""
        self.files.mark_used()

    def compute_idle_s(self) -> float | None:
        """Return the seconds since the engine was last used; None if that cannot be told from here."""
        return self.files.compute_idle_s()

    def note_lost(self) -> None:
        """Count that the engine ended under its work, if it did, so that it is not started again without a pause."""
        if self.files.has_ended():
            self.note_end()

    async def ensure_ready(self, *, keep: bool = False) -> RunRecord:
        """Return the record of the engine once it answers; start it if it does not run. May take minutes.

        ``keep``: it is not stopped when idle. Raises ``EngineFailed`` with its last words if it ends while it loads
        several times, or is not ready in the time of its card; ``BadInput`` if it cannot be started here at all.
        """
        async with self._starting:
            while True:
                with self.files.try_lock() as is_mine:
                    if is_mine:
                        record = await self._ensure_ready()
                        if keep and not record.is_kept:
                            record = replace(record, is_kept=True)
                            self.files.write(record)
                        return record
                await asyncio.sleep(START_LOCK_LOOK_EVERY_S)  # another process starts it

    async def _ensure_ready(self) -> RunRecord:
        check_engine(self.order)
        record = self.read()
        if record is not None and (record.ready_s is None or not await self.is_healthy(record)):
            record = await self._wait_until_ready(record)
        for number in range(len(self.order.waits_s) + 1):
            if record is not None:
                return record
            await self._back_off(number)
            record = await self._wait_until_ready(await self._start())
        if record is not None:
            return record
        model, engine = self.order.model.name, self.order.engine.name
        raise EngineFailed(
            code="engine_ended", model=model, engine=engine, log=str(self.files.log), last_words=self._read_last_words()
        )

    async def _back_off(self, number: int) -> None:
        """Wait before the start ``number`` in a row. Ends that were long ago do not count."""
        if time.monotonic() - self._failed_at > RESTARTS_FORGIVEN_AFTER_S:
            self._failures = 0
        waits = self.order.waits_s
        position = max(number, min(self._failures, len(waits)))
        if position and waits:
            await asyncio.sleep(waits[min(position, len(waits)) - 1])

    async def _wait_until_ready(self, record: RunRecord) -> RunRecord | None:
        """Wait until the engine is healthy. None: it ended. Raises ``EngineFailed`` after the time of its card."""
        health = self.order.engine.health
        until = time.monotonic() + health.within_s
        while is_alive(record) and not self._reap_one(record.pid):
            if await self.is_healthy(record):
                _LOG.info("engine %s is ready at port %d", self.order.model.name, record.port)
                return self.files.mark_ready(record) if record.ready_s is None else record
            if time.monotonic() >= until:
                await self._end(record)
                raise EngineFailed(
                    code="engine_not_ready", model=record.model, engine=record.engine, within_s=health.within_s,
                    log=str(self.files.log), last_words=self._read_last_words(),
                )  # fmt: skip
            await asyncio.sleep(min(health.every_s, 0.05 + (time.time() - record.started_at) / 10))
        self.note_end()
        return None

    def note_end(self) -> None:
        """Count an end that nobody wished for: the next start waits longer."""
        self._failures, self._failed_at = self._failures + 1, time.monotonic()
        self.files.remove()
        _LOG.warning("engine %s has ended: %s", self.order.model.name, redact(self.files.read_log(1))[-200:])

    async def is_healthy(self, record: RunRecord) -> bool:
        """Whether the engine answers its health path with 200."""
        return await self._read_health(record) is not None

    async def count_running(self, record: RunRecord) -> int | None:
        """Return how many videos the engine says that it computes; None if it does not say."""
        body = await self._read_health(record)
        found = body.get("rendering") if body else None
        return found if isinstance(found, int) else None

    async def _read_health(self, record: RunRecord) -> Mapping[str, Any] | None:
        from reelwright.net import exchange, http

        timeouts = exchange.Timeouts(connect_s=HEALTH_ANSWER_S, read_s=HEALTH_ANSWER_S)
        try:
            async with http.HttpClient(f"engine {record.engine}", record.url, timeouts=timeouts, is_own=True) as client:
                answer = await client.get(self.order.engine.health.path)
        except (ProviderError, OSError):
            return None
        if answer.status != 200:
            return None
        try:
            body = answer.parse_json()
        except ValueError:
            return {}
        return body if isinstance(body, Mapping) else {}

    async def _start(self) -> RunRecord:
        """Start a process and store its record. Raises ``BadInput`` for a port that is taken or too small a GPU."""
        port = choose_port(self.order.engine.port, self.order.host)
        numbers = await asyncio.to_thread(choose_gpus, self.order, self._list_taken_gpus())
        command = build_command(self.order, port, self.files.options)
        self.files.options.write_text(json.dumps(build_options(self.order.model)))
        with suppress(OSError):
            self.files.log.replace(self.files.log.with_suffix(".log.1"))
        with os.fdopen(os.open(self.files.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as log:
            child = subprocess.Popen(  # noqa: S603, ASYNC220 - the card names it; an asyncio child would end with us
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=self.order.runs,
                env=build_environment(self.order, numbers), start_new_session=True,
            )  # fmt: skip
        _children.append(child)
        self.has_started = True
        began = time.time()
        with suppress(psutil.Error):
            began = psutil.Process(child.pid).create_time()
        record = RunRecord(
            model=self.order.model.name, engine=self.order.engine.name, pid=child.pid, port=port,
            process_started_at=began, epoch=uuid4().hex, started_at=time.time(), gpus=numbers,
            host=self.order.host,
        )  # fmt: skip
        self.files.write(record)
        _LOG.info("engine %s is started as process %d", self.order.model.name, child.pid)
        return record

    def _list_taken_gpus(self) -> set[int]:
        """List the numbers of the GPUs that other engines of this home have."""
        names = {path.stem for path in self.order.runs.glob("*.json")} - {self.order.model.name}
        records = (RunFiles(self.order.runs, name).read() for name in names)
        return {number for record in records if record for number in record.gpus}

    async def stop(self, *, only_idle_s: float | None = None) -> bool:
        """Stop the engine, if it runs. ``only_idle_s``: only if nobody used it for so long, and nobody keeps it.

        Return whether it was stopped.
        """
        with self.files.try_lock() as is_mine:
            record = self.read()
            if record is None or (only_idle_s is not None and not is_mine):
                return False
            if only_idle_s is not None and (record.is_kept or self.files.compute_idle_s() < only_idle_s):
                return False
            await self._end(record)
        _LOG.info("engine %s is stopped", self.order.model.name)
        return True

    async def _end(self, record: RunRecord) -> None:
        """End the process group: ask it, and kill what is left after ``stop_s``."""
        group = _list_group(record.pid)
        _signal_all(record.pid, group, signal.SIGTERM)
        await self._wait_for_end(group, self.order.engine.stop_s)
        _signal_all(record.pid, group, signal.SIGKILL)
        await self._wait_for_end(group, KILLED_END_S)
        self.files.remove()
        self._reap()

    async def _wait_for_end(self, group: list[psutil.Process], within_s: float) -> None:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            self._reap()
            if not any(_is_running(process) for process in group):
                return
            await asyncio.sleep(ENDED_LOOK_EVERY_S)

    def _reap(self) -> None:
        """Let children that have ended go; without this they would stay as zombies."""
        _children[:] = [child for child in _children if child.poll() is None]

    def _reap_one(self, pid: int) -> bool:
        """Whether the child ``pid`` has ended. False for a process that is no child of ours."""
        return any(child.pid == pid and child.poll() is not None for child in _children)

    def _read_last_words(self) -> str:
        return redact(self.files.read_log(LOG_LINES_SHOWN))[-LOG_CHARS_SHOWN:]


def _list_group(pid: int) -> list[psutil.Process]:
    """List a process and everything that descends from it."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def _is_running(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _signal_all(pid: int, group: list[psutil.Process], number: signal.Signals) -> None:
    """Signal the process group of ``pid``, and descendants that left it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
    for process in group:
        if process.pid != pid and _is_running(process):
            with suppress(psutil.Error):
                process.send_signal(number)
