"""Intake of a file from outside in a process of its own, with limits of processor time and memory.

A picture of half a megabyte can ask its decoder for an hour, and a clip of three kilobytes for all the memory there is.
Here each costs a few seconds at most, holds up nobody else, and ends with whoever asked for it.

    python -m reelwright.media.pictures.guarded_intake KIND FILE ROOM FFMPEG CPU_S MEMORY

That process writes the pickled ``Intake``, or the error, to its standard output.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple
from weakref import WeakKeyDictionary

from reelwright.errors import BadInput, ReelwrightError, UnreadableMedia
from reelwright.input_limits import MAX_FILE_BYTES
from reelwright.media.base import ffmpeg
from reelwright.media.base.sniff import to_printable_name
from reelwright.media.pictures.intake import Intake, take_in_clip, take_in_image

if TYPE_CHECKING:
    from reelwright.media.pictures.font_intake import FontIntake

FileKind = Literal["picture", "clip", "font"]


class _Limits(NamedTuple):
    """The most that reading one file may use: seconds of processor time, bytes of memory, and seconds in all."""

    cpu_s: int
    memory: int
    wall_s: int


_LIMITS: Final = {
    "picture": _Limits(20, 3 * 1024**3, 120),
    "clip": _Limits(60, MAX_FILE_BYTES, 600),
    "font": _Limits(20, MAX_FILE_BYTES, 120),
}
"""A picture of 50 megapixels took 7 s and 1 GB. Of a clip only its index is read; ffmpeg has limits of its own.
A font of 16 MB took 1 s and 0.3 GB.
"""
_ENVIRONMENT: Final = {
    "LC_ALL": "C.UTF-8", "PYTHONPATH": str(Path(__file__).parents[3]), "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"
}  # fmt: skip
"""No key is there for what a file may do to its decoder; each thread of OpenBLAS would reserve memory. Python reads the
paths of an environment (``.pth``) in the locale's encoding, whatever ``PYTHONUTF8`` says.
"""
_DIED: Final = frozenset({-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT, -signal.SIGFPE, -signal.SIGILL})
"""Ends of a reader that a file broke."""
_AT_ONCE: Final = 2
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def take_in_guarded(path: Path, kind: Literal["picture", "clip"], room: Path) -> Intake:
    """Take a picture or clip into ``room`` as ``media.intake`` does, in a process of its own: see ``_take_in``."""
    made: Intake = await _take_in(path, kind, room)
    return made


async def take_in_font_guarded(path: Path, room: Path) -> FontIntake:
    """Take a font into ``room`` as ``media.pictures.font_intake`` does, in a process of its own: see ``_take_in``."""
    made: FontIntake = await _take_in(path, "font", room)
    return made


async def _take_in(path: Path, kind: FileKind, room: Path) -> Any:
    """Take a file into ``room`` in a process of its own.

    Two at once for each program; others wait. Raises as ``media.intake`` does, ``BadInput`` where reading the file
    takes more than its limits, and ``UnreadableMedia`` where its reader dies of it. The process ends with a call that
    is cancelled.
    """
    places = _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE))
    limits = _LIMITS[kind]
    async with places:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", __name__, kind, str(path), str(room), ffmpeg.get_chosen_program(),
            str(limits.cpu_s), str(limits.memory),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**ffmpeg.build_environment(), **_ENVIRONMENT}, start_new_session=True,
        )  # fmt: skip
        try:
            async with asyncio.timeout(limits.wall_s):
                written, error_output = await process.communicate()
        except TimeoutError:
            written, error_output = b"", b""
        finally:
            with suppress(ProcessLookupError):  # ffmpeg that it started goes with it
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if not written:
        if process.returncode is not None and process.returncode > 0:  # a fault of ours, and no limit
            raise RuntimeError(error_output.decode(errors="replace")[-2000:])
        if process.returncode in _DIED:
            raise UnreadableMedia(code="file_broken", file=to_printable_name(path.name))
        least = f"{limits.cpu_s} s of processor time and {limits.memory // 1024**3} GiB of memory"
        raise BadInput(
            to_printable_name(path.name), "a file that asks for too much", f"a {kind} that is read within {least}"
        )
    made: Intake | FontIntake | ReelwrightError = pickle.loads(written)  # noqa: S301 - our own process wrote it
    if isinstance(made, ReelwrightError):
        raise made
    return made


# ---- the process of its own
def _limit(cpu_s: int, memory: int) -> None:
    limits = {resource.RLIMIT_CPU: cpu_s}
    if sys.platform.startswith("linux"):  # macOS refuses a limit of memory
        limits[resource.RLIMIT_AS] = memory
    for number, most in limits.items():
        _, hard = resource.getrlimit(number)
        resource.setrlimit(number, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _choose_reader(kind: str) -> Callable[..., Intake | FontIntake]:
    if kind == "font":
        from reelwright.media.pictures.font_intake import take_in_font

        return take_in_font
    return take_in_clip if kind == "clip" else take_in_image


def _main(kind: str, path: str, room: str, program: str, cpu_s: str, memory: str) -> None:
    _limit(int(cpu_s), int(memory))
    ffmpeg.choose_program(program)
    made: Intake | FontIntake | ReelwrightError
    try:
        made = _choose_reader(kind)(Path(path), room=Path(room))
    except ReelwrightError as error:
        made = error
    except MemoryError:
        os.kill(os.getpid(), signal.SIGKILL)  # as the kernel ends what passes the other limit
        raise
    sys.stdout.buffer.write(pickle.dumps(made))


if __name__ == "__main__":
    _main(*sys.argv[1:])
