"""One life: buys the cheapest thing of a real adapter over its fake's socket, through the gate. Prints the ledger.

python -m crash.inline_driver HOME SELLER URL
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from reelwright.engine.purchases.operations import Pace
from reelwright.known_providers import PROVIDER_ENTRIES
from reelwright.providers.open_provider import open_providers
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.operation import Consent
from reelwright.settings import Settings
from reelwright.studio.machine.verification import _SingleStepProduction
from reelwright.studio.models.cheapest import find_cheapest_request
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.runtime.runtime import open_runtime
from reelwright.units import Micros

MOST = Micros(5_000_000)


async def live(home_at: Path, name: str, url: str) -> None:
    doors = [door for seller in PROVIDER_ENTRIES if seller.name == name for door in seller.endpoints]
    settings = Settings(home=home_at, hands=1, base_urls={door.setting_name: url for door in doors})
    counter = open_providers(settings)[name]
    request, price = find_cheapest_request(counter, MOST)
    tempo = Tempo(fixed_pace=Pace(least_s=0.05, most_s=0.1), fixed_send_again_s=(0.1, 0.1, 0.1))
    runtime = await open_runtime(settings, {name: counter}, tempo, production=_SingleStepProduction(request, price))
    home = runtime.get_home()
    try:
        known = await home.journal.list_projects(home.account)
        project = known[0].id if known else await home.journal.open_project(home.account, name, Brief(text="x"))
        if not await home.journal.list_jobs(home.account, project):
            consent = Consent(ceiling=MOST, by="a test", may_buy_unconfirmed=True)
            await home.journal.enqueue(home.account, project, "takes", consent, {})
        await home.driver.drive(home.account, project)
        rows = await home.ledger.list_purchases(home.account, project)
        [job] = await home.journal.list_jobs(home.account, project)
        bought = [
            {"state": row.state, "settled": row.settled_micros, "reason": row.reason and row.reason.code}
            for row in rows
        ]
        print(json.dumps({"job": job.state, "reason": job.reason and job.reason.to_json(), "purchases": bought}))
    finally:
        await runtime.close()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
