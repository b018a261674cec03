"""Providers by how one finds out what became of a lost answer: by key, by listing (two of them), not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from crash.keyed import MODEL, Keyed
from crash.videos import LISTED_AFTER, Videos
from crash.videos import MODEL as VIDEO
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.fakes.script import Script, answer_late
from reelwright.providers.openrouter import OpenRouter
from reelwright.providers.protocol import Provider
from reelwright.providers.replicate import Replicate
from reelwright.reel.base.document import to_json
from reelwright.reel.graph.request import Request

ROOT = Path(__file__).resolve().parents[2]
SECRET = "matrix-0123456789"


@dataclass(frozen=True)
class Kind:
    """``fake``: how its server is started. ``opens``: the adapter that is shipped, but for ``key``."""

    name: str
    fake: tuple[str, ...]
    opens: Callable[[HttpClient, Key], Provider]
    model: str
    ms: int
    resolution: str | None = None

    def request(self, shot: str) -> Request:
        """One clip, of the shortest length that is sold. Its prompt names it to whoever reads a provider's list."""
        prompt = f"a paper boat drifts by, take {shot}"
        aspect = "16:9" if self.resolution else None
        return Request(
            model=self.model, mode="text_to_video", prompt=prompt, ms=self.ms, aspect=aspect, resolution=self.resolution
        )

    def provider(self, url: str) -> tuple[Provider, HttpClient]:
        """The adapter on its fake at ``url``, and what is to be closed after it."""
        key = Key(self.name, SECRET, "the crash matrix")
        http = HttpClient(self.name, url, auth={"Authorization": f"Bearer {key.secret}"})
        return self.opens(http, key), http


_FAKES = "reelwright.providers.fakes"
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "key": Kind("keyed", ("crash.keyed",), Keyed, MODEL, 2000),
        "list": Kind(
            "replicate",
            (_FAKES, "replicate"),
            lambda http, key: Replicate(http, key, LISTED_AFTER),
            "kling-v2.5-turbo-pro",
            5000,
            "1080p",
        ),
        "videos": Kind("openai_videos", ("crash.videos",), Videos, VIDEO, 2000, "480p"),
        "none": Kind("openrouter", (_FAKES, "openrouter"), OpenRouter, "openrouter-kling-v3-std", 3000, "720p"),
    }
)
USUAL = Script(latency_s=(0.5, 0.5))
SLOW_TO_RENDER = Script(latency_s=(3.0, 3.0))
"""So that even a busy machine polls in between."""
SLOW_TO_ANSWER = USUAL.add_rule("submit", answer_late(1.8))
"""Longer than a director looks away: it hears of a cancel while it is sending."""


def environment(**more: str) -> dict[str, str]:
    """That of every process of the matrix: our own sources, and nothing of the caller's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REELWRIGHT_")}
    paths = (str(ROOT / "src"), str(ROOT / "tests"), *filter(None, [os.environ.get("PYTHONPATH")]))
    if home := more.get("REELWRIGHT_HOME"):  # else films would land where the tests were started
        more.setdefault("REELWRIGHT_FILMS_FOLDER", str(Path(home).parent))
    return {**kept, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), **more}


class Serving:
    """A fake in a process of its own, with its bill in ``folder``; it outlives whoever buys from it."""

    def __init__(self, kind: Kind, folder: Path, script: Script = USUAL) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.bill = folder / "bill.jsonl"
        (folder / "script.json").write_text(to_json(script))
        command = [sys.executable, "-m", *kind.fake, "--bill", str(self.bill), "--script", str(folder / "script.json")]
        self.process = subprocess.Popen(
            command, env=environment(), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        self._url = ""

    @property
    def url(self) -> str:
        """Where it listens; waits until it does."""
        if not self._url:
            assert self.process.stdout
            self._url = self.process.stdout.readline().strip()
            assert self._url.startswith("http://127.0.0.1:"), "the fake did not start"
        return self._url

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
