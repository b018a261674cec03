"""What decides the bytes travels in the task: to a process of this machine, and pickled to any other."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from reelwright.engine.hands.here import HandsHere
from reelwright.engine.hands.work import WORKS, build_task, perform
from reelwright.errors import ToolMissing
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import probe
from reelwright.media.video.encoding import compute_house_digest
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.film.encoding_options import EncodingOptions
from reelwright.settings import Settings
from reelwright.store.vault.vault import FolderVault

FP = Fingerprint("take:0")
SHOT = {"staging": "hook", "size": [90, 160], "fps": [30, 1], "frames": 4, "words": {"line": "Hi"}}


def here(**options: object) -> EncodingOptions:
    return EncodingOptions(**{"encoder": ffmpeg.read_build(ffmpeg.find_program()), **options})  # type: ignore[arg-type]


def path_of(vault: FolderVault, digest: str) -> Path:
    return next(path for path in vault.root.rglob(digest) if path.is_file())


async def test_a_hand_encodes_as_the_task_says_whatever_its_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELWRIGHT_PRESET", "veryslow")
    monkeypatch.setenv("REELWRIGHT_CRF", "1")
    settings, wanted = Settings(home=tmp_path, hands=1), here(preset="ultrafast", crf=40)
    vault = FolderVault.open(settings.vault)
    hands = HandsHere(settings, vault)
    try:
        made = await hands.execute("local", "animatic.take", {**SHOT, **wanted.to_args()}, [], FP)
    finally:
        await hands.close()
    found = probe(path_of(vault, made.assets[0]))
    assert found.house == compute_house_digest((90, 160), (30, 1), wanted)
    assert found.house != compute_house_digest((90, 160), (30, 1))


async def test_a_task_that_was_pickled_is_performed_alike_elsewhere(tmp_path: Path) -> None:
    """A Ray worker gets the task, the vault and its workrooms, and nothing else of ours."""
    wanted = here(preset="superfast", crf=33)
    task = build_task(WORKS, "local", "animatic.take", {**SHOT, **wanted.to_args()}, (), FP, "")
    sent = pickle.loads(pickle.dumps(task))
    assert sent == task and {**sent.args} == {**SHOT, **wanted.to_args()}
    vault = FolderVault.open(tmp_path / "vault")
    made = await perform(sent, vault, tmp_path / "rooms", lambda done: None)
    assert probe(path_of(vault, made.assets[0])).house == compute_house_digest((90, 160), (30, 1), wanted)


async def test_a_machine_with_another_ffmpeg_refuses_the_task(tmp_path: Path) -> None:
    args = {**SHOT, **here(encoder="ffmpeg 1, x264 core 1, build 0").to_args()}
    task = build_task(WORKS, "local", "animatic.take", args, (), FP)
    with pytest.raises(ToolMissing, match="x264 core 1, build 0"):
        await perform(task, FolderVault.open(tmp_path / "vault"), tmp_path / "rooms", lambda done: None)


async def test_the_program_of_the_settings_travels_in_the_task(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, hands=1, ffmpeg=str(tmp_path / "none"))
    hands = HandsHere(settings, FolderVault.open(settings.vault))
    try:
        with pytest.raises(ToolMissing, match="none"):
            await hands.execute("local", "animatic.take", {**SHOT}, [], FP)
    finally:
        await hands.close()


def test_a_build_names_versions_and_no_place(tmp_path: Path) -> None:
    """The same program under another path is the same build."""
    program, link = ffmpeg.find_program(), tmp_path / "ffmpeg"
    link.symlink_to(program)
    build = ffmpeg.read_build(program)
    assert ffmpeg.read_build(link) == build and str(program.parent) not in build
    assert build.startswith("ffmpeg ") and "x264 core " in build
