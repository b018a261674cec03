"""A home whose ledger holds one purchase of each kind, made by the store itself and without a provider."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from reelwright.reason import Reason
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from store.making import ACCOUNT, SHOT, STEP, Scene, fp_of, outcome, price, step


def filled(home: Path, billed: int = 0, unreadable: str = "") -> dict[str, str]:
    """Purchases by what became of them: settled, submitted, unknown, refused, free.

    ``billed``: what the provider reported of the settled one; 0: it told nothing. ``unreadable``: the basis of
    its bill, which is no amount.
    """
    return asyncio.run(_filled(home, billed, unreadable))


async def _filled(home: Path, billed: int, unreadable: str) -> dict[str, str]:
    home.mkdir(parents=True, exist_ok=True)
    database = Database(Settings(home=home).database_url)
    try:
        scene = await Scene.set(database)
        allowance = await scene.approved(5_000_000)
        made = {
            name: (await scene.intend(allowance, step(name), micros)).id
            for name, micros in {
                "settled": 400_000, "submitted": 300_000, "unknown": 200_000, "refused": 100_000, "free": 0
            }.items()
        }  # fmt: skip
        for purchase in made.values():
            assert await scene.ledger.begin_posting(scene.lease, purchase, {})
        await scene.ledger.record_success(scene.lease, made["settled"], STEP, outcome(fp_of(step("settled"))), SHOT)
        bill = replace(price(billed), certainty="reported") if billed else price(250_000)
        if unreadable:
            bill = replace(price(400_000), basis=unreadable, certainty="unknown")
        await scene.ledger.settle(made["settled"], bill, "settled", None)
        await scene.ledger.record_operation(made["submitted"], Operation(id="op_1"))
        await scene.ledger.move(made["unknown"], ("posting",), "unknown", Reason("no_answer_seen"))
        await scene.ledger.move(
            made["refused"],
            ("posting",),
            "released",
            Reason("refused", params={"message": "=your words are not allowed"}),
        )
        await scene.ledger.record_success(scene.lease, made["free"], STEP, outcome(fp_of(step("free")), "free"), SHOT)
        await scene.ledger.settle(made["free"], price(0), "settled", None)
        await scene.journal.release(scene.lease)
        assert scene.project and Settings(home=home).account == ACCOUNT
    finally:
        database.close()
    return made
