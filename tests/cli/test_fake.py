"""``reelwright fake``: a provider's wire on this machine, whose videos are videos, without an option."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwright import AsyncStudio
from reelwright.media.base.probe import probe
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo


@pytest.fixture
def address(env: dict[str, str], tmp_path: Path) -> Iterator[str]:
    (tmp_path / "script.json").write_text(json.dumps({"speed": 600}))
    command = [sys.executable, "-m", "reelwright.cli", "fake", "openrouter", "--script", str(tmp_path / "script.json")]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield server.stdout.readline().strip()
        server.kill()


async def test_a_clip_bought_from_a_fake_is_a_video_of_the_length_and_size_that_was_asked_for(
    address: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From Python, whose clock runs fast: a program first asks after half a minute."""
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-any")
    settings = Settings(home=home, hands=1, base_urls={"openrouter": address})
    async with AsyncStudio(settings, tempo=Tempo(speed=600)) as studio:
        await studio.clip(
            "A red fox", model="openrouter-wan-3.0", seconds=2, resolution="480p", yes=True, out=tmp_path / "fox.mp4"
        )
    found = probe(tmp_path / "fox.mp4")
    assert (found.frames, min(found.width, found.height)) == (48, 480)


@pytest.mark.parametrize(
    ("more", "field"), [(("nobody",), "fake"), (("google", "--script", "none.json"), "script")], ids=["name", "script"]
)
def test_a_fake_that_cannot_be_is_refused_with_what_is_possible(reelwright, more: tuple[str, ...], field: str) -> None:
    ran = reelwright("fake", *more)
    assert ran.code == 2 and field in ran.err
