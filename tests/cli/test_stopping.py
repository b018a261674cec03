"""Which signals stop a verb, what it says, that a question is stopped, and that the end of a verb is not."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
import tomllib
from pathlib import Path

import pytest

from cli.conftest import ROOT

STOPS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
CODE = """
import os, signal, sys
from reelwright.cli.shared.signals import install_early_exit, list_stop_signals
if sys.argv[2:]:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
print(*list_stop_signals())
install_early_exit()
os.kill(os.getpid(), int(sys.argv[1]))
print("goes on")
"""


@pytest.mark.parametrize("name", STOPS)
def test_a_stop_before_anything_began_is_said_and_ends_with_130(env, name: signal.Signals) -> None:
    ran = subprocess.run([sys.executable, "-c", CODE, str(int(name))], env=env, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (130, "reelwright: stopped before anything began\n")


def test_under_nohup_the_end_of_the_terminal_stops_nothing(env) -> None:
    hangup = str(int(signal.SIGHUP))
    ran = subprocess.run([sys.executable, "-c", CODE, hangup, "nohup"], env=env, capture_output=True, text=True)
    assert ran.returncode == 0 and ran.stdout.endswith("goes on\n")


def test_a_stop_while_the_process_clears_up_leaves_its_exit_code(env) -> None:
    """A film that was made must not look like one that was stopped."""
    code = """
import os, signal, sys
from reelwright.cli.shared.signals import install_early_exit
class Late:
    def __del__(self, kill=os.kill, me=os.getpid(), number=int(sys.argv[1])):
        kill(me, number)
install_early_exit()
late = Late()
sys.exit(7)
"""
    for name in STOPS:
        ran = subprocess.run([sys.executable, "-c", code, str(int(name))], env=env, capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (7, ""), name


@pytest.mark.parametrize("name", STOPS)
def test_a_verb_without_a_studio_clears_up_when_it_is_stopped(env, tmp_path: Path, name: signal.Signals) -> None:
    code = """
import os, sys
from reelwright.cli.shared.runner import run_blocking
from reelwright.cli.shared.signals import install_early_exit
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
    assert (
        ran.stderr == "reelwright: stopped; everything made so far is kept\n  to continue, run the same command again\n"
    )


def test_a_stop_after_a_verb_without_a_studio_leaves_its_exit_code(env) -> None:
    code = """
import os, signal
from reelwright.cli.shared.runner import run_blocking
from reelwright.cli.shared.signals import install_early_exit
install_early_exit()
try:
    run_blocking(lambda: 7, json_out=False)
finally:
    os.kill(os.getpid(), signal.SIGTERM)
"""
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (7, "")


@pytest.mark.parametrize("name", STOPS)
def test_every_stop_ends_a_question(env, name: signal.Signals) -> None:
    """A question blocks the event loop, on which a verb's own answer to a stop would run."""
    code = """
import os, signal, sys
from reelwright.cli.shared.confirmation import allow_interrupt
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


DURING = """
import os, signal, sys
number = int(sys.argv.pop(1))
class Kill:
    def find_spec(self, name, path=None, target=None):
        if name == "reelwright.cli.app":
            os.kill(os.getpid(), number)
sys.meta_path.insert(0, Kill())
from reelwright.cli.__main__ import main
main()
"""


@pytest.mark.parametrize("name", STOPS)
def test_a_stop_while_the_verbs_are_imported_is_one_line(env, name: signal.Signals) -> None:
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["reelwright"]
    assert entry == "reelwright.cli.__main__:main"
    ran = subprocess.run([sys.executable, "-c", DURING, str(int(name))], env=env, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (130, "reelwright: stopped before anything began\n")


BACKUP = """
import os, sys
number = int(sys.argv.pop(1))
from reelwright.studio.machine import backup
def check(*_):
    os.kill(os.getpid(), number)
    raise AssertionError("it went on")
backup.check_journal = check
from reelwright.cli.__main__ import main
main()
"""


@pytest.mark.parametrize("name", STOPS)
def test_a_verb_without_an_event_loop_clears_up_when_it_is_stopped(
    env, home: Path, tmp_path: Path, reelwright, name: signal.Signals
) -> None:
    assert reelwright("api-keys", "add", "one", "--role", "viewer").code == 0 and (home / "journal.db").is_file()
    command = [sys.executable, "-c", BACKUP, str(int(name)), "backup", str(tmp_path / "kept")]
    ran = subprocess.run(command, env=env, capture_output=True, text=True)
    assert ran.returncode == 130 and "run the same command again" in ran.stderr and "Traceback" not in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == [home.parent.name], "no half backup is left"


def stop_at_prompt(env: dict[str, str], prompt: bytes, name: signal.Signals, *verb: str) -> tuple[int, str]:
    """Send a signal to a verb that waits at a prompt. Return its exit code, and what the terminal was sent."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "reelwright.cli", *verb]
    child = subprocess.Popen(
        command, env={**env, "TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    seen, until, is_sent = b"", time.monotonic() + 60, False
    try:
        while child.poll() is None and time.monotonic() < until:
            if select.select([ours], [], [], 0.1)[0]:
                seen += os.read(ours, 65536)
            elif not is_sent and prompt in seen:
                time.sleep(0.5)  # readline does not hear a signal between its prompt and its wait
                child.send_signal(name)
                is_sent, until = True, time.monotonic() + 15
        assert child.poll() is not None, f"it waits on: {seen!r}"
        while select.select([ours], [], [], 0.1)[0]:
            seen += os.read(ours, 65536)
    finally:
        child.kill()
        code = child.wait()
        os.close(ours)
        os.close(theirs)
    return code, seen.decode()


@pytest.mark.parametrize("name", STOPS)
def test_a_stop_at_the_question_for_the_price_means_no(env, reelwright, name: signal.Signals) -> None:
    paid = {**env, "OPENROUTER_API_KEY": "sk-or-v1-canary"}
    clip = ("clip", "a paper boat", "--model", "openrouter-kling-v3-std", "--seconds", "3")
    code, seen = stop_at_prompt(paid, b"Spend at most", name, *clip)
    assert code == 3 and "nothing was spent" in seen
    assert reelwright("spend", "--json").json["rows"] == []


def test_a_stop_that_takes_long_says_that_a_second_one_ends_the_process(env) -> None:
    """As when a thread waits for an object store that does not answer."""
    code = """
import asyncio, os, signal, time
from reelwright.cli.shared import runner
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
