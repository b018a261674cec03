"""Runs verbs, each in a fork of one warm process, with its standard streams closed, full, or without a reader.

Reads lines of JSON (way, args, home) and answers each with the exit code and both outputs.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import pty
import struct
import sys
import tempfile
import termios
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from cli.forked_verb import as_python_starts, warm_up

CLOSED = {"stdin closed": (0,), "stdout closed": (1,), "stderr closed": (2,), "all closed": (0, 1, 2)}
FULL = {"stdout full": 1, "stderr full": 2}
GONE = {"reader of stdout gone": 1, "reader of stderr gone": 2}
"""The reader reads one line and goes away."""
TERMINALS = {"narrow terminal": {"TERM": "xterm"}, "dumb terminal": {"TERM": "dumb"}}
WAYS = ("files", *CLOSED, *FULL, *GONE, *TERMINALS)
END_OF_INPUT = b"\x04"
MOST_S = 100.0


def in_the_child(args: list[str]) -> None:
    """Be the program ``reelwright``; never returns."""
    from reelwright.cli import app

    as_python_starts()
    sys.argv = ["reelwright", *args]
    code = 1
    try:
        app.main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # noqa: BLE001  as the interpreter
        import traceback

        with suppress(Exception):
            traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            code = 120  # as the interpreter
    os._exit(code)


def run(way: str, args: list[str], folder: Path) -> dict[str, Any]:
    ends = [os.open(os.devnull, os.O_RDONLY)]
    for number in (1, 2):
        ends.append(os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_TRUNC))
    if way in FULL:
        ends[FULL[way]] = os.open("/dev/full", os.O_WRONLY)
    ours = -1
    if way in GONE:
        ours, ends[GONE[way]] = os.pipe()
    if way in TERMINALS:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 20, 0, 0))
        ends = [theirs] * 3
        os.write(ours, END_OF_INPUT)
    if (child := os.fork()) == 0:
        for number, end in enumerate(ends):
            os.dup2(end, number)
        os.closerange(3, 256)
        for number in CLOSED.get(way, ()):
            os.close(number)
        os.environ.pop("COLUMNS", None)
        os.environ.update(TERMINALS.get(way, {}))
        in_the_child(args)
    for end in set(ends):
        os.close(end)
    seen = bytearray()

    def read() -> None:
        with suppress(OSError):
            while (part := os.read(ours, 1 if way in GONE else 65536)) and not (way in GONE and part == b"\n"):
                seen.extend(part)
        os.close(ours)

    reader = threading.Thread(target=read)
    if ours >= 0:
        reader.start()
    until = time.monotonic() + MOST_S
    while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
        if time.monotonic() > until:
            os.kill(child, 9)
        time.sleep(0.01)
    if ours >= 0:
        reader.join()
    out, err = (
        (folder / str(n)).read_text(encoding="utf-8", errors="replace") if (folder / str(n)).exists() else ""
        for n in (1, 2)
    )
    return {"code": os.waitstatus_to_exitcode(ended[1]), "out": out, "err": err + bytes(seen).decode(errors="replace")}


def main() -> None:
    warm_up()
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            told = json.loads(line)
            os.environ["REELWRIGHT_HOME"] = told["home"]
            os.environ["REELWRIGHT_FILMS_FOLDER"] = str(Path(told["home"]).parent)
            print(json.dumps(run(told["way"], told["args"], Path(folder))), flush=True)


if __name__ == "__main__":
    main()
