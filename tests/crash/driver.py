"""A whole tiny make in a process of its own, to be killed at any moment and started again.

    python -m crash.driver HOME DATABASE KIND URL [--cancel] [--hands-too] [--nap-ms N] [--lease-s N] [--hands N]

Makes the project of ``HOME`` (once), goes on with its job, prints one JSON object. Paid takes come through the adapter
of ``KIND`` from the fake that listens at ``URL``, in a process of its own; everything else comes from hands.
``--hands-too``: a crash point may also be reached by a hand; else only by this process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path
from typing import Any

from crash.clips import Clips
from crash.kinds import KINDS
from engine.rig import ACCOUNT, Rig
from reelwright.reel.base.crashpoints import arm
from reelwright.store.database.database import Database

BRIEF = "a b"
USD = 5


async def main(said: argparse.Namespace) -> dict[str, Any]:
    home = Path(said.home)
    home.mkdir(parents=True, exist_ok=True)
    kind = KINDS[said.kind]
    provider, http = kind.provider(said.url)
    database = Database(said.database)
    own = {"log": str(home / "log"), "nap_ms": said.nap_ms}
    rig = Rig(
        database, home, paid=provider, own=own, lease_s=said.lease_s, hands=said.hands, production=Clips,
        settings={"write_off_usd": "0"}, arrives_s=2.0,
    )  # fmt: skip
    try:
        project = await the_project(rig, kind.model)
        cancelling = asyncio.create_task(cancel_while_sending(rig, project)) if said.cancel else None
        await rig.drive(project)
        if cancelling:
            cancelling.cancel()
        job = await rig.job(project)
        return {
            "state": job.state,
            "reason": job.reason and job.reason.to_json(),
            "film": job.film,
            "text": await rig.text(job.film) if job.film else "",
        }
    finally:
        await rig.hands.close()
        await http.close()
        database.close()


async def the_project(rig: Rig, model: str) -> str:
    """The one project, with a job: an earlier life may have made it, or half of that."""
    known = await rig.journal.list_projects(ACCOUNT)
    if not known:
        return await rig.order(BRIEF, models=(model,), usd=USD)
    project = known[0].id
    if (await rig.standing(project)).job is None:
        await rig.again(project, usd=USD)
    return project


async def cancel_while_sending(rig: Rig, project: str) -> None:
    while not [p for p in await rig.purchases(project) if p.state == "posting" and p.resubmit == "never"]:
        await asyncio.sleep(0.02)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("home")
    parser.add_argument("database")
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("url")
    parser.add_argument("--cancel", action="store_true")
    parser.add_argument("--hands-too", action="store_true")
    parser.add_argument("--nap-ms", type=int, default=0)
    parser.add_argument("--lease-s", type=int, default=30)
    parser.add_argument("--hands", type=int, default=1)
    return parser.parse_args()


def live() -> None:
    """One life, as the arguments say."""
    told = arguments()
    arm()
    if not told.hands_too:
        os.environ.pop("REELWRIGHT_CRASH_AT", None)
    print(json.dumps(asyncio.run(main(told))))


if __name__ == "__main__":
    live()
