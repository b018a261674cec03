"""Drivers forked from one process that has imported them: importing is more than half of what a life costs.

Of the matrix only the soak starts its lives so, and only those that no tracer watches; the lane starts each as a
program of its own. A person of ``tests/person`` does everything so.

    python -m crash.forked MODULE   serves: a line of JSON in for each life, a line out when it began and when it ended

``MODULE.live()`` is one life; ``crash.driver`` where none is named.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType
from typing import Any, NoReturn
from uuid import uuid4


class Forked:
    """One life, as ``subprocess.Popen`` has it: what it prints comes with its end."""

    def __init__(self, pid: int, out: Path, err: Path) -> None:
        self.pid, self._out, self._err = pid, out, err
        self._ended = threading.Event()
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode

    def kill(self) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it has ended, and its end is not told here yet
                os.kill(self.pid, signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Both outputs, once it has ended. Raises ``subprocess.TimeoutExpired``."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("crash.driver", timeout or 0)
        return self._out.read_text(), self._err.read_text()

    def stacks(self) -> str:
        """Where it stands while it has not ended, as far as it can tell."""
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
            time.sleep(0.5)
        return self._err.read_text()

    def discard(self) -> None:
        """Remove what it printed: of thousands of lives nobody reads it twice."""
        for path in (self._out, self._err):
            path.unlink()

    def end(self, code: int) -> None:
        self.returncode = code
        self._ended.set()


class Forks:
    """The process that lives of ``module`` are forked from; it ends with ours, and all of them with it."""

    def __init__(self, folder: Path, env: Mapping[str, str], module: str = "crash.driver") -> None:
        self._folder = folder
        command = [sys.executable, "-m", "crash.forked", module]
        self._process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        self._lock = threading.Lock()
        self._began: SimpleQueue[int] = SimpleQueue()
        self._alive: dict[int, Forked] = {}
        self._ear = threading.Thread(target=self._hear, daemon=True)
        self._ear.start()

    def start(self, args: Sequence[str], env: Mapping[str, str]) -> Forked:
        """A driver with these arguments."""
        out, err = (self._folder / f"{uuid4().hex}.{name}" for name in ("out", "err"))
        for path in (out, err):  # one that is killed at once has not opened them yet
            path.touch()
        with self._lock:  # one after the other, so that the answer is this one's
            assert self._process.stdin
            asked = {"args": list(args), "env": dict(env), "out": str(out), "err": str(err)}
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            pid = self._began.get(timeout=110)  # the first waits for what is imported
            life = self._alive[pid] = Forked(pid, out, err)
            self._process.stdin.write(json.dumps({"go": pid}) + "\n")
            self._process.stdin.flush()
        return life

    def end(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._ear.join()
        self._process.stdout.close()

    def _hear(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            told = json.loads(line)
            if "began" in told:
                self._began.put(told["began"])
            else:
                self._alive.pop(told["ended"]).end(told["code"])


# ---- the process that is forked
def serve(module: str) -> None:
    """Forks a life for each line, tells of each end; at the end of its input it takes all of them along."""
    lives = import_module(module)  # what every life has imported
    getattr(lives, "warm_up", lambda: None)()

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(100_000, 10, 10)  # as a verb of the command line does
    gc.freeze()
    alive: dict[int, int] = {}
    waits: dict[int, int] = {}
    buffer = b""
    while True:
        for ready in select.select([0, *alive], [], [])[0]:
            if ready:
                pid = alive.pop(ready)
                os.close(ready)
                _tell({"ended": pid, "code": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])})
                continue
            part = os.read(0, 65536)
            if not part:
                for pid in alive.values():
                    os.kill(pid, signal.SIGKILL)
                return
            *lines, buffer = (buffer + part).split(b"\n")
            for line in lines:
                asked = json.loads(line)
                if "go" in asked:  # it is known by its pid now, so that its end finds it
                    os.close(waits.pop(asked["go"]))
                    continue
                theirs, ours = os.pipe()
                pid = os.fork()
                if not pid:
                    os.close(ours)
                    for other in (*alive, *waits.values()):
                        os.close(other)
                    _live(lives, asked, theirs)
                os.close(theirs)
                waits[pid] = ours
                alive[os.pidfd_open(pid)] = pid
                _tell({"began": pid})


def _tell(said: dict[str, Any]) -> None:
    os.write(1, (json.dumps(said) + "\n").encode())


def _live(lives: ModuleType, asked: dict[str, Any], until: int) -> NoReturn:
    code = 1
    try:
        os.read(until, 1)
        os.close(until)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for fd, path, flags in (
            (0, os.devnull, os.O_RDONLY),
            (1, asked["out"], os.O_WRONLY | os.O_CREAT),
            (2, asked["err"], os.O_WRONLY | os.O_CREAT),
        ):
            opened = os.open(path, flags, 0o600)
            os.dup2(opened, fd)
            os.close(opened)
        os.environ.clear()
        os.environ.update(asked["env"])
        sys.argv = [lives.__name__, *asked["args"]]
        lives.live()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001  it is a whole process: whatever ends it is told where a program tells it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(*sys.argv[1:] or ["crash.driver"])
