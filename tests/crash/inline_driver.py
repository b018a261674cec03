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
from reelwright.known_providers import PROVIDER_ENTRIES
from reelwright.providers.registry import close_providers, open_providers
from reelwright.reel.brief import Brief
from reelwright.reel.operation import Consent
from reelwright.settings import Settings
from reelwright.studio.cheapest import find_cheapest_request
from reelwright.studio.home import open_home
from reelwright.studio.verification import _SingleStepProduction
from reelwright.units import Micros

MOST = Micros(5_000_000)


async def live(home_at: Path, name: str, url: str) -> None:
    doors = [door for seller in PROVIDER_ENTRIES if seller.name == name for door in seller.endpoints]
    settings = Settings(home=home_at, hands=1, base_urls={door.setting_name: url for door in doors})
    counter = open_providers(settings)[name]
    request, price = find_cheapest_request(counter, MOST)
    home = await open_home(settings)
    try:
        known = await home.journal.list_projects(home.account)
        project = known[0].id if known else await home.journal.open_project(home.account, name, Brief(text="x"))
        if not await home.journal.list_jobs(home.account, project):
            consent = Consent(ceiling=MOST, by="a test", may_buy_unconfirmed=True)
            await home.journal.enqueue(home.account, project, "takes", consent, {})
        await Director(
            home.journal,
            home.ledger,
            home.vault,
            home.hands,
            {name: counter},
            settings,
            _SingleStepProduction(request, price),
            pace=Pace(least_s=0.05, most_s=0.1),
            send_again_s=(0.1, 0.1, 0.1),
        ).run(only=project)
        rows = await home.ledger.list_purchases(home.account, project)
        [job] = await home.journal.list_jobs(home.account, project)
        bought = [
            {"state": row.state, "settled": row.settled_micros, "reason": row.reason and row.reason.code}
            for row in rows
        ]
        print(json.dumps({"job": job.state, "reason": job.reason and job.reason.to_json(), "purchases": bought}))
    finally:
        await close_providers([counter])
        await home.close()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
