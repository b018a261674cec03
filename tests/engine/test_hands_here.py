"""Hands in processes of this machine: tasks, errors, deaths, progress and what is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from engine.processes import find_fork_servers, find_hands, hands_of_this_process
from engine.works import WORKS
from reasons import has_field
from reelwright.engine.hands.here import HandsHere
from reelwright.engine.hands.workroom import open_workroom, sweep
from reelwright.errors import BadInput, HandDied, MediaError
from reelwright.reel.base.value import Digest, Fingerprint
from reelwright.reel.graph.request import Input
from reelwright.settings import Settings
from reelwright.store.vault.vault import FolderVault
from yardstick import slowness

FP = Fingerprint("take:0")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, hands=2)


@pytest.fixture
def vault(settings: Settings) -> FolderVault:
    return FolderVault.open(settings.vault)


@pytest.fixture
async def hands(settings: Settings, vault: FolderVault) -> AsyncIterator[HandsHere]:
    made = HandsHere(settings, vault, WORKS)
    yield made
    await made.close()


async def text_of(vault: FolderVault, digest: Digest) -> str:
    return b"".join([chunk async for chunk in vault.read("local", digest)]).decode()


def rooms(settings: Settings) -> list[Path]:
    return list(settings.workrooms.iterdir()) if settings.workrooms.is_dir() else []


async def test_a_task_reads_its_inputs_and_leaves_its_files_in_the_vault(hands, vault, settings):
    first = await hands.execute("local", "take", {"prompt": "a"}, [], FP)
    opening = Input(role="first_frame", asset=first.assets[0], part="last_frame")
    told: list[float] = []
    second = await hands.execute("local", "take", {"prompt": "b"}, [(opening, first.assets[0])], FP, told.append)
    text = "take b seed 0 after first_frame:last_frame:take a seed 0"
    assert await text_of(vault, second.assets[0]) == text
    assert second.facts == {"letters": len(text), "files": {"take": second.assets[0]}}
    assert told == [0.5]
    assert rooms(settings) == []


async def test_the_same_task_twice_has_the_same_bytes(hands):
    once, twice = await asyncio.gather(*(hands.execute("local", "take", {"prompt": "a"}, [], FP) for _ in range(2)))
    assert once == twice


async def test_accounts_take_turns_so_that_one_with_many_works_delays_itself(settings, vault, tmp_path):
    hands, log = HandsHere(replace(settings, hands=1), vault, WORKS), tmp_path / "log"
    try:
        many = [hands.execute("many", "take", {"prompt": f"many {n}", "log": str(log)}, [], FP) for n in range(5)]
        waiting = [asyncio.create_task(one) for one in many]
        await asyncio.sleep(0)  # all of them wait
        waiting[3].cancel()
        await hands.execute("few", "take", {"prompt": "few", "log": str(log)}, [], FP)
        with contextlib.suppress(asyncio.CancelledError):
            await waiting[3]
        await asyncio.gather(*(one for n, one in enumerate(waiting) if n != 3))
    finally:
        await hands.close()
    done = log.read_text().splitlines()
    assert len(done) == 5 and "few" in done[2], done


async def test_an_error_of_a_work_arrives_as_itself_with_its_fields(hands, settings):
    with pytest.raises(MediaError) as caught:
        await hands.execute("local", "sulk", {}, [], FP)
    assert caught.value.last_words == "no ink" and caught.value.advice == "buy ink"
    assert "works.py" in caught.value.__notes__[0]
    assert rooms(settings) == []


async def test_an_error_that_cannot_travel_is_told_in_words(hands):
    with pytest.raises(RuntimeError, match="Odd: strange"):
        await hands.execute("local", "odd", {}, [], FP)


async def test_a_work_that_nobody_knows_is_named(hands):
    with pytest.raises(BadInput, check=has_field("work")):
        await hands.execute("local", "paint", {}, [], FP)


async def test_a_killed_hand_is_replaced_and_its_room_swept(hands, settings):
    with pytest.raises(HandDied):
        await hands.execute("local", "die", {}, [], FP)
    assert rooms(settings) == []
    assert (await hands.execute("local", "take", {"prompt": "a"}, [], FP)).assets


async def test_a_hand_that_died_while_it_had_nothing_to_do_is_replaced_unseen(hands, vault):
    made = await hands.execute("local", "pids", {}, [], FP)
    for child in hands_of_this_process():
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    await asyncio.sleep(0.1)
    again = await hands.execute("local", "pids", {}, [], FP)
    assert await text_of(vault, made.assets[0]) != await text_of(vault, again.assets[0])


async def test_no_more_hands_than_settings_allow_and_they_stay(hands, vault):
    outcomes = await asyncio.gather(*(hands.execute("local", "pids", {"n": n}, [], FP) for n in range(8)))
    assert len({await text_of(vault, o.assets[0]) for o in outcomes}) <= 2


async def test_cancelling_a_task_ends_its_process_at_once(hands, settings, tmp_path):
    told = tmp_path / "pid"
    task = asyncio.create_task(hands.execute("local", "slow", {"told": str(told)}, [], FP))
    while not (told.exists() and told.read_text()):
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not psutil.pid_exists(int(told.read_text()))
    assert rooms(settings) == []


async def test_closing_ends_every_process(settings, vault):
    before = {child.pid for child in hands_of_this_process()}
    hands = HandsHere(settings, vault, WORKS)
    await hands.execute("local", "take", {"prompt": "a"}, [], FP)
    await hands.close()
    assert {child.pid for child in hands_of_this_process()} <= before


async def test_a_hand_knows_neither_keys_nor_the_database(monkeypatch):
    monkeypatch.setenv("REELWRIGHT_DATABASE", "postgresql://me:secret@host/name")
    monkeypatch.setenv("FAL_KEY", "secret")
    from reelwright.engine.hands.here import build_environment

    monkeypatch.setenv("REELWRIGHT_CRF", "40")
    env = build_environment()
    assert "secret" not in " ".join(env.values())
    assert "REELWRIGHT_CRF" not in env and env["PATH"]


def test_rooms_of_the_living_and_of_other_hosts_are_left_alone(tmp_path):
    with open_workroom(tmp_path) as mine:
        host, pid, born, _ = mine.name.rsplit("-", 3)
        dead = tmp_path / f"{host}-{pid}-{int(born) - 1}-1"
        elsewhere = tmp_path / f"elsewhere-{pid}-1-1"
        stranger = tmp_path / "notes"
        for room in (dead, elsewhere, stranger):
            room.mkdir()
        assert sweep(tmp_path) == [dead]
        assert mine.is_dir() and elsewhere.is_dir() and stranger.is_dir()
    assert not mine.exists()


@pytest.mark.timed
async def test_a_warm_hand_takes_a_task_within_a_fraction_of_a_second(hands):
    await hands.execute("local", "pids", {}, [], FP)
    took = []
    for _ in range(5):
        started = time.monotonic()
        await hands.execute("local", "pids", {}, [], FP)
        took.append(time.monotonic() - started)
    assert min(took) < 0.5 * slowness()


def test_a_hand_starts_without_sqlalchemy():
    """Importing that took more than half of the time until a hand could begin, and no work asks a database."""
    code = (
        "import sys, reelwright.engine.hands.fork_server, reelwright.store.vault.vault\n"
        "from reelwright.engine.hands.work import WORKS, load_work\n"
        "print(len([load_work(target) for target in WORKS.values()]) > 9, 'sqlalchemy' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert printed.split() == ["True", "False"]


async def test_what_a_work_prints_stays_out_of_the_director_s_standard_output(hands, vault, capfd):
    made = await hands.execute("local", "chatty", {}, [], FP)
    assert await text_of(vault, made.assets[0]) == "read []"
    out, err = capfd.readouterr()
    assert out == "" and "from below python" in err


async def test_facts_that_cannot_travel_fail_the_task_in_words_and_leave_the_hand(hands, vault):
    pid = await text_of(vault, (await hands.execute("local", "pids", {}, [], FP)).assets[0])
    with pytest.raises(AttributeError, match="pickle"):
        await hands.execute("local", "secretive", {}, [], FP)
    assert await text_of(vault, (await hands.execute("local", "pids", {}, [], FP)).assets[0]) == pid


async def test_an_error_that_cannot_be_read_here_is_not_waited_for(hands):
    with pytest.raises(RuntimeError, match="cannot be read: not here"):
        await asyncio.wait_for(hands.execute("local", "trap", {}, [], FP), 10)


async def test_what_a_work_leaves_running_ends_with_its_hand(hands, vault):
    child = int(await text_of(vault, (await hands.execute("local", "forks", {}, [], FP)).assets[0]))
    assert psutil.pid_exists(child)
    await hands.close()
    async with asyncio.timeout(5):
        while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.05)


async def test_two_hundred_tasks_leave_no_handle_and_no_memory_behind(hands):
    me, seen = psutil.Process(), []
    for turn in range(3):
        for number in range(10 if not turn else 100):
            await hands.execute("local", "take", {"prompt": f"{turn} {number}"}, [], FP)
        seen.append((me.num_fds(), sum(hand.memory_info().rss for hand in hands_of_this_process())))
    assert seen[1][0] == seen[2][0] == seen[0][0]
    assert seen[2][1] - seen[0][1] < 8 << 20


async def test_a_task_whose_fork_server_is_killed_fails_with_the_death_of_its_hand(hands, tmp_path):
    told = tmp_path / "pid"
    task = asyncio.create_task(hands.execute("local", "slow", {"told": str(told)}, [], FP))
    while not (told.exists() and told.read_text()):
        await asyncio.sleep(0.02)
    psutil.Process(psutil.Process(int(told.read_text())).ppid()).kill()
    with pytest.raises(HandDied):
        await asyncio.wait_for(task, 10)
    assert (await hands.execute("local", "take", {"prompt": "a"}, [], FP)).assets


@pytest.mark.timed
def test_the_fork_server_ends_with_the_last_who_uses_it_or_with_its_director(tmp_path):
    """Closed hands leave no process, and a director that is killed leaves none either."""
    for end in ("await hands.close()", "os.kill(os.getpid(), 9)"):
        ran = subprocess.Popen(
            [sys.executable, "-c", USER.format(end=end), str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert ran.stdin and ran.stdout
        assert ran.stdout.readline() == b"made\n" and len(find_hands(ran.pid)) == 1
        ran.stdin.write(b"end\n")
        ran.stdin.flush()
        if end.startswith("await"):
            assert ran.stdout.readline() == b"ended\n" and not find_fork_servers(ran.pid)
        ran.stdin.close()
        ran.wait(30)
        until = time.monotonic() + 2 * slowness()
        while find_fork_servers(ran.pid):
            assert time.monotonic() < until
            time.sleep(0.02)
        ran.stdout.close()


def test_hands_start_where_the_working_folder_is_gone(tmp_path):
    script = f"import os, sys; os.chdir({str(tmp_path / 'gone')!r}); os.rmdir({str(tmp_path / 'gone')!r})\n" + DAEMON
    (tmp_path / "gone").mkdir()
    (tmp_path / "home").mkdir()
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", script, str(tmp_path / "home")], env=env, timeout=100, check=False)
    assert ran.returncode == 0 and (tmp_path / "home" / "told").read_text()


USER = """
import asyncio, os, sys
from pathlib import Path
from engine.works import WORKS
from reelwright.engine.hands.here import HandsHere
from reelwright.settings import Settings
from reelwright.store.vault.vault import FolderVault

async def main(home):
    settings = Settings(home=home, hands=1)
    hands = HandsHere(settings, FolderVault.open(settings.vault), WORKS)
    await hands.execute("local", "take", {{"prompt": "a"}}, [], "take:0")
    print("made", flush=True)
    sys.stdin.readline()
    {end}
    print("ended", flush=True)
    sys.stdin.read()

asyncio.run(main(Path(sys.argv[1])))
"""

DAEMON = """
import asyncio, os, sys
from pathlib import Path
os.closerange(0, 3)  # as a daemon may start
from engine.works import WORKS
from reelwright.engine.hands.here import HandsHere
from reelwright.settings import Settings
from reelwright.store.vault.vault import FolderVault

async def main(home):
    settings = Settings(home=home, hands=1)
    hands = HandsHere(settings, FolderVault.open(settings.vault), WORKS)
    outcome = await asyncio.wait_for(hands.execute("local", "take", {"prompt": "a"}, [], "take:0"), 60)
    await hands.close()
    (home / "told").write_text(outcome.assets[0])

asyncio.run(main(Path(sys.argv[1])))
"""


def test_a_daemon_without_standard_streams_has_hands_all_the_same(tmp_path):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", DAEMON, str(tmp_path)], env=env, timeout=100, check=False)
    assert ran.returncode == 0 and (tmp_path / "told").read_text()


async def test_a_fork_server_that_was_killed_is_replaced_and_its_hands_die_with_it(hands, vault):
    first = psutil.Process(int(await text_of(vault, (await hands.execute("local", "pids", {}, [], FP)).assets[0])))
    psutil.Process(first.ppid()).kill()
    wait_until_dead(first)
    with contextlib.suppress(HandDied):  # its last thread may still be about to close the pipe
        await hands.execute("local", "pids", {}, [], FP)
    again = await hands.execute("local", "pids", {}, [], FP)
    assert int(await text_of(vault, again.assets[0])) != first.pid


def wait_until_dead(process):
    until = time.monotonic() + 5 * slowness()
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_hands_start_beside_a_module_of_the_working_folder_and_where_children_are_ignored(tmp_path):
    """A director that ignores SIGCHLD passes that on, and then no hand could be waited for."""
    (tmp_path / "home").mkdir()
    (tmp_path / "numpy.py").write_text("raise SystemExit('the wrong one')")
    ignoring = "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n" + DAEMON
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-P", "-c", ignoring, str(tmp_path / "home")]
    ran = subprocess.run(command, env=env, cwd=tmp_path, timeout=100, check=False)
    assert ran.returncode == 0 and (tmp_path / "home" / "told").read_text()
