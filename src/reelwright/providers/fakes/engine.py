"""Fake of an AI-video engine as a process of its own: ``/v1/videos`` as vLLM-Omni has it, ``/health``, and bad habits.

    python -m reelwright.providers.fakes.engine --port 9000 --start-s 2 --crash-s 1 --folder /tmp/fake

It loads slowly, ends while it loads or in the middle of a video, forgets its videos, computes on after a DELETE, and
prints what no log should show. ``--folder`` holds what it remembers from life to life, and what happened in each.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

from reelwright.providers.fakes.openai_videos import FakeOpenaiVideos
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.fakes.wire import Call, Reply, make_json_reply

_EXIT_CODE: Final = 3


class FakeEngine(FakeOpenaiVideos):
    """Fake of one engine process. ``options``: its habits, see ``parse_arguments``."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(script=Script(latency_s=(options.video_s, options.video_s)), profile="vllm_omni")
        self._options = options
        self._began = time.monotonic()
        self.ends_loading = count_events(options.folder, "loading") <= options.ends_loading
        self._deleted: dict[str, Work] = {}

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Answer a call as the engine does, with its habits."""
        is_loading = self.ends_loading or time.monotonic() - self._began < self._options.start_s
        if call.path == "/health":
            return make_json_reply(
                {"status": "loading"} if is_loading else self._describe(), 503 if is_loading else 200
            )
        if is_loading:
            return self.make_error(503, "loading")
        if call.kind == "submit":
            note_event(self._options.folder, "accepted")
            reply = await super().answer(call, behaviours)
            await asyncio.sleep(self._options.answers_s)
            if self._options.crash_s >= 0 and count_events(self._options.folder, "accepted") <= self._options.crashes:
                asyncio.get_running_loop().call_later(self._options.crash_s, os._exit, _EXIT_CODE)
            return reply
        if call.kind == "poll" and self._options.forgets and count_events(self._options.folder, "forgot") < 1:
            note_event(self._options.folder, "forgot")
            return self.make_error(404, "Video not found")
        if call.kind == "cancel":
            work = self.remote.get(call.path.rpartition("/")[2])
            if work is not None and not work.is_cancelled:
                self._deleted[work.id] = work
                note_event(self._options.folder, "deleted")
        return await super().answer(call, behaviours)

    def _describe(self) -> dict[str, object]:
        """Describe the engine as its health does. With ``--ignores-delete``, what was deleted computes to its end."""
        running = [work for work in self.remote if not work.is_cancelled and work.fraction_done < 1]
        if self._options.ignores_delete:
            running += [work for work in self._deleted.values() if work.fraction_done < 1]
        return {"status": "ok", "rendering": len(running)}


def note_event(folder: Path, event: str) -> None:
    """Append an event, with the process and the time, to the file ``events`` in ``folder``."""
    with (folder / "events").open("a") as file:
        file.write(json.dumps({"event": event, "pid": os.getpid(), "at": time.time()}) + "\n")


def count_events(folder: Path, event: str) -> int:
    """Return how often an event happened, in all lives."""
    try:
        lines = (folder / "events").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return sum(json.loads(line)["event"] == event for line in lines)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line: port, folder and habits."""
    parser = argparse.ArgumentParser(description="Serves until it is killed.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--folder", type=Path, required=True, help="what it remembers from life to life")
    parser.add_argument("--start-s", type=float, default=0.0, help="seconds that it loads")
    parser.add_argument("--video-s", type=float, default=0.2, help="seconds that a video takes")
    parser.add_argument("--ends-loading", type=int, default=0, help="lives that end while they load")
    parser.add_argument(
        "--answers-s", type=float, default=0.0, help="seconds until it answers that it accepted a video"
    )
    parser.add_argument("--crash-s", type=float, default=-1.0, help="seconds after a video is accepted until it ends")
    parser.add_argument("--crashes", type=int, default=1, help="how many accepted videos end it")
    parser.add_argument("--forgets", action="store_true", help="it once knows a video no more")
    parser.add_argument("--ignores-delete", action="store_true", help="it computes a deleted video to its end")
    parser.add_argument("--ignores-stop", action="store_true", help="it does not end when it is asked to")
    parser.add_argument("--prints", default="", help="what it prints when it starts")
    return parser.parse_args(arguments)


async def serve(options: argparse.Namespace) -> None:
    """Serve on loopback until the process is killed."""
    engine = FakeEngine(options)
    async with FakeServer(engine, options.port, options.host):
        if engine.ends_loading:
            await asyncio.sleep(options.start_s)
            sys.stderr.write("RuntimeError: the weights cannot be read\n")
            raise SystemExit(_EXIT_CODE)
        await asyncio.Event().wait()


def main() -> None:
    """Run the fake that the command line describes."""
    options = parse_arguments()
    note_event(options.folder, "loading")
    if options.ignores_stop:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if options.prints:
        sys.stdout.write(f"{options.prints}\n")
        sys.stdout.flush()
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
