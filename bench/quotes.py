"""What was quoted against what was settled, for every model that is sold, bought through the gate from the fakes.

The fakes price what they read off the wire by the same catalogue: what is shown is that all a price depends on arrives
there and comes back, and that the ledger is the bill; that the catalogue is right, only a provider's own bill can show.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Final

from bench.fakes import footage
from bench.floor import Chain
from bench.makespan import Fine
from bench.scale import choose
from bench.verdict import verdict
from reelwright.catalogue.limits import ROLES
from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import find_model, list_providers, list_sold_models
from reelwright.catalogue.price import compute_price
from reelwright.errors import BadInput
from reelwright.messages import format_reason
from reelwright.planner.writing.simulated_script import simulate_answer
from reelwright.planner.writing.writer import build_question
from reelwright.providers.fakes.bill import read_bill
from reelwright.providers.fakes.media_spec import MediaSpec, make_tiny_file
from reelwright.providers.protocol import Provider
from reelwright.reel.base.value import Digest, StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.graph import Graph, Kind, Step
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.operation import Consent, Purchase, Standing
from reelwright.settings import Settings
from reelwright.studio.runtime.home import Home, price_request
from reelwright.studio.runtime.rehearsal import Rehearsal
from reelwright.studio.runtime.rehearsal_stage import Stage
from reelwright.studio.runtime.runtime import open_runtime
from reelwright.units import Micros

GOAL = 0.02
SPEED = 3600.0
ENOUGH = Micros(10**12)
TRIES = 400
USED: Final = ("million_tokens", "machine_second")
"""Units that are counted when the work is done, as are what Omni thinks and reads beside its film (``beside``): nobody
can know them before, so that the quote is a ceiling of them."""
STEPS: Final[Mapping[str, Kind]] = {
    "video": "take", "image": "still", "speech": "voice", "music": "bed", "sound_effect": "bed", "text": "words",
}  # fmt: skip
WORDS = "A small brass lamp warms the quiet room while snow falls beyond the tall window and nobody hurries."


@dataclass(frozen=True, slots=True)
class Bought:
    """One purchase: micro-dollars quoted and settled, and what one dearest price for its model would have said."""

    model: Model
    quoted: int
    settled: int
    flat: int

    @property
    def by_use(self) -> bool:
        return self.model.prices.unit in USED or bool(self.model.prices.beside)

    @property
    def off(self) -> float:
        return (self.quoted - self.settled) / self.quoted if self.quoted else 0.0

    @property
    def flat_off(self) -> float:
        return (self.flat - self.settled) / self.flat if self.flat else 0.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=choose(6, 1), help="requests of each model")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the requests; printed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found, difference, strange = asyncio.run(_all(Path(folder), asked.each, asked.seed))
    fixed = [b for b in found if not b.by_use]
    print(f"seed {asked.seed}: {len(found)} purchases of {len({b.model.id for b in found})} models")
    _table("priced by what is asked for", fixed)
    _table("priced, in part, by what is used: quoted as a ceiling", [b for b in found if b.by_use])
    over = [b for b in found if b.settled > b.quoted]
    for b in over[:5]:
        print(f"over its quote: {b.model.id}, settled {b.settled}, quoted {b.quoted}")
    figures = {
        "seed": asked.seed, "purchases": len(found), "over": len(over), "unsettled": strange,
        "p50": _at(fixed, 50), "p95": _at(fixed, 95), "all_p95": _at(found, 95),
        "yardstick_p95": _percentile([b.flat_off for b in fixed], 95), "bill_less_ledger": difference,
    }  # fmt: skip
    passed = not over and not strange and not difference and _at(fixed, 95) <= GOAL
    return verdict("quotes", passed, figures, f"over=0,unsettled=0,bill_less_ledger=0,p95<={GOAL}")


def _table(title: str, rows: Sequence[Bought]) -> None:
    by_provider: dict[str, list[Bought]] = defaultdict(list)
    for b in rows:
        by_provider[b.model.provider].append(b)
    print(
        f"{title}\n  {'':<20}{'bought':>7}{'p50':>8}{'p95':>8}{'worst':>8}  yardstick: one dearest price a model, p95"
    )
    for provider, some in sorted(by_provider.items()):
        worst = max(some, key=lambda b: abs(b.off))
        flat = _percentile([b.flat_off for b in some], 95)
        print(
            f"  {provider:<20}{len(some):>7}{_at(some, 50):>8.1%}{_at(some, 95):>8.1%}{abs(worst.off):>8.1%}"
            f"  {flat:>6.1%}   worst: {worst.model.id}"
        )


def _at(rows: Sequence[Bought], percent: int) -> float:
    return _percentile([abs(b.off) for b in rows], percent)


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else sum(values)


# buying


async def _all(folder: Path, each: int, seed: int) -> tuple[list[Bought], int, int]:
    """Everything bought, the fakes' bills less our ledger, and how many purchases came to no settlement."""
    async with Stage(Settings(home=folder / "home", hands=1), Rehearsal(speed=SPEED, seed=seed), _drawn) as stage:
        production = _Steps()
        tempo = Fine(speed=SPEED, is_rehearsal=True)
        runtime = await open_runtime(stage.settings, stage.providers, tempo, production=production)
        home = runtime.get_home()
        picture = await home.vault.put(home.account, _once(footage("still.png", folder)), "image/png", 1 << 24)
        found: list[Bought] = []
        strange = paid = 0
        for provider in home.providers.values():
            asked = list(_requests(provider, picture, each, random.Random(f"{seed}/{provider.name}")))
            if not asked:
                continue
            production.set_steps(asked)
            rows = await _buy(home, provider)
            strange += len(asked) - sum(row.state == "settled" for row in rows)
            paid += sum(row.settled_micros or 0 for row in rows)
            by_step = {f"{STEPS[find_model(r.model).kind]}/{n}": r for n, r in enumerate(asked)}
            found += [_bought(row, by_step[row.step]) for row in rows]
        await runtime.close()
        billed = sum(c.micros for path in (folder / "home").glob("**/bills/*.jsonl") for c in read_bill(path))
    return found, billed - paid, strange


async def _once(data: bytes) -> Any:
    yield data


async def _drawn(asked: MediaSpec) -> bytes:
    """What the fakes bring: the script that the rules would write, or a few bytes of a film."""
    return simulate_answer(asked.prompt).encode() if asked.kind == "text" else await make_tiny_file(asked)


async def _buy(home: Home, provider: Provider) -> Sequence[Purchase]:
    """A project whose steps are all of these, driven to its rest."""
    project = await home.journal.open_project(home.account, provider.name, Brief(text=provider.name, goal="takes"))
    consent = Consent(ceiling=ENOUGH, by="yes", may_buy_unconfirmed=True)
    await home.journal.enqueue(home.account, project, "takes", consent, {})
    await home.driver.drive(home.account, project)
    if said := {
        format_reason(job.reason) for job in await home.journal.list_jobs(home.account, project) if job.state != "done"
    }:
        print(f"{provider.name}: {'; '.join(sorted(said))}")
    return await home.ledger.list_purchases(home.account, project)


class _Steps(Chain):
    """What the director is handed: a step for each request, none after another."""

    def __init__(self) -> None:
        super().__init__(price_request)
        self._graph = Graph(steps={}, goal=())

    def set_steps(self, asked: Sequence[Request]) -> None:
        kinds = [STEPS[find_model(request.model).kind] for request in asked]
        rows = enumerate(zip(kinds, asked, strict=True))
        steps = [Step(key=StepKey(f"{kind}/{n}"), kind=kind, request=one) for n, (kind, one) in rows]
        self._graph = Graph(steps={step.key: step for step in steps}, goal=tuple(step.key for step in steps))

    def build_graph(self, standing: Standing) -> Graph:
        return self._graph


def _bought(row: Purchase, request: Request) -> Bought:
    quoted = compute_price(request).micros or 0
    return Bought(
        find_model(request.model), quoted, row.settled_micros or 0, _dearest(find_model(request.model), request)
    )


# what is asked for


def _requests(provider: Provider, picture: Digest, each: int, dice: random.Random) -> Iterator[Request]:
    """Up to ``each`` different requests, of a price that somebody knows, of every model that is sold here and now."""
    here = provider.list_models()
    for row in (row for name in list_providers() for row in list_sold_models(name) if row.id in here):
        found: set[str] = set()
        for _ in range(TRIES):
            if len(found) == each:
                break
            request = _any(row, picture, dice)
            try:
                provider.check(request)
            except BadInput:
                continue
            if repr(request) not in found and provider.price(request).micros is not None:
                found.add(repr(request))
                yield request


def _any(row: Model, picture: Digest, dice: random.Random) -> Request:
    """Anything that the model may take; much of it is refused by a rule. A language model is asked for a plan."""
    words = " ".join(dice.choices(WORDS.split(), k=dice.randint(4, 60)))
    if row.kind == "text":
        return build_question(
            Brief(text=f"{dice.randint(6, 45)} second ad for Fenn, a desk lamp. {words}", planner=row.id)
        )
    mode = dice.choice(row.modes)
    needed = sorted(ROLES[mode][0]) or (["reference"] if mode == "image_to_image" else [])
    extra: dict[str, Any] = {}
    for option, accepts in row.options.items():
        if accepts.values and dice.random() < 0.3:
            extra[option] = dice.choice(accepts.values)
    if row.sizes and row.sizes.choices:
        extra["size"] = list(dice.choice(row.sizes.choices))
    return Request(
        model=row.id,
        mode=mode,
        prompt=words,
        ms=dice.choice(row.seconds) * 1000 if row.seconds else None,
        aspect=dice.choice(row.aspects) if row.aspects else None,
        resolution=dice.choice(row.resolutions) if row.resolutions else None,
        samples=dice.randint(1, row.samples),
        seed=dice.randrange(1000) if row.has_seed else None,
        sound=dice.choice((True, False)) if row.sound == "asked" else None,
        inputs=tuple(Input(role=role, asset=picture) for role in needed),  # type: ignore[arg-type]
        extra=extra,
    )


def _dearest(row: Model, request: Request) -> int:
    """One price for the model, whatever is asked of it: its longest, at its dearest."""
    longest = row.seconds[-1] * 1000 if row.seconds else None
    sounds = (True, False) if row.sound == "asked" else (None,)
    ways = product(row.resolutions or (None,), sounds)
    prices = [compute_price(replace(request, resolution=r, sound=s, ms=longest)).micros or 0 for r, s in ways]
    return max(prices)


if __name__ == "__main__":
    sys.exit(main())
