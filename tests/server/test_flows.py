"""The three flows of ARCHITECTURE.md pass the functions that it names, in its order."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import reelwright
from reelwright.cli.app import main
from reelwright.engine.hands import work
from reelwright.engine.hands.here import HandsHere
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.graph.outcome import Outcome
from server.conftest import MODEL, Served

SOURCE = f"{Path(reelwright.__file__).parent}/"
PAGE = Path(__file__).parents[2] / "ARCHITECTURE.md"
BRIEF = "“It never flickers.” For “Fenn”. Order at fenn.example"
Called = dict[tuple[str, str], int]


def read_flow(title: str) -> list[tuple[str, str]]:
    """Files and functions of a flow, in its order."""
    text = PAGE.read_text(encoding="utf-8").partition(f"**{title}**")[2].partition("\n\n|")[2].partition("\n\n")[0]
    return re.findall(r"^\|? ?`(\S+\.py)` \| `(\S+)` \|", text, re.MULTILINE)


@contextmanager
def trace() -> Iterator[Called]:
    """The functions of the package that are called in this block, each with the place of its first call."""
    called: Called = {}

    def note(frame: FrameType, event: str, _arg: Any, source: str = SOURCE, called: Called = called) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(source):
            called.setdefault((code.co_filename[len(source) :], code.co_qualname), len(called))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def list_faults(flow: list[tuple[str, str]], called: Called) -> list[str]:
    """What is not called, or called before what the page names above it."""
    faults = [f"{file} {name} is not called" for file, name in flow if (file, name) not in called]
    places = [(called[one], one) for one in flow if one in called]
    return faults + [f"{b} comes before {a}" for (at, a), (then, b) in pairwise(places) if then < at]


def test_a_brief_passes_the_files_that_the_page_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def execute(
        hands: Any,
        account: str,
        name: str,
        args: Any,
        inputs: Any,
        fp: Fingerprint,
        report: Callable[[float], None] | None,
    ) -> Outcome:
        task = work.build_task(hands._works, account, name, args, tuple(inputs), fp, hands._settings.ffmpeg)
        return await work.perform(task, hands._vault, tmp_path / "rooms", report or (lambda _: None))

    monkeypatch.setattr(HandsHere, "execute", execute)  # in this process, where calls are seen
    monkeypatch.setenv("REELWRIGHT_HOME", str(tmp_path / "home"))
    size = ["--short-side", "180", "--aspect", "9:16", "--length", "4"]
    monkeypatch.setattr(sys, "argv", ["reelwright", "make", BRIEF, *size, "-o", str(tmp_path / "film.mp4")])
    with trace() as called, pytest.raises(SystemExit, check=lambda error: not error.code):
        main()
    flow = read_flow("From a brief to a film")
    assert len(flow) > 20 and not list_faults(flow, called)


async def test_an_order_over_http_and_its_purchase_pass_the_files_that_the_page_names(server: Served) -> None:
    with trace() as called:
        async with server.open_client() as client, asyncio.timeout(60):
            made = (await client.post("/v1/videos", json={"prompt": "a heron", "model": MODEL, "seconds": "4"})).json()
            while (await client.get(f"/v1/videos/{made['id']}")).json()["status"] != "completed":
                await asyncio.sleep(0.05)
    for title in ("A request over HTTP", "A purchase"):
        flow = read_flow(title)
        assert len(flow) > 10 and not list_faults(flow, called), title


def test_a_flow_with_a_function_that_is_gone_or_out_of_order_is_found() -> None:
    called = {("a.py", "first"): 0, ("b.py", "second"): 1}
    assert not list_faults([("a.py", "first"), ("b.py", "second")], called)
    assert list_faults([("b.py", "second"), ("a.py", "first")], called)
    assert list_faults([("a.py", "gone")], called)
