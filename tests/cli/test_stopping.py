"""Which signals stop a verb, what it says, that a question is stopped, and that the end of a verb is not."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
import tomllib
from pathlib import Path

import pytest

from cli.conftest import ROOT

CODE = """
import os, signal, sys
from reelwright.cli.signals import install_early_exit, list_stop_signals
if sys.argv[2:]:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
print(*list_stop_signals())
install_early_exit()
os.kill(os.getpid(), int(sys.argv[1]))
print("goes on")
"""


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_before_anything_began_is_said_and_ends_with_130(env, name: signal.Signals) -> None:
    ran = subprocess.run([sys.executable, "-c", CODE, str(int(name))], env=env, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (130, "reelwright: stopped before anything began\n")


def test_a_stop_is_answered_before_the_program_is_imported(env) -> None:
    """Ctrl-C just after the start must not show a traceback."""
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["reelwright"]
    assert entry == "reelwright.cli.__main__:main"
    code = """
import os, signal, sys
class Stop:
    def find_spec(self, name, *_):
        if name == "reelwright.cli.app":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Stop())
from reelwright.cli.__main__ import main
assert "typer" not in sys.modules
main()
"""
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (130, "reelwright: stopped before anything began\n")


def test_under_nohup_the_end_of_the_terminal_stops_nothing(env) -> None:
    hangup = str(int(signal.SIGHUP))
    ran = subprocess.run([sys.executable, "-c", CODE, hangup, "nohup"], env=env, capture_output=True, text=True)
    assert ran.returncode == 0 and ran.stdout.endswith("goes on\n")


def test_a_stop_while_the_process_clears_up_leaves_its_exit_code(env) -> None:
    """A film that was made must not look like one that was stopped."""
    code = """
import os, signal, sys
from reelwright.cli.signals import install_early_exit
class Late:
    def __del__(self, kill=os.kill, me=os.getpid(), number=int(sys.argv[1])):
        kill(me, number)
install_early_exit()
late = Late()
sys.exit(7)
"""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        ran = subprocess.run([sys.executable, "-c", code, str(int(name))], env=env, capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (7, ""), name


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_verb_without_a_studio_clears_up_when_it_is_stopped(env, tmp_path: Path, name: signal.Signals) -> None:
    code = """
import os, sys
from reelwright.cli.runner import run_blocking
from reelwright.cli.signals import install_early_exit
def act():
    try:
        exec("os.kill(os.getpid(), int(sys.argv[1]))")  # as dataclasses do
        print("goes on")
    finally:
        print("cleared up")
install_early_exit()
run_blocking(act, json_out=False)
"""
    (tmp_path / "verb.py").write_text(code)
    command = [sys.executable, "-m", "verb", str(int(name))]
    ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (130, "cleared up\n")
    assert ran.stderr == "reelwright: stopped; everything made so far is kept\n"


def test_a_stop_after_a_verb_without_a_studio_leaves_its_exit_code(env) -> None:
    code = """
import os, signal
from reelwright.cli.runner import run_blocking
from reelwright.cli.signals import install_early_exit
install_early_exit()
try:
    run_blocking(lambda: 7, json_out=False)
finally:
    os.kill(os.getpid(), signal.SIGTERM)
"""
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (7, "")


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_stop_ends_a_question(env, name: signal.Signals) -> None:
    """A question blocks the event loop, on which a verb's own answer to a stop would run."""
    code = """
import os, signal, sys
from reelwright.cli.confirmation import allow_interrupt
number = int(sys.argv[1])
signal.signal(number, lambda *_: print("unheard"))
try:
    with allow_interrupt():
        os.kill(os.getpid(), number)
except KeyboardInterrupt:
    print("ended")
os.kill(os.getpid(), number)
"""
    ran = subprocess.run([sys.executable, "-c", code, str(int(name))], env=env, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "ended\nunheard\n"), "then the handler before is back"


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_terminal_shows_what_is_typed_after_a_stop_at_a_hidden_question(env, name: signal.Signals) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "reelwright.cli", "keys", "add", "openrouter"]
    with subprocess.Popen(
        command, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        shown = b""
        while b"hidden" not in shown:
            shown += os.read(ours, 1000)
        while termios.tcgetattr(theirs)[3] & termios.ECHO:
            assert process.poll() is None
        process.send_signal(name)
        assert process.wait(30) == 130
    assert termios.tcgetattr(theirs)[3] & termios.ECHO
    os.close(ours)
    os.close(theirs)


def test_a_server_that_ended_leaves_the_answers_to_signals_as_they_were(env) -> None:
    code = """
import asyncio, os, signal
from reelwright.server.serving import _handle_signals
signal.signal(signal.SIGTERM, lambda *_: print("the verb's"))
signal.signal(signal.SIGINT, lambda *_: print("the verb's"))
async def serve(number):
    stopped = asyncio.Event()
    with _handle_signals(stopped.set):
        os.kill(os.getpid(), number)
        await stopped.wait()
    os.kill(os.getpid(), number)
for number in (signal.SIGTERM, signal.SIGINT):
    asyncio.run(serve(number))
"""
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout) == (0, "the verb's\n" * 2), ran.stderr


def test_a_stop_that_takes_long_says_that_a_second_one_ends_the_process(env) -> None:
    """As when a thread waits for an object store that does not answer."""
    code = """
import asyncio, os, signal, time
from reelwright.cli import runner
runner._STILL_STOPPING_S = 0.2
async def verb():
    waiting = asyncio.to_thread(time.sleep, 60)
    asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), signal.SIGINT)
    await waiting
runner._run(verb)
"""
    with subprocess.Popen([sys.executable, "-c", code], env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr and "Ctrl-C again" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
