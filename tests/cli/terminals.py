"""Runs the program with a terminal on its three streams, and types answers there."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping

CTRL_C = b"\x03"
MOST_S = 100
"""Seconds for one run."""


def run_at_terminal(
    env: Mapping[str, str], *command: str, answers: Mapping[bytes, bytes] | None = None
) -> tuple[int, str]:
    """Return the exit code of a Python program and all that its terminal of 100 columns was sent.

    ``answers``: what is typed once something stands there, one after another.
    """
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, *command],
        env={**env, "TERM": "xterm", "COLUMNS": "100"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen, left, until = b"", dict(answers or {}), time.monotonic() + MOST_S
    while time.monotonic() < until:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                seen += os.read(ours, 65536)
            except OSError:
                break
        elif child.poll() is not None:
            break
        if left and (asked := next(iter(left))) in seen:
            answer = left.pop(asked)
            if answer == CTRL_C:
                time.sleep(0.5)  # readline does not hear a signal between its prompt and its wait; nobody is so quick
                child.send_signal(signal.SIGINT)
            else:
                time.sleep(0.2)  # a hidden prompt stands there before the echo is off
                os.write(ours, answer)
    os.close(ours)
    return child.wait(20), seen.decode()
