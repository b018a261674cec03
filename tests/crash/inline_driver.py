"""One life: buys the cheapest thing of a real adapter over its fake's socket, through the gate. Prints the ledger.

python -m crash.inline_driver HOME SELLER URL
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from reelwright.engine.director import Director
from reelwright.engine.operations import Pace
from reelwright.providers.shop import SELLERS, close_providers, open_providers
from reelwright.reel.brief import Brief
from reelwright.reel.operation import Consent
from reelwright.settings import Settings
from reelwright.studio.cheapest import cheapest
from reelwright.studio.home import open_home
from reelwright.studio.verifying import _OneStep
from reelwright.units import Micros

MOST = Micros(5_000_000)


async def live(home_at: Path, name: str, url: str) -> None:
    doors = [door for seller in SELLERS if seller.name == name for door in seller.doors]
    settings = Settings(home=home_at, hands=1, base_urls={door.named: url for door in doors})
    counter = open_providers(settings)[name]
    request, price = cheapest(counter, MOST)
    home = await open_home(settings)
    try:
        known = await home.journal.projects(home.account)
        project = known[0].id if known else await home.journal.open_project(home.account, name, Brief(text="x"))
        if not await home.journal.jobs(home.account, project):
            consent = Consent(ceiling=MOST, by="a test", unconfirmed=True)
            await home.journal.enqueue(home.account, project, "takes", consent, {})
        await Director(
            home.journal, home.ledger, home.vault, home.hands, {name: counter}, settings, _OneStep(request, price),
            pace=Pace(least_s=0.05, most_s=0.1), send_again_s=(0.1, 0.1, 0.1),
        ).run(only=project)  # fmt: skip
        rows = await home.ledger.purchases(home.account, project)
        [job] = await home.journal.jobs(home.account, project)
        bought = [{"state": row.state, "settled": row.settled, "said": row.said} for row in rows]
        print(json.dumps({"job": job.state, "said": job.said, "purchases": bought}))
    finally:
        await close_providers([counter])
        await home.close()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
