"""Intake of a file from outside in a process of its own, with limits of processor time and memory.

A picture of half a megabyte can ask its decoder for an hour, and a clip of three kilobytes for all the memory there is.
Here each costs a few seconds at most, holds up nobody else, and ends with whoever asked for it.

    python -m reelwright.media.guarded_intake KIND FILE ROOM FFMPEG CPU_S MEMORY

That process writes the pickled ``Intake``, or the error, to its standard output.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, NamedTuple
from weakref import WeakKeyDictionary

from reelwright.errors import BadInput, ReelwrightError
from reelwright.media import ffmpeg
from reelwright.media.intake import Intake, take_in_clip, take_in_image
from reelwright.media.sniff import to_printable_name

FileKind = Literal["picture", "clip"]


class _Limits(NamedTuple):
    """The most that reading one file may use: seconds of processor time, bytes of memory, and seconds in all."""

    cpu_s: int
    memory: int
    wall_s: int


_LIMITS: Final = {"picture": _Limits(20, 3 * 1024**3, 120), "clip": _Limits(60, 2 * 1024**3, 600)}
"""A picture of 50 megapixels took 7 s and 1 GB. Of a clip only its index is read; ffmpeg has limits of its own."""
_ENVIRONMENT: Final = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}
"""No key is there for what a file may do to its decoder; each thread of OpenBLAS would reserve memory."""
_AT_ONCE: Final = 2
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def take_in_guarded(path: Path, kind: FileKind, room: Path) -> Intake:
    """Take a picture or clip into ``room`` as ``media.intake`` does, in a process of its own.

    Two at once for each program; others wait. Raises as ``media.intake`` does, and ``BadInput`` where reading the file
    takes more than its limits. The process ends with a call that is cancelled.
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
        least = f"{limits.cpu_s} s of processor time and {limits.memory // 1024**3} GiB of memory"
        raise BadInput(
            to_printable_name(path.name), "a file that asks for too much", f"a {kind} that is read within {least}"
        )
    made: Intake | ReelwrightError = pickle.loads(written)  # noqa: S301 - our own process wrote it
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


def _main(kind: str, path: str, room: str, program: str, cpu_s: str, memory: str) -> None:
    _limit(int(cpu_s), int(memory))
    ffmpeg.choose_program(program)
    take = take_in_clip if kind == "clip" else take_in_image
    made: Intake | ReelwrightError
    try:
        made = take(Path(path), room=Path(room))
    except ReelwrightError as error:
        made = error
    except MemoryError:
        os.kill(os.getpid(), signal.SIGKILL)  # as the kernel ends what passes the other limit
        raise
    sys.stdout.buffer.write(pickle.dumps(made))


if __name__ == "__main__":
    _main(*sys.argv[1:])
