"""How ffmpeg is started: it ends with the process that started it, within limits, and says why it did not start."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from reelwright.errors import ToolMissing
from reelwright.media.base import ffmpeg

ENDLESS = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=30", "-f", "null", "-"]
STARTER = """
import sys
from reelwright.media.base import ffmpeg
ffmpeg.run(%r, is_untrusted=True)
"""


def list_children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for_ffmpeg(pid: int) -> int:
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        for child in list_children(pid):
            with suppress(FileNotFoundError):  # another one, which only tried setpriv, has ended
                if "ffmpeg" in Path(f"/proc/{child}/exe").readlink().name:
                    return child
        time.sleep(0.01)
    raise AssertionError("it did not start")


def is_alive(pid: int) -> bool:
    """Whether a process runs. One that has ended stays as a zombie where nobody asks how, as in some containers."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_ffmpeg_is_within_its_limits_and_is_killed_with_the_process_that_started_it() -> None:
    program = [sys.executable, "-c", STARTER % ENDLESS]
    with subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as starter:
        try:
            child = wait_for_ffmpeg(starter.pid)
            time.sleep(0.1)
            limits = [resource.prlimit(child, limit)[0] for limit in (resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)]
        finally:
            starter.kill()
    assert limits == [300, 4 * 1024**3]
    ends = time.monotonic() + 5
    while is_alive(child) and time.monotonic() < ends:
        time.sleep(0.01)
    assert not is_alive(child)


def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "ffmpeg"
    wrong.write_bytes(b"\x7fELF" + bytes(60))
    wrong.chmod(0o755)
    ffmpeg.choose_program(str(wrong))
    with pytest.raises(ToolMissing) as failed:
        ffmpeg.run(ENDLESS)
    assert failed.value.code == "ffmpeg_not_started" and str(wrong) in failed.value.params["cause"]
