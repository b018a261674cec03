"""What an account that has bought much costs a price: `make --quote` with 10,000 landed takes, against an empty one."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, make_url

from bench.verdict import verdict
from reelwright import Studio
from reelwright.providers.offline import Offline
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.operation import Consent
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.store.schema.schema import allowances, assets, outcomes, purchases
from reelwright.units import Micros

LANDED = 10_000
PROJECTS = 100
RUNS = 15
MOST_MS = 20.0
BRIEF = (
    "“Your coffee is cold.” A film for “VoltCup”, a mug that heats itself. “From the first sip to the last.” "
    "“Press the lid.” “Choose your heat.” Energetic. Order at voltcup.example"
)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        empty, full = Path(folder, "empty"), Path(folder, "full")
        asyncio.run(_open(empty, 1))
        _fill(full, asyncio.run(_open(full, PROJECTS)))
        found: dict[str, list[float]] = {"empty": [], "full": []}
        for _ in range(RUNS):  # in turns, so that both meet the same load of the machine
            for name, home in (("empty", empty), ("full", full)):
                found[name].append(_quoted_ms(home))
    middle = {name: statistics.median(each) for name, each in found.items()}
    more = middle["full"] - middle["empty"]
    print(f"quote in an empty account  {middle['empty']:7.1f} ms   yardstick")
    print(f"with {LANDED} landed takes  {middle['full']:7.1f} ms   {more:+.1f} ms")
    return verdict("account", more <= MOST_MS, {**middle, "more_ms": more}, f"more<={MOST_MS:g} ms")


def _quoted_ms(home: Path) -> float:
    settings = Settings(home=home, hands=1)
    with Studio(settings, providers={"offline": Offline()}) as studio:
        studio.quote(BRIEF, models=["openrouter-veo-3.1-fast"])  # opens the home, reads the catalogue
        began = time.perf_counter()
        studio.quote(BRIEF, models=["openrouter-veo-3.1-fast"])
        return (time.perf_counter() - began) * 1000


async def _open(home: Path, count: int) -> list[tuple[str, str]]:
    home.mkdir(parents=True)
    database = Database(Settings(home=home).database_url)
    journal = Journal(database)
    made = []
    for n in range(count):
        project = await journal.open_project("local", f"p{n}", Brief(text=f"film {n}"))
        consent = Consent(ceiling=Micros(1_000_000), by="yes")
        made.append((project, await journal.enqueue("local", project, "takes", consent, {})))
    database.close()
    return made


def _fill(home: Path, opened: list[tuple[str, str]]) -> None:
    """Landed purchases with their outcomes, as the gate leaves them."""
    engine = create_engine(make_url(Settings(home=home).database_url))
    with engine.begin() as conn:
        for project, job in opened:
            conn.execute(insert(allowances), [_allowance(project, job)])
        bought = [_bought(n, *opened[n % len(opened)]) for n in range(LANDED)]
        conn.execute(insert(assets), [asset for _, _, asset in bought])
        conn.execute(insert(purchases), [purchase for purchase, _, _ in bought])
        conn.execute(insert(outcomes), [outcome for _, outcome, _ in bought])
    engine.dispose()


def _allowance(project: str, job: str) -> dict[str, Any]:
    return {
        "id": f"allowance_{project}", "account": "local", "project": project, "job": job, "ceiling_micros": 0,
        "reserved_micros": 0, "settled_micros": 0, "approved_by": "yes", "approved_at": 1, "closed_at": 1,
    }  # fmt: skip


def _bought(n: int, project: str, job: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    fp, digest = f"take:{compute_digest(['take', n])}", compute_digest(["bytes", n])
    purchase = {
        "id": f"purchase_{n}", "account": "local", "project": project, "job": job, "allowance": f"allowance_{project}",
        "scope": "local", "fingerprint": fp, "attempt": 1, "step": f"take/shot_{n}", "state": "settled",
        "provider": "openrouter", "model": "m", "resubmit": "never", "quoted_micros": 400_000, "quote": "{}",
        "settled_micros": 400_000, "settlement": "{}", "prepared_request": json.dumps({"prompt": "x" * 500}),
        "send_count": 1, "reason": "",
        "intent_at": n, "posted_at": n, "submitted_at": n, "succeeded_at": n, "ended_at": n, "order_fingerprint": fp,
    }  # fmt: skip
    outcome = {
        "account": "local", "project": project, "fingerprint": fp, "step": f"take/shot_{n}",
        "assets": json.dumps([digest]), "missing": "[]", "chosen_asset": digest, "facts": "{}", "landed_at": n,
    }  # fmt: skip
    return purchase, outcome, {"account": "local", "digest": digest, "facts": "{}", "known_at": n}


if __name__ == "__main__":
    sys.exit(main())
