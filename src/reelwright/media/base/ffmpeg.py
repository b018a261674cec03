"""The only subprocess of the package: ffmpeg with a list of arguments, its last words, and its frames counted."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import IO, Final

from reelwright.errors import HandDied, MediaError, StoreUnavailable, ToolMissing
from reelwright.media.base.work import Report

_COMMON: Final = ("-hide_banner", "-nostdin", "-y", "-loglevel", "info", "-nostats", "-xerror")
_KEPT_LINES: Final = 400
_KILLED: Final = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, -signal.SIGQUIT})
"""Exit codes that say nothing about the media: a person or the system ended the process. Our limits use others."""
_VERSION: Final = re.compile(r"^ffmpeg version (\S+)", re.MULTILINE)
_NOT_STARTED: Final = (126, 127)
"""Exit codes of ``setpriv``, or of a shell, where ffmpeg could not be started. ffmpeg itself has no such codes."""
_CORE: Final = re.compile(r"264 - (core \d+(?: r\d+\S*(?: [0-9a-f]+)?)?)")
_BUILT: Final = ("ffmpeg version ", "  built with ", "  configuration: ", "  lib")
_STOPPED: Final = "Exiting normally, received signal"
_LIMITS: Final = {"CPU": 300, "AS": 8 * 1024**3, "FSIZE": 4 * 1024**3}
"""Seconds, bytes of memory, bytes of a file, for runs on files from outside. Source: docs/promises.md."""


_chosen = ""
"""The program that this process was told to run; empty: the one that comes with imageio-ffmpeg."""


def choose_program(path: str) -> None:
    """Have this process run the ffmpeg at ``path`` from now on; empty: the one that comes with imageio-ffmpeg.

    Called where a home is opened, with its setting, and by every hand, with what its task says.
    """
    global _chosen
    _chosen = path


def get_chosen_program() -> str:
    """Return the path that ``choose_program`` was told last; empty: the program that comes with imageio-ffmpeg."""
    return _chosen


def find_program() -> Path:
    """Find the ffmpeg to run: the chosen one, else the one that comes with imageio-ffmpeg.

    Raises ``ToolMissing`` when there is none.
    """
    if not _chosen:
        return _bundled()
    path = Path(_chosen)
    if not path.is_file() or not os.access(path, os.X_OK):
        raise ToolMissing(code="ffmpeg_not_a_program", path=path)
    return path


@lru_cache(maxsize=1)
def _bundled() -> Path:
    """Return the program inside the wheel, else the one that imageio-ffmpeg finds.

    The wheel's own program is not run to check it: if it is killed while it prints its version, imageio-ffmpeg counts
    it as missing and takes the next best on the machine.
    """
    try:
        import imageio_ffmpeg

        inside = sorted((Path(imageio_ffmpeg.__file__).parent / "binaries").glob("ffmpeg-*"))
        runs = [path for path in inside if os.access(path, os.X_OK)]
        return runs[0] if runs else Path(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as cause:
        raise ToolMissing(code="ffmpeg_missing") from cause


@lru_cache(maxsize=8)
def read_build(path: Path) -> str:
    """Read which build of ffmpeg and x264 this is: ``ffmpeg 9.0.2, x264 core 165 r3222 b35605a, build 1f2e3d4c``.

    It names versions, and a digest of the configuration and the libraries that were built in. It names no path, date
    or processor: two machines with the same build agree, and two builds of one version do not. Only an encoder that
    runs says its version, so one frame is encoded. Raises ``ToolMissing`` without x264, ``HandDied`` when killed.
    """
    frame = ("-f", "lavfi", "-i", "color=s=16x16:r=25", "-frames:v", "1")
    x264 = ("-c:v", "libx264", "-threads", "1", "-flags", "+global_header", "-f", "null", "-")
    answer = subprocess.run(  # noqa: S603 - our own program, no user text
        [str(path), "-nostdin", *frame, *x264], capture_output=True, text=True, check=False, env=build_environment()
    )
    if answer.returncode in _KILLED:
        raise HandDied(code="ffmpeg_killed", pid=None)
    version, core = _VERSION.search(answer.stderr), _CORE.search(answer.stderr)
    if answer.returncode != 0 or version is None or core is None:
        raise ToolMissing(code="ffmpeg_without_x264", path=path)
    built = "\n".join(line.strip() for line in answer.stderr.splitlines() if line.startswith(_BUILT))
    return f"ffmpeg {version[1]}, x264 {core[1]}, build {hashlib.sha256(built.encode()).hexdigest()[:8]}"


def build_input(path: Path, *options: str, demuxer: str | None = None) -> list[str]:
    """Build the arguments that open one local file: absolute, behind ``file:``, and never followed to another protocol.

    ``demuxer``: the one that its first bytes ask for; name it for every file that came from outside.
    """
    forced = ("-f", demuxer) if demuxer else ()
    return [*options, "-protocol_whitelist", "file,pipe", *forced, "-i", f"file:{path.absolute()}"]


def build_output(path: Path) -> str:
    """Build the argument that names one local file to write."""
    return f"file:{path.absolute()}"


def run(
    args: Sequence[str],
    *,
    report: Report | None = None,
    frames: int | None = None,
    stdin: bytes | None = None,
    cwd: Path | None = None,
    is_untrusted: bool = False,
) -> str:
    """Run ffmpeg to its end and return the tail of what it printed.

    ``report`` is called with the share of ``frames`` that is written. ``cwd``: where a filter may write a file under a
    relative name of its own (a path inside a graph would need escaping). ``is_untrusted``: for files from outside,
    under limits of CPU time, memory and file size. Raises ``MediaError`` with ffmpeg's last words. Its exit status is
    not evidence: the caller probes what it wrote. Raises ``StoreUnavailable`` on a full disk, ``HandDied`` when it was
    killed.
    """
    with _Child(args, frames, report, cwd, piped=stdin is not None, guarded=is_untrusted) as child:
        if stdin is not None:
            child.write(stdin)
        return child.finish()


class Pipe:
    """An ffmpeg that reads its first input from us.

    Leaving the block waits for it; an error inside the block kills it.
    """

    def __init__(self, args: Sequence[str], frames: int | None, report: Report | None, cwd: Path | None) -> None:
        self._child = _Child(args, frames, report, cwd, piped=True)

    def write(self, data: bytes | memoryview) -> None:
        """Write to ffmpeg's first input. Raises ``MediaError`` with ffmpeg's last words when it is gone."""
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


def open_pipe(
    args: Sequence[str], *, frames: int | None = None, report: Report | None = None, cwd: Path | None = None
) -> Pipe:
    """Start ffmpeg as a context manager: ``with open_pipe([... "-i", "pipe:0" ...]) as p: p.write(data)``."""
    return Pipe(args, frames, report, cwd)


class _Child:
    """A run of ffmpeg: two threads drain what it prints, so that neither side ever waits for the other."""

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
        command = [*_bind_to_parent(), str(find_program()), *_COMMON, "-progress", "pipe:1", *self._args]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a list, own file names, no user text
                command,
                stdin=subprocess.PIPE if self._piped else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._cwd,
                env=build_environment(),
            )
        except OSError as cause:
            words = f"{cause.strerror}: {cause.filename}"
            raise ToolMissing(code="ffmpeg_not_started", cause=words) from cause
        if self._guarded:
            _limit(self._process.pid)
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

    def _failure(self) -> MediaError | StoreUnavailable | HandDied | ToolMissing:
        if self._process.returncode in _NOT_STARTED:
            return ToolMissing(code="ffmpeg_not_started", cause="\n".join(self._said))
        if self._process.returncode in _KILLED or any(_STOPPED in line for line in self._said):
            return HandDied(code="ffmpeg_killed", pid=self._process.pid)
        if any("No space left on device" in line for line in self._said):
            return StoreUnavailable(code="disk_full", folder=self._folder())
        tail = [line for line in self._said if not line.startswith(("  ", "Input #", "Output #", "Stream mapping"))]
        status = self._process.returncode
        return MediaError(code="ffmpeg_failed", status=status, last_words="\n".join(tail[-12:]))

    def _folder(self) -> Path:
        """Return the folder of the last file that the arguments name."""
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


def build_environment() -> dict[str, str]:
    """Return the environment of a child, which gets next to nothing of ours: no keys, no proxies, no locale."""
    kept = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
    return {"LC_ALL": "C", **{name: os.environ[name] for name in kept if name in os.environ}}


@lru_cache(maxsize=1)
def _bind_to_parent() -> tuple[str, ...]:
    """Return what starts a program so that the kernel kills it when this process is killed: no orphan goes on encoding.

    That is ``setpriv`` of util-linux. Where there is none, an orphan ends with its input or its task. A function that
    runs between fork and exec would need no other program; but beside threads it may wait for ever for a lock that one
    of them held, and Python then copies the page tables of this whole process.
    """
    if not sys.platform.startswith("linux") or not (program := shutil.which("setpriv")):
        return ()
    command = (program, "--pdeathsig", "KILL")
    is_able = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603
    return command if is_able else ()


def _limit(pid: int) -> None:
    """Limit what a process that has just started may use, on Linux."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    for name, most in _LIMITS.items():
        limit = getattr(resource, f"RLIMIT_{name}")
        with contextlib.suppress(ProcessLookupError):  # it has ended
            _, hard = resource.prlimit(pid, limit)
            capped = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.prlimit(pid, limit, (capped, hard))


def _count(frames: int, args: Sequence[str]) -> None:
    """Append one JSON line per run to the log named by ``REELWRIGHT_FFMPEG_LOG``, to count what was really encoded."""
    log = os.environ.get("REELWRIGHT_FFMPEG_LOG")
    if log:
        line = json.dumps({"frames": frames, "encoder": _encoder(args)}) + "\n"
        with Path(log).open("a", encoding="utf-8") as out:
            out.write(line)


def _encoder(args: Sequence[str]) -> str:
    named = dict(pair for pair in pairwise(args) if pair[0] in ("-c:v", "-c", "-f"))
    return named.get("-c:v") or named.get("-c") or ("none" if named.get("-f") == "null" else "other")
