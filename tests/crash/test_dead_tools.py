"""A hand or an ffmpeg that the system kills: the step is tried again, three times in all, then the job says why."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from threading import Event, Thread

import pytest

from crash.lives import hands_of
from crash.makes import MAKE, RESUME, Makes, read
from reelwright.media.base import ffmpeg

TRIES = 3


def dying(folder: Path, deaths: int) -> str:
    """An ffmpeg of which the first ``deaths`` that encode kill themselves, as the system does when memory is short."""
    counter, program = folder / "deaths", folder / "dying-ffmpeg"
    counter.mkdir()
    program.write_text(
        "#!/bin/bash\n"
        f"for n in $(seq {deaths}); do\n"
        f'  [[ " $* " == *" -progress "* ]] && mkdir {shlex.quote(str(counter))}/$n 2>/dev/null && kill -9 $$\n'
        "done\n"
        f'exec {shlex.quote(str(ffmpeg.find_program()))} "$@"\n'
    )
    program.chmod(0o700)
    return str(program)


@pytest.mark.parametrize("deaths", [1, pytest.param(2, marks=pytest.mark.lane_crash)])
def test_a_film_is_made_although_the_system_killed_its_ffmpeg(
    local: Makes, tmp_path: Path, undisturbed, deaths: int
) -> None:
    end = local.live(*MAKE, REELWRIGHT_FFMPEG=dying(tmp_path, deaths))
    assert end and len(list((tmp_path / "deaths").iterdir())) == deaths
    local.check(end, undisturbed, {})


def test_an_ffmpeg_that_is_killed_every_time_fails_the_job_with_a_clear_error_and_going_on_works(
    local: Makes, tmp_path: Path, undisturbed
) -> None:
    code, out, err = local.wait(local.start(*MAKE, REELWRIGHT_FFMPEG=dying(tmp_path, 999)))
    assert (code, "Traceback" in err) == (1, False)
    error = read(out)["error"]
    reason = error["reason"]
    assert (reason["code"], reason["params"]["tries"]) == ("hands_died", TRIES), error
    named = ("of shot", "the mix")  # whichever of the steps that ffmpeg makes dies last time first
    assert any(step in error["message"] for step in named) and reason["params"]["cause"]["code"], error
    assert not local.litter
    before = local.had()
    end = local.live(*RESUME)
    assert end
    local.check(end, undisturbed, before)


@pytest.mark.parametrize("after", ["take", pytest.param("segment", marks=pytest.mark.lane_crash)])
def test_a_film_is_made_although_the_system_killed_its_hands(local: Makes, undisturbed, after: str) -> None:
    """Every hand is killed once, when the first step of a kind has landed."""
    process = local.start(*MAKE)
    killed: list[int] = []
    ended = Event()

    def kill() -> None:
        while not ended.wait(0.01):
            with suppress(Exception):  # there is no journal yet
                told = local.rows("SELECT body FROM events WHERE kind = 'step.landed'")
                if any(f'"{after}/' in body for (body,) in told) and (hands := hands_of(process.pid)):
                    for pid in hands:
                        os.kill(pid, SIGKILL)
                        killed.append(pid)
                    return

    killer = Thread(target=kill)
    killer.start()
    code, out, err = local.wait(process)
    ended.set()
    killer.join()
    assert (code, "Traceback" in err) == (0, False), err
    assert killed, "nothing was killed"
    local.check(read(out), undisturbed, {})
