"""Lists and queue positions over HTTP in an account of 10,000 projects, beside a bare route that reads one row.

`python -m bench.serve_lists`. One request at a time, in turns: what one person waits for.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from bench.lists import BRIEF, PAGE, PROJECTS, fill
from bench.scale import choose
from bench.servers import Tell, serve_bare, serve_ours, start
from bench.verdict import verdict
from reelwright.studio.studio import AsyncStudio

QUEUED = choose(1000, 50)
RUNS = choose(100, 5)
MOST_MS = 50.0


def main() -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours, bare = (stack.enter_context(start(one, folder)) for one in (_serve_ours, _serve_bare))
        client = stack.enter_context(httpx2.Client(timeout=60))
        newest, middle = ours.facts["job"], ours.facts["project"]
        asked = {
            "a bare row": f"{bare.url}/rows/{middle}",
            "projects": f"{ours.url}/api/v1/projects?limit={PAGE}",
            "later projects": f"{ours.url}/api/v1/projects?limit={PAGE}&after={middle}",
            "jobs": f"{ours.url}/api/v1/jobs?limit={PAGE}",
            "a job's position": f"{ours.url}/api/v1/jobs/{newest}",
            "a project": f"{ours.url}/api/v1/projects/{middle}",
        }
        found: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(RUNS):
            for name, url in asked.items():
                began = time.perf_counter()
                client.get(url).raise_for_status()
                found[name].append((time.perf_counter() - began) * 1000)
    p95 = {name: statistics.quantiles(each, n=20)[-1] for name, each in found.items()}
    for name, each in found.items():
        print(f"{name:<18}{statistics.median(each):8.2f} ms   p95 {p95[name]:8.2f} ms")
    slowest = max(ms for name, ms in p95.items() if name != "a bare row")
    print(f"                  goal: p95 <={MOST_MS:g} ms, of {PROJECTS} projects, {QUEUED} jobs queued")
    return verdict("serve_lists", slowest <= MOST_MS, {"slowest_p95_ms": slowest, **p95}, f"p95<={MOST_MS:g} ms")


def _serve_ours(folder: Path, tell: Tell) -> None:
    async def prepare(studio: AsyncStudio) -> dict[str, Any]:
        planned = await studio.make(BRIEF, goal="plan")
        runtime = await studio.open_runtime()
        await fill(runtime.get_home(studio.account), runtime.settings.home, planned.project, QUEUED)
        projects = await studio.list_projects(limit=PROJECTS)
        (newest,) = await studio.list_jobs(limit=1)
        return {"job": newest.id, "project": projects[PROJECTS // 2].id}

    serve_ours(folder, tell, prepare)


def _serve_bare(folder: Path, tell: Tell) -> None:
    """A FastAPI application that reads one row for a GET, by its key."""
    app = FastAPI()
    base = sqlite3.connect(folder / "bare.db", check_same_thread=False)
    base.execute("CREATE TABLE r (id TEXT PRIMARY KEY, b TEXT)")

    @app.get("/rows/{row}")
    async def read(row: str) -> JSONResponse:
        found = await asyncio.to_thread(lambda: base.execute("SELECT b FROM r WHERE id = ?", (row,)).fetchone())
        return JSONResponse({"id": row, "found": found})

    serve_bare(app, tell)


if __name__ == "__main__":
    raise SystemExit(main())
