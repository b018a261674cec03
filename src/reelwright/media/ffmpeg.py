"""The only subprocess of the package: ffmpeg with a list of arguments, its last words, and its frames counted."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import IO, Final

from reelwright.errors import HandDied, MediaError, StoreUnavailable, ToolMissing
from reelwright.media.work import Report

_COMMON: Final = ("-hide_banner", "-nostdin", "-y", "-loglevel", "info", "-nostats", "-xerror")
_KEPT_LINES: Final = 400
_PR_SET_PDEATHSIG: Final = 1
_SIGKILL: Final = 9
_KILLED: Final = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, -signal.SIGQUIT})
"""Ends that say nothing of the media: somebody, or the system, ended the process. Our limits end it otherwise."""
_STOPPED: Final = "Exiting normally, received signal"
_LIMITS: Final = {"CPU": 300, "AS": 8 * 1024**3, "FSIZE": 4 * 1024**3}
"""Seconds, bytes of memory, bytes of a file, for what reads files from outside. Source: docs/promises.md."""


def program() -> Path:
    """The ffmpeg to run: ``REELWRIGHT_FFMPEG`` when set, else the one that comes with imageio-ffmpeg.

    Raises ``ToolMissing`` when there is none. Read on each call: the environment is how a hand is told.
    """
    named = os.environ.get("REELWRIGHT_FFMPEG")
    if named:
        path = Path(named)
        if not path.is_file() or not os.access(path, os.X_OK):
            raise ToolMissing(f"REELWRIGHT_FFMPEG names {named}, which is not a program", hint="unset it")
        return path
    return _bundled()


@lru_cache(maxsize=1)
def _bundled() -> Path:
    """The program inside the wheel, else whatever imageio-ffmpeg finds.

    The wheel's own is not run to be looked at: imageio-ffmpeg takes one that is killed while it says its version for
    none at all, and the next best on the machine instead.
    """
    try:
        import imageio_ffmpeg

        inside = sorted((Path(imageio_ffmpeg.__file__).parent / "binaries").glob("ffmpeg-*"))
        runs = [path for path in inside if os.access(path, os.X_OK)]
        return runs[0] if runs else Path(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as cause:
        raise ToolMissing("no ffmpeg on this machine", hint="set REELWRIGHT_FFMPEG to one with libx264") from cause


@lru_cache(maxsize=8)
def edition(path: Path) -> str:
    """First line of ``ffmpeg -version`` up to the copyright: which encoder the house format was written by."""
    told = subprocess.run(  # noqa: S603 - our own program, no user text
        [str(path), "-version"], capture_output=True, text=True, check=False, env=_environment()
    )
    if told.returncode in _KILLED:
        raise HandDied(f"{path} was killed while it said its version")
    if told.returncode != 0 or not told.stdout:
        raise ToolMissing(f"{path} does not answer -version")
    return told.stdout.splitlines()[0].split(" Copyright")[0]


def source(path: Path, *options: str, demuxer: str | None = None) -> list[str]:
    """Arguments that open one local file: absolute, behind ``file:``, and never followed to another protocol.

    ``demuxer``: the one its first bytes ask for; name it for every file that came from outside.
    """
    forced = ("-f", demuxer) if demuxer else ()
    return [*options, "-protocol_whitelist", "file,pipe", *forced, "-i", f"file:{path.absolute()}"]


def target(path: Path) -> str:
    """The argument that names one local file to write."""
    return f"file:{path.absolute()}"


def run(
    args: Sequence[str],
    *,
    report: Report | None = None,
    frames: int | None = None,
    stdin: bytes | None = None,
    cwd: Path | None = None,
    guarded: bool = False,
) -> str:
    """Run ffmpeg to its end and return the tail of what it printed.

    ``report`` hears the share of ``frames`` that is written. ``cwd``: where a filter may write a file under an own,
    relative name (a path inside a graph would need escaping). ``guarded``: for files from outside, under limits of CPU
    time, memory and file size. Raises ``MediaError`` with its last words. Its exit
    status is not evidence: the caller probes what it wrote. Raises ``StoreUnavailable`` on a full disk, ``HandDied``
    when it was killed.
    """
    with _Child(args, frames, report, cwd, piped=stdin is not None, guarded=guarded) as child:
        if stdin is not None:
            child.write(stdin)
        return child.finish()


class Pipe:
    """ffmpeg reading its first input from us. Leaving the block waits for it; an error inside the block kills it."""

    def __init__(self, args: Sequence[str], frames: int | None, report: Report | None, cwd: Path | None) -> None:
        self._child = _Child(args, frames, report, cwd, piped=True)

    def write(self, data: bytes | memoryview) -> None:
        """Raises ``MediaError`` with ffmpeg's last words when it is gone."""
        self._child.write(data)

    def __enter__(self) -> Pipe:
        self._child.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            if kind is None:
                self._child.finish()
        finally:
            self._child.stop()


def pipe(
    args: Sequence[str], *, frames: int | None = None, report: Report | None = None, cwd: Path | None = None
) -> Pipe:
    """``with pipe([... "-i", "pipe:0" ...]) as p: p.write(data)``."""
    return Pipe(args, frames, report, cwd)


class _Child:
    """One run: two threads drain what it prints, so that neither side ever waits for the other."""

    def __init__(
        self,
        args: Sequence[str],
        frames: int | None,
        report: Report | None,
        cwd: Path | None,
        *,
        piped: bool,
        guarded: bool = False,
    ) -> None:
        self._args, self._cwd, self._guarded = list(args), cwd, guarded
        self._frames, self._report, self._piped = frames, report, piped
        self._said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._written = 0

    def __enter__(self) -> _Child:
        command = [str(program()), *_COMMON, "-progress", "pipe:1", *self._args]
        with warnings.catch_warnings():
            # Python 3.12 warns of any preexec_fn beside threads; ours makes one system call and allocates nothing.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                self._process = subprocess.Popen(  # noqa: S603 - a list, own file names, no user text
                    command,
                    stdin=subprocess.PIPE if self._piped else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    cwd=self._cwd,
                    env=_environment(),
                    preexec_fn=_prepared(self._guarded),
                )
            except OSError as cause:
                raise ToolMissing(f"ffmpeg cannot be started ({cause.strerror}: {cause.filename})") from cause
        assert self._process.stdout is not None and self._process.stderr is not None
        self._drains = [
            threading.Thread(target=self._follow, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True),
        ]
        for drain in self._drains:
            drain.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def write(self, data: bytes | memoryview) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except (BrokenPipeError, ValueError) as cause:
            self._settle()
            raise self._failure() from cause

    def finish(self) -> str:
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # its exit status and last words say more
                self._process.stdin.close()
        if self._settle() != 0:
            raise self._failure()
        _count(self._written, self._args)
        return "\n".join(self._said)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._settle()

    def _settle(self) -> int:
        code = self._process.wait()
        for drain in self._drains:
            drain.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None and not stream.closed:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        return code

    def _failure(self) -> MediaError | StoreUnavailable | HandDied:
        if self._process.returncode in _KILLED or any(_STOPPED in line for line in self._said):
            return HandDied(f"ffmpeg (process {self._process.pid}) was killed, by somebody or for want of memory")
        if any("No space left on device" in line for line in self._said):
            return StoreUnavailable(f"{self._folder()}: the disk is full", hint="free some space, then go on")
        tail = [line for line in self._said if not line.startswith(("  ", "Input #", "Output #", "Stream mapping"))]
        return MediaError(f"ffmpeg ended with {self._process.returncode}", last_words="\n".join(tail[-12:]))

    def _folder(self) -> Path:
        """Where the last file that was named is written."""
        named = [arg.removeprefix("file:") for arg in self._args if arg.startswith("file:")]
        return Path(named[-1]).parent if named else Path(self._cwd or Path.cwd())

    def _listen(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._said.append(line.decode("utf-8", "replace").rstrip())

    def _follow(self, stream: IO[bytes]) -> None:
        for line in stream:
            name, _, value = line.decode("ascii", "replace").strip().partition("=")
            if name == "frame" and value.isdigit():
                self._written = int(value)
                if self._report and self._frames:
                    self._report(min(1.0, self._written / self._frames))


def _environment() -> dict[str, str]:
    """Children get next to nothing of ours: no keys, no proxies, no locale."""
    kept = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
    return {"LC_ALL": "C", **{name: os.environ[name] for name in kept if name in os.environ}}


def _prepared(guarded: bool) -> Callable[[], None] | None:
    """What the child does before it becomes ffmpeg.

    On Linux the kernel kills it when the hand that started it is killed: no orphan goes on encoding.
    """
    if not sys.platform.startswith("linux"):
        return None
    import resource

    prctl, parent = _libc_prctl(), os.getpid()
    limits = [(getattr(resource, f"RLIMIT_{name}"), most) for name, most in _LIMITS.items()] if guarded else []

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        for limit, most in limits:
            _, hard = resource.getrlimit(limit)
            capped = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(limit, (capped, hard))

    return bind


@lru_cache(maxsize=1)
def _libc_prctl() -> Callable[[int, int], int]:
    import ctypes

    found: Callable[[int, int], int] = ctypes.CDLL(None).prctl
    return found


def _count(frames: int, args: Sequence[str]) -> None:
    """One JSON line per run for those who count what was really encoded."""
    log = os.environ.get("REELWRIGHT_FFMPEG_LOG")
    if log:
        line = json.dumps({"frames": frames, "encoder": _encoder(args)}) + "\n"
        with Path(log).open("a", encoding="utf-8") as out:
            out.write(line)


def _encoder(args: Sequence[str]) -> str:
    named = dict(pair for pair in pairwise(args) if pair[0] in ("-c:v", "-c", "-f"))
    return named.get("-c:v") or named.get("-c") or ("none" if named.get("-f") == "null" else "other")
