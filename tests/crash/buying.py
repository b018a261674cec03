"""A whole tiny make that buys its takes from a fake in a process of its own; to be killed anywhere and started again.

    python -m crash.buying HOME DATABASE --kind none --url URL [--cancel] [--hands N]

Makes the project of ``HOME`` (once), goes on with its job, prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from crash.sellers import SELLERS, production_for
from engine.rig import ACCOUNT, Rig
from reelwright.engine.operations import Pace
from reelwright.reel.brief import Brief
from reelwright.reel.operation import Consent
from reelwright.store.database import Database
from reelwright.units import Micros

BRIEF = "a b c"


async def main(said: argparse.Namespace) -> dict[str, Any]:
    home = Path(said.home)
    home.mkdir(parents=True, exist_ok=True)
    seller = SELLERS[said.kind]
    database = Database(said.database)
    rig = Rig(
        database, home, paid=seller.open(said.url), production=production_for(seller), hands=said.hands,
        pace=Pace(least_s=0.1, most_s=0.2),
    )  # fmt: skip
    try:
        project = await the_project(rig)
        cancelling = asyncio.create_task(cancel_while_sending(rig, project)) if said.cancel else None
        await rig.director.run(project)
        if cancelling:
            cancelling.cancel()
        job = await rig.job(project)
        return {"state": job.state, "why": job.why, "said": job.said, "film": job.film}
    finally:
        await rig.hands.close()
        database.close()


async def the_project(rig: Rig) -> str:
    """The one project, with a job: an earlier life may have made it, or half of that."""
    known = await rig.journal.projects(ACCOUNT)
    project = known[0].id if known else await rig.journal.open_project(ACCOUNT, BRIEF, Brief(text=BRIEF))
    if (await rig.standing(project)).job is None:
        consent = Consent(ceiling=Micros(50_000_000), by="--yes", unconfirmed=True)
        await rig.journal.enqueue(ACCOUNT, project, "film", consent, {})
    return project


async def cancel_while_sending(rig: Rig, project: str) -> None:
    """As soon as a take is on its way and not answered yet."""
    while not any(p.state == "posting" and p.provider != "offline" for p in await rig.purchases(project)):
        await asyncio.sleep(0.01)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("home")
    parser.add_argument("database")
    parser.add_argument("--kind", choices=sorted(SELLERS), required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--cancel", action="store_true")
    parser.add_argument("--hands", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(arguments()))))
