"""Which signals stop a verb, what it says when nothing was begun yet, and that its end is not stopped."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

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
