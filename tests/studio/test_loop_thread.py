"""The loop behind ``Studio`` and ``generate_video``: Ctrl-C, a program that ends, a loop that runs already, closing."""

from __future__ import annotations

import asyncio
import contextvars
import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reelwright.studio.runtime.loop_thread import LoopThread

REAL_HANDS = True

INTERRUPTED = """
import asyncio, os, signal, sys, time
from reelwright.studio.runtime.loop_thread import LoopThread

async def work(cleaning_s):
    try:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(60)
    finally:
        print("cleaning", flush=True)
        if cleaning_s > 1:
            asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGINT)
        await asyncio.sleep(cleaning_s)
        print("cleaned", flush=True)

thread = LoopThread("test")
try:
    thread.run(work(float(sys.argv[1])))
except KeyboardInterrupt:
    print("raised", flush=True)
if len(sys.argv) == 2:
    print(thread.run(asyncio.sleep(0, "again")))
"""
UNCLOSED = """
import asyncio, sys, threading
from reelwright import Studio
studio = Studio(home=sys.argv[1])
print(studio.list_projects())
if len(sys.argv) > 2:
    begun = threading.Event()
    async def work():
        begun.set()
        await asyncio.sleep(600)
    threading.Thread(target=studio._loop.run, args=(work(),), daemon=True).start()
    begun.wait()
print("end", flush=True)
"""
PORTAL = """
from anyio.from_thread import start_blocking_portal
context = start_blocking_portal()
portal = context.__enter__()
print("end", flush=True)
"""


def run_program(code: str, *args: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, timeout=60, env={**os.environ}, check=False
    )
    assert ran.returncode == 0 and not ran.stderr, ran.stderr
    return ran.stdout.split()


def test_ctrl_c_cancels_waits_for_the_clean_up_and_the_loop_is_used_again() -> None:
    assert run_program(INTERRUPTED, "0.3") == ["cleaning", "cleaned", "raised", "again"]


def test_a_second_ctrl_c_does_not_wait_for_the_clean_up() -> None:
    assert run_program(INTERRUPTED, "60", "leave") == ["cleaning", "raised"]


@pytest.mark.parametrize("is_on_the_loop", [False, True])
def test_ctrl_c_while_the_work_is_handed_to_the_loop_leaves_nothing_running(
    is_on_the_loop: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    ended: list[str] = []

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("cleaned")

    with closing(LoopThread("test")) as thread:
        thread.run(asyncio.sleep(0))
        loop = thread._loop
        assert loop
        hand_over = loop.call_soon_threadsafe

        def interrupt(*args: Any) -> None:
            monkeypatch.undo()
            if is_on_the_loop:
                hand_over(*args)
                begun.wait()
            raise KeyboardInterrupt

        monkeypatch.setattr(loop, "call_soon_threadsafe", interrupt)
        with pytest.raises(KeyboardInterrupt):
            thread.run(work())
        assert ended == (["cleaned"] if is_on_the_loop else [])
        assert thread.run(asyncio.sleep(0, "again")) == "again"


@pytest.mark.parametrize("more", [(), ("with work",)])
def test_a_program_that_never_closes_its_studio_ends(tmp_path: Path, more: tuple[str, ...]) -> None:
    assert run_program(UNCLOSED, str(tmp_path / "home"), *more) == ["()", "end"]


def test_a_program_that_never_closes_a_blocking_portal_hangs_so_we_use_none() -> None:
    """If this fails, anyio's portal lets a program end, and may replace ``LoopThread``."""
    with subprocess.Popen([sys.executable, "-c", PORTAL], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stdout.readline() == "end\n"
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(3)
        child.kill()


async def test_it_works_inside_a_running_loop_with_the_caller_s_context() -> None:
    variable = contextvars.ContextVar("variable", default="none")
    variable.set("ours")

    async def read() -> tuple[str, str]:
        return variable.get(), threading.current_thread().name

    with closing(LoopThread("test-loop")) as thread:
        assert thread.run(read()) == ("ours", "test-loop")


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), ValueError("x"), asyncio.CancelledError()])
def test_whatever_the_work_raises_its_caller_gets_and_the_loop_goes_on(error: BaseException) -> None:
    async def fail() -> None:
        raise error

    with closing(LoopThread("test")) as thread:
        with pytest.raises(type(error)):
            thread.run(fail())
        assert thread.run(asyncio.sleep(0, "fine")) == "fine"


def test_closing_cancels_what_runs_and_a_closed_one_opens_again() -> None:
    ended = []

    async def begin() -> None:
        async def rest() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ended.append("cancelled")

        begin.task = asyncio.create_task(rest())  # type: ignore[attr-defined]
        await asyncio.sleep(0)

    thread = LoopThread("test")
    for _ in range(2):
        thread.run(begin())
        thread.close()
        thread.close()
    assert ended == ["cancelled"] * 2 and "test" not in {one.name for one in threading.enumerate()}
