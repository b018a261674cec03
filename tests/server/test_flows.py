"""The three flows of ARCHITECTURE.md pass the functions that it names, in its order."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from server.conftest import MODEL, Served
from server.traced import Called, trace

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "ARCHITECTURE.md"
BRIEF = "“It never flickers.” For “Fenn”. Order at fenn.example"


def read_flow(title: str) -> list[tuple[str, str]]:
    """Files and functions of a flow, in its order."""
    text = PAGE.read_text(encoding="utf-8").partition(f"**{title}**")[2].partition("\n\n|")[2].partition("\n\n")[0]
    return re.findall(r"^\|? ?`(\S+\.py)` \| `(\S+)` \|", text, re.MULTILINE)


def list_faults(flow: list[tuple[str, str]], called: Called) -> list[str]:
    """What is not called, or called before what the page names above it."""
    faults = [f"{file} {name} is not called" for file, name in flow if (file, name) not in called]
    places = [(called[one], one) for one in flow if one in called]
    return faults + [f"{b} comes before {a}" for (at, a), (then, b) in pairwise(places) if then < at]


def test_a_brief_passes_the_files_that_the_page_names(tmp_path: Path) -> None:
    size = ["--short-side", "180", "--aspect", "9:16", "--length", "4"]
    typed = ["reelwright", "make", BRIEF, *size, "-o", str(tmp_path / "film.mp4")]
    ran = subprocess.run(
        [sys.executable, "-m", "server.traced", str(tmp_path), *typed],
        env={**os.environ, "PYTHONPATH": str(TESTS), "REELWRIGHT_HOME": str(tmp_path / "home")},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    called = {
        (file, name): place for place, (file, name) in enumerate(json.loads((tmp_path / "called.json").read_text()))
    }
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
