"""Makes a film in this process, with every call of a function of the package traced, and writes which were called.

    python -m server.traced FOLDER reelwright make BRIEF...     writes FOLDER/called.json

Drawing is done here too, and not by hands: a process of its own sees all calls, whatever other tests have kept.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import reelwright
from reelwright.cli.app import main
from reelwright.engine.hands import work
from reelwright.engine.hands.here import HandsHere
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.graph.outcome import Outcome

SOURCE = f"{Path(reelwright.__file__).parent}/"
Called = dict[tuple[str, str], int]


@contextmanager
def trace() -> Iterator[Called]:
    """The functions of the package that are called in this block, each with the place of its first call."""
    called: Called = {}

    def note(frame: FrameType, event: str, _arg: Any, source: str = SOURCE, called: Called = called) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(source):
            called.setdefault((code.co_filename[len(source) :], code.co_qualname), len(called))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def make_here(folder: Path) -> None:
    """Run the command line with works done in this process."""

    async def execute(
        hands: Any, account: str, name: str, args: Any, inputs: Any, fp: Fingerprint, report: Callable[[float], None]
    ) -> Outcome:
        task = work.build_task(hands._works, account, name, args, tuple(inputs), fp, hands._settings.ffmpeg)
        return await work.perform(task, hands._vault, folder / "rooms", report or (lambda _: None))

    HandsHere.execute = execute  # type: ignore[method-assign,assignment]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.argv = sys.argv[2:]
    with trace() as called:
        make_here(folder)
    (folder / "called.json").write_text(json.dumps(list(called)), encoding="utf-8")
