"""A whole tiny make in a process of its own, to be killed at any moment and started again.

    python -m crash.driver HOME DATABASE [--cancel] [--nap-ms N] [--lease-s N] [--hands N]

Makes the project of ``HOME`` (once), goes on with its job, prints one JSON object. Paid takes come from a provider on
paper whose operations outlive this process; plan, bed and everything composed come from hands.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from engine.paper import Paper
from engine.rig import ACCOUNT, Rig
from reelwright.store.database import Database

BRIEF = "a >b c"


async def main(said: argparse.Namespace) -> dict[str, Any]:
    home = Path(said.home)
    home.mkdir(parents=True, exist_ok=True)
    paper = Paper(home / "paper", polls=3, submit_s=1.6 if said.cancel else 0.0)
    database = Database(said.database)
    log = {"log": str(home / "log"), "nap_ms": said.nap_ms}
    rig = Rig(database, home, paid=paper, extra=log, own=log, lease_s=said.lease_s, hands=said.hands)
    try:
        project = await the_project(rig)
        cancelling = asyncio.create_task(cancel_while_submitting(rig, paper, project)) if said.cancel else None
        await rig.director.run(project)
        if cancelling:
            cancelling.cancel()
        job = await rig.job(project)
        return {
            "state": job.state,
            "said": job.said,
            "film": job.film,
            "text": await rig.text(job.film) if job.film else "",
            "purchases": {p.fingerprint: [p.state, p.attempts] for p in await rig.purchases(project)},
        }
    finally:
        await rig.hands.close()
        database.close()


async def the_project(rig: Rig) -> str:
    """The one project, with a job: an earlier life may have made it, or half of that."""
    known = await rig.journal.projects(ACCOUNT)
    if not known:
        return await rig.order(BRIEF, models=("paper/1",), usd=5)
    project = known[0].id
    if (await rig.standing(project)).job is None:
        await rig.again(project, usd=5)
    return project


async def cancel_while_submitting(rig: Rig, paper: Paper, project: str) -> None:
    await paper.submitting.wait()
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("home")
    parser.add_argument("database")
    parser.add_argument("--cancel", action="store_true")
    parser.add_argument("--nap-ms", type=int, default=0)
    parser.add_argument("--lease-s", type=int, default=30)
    parser.add_argument("--hands", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(arguments()))))
