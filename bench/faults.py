"""Films whose providers fail now and then, at submit, poll and fetch: all are finished, each take bought once."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.fakes import fake
from bench.floor import load
from bench.scale import choose
from bench.verdict import verdict
from reelwright.messages import format_reason
from reelwright.planner.casting.clip import ClipRequest, plan_clip
from reelwright.providers.fakes.bill import read_bill
from reelwright.providers.fakes.script import Script, build_faulty_script
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.records.operation import Consent
from reelwright.settings import Settings
from reelwright.studio.films.summaries import sum_spent
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.runtime import open_runtime
from reelwright.units import Frames, Micros

MODEL = "openrouter-veo-3.1-lite"
TAKES, SPEED, SHARE = 3, 600.0, 0.05
CEILING = Micros(100_000_000)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--films", type=int, default=choose(200, 4))
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the faults; printed")
    asked = parser.parse_args()
    os.environ["OPENROUTER_API_KEY"] = "sk-bench"
    print(f"seed {asked.seed}: {asked.films} films of {TAKES} takes, {SHARE:.0%} of submits, polls and fetches fail")
    calm = _films(max(1, asked.films // 4), asked.at_once, Script(seed=asked.seed, speed=SPEED))
    found = _films(asked.films, asked.at_once, build_faulty_script(SHARE, asked.seed, SPEED))
    slower = found["seconds_each"] / calm["seconds_each"]
    print(f"{'without faults':<18}{calm['seconds_each']:8.3f} s a film   yardstick, of {calm['films']:.0f}; {load()}")
    print(f"{'with faults':<18}{found['seconds_each']:8.3f} s a film, {slower:.2f} x")
    print(
        f"{found['finished']:.0f} of {found['films']:.0f} finished, {found['charges']:.0f} takes billed,"
        f" bill less ledger {found['difference']:.0f} micro-dollars"
    )
    passed = found["finished"] == asked.films and found["charges"] == asked.films * TAKES and not found["difference"]
    figures = {"seed": asked.seed, **found, "slower": slower}
    return verdict("faults", passed, figures, "finished=films,charges=takes,difference=0")


def _films(count: int, at_once: int, script: Script) -> dict[str, float]:
    with ExitStack() as stack:
        folder, home = (Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2))
        address = stack.enter_context(fake("openrouter", folder, script))
        found = asyncio.run(_make(Settings(home=home, base_urls={"openrouter": address}), count, at_once))
        charges = read_bill(folder / "bill")
    billed = sum(charge.micros for charge in charges)
    return {**found, "charges": len(charges), "difference": billed - found["ledger"]}


async def _make(settings: Settings, count: int, at_once: int) -> dict[str, float]:
    runtime = await open_runtime(settings, tempo=Tempo(speed=SPEED))
    home = runtime.get_home()
    projects = [await _open(home, f"film {n}") for n in range(count)]
    slots, begin = asyncio.Semaphore(at_once), time.perf_counter()

    async def one(project: str) -> None:
        async with slots:
            await home.driver.drive(home.account, project)

    await asyncio.gather(*(one(project) for project in projects))
    seconds = time.perf_counter() - begin
    jobs = await home.journal.list_jobs(home.account)
    ledger = sum([sum_spent(await home.ledger.list_purchases(home.account, project)) for project in projects])
    await runtime.close()
    finished = sum(job.state == "done" for job in jobs)
    if said := sorted({format_reason(job.reason) for job in jobs if job.state != "done"}):
        print(f"not finished: {'; '.join(said[:5])}")
    return {"films": count, "finished": finished, "seconds_each": seconds / count, "ledger": ledger}


async def _open(home: Home, text: str) -> str:
    project = await home.journal.open_project(home.account, text, Brief(text=text, goal="takes", models=(MODEL,)))
    await home.journal.revise(home.account, project, 0, _plan(text), Choices(), "person")
    await home.journal.enqueue(
        home.account, project, "takes", Consent(ceiling=CEILING, by="yes", may_buy_unconfirmed=True), {}
    )  # fmt: skip
    return project


def _plan(text: str) -> Plan:
    """Three shots in one beat."""
    asked = [ClipRequest(prompt=f"{text}, shot {n}", model=MODEL) for n in range(TAKES)]
    plans = [plan_clip(one).plan for one in asked]
    shots = [replace(plan.shots[0], id=ShotId(f"shot_{n}")) for n, plan in enumerate(plans)]
    beat = replace(plans[0].beats[0], shots=tuple(shots), length=Frames(sum(shot.length for shot in shots)))
    return replace(plans[0], beats=(beat,))


if __name__ == "__main__":
    sys.exit(main())
