"""A film whose files are in an object store: made, killed, its store away, and gone on with on another machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from buckets import SECRET, Bucket, open_bucket
from reelwright import Studio
from reelwright.errors import BadInput, ReelwrightError
from reelwright.media.base.probe import probe
from reelwright.providers.fakes.media_spec import MediaSpec
from reelwright.settings import Settings
from reelwright.studio.machine.backup import back_up, restore
from reelwright.studio.machine.doctor import examine
from reelwright.studio.quotes.tempo import Tempo
from studio.worlds import AT_ONCE, World, world

REAL_HANDS = True

pytestmark = pytest.mark.timeout(120)
FAST = Tempo(speed=1000)
MODEL = "openrouter-kling-v3-std"
BRIEF = "4-second bumper for VoltCup, a self-heating mug. Order at voltcup.example"
FILM = {"length": 4, "short_side": 180, "aspect": "9:16", "models": [MODEL], "yes": True, "accept_unconfirmed": True}


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with open_bucket() as made:
        yield made


@pytest.fixture
def there(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-v1-test")
    with world(tmp_path / "home", {"openrouter": AT_ONCE}) as made:
        url = f"{bucket.url}/{tmp_path.name}"
        yield replace(made, settings=replace(made.settings, vault_url=url, vault_endpoint=bucket.endpoint))


def test_a_film_goes_on_where_nothing_of_its_vault_is_on_the_disk(there: World, tmp_path: Path) -> None:
    with Studio(there.settings, tempo=FAST) as studio:
        made = studio.make(BRIEF, **FILM)
    assert made.state == "done" and probe(made.path).frames
    bought = there.submits("openrouter")
    shutil.rmtree(there.settings.vault)
    again_to, edited_to = (tmp_path / name for name in ("again.mp4", "edited.mp4"))
    with Studio(there.settings, tempo=FAST) as studio:
        again = studio.make(BRIEF, out=again_to, **FILM)
        edited = studio.edit(made.project, shot=1, words="Hot now", out=edited_to, yes=True)
    assert again.path.read_bytes() == made.path.read_bytes()
    assert edited.state == "done" and edited.now_micros == 0 and there.submits("openrouter") == bought
    vault = next(one for one in examine(there.settings).checks if one.name == "vault")
    assert vault.state == "good" and there.settings.vault_url in vault.message and SECRET not in vault.message


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize("place", ["C10:1", "C11:1", "C12:1"])
def test_a_kill_around_the_upload_of_a_take_loses_and_doubles_nothing(there: World, tmp_path: Path, place: str) -> None:
    out, given = tmp_path / "clip.mp4", there.settings
    program = [
        sys.executable, str(Path(__file__).with_name("clip_program.py")), str(given.home),
        there.servers["openrouter"].url, MODEL, str(out), given.vault_url, given.vault_endpoint,
    ]  # fmt: skip

    def run(crash: str = "") -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "REELWRIGHT_CRASH_AT": crash}
        return subprocess.run(program, env=env, capture_output=True, text=True, timeout=60, check=False)

    killed = run(place)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    shutil.rmtree(there.settings.vault, ignore_errors=True)  # as on another machine
    went_on = run()
    assert (went_on.returncode, went_on.stdout) == (0, "done\n"), went_on.stderr
    assert there.submits("openrouter") == 1 and out.is_file() and probe(out).frames
    assert SECRET not in killed.stderr + went_on.stderr + went_on.stdout


def test_a_take_that_comes_while_the_store_is_away_is_paid_once_and_lands_later(
    there: World, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reelwright.net.object_store._RETRIES", {"max_retries": 0})
    remote = there.servers["openrouter"].fake.remote
    draw, stopped = remote._footage, []

    async def stop_and_draw(asked: MediaSpec) -> bytes:
        if not stopped:
            stopped.append(asked)
            bucket.stop()
        return await draw(asked)

    monkeypatch.setattr(remote, "_footage", stop_and_draw)
    terms = {"model": MODEL, "seconds": 3, "yes": True, "accept_unconfirmed": True}
    try:
        with (
            Studio(there.settings, tempo=FAST) as studio,
            pytest.raises(ReelwrightError, match="object store cannot be used"),
        ):
            studio.clip("a boat", **terms)
    finally:
        bucket.start()
    assert stopped and there.submits("openrouter") == 1
    with Studio(there.settings, tempo=FAST) as studio:
        made = studio.clip("a boat", out=tmp_path / "clip.mp4", **terms)
    assert made.state == "done" and probe(made.files[0].path).frames and there.submits("openrouter") == 1


def test_a_store_that_never_answered_buys_nothing(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reelwright.net.object_store._RETRIES", {"max_retries": 0})
    away = replace(there.settings, vault_endpoint="http://127.0.0.1:9")
    with Studio(away, tempo=FAST) as studio, pytest.raises(ReelwrightError, match="object store cannot be used"):
        studio.clip("a boat", model=MODEL, seconds=3, yes=True, accept_unconfirmed=True)
    assert there.submits("openrouter") == 0 and there.billed == 0
    vault = next(one for one in examine(away).checks if one.name == "vault")
    assert vault.state == "bad"


def test_a_backup_says_that_a_bucket_has_tools_of_its_own(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", vault_url="s3://films/studio")
    for call in (lambda: back_up(settings, tmp_path / "to"), lambda: restore(settings, tmp_path / "from")):
        with pytest.raises(BadInput, match="vault_url"):
            call()


@pytest.mark.postgres
def test_two_machines_with_one_database_and_one_bucket_are_one_studio(
    there: World, pg_url: str, tmp_path: Path
) -> None:
    one = replace(there.settings, home=tmp_path / "one", database=pg_url)
    two = replace(one, home=tmp_path / "two")
    with Studio(one, tempo=FAST) as studio:
        made = studio.make(BRIEF, **FILM)
    bought = there.submits("openrouter")
    with Studio(two, tempo=FAST) as studio:
        again = studio.make(BRIEF, **FILM)
        assert again.path.read_bytes() == made.path.read_bytes() and again.path.is_relative_to(two.home)
        edited = studio.edit(made.project, shot=1, words="Hot now", yes=True)
    assert edited.state == "done" and edited.now_micros == 0 and there.submits("openrouter") == bought
