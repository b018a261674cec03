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
from reelwright.errors import StoreUnavailable
from reelwright.media.probe import probe
from reelwright.providers.fakes.media_spec import MediaSpec
from reelwright.settings import Settings
from reelwright.studio.doctor import examine
from studio.worlds import AT_ONCE, World, world

pytestmark = pytest.mark.timeout(120)
KEY = {"OPENROUTER_API_KEY": "sk-or-v1-test"}
MODEL = "openrouter-kling-v3-std"
BRIEF = "6-second bumper for VoltCup, a self-heating mug. Order at voltcup.example"
FILM = {"length": 6, "short_side": 180, "aspect": "9:16", "models": [MODEL], "yes": True, "accept_unconfirmed": True}


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with open_bucket() as made:
        yield made


@pytest.fixture
def there(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("OPENROUTER_API_KEY", KEY["OPENROUTER_API_KEY"])
    with world(tmp_path / "home", {"openrouter": AT_ONCE}) as made:
        url = f"{bucket.url}/{tmp_path.name}"
        yield replace(made, settings=replace(made.settings, vault_url=url, vault_endpoint=bucket.endpoint))


def test_a_film_goes_on_where_nothing_of_its_vault_is_on_the_disk(there: World, tmp_path: Path) -> None:
    with Studio(there.settings) as studio:
        made = studio.make(BRIEF, **FILM)
    assert made.state == "done" and probe(made.path).frames
    bought = there.submits("openrouter")
    shutil.rmtree(there.settings.vault)
    again_to, edited_to = (tmp_path / name for name in ("again.mp4", "edited.mp4"))
    with Studio(there.settings) as studio:
        again = studio.make(BRIEF, out=again_to, **FILM)
        edited = studio.edit(made.project, shot=1, words="Hot now", out=edited_to, yes=True)
    assert again.path.read_bytes() == made.path.read_bytes()
    assert edited.state == "done" and edited.now_micros == 0 and there.submits("openrouter") == bought
    vault = next(one for one in examine(there.settings).checks if one.name == "vault")
    assert vault.state == "good" and there.settings.vault_url in vault.message and SECRET not in vault.message


@pytest.mark.parametrize("place", ["C10:1", "C11:1", "C12:1", "C12:2"])
def test_a_kill_around_the_upload_of_a_take_loses_and_doubles_nothing(there: World, tmp_path: Path, place: str) -> None:
    out = tmp_path / "clip.mp4"
    said = ["clip", "a boat", "--model", MODEL, "--seconds", "3", "--yes", "--accept-unconfirmed", "-o", str(out)]
    env = {
        **os.environ, **KEY, "REELWRIGHT_HOME": str(there.settings.home), "REELWRIGHT_HANDS": "1",
        "REELWRIGHT_OPENROUTER_BASE_URL": there.servers["openrouter"].url,
        "REELWRIGHT_VAULT_URL": there.settings.vault_url, "REELWRIGHT_VAULT_ENDPOINT": there.settings.vault_endpoint,
    }  # fmt: skip

    def run(crash: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "reelwright.cli", *said]
        return subprocess.run(
            command, env={**env, "REELWRIGHT_CRASH_AT": crash}, capture_output=True, text=True, timeout=60, check=False
        )

    killed = run(place)
    assert killed.returncode in (-signal.SIGKILL, 0), killed.stderr
    shutil.rmtree(there.settings.vault, ignore_errors=True)  # as on another machine
    went_on = run()
    assert went_on.returncode == 0, went_on.stderr
    assert there.submits("openrouter") == 1 and out.is_file() and probe(out).frames
    assert SECRET not in killed.stderr + went_on.stderr + went_on.stdout


def test_a_take_that_comes_while_the_store_is_away_is_paid_once_and_lands_later(
    there: World, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reelwright.net.object_store._RETRIES", {"max_retries": 0})
    fake = there.servers["openrouter"].fake
    draw, stopped = fake.footage, []

    async def stop_and_draw(asked: MediaSpec) -> bytes:
        if not stopped:
            stopped.append(asked)
            bucket.stop()
        return await draw(asked)

    monkeypatch.setattr(fake, "footage", stop_and_draw)
    terms = {"model": MODEL, "seconds": 3, "yes": True, "accept_unconfirmed": True}
    try:
        with Studio(there.settings) as studio:
            first = studio.clip("a boat", **terms)
    finally:
        bucket.start()
    assert first.state != "done" and "object store" in str(first.reason)
    assert stopped and there.submits("openrouter") == 1
    with Studio(there.settings) as studio:
        made = studio.clip("a boat", out=tmp_path / "clip.mp4", **terms)
    assert made.state == "done" and probe(made.files[0].path).frames and there.submits("openrouter") == 1


def test_a_store_that_never_answered_buys_nothing(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reelwright.net.object_store._RETRIES", {"max_retries": 0})
    away = replace(there.settings, vault_endpoint="http://127.0.0.1:9")
    with Studio(away) as studio, pytest.raises(StoreUnavailable, match="object store cannot be used"):
        studio.clip("a boat", model=MODEL, seconds=3, yes=True, accept_unconfirmed=True)
    assert there.submits("openrouter") == 0 and there.billed == 0
    vault = next(one for one in examine(away).checks if one.name == "vault")
    assert vault.state == "bad"


def test_a_backup_says_that_a_bucket_has_tools_of_its_own(tmp_path: Path) -> None:
    from reelwright.errors import BadInput
    from reelwright.studio.backup import back_up, restore

    settings = Settings(home=tmp_path / "home", vault_url="s3://films/studio")
    for call in (lambda: back_up(settings, tmp_path / "to"), lambda: restore(settings, tmp_path / "from")):
        with pytest.raises(BadInput, match="vault_url"):
            call()
